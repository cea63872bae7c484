"""The account of the screening command: rows, refused records, values that are not addresses, and hits."""

from __future__ import annotations

import csv
import io
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, BinaryIO, Self

from attrs import define, field

from .._defanging import refanged
from ..about import CAUTION, DATA_VERSION
from .addresses import is_address, unusual_values
from .errors import user_errors
from .printing import console, printable, table_of

if TYPE_CHECKING:
    import pyarrow

_MARKETS_SHOWN = 20
_FILES_SHOWN = 10
# A column is checked when it has shown this many values. With a smaller share of addresses it is the wrong column.
_CHECKED_ROWS, _LEAST_SHARE = 1_000, 0.05
# The longest part of a value that a message shows.
_LENGTH_SHOWN = 60


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
        defanged: The number of rows whose value is a defanged address.
        refang: Whether defanged addresses are read.
    """

    file: str
    understood: dict[str, str] = field(factory=dict)
    rows: int = 0
    refused: int = 0
    empty: int = 0
    no_address: int = 0
    defanged: int = 0
    refang: bool = False
    _example: str = ""
    _defanged_example: str = ""

    def add(self, values: Any, unusual: Any = None, *, check: bool) -> None:
        """Count the values of the column in a batch.

        Args:
            values: The values.
            unusual: The rows whose values are not clearly addresses, if they are known.
            check: Whether to check the column as soon as there are enough values.

        Raises:
            ValueError: Hardly any value is an address.
        """
        missing, others = unusual_values(values, unusual)
        self.empty += missing
        for value in others:
            if not value.strip():
                self.empty += 1
            elif (restored := refanged(value)) is not None and is_address(restored):
                self.defanged += 1
                self._defanged_example = self._defanged_example or value
                self.no_address += not (self.refang or is_address(value))
                self._example = self._example or value
            elif not is_address(value):
                self.no_address += 1
                self._example = self._example or value
        is_enough = self.rows < _CHECKED_ROWS <= self.rows + len(values)
        self.rows += len(values)
        if check and is_enough:
            self.check()

    def check(self) -> None:
        """Check that the column contains addresses.

        Raises:
            ValueError: Hardly any value is an address.
        """
        values = self.rows - self.empty
        if self.no_address > values * (1 - _LEAST_SHARE):
            remedy = "read defanged addresses with --refang" if self.defanged else "choose another column with --column"
            if self.understood["format"] == "text" and not self.defanged:
                remedy = "if the file has columns, state its format with --input-format"
            raise ValueError(
                f"hardly any value of the column {self.understood['column']!r} is an address: "
                f"{values - self.no_address:,} of {values:,}; one value is {self._example[:_LENGTH_SHOWN]!r}; "
                f"{remedy}, or accept the values with --force"
            )

    def to_dict(self) -> dict[str, Any]:
        """Return the account as plain values."""
        return {"file": self.file, **self.understood, **_counts([self])}

    def __str__(self) -> str:
        facts = dict(self.understood)
        column = facts.pop("column")
        if "delimiter" in facts:
            facts["delimiter"] = f"delimiter {facts['delimiter']}"
            facts["quotes"] = f"quotation marks {facts['quotes']}"
            facts["header"] = "with a header" if facts["header"] == "yes" else "without a header"
        counts = [_number(self.rows, "row")]
        counts += [f"{_number(self.refused, 'record')} refused"] if self.refused else []
        counts += [f"{self.empty:,} empty"] if self.empty else []
        counts += [f"{self.no_address:,} not an address, such as {self._example[:_LENGTH_SHOWN]!r}"] if self.no_address else []
        ignored = "" if self.refang else "; read them with --refang"
        counts += (
            [f"{self.defanged:,} defanged, such as {self._defanged_example[:_LENGTH_SHOWN]!r}{ignored}"] if self.defanged else []
        )
        return f"{printable(self.file)} ({', '.join(facts.values())}), column {column!r}: {', '.join(counts)}"


class Rejects:
    """The file that receives refused records, as a context manager. Without a path, a refused record is an error.

    Args:
        path: A CSV file with the columns `file`, `line`, `reason` and `content`, or `-` for standard output.
    """

    def __init__(self, path: str | None) -> None:
        self._path = path
        self._stack = ExitStack()
        self._stream: BinaryIO | None = None

    def __enter__(self) -> Self:
        from .writing import open_stream

        if self._path is not None:
            with user_errors(f"{self._path}: "):
                self._stream = self._stack.enter_context(open_stream(self._path))
                self._write("file", "line", "reason", "content")
        return self

    def __exit__(self, *error: Any) -> None:
        with user_errors(f"{self._path}: "):
            self._stack.__exit__(*error)

    def of(self, account: FileAccount) -> Callable[[int, str, bytes], None]:
        """Return the function that refuses a record of a file: its line, the reason and its content."""

        def refuse(line: int, reason: str, content: bytes) -> None:
            if self._stream is None:
                raise ValueError(f"line {line}: {reason}; --rejects FILE sets such records aside")
            account.refused += 1
            with user_errors(f"{self._path}: "):
                self._write(account.file, str(line), reason, content.decode("utf-8", "replace"))

        return refuse

    def _write(self, *cells: str) -> None:
        row = io.StringIO()
        csv.writer(row, lineterminator="\n").writerow(cells)
        if self._stream is not None:
            self._stream.write(row.getvalue().encode("utf-8", "replace"))


@define
class Summary:
    """The account of all files, and the hits by market, or by domain for the user's own domains."""

    files: list[FileAccount] = field(factory=list)
    hits: Counter[str] = field(factory=Counter)
    _start: float = field(factory=time.perf_counter)

    def add(self, batch: pyarrow.RecordBatch) -> None:
        """Count the hits of a screened batch."""
        import pyarrow.compute

        # The stubs of pyarrow lack many of these functions.
        compute: Any = pyarrow.compute
        hits = batch.select(["market_id", "matched_domain"]).filter(batch.column("matched_domain").is_valid())
        names = compute.coalesce(*hits.columns)
        for found in compute.value_counts(names).to_pylist():
            self.hits[found["values"]] += found["counts"]

    def to_dict(self) -> dict[str, Any]:
        """Return the summary as plain values."""
        return {
            **_counts(self.files),
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
            out.print(f"{_number(len(self.files) - _FILES_SHOWN, 'more file')}; use --json to see all of them")
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
        out.print(f"{_number(rows, 'row')}, {self.hits.total():,} on the list, {seconds:.1f} s, {rate}.\n{CAUTION}")


def _counts(accounts: list[FileAccount]) -> dict[str, int]:
    return {
        name: sum(getattr(account, name) for account in accounts)
        for name in ("rows", "refused", "empty", "no_address", "defanged")
    }


def _number(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
