"""Does a result behave as a tuple of its rows, and lead from any object to its neighbours?"""

from __future__ import annotations

import copy
import pickle
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import notorious_markets as nm

ALL = nm.markets()
ROWS = tuple(ALL)


@given(st.slices(len(ROWS) + 3))
def test_slices(piece: slice) -> None:
    assert tuple(ALL[piece]) == ROWS[piece]
    assert isinstance(ALL[piece], nm.Records)


@given(st.integers(-len(ROWS) - 5, len(ROWS) + 5))
def test_indexes(index: int) -> None:
    if -len(ROWS) <= index < len(ROWS):
        assert ALL[index] is ROWS[index]
    else:
        with pytest.raises(IndexError):
            ALL[index]


@given(st.slices(len(ROWS)), st.slices(len(ROWS)))
def test_equality_and_hashing_are_those_of_the_rows(one: slice, other: slice) -> None:
    first, second = ALL[one], ALL[other]
    assert (first == second) == (ROWS[one] == ROWS[other])
    if first == second:
        assert hash(first) == hash(second)


def test_the_rest_of_a_tuple() -> None:
    assert len(ALL) == len(ROWS)
    assert list(reversed(ALL)) == list(reversed(ROWS))
    assert ROWS[3] in ALL
    assert ROWS[3] not in ALL[:3]
    assert "AliExpress" not in ALL
    assert ALL.index(ROWS[3]) == 3
    assert ALL.count(ROWS[3]) == 1
    with pytest.raises(ValueError, match="not in tuple"):
        ALL[:3].index(ROWS[3])
    assert not ALL[:0]
    assert ALL != ROWS  # type: ignore[comparison-overlap]


def test_nothing_can_be_changed() -> None:
    with pytest.raises(TypeError):
        ALL[0] = ROWS[0]  # type: ignore[index]
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        ALL[0].page = 1  # type: ignore[misc]
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        ALL._rows = ()  # type: ignore[misc]


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda value: pickle.loads(pickle.dumps(value))])
def test_copies_and_pickles_are_equal_and_still_lead_on(again: Any) -> None:
    listing = again(nm.markets(year=2021, kind="online")[3])
    assert listing == nm.markets(year=2021, kind="online")[3]
    assert listing.market is nm.market("aliexpress")
    assert again(ALL) == ALL
    assert again(ALL).to_arrow().equals(ALL.to_arrow())


def test_a_pickle_of_a_listing_does_not_carry_the_dataset() -> None:
    assert len(pickle.dumps(ALL[0])) < 1_000


def test_neighbours_are_consistent() -> None:
    for listing in ALL:
        assert listing.edition.year == listing.year
        assert listing in listing.edition.listings
        assert len(listing.citations) >= 1, listing
        for citation in listing.citations:
            assert (citation.year, citation.listing_no) == (listing.year, listing.listing_no)
            assert citation.source.source_id == citation.source_id
        for market in listing.markets:
            assert listing in market.listings
            assert listing.year in market.years
        assert (listing.market is None) == (listing.grade == "unidentified")
    for row in nm.table("domains").to_pylist():
        market = nm.market(row["domain"])
        assert row["domain"] in [domain.domain for domain in market.domains]
        assert all(domain.market is market for domain in market.domains)


def test_every_market_is_found_by_id_name_and_alias() -> None:
    for row in nm.table("markets").to_pylist():
        assert nm.market(row["market_id"]).market_id == row["market_id"]
        for name in (row["name"], row["name"].upper(), f"  {row['name']} "):
            assert nm.market(name).market_id == row["market_id"]
        for alias in row["aliases"]:
            try:
                assert nm.market(alias).market_id == row["market_id"]
            except nm.AmbiguousMarket as error:
                assert row["market_id"] in error.market_ids


def test_repr_shows_the_head_and_counts_the_rest() -> None:
    lines = repr(ALL).splitlines()
    assert lines[0] == f"<Records of {len(ALL)} x Listing>"
    assert "91.com" in lines[2]
    assert lines[-1] == f"... {len(ALL) - 20} more"
    assert repr(ALL[:0]) == "<Records, empty>"
    assert len(repr(ALL[:2]).splitlines()) == 4


def test_a_changed_row_is_shown_but_is_none_of_the_table() -> None:
    hostile = attrs.evolve(ALL[0], name_as_listed="<script>alert(1)</script>")
    assert "<script>" in repr(ALL.with_rows([hostile]))
    with pytest.raises(ValueError, match=r"not a row of the table .listings. of data version"):
        ALL.with_rows([hostile]).to_arrow()
