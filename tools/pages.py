"""The generated pages about the tables: data dictionary, coverage, inference, aliases, domains and operators."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pycountry

from notorious_markets.about import CAUTION
from tools import markdown
from tools.facts import Facts, Row
from tools.inference import NEEDED_PRECISION, RULES, Trial
from tools.schema import Schema


def render(schema: Schema, facts: Facts, trials: dict[str, Trial]) -> dict[str, bytes]:
    """Return each generated page by its file name."""
    pages = {
        "dictionary.md": _dictionary(schema),
        "inference.md": _inference(facts, trials),
        "coverage.md": _coverage(facts),
        "aliases.md": _aliases(facts),
        "domains.md": _domains(facts),
        "operators.md": _operators(facts),
    }
    return {name: ("\n".join(lines) + "\n").encode() for name, lines in pages.items()}


def _dictionary(schema: Schema) -> Iterator[str]:
    yield "# Data dictionary"
    yield ""
    yield f"Data version {schema.data_version}, schema version {schema.descriptor['schema_version']}."
    yield "The names, keys and types are part of the public API."
    for table in schema.tables:
        key = ", ".join(f"`{name}`" for name in table.primary_key)
        licences = " and ".join(licence["name"] for licence in table.licences)
        yield from ("", f"## {table.name}", "", table.description, "", f"Key: {key}. Licence: {licences}.", "")
        rows = []
        for column in table.columns:
            values = f" Values: {', '.join(f'`{value}`' for value in column.enum)}." if column.enum else ""
            type_ = "list of strings" if column.type == "list" else column.type
            rows.append((f"`{column.name}`", type_, "" if column.required else "yes", column.description + values))
        yield from markdown.table(("column", "type", "may be empty", "meaning"), rows)


def _inference(facts: Facts, trials: dict[str, Trial]) -> Iterator[str]:
    yield from ("# Inferred listings", "")
    yield "A rule can derive a market that no source names for an edition. The market replaces an unidentified listing."
    yield "Each rule is tried on the parts of editions in which sources name every market: the part is hidden, the rule proposes"
    yield "its markets, and the correct ones are counted."
    yield f"A rule is used only if at least {NEEDED_PRECISION:.0%} of its proposals are correct."
    yield ""
    inferred = [row for row in facts["listings"] if row["grade"] == "inferred"]
    rows = []
    for name, trial in trials.items():
        number = sum(row["rule"] == name for row in inferred)
        result = (
            f"{trial.right} of {trial.proposed} ({trial.precision:.0%}) in {trial.parts} parts"
            if trial.proposed
            else "not tried; based on a statement"
        )
        rows.append((f"`{name}`", " ".join((RULES[name].__doc__ or "").split()), number, result))
    yield from markdown.table(("rule", "what it proposes", "listings", "correct in the trial"), rows)
    yield ""
    names = _market_names(facts)
    yield from markdown.table(
        ("edition", "no.", "market", "country", "rule"),
        ((row["year"], row["listing_no"], names[row["market_id"]], _country(row["country"]), row["rule"]) for row in inferred),
    )


def _coverage(facts: Facts) -> Iterator[str]:
    yield from ("# Coverage", "", "The number of listings by edition, kind and grade.", "")
    columns = ("year", "kind", "announced", "rows", "primary", "secondary", "inferred", "unidentified")
    yield from markdown.table(columns, (tuple(row[column] for column in columns) for row in facts["coverage"]))


def _aliases(facts: Facts) -> Iterator[str]:
    rows, names = facts["aliases"], _market_names(facts)
    yield from ("# Names in other languages", "")
    yield f"{len(rows)} names of {len({row['market_id'] for row in rows})} markets, as sources print them. The table `aliases`"
    yield "has the sources."
    yield CAUTION
    yield ""
    rows = sorted(rows, key=lambda row: (names[row["market_id"]].casefold(), row["language"], row["alias"]))
    cells = ((names[row["market_id"]], row["alias"], _language(row["language"]), row["note"]) for row in rows)
    yield from markdown.table(("market", "alias", "language", "note"), cells)


def _domains(facts: Facts) -> Iterator[str]:
    rows = facts["domains"]
    counts = Counter((row["role"], row["basis"]) for row in rows)
    yield from ("# Domains", "")
    yield f"{len(rows)} domains of {len({row['market_id'] for row in rows})} markets. The [data dictionary](dictionary.md)"
    yield "describes roles and events, and the table `domains` has the sources."
    yield CAUTION
    yield ""
    bases = ("listed", "attributed")
    roles = ("own", "former", "company")
    yield from markdown.table(
        ("role", *bases, "all"), ((role, *(counts[role, basis] for basis in bases), _all(counts, role)) for role in roles)
    )
    names = _market_names(facts)
    for role, title in (("own", "In use"), ("former", "Former"), ("company", "Company sites")):
        yield from ("", f"## {title}", "")
        found = [row for row in rows if row["role"] == role]
        found.sort(key=lambda row: (names[row["market_id"]].casefold(), row["domain"]))
        head = ("market", "domain", "basis", "seen", *(["event"] if role == "former" else []), "note")
        yield from markdown.table(head, ([_domain_cell(row, column, names) for column in head] for row in found))
    known = {row["market_id"] for row in rows}
    without = [row for row in facts["markets"] if row["kind"] == "online" and row["market_id"] not in known]
    yield from ("", "## Online markets without a domain", "")
    yield from markdown.table(
        ("market", "why"), ((row["name"], (row["note"] or "").rpartition("No domain: ")[2].capitalize()) for row in without)
    )


def _all(counts: Counter[tuple[str, str]], role: str) -> int:
    return sum(number for (counted, _), number in counts.items() if counted == role)


def _domain_cell(row: Row, column: str, names: dict[str, str]) -> str:
    """Return a cell of the tables of domains."""
    first, last = row["first_seen"], row["last_seen"]
    cells: dict[str, str] = {
        "market": names[row["market_id"]],
        "domain": f"`{row['domain']}`",
        "basis": row["basis"] + (", medium confidence" if row["confidence"] == "medium" else ""),
        "seen": str(last or "") if first == last else f"{first or ''}–{last or ''}",
        "event": " ".join(filter(None, [row["event"], row["event_date"]])),
        "note": row["note"],
    }
    return cells[column]


def _operators(facts: Facts) -> Iterator[str]:
    yield from (
        "# Operators",
        "",
        "The companies that run markets, and the review years of the listings for which they do.",
        CAUTION,
        "",
    )
    names = _market_names(facts)
    rows = sorted(facts["operators"], key=lambda row: (names[row["market_id"]].casefold(), row["from_year"]))
    columns = ("market", "operator", "parent", "from", "to", "note")
    values = (
        (names[row["market_id"]], *(row[name] for name in ("operator", "parent", "from_year", "to_year", "note"))) for row in rows
    )
    yield from markdown.table(columns, values)


def _market_names(facts: Facts) -> dict[str, str]:
    return {market["market_id"]: market["name"] for market in facts["markets"]}


def _country(code: str | None) -> str | None:
    country = pycountry.countries.get(alpha_2=code) if code else None
    return country.name if country else None


def _language(code: str) -> str:
    language = pycountry.languages.get(alpha_2=code)
    return language.name if language else code
