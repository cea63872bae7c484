"""The account of the screening command: rows, refused records, values without a host, and hits."""

from __future__ import annotations

import csv
import io
import re
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Self

from attrs import define, field

from .._columns import as_bytes, without_runs
from .._writing import whole_file
from ..about import CAUTION, DATA_VERSION
from ..matching import host_of
from .errors import user_errors
from .printing import console, table_of

if TYPE_CHECKING:
    import pyarrow

_MARKETS_SHOWN = 20
_FILES_SHOWN = 10
_REFUSED_SHOWN = 3
# An address is typical if its host contains a dot. The parser decides about all others.
_TYPICAL = r"^(?:[A-Za-z][A-Za-z0-9+.-]*://)?[^\s/?#@:;,|<>()]*[^\s/?#@:;,|<>()0-9.]\.[^\s/?#@:;,|<>()0-9.]+[^\s/?#@:;,|<>()]*(?:[:/?#]\S*)?$"
_NUMBER = re.compile(r"[-+]?[\d.,]*")
# A column is checked when it has shown this many values. With a smaller share of addresses it is the wrong column.
_CHECKED, _LEAST_SHARE = 1_000, 0.05


def is_address(text: str) -> bool:
    """Return whether a text is a URL, or a host with a dot or an IP address."""
    if _NUMBER.fullmatch(text.strip()) and text.count(".") != 3:
        return False
    host = host_of(text)
    return host is not None and host != "" and ("." in host or "[" in host or "://" in text)


@define
class FileAccount:
    """What was read from one file.

    Attributes:
        file: The file.
        understood: How it was read, by name: format, encoding, column and so on.
        rows: The number of rows.
        refused: The number of records that did not become rows.
        empty: The number of rows without a value.
        no_address: The number of rows whose value is not an address.
    """

    file: str
    understood: dict[str, str]
    rows: int = 0
    refused: int = 0
    empty: int = 0
    no_address: int = 0
    _example: str = ""

    def add(self, addresses: Any, *, force: bool) -> None:
        """Count the values of a batch.

        Raises:
            ValueError: Hardly any value is an address.
        """
        checked = self.rows >= _CHECKED
        self.rows += len(addresses)
        self._classify(addresses)
        if not force and not checked and self.rows >= _CHECKED:
            self.check()

    def check(self) -> None:
        """Check that the column contains addresses.

        Raises:
            ValueError: Hardly any value is an address.
        """
        values = self.rows - self.empty
        if self.no_address > values * (1 - _LEAST_SHARE):
            found = values - self.no_address
            raise ValueError(
                f"hardly any value of the column {self.understood['column']!r} is an address: {found:,} of {values:,}; "
                f"one value is {self._example[:80]!r}. Choose another column with --column, or accept it with --force"
            )

    def _classify(self, addresses: Any) -> None:
        import pyarrow as pa
        import pyarrow.compute

        # The stubs of pyarrow lack many of these functions.
        compute: Any = pyarrow.compute
        if pa.types.is_dictionary(addresses.type):
            addresses = addresses.dictionary_decode()
        elif pa.types.is_run_end_encoded(addresses.type):
            addresses = without_runs(addresses)
        addresses = as_bytes(addresses)
        typical = compute.fill_null(compute.match_substring_regex(addresses, _TYPICAL), False)
        for value in addresses.filter(compute.invert(typical)).to_pylist():
            text = "" if value is None else value.decode("utf-8", "replace")
            if not text.strip():
                self.empty += 1
            elif not is_address(text):
                self.no_address += 1
                self._example = self._example or text

    def to_dict(self) -> dict[str, Any]:
        """Return the account as plain values."""
        numbers = {name: getattr(self, name) for name in ("rows", "refused", "empty", "no_address")}
        return {"file": self.file, **self.understood, **numbers}

    def __str__(self) -> str:
        said = [value for name, value in self.understood.items() if name not in ("header", "quotes", "column", "delimiter")]
        if "delimiter" in self.understood:
            said.append(f"{self.understood['delimiter']}-delimited")
            said.append("quotes enclose cells" if self.understood["quotes"] == "enclose cells" else "quotes are characters")
            said.append("with a header" if self.understood["header"] == "yes" else "without a header")
        counts = [f"{self.rows:,} rows"]
        counts += [f"{self.refused:,} records refused"] if self.refused else []
        counts += [f"{self.empty:,} empty"] if self.empty else []
        counts += [f"{self.no_address:,} not an address, such as {self._example[:60]!r}"] if self.no_address else []
        return f"{self.file} ({', '.join(said)}), column {self.understood['column']!r}: {', '.join(counts)}"


class Rejects:
    """The file that receives refused records, as a context manager. Without a path, a refused record is an error.

    Args:
        path: A CSV file with the columns `file`, `line`, `reason` and `content`.
    """

    def __init__(self, path: str | None) -> None:
        self._path = path
        self._stack = ExitStack()
        self._stream: BinaryIO | None = None

    def __enter__(self) -> Self:
        if self._path is not None:
            with user_errors(f"{self._path}: "):
                self._stream = self._stack.enter_context(whole_file(Path(self._path)))
                self._write("file", "line", "reason", "content")
        return self

    def __exit__(self, *error: Any) -> None:
        with user_errors(f"{self._path}: "):
            self._stack.__exit__(*error)

    def of(self, account: FileAccount) -> Callable[[int, str, bytes], None]:
        """Return the function that refuses a record of a file."""

        def refuse(line: int, reason: str, content: bytes) -> None:
            if self._stream is None:
                raise ValueError(f"line {line}: {reason}; set such records aside with --rejects FILE")
            account.refused += 1
            self._write(account.file, str(line), reason, content.decode("utf-8", "replace"))

        return refuse

    def _write(self, *cells: str) -> None:
        row = io.StringIO()
        csv.writer(row, lineterminator="\n").writerow(cells)
        if self._stream is not None:
            self._stream.write(row.getvalue().encode())


@define
class Summary:
    """The account of all files, and the hits by market, or by domain for the user's own domains."""

    files: list[FileAccount] = field(factory=list)
    hits: Counter[str] = field(factory=Counter)
    _start: float = field(factory=time.perf_counter)

    def add(self, batch: pyarrow.RecordBatch) -> None:
        """Count the hits of a screened batch."""
        found = batch.select(["listed_domain", "market_id"]).filter(batch.column("listed_domain").is_valid())
        domains, market_ids = (column.to_pylist() for column in found.columns)
        self.hits.update(str(market_id or domain) for domain, market_id in zip(domains, market_ids, strict=True))

    def to_dict(self) -> dict[str, Any]:
        """Return the summary as plain values."""
        totals = {name: sum(getattr(file, name) for file in self.files) for name in ("rows", "refused", "empty", "no_address")}
        return {
            **totals,
            "hits": self.hits.total(),
            "seconds": round(time.perf_counter() - self._start, 3),
            "markets": dict(self.hits.most_common()),
            "data_version": DATA_VERSION,
            "files": [file.to_dict() for file in self.files],
        }

    def print(self) -> None:
        """Print the summary as text on standard error."""
        out = console(stderr=True)
        for file in self.files[:_FILES_SHOWN]:
            out.print(str(file))
        if len(self.files) > _FILES_SHOWN:
            out.print(f"{len(self.files) - _FILES_SHOWN:,} more files; use --json to see all of them")
        shown = self.hits.most_common(_MARKETS_SHOWN)
        if shown:
            columns: dict[str, list[object]] = {
                "market": [name for name, _ in shown],
                "hits": [f"{number:,}" for _, number in shown],
            }
            out.print(table_of(columns, out.width))
            hidden = len(self.hits) - len(shown)
            out.print(f"{hidden} more; use --json to see all of them\n" if hidden else "")
        rows = sum(file.rows for file in self.files)
        seconds = time.perf_counter() - self._start
        rate = f"{rows / max(seconds, 0.001):,.0f} rows per second"
        out.print(f"{rows:,} rows, {self.hits.total():,} on the list, {seconds:.1f} s, {rate}.\n{CAUTION}")
