"""Arrow arrays from Python values."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import pyarrow

    Array = pyarrow.Array[Any]

TypeName = Literal["string", "bool", "int16", "int32", "int64", "float", "double"]

# The arrays are built from buffers, because pyarrow.array imports pandas wherever pandas is installed.
_TYPECODES = {"int16": "h", "int32": "i", "int64": "q", "float": "f", "double": "d"}


def array_of(type_: TypeName, values: Iterable[Any]) -> Array:
    """Build an array of the Arrow type with this name. `None` becomes null."""
    if type_ == "string":
        import pyarrow as pa

        return texts(None if value is None else value.encode() for value in values).cast(pa.string())
    return _fixed_width(type_, list(values))


def texts(values: Iterable[bytes | None]) -> Array:
    """Build an array of large strings from UTF-8, which is not checked. `None` becomes null."""
    import pyarrow as pa

    encoded = list(values)
    validity = _bitmap(value is not None for value in encoded) if None in encoded else None
    present = [value or b"" for value in encoded]
    offsets = array("q", accumulate(map(len, present), initial=0))
    buffers = [validity, pa.py_buffer(offsets), pa.py_buffer(b"".join(present))]
    return pa.Array.from_buffers(pa.large_string(), len(encoded), buffers)


def _fixed_width(type_: str, values: Sequence[Any]) -> Array:
    """Build an array of numbers or booleans."""
    import pyarrow as pa

    content = (
        _bitmap(map(bool, values))
        if type_ == "bool"
        else pa.py_buffer(array(_TYPECODES[type_], [0 if value is None else value for value in values]))
    )
    validity = _bitmap(value is not None for value in values) if None in values else None
    arrow_type = {"bool": pa.bool_(), "float": pa.float32(), "double": pa.float64()}.get(type_) or getattr(pa, type_)()
    return pa.Array.from_buffers(arrow_type, len(values), [validity, content])


def _bitmap(flags: Iterable[bool]) -> pyarrow.Buffer:
    """Pack booleans into bits as Arrow does, with the lowest bit of each byte first."""
    import pyarrow as pa

    bits = list(flags)
    packed = bytearray(-(-len(bits) // 8))
    for position, bit in enumerate(bits):
        if bit:
            packed[position >> 3] |= 1 << (position & 7)
    return pa.py_buffer(packed)
