"""Does invalid input raise the documented exception, with a message that lists or suggests valid values?"""

from __future__ import annotations

import copy
import pickle
import re
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import notorious_markets as nm
from notorious_markets.models import Listing

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary() | st.dates() | st.datetimes()
ANYTHING = SCALARS | st.lists(SCALARS, max_size=3) | st.dictionaries(st.text(max_size=3), SCALARS, max_size=2)
ARGUMENTS = st.sampled_from(["year", "kind", "country", "category", "goods", "grade", "market", "operator", "as_of"])


@given(st.dictionaries(ARGUMENTS, ANYTHING, max_size=4))
def test_markets_raises_only_documented_exceptions(arguments: dict[str, Any]) -> None:
    try:
        found = nm.markets(**arguments)
    except (nm.UnknownValue, TypeError, ValueError) as error:
        assert str(error)
    else:
        assert all(isinstance(row, Listing) for row in found)


@given(ANYTHING)
def test_other_queries_raise_only_documented_exceptions(value: Any) -> None:
    for query in (nm.market, nm.edition, nm.table):
        try:
            query(value)
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
        ({"kind": "onlin"}, "unknown kind 'onlin'; did you mean 'online'"),
        ({"country": "XX"}, "unknown country 'XX'; use an ISO 3166-1 alpha-2 code, such as 'CN'$"),
        ({"country": "cn"}, r"unknown country 'cn'; did you mean 'CN'\?$"),
        ({"country": "UK"}, r"unknown country 'UK'; did you mean 'GB'\?$"),
        ({"country": "China"}, r"unknown country 'China'; did you mean 'CN'\?$"),
        ({"country": "Viet Nam"}, r"unknown country 'Viet Nam'; did you mean 'VN'\?$"),
        ({"country": ["CN", "United States"]}, r"unknown country 'United States'; did you mean 'US'\?$"),
        ({"operator": "alibba group"}, r"unknown operator 'alibba group'; did you mean 'Alibaba Group'\?"),
        ({"market": "Aliexpres"}, r"unknown market 'Aliexpres'; did you mean 'AliExpress'\?"),
        ({"category": "ecommerce"}, "did you mean 'e-commerce'"),
        ({"goods": "counterfeits"}, "did you mean 'counterfeit'"),
        ({"grade": ["primary", "sure"]}, "unknown grade 'sure'; valid: 'primary', 'secondary', 'inferred', 'unidentified'"),
        ({"as_of": "2001-01-01"}, "unknown as_of '2001-01-01'; the first edition was released on 2011-02-28"),
    ],
)
def test_an_impossible_value_raises_a_lookup_error(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(LookupError, match=message) as caught:
        nm.markets(**arguments)
    assert isinstance(caught.value, nm.NotoriousMarketsError)


def test_an_unknown_year_is_answered_with_the_range_of_years() -> None:
    years = [row["year"] for row in nm.table("editions").to_pylist()]
    queries: list[Callable[[], object]] = [
        lambda: nm.edition(2009),
        lambda: nm.markets(year=(2021, 2009)),
        lambda: nm.statistics(year=2009),
        lambda: nm.changes(2009, 2021),
    ]
    for query in queries:
        with pytest.raises(nm.UnknownValue) as caught:
            query()
        assert str(caught.value) == f"unknown year 2009; valid: {years[0]} to {years[-1]}"
        assert caught.value.suggestions == ()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"year": "2021"}, r"year must be an int or an iterable of ints, not '2021'; did you mean 2021\?"),
        ({"year": [2020, "2021"]}, r"year must be an int or an iterable of ints, not '2021'; did you mean 2021\?"),
        ({"year": "latest"}, "year must be an int or an iterable of ints, not 'latest'$"),
        ({"year": 2021.0}, "year must be an int or an iterable of ints, not float"),
        ({"year": True}, "year must be an int or an iterable of ints, not True"),
        ({"year": [None]}, "year must be an int or an iterable of ints, not None"),
        ({"kind": 1}, "kind must be a str or an iterable of strs, not 1"),
        ({"country": b"CN"}, "country must be a str or an iterable of strs, not bytes"),
        ({"as_of": 2021}, "as_of must be a datetime.date or a str such as '2022-06-30', not 2021"),
        ({"as_of": ["2021-01-01"]}, r"as_of must be a datetime.date or a str such as '2022-06-30', not \['2021-01-01'\]"),
    ],
)
def test_a_value_of_another_type_raises_a_type_error(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(TypeError, match=message):
        nm.markets(**arguments)


@pytest.mark.parametrize(
    "day",
    [
        "2022-02-30",
        "2022",
        "May 2022",
        "20220501",
        "2022-W05-1",
        "2022-05-01T00:00",
        "2022-5-1",
        "２０２２-05-01",
        " 2022-05-01",
        "",
    ],
)
def test_text_that_is_not_a_day_raises_a_value_error(day: str) -> None:
    with pytest.raises(ValueError, match=f"as_of must be a date such as 2022-06-30, not '{day}'"):
        nm.markets(as_of=day)


def test_as_of_takes_a_day_with_a_time() -> None:
    midnight = timezone(timedelta(hours=9))
    for day in (datetime(2022, 2, 16, 23, 59), datetime(2022, 2, 17), datetime(2022, 2, 17, tzinfo=midnight)):
        assert nm.markets(as_of=day) == nm.markets(as_of=day.date())
        assert nm.markets(as_of=pd.Timestamp(day)) == nm.markets(as_of=day.date())
    with pytest.raises(ValueError, match="as_of must be a date, not NaT"):
        nm.markets(as_of=pd.NaT)  # type: ignore[arg-type]


def test_numpy_integers_are_accepted() -> None:
    year: Any = np.int64(2021)
    assert nm.markets(year=year) == nm.markets(year=np.array([2021])) == nm.markets(year=2021)
    assert nm.edition(year) is nm.edition(2021)
    assert nm.changes(np.int16(2020), year) == nm.changes(2020, 2021)
    assert nm.cite(year) == nm.cite(2021)
    assert nm.suggest("taoabo", limit=np.int8(1), cutoff=np.float32(80)) == nm.suggest("taoabo", limit=1)
    for wrong in (np.float64(2021), np.bool_(True)):
        with pytest.raises(TypeError):
            nm.markets(year=wrong)  # type: ignore[arg-type]


def test_an_unknown_market_suggests_similar_names() -> None:
    with pytest.raises(nm.UnknownValue) as caught:
        nm.market("Rutraker")
    assert caught.value.suggestions[0] == "RuTracker"
    assert (caught.value.argument, caught.value.value) == ("market", "Rutraker")
    with pytest.raises(nm.UnknownValue) as caught:
        nm.market("zzzzzzzzzzzz")
    assert caught.value.suggestions == ()


def test_an_operator_is_answered_with_its_markets() -> None:
    with pytest.raises(
        nm.UnknownValue, match=r"^unknown market 'Alibaba'; Alibaba Group is the operator of 'AliExpress' and 'Taobao'$"
    ) as caught:
        nm.market("Alibaba")
    assert caught.value.suggestions == ("AliExpress", "Taobao")


@pytest.mark.parametrize("value", [3, b"taobao", [b"taobao"], [None]], ids=str)
def test_a_market_must_be_a_name_or_a_market(value: Any) -> None:
    with pytest.raises(TypeError, match="market must be a str, a Market or an iterable of them, not "):
        nm.domains(market=value)


def test_an_ambiguous_name_lists_the_markets() -> None:
    with pytest.raises(nm.AmbiguousMarket, match="'putlocker-cyberlocker', 'putlocker-streaming'") as caught:
        nm.market("Putlocker")
    assert isinstance(caught.value, LookupError)
    assert (caught.value.name, caught.value.market_ids) == ("Putlocker", ("putlocker-cyberlocker", "putlocker-streaming"))


@pytest.mark.parametrize("value", [None, 3, b"wechat", ["wechat"]], ids=str)
def test_the_name_of_a_market_must_be_text(value: Any) -> None:
    with pytest.raises(TypeError, match=f"name must be a str, not {type(value).__name__}"):
        nm.market(value)


def test_an_unknown_table_lists_the_tables() -> None:
    with pytest.raises(nm.UnknownValue, match=r"unknown table 'listing'; did you mean 'listings'\?.*'places'"):
        nm.table("listing")


def test_an_unknown_attribute_of_the_package() -> None:
    with pytest.raises(AttributeError, match="no attribute 'market_list'") as caught:
        nm.market_list  # type: ignore[attr-defined]  # noqa: B018
    # From these two, Python suggests similar names below a traceback.
    assert (caught.value.name, caught.value.obj) == ("market_list", nm)


def test_a_result_has_no_columns() -> None:
    with pytest.raises(TypeError, match=r"indexed by position, not by 'country'; convert it with to_pandas\(\)"):
        nm.markets(2021)["country"]  # type: ignore[call-overload]


@pytest.mark.parametrize("name", ["Alibaba", "Ali Baba", "ali-baba group"])
def test_the_name_of_an_operator_leads_to_its_markets(name: str) -> None:
    with pytest.raises(nm.UnknownValue, match=r"Alibaba Group is the operator of 'AliExpress' and 'Taobao'$"):
        nm.market(name)


@pytest.mark.parametrize(("value", "hint"), [(["https://vk.com"], "; for several URLs use screen\\(\\)"), (None, "")])
def test_a_lookup_takes_one_url(value: Any, hint: str) -> None:
    with pytest.raises(TypeError, match=f"^url must be a str, not {type(value).__name__}{hint}$"):
        nm.lookup(value)


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda error: pickle.loads(pickle.dumps(error))])
def test_exceptions_can_be_copied_and_pickled(copied: Callable[[Exception], Exception]) -> None:
    errors = [
        nm.UnknownValue("kind", "onlin", ["online", "physical"]),
        nm.UnknownValue("market", "x", ["AliExpress"], listed=False),
        nm.AmbiguousMarket("Putlocker", ["putlocker-cyberlocker", "putlocker-streaming"]),
        nm.MissingExtra("polars", "polars"),
    ]
    for error in errors:
        again = copied(error)
        assert type(again) is type(error)
        assert (str(again), vars(again)) == (str(error), vars(error))


def test_the_docstring_of_statistics_lists_the_metrics() -> None:
    sentence = re.search(r"The metrics are (.*?)\.\s", str(nm.statistics.__doc__), re.DOTALL)
    assert sentence is not None
    assert re.findall(r"`(\w+)`", sentence[1]) == sorted({row.metric for row in nm.statistics()})
