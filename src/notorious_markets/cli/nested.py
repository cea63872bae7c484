"""Arrow columns of any depth as a file format can hold them: text that is valid UTF-8, and values that JSON has."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .._arrays import array_of, texts

if TYPE_CHECKING:
    import pyarrow


class _NoForm(Exception):
    """Raised for a type whose values have no form in JSON Lines."""


def with_valid_text(batch: pyarrow.RecordBatch) -> pyarrow.RecordBatch:
    """Return a batch in which U+FFFD replaces the bytes of text that are not UTF-8."""
    import pyarrow as pa

    return pa.RecordBatch.from_arrays(list(map(_with_valid_text, batch.columns)), schema=batch.schema)


def _with_valid_text(column: Any) -> Any:
    import pyarrow as pa

    try:
        column.validate(full=True)
    except pa.ArrowInvalid:
        return mapped(column, _valid_text).cast(column.type)
    return column


def for_json(batch: pyarrow.RecordBatch) -> pyarrow.RecordBatch:
    """Return a batch with the forms that JSON Lines has for values without a JSON type.

    Bytes become Base64, dates and times ISO 8601, decimals text, and maps lists of objects with `key` and `value`. Times with
    a time zone become UTC.

    Raises:
        ValueError: There is no form for a column.
    """
    import pyarrow as pa

    columns = []
    for field, column in zip(batch.schema, with_valid_text(batch).columns, strict=True):
        try:
            columns.append(mapped(column, _json_value))
        # pyarrow converts only some types to text, and has no function that tells which.
        except (_NoForm, pa.ArrowNotImplementedError) as error:
            raise ValueError(f"JSON Lines cannot hold the column {field.name!r} of type {field.type}") from error
    return pa.RecordBatch.from_arrays(columns, batch.schema.names)


def mapped(array: Any, function: Callable[[Any], Any]) -> Any:
    """Apply a function to the innermost arrays of an array. The lists around them become large lists."""
    import pyarrow as pa
    import pyarrow.compute
    from pyarrow import types

    # The stubs of pyarrow lack many of these functions.
    compute: Any = pyarrow.compute
    type_ = array.type
    if isinstance(array, pa.ExtensionArray):
        return mapped(array.storage, function)
    if types.is_dictionary(type_):
        return mapped(array.dictionary, function).take(array.indices)
    if types.is_map(type_):
        return mapped(array.cast(pa.list_(pa.struct({"key": type_.key_type, "value": type_.item_type}))), function)
    if types.is_struct(type_) and type_.num_fields:
        fields = [mapped(field, function) for field in array.flatten()]
        return pa.StructArray.from_arrays(fields, [field.name for field in type_], mask=array.is_null())
    if hasattr(array, "flatten") and not types.is_struct(type_):
        lengths = compute.fill_null(compute.list_value_length(array).cast(pa.int64()), array_of("int64", [0])[0])
        offsets: Any = pa.concat_arrays([array_of("int64", [0]), compute.cumulative_sum(lengths)])
        return pa.LargeListArray.from_arrays(offsets, mapped(array.flatten(), function), mask=array.is_null())
    return function(array)


def _valid_text(array: Any) -> Any:
    import pyarrow as pa
    from pyarrow import types

    if not (types.is_string(array.type) or types.is_large_string(array.type)):
        return array
    values = array.cast(pa.binary() if types.is_string(array.type) else pa.large_binary()).to_pylist()
    return texts(None if value is None else value.decode("utf-8", "replace").encode() for value in values)


def _json_value(array: Any) -> Any:
    import pyarrow as pa
    import pyarrow.compute
    from pyarrow import types

    compute: Any = pyarrow.compute
    type_ = array.type
    if is_bytes(type_):
        return texts(None if value is None else base64.b64encode(value) for value in array.to_pylist())
    if types.is_timestamp(type_):
        text = array.cast(pa.timestamp(type_.unit, type_.tz and "UTC")).cast(pa.string())
        return compute.replace_substring(text, " ", "T", max_replacements=1)
    if types.is_date(type_) or types.is_time(type_) or types.is_decimal(type_):
        return array.cast(pa.date32() if types.is_date(type_) else type_).cast(pa.string())
    if types.is_interval(type_) or types.is_union(type_):
        raise _NoForm
    return array


def is_bytes(type_: pyarrow.DataType) -> bool:
    """Return whether the values of a type are bytes."""
    from pyarrow import types

    return types.is_binary(type_) or types.is_large_binary(type_) or types.is_fixed_size_binary(type_)
