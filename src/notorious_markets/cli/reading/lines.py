"""Text with an address on each line, JSON Lines and JSON arrays."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

from ..._arrays import array_of, texts
from ...errors import UnknownValue, library

if TYPE_CHECKING:
    import pyarrow

    from . import Refuse, Stream

_ROWS_AT_ONCE = 1 << 16


def read_text(blocks: Iterable[bytes]) -> Stream:
    """Return the lines of a text with their numbers. An empty line is a row too."""
    import pyarrow as pa
    import pyarrow.compute

    # The stubs of pyarrow know few of these functions.
    compute: Any = pyarrow.compute
    schema = _schema("url")

    def batches() -> Iterator[pyarrow.RecordBatch]:
        number = 1
        for block in whole_lines(blocks):
            # Without the last line break, after which there is no line.
            end = len(block) - (2 if block.endswith(b"\r\n") else block.endswith((b"\n", b"\r")))
            (whole,) = (texts([block[:end]]).view(pa.large_binary()),)
            split = compute.split_pattern_regex if b"\r" in block else compute.split_pattern
            lines = split(whole, pattern="\r\n|\n|\r" if b"\r" in block else "\n").flatten().view(pa.large_string())
            numbers = array_of("int64", range(number, number + len(lines)))
            number += len(lines)
            yield pa.RecordBatch.from_arrays([numbers, lines], schema=schema)

    return schema, batches()


def read_json_lines(blocks: Iterable[bytes], key: str, refuse: Refuse) -> Stream:
    """Return the value of a key in each line of JSON Lines, with the number of the line. Blank lines are not rows.

    Args:
        blocks: The text in UTF-8.
        key: The key. Dots lead to the keys of nested objects. In a line without the key the value is null.
        refuse: Receives the line, the reason and the content of each line that is not an object, or whose value is
            not a text.

    Raises:
        UnknownValue: No line has the key.
    """
    return _numbered(key, _values(_records(blocks, refuse), key, refuse))


def read_json_array(content: bytes, key: str, refuse: Refuse) -> Stream:
    """Return the value of a key in each element of a JSON array, with the number of the element as `line`.

    An element that is a text is itself a URL. The whole array is held in memory.

    Raises:
        ValueError: The content is not a JSON array.
        UnknownValue: No element has the key.
    """
    array = _parsed(content)
    if not isinstance(array, list):
        raise ValueError("the file must contain a JSON array, or JSON objects on a line each")
    elements = ((n, {key: one} if isinstance(one, str) else one) for n, one in enumerate(array, start=1))
    return _numbered(key, _values(elements, key, refuse))


def whole_lines(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Cut a text into blocks that end where a line ends."""
    rest = b""
    for block in blocks:
        rest += block
        # A carriage return at the end may be half a line break.
        end = max(rest.rfind(b"\n"), rest.rfind(b"\r", 0, -1)) + 1
        if end:
            yield rest[:end]
            rest = rest[end:]
    if rest:
        yield rest


def _records(blocks: Iterable[bytes], refuse: Refuse) -> Iterator[tuple[int, Any]]:
    number = 0
    for block in whole_lines(blocks):
        for line in block.splitlines():
            number += 1
            if line.strip():
                try:
                    yield number, _parsed(line)
                except ValueError as error:
                    refuse(number, f"not JSON: {error}", line)


def _parsed(content: bytes) -> Any:
    orjson = library("orjson", "cli")
    try:
        return orjson.loads(content)
    except ValueError:
        # Half a surrogate pair is valid JSON, but orjson refuses it.
        return json.loads(content)


def _values(records: Iterable[tuple[int, Any]], key: str, refuse: Refuse) -> Iterator[tuple[int, bytes | None]]:
    path = key.split(".")
    found, seen = False, dict[str, None]()
    for number, record in records:
        if not isinstance(record, dict):
            refuse(number, f"not a JSON object but {_kind(record)}", _shown(record))
            continue
        # A key that contains dots itself comes first.
        value: Any = record
        for name in [key] if key in record else path:
            there = isinstance(value, dict) and name in value
            value = value[name] if there else None
        found = found or there
        if not found:
            seen.update(dict.fromkeys(record))
        if isinstance(value, str | None):
            yield number, None if value is None else value.encode("utf-8", "surrogatepass")
        else:
            refuse(number, f"{key} is not a text but {_kind(value)}", _shown(record))
    if seen and not found:
        raise UnknownValue("key", key, seen)


def _kind(value: object) -> str:
    kinds = {bool: "a truth value", int: "a number", float: "a number", str: "a text", list: "an array", dict: "an object"}
    return kinds.get(type(value), "null")


def _shown(record: object) -> bytes:
    return json.dumps(record, ensure_ascii=False).encode("utf-8", "surrogatepass")


def _numbered(name: str, rows: Iterable[tuple[int, bytes | None]]) -> Stream:
    import pyarrow as pa

    schema = _schema(name)
    remaining = iter(rows)

    def batches() -> Iterator[pyarrow.RecordBatch]:
        while some := list(islice(remaining, _ROWS_AT_ONCE)):
            numbers, values = zip(*some, strict=True)
            yield pa.RecordBatch.from_arrays([array_of("int64", numbers), texts(values)], schema=schema)

    return schema, batches()


def _schema(name: str) -> pyarrow.Schema:
    import pyarrow as pa

    columns: dict[str, pyarrow.DataType] = {"line": pa.int64(), name: pa.large_string()}
    return pa.schema(columns)
