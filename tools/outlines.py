"""Make the outlines that the map draws: `python -m tools.outlines countries-110m.json countries-50m.json`.

The arguments are two files of world-atlas 2.0.2, which holds Natural Earth 4.1.0 (public domain) as TopoJSON: the coarse
one gives the outlines, the other the names, because the coarse one has no small countries.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pycountry

from tools.facts import ROOT, write_whole

OUTLINES = ROOT / "src" / "notorious_markets" / "plot" / "countries.json"
# Degrees; finer than a pixel of any map of the whole world.
STEP = 0.05


def outlines(coarse: dict[str, Any], fine: dict[str, Any]) -> dict[str, Any]:
    """One TopoJSON topology: countries by ISO 3166-1 alpha-2 code without Antarctica, and the names of all countries."""
    shapes, used = [], dict[int, int]()

    def renumbered(arcs: Any) -> Any:
        if isinstance(arcs, list):
            return [renumbered(arc) for arc in arcs]
        number = used.setdefault(~arcs if arcs < 0 else arcs, len(used))
        return ~number if arcs < 0 else number

    for shape in coarse["objects"]["countries"]["geometries"]:
        code = _code(shape)
        if code != "AQ":
            shapes.append(
                {"type": shape["type"], **({"id": code} if code else {}), "properties": {}, "arcs": renumbered(shape["arcs"])}
            )
    return {
        "type": "Topology",
        "source": "Natural Earth 4.1.0, public domain",
        "transform": {"scale": [STEP, STEP], "translate": [0, 0]},
        "objects": {"countries": {"type": "GeometryCollection", "geometries": shapes}},
        "arcs": [_coarser(coarse["arcs"][arc], coarse["transform"]) for arc in used],
        "names": dict(
            sorted(
                (code, shape["properties"]["name"])
                for shape in fine["objects"]["countries"]["geometries"]
                if (code := _code(shape))
            )
        ),
    }


def _code(shape: dict[str, Any]) -> str | None:
    country = pycountry.countries.get(numeric=shape["id"]) if shape.get("id") else None
    return country.alpha_2 if country else None


def _coarser(arc: list[list[int]], transform: dict[str, list[float]]) -> list[list[int]]:
    """An arc in steps of `STEP`, each point relative to the one before, without points that fall together."""
    x = y = 0
    points: list[tuple[int, int]] = []
    for right, up in arc:
        x, y = x + right, y + up
        longitude, latitude = (
            value * scale + offset
            for value, scale, offset in zip((x, y), transform["scale"], transform["translate"], strict=True)
        )
        points.append((round(longitude / STEP), round(latitude / STEP)))
    kept = [point for place, point in enumerate(points) if place == 0 or point != points[place - 1]]
    # A ring needs four points.
    points = kept if len(kept) > 3 or points[0] != points[-1] else points
    before = [(0, 0), *points]
    return [[x - last_x, y - last_y] for (x, y), (last_x, last_y) in zip(points, before, strict=False)]


if __name__ == "__main__":
    given = [json.loads(Path(name).read_text(encoding="utf-8")) for name in sys.argv[1:]]
    write_whole(OUTLINES, json.dumps(outlines(*given), ensure_ascii=False, separators=(",", ":")).encode() + b"\n")
