"""Checks of arguments: single values, several values, numbers, text and days."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from numbers import Integral, Real
from typing import Any, TypeVar

from .errors import UnknownValue

V = TypeVar("V", int, str)

_TYPE_NAMES = {int: ("an int", "ints"), str: ("a str", "strs")}


def is_whole(value: object) -> bool:
    """Return whether a value is an integer of Python or NumPy. A `bool` does not count."""
    return isinstance(value, Integral) and not isinstance(value, bool)


def one_of(argument: str, value: object, type_: type[V], valid: Iterable[V]) -> V:
    """Check an argument that takes a single value.

    Args:
        argument: The name of the argument, for error messages.
        value: The value that was passed.
        type_: The type of a valid value.
        valid: Every valid value.

    Returns:
        The valid value that equals `value`.

    Raises:
        TypeError: The value has another type.
        UnknownValue: The value is not valid.
    """
    if not _is(value, type_):
        raise TypeError(f"{argument} must be {_TYPE_NAMES[type_][0]}, not {type(value).__name__}{_meant(type_, value)}")
    options = tuple(valid)
    if value not in options:
        raise UnknownValue(argument, value, options)
    return options[options.index(value)]


def some_of(argument: str, value: V | Iterable[V] | None, type_: type[V], valid: Iterable[V]) -> frozenset[V] | None:
    """Check an argument that takes a single value or several values.

    Args:
        argument: The name of the argument, for error messages.
        value: The value or values that were passed.
        type_: The type of a valid value.
        valid: Every valid value.

    Returns:
        The values, or `None` if `value` is `None`.

    Raises:
        TypeError: A value has another type.
        UnknownValue: A value is not valid.
    """
    if value is None:
        return None
    options = tuple(valid)
    values = several(argument, value, type_)
    for item in values:
        if item not in options:
            raise UnknownValue(argument, item, options)
    return frozenset(values)


def several(argument: str, value: V | Iterable[V], type_: type[V]) -> list[V]:
    """Return a single value or an iterable of values as a list.

    Raises:
        TypeError: A value has another type than `type_`.
    """
    values: list[Any]
    if isinstance(value, (str, Integral)):
        values = [value]
    elif isinstance(value, Iterable) and not isinstance(value, (bytes, bytearray)):
        values = list(value)
    else:
        raise TypeError(_type_message(argument, type_, type(value).__name__))
    for item in values:
        if not _is(item, type_):
            raise TypeError(_type_message(argument, type_, f"{item!r}{_meant(type_, item)}"))
    # Integers of numpy become plain ones.
    plain: list[V] = [type_(item) for item in values]
    return plain


def at_least(argument: str, value: object, minimum: int) -> int:
    """Check an argument that takes an integer with a minimum.

    Raises:
        TypeError: The value is not an integer.
        ValueError: The value is less than the minimum.
    """
    if not is_whole(value):
        raise TypeError(f"{argument} must be an int, not {type(value).__name__}")
    number: Any = value
    if number < minimum:
        raise ValueError(f"{argument} must be at least {minimum}, not {number}")
    return int(number)


def percentage(argument: str, value: object) -> float:
    """Check an argument that takes a percentage.

    Raises:
        TypeError: The value is not a number.
        ValueError: The value is not between 0 and 100, or looks like a fraction.
    """
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(f"{argument} must be a number, not {type(value).__name__}")
    number: Any = value
    if not 0 <= number <= 100:
        raise ValueError(f"{argument} must be a percentage from 0 to 100, not {number}")
    # One percent would exclude nothing, so it is most likely a fraction.
    if 0 < number <= 1:
        raise ValueError(f"{argument} is a percentage from 0 to 100; did you mean {float(100 * number):g}?")
    return float(number)


def text(argument: str, value: object) -> str:
    """Check an argument that takes text.

    Raises:
        TypeError: The value is not a `str`.
    """
    if not isinstance(value, str):
        raise TypeError(f"{argument} must be a str, not {type(value).__name__}")
    return value


def day(argument: str, value: object) -> date:
    """Check an argument that takes a day, and return the day.

    A `datetime.datetime`, such as a `pandas.Timestamp`, stands for its day in its own time zone.

    Raises:
        TypeError: The value is neither a `datetime.date` nor a `str`.
        ValueError: The value is a `str`, but not a date in the form YYYY-MM-DD, or it is `pandas.NaT`.
    """
    if isinstance(value, str):
        try:
            found = date.fromisoformat(value)
        except ValueError:
            found = None
        # `fromisoformat` accepts further forms, such as 20220630 and 2022-W26-4.
        if found is None or found.isoformat() != value:
            raise ValueError(f"{argument} must be a date such as 2022-06-30, not {value!r}")
        return found
    if not isinstance(value, date):
        raise TypeError(f"{argument} must be a datetime.date or a str such as '2022-06-30', not {value!r}")
    if not isinstance(value, datetime):
        return value
    # pandas.NaT is a `datetime` that does not equal itself.
    if value != value:
        raise ValueError(f"{argument} must be a date, not {value!r}")
    return value.date()


def _is(value: object, type_: type) -> bool:
    return is_whole(value) if type_ is int else isinstance(value, type_)


def _meant(type_: type, value: object) -> str:
    """Return a question for an error message if a value is the text of an integer where an integer is expected."""
    return f"; did you mean {value}?" if type_ is int and isinstance(value, str) and value.isdecimal() else ""


def _type_message(argument: str, type_: type, value: str) -> str:
    singular, plural = _TYPE_NAMES[type_]
    return f"{argument} must be {singular} or an iterable of {plural}, not {value}"
