"""Propose the tables of an edition from its report: `python -m tools.intake REPORT...`.

For an edition that the facts have, the proposal is the complete tables after the report was read; see `tools.revision`. They
pass the build. `--apply` writes them into the facts, all or none. Several reports are worked in one after the other.

For a new edition, the contents page gives the names of the online markets and the countries of the physical ones, with their
pages. Everything else is left empty. The column `note` says what has to be resolved.
"""

from __future__ import annotations

import argparse
import difflib
import functools
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pycountry

from notorious_markets._writing import write_files
from notorious_markets.errors import UnreadableReport
from notorious_markets.reports import read_pages, read_report
from notorious_markets.reports.contents import TITLE, Contents, Entry, read_contents, text_of
from notorious_markets.reports.countries import fold
from tools import revision
from tools.build import check_build
from tools.facts import Facts, Refused, as_csv, changed_files, copied, market_ids, read
from tools.schema import FACTS, read_schema

# A row of a proposal; the columns that it does not have are empty.
ProposedRow = dict[str, Any]

# Country names that the reports use and ISO 3166 does not list.
_USUAL_NAMES = {"Brunei": "BN", "Ivory Coast": "CI", "Macau": "MO", "Palestine": "PS", "Russia": "RU", "Turkey": "TR"}


@functools.cache
def countries() -> dict[str, str]:
    """Return the ISO 3166-1 alpha-2 code of each country by its folded names."""
    names = {fold(name): code for name, code in _USUAL_NAMES.items()}
    for country in pycountry.countries:
        for field in ("name", "common_name", "official_name"):
            if name := getattr(country, field, None):
                names[fold(name)] = country.alpha_2
    return names


def country(entry: Entry) -> tuple[str, str]:
    """Return the code of a country heading and a note on what has to be confirmed.

    Raises:
        Refused: The heading is neither a country nor a clear misspelling of one.
    """
    if not entry.name:
        return "", "The text lacks this heading; only its page is known."
    if code := countries().get(fold(entry.name)):
        return code, ""
    similar = {countries()[name] for name in difflib.get_close_matches(fold(entry.name), countries(), cutoff=0.85)}
    if len(similar) == 1:
        (code,) = similar
        return code, f"The contents page prints `{entry.name}`; confirm that it means {_country_name(code)}."
    # The keys of a dict keep the best match first.
    nearest = dict.fromkeys(countries()[name] for name in difflib.get_close_matches(fold(entry.name), countries()))
    hint = f"; did you mean {' or '.join(_country_name(code) for code in nearest)}?" if nearest else ""
    raise Refused([f"{entry.name} (page {entry.page}) is not a country in ISO 3166{hint}"])


def _country_name(code: str) -> str:
    return next(country.name for country in pycountry.countries if country.alpha_2 == code)


def known_names(facts: Facts) -> dict[str, set[tuple[str, ...]]]:
    """Return what each folded name of online markets can mean: ids of one market, or of several under one heading."""
    known: dict[str, set[tuple[str, ...]]] = {}
    for market in facts["markets"]:
        if market["kind"] == "online":
            known.setdefault(fold(market["name"]), set()).add((market["market_id"],))
    for listing in facts["listings"]:
        if listing["kind"] == "online" and listing["market_id"] and listing["name_as_listed"]:
            known.setdefault(fold(listing["name_as_listed"]), set()).add(tuple(market_ids(listing)))
    return known


def _market(entry: Entry, known: dict[str, set[tuple[str, ...]]]) -> tuple[tuple[str, ...], str]:
    """Return the ids of the markets that an entry lists and a note on what has to be resolved."""
    if not entry.name:
        return (), "The text lacks the name of this entry; only its page is known."
    found = known.get(fold(entry.name), set())
    if len(found) == 1:
        return next(iter(found)), ""
    if found:
        return (), f"Several markets have this name: {_in_words(found)}."
    parts = [known.get(fold(part), set()) for part in entry.name.split(" AND ")]
    if all(len(part) == 1 for part in parts):
        combined = tuple(market_id for part in parts for ids in part for market_id in ids)
        return combined, f"The heading combines several markets: {', '.join(combined)}."
    similar = difflib.get_close_matches(fold(entry.name), known, n=1)
    hint = f"the most similar one is {_in_words(known[similar[0]])}" if similar else "none is similar"
    return (), f"No known market has this name; {hint}."


def _in_words(meanings: set[tuple[str, ...]]) -> str:
    return " or ".join(sorted(" and ".join(ids) for ids in meanings))


def propose_listings(contents: Contents, year: int, facts: Facts) -> list[ProposedRow]:
    """Return a row for each online market and for each country with physical markets.

    Raises:
        Refused: A heading is not a country.
    """
    known = known_names(facts)
    rows: list[ProposedRow] = []
    problems: list[str] = []
    for entry in contents.online:
        ids, note = _market(entry, known)
        rows.append(
            {
                "kind": "online",
                "market_id": ids[0] if ids else None,
                "further_market_ids": list(ids[1:]),
                "name_as_listed": entry.name,
                "page": entry.page,
                "grade": "primary" if entry.name else "unidentified",
                "note": note,
            }
        )
    for entry in contents.physical:
        try:
            code, note = country(entry)
        except Refused as refusal:
            problems += refusal.problems
            continue
        rows.append(
            {
                "kind": "physical",
                "market_id": None,
                "further_market_ids": [],
                "country": code,
                "country_as_listed": entry.name,
                "page": entry.page,
                "grade": "unidentified",
                "note": note,
            }
        )
    if problems:
        raise Refused(problems)
    return [{"year": year, "listing_no": number, **row} for number, row in enumerate(rows, start=1)]


def propose_edition(text: str, contents: Contents, year: int | None = None) -> ProposedRow:
    """Return the row of the edition.

    Args:
        text: The text of the report.
        contents: Its contents page.
        year: The review year; `None` takes it from the title.

    Raises:
        Refused: `year` is `None` and the text does not have a title with a year.
    """
    titles = [match for match in TITLE.finditer(" ".join(text.split())) if year is None or int(match["year"]) == year]
    if year is None and not titles:
        raise Refused(["no title such as `2021 Review of Notorious Markets` found; set the review year with --year"])
    # Some copies of a report print the title once in full and elsewhere cut off.
    same_year = [match for match in titles if match["year"] == titles[0]["year"]]
    title = max(same_year, key=lambda match: len(match[0]), default=None)
    return {
        "year": year or int(titles[0]["year"]),
        "title": title[0] if title else None,
        "period_label": title["label"] if title else None,
        "issue_focus": contents.issue_focus,
        "report_pages": text.count("\f") or None,
    }


def changes(rows: list[ProposedRow], facts: Facts, year: int) -> Iterator[str]:
    """Yield lines that describe the changes since the previous edition."""
    last = max((edition["year"] for edition in facts["editions"] if edition["year"] < year), default=None)
    if last is None:
        yield f"there is no edition before {year} to compare with"
        return
    before = [row for row in facts["listings"] if row["year"] == last]
    yield f"changes since the edition of {last}:"
    for what, old, new in (
        ("online", _online_names(before), _online_names(rows)),
        ("countries", _country_headings(before), _country_headings(rows)),
    ):
        for label, names in (
            ("kept", [name for key, name in new.items() if key in old]),
            ("new", [name for key, name in new.items() if key not in old]),
            ("gone", [name for key, name in old.items() if key not in new]),
        ):
            yield f"  {what} {label}, {len(names)}: {', '.join(names)}" if names else f"  {what} {label}, 0"
    for edition, listed in ((last, before), (year, rows)):
        if nameless := sum(row["kind"] == "online" and not row.get("name_as_listed") for row in listed):
            yield f"  online rows of {edition} without a name: {nameless}; markets that seem new or gone may be among them"
    if nameless := sum(row["kind"] == "physical" and not row["country"] for row in rows):
        yield f"  headings of {year} without a country: {nameless}; countries that seem gone may be among them"


def _online_names(rows: Iterable[ProposedRow]) -> dict[str, str]:
    """Return the printed names of the online markets by market id, or by folded name if the market is unknown."""
    names: dict[str, str] = {}
    for row in rows:
        if row["kind"] == "online" and row["name_as_listed"]:
            for key in market_ids(row) or [fold(row["name_as_listed"])]:
                names[key] = row["name_as_listed"]
    return names


def _country_headings(rows: Iterable[ProposedRow]) -> dict[str, str]:
    """Return the printed headings of the physical markets by country code."""
    return {
        row["country"]: row["country_as_listed"] or row["country"] for row in rows if row["kind"] == "physical" and row["country"]
    }


def propose(report: Path, facts: Facts, year: int | None = None) -> tuple[ProposedRow, list[ProposedRow], list[str]]:
    """Return the proposed edition, its proposed listings, and a summary in lines.

    Raises:
        OSError: The report cannot be opened.
        UnreadableReport: The report cannot be read, or its contents page is not clear.
        Refused: A heading is not a country, or the title has no year.
    """
    text = text_of(read_pages(report))
    contents = read_contents(text, {*known_names(facts), *countries()})
    edition = propose_edition(text, contents, year)
    rows = propose_listings(contents, edition["year"], facts)
    summary = [
        edition["title"] or f"review year {edition['year']}, without a title",
        "sections: " + ", ".join(f"{section} {page}" for section, page in contents.sections.items()),
        f"{len(contents.online)} online entries, {len(contents.physical)} countries",
        *changes(rows, facts, edition["year"]),
    ]
    unresolved = [row for row in rows if row["note"]]
    if unresolved:
        summary.append("to resolve:")
    for row in unresolved:
        printed = row.get("name_as_listed") or row.get("country_as_listed") or "(no name)"
        summary.append(f"  {row['listing_no']} {printed}, page {row['page']}: {row['note']}")
    return edition, rows, summary


def propose_tables(report: Path, facts: Facts, folder: Path, year: int | None) -> tuple[int, dict[str, bytes], list[str]]:
    """Return the review year, the proposed tables of a new edition by their paths, and a summary in lines."""
    edition, rows, summary = propose(report, facts, year)
    schema = read_schema(folder)
    files = {
        "editions.csv": as_csv(schema.table("editions"), [edition]),
        f"listings/{edition['year']}.csv": as_csv(schema.table("listings"), rows),
    }
    return edition["year"], files, summary


def revise_tables(
    reports: list[Path], facts: Facts, folder: Path, year: int | None, urls: dict[int, str]
) -> tuple[int, dict[str, bytes], list[str]]:
    """Return the first review year, the complete changed tables by their paths, and a summary in lines.

    Raises:
        Refused: The changed tables do not pass the build, or the address of a report is not known.
    """
    schema, after = read_schema(folder), copied(facts)
    summary: list[str] = []
    years = []
    for path in reports:
        report = read_report(path, year=year)
        if report.year not in {row["year"] for row in facts["editions"]}:
            raise Refused([f"{path} is on {report.year}, a new edition; run the intake for it alone"])
        years.append(report.year)
        summary += revision.summary(revision.revise(report, after, schema, urls.get(report.year)))
    files = changed_files(facts, after, schema)
    try:
        if files:
            check_build(files, folder)
    except Refused as refusal:
        raise Refused([*summary, "the tables do not pass the build:", *refusal.problems]) from refusal
    return min(years), files, summary


def _is_new(report: Path, facts: Facts, year: int | None) -> bool:
    """Return whether a report is on an edition that the facts do not have."""
    if year is None:
        title = TITLE.search(" ".join(text_of(read_pages(report)).split()))
        year = int(title["year"]) if title else None
    newest = max((row["year"] for row in facts["editions"]), default=0)
    # The title of the oldest editions has no year; the release tells it later.
    return year is not None and (year > newest or year not in {row["year"] for row in facts["editions"]})


def _check_output(output: Path, facts: Path) -> None:
    if output.exists():
        raise Refused([f"{output} already exists; choose another folder with --output"])
    if any(output.resolve().is_relative_to(folder.resolve()) for folder in (FACTS, facts)):
        raise Refused([f"--output must be outside the folder of the facts, not {output}"])


def _address(text: str) -> tuple[int, str]:
    year, _, url = text.partition("=")
    if not year.isdecimal() or not url.startswith("https://"):
        raise argparse.ArgumentTypeError(f"must be YEAR=https://..., not {text!r}")
    return int(year), url


def main(arguments: list[str] | None = None) -> int:
    """Write a proposal, or print why the report is refused."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("reports", type=Path, nargs="+", metavar="REPORT", help="report as a PDF, or its text from pdftotext")
    parser.add_argument("--year", type=int, help="review year (default: the year in the title)")
    parser.add_argument(
        "--url",
        type=_address,
        action="append",
        default=[],
        metavar="YEAR=URL",
        help="address of a report that editions.csv lacks",
    )
    parser.add_argument("--output", type=Path, help="new folder for the proposal (default: proposal-<year>)")
    parser.add_argument("--apply", action="store_true", help="write the tables of known editions into the facts, all or none")
    parser.add_argument("--facts", type=Path, default=FACTS, help="folder of the facts (default: data/)")
    options = parser.parse_args(arguments)
    try:
        if options.output and not options.apply:
            _check_output(options.output, options.facts)
        facts = read(options.facts)
        if len(options.reports) == 1 and _is_new(options.reports[0], facts, options.year):
            if options.apply:
                raise Refused(["--apply is for editions that the facts have; move the proposal of a new edition by hand"])
            year, files, summary = propose_tables(options.reports[0], facts, options.facts, options.year)
        else:
            year, files, summary = revise_tables(options.reports, facts, options.facts, options.year, dict(options.url))
        output: Path = options.facts if options.apply else options.output or Path(f"proposal-{year}")
        if not options.apply:
            _check_output(output, options.facts)
    except (Refused, UnreadableReport, OSError) as refusal:
        print(refusal, file=sys.stderr)
        return 1
    for name in files:
        (output / name).parent.mkdir(parents=True, exist_ok=True)
    write_files({output / name: content for name, content in files.items()})
    print("\n".join([*summary, f"written to {output}: {', '.join(files) or 'nothing; the tables do not change'}"]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
