"""Screening: which addresses of a whole column are on the list, at the speed of a crawl.

There are two stages. A prefilter scans the raw bytes of the column. It may produce false candidates but never misses a
match: every address that is not plain is a candidate, and so is every plain one that ends like a listed domain. Then
`matching` reads the host of each candidate and decides.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal, Unpack, cast, overload

from .._filters import day, several
from .results import RESULT_COLUMNS, Result
from .screener import Options, Screener

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow

    from .._columns import TextColumn
    from ..vocabularies import Basis, Day, Grade, Kind, Role, Years
    from .screener import Pandas, Polars, Screened, Stream

__all__ = ["RESULT_COLUMNS", "Result", "Screener", "screen"]


class _Options(Options, total=False):
    year: Years | None
    as_of: Day | None
    kind: Kind | Iterable[Kind] | None
    grade: Grade | Iterable[Grade] | None
    role: Role | Iterable[Role] | None
    basis: Basis | Iterable[Basis] | None


@overload
def screen(urls: Polars, *, result: Literal["rows", "hits"] = ..., **options: Unpack[_Options]) -> polars.DataFrame: ...  # type: ignore[overload-overlap]
@overload
def screen(urls: Polars, *, result: Literal["mask"], **options: Unpack[_Options]) -> polars.Series: ...  # type: ignore[overload-overlap]
@overload
def screen(urls: Pandas, *, result: Literal["rows", "hits"] = ..., **options: Unpack[_Options]) -> pandas.DataFrame: ...  # type: ignore[overload-overlap]
@overload
def screen(urls: Pandas, *, result: Literal["mask"], **options: Unpack[_Options]) -> pandas.Series[bool]: ...  # type: ignore[overload-overlap]
@overload
def screen(urls: Stream, *, result: Result = ..., **options: Unpack[_Options]) -> pyarrow.RecordBatchReader: ...
@overload
def screen(urls: TextColumn, *, result: Literal["rows", "hits"] = ..., **options: Unpack[_Options]) -> pyarrow.Table: ...
@overload
def screen(urls: TextColumn, *, result: Literal["mask"], **options: Unpack[_Options]) -> pyarrow.ChunkedArray[Any]: ...
def screen(
    urls: Pandas | Polars | Stream | TextColumn,
    *,
    column: str | None = None,
    result: Result = "rows",
    threads: int = 1,
    refang: bool = False,
    year: Years | None = None,
    as_of: Day | None = None,
    kind: Kind | Iterable[Kind] | None = None,
    grade: Grade | Iterable[Grade] | None = None,
    role: Role | Iterable[Role] | None = None,
    basis: Basis | Iterable[Basis] | None = None,
) -> Screened:
    """Find out which of many addresses are on the list.

    By default, only the domains that markets hold today count. The compiled list is reused by later calls with the same
    conditions. The result and the errors are those of `Screener.screen`.

    Args:
        urls: URLs or hosts. See `Screener.screen`.
        column: Name of the column of addresses in a table. See `Screener.screen`.
        result: What to return: `"rows"`, `"hits"` or `"mask"`. See `Screener.screen`.
        threads: How many batches are screened at the same time.
        refang: Whether to read defanged addresses. See `lookup`.
        year: Only the markets that these editions list. See `markets` for the first four conditions.
        as_of: Only the markets that the edition in force on this day lists. See `Screener` for the domains that count.
        kind: Only markets of this kind.
        grade: Only the markets that have a listing of one of these grades.
        role: Only domains with one of these roles. See `Screener`.
        basis: Only domains with this basis. See `Screener`.

    >>> import notorious_markets as nm
    >>> nm.screen(["https://example.org/", "https://ja.aliexpress.com/item/1"]).to_pylist()[1]
    {'matched_domain': 'aliexpress.com', 'market_id': 'aliexpress', 'first_listed': 2021, 'last_listed': 2022}
    """
    # Values that are equal but have another type, such as 2021.0, must not find the screener of an earlier call.
    screener = _screener(
        year=None if year is None else tuple(several("year", cast("Any", year), int)),
        as_of=None if as_of is None else day("as_of", as_of),
        kind=None if kind is None else tuple(several("kind", kind, str)),
        grade=None if grade is None else tuple(several("grade", grade, str)),
        role=None if role is None else tuple(several("role", role, str)),
        basis=None if basis is None else tuple(several("basis", basis, str)),
    )
    # Type checkers do not try every combination of the types.
    addresses: Any = urls
    screened: Screened = screener.screen(addresses, column=column, result=result, threads=threads, refang=refang)
    return screened


@lru_cache(maxsize=16)
def _screener(**conditions: Any) -> Screener:
    return Screener(**conditions)
