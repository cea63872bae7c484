"""Warnings about names that a later version removes. The page about compatibility in the documentation has the policy."""

from __future__ import annotations

import sys
import warnings

_PACKAGE = __name__.partition(".")[0]


def warn_deprecated(name: str, *, since: str, removed_in: str, instead: str) -> None:
    """Warn the caller of the package that a name is deprecated.

    Args:
        name: What is deprecated, as users write it, such as `markets(edition=...)`.
        since: The version that deprecates it.
        removed_in: The version that removes it, a later major version.
        instead: What to use instead.
    """
    # The line outside the package is the one to change.
    level, frame = 1, sys._getframe()
    while frame is not None and frame.f_globals.get("__name__", "").partition(".")[0] == _PACKAGE:
        level, frame = level + 1, frame.f_back  # type: ignore[assignment]
    message = f"{name} is deprecated since version {since} and will be removed in version {removed_in}; use {instead}"
    warnings.warn(message, DeprecationWarning, stacklevel=level)
