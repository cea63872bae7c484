"""The lines of a PDF.

pypdf reads the file. It is written in Python, has positions and fonts, and limits the work that a hostile file can cause: the
size of decompressed streams, the number of operators, and the depth of nested objects. pdfminer.six and PDFium decompress
streams without a limit.
"""

from __future__ import annotations

import io
import logging
import math
import time
from collections.abc import Iterable, Iterator

from attrs import evolve, frozen

from ..errors import UnreadableReport, library
from .lines import MAX_CHARACTERS, MAX_PAGES, Line, Run
from .pieces import Piece, pieces_of

# Without a handler, Python prints each warning about a small defect of the file.
_SILENT = logging.NullHandler()
MAX_SECONDS = 120
# A page has at most some thousand operators and some hundred kilobytes.
_LIMITS = {
    "zlib_maximum_output_length": 20_000_000,
    "lzw_maximum_output_length": 20_000_000,
    "run_length_maximum_output_length": 20_000_000,
    "array_based_stream_maximum_output_length": 20_000_000,
    "stream_decoding_work_maximum_length": 60_000_000,
    "stream_parsing_work_maximum_count": 500_000,
    "xform_maximum_invocations_per_extraction": 500,
    "page_tree_maximum_entries": 10_000,
}
# Pieces whose baselines differ by less than this part of their size are on the same line.
_SAME_LINE = 0.3
# The mark of a footnote is smaller than this part of its line, and raised by less than this part.
_MARK_SIZE, _MARK_RISE = 0.83, 0.55
# So many pieces of a line are compared with the next one, which bounds the work for a hostile file.
_COMPARED = 12
# A gap of this part of the size is a space, and one of so many points can separate columns.
_SPACE, _WIDE_GAP = 0.12, 9.0
# Lines that start at the same place in a second column.
_LINES_IN_COLUMN = 3


@frozen
class _Segment:
    """Pieces on a line without a wide gap between them."""

    pieces: tuple[Piece, ...]

    @property
    def x(self) -> float:
        """The position of its start."""
        return self.pieces[0].x

    @property
    def right(self) -> float:
        """The position of its end."""
        return self.pieces[-1].right

    @property
    def y(self) -> float:
        """The position of its baseline."""
        return max(self.pieces, key=lambda piece: (piece.run.size, len(piece.run.text))).y


def read_pdf(content: bytes, name: str, *, max_pages: int = MAX_PAGES, max_seconds: float = MAX_SECONDS) -> list[list[Line]]:
    """Return the lines of each page in reading order.

    Args:
        content: The content of the file.
        name: The name of the file, for messages.
        max_pages: The greatest number of pages.
        max_seconds: The longest time.

    Raises:
        MissingExtra: pypdf is not installed.
        UnreadableReport: The file is damaged, encrypted, too large or too slow to read, or it does not contain text.
    """
    pypdf = library("pypdf", "report")
    logging.getLogger("pypdf").addHandler(_SILENT)
    deadline = time.monotonic() + max_seconds

    def check_time() -> None:
        if time.monotonic() > deadline:
            raise UnreadableReport(f"{name} must be readable within {max_seconds:g} seconds; it is too large or damaged")

    sheets: list[tuple[list[Piece], float]] = []
    characters = 0
    try:
        with pypdf.apply_configuration(**_LIMITS):
            reader = pypdf.PdfReader(io.BytesIO(content))
            if reader.is_encrypted and not reader.decrypt(""):
                raise UnreadableReport(f"{name} is encrypted; save a copy without a password")
            if len(reader.pages) > max_pages:
                raise UnreadableReport(f"{name} must have at most {max_pages} pages, not {len(reader.pages)}")
            for page in reader.pages:
                pieces, width = pieces_of(page, check_time)
                characters += sum(len(piece.run.text) for piece in pieces)
                if characters > MAX_CHARACTERS:
                    raise UnreadableReport(f"{name} must have at most {MAX_CHARACTERS:,} characters; it is not a report")
                sheets.append((pieces, width))
    except UnreadableReport:
        raise
    except pypdf.errors.LimitReachedError as error:
        raise UnreadableReport(f"{name} is not read because it needs too much memory or work: {error}") from error
    except pypdf.errors.DependencyError as error:
        raise UnreadableReport(f"{name} is encrypted; save a copy without a password ({error})") from error
    except Exception as error:
        # Damaged files also cause built-in errors in pypdf, such as NotImplementedError for an unknown filter, so no list of
        # types would be complete. Nothing is lost: the error is the cause of this one, and its message is repeated.
        raise UnreadableReport(f"{name} cannot be read as a PDF: {str(error) or type(error).__name__}") from error
    if not characters:
        raise UnreadableReport(f"{name} does not contain text; run text recognition (OCR) on it first")
    pages: list[list[Line]] = []
    edge: float | None = None
    for sheet, (pieces, width) in enumerate(sheets):
        lines, edge = _lines(pieces, sheet, width, edge)
        pages.append(lines)
    return pages


def _lines(pieces: Iterable[Piece], sheet: int, width: float, before: float | None) -> tuple[list[Line], float | None]:
    """Return the lines of a page in reading order, and where its second column starts.

    Args:
        pieces: The text of the page.
        sheet: The number of the page.
        width: The width of the page.
        before: Where the second column of the page before starts.
    """
    segments = [segment for row in _rows(pieces) for segment in _segments(row)]
    edge = _second_column(segments, width)
    if edge is None and before is not None and _continues_columns(segments, before):
        edge = before
    if edge is None:
        return _in_column(segments, sheet, 0), None
    lines: list[Line] = []
    left: list[_Segment] = []
    second: list[_Segment] = []
    for segment in sorted(segments, key=lambda segment: (segment.y, segment.x)):
        if _crosses(segment, edge):
            # A line over both columns ends what is above it.
            lines += [*_in_column(left, sheet, 0), *_in_column(second, sheet, 1), *_in_column([segment], sheet, 0)]
            left, second = [], []
        elif segment.x < edge - 3:
            left.append(segment)
        else:
            second.append(segment)
    return [*lines, *_in_column(left, sheet, 0), *_in_column(second, sheet, 1)], edge


def _rows(pieces: Iterable[Piece]) -> list[list[Piece]]:
    """Group pieces on the same height. The mark of a footnote is small and somewhat higher than its line."""
    rows: list[list[Piece]] = []
    for piece in sorted(pieces, key=lambda piece: (piece.y, piece.x)):
        if rows and any(_are_level(other, piece) for other in rows[-1][-_COMPARED:]):
            rows[-1].append(piece)
        else:
            rows.append([piece])
    return [sorted(row, key=lambda piece: piece.x) for row in rows]


def _are_level(one: Piece, other: Piece) -> bool:
    small, large = sorted((one.run.size, other.run.size))
    return abs(one.y - other.y) <= (_MARK_RISE * large if small < _MARK_SIZE * large else _SAME_LINE * small)


def _segments(row: list[Piece]) -> Iterator[_Segment]:
    """Divide a row where its text has a wide gap."""
    start, right = 0, -math.inf
    for place in range(1, len(row) + 1):
        right = max(right, row[place - 1].right)
        if place == len(row) or row[place].x - right > _WIDE_GAP:
            yield _Segment(tuple(row[start:place]))
            start, right = place, -math.inf


def _in_column(segments: Iterable[_Segment], sheet: int, column: int) -> list[Line]:
    pieces = [piece for segment in segments for piece in segment.pieces]
    return [line for row in _rows(pieces) if (line := _line(row, sheet, column)).text]


def _line(row: list[Piece], sheet: int, column: int) -> Line:
    # The style of each run and its pieces of text.
    runs: list[tuple[Run, list[str]]] = []
    right = -math.inf
    for piece in row:
        text = piece.run.text
        gap = piece.x - right
        # A gap that pypdf marks is measured again, because the piece before it can be elsewhere.
        text = (
            f"  {text.lstrip()}" if gap > 1.5 * piece.run.size else f" {text.lstrip()}" if gap > _SPACE * piece.run.size else text
        )
        style = evolve(piece.run, text="")
        if runs and runs[-1][0] == style:
            runs[-1][1].append(text)
        else:
            runs.append((style, [text if runs else text.lstrip()]))
        right = max(right, piece.right)
    base = max(row, key=lambda piece: (piece.run.size, len(piece.run.text)))
    return Line(tuple(evolve(style, text="".join(texts)) for style, texts in runs), row[0].x, base.y, sheet, column, right)


def _second_column(segments: list[_Segment], width: float) -> float | None:
    """Return where the second column of a page starts, or `None` if it has one column."""
    starts: dict[int, list[_Segment]] = {}
    for segment in segments:
        if 0.4 * width < segment.x < 0.65 * width and any(char.isalpha() for char in segment.pieces[0].run.text):
            starts.setdefault(round(segment.x), []).append(segment)
    edge, lines = max(starts.items(), key=lambda item: len(item[1]), default=(0, []))
    if len(lines) < _LINES_IN_COLUMN:
        return None
    # The lines of a column fill it, unlike the cells of a table.
    right = max(segment.right for segment in segments)
    filling = sum(segment.right - segment.x > 0.55 * (right - edge) for segment in lines)
    if filling < 0.6 * len(lines) or right < 0.75 * width:
        return None
    # Text to the left of a column ends before it, but for a few headings.
    crossing = sum(_crosses(segment, edge) for segment in segments)
    return float(edge) if crossing < len(lines) else None


def _continues_columns(segments: list[_Segment], edge: float) -> bool:
    """Return whether a page has a few lines in the second column that the page before has."""
    in_column = sum(abs(segment.x - edge) < 2 for segment in segments)
    crossing = sum(_crosses(segment, edge) for segment in segments)
    return in_column > 0 and crossing <= 2


def _crosses(segment: _Segment, edge: float) -> bool:
    """Return whether a segment goes over the start of the second column."""
    return segment.x < edge - 3 and segment.right > edge + 3
