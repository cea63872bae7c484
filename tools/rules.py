"""What must be true of the facts beyond their schema.

A rule is a function that yields the origin of each row that breaks it, with what is wrong. The name of the function is
the name of the rule in the message.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator

import idna
import pycountry
from publicsuffixlist import PublicSuffixList

from tools.facts import Contract, Facts, Refused, Row
from tools.inference import market_ids

Breach = tuple[Row, str]
Rule = Callable[[Contract, Facts], Iterator[Breach]]

LISTING_FACTS = ("country", "hosting_country", "locality", "operator", "category", "goods", "domains", "page", "newly_listed")
REPORT_TEXT = {"report", "report-copy", "ustr-page"}
_PUBLIC_SUFFIXES = PublicSuffixList(accept_unknown=False)


def check(schema: Contract, facts: Facts) -> None:
    """Apply every rule.

    Raises:
        Refused: at least one rule is broken.
    """
    problems = [
        f"{row.origin}: {rule.__name__.replace('_', '-')}: {message}" for rule in RULES for row, message in rule(schema, facts)
    ]
    if problems:
        raise Refused(problems)


def file_of_the_edition(schema: Contract, facts: Facts) -> Iterator[Breach]:
    """A table with one file per edition has the rows of an edition in the file of its year."""
    for table in schema.tables:
        if table.per_edition:
            for row in facts[table.name]:
                if f"/{row['year']}.csv," not in row.origin:
                    yield row, f"review year {row['year']} stands in the file of another edition"


def list_items(schema: Contract, facts: Facts) -> Iterator[Breach]:
    """Items of a list are known, not empty and not repeated."""
    for table in schema.tables:
        for column in table.typed_columns if not table.derived else ():
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
                        yield row, f"{column.name} {item!r} is none of {', '.join(column.enum)}"
                    elif column.items and item not in keys:
                        yield row, f"{column.name} {item!r} is not in {column.items}"
                if len(set(items)) < len(items):
                    yield row, f"{column.name} repeats an item"


def listing_numbers(schema: Contract, facts: Facts) -> Iterator[Breach]:
    """The listings of an edition are numbered from 1 without a gap, online before physical."""
    expected: Counter[int] = Counter()
    physical_seen: set[int] = set()
    for row in sorted(facts["listings"], key=lambda row: (row["year"], row["listing_no"])):
        expected[row["year"]] += 1
        if row["listing_no"] != expected[row["year"]]:
            yield row, f"listing_no should be {expected[row['year']]}"
        if row["kind"] == "physical":
            physical_seen.add(row["year"])
        elif row["year"] in physical_seen:
            yield row, "an online listing stands after a physical one"


def announced_totals(schema: Contract, facts: Facts) -> Iterator[Breach]:
    """An edition has as many listings of each kind as USTR announced."""
    counts = Counter((row["year"], row["kind"]) for row in facts["listings"])
    for edition in facts["editions"]:
        for kind in ("online", "physical"):
            announced = edition[f"{kind}_total"]
            if announced is not None and counts[edition["year"], kind] != announced:
                yield edition, f"{kind}_total is {announced}, but data/listings has {counts[edition['year'], kind]} rows"


def release_order(schema: Contract, facts: Facts) -> Iterator[Breach]:
    """Editions are released in the order of their review years, within the two years from the start of the review year."""
    before: Row | None = None
    for edition in sorted(facts["editions"], key=lambda row: int(row["year"])):
        if not edition["year"] <= edition["released"].year <= edition["year"] + 1:
            yield edition, f"released {edition['released']} does not fit the review year"
        if before is not None and before["released"] >= edition["released"]:
            yield edition, f"released {edition['released']}, not after the edition of {before['year']}"
        before = edition


def one_listing_per_market(schema: Contract, facts: Facts) -> Iterator[Breach]:
    """A market stands once in an edition, in the part of the report that fits its kind."""
    kinds = {market["market_id"]: market["kind"] for market in facts["markets"]}
    seen: set[tuple[int, str]] = set()
    for row in facts["listings"]:
        if row["market_id"] is None and row["further_market_ids"]:
            yield row, "further_market_ids without a market_id"
        for market_id in market_ids(row):
            if (row["year"], market_id) in seen:
                yield row, f"market {market_id} is listed twice in the edition"
            seen.add((row["year"], market_id))
            if kinds.get(market_id, row["kind"]) != row["kind"]:
                yield row, f"market {market_id} is {kinds[market_id]}, the listing is {row['kind']}"


def grades(schema: Contract, facts: Facts) -> Iterator[Breach]:
    """A grade says what the sources of the listing are; an inferred listing is computed and never typed."""
    text = {source["source_id"] for source in facts["sources"] if source["source_kind"] in REPORT_TEXT}
    shown: dict[tuple[int, int], bool] = {}
    for citation in facts["citations"]:
        if citation["field"] == "listing":
            key = citation["year"], citation["listing_no"]
            primary = citation["source_id"] in text and citation["confidence"] == "high"
            shown[key] = shown.get(key, False) or primary
    for row in facts["listings"]:
        if row["market_id"] is None:
            grade = "unidentified"
            if row["name_as_listed"] is not None:
                yield row, "a listing without a market has a name"
        else:
            grade = "primary" if shown.get((row["year"], row["listing_no"])) else "secondary"
            if row["name_as_listed"] is None:
                yield row, "a listing with a market has no name"
        if row["grade"] != grade:
            yield row, f"grade is {row['grade']}, but its sources make it {grade}"


def fields_of_the_kind(schema: Contract, facts: Facts) -> Iterator[Breach]:
    """Physical listings have a country heading and no category; online ones no heading and no locality."""
    for row in facts["listings"]:
        empty = ("category", "domains", "hosting_country") if row["kind"] == "physical" else ("country_as_listed", "locality")
        for name in empty:
            if row[name]:
                yield row, f"{name} is filled on {row['kind']} listing"
        if row["kind"] == "physical" and row["market_id"] and not row["country"]:
            yield row, "a physical market has no country"
        if row["country_as_listed"] and not row["country"]:
            yield row, "country_as_listed without country"


def country_codes(schema: Contract, facts: Facts) -> Iterator[Breach]:
    """Country codes are in ISO 3166-1 alpha-2."""
    for table in facts:
        for row in facts[table]:
            for name in ("country", "hosting_country"):
                if row.get(name) and pycountry.countries.get(alpha_2=row[name]) is None:
                    yield row, f"{name} {row[name]!r} is no ISO 3166-1 alpha-2 code"


def canonical_domains(schema: Contract, facts: Facts) -> Iterator[Breach]:
    """Domains are lower-case A-labels without a dot at the end, and no public suffix."""
    for row in facts["listings"]:
        for domain in row["domains"]:
            if why := domain_fault(domain):
                yield row, f"domain {domain!r} {why}"


def domain_fault(domain: str) -> str | None:
    """What keeps a text from being a canonical domain, or None."""
    try:
        wanted = idna.encode(domain, uts46=True, std3_rules=True).decode("ascii").rstrip(".")
    except idna.IDNAError as error:
        return f"is no domain name: {error}"
    if domain != wanted:
        return f"should be {wanted!r}"
    if _PUBLIC_SUFFIXES.is_public(domain):
        return "is a public suffix"
    return None if _PUBLIC_SUFFIXES.privatesuffix(domain) else "is below no known public suffix"


def pages(schema: Contract, facts: Facts) -> Iterator[Breach]:
    """A page lies within the report."""
    length = {edition["year"]: edition["report_pages"] for edition in facts["editions"]}
    for table in ("listings", "statistics"):
        for row in facts[table]:
            limit = length.get(row["year"])
            if row["page"] is not None and limit is not None and row["page"] > limit:
                yield row, f"page {row['page']} is outside a report of {limit} pages"


def every_fact_cited(schema: Contract, facts: Facts) -> Iterator[Breach]:
    """Each filled field of a listing has a citation, and no citation speaks of an empty field."""
    fields: dict[tuple[int, int], set[str]] = {}
    for citation in facts["citations"]:
        fields.setdefault((citation["year"], citation["listing_no"]), set()).add(citation["field"])
    listings = {}
    for row in facts["listings"]:
        key = row["year"], row["listing_no"]
        listings[key] = row
        filled = {"listing", *(name for name in LISTING_FACTS if row[name] not in (None, []))}
        for name in sorted(filled - fields.get(key, set())):
            yield row, f"{name} has no citation"
    for citation in facts["citations"]:
        listing = listings.get((citation["year"], citation["listing_no"]))
        if listing is not None and citation["field"] != "listing" and listing[citation["field"]] in (None, []):
            yield citation, f"the listing has no {citation['field']}"


def every_domain_cited(schema: Contract, facts: Facts) -> Iterator[Breach]:
    """Each domain of a listing stands in the citation of a source that gives it."""
    given: dict[tuple[int, int], set[str]] = {}
    for citation in facts["citations"]:
        if citation["field"] == "domains":
            names = set((citation["as_sourced"] or "").casefold().split())
            given.setdefault((citation["year"], citation["listing_no"]), set()).update(names)
    for row in facts["listings"]:
        for domain in row["domains"]:
            if not domain_fault(domain) and not {domain, idna.decode(domain)} & given.get(
                (row["year"], row["listing_no"]), set()
            ):
                yield row, f"no citation gives the domain {domain}"


def nothing_idle(schema: Contract, facts: Facts) -> Iterator[Breach]:
    """Every source is cited and every market is listed or named in a development."""
    cited: set[str] = {citation["source_id"] for citation in facts["citations"]}
    for table in schema.tables:
        for column in table.typed_columns if not table.derived else ():
            if column.items == "sources":
                cited.update(item for row in facts[table.name] for item in row[column.name])
    for source in facts["sources"]:
        if source["source_id"] not in cited:
            yield source, "nothing cites this source"
    listed = {market_id for row in facts["listings"] for market_id in market_ids(row)}
    listed |= {row["market_id"] for row in facts["developments"]}
    for market in facts["markets"]:
        if market["market_id"] not in listed:
            yield market, "no edition lists this market"


def first_listings(schema: Contract, facts: Facts) -> Iterator[Breach]:
    """A market that is said to be listed for the first time stands in no earlier edition."""
    first: dict[str, int] = {}
    for row in facts["listings"]:
        for market_id in market_ids(row):
            first[market_id] = min(row["year"], first.get(market_id, row["year"]))
    for row in facts["listings"]:
        if row["newly_listed"] and row["market_id"] and first[row["market_id"]] < row["year"]:
            yield row, f"newly_listed, but the edition of {first[row['market_id']]} lists {row['market_id']}"


def known_places(schema: Contract, facts: Facts) -> Iterator[Breach]:
    """Each locality of a listing is a place, and each place the locality of a listing."""
    places = {(row["country"], row["locality"]) for row in facts["places"]}
    localities = {(row["country"], row["locality"]) for row in facts["listings"] if row["locality"]}
    for row in facts["listings"]:
        if row["locality"] and (row["country"], row["locality"]) not in places:
            yield row, f"{row['locality']} in {row['country']} is not in places"
    for row in facts["places"]:
        if (row["country"], row["locality"]) not in localities:
            yield row, "no listing is there"
        if not (-90 <= row["latitude"] <= 90 and -180 <= row["longitude"] <= 180):
            yield row, "is nowhere on earth"


def sound_relations(schema: Contract, facts: Facts) -> Iterator[Breach]:
    """A relation joins two different markets of the table."""
    known = {row["market_id"] for row in facts["markets"]}
    for row in facts["relations"]:
        if row["other_market_id"] not in known:
            yield row, f"other_market_id {row['other_market_id']!r} is not in markets"
        if row["other_market_id"] == row["market_id"]:
            yield row, "relates a market to itself"


def sound_statements(schema: Contract, facts: Facts) -> Iterator[Breach]:
    """A statement of no change speaks of two editions, and of a category that the other one has."""
    had = {(row["year"], row["category"]) for row in facts["listings"]}
    for row in facts["unchanged"]:
        if row["year"] == row["other_year"] or (row["other_year"], row["category"]) not in had:
            yield row, f"the edition of {row['other_year']} has no {row['category']} to go by"


def one_category_per_market(schema: Contract, facts: Facts) -> Iterator[Breach]:
    """The category of a market does not change from edition to edition."""
    categories: dict[str, str] = {}
    for row in facts["listings"]:
        if row["category"] and row["market_id"] and categories.setdefault(row["market_id"], row["category"]) != row["category"]:
            yield row, f"category is {row['category']}, in another edition it is {categories[row['market_id']]}"


def distinct_names(schema: Contract, facts: Facts) -> Iterator[Breach]:
    """No two markets have the same name."""
    owners: dict[str, str] = {}
    for market in facts["markets"]:
        name = unicodedata.normalize("NFKC", market["name"]).casefold()
        if owners.setdefault(name, market["market_id"]) != market["market_id"]:
            yield market, f"{owners[name]} has the same name"


def names_of_one(schema: Contract, facts: Facts) -> Iterator[Breach]:
    """The word of a source for one market neither joins the names of several nor is that of its owner: it becomes an alias."""
    owners: dict[str, str] = {}
    for market in facts["markets"]:
        owners.update({market["market_id"]: market["market_id"], market["name"].casefold(): market["market_id"]})
    listings = {(row["year"], row["listing_no"]): row for row in facts["listings"]}
    for citation in facts["citations"]:
        listing = listings.get((citation["year"], citation["listing_no"]))
        if citation["field"] != "listing" or not citation["as_sourced"] or listing is None or listing["further_market_ids"]:
            continue
        word = citation["as_sourced"].casefold()
        named = {owners[part] for part in re.split(r"\s*[/,;&+]\s*|\s+and\s+", word) if part in owners}
        if len(named) > 1:
            yield citation, f"as_sourced {citation['as_sourced']!r} names {', '.join(sorted(named))}"
        if re.match(rf"{re.escape(word)}['\u2019]s ", (listing["name_as_listed"] or "").casefold()):
            yield citation, f"as_sourced {citation['as_sourced']!r} is the owner of {listing['name_as_listed']}"


def data_version(schema: Contract, facts: Facts) -> Iterator[Breach]:
    """The data version starts with the newest edition."""
    newest = max(facts["editions"], key=lambda row: int(row["year"]))
    if not schema.data_version.startswith(f"{newest['year']}."):
        yield newest, f"the newest edition is {newest['year']}, but the data version is {schema.data_version}"


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
    pages,
    every_fact_cited,
    every_domain_cited,
    nothing_idle,
    first_listings,
    known_places,
    sound_relations,
    sound_statements,
    one_category_per_market,
    distinct_names,
    names_of_one,
    data_version,
)
