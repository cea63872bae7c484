"""How arguments are checked: one value, several values, a number, a day. Every room that takes arguments uses these."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from numbers import Integral
from typing import Any, TypeVar

from .errors import UnknownValue

V = TypeVar("V", int, str)

_IN_WORDS = {int: ("an int", "ints"), str: ("a str", "strs")}


def is_whole(value: object) -> bool:
    """Whether a value is an integer, either of Python or of numpy. A `bool` is not."""
    return isinstance(value, Integral) and not isinstance(value, bool)


def one_of(argument: str, given: object, type_: type[V], valid: Iterable[V]) -> V:
    """Check an argument that takes a single value.

    Raises:
        TypeError: The value has another type.
        UnknownValue: The value is not a valid one; the message lists or suggests those that are.
    """
    if not _is(given, type_):
        raise TypeError(f"{argument} must be {_IN_WORDS[type_][0]}, not {type(given).__name__}")
    known = tuple(valid)
    value: Any = given
    if value not in known:
        raise UnknownValue(argument, value, known)
    return known[known.index(value)]


def some_of(
    argument: str,
    given: V | Iterable[V] | None,
    type_: type[V],
    valid: Iterable[V],
    also_called: Callable[[], Mapping[str, V]] = dict,
) -> frozenset[V] | None:
    """Check an argument that takes one value or several, and return the values as a set.

    Args:
        argument: The name of the argument, for the message of an error.
        given: What the caller gave; `None` stands for no condition.
        type_: The type of a value.
        valid: Every value that can occur.
        also_called: Other names of the values. An error suggests them, but they are not accepted.

    Returns:
        The values, or `None` if there is no condition.

    Raises:
        TypeError: A value has another type.
        UnknownValue: A value is not a valid one; the message lists or suggests those that are.
    """
    if given is None:
        return None
    known = tuple(valid)
    values = several(argument, given, type_)
    for value in values:
        if value not in known:
            raise UnknownValue(argument, value, known, also_called=also_called())
    return frozenset(values)


def several(argument: str, given: V | Iterable[V], type_: type[V]) -> list[V]:
    """One value or several values as a list.

    Raises:
        TypeError: A value has another type.
    """
    values: list[Any]
    if isinstance(given, (str, Integral)):
        values = [given]
    elif isinstance(given, Iterable) and not isinstance(given, (bytes, bytearray)):
        values = list(given)
    else:
        raise TypeError(_wanted(argument, type_, type(given).__name__))
    for value in values:
        if not _is(value, type_):
            raise TypeError(_wanted(argument, type_, repr(value)))
    return [int(value) if type_ is int else value for value in values]


def at_least(argument: str, given: object, least: int) -> int:
    """Check an argument that takes a whole number from a lower bound on.

    Raises:
        TypeError: It is not an integer.
        ValueError: It is below the bound.
    """
    if not is_whole(given):
        raise TypeError(f"{argument} must be an int, not {type(given).__name__}")
    number: Any = given
    if number < least:
        raise ValueError(f"{argument} must be at least {least}, not {number}")
    return int(number)


def text(argument: str, given: object) -> str:
    """Check an argument that takes a text.

    Raises:
        TypeError: It is not a `str`.
    """
    if not isinstance(given, str):
        raise TypeError(f"{argument} must be a str, not {type(given).__name__}")
    return given


def day(argument: str, given: object) -> date:
    """Check an argument that takes a day.

    Raises:
        TypeError: It is neither a `datetime.date` nor a text.
        ValueError: It is a text, but not a date in the form YYYY-MM-DD.
    """
    if isinstance(given, str):
        try:
            # `date.fromisoformat` accepts more forms on newer versions of Python.
            return datetime.strptime(given, "%Y-%m-%d").date()
        except ValueError:
            raise ValueError(f"{argument} must be a date such as 2022-06-30, not {given!r}") from None
    if type(given) is not date:
        raise TypeError(f"{argument} must be a datetime.date or an ISO 8601 date, not {given!r}")
    return given


def _is(value: object, type_: type) -> bool:
    return is_whole(value) if type_ is int else isinstance(value, type_)


def _wanted(argument: str, type_: type, given: str) -> str:
    one, many = _IN_WORDS[type_]
    return f"{argument} must be {one} or an iterable of {many}, not {given}"
