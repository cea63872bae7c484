"""The exceptions that the package raises."""

from __future__ import annotations

import copyreg
from collections.abc import Iterable, Mapping
from importlib import import_module
from typing import Any


class NotoriousMarketsError(Exception):
    """Base class of all exceptions of the package."""


class UnknownValue(NotoriousMarketsError, LookupError):
    """Raised for a value that cannot match anything: a year without an edition, a misspelt kind, an unknown market.

    Attributes:
        argument: The name of the argument, such as `"year"` or `"market"`.
        value: The value that was passed.
        suggestions: Valid values that resemble a text, the most similar first; empty if there are none.
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
        """Compose the message.

        Args:
            argument: The name of the argument.
            value: The value that was passed.
            valid: Every valid value.
            listed: Whether the message lists the valid values.
            suggestions: The suggestions; by default valid values that are similar to `value`, if it is a text.
            also_called: Further names of valid values. A value that resembles such a name suggests the valid value.
        """
        valid = tuple(valid)
        if suggestions is None:
            names = {str(option).casefold(): option for option in valid}
            names |= {name.casefold(): option for name, option in (also_called or {}).items()}
            suggestions = _similar(value, names) if isinstance(value, str) else ()
        self.argument = argument
        self.value = value
        self.suggestions: tuple[object, ...] = tuple(suggestions)
        message = f"unknown {argument} {value!r}"
        options = ", ".join(map(repr, valid))
        if self.suggestions:
            message += f"; did you mean {' or '.join(map(repr, self.suggestions))}?" + (f" Valid: {options}." if listed else "")
        elif listed:
            message += f"; valid: {options}"
        super().__init__(message)

    def __reduce__(self) -> tuple[object, ...]:
        # The default would call `__init__` with the message alone.
        return copyreg.__newobj__, (type(self), *self.args), vars(self)  # type: ignore[attr-defined]


def _similar(value: str, names: Mapping[str, object]) -> Iterable[object]:
    """Return the options whose names resemble a value, each once."""
    from difflib import get_close_matches

    folded = value.casefold()
    close = [folded] if folded in names else get_close_matches(folded, names, n=3, cutoff=0.6)
    return dict.fromkeys(names[name] for name in close)


class AmbiguousMarket(NotoriousMarketsError, LookupError):
    """Raised for a name that several markets have. Use the `market_id` of one of them instead.

    Attributes:
        name: The name that was passed.
        market_ids: The ids of the markets that have the name.
    """

    def __init__(self, name: str, market_ids: Iterable[str]) -> None:
        self.name = name
        self.market_ids = tuple(market_ids)
        super().__init__(name, self.market_ids)

    def __str__(self) -> str:
        return f"{self.name!r} names more than one market; ask for one of {', '.join(map(repr, self.market_ids))}"


class NothingToScreen(NotoriousMarketsError, ValueError):
    """Raised when no domain meets the conditions, so that a screener or blocklist would be empty."""


class MissingExtra(NotoriousMarketsError, ImportError):
    """Raised when a function needs a library that only an extra of the package installs.

    Attributes:
        library: The name of the library.
        extra: The extra that installs it.
    """

    def __init__(self, library: str, extra: str) -> None:
        self.library = library
        self.extra = extra
        super().__init__(library, extra)

    def __str__(self) -> str:
        return f"{self.library} is not installed; install it with `pip install 'notorious_markets[{self.extra}]'`"


def library(name: str, extra: str) -> Any:
    """Import and return a library that only an extra of the package installs.

    Args:
        name: The name of the library.
        extra: The extra that installs it.

    Raises:
        MissingExtra: The library is not installed.
    """
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
        raise MissingExtra(name, extra) from None
