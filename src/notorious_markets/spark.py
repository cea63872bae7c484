"""Spark: screening data frames on a cluster.

The list of domains is sent to the workers with the function. They need nothing else but this package.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import TYPE_CHECKING, Any, Literal, get_args

from ._columns import ROWS_AT_ONCE
from ._filters import one_of
from .errors import UnknownValue, library
from .screening import RESULT_COLUMNS, Screener

if TYPE_CHECKING:
    import pyarrow
    from pyspark.sql import DataFrame
    from pyspark.sql.types import StructType

    Batches = Iterator[pyarrow.RecordBatch]

Result = Literal["rows", "hits"]


def screen(frame: DataFrame, column: str = "url", *, result: Result = "rows", screener: Screener | None = None) -> DataFrame:
    """Screen a data frame, lazily.

    Every column of the frame is passed through Python, so select the columns you need first.

    Args:
        frame: A data frame with a column of URLs or hosts.
        column: Name of that column. Its type is string or binary.
        result: `"rows"` for every row, `"hits"` for only the rows on the list.
        screener: The list to screen against. By default, the domains that markets of any edition hold; see `Screener`.

    Returns:
        The columns of the frame, then `matched_domain` and `market_id` (string) and `first_listed` and `last_listed`
        (short). These four are null if the address is not on the list.

    Raises:
        UnknownValue: The frame has no such column of text, or `result` is not one of the two.
        ValueError: The frame already has a column with the name of a result column.
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
    """Return the function that `screen` passes to `DataFrame.mapInArrow`, with the schema that `schema` returns.

    The function takes and yields Arrow record batches. It does not depend on Spark.

    Raises:
        UnknownValue: `result` is not one of the two. The function raises it if the batches have no such column.

    >>> import pyarrow as pa, notorious_markets as nm
    >>> from notorious_markets.spark import screened
    >>> batches = nm.table("domains").select(["domain"]).to_batches()
    >>> sum(batch.num_rows for batch in screened(column="domain", result="hits")(iter(batches))) == len(nm.domains(role="own"))
    True
    """
    one_of("result", result, str, get_args(Result))
    compiled = screener or Screener()

    def function(batches: Batches) -> Batches:
        import pyarrow as pa

        first = next(batches, None)
        if first is not None:
            reader = pa.RecordBatchReader.from_batches(first.schema, _gathered(chain([first], batches)))
            yield from compiled.screen(reader, column=column, result=result)

    return function


def schema(columns: StructType) -> StructType:
    """Return the schema of a screened data frame: its columns, then the four result columns.

    Raises:
        ValueError: The data frame already has a column with the name of a result column.
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
    """Join the batches of Spark, which have 10,000 rows, because a search is set up once for each batch."""
    import pyarrow as pa

    gathered: list[pyarrow.RecordBatch] = []
    rows = 0
    for batch in batches:
        if gathered and rows + batch.num_rows > ROWS_AT_ONCE:
            yield from pa.Table.from_batches(gathered).combine_chunks().to_batches()
            gathered.clear()
            rows = 0
        gathered.append(batch)
        rows += batch.num_rows
    if gathered:
        yield from pa.Table.from_batches(gathered).combine_chunks().to_batches()
