"""Are spells, changes and days right, and do they own up to what cannot be told?"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import notorious_markets as nm

EDITIONS: list[dict[str, Any]] = nm.table("editions").to_pylist()
LISTINGS: list[dict[str, Any]] = nm.table("listings").to_pylist()
YEARS = [row["year"] for row in EDITIONS]
MARKET_IDS = [row["market_id"] for row in nm.table("markets").to_pylist()]
years = st.sampled_from(YEARS)
market_ids = st.sampled_from(MARKET_IDS)


def _known(year: int) -> set[str]:
    """The markets of an edition, from the table and not from the objects."""
    return {
        market_id
        for row in LISTINGS
        if row["year"] == year and row["market_id"]
        for market_id in (row["market_id"], *row["further_market_ids"])
    }


@given(market_ids)
def test_spells_partition_the_years(market_id: str) -> None:
    market = nm.market(market_id)
    listed = [year for year in YEARS if market_id in _known(year)]
    assert list(market.years) == listed
    assert [year for spell in market.spells for year in spell] == listed
    for spell in market.spells:
        assert list(spell) == YEARS[YEARS.index(spell[0]) : YEARS.index(spell[-1]) + 1]
    for one, other in zip(market.spells, market.spells[1:], strict=False):
        assert YEARS.index(other[0]) - YEARS.index(one[-1]) > 1
    assert (market.first_listed, market.last_listed) == ((listed[0], listed[-1]) if listed else (None, None))


@given(years, years)
def test_changes_partition_both_editions(before: int, after: int) -> None:
    found = nm.changes(before, after)
    ids = [change.market_id for change in found]
    assert len(ids) == len(set(ids))
    new = {change.market_id for change in found if change.status in {"added", "kept"}}
    old = {change.market_id for change in found if change.status in {"dropped", "kept"}}
    assert new == _known(after)
    assert old == _known(before)
    unsure = {change.market_id for change in found.cannot_be_told}
    assert {change.market_id for change in (*found.added, *found.dropped, *found.kept)} | unsure == set(ids)
    assert set(found.renamed) <= set(found.kept)


@given(years, years)
def test_changes_backwards_are_the_inverse(one: int, other: int) -> None:
    forth, back = nm.changes(one, other), nm.changes(other, one)
    mirror = {"added": "dropped", "dropped": "added", "kept": "kept"}
    assert {(row.market_id, mirror[row.status], row.sure) for row in forth} == {
        (row.market_id, row.status, row.sure) for row in back
    }
    assert {row.market_id for row in forth.renamed} == {row.market_id for row in back.renamed}


@given(years)
def test_an_edition_does_not_differ_from_itself(year: int) -> None:
    found = nm.changes(year, year)
    assert [len(group) for group in (found.added, found.dropped, found.cannot_be_told, found.renamed)] == [0, 0, 0, 0]


@given(years, years)
def test_a_sure_change_needs_a_complete_edition_or_a_word_of_a_source(before: int, after: int) -> None:
    """An independent reading of the tables: where an edition has unnamed places, nothing is surely absent by silence."""
    said = {(row["year"], row["market_id"]) for row in nm.table("developments").to_pylist() if row["event"] == "removal"}
    for change in nm.changes(before, after):
        if change.status == "kept" or not change.sure:
            continue
        lacking = before if change.status == "added" else after
        row = change.after or change.before
        assert row is not None
        of_kind = [r for r in LISTINGS if (r["year"], r["kind"]) == (lacking, row.kind)]
        announced = next(e[f"{row.kind}_total"] for e in EDITIONS if e["year"] == lacking)
        whole = announced == len(of_kind) and all(r["grade"] in {"primary", "secondary"} for r in of_kind)
        named = [r for r in of_kind if r["country"] == row.country and r["grade"] in {"primary", "secondary"}]
        counted = [
            r["value"]
            for r in nm.table("statistics").to_pylist()
            if r["year"] == lacking and r["metric"] == "listed_markets" and r["qualifier"].startswith("physical_")
        ]
        of_country = row.kind == "physical" and len(named) in counted
        elsewhere = row.kind == "physical" and row.country not in {r["country"] for r in of_kind}
        told = (lacking, change.market_id) in said or bool(row.newly_listed)
        assert whole or of_country or told or (elsewhere and lacking == 2021), change


def test_known_changes() -> None:
    """Both contents pages of the online markets are complete: these follow from them."""
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


def test_what_cannot_be_told_is_not_told() -> None:
    """No source names the Argentine market of 2021, so that nobody can say that La Salada was dropped."""
    found = nm.changes(2017, 2021)
    assert "la-salada" in {change.market_id for change in found.cannot_be_told}
    assert "la-salada" not in {change.market_id for change in found.dropped}


def test_a_country_without_a_heading_has_no_market() -> None:
    """The contents page of 2021 names all 18 countries with a physical market, and Italy and Spain are not among them."""
    dropped = {change.market_id for change in nm.changes(2017, 2021).dropped}
    assert {"ventimiglia-market", "els-limits-la-jonquera"} <= dropped


def test_relisting() -> None:
    taobao = nm.market("Taobao")
    assert taobao.spells[0] == (2010, 2011)
    assert taobao.spells[1][0] == 2016


@given(st.dates(min(row["released"] for row in EDITIONS) - timedelta(40), date(2035, 1, 1)), market_ids)
def test_as_of_goes_by_the_days_of_release(day: date, market_id: str) -> None:
    released = [row["year"] for row in EDITIONS if row["released"] <= day]
    if not released:
        with pytest.raises(nm.UnknownValue):
            nm.market(market_id).is_listed(day)
        return
    assert {row.year for row in nm.markets(as_of=day)} == {released[-1]}
    assert nm.market(market_id).is_listed(day.isoformat()) == (market_id in _known(released[-1]))


@given(st.lists(st.dates(EDITIONS[0]["released"], date(2035, 1, 1)), min_size=2, max_size=2).map(sorted))
def test_as_of_is_monotone(days: list[date]) -> None:
    earlier, later = (nm.markets(as_of=day)[0].year for day in days)
    assert earlier <= later


def test_the_edition_changes_on_the_day_of_release() -> None:
    assert nm.markets(as_of="2022-02-16")[0].year == 2020
    assert nm.markets(as_of="2022-02-17")[0].year == 2021


def test_relations_lead_both_ways() -> None:
    hianime = nm.market("HiAnime")
    (relation,) = hianime.relations
    assert (relation.relation, relation.other_market.market_id) == ("successor-of", "aniwatch")
    assert relation in nm.market("aniwatch").relations
    assert relation.sources
    for row in nm.table("relations").to_pylist():
        assert row["market_id"] != row["other_market_id"]
        assert {row["market_id"], row["other_market_id"]} <= set(MARKET_IDS)


def test_one_name_for_two_markets_is_refused() -> None:
    with pytest.raises(nm.AmbiguousMarket) as caught:
        nm.market("Putlocker")
    assert set(caught.value.market_ids) == {"putlocker-cyberlocker", "putlocker-streaming"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("KickassTorrents", "Kat.ph"),
        ("KickassTorrents", "KAT.CR"),
        ("vKontakte", "VK"),
        ("Luowu Market", "Luohu Commercial City"),
    ],
)
def test_one_market_under_two_names(one: str, other: str) -> None:
    assert nm.market(one) is nm.market(other)


def test_different_markets_of_like_names() -> None:
    assert nm.market("Baidu") is not nm.market("Baidu Wangpan")
    assert nm.market("Torrentz") is not nm.market("Torrentz2")


def test_unsure_changes_say_so() -> None:
    found = nm.changes(2020, 2021)
    assert all("perhaps" in repr(change) for change in found.cannot_be_told)
    assert all("perhaps" not in repr(change) for change in found.added)


def test_unknown_editions_are_refused() -> None:
    with pytest.raises(nm.UnknownValue, match="2009"):
        nm.changes(2009, 2021)
    with pytest.raises(TypeError):
        nm.changes("2020", 2021)  # type: ignore[arg-type]
