"""Are spells, changes and `as_of` right, and is uncertainty reported?"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from itertools import pairwise, product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import notorious_markets as nm
from notorious_markets.history import is_doubtful

EDITIONS: list[dict[str, Any]] = nm.table("editions").to_pylist()
LISTINGS: list[dict[str, Any]] = nm.table("listings").to_pylist()
YEARS = [row["year"] for row in EDITIONS]
MARKET_IDS = [row["market_id"] for row in nm.table("markets").to_pylist()]
PAIRS = list(product(YEARS, YEARS))
NAMED = {"primary", "secondary"}
REMOVED = {(row["year"], row["market_id"]) for row in nm.table("developments").to_pylist() if row["development"] == "removal"}
COUNTS = {
    (row["year"], row["qualifier"]): row["value"]
    for row in nm.table("statistics").to_pylist()
    if row["metric"] == "listed_markets"
}
COUNTED = {"CN": "physical_china", "IN": "physical_india", "MX": "physical_mexico"}


@cache
def _known(year: int) -> set[str]:
    """The markets of an edition, read from the table instead of from objects."""
    return {
        market_id
        for row in LISTINGS
        if row["year"] == year and row["market_id"]
        for market_id in (row["market_id"], *row["further_market_ids"])
    }


@cache
def _changes(before: int, after: int) -> nm.Changes:
    return nm.changes(before, after)


def test_spells_partition_the_years() -> None:
    for market_id in MARKET_IDS:
        market = nm.market(market_id)
        listed = [year for year in YEARS if market_id in _known(year)]
        assert list(market.years) == listed
        assert [year for spell in market.spells for year in spell] == listed
        for spell in market.spells:
            assert list(spell) == YEARS[YEARS.index(spell[0]) : YEARS.index(spell[-1]) + 1]
        for earlier, later in pairwise(market.spells):
            assert YEARS.index(later[0]) - YEARS.index(earlier[-1]) > 1
        assert (market.first_listed, market.last_listed) == ((listed[0], listed[-1]) if listed else (None, None))


def test_changes_partition_both_editions() -> None:
    for before, after in PAIRS:
        found = _changes(before, after)
        market_ids = [change.market_id for change in found]
        assert len(market_ids) == len(set(market_ids))
        assert {change.market_id for change in found if change.change in {"added", "kept"}} == _known(after)
        assert {change.market_id for change in found if change.change in {"dropped", "kept"}} == _known(before)
        groups = [found.added, found.dropped, found.kept, found.cannot_be_told]
        assert sorted(change.market_id for group in groups for change in group) == sorted(market_ids)
        assert set(found.renamed) <= set(found.kept)


def test_changes_in_reverse_order_are_the_inverse() -> None:
    mirror = {"added": "dropped", "dropped": "added", "kept": "kept"}
    for before, after in PAIRS:
        forward, backward = _changes(before, after), _changes(after, before)
        assert [(row.market_id, mirror[row.change], row.sure, row.renamed) for row in forward] == [
            (row.market_id, row.change, row.sure, row.renamed) for row in backward
        ]


def test_an_edition_does_not_differ_from_itself() -> None:
    for year in YEARS:
        found = _changes(year, year)
        assert [len(group) for group in (found.added, found.dropped, found.cannot_be_told, found.renamed)] == [0, 0, 0, 0]


@cache
def _additions_and_removals() -> list[tuple[nm.Change, int, dict[str, Any]]]:
    """Each change except for kept markets, with the year of the edition without the market and the listing in the other."""
    found = []
    listings = {(row["year"], market_id): row for row in LISTINGS for market_id in [row["market_id"], *row["further_market_ids"]]}
    for before, after in PAIRS:
        for change in _changes(before, after):
            if change.change != "kept":
                without, other = (before, after) if change.change == "added" else (after, before)
                found.append((change, without, listings[other, change.market_id]))
    return found


@cache
def _neighbours(market_id: str, year: int) -> list[dict[str, Any]]:
    """The last listing of a market before an edition without it, and the first one after it."""
    listings = [row for row in LISTINGS if market_id in (row["market_id"], *row["further_market_ids"])]
    return [row for row in listings if row["year"] < year][-1:] + [row for row in listings if row["year"] > year][:1]


@cache
def _rows(kind: str, year: int) -> list[dict[str, Any]]:
    return [row for row in LISTINGS if (row["year"], row["kind"]) == (year, kind)]


@cache
def _is_complete(kind: str, year: int) -> bool:
    rows = _rows(kind, year)
    announced = next(row[f"{kind}_total"] for row in EDITIONS if row["year"] == year)
    return announced == len(rows) and all(row["grade"] in NAMED for row in rows)


@cache
def _reasons(market_id: str, without: int) -> list[str]:
    """Why an edition certainly does not list a market, by an independent reading of the tables."""
    reasons = ["a source says so"] if (without, market_id) in REMOVED else []
    for row in _neighbours(market_id, without):
        if _is_complete(row["kind"], without):
            reasons.append("the edition is complete")
        of_country = [other for other in _rows("physical", without) if other["country"] == row["country"]]
        named = sum(other["grade"] in NAMED for other in of_country)
        if row["kind"] == "physical" and named and COUNTS.get((without, COUNTED.get(row["country"], ""))) == named:
            reasons.append("the country is complete")
        # The contents page of 2021 shows the heading of every country.
        if row["kind"] == "physical" and without == 2021 and not of_country:
            reasons.append("the edition has no such country")
        if row["newly_listed"] and without < row["year"]:
            reasons.append("it is new in a later edition")
    return reasons


def test_a_sure_change_has_a_reason() -> None:
    for change, without, listing in _additions_and_removals():
        if change.sure:
            assert listing["grade"] in NAMED
            assert _reasons(change.market_id, without), change


def test_a_kept_market_is_sure_unless_a_listing_is_inferred() -> None:
    kept = [change for before, after in PAIRS for change in _changes(before, after) if change.change == "kept"]
    unsure = {(change.before_year, change.after_year, change.market_id) for change in kept if not change.sure}
    inferred = {(row["year"], row["market_id"]) for row in LISTINGS if row["grade"] == "inferred"}
    assert unsure == {
        (change.before_year, change.after_year, change.market_id)
        for change in kept
        if {(change.before_year, change.market_id), (change.after_year, change.market_id)} & inferred
    }
    assert unsure


def test_a_name_in_capitals_is_not_a_renamed_market() -> None:
    found = nm.changes(2020, 2021)
    assert [(change.before_name, change.after_name) for change in found.renamed] == [
        ("La Pulga Rio", "La Pulga Río"),
        ("POPCORNTIME", "POPCORN TIME"),
    ]
    assert ("Tokopedia", "TOKOPEDIA") in [(change.before_name, change.after_name) for change in found.kept]


def test_an_unsure_change_has_no_reason() -> None:
    """The listing is inferred, another market of its heading is listed, or nothing settles the change."""
    for change, without, listing in _additions_and_removals():
        if not change.sure:
            rows = _neighbours(change.market_id, without)
            partners = {market_id for row in rows for market_id in (row["market_id"], *row["further_market_ids"])}
            partners -= {change.market_id}
            settled = _reasons(change.market_id, without) if not partners & _known(without) else []
            assert listing["grade"] == "inferred" or not settled, (change, settled)


def test_each_reason_settles_a_change_alone() -> None:
    alone = {tuple(_reasons(market_id, year)) for (market_id, year), found in _statuses().items() if found == "not listed"}
    assert {(reason,) for reasons in alone for reason in reasons} <= alone


def test_a_listing_is_doubtful_if_it_is_inferred_or_only_mentioned() -> None:
    found = {(row.year, row.listing_no) for row in nm.markets() if is_doubtful(row)}
    confidences: dict[tuple[int, int], set[str]] = {}
    for row in nm.table("citations").to_pylist():
        if row["field"] == "listing":
            confidences.setdefault((row["year"], row["listing_no"]), set()).add(row["confidence"])
    keys = {(row["year"], row["listing_no"]): row["grade"] for row in LISTINGS}
    assert found == {key for key, grade in keys.items() if grade == "inferred" or confidences.get(key, set()) <= {"medium"}}
    assert found < set(keys)


@cache
def _statuses() -> dict[tuple[str, int], str]:
    return {(market_id, year): nm.market(market_id).status(year) for market_id in MARKET_IDS for year in YEARS}


def test_status_agrees_with_the_listings() -> None:
    listed = {key for key, found in _statuses().items() if found == "listed"}
    assert listed == {(market_id, year) for year in YEARS for market_id in _known(year)}


def test_status_agrees_with_every_change() -> None:
    """A market is certainly absent if any change says so; a change is unsure only for that reason or an inferred listing."""
    for change, without, listing in _additions_and_removals():
        found = _statuses()[change.market_id, without]
        assert found != "listed"
        assert change.sure == (found == "not listed" and listing["grade"] != "inferred")


def test_status_agrees_with_the_grades() -> None:
    """If every entry of an edition is named, only a market of the same heading may be meant by one of them."""
    for market_id, year in (key for key, found in _statuses().items() if found == "cannot be told"):
        kind = nm.market(market_id).kind
        if _is_complete(kind, year):
            partners = {partner for row in nm.market(market_id).listings for partner in row.market_ids} - {market_id}
            assert partners & _known(year), (market_id, year)


def test_status_never_contradicts_a_source() -> None:
    removals = [row for row in nm.developments() if row.development == "removal" and row.market_id]
    assert removals
    for row in removals:
        assert _statuses()[str(row.market_id), row.year] == "not listed", row
    for listing in nm.markets():
        earlier = YEARS[: YEARS.index(listing.year)][-1:] if listing.newly_listed else []
        for market_id, year in product(listing.market_ids, earlier):
            assert _statuses()[market_id, year] == "not listed", listing


def test_is_listed_is_none_if_it_cannot_be_told() -> None:
    answers = {"listed": True, "not listed": False, "cannot be told": None}
    assert set(_statuses().values()) == set(answers)
    for (market_id, year), found in _statuses().items():
        market = nm.market(market_id)
        assert market.is_listed(year) is answers[found]
        assert market.is_listed(as_of=nm.edition(year).released) is answers[found]
        assert market.status(as_of=nm.edition(year).released.isoformat()) == found


def test_status_takes_a_year_or_a_day() -> None:
    market = nm.market("AliExpress")
    for call in (lambda: market.status(), lambda: market.is_listed(2021, as_of="2022-06-30")):
        with pytest.raises(TypeError, match=r"^pass either year or as_of, such as 2021 or as_of='2022-06-30'$"):
            call()
    with pytest.raises(TypeError, match="year must be an int, not '2022-06-30'; pass a day as the argument as_of"):
        market.is_listed("2022-06-30")  # type: ignore[arg-type]
    with pytest.raises(nm.UnknownValue, match="unknown year 1999"):
        market.status(1999)
    with pytest.raises(ValueError, match=r"^as_of must be a date such as 2022-06-30, not '2022'"):
        market.is_listed(as_of="2022")
    with pytest.raises(nm.UnknownValue, match="unknown as_of '2001-01-01'"):
        market.is_listed(as_of="2001-01-01")


def test_the_days_of_the_first_and_the_last_listing_are_days_of_release() -> None:
    """Newspapers report that Pinduoduo is listed since April 2019, when the edition of 2018 was released."""
    pinduoduo = nm.market("Pinduoduo")
    assert (pinduoduo.first_listed, pinduoduo.listed_since) == (2018, date(2019, 4, 25))
    released = {row["year"]: row["released"] for row in EDITIONS}
    for market in nm.table("markets").to_pylist():
        listed = [released[year] for year in YEARS if market["market_id"] in _known(year)]
        found = nm.market(market["market_id"])
        assert (found.listed_since, found.last_listed_on) == (listed[0], listed[-1])
    nobody = nm.Market("nobody", "Nobody", "online", *[()], *[None] * 9)  # type: ignore[arg-type]
    assert (nobody.listed_since, nobody.last_listed_on) == (None, None)


def test_known_changes() -> None:
    """The contents pages of 2020, 2021 and 2022 name every online market."""
    found = nm.changes(2020, 2021)
    online = {name: {c.market_id for c in getattr(found, name) if c.kind == "online"} for name in ("added", "dropped")}
    assert online["dropped"] == {"amazon-foreign-domains", "haraj", "mercado-libre", "seasonvar", "snapdeal", "weidian"}
    assert online["added"] == {
        "2embed",
        "aliexpress",
        "cuevana",
        "egy-best",
        "indiamart",
        "istar",
        "libgen",
        "spider",
        "wechat",
    }
    assert sum(change.kind == "online" for change in found.kept) == 33
    newcomers = {change.market_id for change in nm.changes(2021, 2022).added if change.kind == "online"}
    assert newcomers == {"yts", "avito", "amarutu", "lalastreams", "globe-iptv"}
    assert {change.market_id for change in nm.changes(2021, 2022).dropped if change.kind == "online"} == {
        "blueangelhost",
        "chomikuj",
        "dytt8",
        "phimmoi",
        "popcorn-time",
        "private-layer",
        "revenuehits",
        "uploaded",
    }


def test_a_market_that_may_be_unidentified_is_not_reported_as_dropped() -> None:
    """No source names the Argentine market of 2021, so La Salada may be listed."""
    found = nm.changes(2017, 2021)
    assert "la-salada" in {change.market_id for change in found.cannot_be_told}
    assert "la-salada" not in {change.market_id for change in found.dropped}


def test_a_country_without_a_heading_has_no_market() -> None:
    """The contents page of 2021 names all 18 countries with physical markets. Italy and Spain are not among them."""
    dropped = {change.market_id for change in nm.changes(2017, 2021).dropped}
    assert {"ventimiglia-market", "els-limits-la-jonquera"} <= dropped


def test_a_market_that_is_listed_again() -> None:
    taobao = nm.market("Taobao")
    assert taobao.spells[0] == (2010, 2011)
    assert taobao.spells[1][0] == 2016


@given(
    st.dates(EDITIONS[0]["released"] - timedelta(40), EDITIONS[-1]["released"] + timedelta(400)),
    st.sampled_from(MARKET_IDS),
)
def test_as_of_selects_the_newest_edition_released_by_then(day: date, market_id: str) -> None:
    released = [row["year"] for row in EDITIONS if row["released"] <= day]
    if not released:
        with pytest.raises(nm.UnknownValue):
            nm.market(market_id).is_listed(as_of=day)
        return
    assert {row.year for row in nm.markets(as_of=day)} == {released[-1]}
    assert (nm.market(market_id).is_listed(as_of=day.isoformat()) is True) == (market_id in _known(released[-1]))


def test_the_edition_changes_on_the_day_of_release() -> None:
    assert nm.markets(as_of="2022-02-16")[0].year == 2020
    assert nm.markets(as_of="2022-02-17")[0].year == 2021


def test_both_markets_of_a_relation_have_it() -> None:
    (relation,) = nm.market("HiAnime").relations
    assert (relation.relation, relation.market.market_id) == ("successor-of", "hianime")
    assert relation.other_market.market_id == "aniwatch"
    assert relation in nm.market("aniwatch").relations
    assert relation.sources


@pytest.mark.parametrize(
    ("name", "other_name"),
    [
        ("KickassTorrents", "Kat.ph"),
        ("KickassTorrents", "KAT.CR"),
        ("vKontakte", "VK"),
        ("Luowu Market", "Luohu Commercial City"),
    ],
)
def test_one_market_with_two_names(name: str, other_name: str) -> None:
    assert nm.market(name) is nm.market(other_name)


def test_different_markets_with_similar_names() -> None:
    assert nm.market("Baidu") is not nm.market("Baidu Wangpan")
    assert nm.market("Torrentz") is not nm.market("Torrentz2")


def test_the_repr_of_a_change_shows_names_and_doubt() -> None:
    found = nm.changes(2020, 2021)
    shown = {change.market_id: repr(change) for change in found}
    assert shown["haraj"] == "<dropped: haraj (HARAJ -> -)>"
    assert shown["wechat"].startswith("<added: wechat (- -> ")
    assert shown["popcorn-time"] == "<kept: popcorn-time (POPCORNTIME -> POPCORN TIME)>"
    assert all(repr(change).startswith(f"<perhaps {change.change}: ") for change in found.cannot_be_told)
    unnamed = {change.market_id: repr(change) for change in nm.changes(2018, 2019)}
    assert unnamed["1fichier"] == "<perhaps kept: 1fichier ((unnamed) -> 1FICHIER)>"
    assert repr(found) == "<Changes 2020 to 2021: 9 added, 7 dropped, 45 kept, 2 of them renamed, 11 cannot be told>"


def test_changes_takes_years() -> None:
    with pytest.raises(TypeError, match=r"year must be an int, not str; did you mean 2020\?"):
        nm.changes("2020", 2021)  # type: ignore[arg-type]
