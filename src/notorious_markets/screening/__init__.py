"""Whole columns of addresses: which rows are on the list, at the speed of a crawl.

Two stages. A prefilter goes over the bytes of the column and may let through too much, never too little: it passes every
address that is not plain, and every plain one that ends like a listed domain. The host of a plain address is what stands
there; that of any other is what `matching` reads.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal, TypeVar, get_args, overload

from .._arrays import array_of
from .._columns import TextColumn, TextInput, as_bytes, without_runs
from ..errors import NothingToScreen, UnknownValue
from ..matching import NOT_LISTED, Match, domain_above, host_of, match, plain_host
from ..query import domains_of, markets
from .prefilter import Engine, finder

if TYPE_CHECKING:
    from datetime import date

    import pyarrow

    from ..matching import Entry
    from ..vocabularies import Grade, Kind

    Column = pyarrow.Array[Any]

T = TypeVar("T")
R = TypeVar("R")

Result = Literal["rows", "hits", "mask"]

RESULT_COLUMNS = ("listed_domain", "market_id", "first_listed", "last_listed")
_NO_DOMAIN = frozenset("/\\:@?#[")


class Screener:
    """A compiled list of domains that screens addresses; without conditions, every domain of every edition.

    Compiling takes a moment, so keep a screener that is used often. It is immutable, may be used by several threads at
    once, and pickles into a small list, so that it can be sent to workers.

    Args:
        year: Only markets that these editions list, see `markets`.
        as_of: Only markets that the edition in force on this day lists.
        kind: Only markets of this kind; physical markets have no domains.
        grade: Only listings of these grades count.
        extra_domains: Domains of your own, in any spelling; a match of one has no market.
        engine: How candidates are found; all give the same answer. `"pattern"` is one regular expression in pyarrow, the
            best for short lists, up to some 1,000 domains. `"labels"` looks up the last labels of each host in pyarrow,
            as fast for 100,000 domains as for a thousand. `"compiled"` (extra `fast`) is several times as fast as that,
            after a second or two to compile. `"auto"` takes the best of those that are there.

    Raises:
        UnknownValue: A condition that no listing can meet, or an unknown engine.
        NothingToScreen: No domain meets the conditions.
        ValueError: An extra domain is no domain name.
        MissingExtra: The engine is `"compiled"` and numba is not installed.

    >>> import notorious_markets as nm
    >>> screener = nm.Screener(year=2021, extra_domains=["shop.example"])
    >>> screener.screen(["https://shop.example/1", "https://kat.ph/", "HTTP://M.Taobao.com"], result="mask").to_pylist()
    [True, False, True]
    """

    def __init__(
        self,
        *,
        year: int | Iterable[int] | None = None,
        as_of: date | str | None = None,
        kind: Kind | Iterable[Kind] | None = None,
        grade: Grade | Iterable[Grade] | None = None,
        extra_domains: Iterable[str] = (),
        engine: Engine = "auto",
    ) -> None:
        chosen = markets(year=year, as_of=as_of, kind=kind, grade=grade)
        entries: dict[str, Entry] = {row.domain: (row.market_id, row.market.years, row.source_ids) for row in domains_of(chosen)}
        for domain in extra_domains:
            entries.setdefault(_canonical(domain), (None, (), ()))
        if not entries:
            raise NothingToScreen("no listing that meets the conditions has a domain")
        if engine not in get_args(Engine):
            raise UnknownValue("engine", engine, get_args(Engine))
        self._set(entries, engine)

    def _set(self, entries: dict[str, Entry], engine: Engine) -> None:
        self._entries = entries
        self._engine: Engine = engine
        self._numbers = {domain: number for number, domain in enumerate(entries)}
        self._find = finder(engine, list(entries))
        self._columns = [
            array_of("string", entries),
            array_of("string", [market_id for market_id, _, _ in entries.values()]),
            array_of("int16", [min(years, default=None) for _, years, _ in entries.values()]),
            array_of("int16", [max(years, default=None) for _, years, _ in entries.values()]),
        ]

    def __getstate__(self) -> tuple[dict[str, Entry], Engine]:
        return self._entries, self._engine

    def __setstate__(self, state: tuple[dict[str, Entry], Engine]) -> None:
        self._set(*state)

    def __repr__(self) -> str:
        return f"<Screener of {len(self._entries):,} domains, engine {self._engine!r}>"

    @property
    def domains(self) -> tuple[str, ...]:
        """The domains of the list, as lower-case A-labels."""
        return tuple(self._entries)

    def lookup(self, url_or_host: str) -> Match | None:
        """The domain of this list to which one address belongs, or `None`; see `notorious_markets.lookup`."""
        return match(url_or_host, self._entries)

    @overload
    def screen(
        self, urls: pyarrow.RecordBatchReader, *, column: str | None = None, result: Result = "rows", threads: int = 1
    ) -> pyarrow.RecordBatchReader: ...
    @overload
    def screen(
        self, urls: TextColumn, *, column: str | None = None, result: Literal["rows", "hits"] = "rows", threads: int = 1
    ) -> pyarrow.Table: ...
    @overload
    def screen(
        self, urls: TextColumn, *, column: str | None = None, result: Literal["mask"], threads: int = 1
    ) -> pyarrow.ChunkedArray[Any]: ...
    def screen(
        self,
        urls: TextColumn,
        *,
        column: str | None = None,
        result: Result = "rows",
        threads: int = 1,
    ) -> pyarrow.Table | pyarrow.ChunkedArray[Any] | pyarrow.RecordBatchReader:
        """Which of many addresses are on the list.

        Args:
            urls: URLs or hosts: a sequence of `str` and `None`, or anything that exports Arrow: an array, a chunked
                array, a series, a record batch, a table, a data frame, or a stream of record batches. Text may be of any
                string, binary or dictionary type. Bytes that are no UTF-8 are read as browsers do.
            column: Name of the column of addresses in a table or stream; needed unless it is called `url` or is the
                only column of text.
            result: `"rows"`: one row for each address, in order, with the columns `listed_domain` and `market_id`
                (text) and `first_listed` and `last_listed` (int16, review years of the market's first and last known
                listing), all null where the address is not on the list; a table or stream keeps its own columns before
                them. `"hits"`: only the rows that are on the list; for addresses without a table with their number
                (`row`) and the address (`url`). `"mask"`: one boolean for each address, never null.
            threads: Batches that are screened at the same time.

        Returns:
            For a `pyarrow.RecordBatchReader` another one, which screens batch by batch as it is read; its mask is a
            column `listed`. For everything else a `pyarrow.Table`, or for a mask a `pyarrow.ChunkedArray`.

        Raises:
            TypeError: `urls` is no column of text, or a single `str`.
            UnknownValue: The table has no such column, or `result` is none of the three.
            ValueError: The table already has a column with the name of a result.
        """
        if result not in get_args(Result):
            raise UnknownValue("result", result, get_args(Result))
        if isinstance(urls, (str, bytes)):
            raise TypeError("urls must be a column or sequence of URLs, not a single one; use lookup() for one URL")
        source = TextInput.of("urls", urls, column)
        reader = self._read(source, result, threads)
        if source.streams:
            return reader
        table = reader.read_all()
        return table.column("listed") if result == "mask" else table

    def _read(self, source: TextInput, result: Result, threads: int) -> pyarrow.RecordBatchReader:
        import pyarrow as pa
        from pyarrow.compute import indices_nonzero

        added = dict(zip(RESULT_COLUMNS, (pa.string(), pa.string(), pa.int16(), pa.int16()), strict=True))
        kept = list(source.schema) if source.is_table else []
        if result == "hits" and not source.is_table:
            kept = [pa.field("row", pa.int64(), nullable=False), source.schema.field(0)]
        if taken := added.keys() & {field.name for field in kept}:
            raise ValueError(f"the table already has a column {sorted(taken)[0]!r}; rename it before screening")
        if result == "mask":
            schema = pa.schema([pa.field("listed", pa.bool_(), nullable=False)])
        else:
            schema = pa.schema([*kept, *(pa.field(name, type_) for name, type_ in added.items())])
            schema = schema.with_metadata(source.schema.metadata)

        def batches() -> Iterator[pyarrow.RecordBatch]:
            before = 0
            coded = _in_order(lambda batch: (batch, self._codes(batch.column(source.position))), source.batches, threads)
            for batch, codes in coded:
                before += batch.num_rows
                if result == "mask":
                    columns = [codes.is_valid()]
                elif result == "rows":
                    columns = [*(batch.columns if source.is_table else []), *(values.take(codes) for values in self._columns)]
                else:
                    hits = codes.is_valid()
                    found, hit_codes = batch.filter(hits), codes.drop_null()
                    columns = [*found.columns, *(values.take(hit_codes) for values in self._columns)]
                    if not source.is_table:
                        first = before - batch.num_rows
                        columns.insert(0, array_of("int64", [first + row for row in indices_nonzero(hits).to_pylist()]))
                yield pa.RecordBatch.from_arrays(columns, schema=schema)

        return pa.RecordBatchReader.from_batches(schema, batches())

    def _codes(self, addresses: Any) -> Any:
        """The number of the listed domain of each address, null where there is none."""
        import pyarrow as pa
        import pyarrow.compute

        # The stubs of pyarrow know few of these functions.
        compute: Any = pyarrow.compute
        type_ = addresses.type
        if pa.types.is_dictionary(type_):
            return self._codes(addresses.dictionary).take(addresses.indices)
        if pa.types.is_run_end_encoded(type_):
            return self._codes(without_runs(addresses))
        addresses = as_bytes(addresses)
        numbers: Any
        rows: Any
        numbers, rows = self._find(addresses)
        for row, address in zip(rows.to_pylist(), addresses.take(rows).to_pylist(), strict=True):
            if address is not None:
                host = plain_host(address) or host_of(address.decode("utf-8", "replace"))
                domain = None if host is None else domain_above(host, self._numbers)
                numbers[row] = NOT_LISTED if domain is None else self._numbers[domain]
        found = pa.Array.from_buffers(pa.int32(), len(addresses), [None, pa.py_buffer(numbers)])
        listed = compute.and_(addresses.is_valid(), compute.not_equal(found, array_of("int32", [NOT_LISTED])[0]))
        return compute.if_else(listed, found, pa.nulls(1, pa.int32())[0])


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
) -> pyarrow.Table | pyarrow.ChunkedArray[Any] | pyarrow.RecordBatchReader:
    """Which of many addresses are on the list, row by row; `Screener.screen` has the arguments and the result.

    The conditions are those of `Screener`; a screener that is kept spares compiling the list again.

    >>> import notorious_markets as nm
    >>> nm.screen(["https://example.org/", "https://ja.aliexpress.com/item/1"]).to_pylist()[1]
    {'listed_domain': 'aliexpress.com', 'market_id': 'aliexpress', 'first_listed': 2021, 'last_listed': 2022}
    """
    return _screener(_hashable(year), as_of, _hashable(kind), _hashable(grade)).screen(
        urls, column=column, result=result, threads=threads
    )


@lru_cache(maxsize=16)
def _screener(year: Any, as_of: date | str | None, kind: Any, grade: Any) -> Screener:
    return Screener(year=year, as_of=as_of, kind=kind, grade=grade)


def _hashable(condition: T | Iterable[T] | None) -> T | tuple[T, ...] | str | None:
    return tuple(condition) if isinstance(condition, Iterable) and not isinstance(condition, str) else condition


def _canonical(domain: str) -> str:
    if not isinstance(domain, str):
        raise TypeError(f"a domain must be a str, not {type(domain).__name__}")
    host = host_of(domain)
    # What the parser takes for more than a host, or for an address in numbers, is no domain.
    if host is None or _NO_DOMAIN & set(domain) or not host.strip(".") or host.rpartition(".")[2].isdigit():
        raise ValueError(f"{domain!r} is no domain name")
    return host


def _in_order(work: Callable[[T], R], items: Iterable[T], threads: int) -> Iterator[R]:
    """The results of work in the order of the items, of which few are held at a time."""
    if threads == 1:
        yield from map(work, items)
        return
    with ThreadPoolExecutor(threads) as pool:
        waiting: deque[Future[R]] = deque()
        for item in items:
            waiting.append(pool.submit(work, item))
            if len(waiting) > threads:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
