"""Text with an address on each line, JSON Lines and JSON arrays."""

from __future__ import annotations

import codecs
import json
from array import array
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from ..._arrays import texts
from ...errors import UnknownValue, library
from ...matching import scalar_values

if TYPE_CHECKING:
    import pyarrow

    from .sources import Refuse, Stream

_ROWS_AT_ONCE = 1 << 17
_MOST_KEYS_SHOWN = 50
_KINDS = {bool: "a truth value", int: "a number", float: "a number", str: "a text", list: "an array", dict: "an object"}


def read_text(text: Iterable[bytes]) -> Stream:
    """Return the lines of a text with their numbers. An empty line is a row too.

    Args:
        text: The text in UTF-8. Byte order marks at the beginning of lines, as in files that were joined, are omitted.
    """
    import pyarrow as pa
    import pyarrow.compute

    # The stubs of pyarrow know few of these functions.
    compute: Any = pyarrow.compute
    schema = _schema("url")

    def batches() -> Iterator[pyarrow.RecordBatch]:
        number = 1
        for block in _whole_lines(text):
            if b"\r" in block:
                block = block.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
            if codecs.BOM_UTF8 in block:
                block = block.replace(b"\n" + codecs.BOM_UTF8, b"\n")
            whole = texts([block.removesuffix(b"\n")]).view(pa.large_binary())
            lines = compute.split_pattern(whole, "\n").flatten().view(pa.large_string())
            yield pa.RecordBatch.from_arrays([_integers(array("q", range(number, number + len(lines)))), lines], schema=schema)
            number += len(lines)

    return schema, batches()


def read_json_lines(text: Iterable[bytes], key: str, refuse: Refuse) -> Stream:
    """Return the value of a key in each line of JSON Lines, with the number of the line. Blank lines are not rows.

    Args:
        text: The text in UTF-8.
        key: The key. Dots lead to the keys of nested objects. In a line without the key the value is null.
        refuse: Receives each line that is not an object, or whose value is not a text.

    Raises:
        UnknownValue: No line has the key.
    """
    loads = library("orjson", "cli").loads
    rows = _Rows(key, refuse)

    def batches() -> Iterator[pyarrow.RecordBatch]:
        number = 0
        for block in _whole_lines(text):
            for line in block.splitlines():
                number += 1
                try:
                    value = loads(line)[key].encode()
                except (ValueError, LookupError, TypeError, AttributeError):
                    # Anything but an object with the key and a text.
                    if line.strip():
                        rows.add_line(number, line)
                else:
                    rows.append(number, value)
            yield rows.batch()
        rows.check_key()

    return rows.schema, batches()


def read_json_array(content: bytes, key: str, refuse: Refuse) -> Stream:
    """Return the value of a key in each element of a JSON array, with the number of the element as `line`.

    An element that is a text is itself a URL. The whole array is held in memory.

    Raises:
        ValueError: The content is not JSON.
        UnknownValue: No element has the key.
    """
    elements = _parsed(content)
    rows = _Rows(key, refuse)

    def batches() -> Iterator[pyarrow.RecordBatch]:
        for first in range(0, len(elements), _ROWS_AT_ONCE):
            for number, element in enumerate(elements[first : first + _ROWS_AT_ONCE], first + 1):
                rows.add(number, {key: element} if isinstance(element, str) else element)
            yield rows.batch()
        rows.check_key()

    return rows.schema, batches()


def _whole_lines(text: Iterable[bytes]) -> Iterator[bytes]:
    """Cut a text into blocks that end where a line ends."""
    pieces: list[bytes] = []
    for piece in text:
        # A CR at the end may be the first half of a CR LF.
        end = max(piece.rfind(b"\n"), piece.rfind(b"\r", 0, -1)) + 1
        if pieces and pieces[-1].endswith(b"\r") and not end:
            yield b"".join(pieces)
            pieces.clear()
        if end:
            yield b"".join([*pieces, piece[:end]])
            pieces.clear()
        pieces.append(piece[end:])
    if content := b"".join(pieces):
        yield content


def _parsed(content: bytes) -> Any:
    """Parse JSON.

    Raises:
        ValueError: The content is not JSON.
    """
    try:
        return library("orjson", "cli").loads(content)
    except ValueError:
        # The standard library also reads half of a surrogate pair, and describes errors by their position.
        pass
    try:
        return json.loads(content)
    except UnicodeDecodeError as error:
        raise ValueError("not UTF-8; state the encoding with --encoding") from error
    except json.JSONDecodeError as error:
        raise ValueError(f"not JSON: {error.msg} at character {error.pos + 1}") from error
    except RecursionError as error:
        raise ValueError("not JSON that can be read: too many arrays or objects in each other") from error


class _Rows:
    """Collects the values of a key from JSON records, with their numbers.

    Args:
        key: The key. Dots lead to the keys of nested objects, unless a record has the key with its dots.
        refuse: Receives the records that are not objects, or whose value is not a text.
    """

    def __init__(self, key: str, refuse: Refuse) -> None:
        self.schema = _schema(key)
        self._key = key
        self._path = key.split(".")
        self._refuse = refuse
        self._numbers = array("q")
        self._values: list[bytes | None] = []
        self._key_found = False
        self._other_keys: dict[str, None] = {}

    def append(self, number: int, value: bytes | None) -> None:
        """Add a value."""
        self._numbers.append(number)
        self._values.append(value)

    def add_line(self, number: int, line: bytes) -> None:
        """Add the record on a line, or refuse it."""
        try:
            record = _parsed(line)
        except ValueError as error:
            self._refuse(number, str(error), line)
        else:
            self.add(number, record, line)

    def add(self, number: int, record: Any, content: bytes | None = None) -> None:
        """Add a record, or refuse it.

        Args:
            number: The number of its line or element.
            record: The record.
            content: The text of the record, if it is known.
        """
        if isinstance(record, dict):
            value = self._value(record)
            if value is None or isinstance(value, str):
                self.append(number, None if value is None else scalar_values(value).encode())
                return
            reason = f"{self._key} is not a text but {_KINDS[type(value)]}"
        else:
            reason = f"not a JSON object but {_KINDS.get(type(record), 'null')}"
        if content is None:
            content = json.dumps(record, ensure_ascii=False).encode("utf-8", "surrogatepass")
        self._refuse(number, reason, content)

    def batch(self) -> pyarrow.RecordBatch:
        """Return the rows that were added since the last call."""
        import pyarrow as pa

        numbers, values, self._numbers, self._values = self._numbers, self._values, array("q"), []
        self._key_found = self._key_found or len(numbers) > values.count(None)
        return pa.RecordBatch.from_arrays([_integers(numbers), texts(values)], schema=self.schema)

    def check_key(self) -> None:
        """Check that a record had the key.

        Raises:
            UnknownValue: There were records, but none had it.
        """
        if self._other_keys and not self._key_found:
            raise UnknownValue("key", self._key, self._other_keys)

    def _value(self, record: dict[str, Any]) -> Any:
        value: Any = record
        for name in [self._key] if self._key in record else self._path:
            if not isinstance(value, dict) or name not in value:
                if len(self._other_keys) < _MOST_KEYS_SHOWN:
                    self._other_keys.update(dict.fromkeys(record))
                return None
            value = value[name]
        self._key_found = True
        return value


def _integers(values: array[int]) -> Any:
    import pyarrow as pa

    return pa.Array.from_buffers(pa.int64(), len(values), [None, pa.py_buffer(values)])


def _schema(name: str) -> pyarrow.Schema:
    import pyarrow as pa

    if name == "line":
        raise ValueError("the key of the addresses cannot be 'line', which is the column of the line numbers")
    columns: dict[str, pyarrow.DataType] = {"line": pa.int64(), name: pa.large_string()}
    return pa.schema(columns)
