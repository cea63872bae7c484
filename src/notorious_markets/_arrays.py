"""Arrow arrays from Python values; `pyarrow.array` would do, but imports pandas where it is installed."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import pyarrow

    Array = pyarrow.Array[Any]


def integers(typecode: Literal["i", "q"], values: Sequence[int]) -> Array:
    """An array of 32 or 64 bits a value."""
    import pyarrow as pa

    type_ = pa.int32() if typecode == "i" else pa.int64()
    return pa.Array.from_buffers(type_, len(values), [None, pa.py_buffer(array(typecode, values))])


def texts(values: Iterable[bytes | None]) -> Array:
    """An array of large strings, from UTF-8; what is no UTF-8 stays as it is."""
    import pyarrow as pa

    kept = list(values)
    offsets = array("q", accumulate((len(value or b"") for value in kept), initial=0))
    valid = bytearray(-(-len(kept) // 8))
    for place, value in enumerate(kept):
        if value is not None:
            valid[place >> 3] |= 1 << (place & 7)
    buffers: list[pyarrow.Buffer | None] = [
        pa.py_buffer(valid),
        pa.py_buffer(offsets),
        pa.py_buffer(b"".join(filter(None, kept))),
    ]
    return pa.Array.from_buffers(pa.large_string(), len(kept), buffers)
