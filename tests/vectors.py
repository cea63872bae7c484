"""The conformance vectors of `vectors.json`, for the tests that use them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

TEXT = Path(__file__).with_name("vectors.json").read_text(encoding="ascii")
FILE: dict[str, Any] = json.loads(TEXT)
DOMAINS: list[str] = FILE["domains"]
VECTORS: list[dict[str, Any]] = FILE["vectors"]


def text_of(vector: dict[str, Any]) -> str:
    """The address as a `str`, which may have lone surrogates."""
    return str(vector["url"]) if "url" in vector else bytes.fromhex(vector["bytes"]).decode("utf-8", "replace")


def bytes_of(vector: dict[str, Any]) -> bytes:
    """The address as bytes, which may be invalid UTF-8."""
    if "bytes" in vector:
        return bytes.fromhex(vector["bytes"])
    return str(vector["url"]).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").encode()


def engine_rows() -> tuple[list[str | None], list[str | None]]:
    """Addresses and their domains for engines whose text must be valid Unicode: the vectors, a shipped domain and nulls."""
    vectors = [vector for vector in VECTORS if "url" in vector and not re.search("[\ud800-\udfff]", vector["url"])]
    urls = [None, "https://ja.aliexpress.com/item/1", *(vector["url"] for vector in vectors), None]
    domains = [None, "aliexpress.com", *(vector["domain"] for vector in vectors), None]
    return urls, domains
