from importlib.metadata import version as installed_version
from pathlib import Path

from notorious_markets import plot

project = "notorious_markets"
author = "The notorious_markets contributors"
copyright = "2026, The notorious_markets contributors"
version = release = installed_version("notorious_markets")

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = f"notorious_markets {release}"
autodoc_typehints = "description"
autodoc_member_order = "bysource"
autodoc_type_aliases = {"Records": "notorious_markets.Records"}
python_use_unqualified_type_names = True
myst_enable_extensions = ["deflist"]
myst_heading_anchors = 2

# Each build draws the pictures of `pictures.md`.
PICTURES = Path(__file__).parent / "pictures"
PICTURES.mkdir(exist_ok=True)
for name in ("timeline", "coverage", "changes", "countries"):
    getattr(plot, name)().save(PICTURES / f"{name}.svg")
plot.timeline(kind="physical").save(PICTURES / "timeline-physical.svg")
