"""What the package raises."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib import import_module
from typing import Any


class NotoriousMarketsError(Exception):
    """Base of every exception of the package."""


class UnknownValue(NotoriousMarketsError, LookupError):
    """A value that can match nothing: an edition that does not exist, a misspelt kind, an unknown market.

    Attributes:
        argument: What was asked for, such as `"year"` or `"market"`.
        value: The value that was given.
        suggestions: Valid values that resemble it, the best first; empty where none does.
    """

    def __init__(
        self,
        argument: str,
        value: object,
        valid: Iterable[object],
        *,
        listed: bool = True,
        suggestions: Iterable[object] | None = None,
        also_called: Mapping[str, object] | None = None,
    ) -> None:
        known = {str(option).casefold(): option for option in valid}
        if suggestions is None:
            from difflib import get_close_matches

            names = {**known, **{name.casefold(): option for name, option in (also_called or {}).items()}}
            asked = str(value).casefold()
            close = [asked] if asked in names else get_close_matches(asked, names, n=3, cutoff=0.6)
            suggestions = dict.fromkeys(names[name] for name in close)
        self.argument = argument
        self.value = value
        self.suggestions: tuple[object, ...] = tuple(suggestions)
        message = f"unknown {argument} {value!r}"
        if self.suggestions:
            message += f"; did you mean {' or '.join(map(repr, self.suggestions))}?"
        if listed:
            message += (
                f" Valid: {', '.join(map(repr, known.values()))}."
                if self.suggestions
                else f"; valid: {', '.join(map(repr, known.values()))}"
            )
        super().__init__(message)
        self._arguments = argument, value, tuple(known.values()), listed, self.suggestions

    def __reduce__(self) -> tuple[object, ...]:
        return _unknown_value, (type(self), *self._arguments)


def _unknown_value(
    kind: type[UnknownValue],
    argument: str,
    value: object,
    valid: tuple[object, ...],
    listed: bool,
    suggestions: tuple[object, ...],
) -> UnknownValue:
    return kind(argument, value, valid, listed=listed, suggestions=suggestions)


class AmbiguousMarket(NotoriousMarketsError, LookupError):
    """A name that belongs to more than one market; ask by `market_id` instead.

    Attributes:
        name: The name that was given.
        market_ids: The markets that have it.
    """

    def __init__(self, name: str, market_ids: Iterable[str]) -> None:
        self.name = name
        self.market_ids = tuple(market_ids)
        super().__init__(name, self.market_ids)

    def __str__(self) -> str:
        return f"{self.name!r} names more than one market; ask for one of {', '.join(map(repr, self.market_ids))}"


class NothingToScreen(NotoriousMarketsError, ValueError):
    """Conditions that no domain meets, so that screening could find nothing and a blocklist block nothing."""


class MissingExtra(NotoriousMarketsError, ImportError):
    """A library that only an extra of the package installs."""

    def __init__(self, library: str, extra: str) -> None:
        self.library = library
        self.extra = extra
        super().__init__(library, extra)

    def __str__(self) -> str:
        return f"{self.library} is not installed; `pip install 'notorious_markets[{self.extra}]'` installs it"


def library(name: str, extra: str) -> Any:
    """Import a library that only an extra of the package installs.

    Raises:
        MissingExtra: The library is not installed.
    """
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
        raise MissingExtra(name, extra) from None
