"""Which markets are the entries of a report, and how does the report compare with the edition of its year?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pytest
from attrs import fields

import notorious_markets as nm
from notorious_markets.reports import comparing, matching
from notorious_markets.reports.models import (
    ContentsEntry,
    OnlineEntry,
    PhysicalEntry,
    PositiveDevelopment,
    Report,
    Unplaced,
    records,
)
from notorious_markets.vocabularies import Kind


def report(online: Sequence[OnlineEntry] = (), physical: Sequence[PhysicalEntry] = (), **values: Any) -> Report:
    """Return a report with these entries."""
    names = [field.name for field in fields(Report)]
    others: dict[str, Any] = dict.fromkeys(names) | {"year": 2021, "problems": ()} | values
    parts: dict[str, Any] = {
        "contents": records(ContentsEntry, []),
        "online": records(OnlineEntry, online),
        "physical": records(PhysicalEntry, physical),
        "developments": records(PositiveDevelopment, []),
        "unplaced": records(Unplaced, []),
    }
    return Report(**(others | parts))


def filled(row: Any) -> dict[str, Any]:
    return {name: value for name, value in row.to_dict().items() if value not in (None, [])}


ALIEXPRESS = OnlineEntry("AliExpress", 18, ("aliexpress.com", "New.example", "x y"), ("related.example",), "Hangzhou, China")
VK = OnlineEntry("vk.com", 35, operated_from="the Netherlands", hosted_in="Moscow, Russia", mobile_app=True)
NEWCOMER = OnlineEntry("NEWCOMER", 9, ("new-comer.example",))
SILK = PhysicalEntry("Silk Market", 40, "Beijing", "CN", "CHINA")
HALL = PhysicalEntry("Unheard-of Hall", None, None, "VN", "VIETNAM")
PIER = PhysicalEntry("Unheard-of Pier", 41, "Reno", "US", "UNITED STATES")
SHED = PhysicalEntry("Unheard-of Shed", 42)


@pytest.mark.parametrize(
    ("name", "kind", "country", "ids"),
    [
        ("Ali-Express", "online", None, ("aliexpress",)),
        ("aliexpress.com", "online", None, ("aliexpress",)),
        ("AliExpress", "physical", None, ()),
        ("Silk Market", "physical", "CN", ("silk-market-beijing",)),
        ("Silk Market", "physical", None, ("silk-market-beijing",)),
        ("Silk Market", "physical", "RU", ()),
        ("Silk Market", "online", None, ()),
        # Earlier listings with this name mean two markets.
        ("PutLocker", "online", None, ()),
        # An earlier listing combines the markets.
        ("MovShare Group", "online", None, ("movshare-group", "nowvideo", "novamov")),
        ("BookFi and LibGen", "online", None, ("bookfi", "libgen")),
        ("VK and Taobao", "online", None, ("vk", "taobao")),
        ("vk / TAOBAO", "online", None, ("vk", "taobao")),
        ("VK/Taobao AND AliExpress", "online", None, ("vk", "taobao", "aliexpress")),
        ("VK and vk.com", "online", None, ("vk",)),
        ("VK and Unheard-of", "online", None, ()),
        ("Unheard-of", "online", None, ()),
        ("Silk Market and Gamarra", "physical", "PE", ()),
        ("Silk Market and Gamarra", "physical", None, ("silk-market-beijing", "gamarra")),
    ],
)
def test_a_printed_name_means_markets(name: str, kind: Kind, country: str | None, ids: tuple[str, ...]) -> None:
    assert matching.market_ids(name, kind, country) == ids


def test_a_name_is_divided_only_if_no_market_has_it_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    owners = {"Rock and Roll": ["vk"], "Rock": ["taobao"], "Roll": ["aliexpress"]}
    monkeypatch.setattr(matching, "owners_of", lambda name: owners.get(name, []))
    assert matching.market_ids("Rock and Roll", "online") == ("vk",)
    assert matching.market_ids("Rock/Roll", "online") == ("taobao", "aliexpress")


@pytest.mark.parametrize(
    ("place", "code"),
    [
        (None, None),
        ("Hanoi, Vietnam", "VN"),
        ("the Netherlands", "NL"),
        ("Manila, the Philippines", "PH"),
        ("The Philippines", "PH"),
        ("Nigerria", None),
        ("Lima, Peru, Chad ", "TD"),
        ("Somewhere", None),
    ],
)
def test_a_place_is_in_a_country(place: str | None, code: str | None) -> None:
    assert matching.place_country(place) == code


def test_entries_as_listings() -> None:
    two = OnlineEntry("VK and Taobao", 2)
    elsewhere = PhysicalEntry("Silk Market", 43, None, "RU", "RUSSIA")
    rows = report([ALIEXPRESS, VK, NEWCOMER, two], [SILK, SHED, elsewhere]).listings()
    assert [filled(row) for row in rows] == [
        {"year": 2021, "listing_no": 1, "kind": "online", "market_id": "aliexpress", "name_as_listed": "AliExpress"}
        | {"country": "CN", "domains": ["aliexpress.com", "new.example"], "page": 18, "grade": "primary"},
        {"year": 2021, "listing_no": 2, "kind": "online", "market_id": "vk", "name_as_listed": "vk.com"}
        | {"country": "NL", "hosting_country": "RU", "page": 35, "grade": "primary"},
        {"year": 2021, "listing_no": 3, "kind": "online", "name_as_listed": "NEWCOMER"}
        | {"domains": ["new-comer.example"], "page": 9, "grade": "primary"},
        {"year": 2021, "listing_no": 4, "kind": "online", "market_id": "vk", "further_market_ids": ["taobao"]}
        | {"name_as_listed": "VK and Taobao", "page": 2, "grade": "primary"},
        {"year": 2021, "listing_no": 5, "kind": "physical", "market_id": "silk-market-beijing", "name_as_listed": "Silk Market"}
        | {"country": "CN", "country_as_listed": "CHINA", "locality": "Beijing", "page": 40, "grade": "primary"},
        {"year": 2021, "listing_no": 6, "kind": "physical", "name_as_listed": "Unheard-of Shed", "page": 42, "grade": "primary"},
        {"year": 2021, "listing_no": 7, "kind": "physical", "name_as_listed": "Silk Market", "country": "RU"}
        | {"country_as_listed": "RUSSIA", "page": 43, "grade": "primary"},
    ]
    assert {row.goods for row in rows} == {()}
    assert rows.table_name == "listings"
    table = rows.to_arrow()
    # The rows are not those of the data set, so its title and version do not apply.
    assert table.schema.equals(nm.table("listings").schema.remove_metadata(), check_metadata=True)
    assert table.to_pylist() == rows.to_dicts() == [row.to_dict() for row in rows]
    assert list(rows.to_pandas()["kind"].cat.categories) == ["online", "physical"]
    assert rows[1:2].to_arrow().column("market_id").to_pylist() == ["vk"]


def test_a_report_beside_its_edition() -> None:
    known = OnlineEntry("Taobao", 36), PhysicalEntry("La Salada", 43, "Buenos Aires", "AR", "ARGENTINA")
    rows = report([ALIEXPRESS, VK, NEWCOMER, known[0]], [SILK, HALL, PIER, known[1]]).compare()
    assert [filled(row) for row in rows if row.name_in_report] == [
        {"finding": "confirmed", "kind": "online", "listing_no": 4, "market_id": "aliexpress", "name_as_listed": "ALIEXPRESS"}
        | {"name_in_report": "AliExpress", "country": "CN", "page": 18, "domains": ["aliexpress.com", "new.example"]}
        | {"new_domains": ["new.example"]},
        {"finding": "renamed", "kind": "online", "listing_no": 41, "market_id": "vk", "name_as_listed": "VK"}
        | {"name_in_report": "vk.com", "country": "NL", "page": 35},
        {"finding": "new", "kind": "online", "name_in_report": "NEWCOMER", "page": 9}
        | {"domains": ["new-comer.example"], "new_domains": ["new-comer.example"]},
        {"finding": "confirmed", "kind": "online", "listing_no": 37, "market_id": "taobao", "name_as_listed": "TAOBAO"}
        | {"name_in_report": "Taobao", "country": "CN", "page": 36},
        {"finding": "confirmed", "kind": "physical", "listing_no": 50, "market_id": "silk-market-beijing"}
        | {"name_as_listed": "Silk Market", "name_in_report": "Silk Market", "country": "CN", "page": 40},
        {"finding": "named", "kind": "physical", "listing_no": 73, "name_in_report": "Unheard-of Hall", "country": "VN"},
        {
            "finding": "named",
            "kind": "physical",
            "listing_no": 74,
            "name_in_report": "Unheard-of Pier",
            "country": "US",
            "page": 41,
        },
        {"finding": "named", "kind": "physical", "listing_no": 43, "market_id": "la-salada", "name_in_report": "La Salada"}
        | {"country": "AR", "page": 43},
    ]
    missing = [row for row in rows if row.name_in_report is None]
    assert [row.finding for row in missing if row.kind == "online"] == ["missing"] * 39
    assert filled(missing[0]) == {
        "finding": "missing", "kind": "online", "listing_no": 1, "market_id": "1337x", "name_as_listed": "1337X",
    }  # fmt: skip
    assert filled(missing[39]) == {
        "finding": "missing", "kind": "physical", "listing_no": 44, "market_id": "rua-25-de-marco", "country": "BR",
        "name_as_listed": "Rua 25 de Março",
    }  # fmt: skip
    unnamed = next(row for row in missing if row.finding == "unnamed")
    assert filled(unnamed) == {"finding": "unnamed", "kind": "physical", "listing_no": 52, "country": "CN"}
    assert [row.kind for row in rows] == ["online"] * 43 + ["physical"] * 35


def test_a_comparison_has_types_and_vocabularies() -> None:
    rows = report([NEWCOMER]).compare()
    text, number, texts = pa.string(), pa.int16(), pa.list_(pa.string())
    assert [(field.name, field.type) for field in rows.to_arrow().schema] == [
        ("finding", text),
        ("kind", text),
        ("listing_no", number),
        ("market_id", text),
        ("name_as_listed", text),
        ("name_in_report", text),
        ("country", text),
        ("page", number),
        ("domains", texts),
        ("new_domains", texts),
    ]
    frame = rows.to_pandas()
    assert list(frame["finding"].cat.categories) == ["confirmed", "renamed", "named", "new", "missing", "unnamed"]
    assert list(frame["kind"].cat.categories) == ["online", "physical"]
    assert rows.table_name is None


def test_totals_of_a_report_and_of_the_package() -> None:
    read = report([ALIEXPRESS, VK, NEWCOMER], [SILK], online_total=41, physical_total=None)
    assert comparing.totals(read) == [
        {"kind": "online", "announced in the report": 41, "entries in the report": 3}
        | {"announced in the package": 42, "listings in the package": 42},
        {"kind": "physical", "announced in the report": None, "entries in the report": 1}
        | {"announced in the package": 35, "listings in the package": 35},
    ]


def listing(number: int, market: str = "", name: str | None = None, country: str | None = None, **values: Any) -> nm.Listing:
    """Return a listing of the first of these markets."""
    first, *further = market.split() or [""]
    row: dict[str, Any] = dict.fromkeys(nm.Listing.__match_args__) | {"year": 2021, "kind": "online", "grade": "primary"}
    row |= {"listing_no": number, "market_id": first or None, "further_market_ids": tuple(further), "name_as_listed": name}
    return nm.Listing(**(row | {"country": country, "goods": (), "domains": ()} | values))


@pytest.mark.parametrize(
    ("shipped", "read", "numbers"),
    [
        pytest.param([], [], [], id="nothing"),
        pytest.param(
            [listing(1, "a"), listing(2, "b")], [listing(8, "b"), listing(9, "a")], [(2, 8), (1, 9)], id="a common market"
        ),
        pytest.param([listing(1, "a"), listing(2, "b c")], [listing(8, "d c")], [(2, 8), (1, None)], id="one of several markets"),
        pytest.param(
            [listing(1, "a", grade="inferred"), listing(2, "a")], [listing(8, "a")], [(2, 8), (1, None)], id="inferred last"
        ),
        pytest.param([listing(1, "a", grade="inferred")], [listing(8, "a")], [(1, 8)], id="inferred"),
        pytest.param(
            [listing(1, "a", grade="inferred"), listing(2, "a")], [listing(8, "a"), listing(9, "a")], [(2, 8), (1, 9)], id="twice"
        ),
        pytest.param([listing(1, "a")], [listing(8, "a"), listing(9, "a")], [(1, 8), (None, 9)], id="only once"),
        pytest.param([listing(1, "a", "Ex Ample")], [listing(8, "b", "EX-AMPLE")], [(1, 8)], id="the same name"),
        pytest.param([listing(1, "a", "Alpha")], [listing(8, "b", "Beta")], [(None, 8), (1, None)], id="another name"),
        pytest.param(
            [listing(1, "b", "Alpha"), listing(2, "a", "Beta")],
            [listing(8, "a", "Alpha")],
            [(2, 8), (1, None)],
            id="market first",
        ),
        pytest.param(
            [listing(1, "a", "Alpha"), listing(2, "b", "Alpha")],
            [listing(8, "a", "Alpha"), listing(9, "c", "Alpha"), listing(10, "d")],
            [(1, 8), (2, 9), (None, 10)],
            id="names of those that are left",
        ),
        pytest.param(
            [listing(1, country="CN"), listing(2, country="PE")],
            [listing(7, name="A", country="PE"), listing(8, name="B", country="PE"), listing(9, name="C", country="CN")],
            [(2, 7), (None, 8), (1, 9)],
            id="a place without a name",
        ),
        pytest.param(
            [listing(1), listing(2, country="PE")],
            [listing(8, name="A", country="CN"), listing(9, name="B", country="PE")],
            [(1, 8), (2, 9)],
            id="a place without a country",
        ),
        pytest.param(
            [listing(1, "a", country="CN")], [listing(8, name="B", country="CN")], [(None, 8), (1, None)], id="a market"
        ),
        pytest.param(
            [listing(1, country="CN"), listing(2, "a", country="CN")],
            [listing(8, "a", country="CN"), listing(9, name="B", country="CN")],
            [(2, 8), (1, 9)],
            id="places of those that are left",
        ),
    ],
)
def test_listings_are_paired(
    shipped: list[nm.Listing], read: list[nm.Listing], numbers: list[tuple[int | None, int | None]]
) -> None:
    found = comparing.pairs(shipped, read)
    assert [(row and row.listing_no, entry and entry.listing_no) for row, entry in found] == numbers


@pytest.mark.parametrize(
    ("shipped", "entry", "finding"),
    [
        (listing(1, "a", "Ex-Ample"), listing(2, "a", "EX AMPLE"), "confirmed"),
        (listing(1, "a"), listing(2, "a", "Alpha"), "confirmed"),
        (listing(1, "a", "Alpha"), listing(2, "a", "Beta"), "renamed"),
        (listing(1, "a", "Alpha"), listing(2, "a"), "renamed"),
        (listing(1), listing(2, "a", "Alpha"), "named"),
        (None, listing(2, "a", "Alpha"), "new"),
        (listing(1, "a"), None, "missing"),
        (listing(1), None, "unnamed"),
    ],
)
def test_a_pair_has_a_finding(shipped: nm.Listing | None, entry: nm.Listing | None, finding: str) -> None:
    assert comparing._finding(shipped, entry) == finding


def test_a_report_shows_what_it_has() -> None:
    read = report([ALIEXPRESS, VK], [SILK], title="Review <1>", problems=("unclear",))
    assert repr(read) == "<Report of 2021: 2 online and 1 physical markets, 0 lines not placed>"
    assert read._repr_html_() == "<p>&lt;Report of 2021: 2 online and 1 physical markets, 0 lines not placed&gt;</p>"
    values = read.to_dict()
    assert (values["year"], values["title"], values["problems"], values["unplaced"]) == (2021, "Review <1>", ["unclear"], [])
    assert [row["name_as_listed"] for row in values["online"]] == ["AliExpress", "vk.com"]
    assert values["physical"] == [SILK.to_dict()]
    assert read.online.to_arrow().schema.field("domains").type == pa.list_(pa.string())
    assert list(read.online.to_pandas()["mobile_app"]) == [False, True]
