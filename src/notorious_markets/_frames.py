"""Data frames and series of pandas and polars: the column of text in them, and answers in the same kind of frame."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Protocol

from ._arrays import pandas_of
from ._columns import choose_column, is_text_type, text_array

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow


class Frame(Protocol):
    """A data frame or series with a column of text.

    Attributes:
        text: The column of text, as an Arrow array or chunked array.
        names: The names of the columns of a data frame; empty for a series.
    """

    text: Any
    names: list[Any]

    def mask(self, name: str, values: pyarrow.ChunkedArray[Any]) -> pandas.Series[bool] | polars.Series:
        """Return booleans for all rows as a series."""
        ...

    def rows(self, columns: pyarrow.Table) -> pandas.DataFrame | polars.DataFrame:
        """Return a data frame with the columns of the frame, if it is one, and further columns for all rows."""
        ...

    def some_rows(
        self, positions: pyarrow.ChunkedArray[Any], name: str, columns: pyarrow.Table
    ) -> pandas.DataFrame | polars.DataFrame:
        """Return a data frame with some rows of the frame and further columns for them.

        Args:
            positions: The positions of the rows, which become a column `row` if the frame is a series.
            name: The name of the column of a series.
            columns: The further columns, with a row for each position.
        """
        ...


def frame_of(argument: str, value: object, column: str | None = None) -> Frame | None:
    """Return a data frame, series or index of pandas or polars as a `Frame`, and `None` for anything else.

    Args:
        argument: The name of the argument, for error messages.
        value: The value of the argument.
        column: The name of the column of text in a data frame. It is required unless the column is named `url` or is the
            only one with text.

    Raises:
        TypeError: The column or the series is not text, or the frame is a lazy one.
        UnknownValue: The data frame does not have the column.
        ValueError: The data frame has several columns with this name.
    """
    # A frame can only come from a module that is loaded already.
    pd: Any = sys.modules.get("pandas")
    if hasattr(pd, "DataFrame") and isinstance(value, (pd.DataFrame, pd.Series, pd.Index)):
        return _PandasFrame(argument, value, column)
    pl: Any = sys.modules.get("polars")
    if hasattr(pl, "LazyFrame") and isinstance(value, (pl.LazyFrame, pl.Expr)):
        remedy = "call .collect() first, or use" if isinstance(value, pl.LazyFrame) else "use"
        raise TypeError(
            f"{argument} must be a data frame or column, not a polars {type(value).__name__}; "
            f"{remedy} the expressions in notorious_markets.polars"
        )
    if hasattr(pl, "DataFrame") and isinstance(value, (pl.DataFrame, pl.Series)):
        return _PolarsFrame(argument, value, column)
    return None


class _PandasFrame:
    def __init__(self, argument: str, value: Any, column: str | None) -> None:
        self._pd: Any = sys.modules["pandas"]
        self._value = self._pd.Series(value) if isinstance(value, self._pd.Index) else value
        self.names: list[Any] = []
        series = self._value
        if isinstance(value, self._pd.DataFrame):
            if value.columns.nlevels > 1:
                raise TypeError(f"the columns of {argument} must have one level of names, not {value.columns.nlevels}")
            self.names = list(value.columns)
            position = choose_column(argument, self.names, self._is_text, value.dtypes.iloc.__getitem__, column)
            argument, series = f"{argument}[{self.names[position]!r}]", value.iloc[:, position]
        self.text = self._arrow(argument, series)

    def _is_text(self, position: int) -> bool:
        """Return whether a column is text, without converting it."""
        series = self._value.iloc[:, position]
        if isinstance(series.dtype, self._pd.CategoricalDtype):
            series = self._pd.Series(series.cat.categories)
        if isinstance(series.dtype, self._pd.ArrowDtype):
            return is_text_type(series.dtype.pyarrow_dtype)
        return self._pd.api.types.infer_dtype(series, skipna=True) in ("string", "bytes", "empty")

    def _arrow(self, argument: str, series: Any) -> Any:
        import pyarrow as pa

        arrow: Any = pa
        try:
            array = arrow.array(series, from_pandas=True)
        except (pa.ArrowInvalid, pa.ArrowTypeError, UnicodeEncodeError):
            # Some value is not text, or has a lone surrogate.
            return text_array(argument, series.tolist())
        if not is_text_type(array.type):
            raise TypeError(f"{argument} must be text or bytes, not {array.type}")
        return array

    def mask(self, name: str, values: pyarrow.ChunkedArray[Any]) -> pandas.Series[bool]:
        series: pandas.Series[bool] = self._pd.Series(values.to_numpy(), index=self._value.index, name=name, dtype=bool)
        return series

    def rows(self, columns: pyarrow.Table) -> pandas.DataFrame:
        return self._joined(self._value if self.names else self._pd.DataFrame(index=self._value.index), columns)

    def some_rows(self, positions: pyarrow.ChunkedArray[Any], name: str, columns: pyarrow.Table) -> pandas.DataFrame:
        rows = positions.to_numpy()
        taken = self._value.iloc[rows]
        if not self.names:
            taken = taken.to_frame(name)
            taken.insert(0, "row", rows)
        return self._joined(taken, columns)

    def _joined(self, frame: Any, columns: pyarrow.Table) -> pandas.DataFrame:
        added = pandas_of(columns)
        joined: pandas.DataFrame = frame.assign(**{name: added[name].array for name in added.columns})
        return joined


class _PolarsFrame:
    def __init__(self, argument: str, value: Any, column: str | None) -> None:
        self._pl: Any = sys.modules["polars"]
        self._value = value
        self.names: list[Any] = []
        series = value
        if isinstance(value, self._pl.DataFrame):
            self.names, types = list(value.columns), value.dtypes
            position = choose_column(argument, self.names, lambda place: self._is_text(types[place]), types.__getitem__, column)
            argument, series = f"{argument}[{self.names[position]!r}]", value.to_series(position)
        if not self._is_text(series.dtype):
            raise TypeError(f"{argument} must be text or bytes, not {series.dtype}")
        self.text = series.to_arrow()

    def _is_text(self, type_: Any) -> bool:
        pl = self._pl
        return any(type_ == text for text in (pl.String, pl.Binary, pl.Categorical, pl.Enum, pl.Null))

    def mask(self, name: str, values: pyarrow.ChunkedArray[Any]) -> polars.Series:
        series: polars.Series = self._pl.Series(name, values, self._pl.Boolean)
        return series

    def rows(self, columns: pyarrow.Table) -> polars.DataFrame:
        added: polars.DataFrame = self._pl.DataFrame(columns)
        return self._value.with_columns(added.get_columns()) if self.names else added

    def some_rows(self, positions: pyarrow.ChunkedArray[Any], name: str, columns: pyarrow.Table) -> polars.DataFrame:
        rows = self._pl.Series("row", positions, self._pl.Int64)
        taken = self._value[rows] if self.names else self._pl.DataFrame([rows, self._value.gather(rows).alias(name)])
        joined: polars.DataFrame = taken.with_columns(self._pl.DataFrame(columns).get_columns())
        return joined
