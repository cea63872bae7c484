"""Is bad input refused with the documented exception, naming what is valid?"""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import notorious_markets as nm
from notorious_markets.models import Listing

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary() | st.dates() | st.datetimes()
ANYTHING = SCALARS | st.lists(SCALARS, max_size=3) | st.dictionaries(st.text(max_size=3), SCALARS, max_size=2)
ARGUMENTS = st.sampled_from(["year", "kind", "country", "category", "goods", "grade", "as_of"])


@given(st.dictionaries(ARGUMENTS, ANYTHING, max_size=4))
def test_markets_raises_only_what_it_documents(arguments: dict[str, Any]) -> None:
    try:
        found = nm.markets(**arguments)
    except (nm.UnknownValue, TypeError, ValueError) as error:
        assert str(error)
    else:
        assert all(isinstance(row, Listing) for row in found)


@given(ANYTHING)
def test_scalar_questions_raise_only_what_they_document(value: Any) -> None:
    for question in (nm.market, nm.edition, nm.table):
        try:
            question(value)
        except (nm.UnknownValue, nm.AmbiguousMarket, TypeError) as error:
            assert str(error)
    for filtered in (nm.statistics, nm.developments):
        try:
            filtered(year=value)
        except (nm.UnknownValue, TypeError) as error:
            assert str(error)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"year": 1999}, "unknown year 1999; valid: .*2021"),
        ({"kind": "onlin"}, "unknown kind 'onlin'; did you mean 'online'"),
        ({"country": "XX"}, "unknown country 'XX'; valid: .*'CN'"),
        ({"country": "cn"}, "unknown country 'cn'; did you mean 'CN'"),
        ({"country": "China"}, r"unknown country 'China'; did you mean 'CN'\? Valid"),
        ({"country": "Viet Nam"}, r"unknown country 'Viet Nam'; did you mean 'VN'\? Valid"),
        ({"category": "ecommerce"}, "did you mean 'e-commerce'"),
        ({"goods": "counterfeits"}, "did you mean 'counterfeit'"),
        ({"grade": ["primary", "sure"]}, "unknown grade 'sure'; valid: 'primary', 'secondary', 'inferred', 'unidentified'"),
        ({"as_of": "2001-01-01"}, "unknown as_of '2001-01-01'; valid: '2011-02-28 or later'"),
    ],
)
def test_a_value_that_cannot_match_is_a_lookup_error(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(LookupError, match=message) as caught:
        nm.markets(**arguments)
    assert isinstance(caught.value, nm.NotoriousMarketsError)


@pytest.mark.parametrize(
    "arguments",
    [{"year": "2021"}, {"year": 2021.0}, {"year": True}, {"kind": 1}, {"country": b"CN"}, {"year": [None]}, {"as_of": 2021}],
)
def test_a_value_of_another_type_is_a_type_error(arguments: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match=next(iter(arguments))):
        nm.markets(**arguments)


@pytest.mark.parametrize("day", ["2022-02-30", "2022", "May 2022", "20220501", "2022-W05-1", "2022-05-01T00:00", ""])
def test_a_day_that_is_none_is_a_value_error(day: str) -> None:
    with pytest.raises(ValueError, match=f"as_of must be a date such as 2022-06-30, not '{day}'"):
        nm.markets(as_of=day)


def test_integers_of_numpy_are_integers() -> None:
    year: Any = np.int64(2021)
    assert nm.markets(year=year) == nm.markets(year=np.array([2021])) == nm.markets(year=2021)
    assert nm.edition(year) is nm.edition(2021)
    assert nm.changes(np.int16(2020), year) == nm.changes(2020, 2021)  # type: ignore[arg-type]
    assert nm.cite(year) == nm.cite(2021)
    assert nm.suggest("taoabo", limit=np.int8(1), cutoff=np.float32(80)) == nm.suggest("taoabo", limit=1)  # type: ignore[arg-type]
    for wrong in (np.float64(2021), np.bool_(True)):
        with pytest.raises(TypeError):
            nm.markets(year=wrong)  # type: ignore[arg-type]


def test_an_unknown_market_suggests() -> None:
    with pytest.raises(nm.UnknownValue) as caught:
        nm.market("Rutraker")
    assert caught.value.suggestions[0] == "RuTracker"
    assert (caught.value.argument, caught.value.value) == ("market", "Rutraker")
    with pytest.raises(nm.UnknownValue) as caught:
        nm.market("zzzzzzzzzzzz")
    assert caught.value.suggestions == ()


@pytest.mark.parametrize("bad", [None, 3, b"wechat", ["wechat"]])
def test_a_market_is_asked_by_text(bad: Any) -> None:
    with pytest.raises(TypeError):
        nm.market(bad)


def test_unknown_table_and_edition_list_the_valid_ones() -> None:
    with pytest.raises(nm.UnknownValue, match="'listings'"):
        nm.table("listing")
    with pytest.raises(nm.UnknownValue, match="2021"):
        nm.edition(2009)


def test_unknown_attribute() -> None:
    with pytest.raises(AttributeError, match="no attribute 'market_list'"):
        nm.market_list  # noqa: B018


@pytest.mark.parametrize(
    "error",
    [
        nm.UnknownValue("kind", "onlin", ["online", "physical"]),
        nm.UnknownValue("market", "x", ["AliExpress"], listed=False),
        nm.AmbiguousMarket("Putlocker", ["putlocker-cyberlocker", "putlocker-streaming"]),
        nm.MissingExtra("polars", "polars"),
    ],
)
def test_exceptions_survive_a_pickle(error: Exception) -> None:
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error)
    assert str(again) == str(error)


def test_an_ambiguous_name_lists_the_markets() -> None:
    error = nm.AmbiguousMarket("Putlocker", ["putlocker-cyberlocker", "putlocker-streaming"])
    assert "'putlocker-cyberlocker'" in str(error)
    assert "'putlocker-streaming'" in str(error)
