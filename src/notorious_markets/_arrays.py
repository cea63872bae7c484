"""Arrow arrays from Python values.

`pyarrow.array` would do the same, but it imports pandas where pandas is installed.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import pyarrow

    Array = pyarrow.Array[Any]

TypeName = Literal["string", "bool", "int16", "int32", "int64", "float", "double"]

_TYPECODES = {"int16": "h", "int32": "i", "int64": "q", "float": "f", "double": "d"}


def array_of(type_: TypeName, values: Iterable[Any]) -> Array:
    """An array of the Arrow type of this name. `None` becomes null."""
    if type_ == "string":
        import pyarrow as pa

        return texts(None if value is None else value.encode() for value in values).cast(pa.string())
    return _fixed(type_, list(values))


def texts(values: Iterable[bytes | None]) -> Array:
    """An array of large strings from UTF-8. The bytes are not checked."""
    import pyarrow as pa

    kept = list(values)
    offsets = array("q", accumulate((len(value or b"") for value in kept), initial=0))
    buffers: list[pyarrow.Buffer | None] = [
        _bits(value is not None for value in kept),
        pa.py_buffer(offsets),
        pa.py_buffer(b"".join(filter(None, kept))),
    ]
    return pa.Array.from_buffers(pa.large_string(), len(kept), buffers)


def _fixed(type_: str, values: Sequence[Any]) -> Array:
    """An array of numbers or truth values."""
    import pyarrow as pa

    content = (
        _bits(map(bool, values))
        if type_ == "bool"
        else pa.py_buffer(array(_TYPECODES[type_], [0 if value is None else value for value in values]))
    )
    valid = _bits(value is not None for value in values) if None in values else None
    arrow_type = {"bool": pa.bool_(), "float": pa.float32(), "double": pa.float64()}.get(type_) or getattr(pa, type_)()
    return pa.Array.from_buffers(arrow_type, len(values), [valid, content])


def _bits(flags: Iterable[bool]) -> pyarrow.Buffer:
    """A bitmap with the lowest bit of each byte first, as Arrow has it."""
    import pyarrow as pa

    kept = list(flags)
    packed = bytearray(-(-len(kept) // 8))
    for position, flag in enumerate(kept):
        if flag:
            packed[position >> 3] |= 1 << (position & 7)
    return pa.py_buffer(packed)
