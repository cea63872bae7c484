"""Generate the country outlines for the map: `python -m tools.outlines countries-110m.json countries-50m.json`.

Both files are from world-atlas 2.0.2, which contains Natural Earth 4.1.0 (public domain) as TopoJSON. The first, coarse one
gives the outlines. The second one gives the names, because the coarse one lacks small countries.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import pycountry

from notorious_markets._writing import write_files
from tools.schema import ROOT

OUTLINES = ROOT / "src" / "notorious_markets" / "plot" / "countries.json"
# The grid of the coordinates in degrees. It is finer than a pixel of any world map.
_STEP = 0.05


def outlines(coarse: dict[str, Any], fine: dict[str, Any]) -> dict[str, Any]:
    """Return a TopoJSON topology with the outline of each country but Antarctica, and the name of every country.

    The ids of the outlines and the keys of the names are ISO 3166-1 alpha-2 codes.
    """
    geometries = []
    used_arcs: dict[int, int] = {}

    def renumber(arcs: Any) -> Any:
        """Number the used arcs from 0. A negative number is an arc in reverse direction."""
        if isinstance(arcs, list):
            return [renumber(arc) for arc in arcs]
        number = used_arcs.setdefault(~arcs if arcs < 0 else arcs, len(used_arcs))
        return ~number if arcs < 0 else number

    for country in coarse["objects"]["countries"]["geometries"]:
        code = _code(country)
        if code != "AQ":
            id_ = {"id": code} if code else {}
            geometries.append({"type": country["type"], **id_, "properties": {}, "arcs": renumber(country["arcs"])})
    # Australia and the Ashmore and Cartier Islands have the same code. In this order, the last name is the right one.
    countries = fine["objects"]["countries"]["geometries"]
    names = sorted((_code(country) or "", country["properties"]["name"]) for country in countries)
    return {
        "type": "Topology",
        "source": "Natural Earth 4.1.0, public domain",
        "transform": {"scale": [_STEP, _STEP], "translate": [0, 0]},
        "objects": {"countries": {"type": "GeometryCollection", "geometries": geometries}},
        "arcs": [_simplify(coarse["arcs"][arc], coarse["transform"]) for arc in used_arcs],
        "names": {code: name for code, name in names if code},
    }


def _code(country: dict[str, Any]) -> str | None:
    """Return the ISO 3166-1 alpha-2 code of a country of the atlas, or `None` if it does not have one."""
    found = pycountry.countries.get(numeric=country["id"]) if country.get("id") else None
    return found.alpha_2 if found else None


def _simplify(arc: list[list[int]], transform: dict[str, list[float]]) -> list[list[int]]:
    """Return an arc on the grid without repeated points, each point as the difference from the previous one."""
    x = y = 0
    points: list[tuple[int, int]] = []
    for right, up in arc:
        x, y = x + right, y + up
        longitude, latitude = (
            value * scale + offset
            for value, scale, offset in zip((x, y), transform["scale"], transform["translate"], strict=True)
        )
        points.append((round(longitude / _STEP), round(latitude / _STEP)))
    distinct = [point for position, point in enumerate(points) if position == 0 or point != points[position - 1]]
    # A ring needs four points.
    points = distinct if len(distinct) > 3 or points[0] != points[-1] else points
    previous = [(0, 0), *points]
    return [[x - last_x, y - last_y] for (x, y), (last_x, last_y) in zip(points, previous, strict=False)]


def main(arguments: list[str] | None = None) -> None:
    """Write the outlines into the package."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("coarse", type=Path, help="countries-110m.json of world-atlas")
    parser.add_argument("fine", type=Path, help="countries-50m.json of world-atlas")
    options = parser.parse_args(arguments)
    coarse, fine = (json.loads(path.read_text(encoding="utf-8")) for path in (options.coarse, options.fine))
    content = json.dumps(outlines(coarse, fine), ensure_ascii=False, separators=(",", ":"))
    write_files({OUTLINES: f"{content}\n".encode()})


if __name__ == "__main__":
    main()
