"""Draw the pictures of the documentation and the README, for light and for dark pages: `python -m tools.pictures`.

The command writes the picture of the README, `docs/_static/timeline-light.svg` and `timeline-dark.svg`, which is in the
repository. The documentation draws all others when it is built.
"""

from __future__ import annotations

from pathlib import Path

import altair as alt
import vl_convert

from notorious_markets import plot
from notorious_markets._writing import write_files
from notorious_markets.plot import theme

README_PICTURE = Path(__file__).parent.parent / "docs" / "_static"
_SOME_MARKETS = (
    *("Taobao", "DHgate", "Pinduoduo", "Shopee", "AliExpress", "WeChat"),
    *("The Pirate Bay", "Rutracker", "1337x", "Rapidgator", "VK", "Sci-Hub"),
)
# What each colour of the pictures is on a dark page. The more certain a listing is, the more its mark stands out.
_DARK = {
    theme.WHITE: "#131416",
    theme.BLACK: "#E4E4E4",
    theme.DARK_GREY: "#B4B4B4",
    theme.GREY: "#8F8F8F",
    theme.LIGHT_GREY: "#5A5A5A",
    theme.GRID: "#34373B",
    theme.DARK_BLUE: "#A9DBFA",
    theme.MEDIUM_BLUE: "#3D94CC",
    theme.LIGHT_BLUE: "#1F4F73",
    theme.BLUE: "#4CA8E0",
    theme.VERMILION: "#F08A4B",
}


def draw(folder: Path) -> None:
    """Write each picture of the documentation as `<name>-light.svg` and `<name>-dark.svg`."""
    pictures = {name: getattr(plot, name)() for name in ("timeline", "coverage", "changes", "countries")}
    pictures["timeline-physical"] = plot.timeline(kind="physical")
    folder.mkdir(exist_ok=True)
    for name, picture in pictures.items():
        _write(folder, name, picture)


def draw_readme(folder: Path = README_PICTURE) -> None:
    """Write the picture of the README."""
    _write(folder, "timeline", plot.timeline(kind="online", market=_SOME_MARKETS))


def _write(folder: Path, name: str, picture: alt.VConcatChart) -> None:
    light = vl_convert.vegalite_to_svg(picture.to_json())
    dark = light
    for colour, on_dark in _DARK.items():
        dark = dark.replace(colour, on_dark).replace(colour.lower(), on_dark)
    if dark.count("#131416") == 0:
        raise ValueError(f"the picture {name} has no background to make dark")
    write_files({folder / f"{name}-light.svg": light.encode(), folder / f"{name}-dark.svg": dark.encode()})


if __name__ == "__main__":
    draw_readme()
