"""Polars: screening as expressions, for data frames and lazy frames, including the streaming engine.

>>> import polars as pl
>>> from notorious_markets.polars import matched_domain
>>> crawl = pl.LazyFrame({"url": ["https://ja.aliexpress.com/item/1", "https://example.org/", None]})
>>> crawl.filter(matched_domain("url").is_not_null()).collect().height
1
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from .errors import library
from .screening import RESULT_COLUMNS, Screener

if TYPE_CHECKING:
    from collections.abc import Callable

    import polars as pl


def matched_domain(urls: pl.Expr | str, screener: Screener | None = None) -> pl.Expr:
    """Return an expression for the domain on the list to which each URL or host belongs.

    Args:
        urls: An expression, or the name of a column, of type `String`, `Categorical` or `Binary`.
        screener: The list to screen against. By default, the domains that markets of any edition hold; see `Screener`.

    Returns:
        An elementwise expression of type `String` with the name of its input. It is null if the address is null or not
        on the list.

    Raises:
        MissingExtra: polars is not installed.
    """
    return _expression(urls, screener, _domains, library("polars", "polars").String)


def screen(urls: pl.Expr | str, screener: Screener | None = None) -> pl.Expr:
    """Return an expression for the four result columns of `notorious_markets.screen` for each URL or host.

    Args:
        urls: An expression, or the name of a column, of type `String`, `Categorical` or `Binary`.
        screener: The list to screen against. By default, the domains that markets of any edition hold; see `Screener`.

    Returns:
        An elementwise expression of type `Struct` with the name of its input. Its fields are `matched_domain` and
        `market_id` (`String`) and `first_listed` and `last_listed` (`Int16`). It is null if the address is null or not
        on the list.

    Raises:
        MissingExtra: polars is not installed.

    >>> import polars as pl
    >>> pl.select(screen(pl.lit("https://ja.aliexpress.com/item/1")).alias("found")).unnest("found").row(0)
    ('aliexpress.com', 'aliexpress', 2021, 2022)
    """
    pl = library("polars", "polars")
    types = dict(zip(RESULT_COLUMNS, (pl.String, pl.String, pl.Int16, pl.Int16), strict=True))
    return _expression(urls, screener, _structs, pl.Struct(types))


def _expression(
    urls: pl.Expr | str, screener: Screener | None, answer: Callable[[Screener, pl.Series], pl.Series], type_: Any
) -> pl.Expr:
    column = library("polars", "polars").col(urls) if isinstance(urls, str) else urls
    expression: pl.Expr = column.map_batches(partial(answer, screener or Screener()), return_dtype=type_, is_elementwise=True)
    return expression


def _domains(screener: Screener, urls: pl.Series) -> pl.Series:
    return _series(screener.screen(urls.to_arrow()).column("matched_domain"), urls.name)


def _structs(screener: Screener, urls: pl.Series) -> pl.Series:
    import pyarrow as pa

    found = screener.screen(urls.to_arrow())
    structs: Any = [
        pa.StructArray.from_arrays(batch.columns, fields=list(found.schema), mask=batch.column(0).is_null())
        for batch in found.to_batches()
    ]
    type_: Any = pa.struct(list(found.schema))
    return _series(pa.chunked_array(structs, type_), urls.name)


def _series(values: Any, name: str) -> pl.Series:
    series: pl.Series = library("polars", "polars").Series(name, values)
    return series
