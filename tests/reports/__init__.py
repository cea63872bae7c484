"""Whole reports as real PDFs, laid out independently of the reader that they test.

`LAYOUTS["recent"]().lay_out(report)` returns a `LaidOut`: the bytes of the PDF and the truth about what it prints. `HELD_OUT` has
three layouts that the reader was not written against. `reports()` is the strategy of random reports. `shipped(2021)` is the
description of a shipped edition, and `short` shortens its prose. `hostile` makes files that are no reports or are damaged.
"""

from __future__ import annotations

from tests.reports import hostile
from tests.reports.descriptions import ContentsEntry, Development, Entry, LaidOut, PhysicalEntry, Place, Report, Truth
from tests.reports.held_out import HELD_OUT
from tests.reports.layouts import LAYOUTS
from tests.reports.shipped import shipped, short
from tests.reports.strategies import reports

__all__ = [
    "HELD_OUT",
    "LAYOUTS",
    "ContentsEntry",
    "Development",
    "Entry",
    "LaidOut",
    "PhysicalEntry",
    "Place",
    "Report",
    "Truth",
    "hostile",
    "reports",
    "shipped",
    "short",
]
