"""The built tables and their rows, read from the package once, when a query first needs them."""

from __future__ import annotations

import os
import threading
from bisect import bisect_right
from collections.abc import Callable, Hashable, Iterable
from datetime import date
from functools import partial
from itertools import product
from typing import TYPE_CHECKING, Any, Literal, TypeVar, cast, get_args, get_origin, get_type_hints

from ._packaged import check_version, path_of, read_binary
from .errors import DamagedInstallation, UnknownValue
from .models import (
    Alias,
    Citation,
    Coverage,
    Development,
    Domain,
    Edition,
    Listing,
    Market,
    Operator,
    Place,
    Relation,
    Source,
    Statistic,
    Unchanged,
)
from .records import Origin, Records

if TYPE_CHECKING:
    import pyarrow

T = TypeVar("T")

TABLES: dict[type, str] = {
    Edition: "editions",
    Market: "markets",
    Listing: "listings",
    Alias: "aliases",
    Domain: "domains",
    Operator: "operators",
    Place: "places",
    Relation: "relations",
    Unchanged: "unchanged",
    Citation: "citations",
    Source: "sources",
    Statistic: "statistics",
    Development: "developments",
    Coverage: "coverage",
}

# The key of the description of a column in the metadata of a file begins with this text.
COLUMN = "column "


class Dataset:
    """All tables of the package. Each table is read once, when it is first needed.

    A process has a single dataset, `DATASET`. A copy or an unpickled dataset is that object.
    """

    def __init__(self) -> None:
        self._cache: dict[Hashable, Any] = {}
        self._renew_lock()

    def _renew_lock(self) -> None:
        self._lock = threading.RLock()

    def __reduce__(self) -> str:
        return "DATASET"

    def _once(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return the value for a key. Call `make` for it only once, even if several threads ask at the same time.

        The lock is reentrant because `make` may call this method. A value that exists is returned without the lock.
        """
        if key not in self._cache:
            with self._lock:
                # Another thread may have made the value while this one waited for the lock.
                if key not in self._cache:
                    self._cache[key] = make()
        value: T = self._cache[key]
        return value

    def table(self, name: str) -> pyarrow.Table:
        """Return the built table with this name."""
        return self._once(("table", name), partial(_read, name))

    def rows(self, model: type[T]) -> Records[T]:
        """Return the rows of a table as objects, in the order of their keys."""

        def make() -> Records[T]:
            construct = cast("Callable[..., T]", model)
            table = self.table(TABLES[model])
            # A table of another version would give its values to the wrong attributes.
            if tuple(table.column_names) != model.__match_args__:  # type: ignore[attr-defined]
                raise DamagedInstallation(path_of("models.py"), f"belongs to another version than the table {TABLES[model]}")
            # Building the rows column by column is faster than building a dictionary for each row.
            columns = [_values(column) for column in table.columns]
            rows = tuple(construct(*values) for values in zip(*columns, strict=True))
            parts = (partial(self.table, TABLES[model]), partial(self.rows, model), partial(self.vocabularies, model))
            return Records(rows, Origin(TABLES[model], *parts))

        return self._once(("rows", model), make)

    def vocabularies(self, model: type) -> dict[str, tuple[str, ...]]:
        """Return the possible values of each text column that has a fixed set of them."""

        def make() -> dict[str, tuple[str, ...]]:
            rows: Records[Any] = self.rows(model)
            found: dict[str, tuple[str, ...]] = {}
            for name, type_ in get_type_hints(model).items():
                if name in ("country", "hosting_country"):
                    found[name] = tuple(sorted({getattr(row, name) for row in rows} - {None}))
                for literal in (type_, *get_args(type_)):
                    if get_origin(literal) is Literal and get_origin(type_) is not tuple:
                        found[name] = get_args(literal)
            return found

        return self._once(("vocabularies", model), make)

    def get(self, model: type[T], key: object) -> T:
        """Return the row with a key. The first column of the table must be its only key column.

        Raises:
            KeyError: No row has the key.
        """

        def make() -> dict[Any, T]:
            rows: Records[Any] = self.rows(model)
            column = model.__match_args__[0]  # type: ignore[attr-defined]
            return {getattr(row, column): row for row in rows}

        return self._once(("by key", model), make)[key]

    def select(self, model: type[T], keys: Iterable[object]) -> Records[T]:
        """Return the rows with these keys, in the order of the keys."""
        return self.rows(model).with_rows(self.get(model, key) for key in keys)

    def where(self, model: type[T], **values: object) -> Records[T]:
        """Return the rows whose attributes equal these values. An attribute that is a tuple must contain the value."""
        names = tuple(values)

        def make() -> dict[tuple[object, ...], Records[T]]:
            groups: dict[tuple[object, ...], list[T]] = {}
            for row in rows:
                options = [value if isinstance(value := getattr(row, name), tuple) else (value,) for name in names]
                for key in product(*options):
                    groups.setdefault(key, []).append(row)
            return {key: rows.with_rows(group) for key, group in groups.items()}

        rows = self.rows(model)
        found = self._once(("where", model, names), make).get(tuple(values.values()))
        return rows.with_rows(()) if found is None else found

    def edition_in_force(self, day: date) -> Edition:
        """Return the newest edition that was released on a day or before it.

        Raises:
            UnknownValue: The day is before the release of the first edition.
        """
        editions = self.rows(Edition)
        position = bisect_right([row.released for row in editions], day)
        if position == 0:
            hint = f"the first edition was released on {editions[0].released}"
            raise UnknownValue("as_of", day.isoformat(), (), hint=hint)
        return editions[position - 1]


def _values(column: pyarrow.ChunkedArray[Any]) -> list[Any]:
    values: list[Any] = column.to_pylist()
    return [tuple(value) for value in values] if values and isinstance(values[0], list) else values


def _read(name: str) -> pyarrow.Table:
    from pyarrow import BufferReader

    file = f"data/{name}.parquet"
    source = BufferReader(read_binary(file))
    table: pyarrow.Table
    try:
        # The reader inside pyarrow.parquet. The public module imports file systems, which takes longer than reading.
        from pyarrow._parquet import ParquetReader

        reader: Any = ParquetReader()
        reader.open(source)
        table = reader.read_all(use_threads=False)
    except (AttributeError, ImportError, TypeError):
        # Another version of pyarrow. read_table would import pyarrow.dataset, which imports pandas if it is installed.
        from pyarrow.parquet import ParquetFile

        table = ParquetFile(source).read(use_threads=False)
    check_version(file, table.schema.metadata[b"data_version"].decode())
    return _described(table)


def _described(table: pyarrow.Table) -> pyarrow.Table:
    """Return a table with the descriptions of its columns in the metadata of the columns.

    The file has them in its own metadata, which every reader of Parquet shows.
    """
    import pyarrow as pa

    metadata = table.schema.metadata or {}
    columns = [field.with_metadata({"description": metadata[f"{COLUMN}{field.name}".encode()]}) for field in table.schema]
    others: Any = {key: value for key, value in metadata.items() if not key.startswith(COLUMN.encode())}
    return pa.Table.from_arrays(table.columns, schema=pa.schema(columns, others))


DATASET = Dataset()

# A process that is forked while a thread reads a table would wait for that thread, which it does not have.
if hasattr(os, "register_at_fork"):
    # A fork waits until no thread reads a table. A thread could be importing pyarrow, which Python would never finish in the
    # forked process, so that every later import of pyarrow there would wait forever.
    os.register_at_fork(
        before=lambda: DATASET._lock.acquire(),
        after_in_parent=lambda: DATASET._lock.release(),
        after_in_child=DATASET._renew_lock,
    )
