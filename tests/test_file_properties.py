"""Is every record of any file a row or refused, and are addresses recognised alike in every way?"""

from __future__ import annotations

import bz2
import csv
import gzip
import io
import json
import lzma
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import pyarrow.compute as compute
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import notorious_markets as nm
from notorious_markets.cli.addresses import is_address, unusual_values
from notorious_markets.cli.reading import delimited
from notorious_markets.cli.reading.delimited import read_delimited
from notorious_markets.cli.reading.dialects import Dialect, dialect_of
from notorious_markets.cli.reading.lines import read_text
from notorious_markets.cli.reading.sources import decoded, encoding_of
from notorious_markets.screening.files import USUAL, FileScreener

from .command import run


def _zstd(content: bytes) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, "zstd") as stream:
        stream.write(content)
    return sink.getvalue().to_pybytes()


COMPRESSIONS: list[Callable[[bytes], bytes]] = [bytes, gzip.compress, bz2.compress, lzma.compress, _zstd]
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "latin-1", "cp1252"]
# What delimiters, quotation marks, line breaks and encodings may confuse.
CELLS = st.text(st.sampled_from("abé ;,|\t\"'\r\n"), max_size=6)
ADDRESSES = st.one_of(
    st.sampled_from(
        ["https://m.taobao.com/1", "https://taobao.com/?q=a,b;c|d", 'https://vk.com/"x"', "KAT.PH", "https://tüv.example/"]
    ),
    st.text("abé./", max_size=5).map("https://example.org/{}".format),
)


@given(
    addresses=st.lists(ADDRESSES, max_size=8),
    cell=CELLS,
    delimiter=st.sampled_from(",;\t|"),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    line_break=st.sampled_from(["\n", "\r\n", "\r"]),
    encoding=st.sampled_from(ENCODINGS),
    compress=st.sampled_from(COMPRESSIONS),
)
@settings(max_examples=100)
def test_a_delimited_file_has_the_rows_that_were_written(
    addresses: list[str],
    cell: str,
    delimiter: str,
    quoting: Literal[0, 1],
    line_break: str,
    encoding: str,
    compress: Callable[[bytes], bytes],
) -> None:
    text = io.StringIO()
    # The standard library does not quote a cell with another line break than that of the rows.
    quoting = csv.QUOTE_ALL if "\r" in cell or "\n" in cell else quoting
    writer = csv.writer(text, delimiter=delimiter, quoting=quoting, lineterminator=line_break)
    writer.writerows([["note", "url", "n"], *([cell, address, number] for number, address in enumerate(addresses))])
    stated = f"--encoding {encoding}" if encoding in ("latin-1", "cp1252") else ""
    with tempfile.TemporaryDirectory() as folder:
        source, output = Path(folder, "urls.csv"), Path(folder, "hits.jsonl")
        source.write_bytes(compress(text.getvalue().encode(encoding)))
        done = run(f"screen --json --column url {stated}", source, "-o", output)
        assert (done.code, done.stderr) == (0, "")
        rows = [json.loads(line) for line in output.read_text(encoding="utf-8").split("\n")[:-1]]
    mask = nm.screen(addresses, result="mask").to_pylist()
    assert json.loads(done.stdout)["rows"] == len(addresses)
    expected = [(cell, address, str(n)) for n, (address, listed) in enumerate(zip(addresses, mask, strict=True)) if listed]
    assert [(row["note"], row["url"], row["n"]) for row in rows] == expected


@given(
    header=st.integers(1, 3),
    text=st.lists(st.sampled_from(['"', '""', ",", "\n", "\r", "\r\n", "a", "bc", " ", "é", ';"', '"a"', ',"']), max_size=25).map(
        "".join
    ),
    quoted=st.booleans(),
    size=st.integers(1, 40),
)
@settings(max_examples=1000)
@example(header=1, text='é"a"\n\r\r bc', quoted=True, size=5)
@example(header=2, text='"a" b\r\nc,d\r\r\n', quoted=True, size=3)
def test_every_record_is_a_row_or_refused(header: int, text: str, quoted: bool, size: int) -> None:
    """The standard library reads the same records. It accepts text after a quoted cell, and rows of any width."""
    whole = ",".join("xyz"[:header]) + "\n" + text
    content = whole.encode()
    blocks = [content[start : start + size] for start in range(0, len(content), size)]
    refused: list[int] = []
    try:
        read = read_delimited(blocks, Dialect(",", quoted, certain=True), lambda line, *_: refused.append(line), header=True)
        rows = [list(row.values()) for batch in read.stream[1] for row in batch.to_pylist()]
    except ValueError as error:
        assert "no quotation mark ends the cell" in str(error)
        with pytest.raises(csv.Error):
            list(csv.reader(io.StringIO(whole, newline=""), strict=True))
        return
    quoting: Any = csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE
    reader = csv.reader(io.StringIO(whole, newline=""), quoting=quoting)
    expected, starts, line = [], [], 1
    for record in reader:
        expected.append(record or [""] * header)
        starts.append(line)
        line = reader.line_num + 1
    assert len(rows) + len(refused) == len(expected) - 1
    assert refused == sorted(refused)
    assert rows == [record for record, start in zip(expected[1:], starts[1:], strict=True) if start not in refused]


@given(st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=5), st.sampled_from(",;\t|"))
def test_the_delimiter_is_recognised(rows: list[list[str]], delimiter: str) -> None:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows([["a", "b", "c"], *rows])
    for usual in ",\t":
        dialect = dialect_of(text.getvalue().encode(), True, usual)
        assert (dialect.delimiter, dialect.quoted) == (delimiter, True)


@given(
    st.text(st.sampled_from("ab.:/\r\n\t,é淘\U0001f600"), min_size=4),
    st.sampled_from(["utf-8-sig", "utf-16", "utf-32"]),
    st.integers(1, 9),
)
def test_text_is_decoded_in_pieces_of_any_size(text: str, encoding: str, size: int) -> None:
    content = text.encode(encoding)
    name, mark = encoding_of(content)
    blocks = [
        content[:mark] + content[mark:][:size],
        *(content[mark:][start : start + size] for start in range(size, len(content), size)),
    ]
    assert b"".join(decoded(blocks, name, mark)).decode() == text


@given(st.text(st.sampled_from("ab\r\n"), max_size=30), st.integers(1, 9))
def test_lines_are_cut_from_pieces_of_any_size(text: str, size: int) -> None:
    content = text.encode()
    _, batches = read_text(content[start : start + size] for start in range(0, len(content), size))
    rows = [row for batch in batches for row in batch.to_pylist()]
    assert rows == [{"line": number, "url": line} for number, line in enumerate(text.splitlines(), start=1)]


@pytest.mark.parametrize("pieces", [[b'url,n\na,"', b"b" * 60, b"c" * 60], [b'url,n\na,1\nb,"\n', b"c\n" * 60]])
def test_a_record_without_end_is_not_read_for_ever(pieces: list[bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited, "_LONGEST_RECORD", 100)
    read = read_delimited(pieces, Dialect(",", quoted=True), lambda *_: None)
    with pytest.raises(ValueError, match=r"line [23]: no quotation mark ends the cell"):
        list(read.stream[1])


@cache
def _file_screeners() -> list[FileScreener]:
    """Candidates and unusual addresses are found with one pattern, in one compiled loop, or separately."""
    return [FileScreener(), FileScreener(engine="compiled"), FileScreener(engine="labels")]


PIECES = list("ab./?#:@,; |-_1é。")
PIECES += [
    "http",
    "https",
    "HTTP",
    "ftp",
    "://",
    "www.",
    ".com",
    "--",
    "-.",
    "xn--",
    "xn--p1ai",
    "taobao",
    ".xn--p1ai",
    "0x1",
    "12",
    "999",
    "256",
]
PIECES += ["mailto:", ":80", "\t", "\n", "%41", "\u00ad", "\ufeff", '"', "\\", "[::1]"]


@given(st.lists(st.lists(st.sampled_from(PIECES), max_size=7).map("".join), min_size=100, max_size=200))
@settings(max_examples=60)
def test_the_quick_pattern_matches_only_addresses(texts: list[str]) -> None:
    array: Any = pa.array(texts, pa.binary())
    for text, usual in zip(texts, compute.match_substring_regex(array, USUAL).to_pylist(), strict=True):
        assert is_address(text) or not usual, text
    assert all(value in texts for value in unusual_values(array)[1])


@given(st.lists(st.none() | st.lists(st.sampled_from(PIECES), max_size=7).map("".join), min_size=100, max_size=200))
@settings(max_examples=60)
def test_every_search_finds_the_unusual_addresses(texts: list[str | None]) -> None:
    batch = pa.RecordBatch.from_pydict({"url": pa.array(texts)})
    usual: Any = compute.match_substring_regex(batch.column("url").cast(pa.binary()), USUAL)
    listed = nm.screen(texts, result="rows")
    for screener in _file_screeners():
        reader = pa.RecordBatchReader.from_batches(batch.schema, [batch])
        [(screened, unusual)] = screener.screened(reader, "url", 1, refang=False)[1]
        assert unusual.to_pylist() == compute.indices_nonzero(compute.invert(usual)).to_pylist()
        assert screened.select(list(listed.column_names)).to_pylist() == listed.to_pylist()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("taobao.com", True),
        ("https://taobao.com:8080/a b\tc", True),
        ("user@taobao.com", True),
        ("1.2.3.4", True),
        ("http://[::1]:80/", True),
        ("http://localhost/", True),
        ("淘宝.example", True),
        ("", False),
        ("taobao", False),
        ("12:30", False),
        ("1.5", False),
        ("3/4", False),
        ("12.05.2024", False),
        ("2024-05-12", False),
        ("taobao.com,200", False),
        ("taobao.com;200", False),
        ("taobao.com\t200", False),
        ('"https://taobao.com/"', False),
        ("\ufeffhttps://taobao.com/", False),
        ("https://", False),
        ("see taobao.com", False),
        ("https://taobao.com:99999/", False),
    ],
)
def test_what_an_address_is(text: str, expected: bool) -> None:
    assert is_address(text) is expected
    assert bool(list(unusual_values(pa.array([text], pa.large_string()))[1])) or expected
