"""The inputs that each target starts with, and the words that its inputs are made of."""

from __future__ import annotations

import bz2
import gzip
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

import notorious_markets as nm

from .reports import PHRASES
from .reports import seeds as report_seeds

_VECTORS = Path(__file__).parents[1] / "tests" / "vectors.json"
_ADDRESSES = ["https://ja.aliexpress.com/item/1", "taobao.com", "http://example.org/a,b", "hxxps://pan[.]baidu[.]com", ""]


def seeds(target: str) -> Iterator[bytes]:
    """Return the first inputs of a target."""
    if target == "urls":
        for vector in json.loads(_VECTORS.read_text(encoding="ascii"))["vectors"]:
            text = vector.get("url") or bytes.fromhex(vector.get("bytes", "")).decode("utf-8", "replace")
            yield text.replace("listed.example", "taobao.com").encode("utf-8", "replace")
    elif target == "names":
        for market in nm.all_markets():
            yield market.name.encode()
            yield from (alias.encode() for alias in market.aliases)
    elif target == "arguments":
        yield from (bytes([number]) + b"Taobao" for number in range(30))
    elif target == "reports":
        yield from report_seeds()
    else:
        for content in _files():
            yield from (bytes([number, options]) + content for number in range(10) for options in range(2))


def _files() -> Iterator[bytes]:
    """Return small files in every format and compression."""
    for delimiter in ",;\t|":
        rows = [delimiter.join(["url", "n"]), *(delimiter.join([f'"{url}"', "1"]) for url in _ADDRESSES)]
        for end in ("\n", "\r\n", "\r"):
            yield end.join([*rows, ""]).encode()
    text = "\n".join(_ADDRESSES).encode()
    yield from (text, text.decode().encode("utf-16"), b"\xef\xbb\xbf" + text, gzip.compress(text), bz2.compress(text))
    yield "\n".join(json.dumps({"url": url, "meta": {"n": [1]}}) for url in _ADDRESSES).encode()
    yield json.dumps([{"url": url} for url in _ADDRESSES]).encode()
    table = pa.table({"url": _ADDRESSES, "n": range(len(_ADDRESSES))})
    for write in (pq.write_table, _write_arrow):
        stream = io.BytesIO()
        write(table, stream)
        yield stream.getvalue()


def _write_arrow(table: pa.Table, stream: io.BytesIO) -> None:
    with pa.ipc.new_file(stream, table.schema) as writer:
        writer.write_table(table)


def dictionary(target: str) -> Iterator[str]:
    """Return words in the escaped form of libFuzzer."""
    words = {
        "urls": [*(row.domain for row in nm.domains(role=("own", "former"))), *_URL_PARTS],
        "names": [*(market.name for market in nm.all_markets()), "Ltd", "Market", "Mall", "\u0430", "\ufb01", "\u202e", "\ufdfa"],
        "arguments": ["Taobao", "2021", "online", "CN", "listings"],
        "reports": [
            *PHRASES,
            "/Type",
            "/Page",
            "/Font",
            "BT",
            "ET",
            "Tj",
            "TJ",
            "Tf",
            "Td",
            "Tm",
            "obj",
            "stream",
            "FlateDecode",
        ],
        "files": ["url", '"', '""', ",", ";", "\t", "|", "\r\n", '{"url": "', "taobao.com", "\x1f\x8b", "PAR1", "ARROW1", "\x00"],
    }[target]
    for word in words:
        yield "".join(f"\\x{byte:02x}" for byte in word.encode())


_URL_PARTS = [
    *(
        "http://",
        "https:",
        "//",
        "\\\\",
        "@",
        ":80",
        "%2e",
        "%00",
        "。",
        ".",
        "..",
        "xn--",
        "[::1]",
        "0x7f",
        "\t",
        "\n",
        "\u00ad",
    ),
    *("\u00ad", "\u200d", "ß", "\ufeff", "file:", "blob:", "javascript:", "hxxp", "[.]", "(dot)", "www.", "?", "#", "/"),
]
