"""`Screener`: a compiled list of domains that searches columns and streams of addresses."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date
from os import PathLike
from typing import TYPE_CHECKING, Any, Literal, TypedDict, TypeVar, Unpack, get_args, overload

from .._arrays import array_of, filtered
from .._columns import TextInput, as_bytes, unencoded
from .._defanging import all_refanged, are_defanged
from .._filters import at_least, day, one_of
from .._frames import frame_of
from .._related import domains_of
from ..errors import NothingToScreen
from ..matching import NOT_LISTED, Match, domain_above, host_of, match, match_refanged, plain_host
from ..query import markets
from .lists import read_domains
from .prefilter import Engine, finder
from .results import RESULT_COLUMNS, Result, check_names, positions, result_schema

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow
    from pyarrow.dataset import Dataset, Scanner

    from .._columns import TextColumn
    from ..matching import Entry
    from ..vocabularies import Basis, Day, Grade, Kind, Role, Years

    Polars = polars.DataFrame | polars.Series
    Pandas = pandas.DataFrame | pandas.Series[Any] | pandas.Index[Any]
    Stream = pyarrow.RecordBatchReader | Dataset | Scanner
    Series = pandas.Series[bool] | polars.Series | pyarrow.ChunkedArray[Any]
    Screened = pandas.DataFrame | polars.DataFrame | pyarrow.Table | pyarrow.RecordBatchReader | Series

T = TypeVar("T")
R = TypeVar("R")


class Options(TypedDict, total=False):
    """The arguments of `Screener.screen` that do not affect the type of its result."""

    column: str | None
    threads: int
    refang: bool


class Screener:
    """A compiled list of domains that screens addresses. Without conditions, it has the domains that markets of any edition hold.

    Compiling takes a moment, so reuse a screener. It is immutable and may be used by several threads at once. It pickles
    to a short list of domains, so it can be sent to worker processes.

    Args:
        year: Only the markets that these editions list. See `markets` for all four conditions.
        as_of: Only the markets that the edition in force on this day lists. If `role` is not passed, the list of a past day
            also has the former domains that are known to have been in use on it. Use it for addresses of that time.
        kind: Only markets of this kind. Physical markets have no domains.
        grade: Only the markets that have a listing of one of these grades.
        role: Which domains of the markets count: one or several of `"own"`, `"former"` and `"company"`. By default, only
            `"own"`, because nobody knows who owns a former domain today. See `Domain`.
        basis: Only domains that a source on an edition prints (`"listed"`), or only others (`"attributed"`).
        extra_domains: Your own domains: a `pathlib.Path` of a list, or its lines. A list has one domain per line, or is a
            hosts file, a filter list with rules such as `||shop.example^`, a configuration of dnsmasq, or a response policy
            zone. Comments are ignored. Every entry stands for a domain and all its subdomains. A match with one of them has
            no market.
        allow_suffixes: Whether `extra_domains` may contain names with one label, such as `com`, and public suffixes, such as
            `co.uk`.
        engine: How candidates are found. All engines give the same answers. `"pattern"` is one regular expression in
            pyarrow, which is best for short lists of up to some 1,000 domains. `"labels"` looks up the last labels of
            each host in pyarrow and is as fast for 100,000 domains as for 1,000. `"compiled"` (extra `fast`) is several
            times faster than that, after a second or two of compilation. `"auto"` uses the best one installed.

    Raises:
        UnknownValue: A condition that no listing can meet, or an unknown engine.
        NothingToScreen: No domain meets the conditions.
        TypeError: An argument has the wrong type.
        ValueError: An extra domain can never match, is a public suffix, or is not understood.
        OSError: The list of extra domains cannot be read.
        MissingExtra: The engine is `"compiled"` and numba is not installed.
        RuntimeError: The engine is `"compiled"` and numba cannot be imported or cannot compile.

    >>> import notorious_markets as nm
    >>> screener = nm.Screener(year=2021, extra_domains=["shop.example"])
    >>> screener.screen(["https://shop.example/1", "https://kat.ph/", "HTTP://M.Taobao.com"], result="mask").to_pylist()
    [True, False, True]
    """

    def __init__(
        self,
        *,
        year: Years | None = None,
        as_of: Day | None = None,
        kind: Kind | Iterable[Kind] | None = None,
        grade: Grade | Iterable[Grade] | None = None,
        role: Role | Iterable[Role] | None = None,
        basis: Basis | Iterable[Basis] | None = None,
        extra_domains: Iterable[str] | PathLike[str] = (),
        allow_suffixes: bool = False,
        engine: Engine = "auto",
    ) -> None:
        one_of("engine", engine, str, get_args(Engine))
        listings = markets(year=year, as_of=as_of, kind=kind, grade=grade)
        past = None if as_of is None or role is not None else day("as_of", as_of)
        used_on = past if past is not None and past < date.today() else None
        entries: dict[str, Entry] = {
            row.domain: (row.market_id, row.market.years, row.source_ids, row.role, row.basis, row.event, row.event_date)
            for row in domains_of(listings, role, basis, used_on)
        }
        for domain in read_domains("extra_domains", extra_domains, allow_suffixes=allow_suffixes):
            entries.setdefault(domain, (None, (), (), None, None, None, None))
        if not entries:
            raise NothingToScreen("no listing that meets the conditions has a domain with the wanted role and basis")
        self._set(entries, engine)

    def _set(self, entries: dict[str, Entry], engine: Engine) -> None:
        self._entries = entries
        self._engine: Engine = engine
        self._numbers = {domain: number for number, domain in enumerate(entries)}
        self._find = finder(engine, list(entries))
        # The result columns of each domain, in the order of the numbers.
        self._columns = [
            array_of("string", entries),
            array_of("string", [market_id for market_id, *_ in entries.values()]),
            array_of("int16", [min(years, default=None) for _, years, *_ in entries.values()]),
            array_of("int16", [max(years, default=None) for _, years, *_ in entries.values()]),
        ]

    def __getstate__(self) -> tuple[dict[str, Entry], Engine]:
        return self._entries, self._engine

    def __setstate__(self, state: tuple[dict[str, Entry], Engine]) -> None:
        self._set(*state)

    def __repr__(self) -> str:
        return f"<Screener of {len(self._entries):,} domains, engine {self._engine!r}>"

    @property
    def domains(self) -> tuple[str, ...]:
        """The domains on the list, as lower-case A-labels."""
        return tuple(self._entries)

    def lookup(self, url: str, *, refang: bool = False) -> Match | None:
        """Find the domain on this list to which one address belongs, as `notorious_markets.lookup` does.

        Returns:
            The match, or `None` if the host is not on the list or the text has no host.

        Raises:
            TypeError: `url` is not a `str`.
        """
        found = match(url, self._entries)
        return match_refanged(url, self._entries) if refang and found is None else found

    @overload
    def screen(self, urls: Polars, *, result: Literal["rows", "hits"] = ..., **options: Unpack[Options]) -> polars.DataFrame: ...  # type: ignore[overload-overlap]
    @overload
    def screen(self, urls: Polars, *, result: Literal["mask"], **options: Unpack[Options]) -> polars.Series: ...  # type: ignore[overload-overlap]
    @overload
    def screen(self, urls: Pandas, *, result: Literal["rows", "hits"] = ..., **options: Unpack[Options]) -> pandas.DataFrame: ...  # type: ignore[overload-overlap]
    @overload
    def screen(self, urls: Pandas, *, result: Literal["mask"], **options: Unpack[Options]) -> pandas.Series[bool]: ...  # type: ignore[overload-overlap]
    @overload
    def screen(self, urls: Stream, *, result: Result = ..., **options: Unpack[Options]) -> pyarrow.RecordBatchReader: ...
    @overload
    def screen(self, urls: TextColumn, *, result: Literal["rows", "hits"] = ..., **options: Unpack[Options]) -> pyarrow.Table: ...
    @overload
    def screen(self, urls: TextColumn, *, result: Literal["mask"], **options: Unpack[Options]) -> pyarrow.ChunkedArray[Any]: ...
    def screen(
        self,
        urls: Pandas | Polars | Stream | TextColumn,
        *,
        column: str | None = None,
        result: Result = "rows",
        threads: int = 1,
        refang: bool = False,
    ) -> Screened:
        """Find out which of many addresses are on the list.

        Args:
            urls: URLs or hosts: a sequence or an iterator of `str`, a data frame, series or index of pandas or polars, a NumPy
                array, a dataset or scanner of pyarrow, or any object that exports Arrow, such as an array, a table or a
                stream of record batches. Text may have any string, binary or dictionary type. Bytes are UTF-8; those that
                are not are decoded as browsers do. `None`, NaN and `NA` are missing values.
            column: Name of the column of addresses in a table. It is required unless the column is named `url` or is the
                only one with text. The types of other columns do not matter.
            result: What to return.

                - `"rows"`: one row for each address, in the same order, with the columns `matched_domain` and `market_id`
                  (string) and `first_listed` and `last_listed` (int16). The last two are the review years of the first
                  and last edition that is known to list the market. All four are null if the address is not on the list.
                  The columns of a table or stream come before them.
                - `"hits"`: the same, but only the rows on the list. For addresses without a table, the columns `row`
                  (int64, counted from 0) and `url` come first.
                - `"mask"`: one boolean for each address, never null.
            threads: How many batches of about 131,000 rows are screened at the same time. Each of them stays in memory
                until its turn in the result.
            refang: Whether to read addresses that do not match once more without the changes that make them unclickable.
                See `notorious_markets.lookup`.

        Returns:
            For pandas and polars, a data frame of the same library, or a series for a mask; pandas keeps its index. For a
            reader, dataset or scanner of pyarrow, a `pyarrow.RecordBatchReader` that screens batch by batch as it is read;
            its mask is a column named `listed`. For all other input, a `pyarrow.Table`, or a `pyarrow.ChunkedArray` for a
            mask.

        Raises:
            TypeError: `urls` is not a column of text, or an argument has the wrong type.
            UnknownValue: The table has no such column, or `result` is not one of the three.
            ValueError: The table already has a column with the name of a result column, several columns have the name
                `column`, or `threads` is below 1.
        """
        import pyarrow as pa

        one_of("result", result, str, get_args(Result))
        at_least("threads", threads, 1)
        if isinstance(urls, (str, bytes, PathLike)):
            raise TypeError(
                f"urls must be a column or sequence of URLs, not {type(urls).__name__} "
                "(for one URL use lookup(); for a file use the `screen` command)"
            )
        frame = frame_of("urls", urls, column)
        if frame is not None:
            check_names(frame.names, result)
        addresses, column = (urls, column) if frame is None else (frame.text, None)
        source = TextInput.of("urls", addresses, column, alone=result == "mask")
        schema = result_schema(source, result)
        batches = self._screened(source, schema, result, threads, refang=refang)
        reader = pa.RecordBatchReader.from_batches(schema, batches)
        if source.streams:
            return reader
        table = reader.read_all()
        if frame is None:
            return table.column("listed") if result == "mask" else table
        if result == "mask":
            return frame.mask("listed", table.column("listed"))
        if result == "rows":
            return frame.rows(table)
        return frame.some_rows(table.column("row"), "url", table.select(RESULT_COLUMNS))

    def _screened(
        self, source: TextInput, schema: pyarrow.Schema, result: Result, threads: int, *, refang: bool
    ) -> Iterator[pyarrow.RecordBatch]:
        """Screen the batches of a source, in order."""
        import pyarrow as pa

        def numbered(batch: pyarrow.RecordBatch) -> tuple[pyarrow.RecordBatch, Any]:
            return batch, self._domain_numbers(batch.column(source.position), refang=refang)

        first_row = 0
        for batch, numbers in in_order(numbered, source.batches, threads):
            on_list = numbers.is_valid()
            if result == "mask":
                columns = [on_list]
            elif result == "rows":
                columns = [*(batch.columns if source.is_table else []), *(values.take(numbers) for values in self._columns)]
            else:
                hit_numbers = numbers.drop_null()
                rows = [] if source.is_table else [positions(on_list, first_row)]
                columns = [*rows, *filtered(batch, on_list).columns, *(values.take(hit_numbers) for values in self._columns)]
            first_row += batch.num_rows
            yield pa.RecordBatch.from_arrays(columns, schema=schema)

    def _domain_numbers(self, addresses: Any, *, refang: bool = False) -> Any:
        """Find the listed domain of each address.

        Returns:
            An int32 array as long as `addresses`: the position of the domain in `domains`, null if there is none.
        """
        values, positions = unencoded(addresses)
        if positions is not None:
            return self._domain_numbers(values, refang=refang).take(positions)
        if values is not addresses:
            return self._domain_numbers(values, refang=refang)
        addresses = as_bytes(addresses)
        return self._decided(addresses, *self._find(addresses), refang=refang)

    def _decided(self, addresses: Any, numbers: Any, undecided: Any, *, refang: bool) -> Any:
        """Return what `_domain_numbers` does, from what the search found in a binary array."""
        import pyarrow as pa
        import pyarrow.compute

        # The stubs of pyarrow lack many of these functions.
        compute: Any = pyarrow.compute
        for row, address in zip(undecided.to_pylist(), addresses.take(undecided).to_pylist(), strict=True):
            if address is not None:
                host = plain_host(address) or host_of(address.decode("utf-8", "replace"))
                domain = None if host is None else domain_above(host, self._numbers)
                numbers[row] = NOT_LISTED if domain is None else self._numbers[domain]
        if refang:
            rows = compute.indices_nonzero(are_defanged(addresses))
            restored = self._domain_numbers(all_refanged(addresses.take(rows)))
            for row, number in zip(rows.to_pylist(), restored.to_pylist(), strict=True):
                if numbers[row] == NOT_LISTED and number is not None:
                    numbers[row] = number
        found: Any = pa.Array.from_buffers(pa.int32(), len(addresses), [None, pa.py_buffer(numbers)])
        on_list = compute.and_(addresses.is_valid(), compute.not_equal(found, array_of("int32", [NOT_LISTED])[0]))
        return compute.if_else(on_list, found, pa.nulls(1, pa.int32())[0])


def in_order(work: Callable[[T], R], items: Iterable[T], threads: int) -> Iterator[R]:
    """Yield the results of `work` in the order of the items, with few of them in memory at a time."""
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
