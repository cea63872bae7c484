"""Reports of random bytes, random text and random lines."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Sequence

from attrs import evolve

import notorious_markets as nm
from notorious_markets.reports import report_of
from notorious_markets.reports.lines import Line, Run, clean
from notorious_markets.reports.pdf import read_pdf
from notorious_markets.reports.text import read_text
from tests.reports import hostile

# Damaged files cause many warnings.
logging.getLogger("pypdf").setLevel(logging.CRITICAL)

# Lines that mean something to the reader.
PHRASES = (
    *("2021 Review of Notorious Markets for Counterfeiting and Piracy", "Table of Contents", "Overview", "Issue Focus: Adverse"),
    *(
        "Positive Developments",
        "Results of the 2021 Review",
        "Online Markets",
        "Physical Markets",
        "Public Information",
        "Annex A",
    ),
    *("The List identifies 42 online markets and thirty-five (35) physical markets.", "ALIEXPRESS", "Silk Market, Beijing"),
    *(
        "Nominated as aliexpress.com and ja.aliexpress.com.",
        "Related sites include a-b.example.",
        "Headquartered in China.",
        "CHINA",
    ),
    *(
        "Reportedly hosted in the U.S. Also available as a mobile app.",
        "ALIEXPRESS ........ 12",
        "12",
        "xii",
        "- 3 -",
        "Page 4 of 60",
    ),
    *(
        "• Taobao: a market",
        "Taobao – a market",
        "1. Taobao",
        "1337",
        "traf-",
        "fic",
        "aliexpress.",
        "com and more",
        "*",
        "1 A footnote.",
    ),
    *(
        "Out-of-Cycle Review of Notorious Markets",
        "February 17, 2022",
        "....",
        "(Shenyang)",
        "\u00ad",
        "\u0301",
        "\u200b",
        " ",
        "a.b",
    ),
)
_SIZES = (0, 6.0, 9.5, 11.0, 14.0, 18.0)
# Some lines are repeated.
_MANY = 500


def reports(data: bytes) -> None:
    """A report of any bytes, text or lines is read or refused in a bounded time; what is read can be converted."""
    kind, rest = data[:1], data[1:]
    try:
        if kind <= b"\x3f":
            pages = read_pdf(rest, "report.pdf", max_seconds=5)
        elif kind <= b"\x7f":
            pages = read_text(rest, "report.txt")
        elif kind <= b"\xbf":
            pages = read_text("".join(_texts(rest)).encode(), "report.txt")
        else:
            pages = _pages(rest)
        report = report_of(pages, "report")
    except nm.UnreadableReport as error:
        if not str(error):
            raise AssertionError("an error without a message") from error
        return
    json.dumps(report.to_dict())
    for part in (report.contents, report.online, report.physical, report.developments, report.unplaced, report.listings()):
        part.to_arrow().validate(full=True)


def _texts(data: bytes) -> Iterator[str]:
    """Yield phrases, random pieces and ends of lines and pages."""
    for place in range(0, len(data) - 2, 3):
        number, end, more = data[place : place + 3]
        phrase = PHRASES[number] if number < len(PHRASES) else data[place : place + number % 32].decode("utf-8", "replace")
        text = phrase + ("", " ", "\n", "\n\n", "\n\n\n   ", "\f", "-\n", ".\n")[end % 8]
        yield text * (_MANY if more == 255 and place < 15 else 1)


def _pages(data: bytes) -> list[list[Line]]:
    """Return lines in random styles at random places, as they come from a PDF."""
    pages: list[list[Line]] = [[]]
    y = 0.0
    for place in range(0, len(data) - 4, 5):
        number, style, x, gap, more = data[place : place + 5]
        phrase = PHRASES[number] if number < len(PHRASES) else data[place : place + number % 32].decode("utf-8", "replace")
        run = Run(clean(phrase), bool(style & 1), bool(style & 2), _SIZES[(style >> 2) % len(_SIZES)])
        if not run.text.strip():
            continue
        runs = (run, evolve(run, text=" and more", bold=False, italic=False)) if style & 128 else (run,)
        if gap > 250:
            pages.append([])
            y = 0
        for _ in range(_MANY if more == 255 and place < 15 else 1):
            y += gap / 8 - 2
            line = Line(runs, x * 2.0, y, len(pages) - 1, x >> 7, x * 2.0 + 5 * len(run.text))
            pages[-1] += [line] if line.text else []
    return pages


def seeds() -> Iterator[bytes]:
    """Return small PDFs and texts, and lines that the reader knows."""
    for font in _FONTS:
        yield b"\0" + _pdf(font, PHRASES[:20])
    for pieces in (b"\0\3\0", b"\0\2\0\1\3\0\6\3\0\x0b\3\0", bytes(byte for n in range(len(PHRASES)) for byte in (n, 3, 0))):
        yield b"\x80" + pieces
    yield b"\x40" + "\n\n".join(PHRASES).encode()
    yield b"\xc0" + bytes(byte for n in range(len(PHRASES)) for byte in (n, 4 * (n % 6) + n % 4, 36, 112 if n % 7 else 251, 0))


_FONTS = (
    b"<< /Type /Font /Subtype /Type1 /BaseFont /Times-Bold >>",
    (
        b"<< /Type /Font /Subtype /TrueType /BaseFont /A+B /FirstChar 32 /LastChar 35 /Widths [250 333 555 500] "
        b"/FontDescriptor << /Type /FontDescriptor /FontName /A+B /Flags 32 /FontWeight 700 /ItalicAngle 0 >> >>"
    ),
    (
        b"<< /Type /Font /Subtype /Type0 /BaseFont /C /Encoding /Identity-H /DescendantFonts [<< /Type /Font /Subtype "
        b"/CIDFontType2 /BaseFont /C /DW 900 /W [1 [500 600] 40 90 700] >>] >>"
    ),
)


def _pdf(font: bytes, texts: Sequence[str]) -> bytes:
    """Return a PDF of two pages without compression, so that changes of its bytes change its text."""
    lines = b"".join(b"0 -24 Td (%b) Tj\n" % text.encode("latin-1", "replace") for text in texts)
    streams = [b"BT /F1 11 Tf 1 0 0 1 72 700 Tm\n%b[(a) -300 (b)] TJ\nET" % part for part in (lines, lines[: len(lines) // 2])]
    return hostile.file_of(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R 4 0 R] /Count 2 /MediaBox [0 0 612 792] /Resources << /Font << /F1 5 0 R >> >> >>",
            b"<< /Type /Page /Parent 2 0 R /Contents 6 0 R >>",
            b"<< /Type /Page /Parent 2 0 R /Contents 7 0 R /Rotate 90 >>",
            font,
            *(b"<< /Length %d >>\nstream\n%b\nendstream" % (len(content), content) for content in streams),
        ]
    )
