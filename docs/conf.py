import ast
import sys
from importlib.metadata import version as installed_version
from pathlib import Path

from docutils import nodes
from sphinx.pycode import ModuleAnalyzer
from sphinx.util.inspect import TypeAliasForwardRef

from notorious_markets import vocabularies
from notorious_markets._packaged import read_text

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

from tools import accessibility, inventories, pictures, site_pages  # noqa: E402

project = "notorious_markets"
author = "The notorious_markets contributors"
copyright = "2026, The notorious_markets contributors"
version = release = installed_version("notorious_markets")

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.intersphinx",
    "sphinx.ext.napoleon",
    "sphinx_copybutton",
    "sphinx_design",
]
exclude_patterns = ["_build", "_generated"]
# A name in single backticks is code, and a link if it is documented here.
default_role = "py:obj"

html_theme = "furo"
html_title = f"notorious_markets {release}"
html_static_path = ["_static", "_generated/static"]
# The style sheet of notebooks also styles the timelines on the pages of markets.
html_css_files = ["notebook.css", "site.css"]
html_favicon = "_static/favicon.svg"
html_copy_source = False
html_show_sphinx = False

myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
nb_execution_mode = "force"
nb_execution_raise_on_error = True
nb_execution_timeout = 120
copybutton_exclude = ".linenos, .gp, .go"
copybutton_prompt_text = ">>> |... "
copybutton_prompt_is_regexp = False

autodoc_typehints = "signature"
autodoc_typehints_format = "short"
autodoc_member_order = "bysource"
autodoc_type_aliases = {name: f"notorious_markets.vocabularies.{name}" for name in vars(vocabularies) if name[0].isupper()}
maximum_signature_line_length = 70
python_use_unqualified_type_names = True
napoleon_google_docstring = True

# The inventories of other projects are written from a list in the repository, so that the build needs no network.
intersphinx_mapping = inventories.write(HERE / "_generated" / "inventories")


def _define_types() -> None:
    """Define what the modules of the package define for type checkers only, so that autodoc can link the types."""
    left = []
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] == "notorious_markets" and getattr(module, "__file__", None):
            for node in ast.parse(Path(module.__file__).read_text(encoding="utf-8")).body:
                if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
                    left += [
                        (inner, module) for inner in node.body if isinstance(inner, (ast.Import, ast.ImportFrom, ast.Assign))
                    ]
    # A module may import what another one defines, so this is repeated until nothing is added.
    before = len(left) + 1
    while len(left) < before:
        before = len(left)
        for node, module in list(left):
            try:
                exec(compile(ast.Module([node], []), module.__name__, "exec"), vars(module))
            except (ImportError, NameError, TypeError):
                continue
            left.remove((node, module))


_define_types()

STATIC = HERE / "_generated" / "static"
STATIC.mkdir(parents=True, exist_ok=True)
(STATIC / "notebook.css").write_text(read_text("notebook.css"), encoding="utf-8")
pictures.draw(HERE / "pictures")
site_pages.write(HERE)


def _show_public_names(app, doctree, docname):
    """Let the tooltip of a link name the object as it is imported, not by the module that defines it."""
    for node in doctree.findall(nodes.reference):
        if node.get("reftitle", "").startswith("notorious_markets."):
            node["reftitle"] = node.get("refid") or node["refuri"].partition("#")[2]


def _analyze_without_overloads(analyzer):
    """Show a function with overloads once, with the types of all its parameters."""
    _analyze(analyzer)
    analyzer.overloads = {}


_analyze, ModuleAnalyzer.analyze = ModuleAnalyzer.analyze, _analyze_without_overloads
# A type alias in a union is shown by its name.
TypeAliasForwardRef.__repr__ = lambda alias: alias.name

_docstrings = {}


def _keep_docstring(app, what, name, obj, options, lines):
    if what == "property":
        _docstrings[name] = list(lines)


def _restore_docstring(app, what, name, obj, options, lines):
    """Undo what napoleon makes of the docstring of a property with a colon, which it takes for a type."""
    if what == "property":
        lines[:] = _docstrings.pop(name)


def _repair(app, exception):
    if exception is None and app.builder.name == "html":
        accessibility.repair(Path(app.outdir))


def setup(app):
    app.connect("doctree-resolved", _show_public_names)
    # Napoleon has the priority 500.
    app.connect("autodoc-process-docstring", _keep_docstring, priority=499)
    app.connect("autodoc-process-docstring", _restore_docstring, priority=501)
    app.connect("build-finished", _repair)
