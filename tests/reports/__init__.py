"""Whole reports as real PDFs, laid out independently of the reader that they test.

`LAYOUTS["recent"]().lay_out(report)` returns a `LaidOut`: the bytes of the PDF and the truth about what it prints.
"""

from __future__ import annotations

from tests.reports.descriptions import ContentsEntry, Development, Entry, LaidOut, PhysicalEntry, Place, Report, Truth
from tests.reports.layouts import LAYOUTS
from tests.reports.shipped import shipped

__all__ = [
    "LAYOUTS",
    "ContentsEntry",
    "Development",
    "Entry",
    "LaidOut",
    "PhysicalEntry",
    "Place",
    "Report",
    "Truth",
    "shipped",
]
