"""`Screener`: a compiled list of domains that searches columns and streams of addresses."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from os import PathLike
from typing import TYPE_CHECKING, Any, Literal, TypeVar, get_args, overload

from .._arrays import array_of
from .._columns import TextColumn, TextInput, as_bytes, without_runs
from .._filters import at_least, day, one_of
from .._related import domains_of
from ..errors import NothingToScreen
from ..matching import NOT_LISTED, Match, domain_above, host_of, match, plain_host
from ..query import markets
from .prefilter import Engine, finder

if TYPE_CHECKING:
    from datetime import date

    import pyarrow

    from ..matching import Entry
    from ..vocabularies import Basis, Grade, Kind, Role

T = TypeVar("T")
R = TypeVar("R")

Result = Literal["rows", "hits", "mask"]

RESULT_COLUMNS = ("listed_domain", "market_id", "first_listed", "last_listed")
_NOT_IN_A_DOMAIN = frozenset("/\\:@?#[")


class Screener:
    """A compiled list of domains that screens addresses. Without conditions, it has the domains that markets of any edition hold.

    Compiling takes a moment, so reuse a screener. It is immutable and may be used by several threads at once. It pickles
    to a short list of domains, so it can be sent to worker processes.

    Args:
        year: Only the markets that these editions list. See `markets` for all four conditions.
        as_of: Only the markets that the edition in force on this day lists. If `role` is not passed, the list also has the
            former domains that are known to have been in use on this day. Use it for addresses that were collected then.
        kind: Only markets of this kind. Physical markets have no domains.
        grade: Only the markets that have a listing of one of these grades.
        role: Which domains of the markets count: one or several of `"own"`, `"former"` and `"company"`. By default, only
            `"own"`, because nobody knows who owns a former domain today. See `Domain`.
        basis: Only domains that a source on an edition prints (`"listed"`), or only others (`"attributed"`).
        extra_domains: Your own domains, in any spelling. A match with one of them has no market.
        engine: How candidates are found. All engines give the same answers. `"pattern"` is one regular expression in
            pyarrow, which is best for short lists of up to some 1,000 domains. `"labels"` looks up the last labels of
            each host in pyarrow and is as fast for 100,000 domains as for 1,000. `"compiled"` (extra `fast`) is several
            times faster than that, after a second or two of compilation. `"auto"` uses the best one installed.

    Raises:
        UnknownValue: A condition that no listing can meet, or an unknown engine.
        NothingToScreen: No domain meets the conditions.
        TypeError: An argument has the wrong type.
        ValueError: An extra domain is not a domain name.
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
        role: Role | Iterable[Role] | None = None,
        basis: Basis | Iterable[Basis] | None = None,
        extra_domains: Iterable[str] = (),
        engine: Engine = "auto",
    ) -> None:
        one_of("engine", engine, str, get_args(Engine))
        listings = markets(year=year, as_of=as_of, kind=kind, grade=grade)
        used_on = None if as_of is None or role is not None else day("as_of", as_of)
        entries: dict[str, Entry] = {
            row.domain: (row.market_id, row.market.years, row.source_ids, row.role, row.basis, row.event, row.event_date)
            for row in domains_of(listings, role, basis, used_on)
        }
        for domain in _canonical_domains(extra_domains):
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

    def lookup(self, url_or_host: str) -> Match | None:
        """Find the domain on this list to which one address belongs, as `notorious_markets.lookup` does.

        Returns:
            The match, or `None` if the host is not on the list or the text has no host.

        Raises:
            TypeError: `url_or_host` is not a `str`.
        """
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
        """Find out which of many addresses are on the list.

        Args:
            urls: URLs or hosts. Either a sequence of `str` and `None`, or any object that exports Arrow: an array, a
                chunked array, a series, a record batch, a table, a data frame, or a stream of record batches. Text may
                have any string, binary or dictionary type. Bytes that are not valid UTF-8 are decoded as browsers do.
            column: Name of the column of addresses in a table or stream. It is required unless the column is named `url`
                or is the only one with text.
            result: What to return.

                - `"rows"`: one row for each address, in the same order, with the columns `listed_domain` and `market_id`
                  (string) and `first_listed` and `last_listed` (int16). The last two are the review years of the first
                  and last edition that is known to list the market. All four are null if the address is not on the list.
                  The columns of a table or stream come before them.
                - `"hits"`: the same, but only the rows on the list. For addresses without a table, the columns `row`
                  (int64, counted from 0) and `url` come first.
                - `"mask"`: one boolean for each address, never null.
            threads: How many batches of about 131,000 rows are screened at the same time. Each of them stays in memory
                until its turn in the result.

        Returns:
            For a `pyarrow.RecordBatchReader`, another one that screens batch by batch as it is read; its mask is a
            column named `listed`. For all other input, a `pyarrow.Table`, or a `pyarrow.ChunkedArray` for a mask.

        Raises:
            TypeError: `urls` is not a column of text, or an argument has the wrong type.
            UnknownValue: The table has no such column, or `result` is not one of the three.
            ValueError: The table already has a column with the name of a result column, or `threads` is below 1.
        """
        import pyarrow as pa

        one_of("result", result, str, get_args(Result))
        at_least("threads", threads, 1)
        if isinstance(urls, (str, bytes, PathLike)):
            raise TypeError(
                f"urls must be a column or sequence of URLs, not {type(urls).__name__} "
                "(for one URL use lookup(); for a file use the `screen` command)"
            )
        source = TextInput.of("urls", urls, column)
        schema = _schema(source, result)
        reader = pa.RecordBatchReader.from_batches(schema, self._screened(source, schema, result, threads))
        if source.streams:
            return reader
        table = reader.read_all()
        return table.column("listed") if result == "mask" else table

    def _screened(self, source: TextInput, schema: pyarrow.Schema, result: Result, threads: int) -> Iterator[pyarrow.RecordBatch]:
        """Screen the batches of a source, in order."""
        import pyarrow as pa

        def numbered(batch: pyarrow.RecordBatch) -> tuple[pyarrow.RecordBatch, Any]:
            return batch, self._domain_numbers(batch.column(source.position))

        first_row = 0
        for batch, numbers in _in_order(numbered, source.batches, threads):
            on_list = numbers.is_valid()
            if result == "mask":
                columns = [on_list]
            elif result == "rows":
                columns = [*(batch.columns if source.is_table else []), *(values.take(numbers) for values in self._columns)]
            else:
                hit_numbers = numbers.drop_null()
                rows = [] if source.is_table else [_positions(on_list, first_row)]
                columns = [*rows, *batch.filter(on_list).columns, *(values.take(hit_numbers) for values in self._columns)]
            first_row += batch.num_rows
            yield pa.RecordBatch.from_arrays(columns, schema=schema)

    def _domain_numbers(self, addresses: Any) -> Any:
        """Find the listed domain of each address.

        Returns:
            An int32 array as long as `addresses`: the position of the domain in `domains`, null if there is none.
        """
        import pyarrow as pa
        import pyarrow.compute

        # The stubs of pyarrow lack many of these functions.
        compute: Any = pyarrow.compute
        if pa.types.is_dictionary(addresses.type):
            return self._domain_numbers(addresses.dictionary).take(addresses.indices)
        if pa.types.is_run_end_encoded(addresses.type):
            return self._domain_numbers(without_runs(addresses))
        addresses = as_bytes(addresses)
        numbers, undecided = self._find(addresses)
        for row, address in zip(undecided.to_pylist(), addresses.take(undecided).to_pylist(), strict=True):
            if address is not None:
                host = plain_host(address) or host_of(address.decode("utf-8", "replace"))
                domain = None if host is None else domain_above(host, self._numbers)
                numbers[row] = NOT_LISTED if domain is None else self._numbers[domain]
        found: Any = pa.Array.from_buffers(pa.int32(), len(addresses), [None, pa.py_buffer(numbers)])
        on_list = compute.and_(addresses.is_valid(), compute.not_equal(found, array_of("int32", [NOT_LISTED])[0]))
        return compute.if_else(on_list, found, pa.nulls(1, pa.int32())[0])


def _schema(source: TextInput, result: Result) -> pyarrow.Schema:
    """Return the schema of a result: columns of the source, then those of the list."""
    import pyarrow as pa

    if result == "mask":
        return pa.schema([pa.field("listed", pa.bool_(), nullable=False)])
    before = list(source.schema) if source.is_table else []
    if result == "hits" and not source.is_table:
        before = [pa.field("row", pa.int64(), nullable=False), source.schema.field(0)]
    if taken := sorted({field.name for field in before}.intersection(RESULT_COLUMNS)):
        raise ValueError(f"the table already has a column {taken[0]!r}; rename it before screening")
    types = (pa.string(), pa.string(), pa.int16(), pa.int16())
    added = [pa.field(name, type_) for name, type_ in zip(RESULT_COLUMNS, types, strict=True)]
    return pa.schema([*before, *added]).with_metadata(source.schema.metadata)


def _positions(mask: Any, first_row: int) -> Any:
    """Return the positions of the true values of a mask, counted from the first row of all batches."""
    from pyarrow.compute import indices_nonzero

    return array_of("int64", [first_row + row for row in indices_nonzero(mask).to_pylist()])


def _canonical_domains(domains: Iterable[str]) -> Iterator[str]:
    """Yield each domain in lower case with A-labels."""
    if isinstance(domains, str):
        raise TypeError(f"extra_domains must be a list of domain names, not a str; did you mean [{domains!r}]?")
    for position, domain in enumerate(domains):
        if not isinstance(domain, str):
            raise TypeError(f"extra_domains[{position}] must be a str, not {type(domain).__name__}")
        host = host_of(domain)
        # The parser accepts more than a bare host, and reads numbers as an IP address.
        if host is None or _NOT_IN_A_DOMAIN & set(domain) or not host.strip(".") or host.rpartition(".")[2].isdigit():
            raise ValueError(f"extra_domains[{position}] must be a domain name such as 'shop.example', not {domain!r}")
        yield host


def _in_order(work: Callable[[T], R], items: Iterable[T], threads: int) -> Iterator[R]:
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
