"""What the tests of exports share."""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import date
from typing import Any

import notorious_markets as nm
from notorious_markets.exporting import FormatName

CONDITIONS: dict[str, dict[str, Any]] = {
    "one year": {"year": 2021},
    "online on a day": {"as_of": "2020-12-31", "kind": "online"},
    "two grades on a day": {"as_of": date(2020, 12, 31), "grade": ("primary", "secondary")},
    "two years and two countries": {"year": (2019, 2021), "country": {"CN", "IN"}},
    "category and goods": {"category": "cyberlocker", "goods": "piracy"},
}
BLOCKLISTS: tuple[FormatName, ...] = ("domains", "hosts", "adblock", "dnsmasq", "rpz")


def exported(name: FormatName, what: str | Iterable[str] | nm.Records[Any] | None = None, **conditions: Any) -> bytes:
    """Return what `export` writes to an open file."""
    out = io.BytesIO()
    nm.export(out, what, format=name, **conditions)
    return out.getvalue()
