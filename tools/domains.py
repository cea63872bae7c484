"""Canonical domains, and the last sign that a market still uses one.

`python -m tools.domains --at 2027-06-01` lists the domains with the role `own` whose last sign of life will be older than 24
months on that day. Find a newer source for each of them, or change its role to `former`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

import idna
from publicsuffixlist import PublicSuffixList

from tools.facts import Facts, Row, read_rows
from tools.schema import FACTS, read_schema

MONTHS_OF_LIFE = 24
"""How long a sign of life counts."""

_PUBLIC_SUFFIXES = PublicSuffixList(accept_unknown=False)


def domain_problem(domain: str) -> str | None:
    """Return why a text is not a canonical domain, or `None` if it is one.

    A canonical domain is in lower case and as A-labels, has no final dot and is below a public suffix.
    """
    try:
        wanted = idna.encode(domain, uts46=True, std3_rules=True).decode("ascii").rstrip(".")
    except idna.IDNAError as error:
        return f"is not a domain name: {error}"
    if domain != wanted:
        return f"must be written {wanted!r}"
    if _PUBLIC_SUFFIXES.is_public(domain):
        return "is a public suffix"
    return None if _PUBLIC_SUFFIXES.privatesuffix(domain) else "is not below a known public suffix"


def gives_domain(citation: Row, domain: str) -> bool:
    """Return whether a citation gives a canonical domain, as an A-label or as a U-label."""
    return not {domain, idna.decode(domain)}.isdisjoint((citation["as_sourced"] or "").casefold().split())


def last_sign_of_life(row: Row, sources: Iterable[Row]) -> date | None:
    """Return the day of the last sign that the market uses a domain.

    This is the last day in the year `last_seen` on which a source of the row was published. A source that is published later
    may only repeat an old name. If no source was published in that year, it is the first day of the year.

    Returns:
        The day, or `None` if the row has no `last_seen`.
    """
    year = row["last_seen"]
    if year is None:
        return None
    cited = {source["source_id"]: source["published"] for source in sources if source["source_id"] in row["source_ids"]}
    return max((day for day in cited.values() if day and day.year == year), default=date(year, 1, 1))


def start_of_life(day: date) -> date:
    """Return the first day whose signs of life still count on a day."""
    months = 12 * day.year + day.month - 1 - MONTHS_OF_LIFE
    # A month without the day, such as February without the 29th, counts from its 28th.
    return date(months // 12, months % 12 + 1, min(day.day, 28))


def outdated(facts: Facts, at: date) -> Iterator[tuple[Row, date | None]]:
    """Yield each domain with the role `own` whose last sign of life is too old on a day, with the sign, the oldest first."""
    own = [(row, last_sign_of_life(row, facts["sources"])) for row in facts["domains"] if row["role"] == "own"]
    for row, sign in sorted(own, key=lambda pair: (pair[1] or date.min, pair[0]["domain"])):
        if sign is None or sign < start_of_life(at):
            yield row, sign


def main(arguments: list[str] | None = None) -> int:
    """List the domains whose last sign of life will be too old."""
    parser = argparse.ArgumentParser(description="List the own domains whose last sign of life will be too old on a day.")
    parser.add_argument("--at", type=date.fromisoformat, required=True, metavar="DATE", help="day, such as 2027-06-01")
    parser.add_argument("--facts", type=Path, default=FACTS, help="folder of the facts (default: data/)")
    options = parser.parse_args(arguments)
    facts = read_rows(read_schema(options.facts), options.facts)
    count = 0
    for row, sign in outdated(facts, options.at):
        count += 1
        print(f"{sign or 'no sign'!s:10}  {row['domain']:30}  {row['market_id']}")
    own = sum(row["role"] == "own" for row in facts["domains"])
    print(f"{count} of {own} own domains have no sign of life from {start_of_life(options.at)} or later")
    return 0


if __name__ == "__main__":
    sys.exit(main())
