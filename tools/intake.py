"""Propose the files of a new edition from the report: `python -m tools.intake REPORT`.

The contents page gives the names of the online markets and the countries of the physical ones, with their pages. What
it does not give stays empty, and what it leaves open stands in the column `note`. Nothing is written into `data/`.
"""

from __future__ import annotations

import argparse
import csv
import difflib
import functools
import io
import re
import sys
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

import pycountry
from attrs import frozen
from pypdf import PdfReader
from pypdf.errors import PyPdfError

from tools.facts import FACTS, LIST_DELIMITER, Facts, Refused, Table, canonical, contract, read, write_whole

# Usual names that ISO 3166 does not print.
USUAL_NAMES = {"Brunei": "BN", "Ivory Coast": "CI", "Macau": "MO", "Palestine": "PS", "Russia": "RU", "Turkey": "TR"}

# A leader is a run of dots, or a blank with at most one dot at the word before it.
LEADER = r"(?:[.·_]?\s|[.·_]{2}|…)[\s.·_…]*"
ENTRY = re.compile(rf"(?P<name>.*?)(?:^[\s.·_…]*|{LEADER})(?P<page>\d{{1,3}})")
# Mirrors of the reports run the entries together on one line.
NEXT_ENTRY = re.compile(r"((?:[.·_]\s|[.·_]{2}|…)[\s.·_…]*\d{1,3})\s+")
FOOTER = re.compile(r"[iv]+|[-–—] ?\d+ ?[-–—]|[Pp]age \d+( of \d+)?|\d+ \| [Pp]age")
CONTENTS = re.compile(r"(table of )?contents( \(?continued\)?)?:?", re.IGNORECASE)
TITLE = re.compile(
    r"(?P<label>(?P<year>20\d\d) (?:Out-of-Cycle )?Review) of Notorious Markets(?: for Counterfeiting and(?: Piracy)?)?"
)
# Lines of a contents page at the most; beyond them the text of the report has begun.
LONGEST = 500
ONLINE, PHYSICAL, END = "Online Markets", "Physical Markets", "Public Information"
SECTIONS = ("Overview", "Issue Focus", "Positive Developments", "Results", ONLINE, PHYSICAL, END)


@frozen
class Entry:
    """One line of the contents page; the name is empty where the text has lost it."""

    name: str
    page: int

    def __str__(self) -> str:
        return self.name or "an entry without a name"


@frozen
class Contents:
    """What the contents page says."""

    sections: dict[str, int]
    issue_focus: str
    online: tuple[Entry, ...]
    physical: tuple[Entry, ...]


def read_report(path: Path) -> str:
    """The text of a report, each page of it ended by a form feed where the pages are known.

    Raises:
        Refused: the file is neither a PDF with text nor text in UTF-8.
    """
    content = path.read_bytes()
    if not content.startswith(b"%PDF-"):
        try:
            return content.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise Refused([f"{path}: neither a PDF nor text in UTF-8"]) from None
    try:
        # By position: a page number that is drawn apart from its name still stands on the line of the name.
        pages = [page.extract_text(extraction_mode="layout") for page in PdfReader(io.BytesIO(content)).pages]
    except PyPdfError as error:
        raise Refused([f"{path}: the PDF cannot be read: {error}"]) from error
    if not any(page.strip() for page in pages):
        raise Refused([f"{path}: the PDF has no text; a scanned report needs text recognition first"])
    return "".join(f"{page}\f" for page in pages)


def read_contents(text: str, names: Collection[str] = ()) -> Contents:
    """Read the contents page.

    Args:
        text: The text of the report.
        names: Folded names of markets and countries. A line without a page number is the first part of a broken name,
            unless it, or the next line, is one of these and both together are not.

    Raises:
        Refused: no contents page, an entry without a page number, or page numbers that decrease.
    """
    lines = iter(_lines(text))
    # The search leaves the lines after the heading.
    if not any(CONTENTS.fullmatch(line) for line in lines):
        raise Refused(["no contents page found: no line reads `Table of Contents` or `Contents`"])
    entries: list[Entry] = []
    problems: list[str] = []
    open_name, led = "", False
    for line in islice(lines, LONGEST):
        if CONTENTS.fullmatch(line) or TITLE.fullmatch(line):
            continue
        match = ENTRY.fullmatch(line)
        name = _trimmed(match["name"] if match else line)
        if open_name and name and (led or _two_entries(open_name, name, names)):
            problems.append(f"{open_name}: no page number; if the name goes on with `{name}`, put both on one line")
            open_name = ""
        name = _joined(open_name, name)
        if not match:
            open_name, led = name, bool(re.search(r"([.·_]\s?){3}$|…$", line))
            continue
        entries.append(Entry(name, int(match["page"])))
        open_name, led = "", False
        if _section(name) == END:
            break
    else:
        raise Refused([f"no contents page found: no entry `{END}` with a page number ends it"])
    problems += [
        f"{after}: page {after.page} after page {before.page} of {before}"
        for before, after in pairwise(entries)
        if after.page < before.page
    ]
    return _parts(entries, problems)


def _lines(text: str) -> list[str]:
    """The lines of a text, one entry a line, without blank lines and the numbers of the pages themselves."""
    kept: list[str] = []
    pages = text.split("\f")
    for page in pages:
        raw = (NEXT_ENTRY.sub(r"\1\n", " ".join(line.split())) for line in page.splitlines())
        lines = [line for part in raw for line in part.split("\n") if line and not FOOTER.fullmatch(line)]
        for place, line in enumerate(lines):
            at_edge = len(pages) > 1 and place in (0, len(lines) - 1)
            # At the edge of a page a bare number is the page's own, unless the line before it waits for one.
            if not (at_edge and line.isdecimal() and (not kept or ENTRY.fullmatch(kept[-1]))):
                kept.append(line)
    return kept


def _trimmed(name: str) -> str:
    # The last dot of an abbreviation such as B.V. looks like the start of a leader.
    name = unicodedata.normalize("NFC", name.strip().rstrip(".·_… "))
    return f"{name}." if re.search(r"(^|[\s(])([A-Z]\.)+[A-Z]$", name) else name


def _joined(first: str, second: str) -> str:
    """Two parts of a broken name."""
    return f"{first}{second}" if first.endswith("-") else f"{first} {second}".strip()


def _two_entries(first: str, second: str, names: Collection[str]) -> bool:
    """Whether two lines are two entries, of which the first has lost its page number."""
    if _section(first) in (ONLINE, PHYSICAL, END) or _section(second):
        return True
    return fold(_joined(first, second)) not in names and (fold(first) in names or fold(second) in names)


def _section(name: str) -> str | None:
    """The section of the report that an entry names."""
    for section in SECTIONS:
        whole = section in (ONLINE, PHYSICAL, END)
        if re.fullmatch(section if whole else rf"{section}\b.*", name, re.IGNORECASE):
            return section
    return None


def _parts(entries: list[Entry], problems: list[str]) -> Contents:
    places = {_section(entry.name): place for place, entry in reversed(list(enumerate(entries)))}
    if missing := [section for section in (ONLINE, PHYSICAL) if section not in places]:
        raise Refused([*problems, *(f"the contents page has no entry `{section}`" for section in missing)])
    online = tuple(entries[places[ONLINE] + 1 : places[PHYSICAL]])
    physical = tuple(entries[places[PHYSICAL] + 1 : -1])
    for section, found in ((ONLINE, online), (PHYSICAL, physical)):
        if not found:
            problems.append(f"the contents page has nothing under `{section}`: the rows have to be typed from the text")
    if problems:
        raise Refused(problems)
    focus = entries[places["Issue Focus"]].name if "Issue Focus" in places else ""
    return Contents(
        sections={section: entries[places[section]].page for section in SECTIONS if section in places},
        issue_focus=focus[len("Issue Focus") :].lstrip(" :–—-"),
        online=online,
        physical=physical,
    )


def fold(name: str) -> str:
    """A name by its letters and digits alone: POPCORNTIME and Popcorn Time are the same."""
    return "".join(letter for letter in unicodedata.normalize("NFKD", name).casefold() if letter.isalnum())


@functools.cache
def countries() -> dict[str, str]:
    """The codes of ISO 3166, by folded name."""
    names = {fold(name): code for name, code in USUAL_NAMES.items()}
    for country in pycountry.countries:
        for field in ("name", "common_name", "official_name"):
            if name := getattr(country, field, None):
                names[fold(name)] = country.alpha_2
    return names


def country(entry: Entry) -> tuple[str, str]:
    """The code of a country heading, and what has to be confirmed about it.

    Raises:
        Refused: the heading is no country, and not clearly a misspelt one.
    """
    if not entry.name:
        return "", "The text has the page of this heading, but not the heading."
    if code := countries().get(fold(entry.name)):
        return code, ""
    near = {countries()[name] for name in difflib.get_close_matches(fold(entry.name), countries(), cutoff=0.85)}
    if len(near) == 1:
        (code,) = near
        return code, f"The contents page prints the country as {entry.name}; confirm that {_country_name(code)} is meant."
    # A set would forget which is nearest.
    nearest = dict.fromkeys(countries()[name] for name in difflib.get_close_matches(fold(entry.name), countries()))
    hint = f"; did you mean {' or '.join(_country_name(code) for code in nearest)}?" if nearest else ""
    raise Refused([f"{entry.name} (page {entry.page}) is no ISO 3166 country{hint}"])


def _country_name(code: str) -> str:
    return next(country.name for country in pycountry.countries if country.alpha_2 == code)


def known_names(facts: Facts) -> dict[str, set[tuple[str, ...]]]:
    """The markets that each folded name of an online market stands for, by its usual and its printed names."""
    known: dict[str, set[tuple[str, ...]]] = {}
    for market in facts["markets"]:
        if market["kind"] == "online":
            known.setdefault(fold(market["name"]), set()).add((market["market_id"],))
    for listing in facts["listings"]:
        if listing["kind"] == "online" and listing["market_id"] and listing["name_as_listed"]:
            known.setdefault(fold(listing["name_as_listed"]), set()).add(_market_ids(listing))
    return known


def _market_ids(row: dict[str, Any]) -> tuple[str, ...]:
    return (row["market_id"], *row["further_market_ids"]) if row["market_id"] else ()


def _market(entry: Entry, known: dict[str, set[tuple[str, ...]]]) -> tuple[tuple[str, ...], str]:
    """The markets that an entry lists, and what has to be settled about them."""
    if not entry.name:
        return (), "The text has the page of this entry, but not its name."
    found = known.get(fold(entry.name), set())
    if len(found) == 1:
        return next(iter(found)), ""
    parts = [known.get(fold(part), set()) for part in entry.name.split(" AND ")]
    if not found and all(len(part) == 1 for part in parts):
        together = tuple(market_id for part in parts for (ids,) in [part] for market_id in ids)
        return together, f"One heading for several markets: {', '.join(together)}."
    if found:
        return (), f"The name stands for several markets: {', '.join(sorted(' and '.join(ids) for ids in found))}."
    near = difflib.get_close_matches(fold(entry.name), known, n=1)
    nearest = f"the nearest known one is {' or '.join(sorted(' and '.join(ids) for ids in known[near[0]]))}" if near else ""
    return (), f"No known market has this name; {nearest or 'none is near it'}."


def propose_listings(contents: Contents, year: int, facts: Facts) -> list[dict[str, Any]]:
    """The listings that the contents page shows; of the physical markets one row a country heading.

    Raises:
        Refused: a heading that is no country.
    """
    known = known_names(facts)
    rows: list[dict[str, Any]] = []
    for entry in contents.online:
        market_ids, note = _market(entry, known)
        rows.append(
            {
                "kind": "online",
                "market_id": market_ids[0] if market_ids else None,
                "further_market_ids": list(market_ids[1:]),
                "name_as_listed": entry.name,
                "page": entry.page,
                "grade": "primary" if entry.name else "unidentified",
                "note": note,
            }
        )
    problems: list[str] = []
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


def propose_edition(text: str, contents: Contents, year: int | None = None) -> dict[str, Any]:
    """The row of the edition, as far as the text shows it.

    Raises:
        Refused: the text does not tell the review year, and it was not given.
    """
    titles = [match for match in TITLE.finditer(" ".join(text.split())) if year is None or int(match["year"]) == year]
    if year is None and not titles:
        raise Refused(["no review year found: no title such as `2021 Review of Notorious Markets`; give it with --year"])
    # A mirror may cut the title short in one place and print it whole in another.
    of_the_year = [match for match in titles if match["year"] == titles[0]["year"]]
    title = max(of_the_year, key=lambda match: len(match[0]), default=None)
    return {
        "year": year or int(titles[0]["year"]),
        "title": title[0] if title else None,
        "period_label": title["label"] if title else None,
        "issue_focus": contents.issue_focus,
        "report_pages": text.count("\f") or None,
    }


def changes(rows: list[dict[str, Any]], facts: Facts, year: int) -> Iterator[str]:
    """What changed against the newest edition before."""
    last = max((edition["year"] for edition in facts["editions"] if edition["year"] < year), default=None)
    if last is None:
        yield f"no edition before {year} to compare with"
        return
    before = [row for row in facts["listings"] if row["year"] == last]
    yield f"against the edition of {last}:"
    for what, old, new in (
        ("online", _online(before), _online(rows)),
        ("countries", _headings(before), _headings(rows)),
    ):
        for label, names in (
            ("kept", [name for key, name in new.items() if key in old]),
            ("new", [name for key, name in new.items() if key not in old]),
            ("gone", [name for key, name in old.items() if key not in new]),
        ):
            yield f"  {what} {label}, {len(names)}: {', '.join(names)}" if names else f"  {what} {label}, 0"
    for edition, listed in ((last, before), (year, rows)):
        if nameless := sum(row["kind"] == "online" and not row.get("name_as_listed") for row in listed):
            yield f"  online rows of {edition} without a name: {nameless}; a market that looks new or gone may be one of them"
    if nameless := sum(row["kind"] == "physical" and not row["country"] for row in rows):
        yield f"  headings of {year} without a country: {nameless}; one that looks gone may be one of them"


def _online(rows: Iterable[dict[str, Any]]) -> dict[str, str]:
    """The printed names of the online markets, by market where it is known."""
    names: dict[str, str] = {}
    for row in rows:
        if row["kind"] == "online" and row["name_as_listed"]:
            for key in _market_ids(row) or (fold(row["name_as_listed"]),):
                names[key] = row["name_as_listed"]
    return names


def _headings(rows: Iterable[dict[str, Any]]) -> dict[str, str]:
    return {
        row["country"]: row["country_as_listed"] or row["country"] for row in rows if row["kind"] == "physical" and row["country"]
    }


def as_csv(table: Table, rows: list[dict[str, Any]]) -> bytes:
    """Rows as a table of `data/`, in canonical form."""
    out = io.StringIO()
    writer = csv.DictWriter(out, [column.name for column in table.typed_columns], restval="")
    writer.writeheader()
    for row in rows:
        writer.writerow({name: LIST_DELIMITER.join(cell) if isinstance(cell, list) else cell for name, cell in row.items()})
    return canonical(table, out.getvalue()).encode()


def intake(report: Path, facts: Facts, year: int | None = None) -> tuple[dict[str, Any], list[dict[str, Any]], list[str]]:
    """The edition and the listings to propose, and what to tell about them.

    Raises:
        Refused: the report cannot be read, or its contents page is not plain.
    """
    text = read_report(report)
    contents = read_contents(text, {*known_names(facts), *countries()})
    edition = propose_edition(text, contents, year)
    rows = propose_listings(contents, edition["year"], facts)
    story = [
        edition["title"] or f"review year {edition['year']}, without a title",
        "sections: " + ", ".join(f"{section} {page}" for section, page in contents.sections.items()),
        f"{len(contents.online)} online entries, {len(contents.physical)} countries",
        *changes(rows, facts, edition["year"]),
    ]
    if unsettled := [row for row in rows if row["note"]]:
        story.append("to settle:")
    for row in unsettled:
        printed = row.get("name_as_listed") or row.get("country_as_listed") or "(no name)"
        story.append(f"  {row['listing_no']} {printed}, page {row['page']}: {row['note']}")
    return edition, rows, story


def main(arguments: list[str] | None = None) -> int:
    """Write the proposal, or say why the report is refused."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("report", type=Path, help="the report: its PDF, or its text as pdftotext writes it")
    parser.add_argument("--year", type=int, help="review year (default: that of the title)")
    parser.add_argument("--output", type=Path, help="folder of the proposal, which must not exist (default: proposal-<year>)")
    parser.add_argument("--facts", type=Path, default=FACTS, help="folder of the facts (default: data/)")
    options = parser.parse_args(arguments)
    try:
        edition, rows, story = intake(options.report, read(options.facts), options.year)
        output: Path = options.output or Path(f"proposal-{edition['year']}")
        if output.exists():
            raise Refused([f"{output} exists; name another folder with --output"])
        if any(output.resolve().is_relative_to(folder.resolve()) for folder in (FACTS, options.facts)):
            raise Refused([f"{output} lies in the folder of the facts; a proposal is looked at before it is moved there"])
    except (Refused, OSError) as refusal:
        print(refusal, file=sys.stderr)
        return 1
    schema = contract(options.facts)
    files = {
        "editions.csv": as_csv(schema.table("editions"), [edition]),
        f"listings/{edition['year']}.csv": as_csv(schema.table("listings"), rows),
    }
    for name, content in files.items():
        write_whole(output / name, content)
    print("\n".join([*story, f"written to {output}: {', '.join(files)}"]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
