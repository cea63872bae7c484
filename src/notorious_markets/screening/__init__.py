"""Screening: which addresses of a whole column are on the list, at the speed of a crawl.

There are two stages. A prefilter scans the raw bytes of the column. It may produce false candidates but never misses a
match: every address that is not plain is a candidate, and so is every plain one that ends like a listed domain. Then
`matching` reads the host of each candidate and decides.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal, TypeVar, overload

from .screener import RESULT_COLUMNS, Result, Screener

if TYPE_CHECKING:
    from datetime import date

    import pyarrow

    from .._columns import TextColumn
    from ..vocabularies import Basis, Grade, Kind, Role

__all__ = ["RESULT_COLUMNS", "Result", "Screener", "screen"]

T = TypeVar("T")


@overload
def screen(
    urls: pyarrow.RecordBatchReader,
    *,
    column: str | None = None,
    result: Result = "rows",
    threads: int = 1,
    year: int | Iterable[int] | None = None,
    as_of: date | str | None = None,
    kind: Kind | Iterable[Kind] | None = None,
    grade: Grade | Iterable[Grade] | None = None,
    role: Role | Iterable[Role] | None = None,
    basis: Basis | Iterable[Basis] | None = None,
) -> pyarrow.RecordBatchReader: ...
@overload
def screen(
    urls: TextColumn,
    *,
    column: str | None = None,
    result: Literal["rows", "hits"] = "rows",
    threads: int = 1,
    year: int | Iterable[int] | None = None,
    as_of: date | str | None = None,
    kind: Kind | Iterable[Kind] | None = None,
    grade: Grade | Iterable[Grade] | None = None,
    role: Role | Iterable[Role] | None = None,
    basis: Basis | Iterable[Basis] | None = None,
) -> pyarrow.Table: ...
@overload
def screen(
    urls: TextColumn,
    *,
    column: str | None = None,
    result: Literal["mask"],
    threads: int = 1,
    year: int | Iterable[int] | None = None,
    as_of: date | str | None = None,
    kind: Kind | Iterable[Kind] | None = None,
    grade: Grade | Iterable[Grade] | None = None,
    role: Role | Iterable[Role] | None = None,
    basis: Basis | Iterable[Basis] | None = None,
) -> pyarrow.ChunkedArray[Any]: ...
def screen(
    urls: TextColumn,
    *,
    column: str | None = None,
    result: Result = "rows",
    threads: int = 1,
    year: int | Iterable[int] | None = None,
    as_of: date | str | None = None,
    kind: Kind | Iterable[Kind] | None = None,
    grade: Grade | Iterable[Grade] | None = None,
    role: Role | Iterable[Role] | None = None,
    basis: Basis | Iterable[Basis] | None = None,
) -> pyarrow.Table | pyarrow.ChunkedArray[Any] | pyarrow.RecordBatchReader:
    """Find out which of many addresses are on the list.

    The first four arguments, the result and the errors are described at `Screener.screen`, the other arguments at `Screener`.
    By default, only the domains that markets hold today count. The compiled list is reused by later calls with the same
    conditions.

    >>> import notorious_markets as nm
    >>> nm.screen(["https://example.org/", "https://ja.aliexpress.com/item/1"]).to_pylist()[1]
    {'listed_domain': 'aliexpress.com', 'market_id': 'aliexpress', 'first_listed': 2021, 'last_listed': 2022}
    """
    screener = _screener(
        year=_hashable(year),
        as_of=as_of,
        kind=_hashable(kind),
        grade=_hashable(grade),
        role=_hashable(role),
        basis=_hashable(basis),
    )
    return screener.screen(urls, column=column, result=result, threads=threads)


@lru_cache(maxsize=16)
def _screener(**conditions: Any) -> Screener:
    return Screener(**conditions)


def _hashable(condition: T | Iterable[T] | None) -> T | tuple[T, ...] | str | None:
    return tuple(condition) if isinstance(condition, Iterable) and not isinstance(condition, str) else condition
