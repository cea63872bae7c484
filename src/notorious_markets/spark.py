"""Spark: screening data frames on a cluster.

The workers need this package, and nothing else of the driver: the list travels with the function.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import TYPE_CHECKING, Any, Literal, get_args

from .errors import UnknownValue, library
from .screening import RESULT_COLUMNS, Screener

if TYPE_CHECKING:
    import pyarrow
    from pyspark.sql import DataFrame
    from pyspark.sql.types import StructType

    Batches = Iterator[pyarrow.RecordBatch]

Result = Literal["rows", "hits"]

# Spark sends 10,000 rows at a time; a search is set up once for each batch, so fewer and larger ones are faster.
_ROWS_AT_ONCE = 1 << 16


def screen(frame: DataFrame, column: str = "url", *, result: Result = "rows", screener: Screener | None = None) -> DataFrame:
    """A data frame screened, lazily, as Spark computes it.

    Every column of the frame goes through Python, so select first what is needed.

    Args:
        frame: A data frame with a column of URLs or hosts.
        column: The name of that column; its type is string or binary.
        result: `"rows"`: every row, `"hits"`: only the rows that are on the list.
        screener: What counts as listed; without it every domain of every edition.

    Returns:
        The columns of the frame, then `listed_domain` and `market_id` (string) and `first_listed` and `last_listed`
        (short), null where the address is not on the list.

    Raises:
        UnknownValue: The frame has no such column of text, or `result` is none of the two.
        ValueError: The frame already has a column with the name of a result.
        MissingExtra: pyspark is not installed.

    Example::

        from notorious_markets.spark import screen

        screen(spark.read.parquet("crawl/").select("url"), result="hits").write.parquet("hits/")
    """
    output = schema(frame.schema)
    types = _types()
    text = [field.name for field in frame.schema if isinstance(field.dataType, (types.StringType, types.BinaryType))]
    if column not in text:
        raise UnknownValue("column", column, text)
    return frame.mapInArrow(screened(screener, column=column, result=result), output)


def screened(screener: Screener | None = None, *, column: str = "url", result: Result = "rows") -> Callable[[Batches], Batches]:
    """The function for `DataFrame.mapInArrow` that `screen` uses; `schema` gives the schema that goes with it.

    It takes and gives record batches and knows nothing of Spark, so that it serves wherever batches pass by.

    Raises:
        UnknownValue: `result` is none of the two; when it runs, the batches have no such column.

    >>> import pyarrow as pa, notorious_markets as nm
    >>> from notorious_markets.spark import screened
    >>> batches = nm.table("domains").select(["domain"]).to_batches()
    >>> sum(batch.num_rows for batch in screened(column="domain", result="hits")(iter(batches))) == len(nm.table("domains"))
    True
    """
    if result not in get_args(Result):
        raise UnknownValue("result", result, get_args(Result))
    compiled = screener or Screener()

    def function(batches: Batches) -> Batches:
        import pyarrow as pa

        first = next(batches, None)
        if first is not None:
            reader = pa.RecordBatchReader.from_batches(first.schema, _gathered(chain([first], batches)))
            yield from compiled.screen(reader, column=column, result=result)

    return function


def schema(columns: StructType) -> StructType:
    """The schema of a screened data frame: the columns that it had, then the four of the result.

    Raises:
        ValueError: One of the columns has the name of a result.
        MissingExtra: pyspark is not installed.
    """
    types = _types()
    if taken := [name for name in RESULT_COLUMNS if name in columns.names]:
        raise ValueError(f"the data frame already has a column {taken[0]!r}; rename it before screening")
    added = zip(RESULT_COLUMNS, (types.StringType, types.StringType, types.ShortType, types.ShortType), strict=True)
    extended: StructType = types.StructType([*columns.fields, *(types.StructField(name, type_()) for name, type_ in added)])
    return extended


def _types() -> Any:
    library("pyspark", "spark")
    from pyspark.sql import types

    return types


def _gathered(batches: Iterable[pyarrow.RecordBatch]) -> Batches:
    """The same rows in batches of `_ROWS_AT_ONCE` rows or more, but for the last."""
    import pyarrow as pa

    held: list[pyarrow.RecordBatch] = []
    rows = 0
    for batch in batches:
        held.append(batch)
        rows += batch.num_rows
        if rows >= _ROWS_AT_ONCE:
            yield from pa.Table.from_batches(held).combine_chunks().to_batches()
            held.clear()
            rows = 0
    if held:
        yield from pa.Table.from_batches(held).combine_chunks().to_batches()
