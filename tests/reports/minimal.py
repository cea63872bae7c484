"""Small PDFs with texts at known places."""

from __future__ import annotations

FONTS = {"F1": ("Test", 500), "F2": ("Test-Bold", 500), "F3": ("Test-Italic", 500), "F4": ("Narrow", 250)}
"""The names of fonts, and the width of each letter in thousandths of its size."""


def document(*pages: str, box: str = "0 0 612 792", entries: str = "") -> bytes:
    """Return a PDF with these contents of pages."""
    fonts = [
        f"<</Type/Font/Subtype/Type1/BaseFont/ABCDEF+{name}/FirstChar 32/Widths[{f'{width} ' * 95}]>>"
        for name, width in FONTS.values()
    ]
    names = " ".join(f"/{name} {3 + place} 0 R" for place, name in enumerate(FONTS))
    objects = ["<</Type/Catalog/Pages 2 0 R>>", f"<</Type/Pages/Count {len(pages)}/Kids[{{kids}}]>>", *fonts]
    kids = []
    for content in pages:
        kids.append(f"{len(objects) + 1} 0 R")
        resources = f"/Resources<</Font<<{names}>>>>"
        objects.append(f"<</Type/Page/Parent 2 0 R/MediaBox[{box}]{entries}{resources}/Contents {len(objects) + 2} 0 R>>")
        objects.append(f"<</Length {len(content)}>>stream\n{content}\nendstream")
    objects[1] = objects[1].format(kids=" ".join(kids))
    out, places = "%PDF-1.4\n", []
    for number, text in enumerate(objects, start=1):
        places.append(len(out))
        out += f"{number} 0 obj{text}endobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    end = f"xref\n0 {len(places) + 1}\n0000000000 65535 f \n{table}trailer<</Root 1 0 R/Size {len(places) + 1}>>"
    return f"{out}{end}\nstartxref\n{len(out)}\n%%EOF".encode("latin-1")


def show(words: str, x: float, y: float, size: float = 12, font: str = "F1") -> str:
    """Return the operators that draw words. `y` is the distance from the upper edge of the page."""
    return f"BT /{font} {size} Tf 1 0 0 1 {x} {792 - y} Tm ({words}) Tj ET\n"
