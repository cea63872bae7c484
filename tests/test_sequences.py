"""Does a result behave like a tuple of its rows, and does each row return its related rows?"""

from __future__ import annotations

import copy
import json
import pickle
from datetime import date
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import notorious_markets as nm

ALL = nm.markets()
ROWS = tuple(ALL)


@given(st.slices(len(ROWS) + 3))
def test_slices(part: slice) -> None:
    assert tuple(ALL[part]) == ROWS[part]
    assert isinstance(ALL[part], nm.Records)


@given(st.integers(-len(ROWS) - 5, len(ROWS) + 5))
def test_indexes(index: int) -> None:
    if -len(ROWS) <= index < len(ROWS):
        assert ALL[index] is ROWS[index]
    else:
        with pytest.raises(IndexError):
            ALL[index]


@given(st.slices(len(ROWS)), st.slices(len(ROWS)))
def test_equality_and_hashing_depend_on_the_rows(one: slice, other: slice) -> None:
    first, second = ALL[one], ALL[other]
    assert (first == second) == (ROWS[one] == ROWS[other])
    copied = nm.markets()[one]
    assert copied == first
    assert hash(copied) == hash(first)


def test_other_methods_of_a_tuple() -> None:
    assert len(ALL) == len(ROWS)
    assert list(reversed(ALL)) == list(reversed(ROWS))
    assert ROWS[3] in ALL
    assert ROWS[3] not in ALL[:3]
    assert ALL.index(ROWS[3]) == 3
    assert ALL.count(ROWS[3]) == 1
    assert ALL.index(ROWS[3], 2, 9) == 3
    for bounds in ((), (4,), (0, 3)):
        with pytest.raises(ValueError, match="not in tuple"):
            (ALL if bounds else ALL[:3]).index(ROWS[3], *bounds)
    assert not ALL[:0]
    assert ALL != ROWS  # type: ignore[comparison-overlap]


def test_a_name_is_in_a_result_if_a_row_belongs_to_the_market() -> None:
    for name in ("Taobao", "taobao", "TAOBAO.com", "淘宝"):
        assert name in nm.markets(2021)
        assert name in nm.all_markets()
        assert name in nm.domains()
        assert name not in nm.markets(2021, kind="physical")
    assert "AliExpress" in nm.changes(2020, 2021).added
    combined = next(row for row in ALL if row.further_market_ids)
    assert [name in ALL.with_rows([combined]) for name in combined.market_ids] == [True] * len(combined.market_ids)
    assert "Putlocker" in nm.markets(market="putlocker-streaming")
    for name in ("", "Taobaoo", "CN"):
        assert name not in ALL
    assert "Taobao" not in nm.sources()
    assert "" not in nm.markets(2021, grade="unidentified")


def test_rows_and_results_become_json_with_iso_dates() -> None:
    listing = nm.markets(2021, kind="online")[3]
    assert listing.to_dict() == nm.markets(2021, kind="online").to_dicts()[3]
    for result in (nm.editions(), nm.markets(2021), nm.changes(2020, 2021), nm.suggest("taoabo"), nm.sources()[:0]):
        rows = json.loads(result.to_json())
        assert rows == [json.loads(row.to_json()) for row in result]
        plain = [
            {key: value.isoformat() if isinstance(value, date) else value for key, value in row.items()}
            for row in result.to_dicts()
        ]
        assert rows == plain
    assert json.loads(nm.edition(2021).to_json())["released"] == "2022-02-17"
    assert "淘宝" in nm.market("taobao").to_json()


def test_the_name_of_a_listing_is_that_of_its_market() -> None:
    assert nm.markets(2021, market="wechat")[0].name == "WeChat (Weixin) E-Commerce Ecosystem"
    for listing in ALL:
        assert listing.name == (listing.market.name if listing.market else None)


def test_results_and_rows_are_immutable() -> None:
    with pytest.raises(TypeError):
        ALL[0] = ROWS[0]  # type: ignore[index]
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        ALL[0].page = 1  # type: ignore[misc]
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        ALL._rows = ()  # type: ignore[misc]


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda value: pickle.loads(pickle.dumps(value))])
def test_results_can_be_copied_and_pickled(copied: Any) -> None:
    listing = copied(nm.markets(year=2021, kind="online")[3])
    assert listing == nm.markets(year=2021, kind="online")[3]
    assert listing.market is nm.market("aliexpress")
    assert copied(ALL) == ALL
    assert copied(ALL).to_arrow().equals(ALL.to_arrow())
    changes = nm.changes(2020, 2021)
    assert copied(changes) == changes
    assert copied(changes).to_arrow().equals(changes.to_arrow())


def test_rows_are_plain_values() -> None:
    assert len(pickle.dumps(ALL[0])) < 1_000
    values = attrs.asdict(ALL[0])
    assert list(values) == nm.table("listings").column_names
    assert nm.Listing(**values) == ALL[0]


def test_related_rows_are_consistent() -> None:
    for listing in ALL:
        assert listing.edition.year == listing.year
        assert listing in listing.edition.listings
        assert len(listing.citations) >= 1, listing
        for citation in listing.citations:
            assert (citation.year, citation.listing_no) == (listing.year, listing.listing_no)
            assert citation.source.source_id == citation.source_id
        source_ids = [source.source_id for source in listing.sources]
        assert len(source_ids) == len(set(source_ids))
        assert set(source_ids) == {citation.source_id for citation in listing.citations}
        for market in listing.markets:
            assert listing in market.listings
            assert listing.year in market.years
        assert (listing.market is None) == (listing.grade == "unidentified")
    for row in nm.table("domains").to_pylist():
        market = nm.market(row["domain"])
        assert row["domain"] in [domain.domain for domain in market.domains]
        assert all(domain.market is market for domain in market.domains)


def test_a_market_is_found_by_id_name_and_alias() -> None:
    for row in nm.table("markets").to_pylist():
        assert nm.market(row["market_id"]).market_id == row["market_id"]
        for name in (row["name"], row["name"].upper(), f"  {row['name']} "):
            assert nm.market(name).market_id == row["market_id"]
        for alias in row["aliases"]:
            try:
                assert nm.market(alias).market_id == row["market_id"]
            except nm.AmbiguousMarket as error:
                assert row["market_id"] in error.market_ids


def test_repr_shows_the_first_rows_and_counts_the_others() -> None:
    lines = repr(ALL).splitlines()
    assert len(lines) == 23
    assert lines[0] == f"<Records of {len(ALL)} x Listing>"
    assert "91.com" in lines[2]
    assert lines[-1] == f"... {len(ALL) - 20} more"
    assert repr(ALL[:0]) == "<Records, empty>"
    assert len(repr(ALL[:2]).splitlines()) == 4


def test_a_changed_row_is_shown_but_not_converted() -> None:
    changed = attrs.evolve(ALL[0], name_as_listed="Another name")
    assert "Another name" in repr(ALL.with_rows([changed]))
    with pytest.raises(ValueError, match=r"not a row of the table .listings. of data version"):
        ALL.with_rows([changed]).to_arrow()
