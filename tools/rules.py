"""The rules that the facts must follow beyond their schema.

A rule is a function that yields each row that breaks it, with a message. The name of the function is the name of the rule
in error messages.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import get_args

import pycountry

from notorious_markets.names.forms import name_key
from notorious_markets.vocabularies import CitedField, Kind
from tools.domains import domain_problem, gives_domain
from tools.facts import Breach, Facts, Refused, Row, market_ids
from tools.owners import aliases_of_one_market, listed_domains, one_owner_per_domain, periods_of_operators, roles_of_domains
from tools.schema import Schema

Rule = Callable[[Schema, Facts], Iterator[Breach]]

# The columns of a listing that need a citation. The field `listing` stands for the listing itself.
_CITED_COLUMNS = [field for field in get_args(CitedField) if field != "listing"]
_REPORT_TEXT = {"report", "report-copy", "ustr-page"}


def file_of_the_edition(schema: Schema, facts: Facts) -> Iterator[Breach]:
    """In a table with one file for each edition, each row is in the file of its year."""
    for table in schema.tables:
        for row in facts[table.name] if table.per_edition else ():
            if f"/{row['year']}.csv," not in row.origin:
                yield row, f"the year {row['year']} does not fit the name of the file"


def list_items(schema: Schema, facts: Facts) -> Iterator[Breach]:
    """The items of a list are valid, not empty and not repeated."""
    for table in schema.tables:
        for column in table.curated_columns:
            if column.type != "list":
                continue
            keys = {row[schema.table(column.items).primary_key[0]] for row in facts[column.items]} if column.items else set()
            for row in facts[table.name]:
                items = row[column.name]
                if column.required and not items:
                    yield row, f"{column.name} is empty"
                for item in items:
                    if not item:
                        yield row, f"{column.name} has an empty item"
                    elif column.enum and item not in column.enum:
                        yield row, f"an item of {column.name} must be one of {', '.join(column.enum)}, not {item!r}"
                    elif column.items and item not in keys:
                        yield row, f"an item of {column.name} must be in {column.items}; {item!r} is not"
                if len(set(items)) < len(items):
                    yield row, f"{column.name} repeats an item"


def listing_numbers(schema: Schema, facts: Facts) -> Iterator[Breach]:
    """The listings of an edition are numbered from 1 without gaps, online listings first."""
    expected: Counter[int] = Counter()
    editions_with_physical: set[int] = set()
    for row in sorted(facts["listings"], key=lambda row: (row["year"], row["listing_no"])):
        expected[row["year"]] += 1
        if row["listing_no"] != expected[row["year"]]:
            yield row, f"listing_no must be {expected[row['year']]}"
        if row["kind"] == "physical":
            editions_with_physical.add(row["year"])
        elif row["year"] in editions_with_physical:
            yield row, "an online listing must come before the physical ones"


def announced_totals(schema: Schema, facts: Facts) -> Iterator[Breach]:
    """An edition has as many listings of each kind as USTR announced."""
    counts = Counter((row["year"], row["kind"]) for row in facts["listings"])
    for edition in facts["editions"]:
        for kind in get_args(Kind):
            announced, count = edition[f"{kind}_total"], counts[edition["year"], kind]
            if announced is not None and count != announced:
                yield edition, f"{kind}_total is {announced}, but the edition has {count} {kind} listings"


def release_order(schema: Schema, facts: Facts) -> Iterator[Breach]:
    """Editions are released in the order of their review years, in the review year or the year after it."""
    previous: Row | None = None
    for edition in sorted(facts["editions"], key=lambda row: int(row["year"])):
        if not edition["year"] <= edition["released"].year <= edition["year"] + 1:
            yield edition, f"released must be in the review year or the year after it, not {edition['released']}"
        if previous is not None and edition["released"] <= previous["released"]:
            yield edition, f"released must be after {previous['released']}, the release of the edition of {previous['year']}"
        previous = edition


def one_listing_per_market(schema: Schema, facts: Facts) -> Iterator[Breach]:
    """An edition lists a market once, in the part of the report for its kind."""
    kinds = {market["market_id"]: market["kind"] for market in facts["markets"]}
    seen: set[tuple[int, str]] = set()
    for row in facts["listings"]:
        if row["market_id"] is None and row["further_market_ids"]:
            yield row, "further_market_ids is filled without a market_id"
        for market_id in market_ids(row):
            if (row["year"], market_id) in seen:
                yield row, f"the edition lists the market {market_id} twice"
            seen.add((row["year"], market_id))
            if kinds.get(market_id, row["kind"]) != row["kind"]:
                yield row, f"the listing is {row['kind']}, but the market {market_id} is {kinds[market_id]}"


def grades(schema: Schema, facts: Facts) -> Iterator[Breach]:
    """The grade of a listing follows from its sources. Inferred listings are computed, never typed."""
    report_text = {source["source_id"] for source in facts["sources"] if source["source_kind"] in _REPORT_TEXT}
    in_report = {
        (citation["year"], citation["listing_no"])
        for citation in facts["citations"]
        if citation["field"] == "listing" and citation["source_id"] in report_text and citation["confidence"] == "high"
    }
    for row in facts["listings"]:
        if row["market_id"] is None:
            grade = "unidentified"
            if row["name_as_listed"] is not None:
                yield row, "a listing without a market must not have a name"
        else:
            grade = "primary" if (row["year"], row["listing_no"]) in in_report else "secondary"
            if row["name_as_listed"] is None:
                yield row, "a listing with a market must have a name"
        if row["grade"] != grade:
            yield row, f"grade must be {grade} according to the sources, not {row['grade']}"


def fields_of_the_kind(schema: Schema, facts: Facts) -> Iterator[Breach]:
    """Physical listings do not have a category, domains or hosting; online ones do not have a country heading or locality."""
    empty = {"physical": ("category", "domains", "hosting_country"), "online": ("country_as_listed", "locality")}
    for row in facts["listings"]:
        for name in empty[row["kind"]]:
            if row[name]:
                yield row, f"{name} must be empty in the {row['kind']} listing"
        if row["kind"] == "physical" and row["market_id"] and not row["country"]:
            yield row, "a physical market must have a country"
        if row["country_as_listed"] and not row["country"]:
            yield row, "country_as_listed is filled without a country"


def country_codes(schema: Schema, facts: Facts) -> Iterator[Breach]:
    """Country codes are in ISO 3166-1 alpha-2."""
    for rows in facts.values():
        for row in rows:
            for name in ("country", "hosting_country"):
                if row.get(name) and pycountry.countries.get(alpha_2=row[name]) is None:
                    yield row, f"{name} must be an ISO 3166-1 alpha-2 code, not {row[name]!r}"


def canonical_domains(schema: Schema, facts: Facts) -> Iterator[Breach]:
    """Domains are in canonical form."""
    for row in (*facts["listings"], *facts["domains"]):
        for domain in row["domains"] if "domains" in row else [row["domain"]]:
            if problem := domain_problem(domain):
                yield row, f"the domain {domain!r} {problem}"


def page_numbers(schema: Schema, facts: Facts) -> Iterator[Breach]:
    """A page number is not larger than the number of pages of the report."""
    length = {edition["year"]: edition["report_pages"] for edition in facts["editions"]}
    for table in ("listings", "statistics"):
        for row in facts[table]:
            limit = length.get(row["year"])
            if row["page"] is not None and limit is not None and row["page"] > limit:
                yield row, f"page must be at most {limit}, the length of the report, not {row['page']}"


def every_fact_cited(schema: Schema, facts: Facts) -> Iterator[Breach]:
    """Each filled column of a listing has a citation, and each citation is about a filled column."""
    cited: dict[tuple[int, int], set[str]] = defaultdict(set)
    for citation in facts["citations"]:
        cited[citation["year"], citation["listing_no"]].add(citation["field"])
    listings = {(row["year"], row["listing_no"]): row for row in facts["listings"]}
    for key, row in listings.items():
        filled = ["listing", *(name for name in _CITED_COLUMNS if row[name] not in (None, []))]
        for name in filled:
            if name not in cited[key]:
                yield row, f"{name} has no citation"
    for citation in facts["citations"]:
        field, listing = citation["field"], listings.get((citation["year"], citation["listing_no"]))
        if listing is not None and field != "listing" and listing[field] in (None, []):
            yield citation, f"{field} is empty in the listing"


def every_domain_cited(schema: Schema, facts: Facts) -> Iterator[Breach]:
    """Each domain of a listing is in a citation."""
    citations: dict[tuple[int, int], list[Row]] = defaultdict(list)
    for citation in facts["citations"]:
        if citation["field"] == "domains":
            citations[citation["year"], citation["listing_no"]].append(citation)
    for row in facts["listings"]:
        for domain in row["domains"]:
            cited = citations[row["year"], row["listing_no"]]
            if not domain_problem(domain) and not any(gives_domain(citation, domain) for citation in cited):
                yield row, f"the domain {domain} has no citation"


def everything_used(schema: Schema, facts: Facts) -> Iterator[Breach]:
    """Every source is cited, and every market is listed or part of a development."""
    cited: set[str] = {citation["source_id"] for citation in facts["citations"]}
    for table in schema.tables:
        for column in table.curated_columns:
            if column.items == "sources":
                cited.update(item for row in facts[table.name] for item in row[column.name])
    for source in facts["sources"]:
        if source["source_id"] not in cited:
            yield source, "no row cites this source"
    listed = {market_id for row in facts["listings"] for market_id in market_ids(row)}
    listed |= {row["market_id"] for row in facts["developments"]}
    for market in facts["markets"]:
        if market["market_id"] not in listed:
            yield market, "no edition lists this market"


def first_listings(schema: Schema, facts: Facts) -> Iterator[Breach]:
    """A newly listed market is not in an earlier edition."""
    first: dict[str, int] = {}
    for row in facts["listings"]:
        for market_id in market_ids(row):
            first[market_id] = min(row["year"], first.get(market_id, row["year"]))
    for row in facts["listings"]:
        if row["newly_listed"] and row["market_id"] and first[row["market_id"]] < row["year"]:
            yield row, f"newly_listed is true, but the edition of {first[row['market_id']]} lists {row['market_id']}"


def known_places(schema: Schema, facts: Facts) -> Iterator[Breach]:
    """The places are exactly the localities of the listings, with valid coordinates."""
    places = {(row["country"], row["locality"]) for row in facts["places"]}
    localities = {(row["country"], row["locality"]) for row in facts["listings"] if row["locality"]}
    for row in facts["listings"]:
        if row["locality"] and (row["country"], row["locality"]) not in places:
            yield row, f"{row['locality']} in {row['country']} is not in places"
    for row in facts["places"]:
        if (row["country"], row["locality"]) not in localities:
            yield row, "no listing is in this place"
        if not (-90 <= row["latitude"] <= 90 and -180 <= row["longitude"] <= 180):
            yield row, f"the coordinates {row['latitude']}, {row['longitude']} do not exist"


def related_markets(schema: Schema, facts: Facts) -> Iterator[Breach]:
    """A relation is between two different known markets."""
    known = {row["market_id"] for row in facts["markets"]}
    for row in facts["relations"]:
        if row["other_market_id"] not in known:
            yield row, f"other_market_id must be in markets; {row['other_market_id']!r} is not"
        if row["other_market_id"] == row["market_id"]:
            yield row, "other_market_id must be another market"


def unchanged_categories(schema: Schema, facts: Facts) -> Iterator[Breach]:
    """A statement that a category is unchanged is about two editions, and the other edition lists the category."""
    listed = {(row["year"], row["category"]) for row in facts["listings"]}
    for row in facts["unchanged"]:
        if row["year"] == row["other_year"] or (row["other_year"], row["category"]) not in listed:
            yield row, f"other_year must be another edition that lists {row['category']}, not {row['other_year']}"


def one_category_per_market(schema: Schema, facts: Facts) -> Iterator[Breach]:
    """A market has the same category in all editions."""
    categories: dict[str, str] = {}
    for row in facts["listings"]:
        if row["category"] and row["market_id"] and categories.setdefault(row["market_id"], row["category"]) != row["category"]:
            yield row, f"category is {row['category']}, but another edition has {categories[row['market_id']]}"


def distinct_names(schema: Schema, facts: Facts) -> Iterator[Breach]:
    """No two markets have the same name."""
    owners: dict[str, str] = {}
    for market in facts["markets"]:
        key = name_key(market["name"])
        if owners.setdefault(key, market["market_id"]) != market["market_id"]:
            yield market, f"{owners[key]} has the same name"


def names_of_one_market(schema: Schema, facts: Facts) -> Iterator[Breach]:
    """A sourced name, which becomes an alias of the market, neither combines several markets nor names the owner."""
    owners: dict[str, str] = {}
    for market in facts["markets"]:
        owners.update({market["market_id"]: market["market_id"], name_key(market["name"]): market["market_id"]})
    listings = {(row["year"], row["listing_no"]): row for row in facts["listings"]}
    for citation in facts["citations"]:
        listing = listings.get((citation["year"], citation["listing_no"]))
        if citation["field"] != "listing" or not citation["as_sourced"] or listing is None or listing["further_market_ids"]:
            continue
        key = name_key(citation["as_sourced"])
        named = {owners[part] for part in re.split(r"\s*[/,;&+]\s*|\s+and\s+", key) if part in owners}
        if len(named) > 1:
            yield citation, f"as_sourced {citation['as_sourced']!r} names several markets: {', '.join(sorted(named))}"
        if re.match(rf"{re.escape(key)}['\u2019]s ", name_key(listing["name_as_listed"] or "")):
            yield citation, f"as_sourced {citation['as_sourced']!r} is the owner of {listing['name_as_listed']}"


def data_version(schema: Schema, facts: Facts) -> Iterator[Breach]:
    """The data version starts with the year of the newest edition."""
    newest = max(facts["editions"], key=lambda row: int(row["year"]))
    if not schema.data_version.startswith(f"{newest['year']}."):
        yield newest, f"the data version must start with {newest['year']}, the newest edition, not {schema.data_version}"


RULES: tuple[Rule, ...] = (
    file_of_the_edition,
    list_items,
    listing_numbers,
    announced_totals,
    release_order,
    one_listing_per_market,
    grades,
    fields_of_the_kind,
    country_codes,
    canonical_domains,
    one_owner_per_domain,
    listed_domains,
    roles_of_domains,
    periods_of_operators,
    page_numbers,
    every_fact_cited,
    every_domain_cited,
    everything_used,
    first_listings,
    known_places,
    related_markets,
    unchanged_categories,
    one_category_per_market,
    distinct_names,
    names_of_one_market,
    aliases_of_one_market,
    data_version,
)


def check(schema: Schema, facts: Facts, rules: Iterable[Rule] = RULES) -> None:
    """Check the facts.

    Raises:
        Refused: The facts break at least one of the rules.
    """
    problems = [
        f"{row.origin}: {rule.__name__.replace('_', '-')}: {message}" for rule in rules for row, message in rule(schema, facts)
    ]
    if problems:
        raise Refused(problems)
