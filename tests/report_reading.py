"""Does the reader give back what a layout prints? `python -m tests.report_reading LAYOUTS.py` tries other layouts.

The file defines `LAYOUTS`, like `tests/reports/layouts.py`. The editions that are read are 2021 as shipped, and random ones.
"""

from __future__ import annotations

import argparse
import runpy
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings

import notorious_markets as nm
from tests.reports import LAYOUTS, LaidOut, Report, reports, shipped

_SHOWN = 3
"""The differences of so many readings are printed."""


def differences(laid_out: LaidOut, read: nm.Report, *, has_issue: bool = True) -> Iterator[str]:
    """Yield each part in which a reading differs from what the layout prints."""
    truth, printed = laid_out.truth, laid_out.truth.report
    pairs: dict[str, tuple[Any, Any]] = {
        "year": (read.year, printed.year),
        "title": (read.title, printed.title),
        "totals": ((read.online_total, read.physical_total), (printed.online_total, printed.physical_total)),
        "issue focus": (read.issue_focus, printed.issue_focus if has_issue else None),
        "number of pages": (read.report_pages, truth.sheets),
        "contents": ([(row.title, row.page) for row in read.contents], [(row.title, row.page) for row in truth.contents]),
        "online": (
            [
                (row.name_as_listed, row.page, row.domains, row.mobile_app, row.headquarters, row.operated_from, row.hosted_in)
                for row in read.online
            ],
            [
                (row.name, place.page, row.domains, row.mobile_app, row.headquarters, row.operated_from, row.hosted_in)
                for row, place in zip(printed.online, truth.online, strict=True)
            ],
        ),
        "physical": (
            [(row.country_as_listed, row.name_as_listed, row.locality, row.page) for row in read.physical],
            [
                (country, row.name, row.locality, place.page)
                for (country, row), place in zip(printed.physical_entries(), truth.physical, strict=True)
            ],
        ),
        "developments": (
            [(row.page, row.text) for row in read.developments],
            [(place.page, row.prose) for row, place in zip(printed.developments, truth.developments, strict=True)],
        ),
    }
    for what, (found, expected) in pairs.items():
        if found != expected:
            yield f"{what}: {_first_difference(found, expected)}"
    told = {*(row.text for row in read.unplaced), *(row.group for row in read.online)}
    if lost := [heading for heading in truth.other_headings if heading not in told]:
        yield f"headings that are neither placed nor told: {lost}"


def _first_difference(found: Any, expected: Any) -> str:
    if not isinstance(found, list):
        return f"{found!r} instead of {expected!r}"
    only = [row for row in expected if row not in found][:3], [row for row in found if row not in expected][:3]
    return f"{len(found)} instead of {len(expected)}; missing {only[0]!r}; wrong {only[1]!r}"


def read(laid_out: LaidOut, folder: Path) -> nm.Report:
    """Write a laid out report to a file and read it."""
    path = folder / "report.pdf"
    path.write_bytes(laid_out.pdf)
    return nm.read_report(path)


def main(arguments: list[str] | None = None) -> int:
    """Read editions in other layouts and print the differences."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("layouts", type=Path, nargs="?", help="file that defines LAYOUTS (default: the layouts of the tests)")
    parser.add_argument("--examples", type=int, default=30, help="random editions for each layout (default: 30)")
    parser.add_argument("--seed", type=int, default=1, help="seed of the random editions (default: 1)")
    options = parser.parse_args(arguments)
    layouts = runpy.run_path(str(options.layouts))["LAYOUTS"] if options.layouts else LAYOUTS
    results = [_try_layout(name, layout, options.examples, options.seed) for name, layout in layouts.items()]
    return 1 if any(result["wrong"] for result in results) else 0


def _try_layout(name: str, layout: Any, count: int, start: int) -> Counter[str]:
    """Read 2021 and random editions in a layout, print the first differences, and count the readings and differences."""
    results: Counter[str] = Counter(right=0, wrong=0)

    def attempt(report: Report) -> None:
        laid_out = layout().lay_out(report)
        with tempfile.TemporaryDirectory() as folder:
            try:
                found = list(differences(laid_out, read(laid_out, Path(folder)), has_issue="issue" in layout.order))
            except nm.NotoriousMarketsError as error:
                found = [f"error: {error}"]
        results["wrong" if found else "right"] += 1
        for difference in found:
            results[difference.partition(":")[0]] += 1
            if results["wrong"] <= _SHOWN:
                print(f"{name}, {report.year}: {difference[:600]}")

    attempt(shipped(2021))
    every_check = list(HealthCheck)
    examples = settings(
        max_examples=count, deadline=None, database=None, phases=[Phase.generate], suppress_health_check=every_check
    )
    seed(start)(examples(given(report=reports())(attempt)))()
    print(f"{name}: {dict(results)}")
    return results


if __name__ == "__main__":
    sys.exit(main())
