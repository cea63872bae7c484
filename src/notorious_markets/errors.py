"""The exceptions that the package raises."""

from __future__ import annotations

import copyreg
import os
from collections.abc import Iterable
from importlib import import_module
from typing import Any

# A suggestion shares at least this part of its letters with the value, or begins with a value of at least this length.
_SIMILAR = 0.75
_LONG_ENOUGH = 3

REINSTALL = "reinstall the package with `pip install --force-reinstall --no-deps notorious_markets`"


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
        hint: str | None = None,
    ) -> None:
        """Compose the message.

        Args:
            argument: The name of the argument.
            value: The value that was passed.
            valid: Every valid value.
            listed: Whether the message lists the valid values.
            suggestions: The suggestions; by default valid values that are similar to `value`, if it is a text.
            hint: A text that takes the place of the suggestions and the valid values in the message.
        """
        valid = tuple(valid)
        if suggestions is None:
            suggestions = _similar(value, valid) if isinstance(value, str) else ()
        self.argument = argument
        self.value = value
        self.suggestions: tuple[object, ...] = tuple(suggestions)
        message = f"unknown {argument} {value!r}"
        options = _enumerated(valid)
        if hint:
            message += f"; {hint}"
        elif self.suggestions:
            message += f"; did you mean {' or '.join(map(repr, self.suggestions))}?" + (f" Valid: {options}." if listed else "")
        elif listed:
            message += f"; valid: {options}"
        super().__init__(message)

    def __reduce__(self) -> tuple[object, ...]:
        # The default would call `__init__` with the message alone.
        return copyreg.__newobj__, (type(self), *self.args), vars(self)  # type: ignore[attr-defined]


def _enumerated(valid: tuple[object, ...]) -> str:
    """Return the valid values as text. Consecutive numbers are a range."""
    first, last = (valid[0], valid[-1]) if len(valid) > 2 else (None, None)
    if isinstance(first, int) and isinstance(last, int) and valid == tuple(range(first, last + 1)):
        return f"{first} to {last}"
    return ", ".join(map(repr, valid))


def _similar(value: str, valid: tuple[object, ...]) -> Iterable[object]:
    """Return the valid values that resemble a text or begin with it, each once."""
    from difflib import get_close_matches

    folded = value.casefold()
    names = {str(option).casefold(): option for option in valid}
    if folded in names:
        return [names[folded]]
    close = get_close_matches(folded, names, cutoff=_SIMILAR)
    longer = [name for name in names if len(folded) >= _LONG_ENOUGH and name.startswith(folded)]
    return dict.fromkeys(names[name] for name in [*close, *longer])


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


class UnreadableReport(NotoriousMarketsError, ValueError):
    """Raised for a file that cannot be read as a report: damaged, encrypted, without text, too large, or unclear.

    Attributes:
        problems: One message for each problem.
    """

    def __init__(self, *problems: str) -> None:
        self.problems = problems
        super().__init__(*problems)

    def __str__(self) -> str:
        return "\n".join(self.problems)


class DamagedInstallation(NotoriousMarketsError, RuntimeError):
    """Raised when a file of the package is missing, unreadable, damaged or from another version.

    Each file with data is compared with its SHA-256 when it is read, so damaged data never give a wrong answer.

    Attributes:
        file: The path of the file.
        problem: What is wrong with it.
    """

    def __init__(self, file: str, problem: str) -> None:
        self.file = file
        self.problem = problem
        super().__init__(file, problem)

    def __str__(self) -> str:
        return f"{self.file} {self.problem}; {REINSTALL}"


def damage_of(error: BaseException) -> DamagedInstallation | None:
    """Return the error to raise in place of one that a missing or damaged module of the package caused.

    Returns:
        The error, or `None` if something else caused it, such as a missing library.
    """
    package, folder = __name__.partition(".")[0], os.path.dirname(__file__)  # noqa: PTH120
    if isinstance(error, (OSError, SyntaxError)):
        reason = error.strerror if isinstance(error, OSError) else error.msg
        # An error about a file of the user has another folder.
        file = str(error.filename or "")
        return DamagedInstallation(file, f"cannot be read: {reason}") if file.startswith(folder + os.sep) else None
    if not isinstance(error, ImportError) or (error.name or "").partition(".")[0] != package:
        return None
    name = (error.name or "").split(".")
    file = error.path or os.path.join(folder, *name[1:]) + ".py"  # noqa: PTH118
    if isinstance(error, ModuleNotFoundError):
        return DamagedInstallation(file, "is missing")
    # Python also reports a missing module of a package in this way.
    return DamagedInstallation(file, f"or a file beside it is missing or damaged: {str(error).partition(' (')[0]}")


class MissingLibrary(NotoriousMarketsError, ImportError):
    """Raised when a function needs a library that the package requires and that is not installed.

    Attributes:
        library: The name of the library.
        remedy: How to install it.
    """

    def __init__(self, library: str, remedy: str) -> None:
        self.library = library
        self.remedy = remedy
        super().__init__(library, remedy)

    def __str__(self) -> str:
        return f"{self.library} is not installed; {self.remedy}"


class MissingExtra(MissingLibrary):
    """Raised when a function needs a library that only an extra of the package installs.

    Attributes:
        library: The name of the library.
        extra: The extra that installs it.
        remedy: How to install it.
    """

    def __init__(self, library: str, extra: str) -> None:
        super().__init__(library, f"install it with `pip install 'notorious_markets[{extra}]'`")
        self.extra = extra

    def __reduce__(self) -> tuple[object, ...]:
        # The default would call `__init__` with the library and the remedy.
        return type(self), (self.library, self.extra)


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
