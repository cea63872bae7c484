"""The lines of a text file."""

from __future__ import annotations

from ..errors import UnreadableReport
from .lines import MAX_CHARACTERS, MAX_PAGES, Line, Run, clean

LEADING = 12.0
"""The distance between two lines, as in a PDF."""
_LETTER = 6.0


def read_text(content: bytes, name: str) -> list[list[Line]]:
    """Return the lines of each page. A form feed ends a page, as in the output of pdftotext.

    Raises:
        UnreadableReport: The file is not UTF-8 text, too large, or empty.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UnreadableReport(f"{name} must be a PDF or UTF-8 text") from None
    if "\0" in text:
        raise UnreadableReport(f"{name} must be a PDF or UTF-8 text")
    if len(text) > MAX_CHARACTERS:
        raise UnreadableReport(f"{name} must have at most {MAX_CHARACTERS:,} characters, not {len(text):,}; it is not a report")
    if not text.strip():
        raise UnreadableReport(f"{name} does not contain text")
    pages = text.replace("\r\n", "\n").replace("\r", "\n").split("\f")
    if not pages[-1].strip() and len(pages) > 1:
        del pages[-1]
    if len(pages) > MAX_PAGES:
        raise UnreadableReport(f"{name} must have at most {MAX_PAGES} pages, not {len(pages):,}")
    return [
        [
            Line(
                (Run(clean(row.strip())),),
                x=_LETTER * (len(row) - len(row.lstrip())),
                y=LEADING * number,
                sheet=sheet,
                right=_LETTER * len(row.rstrip()),
            )
            for number, row in enumerate(page.expandtabs().split("\n"), start=1)
            if row.strip()
        ]
        for sheet, page in enumerate(pages)
    ]
