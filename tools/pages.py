"""The pages of the documentation that follow from the facts: the data dictionary and one page an edition."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import pycountry

from tools.facts import Contract, Facts
from tools.inference import NEEDED_PRECISION, RULES, Trial

CAUTION = "A listing reflects reports to USTR and is no finding of a violation of law."


def render(schema: Contract, facts: Facts, trials: dict[str, Trial]) -> dict[str, bytes]:
    """Every generated page, by file name."""
    pages = {"dictionary.md": _dictionary(schema), "inference.md": _inference(facts, trials), "coverage.md": _coverage(facts)}
    for edition in facts["editions"]:
        pages[f"{edition['year']}.md"] = _edition(facts, edition)
    return {name: ("\n".join(lines) + "\n").encode() for name, lines in pages.items()}


def _dictionary(schema: Contract) -> Iterator[str]:
    yield "# Data dictionary"
    yield ""
    yield f"Data version {schema.data_version}, schema version {schema.descriptor['schema_version']}."
    yield "Names, keys and types are part of the public contract."
    for table in schema.tables:
        yield from (
            "",
            f"## {table.name}",
            "",
            table.description,
            "",
            f"Key: {', '.join(f'`{key}`' for key in table.primary_key)}.",
            "",
        )
        rows = []
        for column in table.columns:
            values = f" Values: {', '.join(f'`{value}`' for value in column.enum)}." if column.enum else ""
            kind = "list of strings" if column.type == "list" else column.type
            rows.append((f"`{column.name}`", kind, "" if column.required else "yes", column.description + values))
        yield from _table(("column", "type", "may be empty", "meaning"), rows)


def _inference(facts: Facts, trials: dict[str, Trial]) -> Iterator[str]:
    yield from ("# Inferred listings", "")
    yield "A rule derives a listing that no source names for its edition; it takes the place of an unidentified one."
    yield "The trial hides each part of an edition whose every market is sourced, lets the rule propose its markets,"
    yield "and counts how many are right."
    yield f"A rule with less than {NEEDED_PRECISION:.0%} is not used."
    yield ""
    derived = [row for row in facts["listings"] if row["grade"] == "inferred"]
    rows = []
    for name, trial in trials.items():
        number = sum(row["rule"] == name for row in derived)
        share = (
            f"{trial.right} of {trial.proposed} ({trial.precision:.0%}) in {trial.parts} parts"
            if trial.proposed
            else "rests on a statement"
        )
        rows.append((f"`{name}`", " ".join((RULES[name].__doc__ or "").split()), number, share))
    yield from _table(("rule", "what it proposes", "listings", "right in the trial"), rows)
    yield ""
    names = {market["market_id"]: market["name"] for market in facts["markets"]}
    yield from _table(
        ("edition", "no.", "market", "country", "rule"),
        ((row["year"], row["listing_no"], names[row["market_id"]], _country(row["country"]), row["rule"]) for row in derived),
    )


def _coverage(facts: Facts) -> Iterator[str]:
    yield from ("# Coverage", "", "How many listings of each edition and kind have which grade.", "")
    columns = ("year", "kind", "announced", "listings", "primary", "secondary", "inferred", "unidentified")
    yield from _table(columns, (tuple(row[column] for column in columns) for row in facts["coverage"]))


def _edition(facts: Facts, edition: dict[str, Any]) -> Iterator[str]:
    year = edition["year"]
    names = {market["market_id"]: market["name"] for market in facts["markets"]}
    sources = {source["source_id"]: source for source in facts["sources"]}
    yield from (f"# {year}", "", f"*{edition['title']}*, released {edition['released']}.", CAUTION, "")
    if edition["issue_focus"]:
        yield from (f"Issue focus: {edition['issue_focus']}.", "")
    if edition["report_url"]:
        yield from (f"[Report at USTR]({edition['report_url']})", "")
    if edition["note"]:
        yield from (edition["note"], "")
    listings = [row for row in facts["listings"] if row["year"] == year]
    for kind in ("online", "physical"):
        rows = sorted((row for row in listings if row["kind"] == kind), key=lambda row: int(row["listing_no"]))
        announced = edition[f"{kind}_total"]
        total = f"USTR announced {announced}." if announced else "No source gives the number that USTR announced."
        named = sum(row["grade"] in {"primary", "secondary"} for row in rows)
        yield from (f"## {kind.capitalize()} markets", "", f"{total} Sources name {named} of {len(rows)}.", "")
        what = "category" if kind == "online" else "locality"
        yield from _table(
            ("no.", "as listed", "market", "country", what, "page", "grade"),
            (
                (
                    row["listing_no"],
                    row["name_as_listed"],
                    names.get(row["market_id"]),
                    _country(row["country"]),
                    row[what],
                    row["page"],
                    row["grade"],
                )
                for row in rows
                if row["market_id"] or row["country"]
            ),
        )
        yield ""
        if nameless := [row["listing_no"] for row in rows if not (row["market_id"] or row["country"])]:
            yield from (f"No source names no. {min(nameless)} to {max(nameless)}, nor their countries.", "")
        noted = [row for row in rows if row["note"] and row["market_id"]]
        yield from (f"- No. {row['listing_no']}: {row['note']}" for row in noted)
        if noted:
            yield ""
    statistics = [row for row in facts["statistics"] if row["year"] == year]
    if statistics:
        yield from ("## Statistics", "")
        yield from _table(
            ("value", "period", "what it measures"),
            (
                (
                    f"{'more than ' if row['lower_bound'] else ''}{row['value']:,.12g} {row['unit']}",
                    row["period"],
                    f"{row['definition']} {row['note'] or ''}".strip(),
                )
                for row in statistics
            ),
        )
        yield ""
    developments = [row for row in facts["developments"] if row["year"] == year]
    if developments:
        yield from ("## Developments", "")
        yield from _table(
            ("subject", "country", "event", "what happened"),
            ((row["subject"], _country(row["country"]), row["event"], row["description"]) for row in developments),
        )
        yield ""
    cited = {citation["source_id"] for citation in facts["citations"] if citation["year"] == year}
    for row in (edition, *statistics, *developments):
        cited.update(row["source_ids"])
    yield from ("## Sources", "")
    for source_id in sorted(cited):
        source = sources[source_id]
        title = f", {source['title']}" if source["title"] else ""
        date = f", {source['published']}" if source["published"] else ""
        yield f"- [{source['publisher']}{title}]({source['url']}){date} (`{source_id}`)"


def _country(code: str | None) -> str | None:
    country = pycountry.countries.get(alpha_2=code) if code else None
    return country.name if country else None


def _table(head: tuple[str, ...], rows: Iterable[tuple[Any, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{' --- |' * len(head)}"
    for row in rows:
        yield f"| {' | '.join('' if cell is None else str(cell).replace('|', chr(92) + '|') for cell in row)} |"
