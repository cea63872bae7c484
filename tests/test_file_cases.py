"""Does the command find the same addresses in a file, however it is written, or else say what is wrong with it?"""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import notorious_markets as nm

from .command import run

HIT, MISS, HOST, QUERY = "https://m.taobao.com/1", "https://example.org/", "vk.com", "https://taobao.com/?q=a,b;c|d"
FEW = [HIT, MISS, HOST]
# Addresses that test delimiters and quotation marks, and a blank one.
MANY = [HIT, MISS, QUERY, 'https://vk.com/"x"', "", "HTTPS://VK.COM"]
# The stubs of pyarrow allow integers with other types only, which pyarrow 16 does not.
from_runs: Any = pa.RunEndEncodedArray.from_arrays
NOT_ON_THE_LIST = [f"https://example.org/{number}" for number in range(40)]


class Case(NamedTuple):
    """A file and what the command must find in it.

    Attributes:
        name: What is special about the file.
        file: Its name.
        content: Its bytes.
        addresses: The value of each row, or a part of the error message if the file cannot be screened.
        options: Options of the command.
        refused: How many records are not rows.
    """

    name: str
    file: str
    content: bytes
    addresses: Sequence[str | None] | str
    options: str = ""
    refused: int = 0


def table(
    addresses: Iterable[str], delimiter: str = ",", *, quoted: bool = False, line_break: str = "\n", header: bool = True
) -> str:
    """A delimited text with a number before each address and a note after it."""

    def cell(value: str) -> str:
        needed = any(mark in value for mark in (delimiter, '"', "\r", "\n"))
        return '"' + value.replace('"', '""') + '"' if quoted or needed else value

    rows = [["n", "url", "note"]] if header else []
    rows += [[str(number), address, f"note {number}"] for number, address in enumerate(addresses)]
    return "".join(delimiter.join(map(cell, row)) + line_break for row in rows)


def lines(*records: object) -> bytes:
    return "".join(json.dumps(record) + "\n" for record in records).encode()


def parquet(columns: dict[str, Any]) -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.table(columns), sink)
    return sink.getvalue()


def arrow(columns: dict[str, Any], compression: Any = None) -> bytes:
    sink = io.BytesIO()
    data = pa.table(columns)
    with pa.ipc.new_file(sink, data.schema, options=pa.ipc.IpcWriteOptions(compression=compression)) as writer:
        writer.write_table(data)
    return sink.getvalue()


def arrow_stream(columns: dict[str, Any]) -> bytes:
    sink = io.BytesIO()
    data = pa.table(columns)
    with pa.ipc.new_stream(sink, data.schema) as writer:
        writer.write_table(data)
    return sink.getvalue()


def compressed(content: bytes, format_: Any) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, format_) as stream:
        stream.write(content)
    return sink.getvalue().to_pybytes()


COMMA = table(MANY)
PLAIN = table(FEW)
TEXT = "\n".join(MANY) + "\n"
SKIPPED_FRAME = b"\x50\x2a\x4d\x18\x03\x00\x00\x00abc"

DELIMITED = [
    Case("comma", "a.csv", COMMA.encode(), MANY),
    Case("semicolon", "a.csv", table(MANY, ";").encode(), MANY),
    Case("pipe", "a.csv", table(MANY, "|").encode(), MANY),
    Case("tab in a CSV file", "a.csv", table(MANY, "\t").encode(), MANY),
    Case("tab", "a.tsv", table(MANY, "\t").encode(), MANY),
    Case("all cells quoted", "a.csv", table(MANY, quoted=True).encode(), MANY),
    Case("all cells quoted, semicolon", "a.csv", table(MANY, ";", quoted=True).encode(), MANY),
    Case("all cells quoted, tab", "a.tsv", table(MANY, "\t", quoted=True).encode(), MANY),
    Case("CR LF", "a.csv", table(MANY, line_break="\r\n").encode(), MANY),
    Case("CR", "a.csv", table(MANY, line_break="\r").encode(), MANY),
    Case("CR, all cells quoted", "a.csv", table(MANY, line_break="\r", quoted=True).encode(), MANY),
    Case("no line break at the end", "a.csv", PLAIN.encode().rstrip(), FEW),
    Case("CR at the end", "a.csv", PLAIN.encode().rstrip() + b"\r", FEW),
    Case("byte order mark", "a.csv", COMMA.encode("utf-8-sig"), MANY),
    Case("UTF-16", "a.csv", COMMA.encode("utf-16"), MANY),
    Case("UTF-16 without a mark", "a.csv", COMMA.encode("utf-16-le"), MANY),
    Case("UTF-16 with a mark, high byte first", "a.csv", b"\xfe\xff" + COMMA.encode("utf-16-be"), MANY),
    Case("UTF-16 without a mark, high byte first", "a.tsv", table(MANY, "\t").encode("utf-16-be"), MANY),
    Case("UTF-32", "a.csv", COMMA.encode("utf-32"), MANY),
    Case(
        "Latin-1",
        "a.csv",
        "url;título\nhttps://taobao.com/é;á\n".encode("latin-1"),
        ["https://taobao.com/é"],
        "--encoding latin-1",
    ),
    Case("Windows-1252", "a.csv", "url,€\nhttps://vk.com/€,x\n".encode("cp1252"), ["https://vk.com/€"], "--encoding cp1252"),
    Case("Latin-1 that is not stated", "a.csv", b"url,title\nhttps://vk.com/,R\xedo\n", ["https://vk.com/"]),
    Case("not the stated encoding", "a.csv", b"url\nhttps://vk.com/\xff\n", "line 2 is not ascii", "--encoding ascii"),
    Case("half a character", "a.csv", COMMA.encode("utf-16")[:-1], "is not utf-16-le: truncated data"),
    Case("line breaks in cells", "a.csv", b'url,note\nvk.com,"a\nb"\nvk.com/2,"c\r\nd"\n', ["vk.com", "vk.com/2"]),
    Case("line break in the header", "a.csv", b'"a\nb",url\n1,vk.com\n', ["vk.com"]),
    Case("delimiter in the header", "a.csv", b'"a;b,c",url\n1,vk.com\n', ["vk.com"]),
    Case("spaces in the header", "a.csv", b"id, url\n1, https://vk.com/\n", [" https://vk.com/"], "--column ' url'"),
    Case("blank row", "a.csv", b"url,n\nvk.com,1\n\ntaobao.com,2\n", ["vk.com", "", "taobao.com"]),
    Case("blank rows at the end", "a.csv", b"url,n\r\nvk.com,1\r\n\r\n\r\n", ["vk.com", "", ""]),
    Case("a blank row after each row", "a.csv", b"url,n\r\r\nvk.com,1\r\r\n", ["", "vk.com", ""]),
    Case("blank row in one column", "a.csv", b"url\nvk.com\n\ntaobao.com\n", ["vk.com", "", "taobao.com"]),
    Case("empty cells", "a.csv", b'url,n\nvk.com,\n"",\n,\n', ["vk.com", "", ""]),
    Case("one column", "a.csv", b"url\nvk.com\nexample.org\n", ["vk.com", "example.org"]),
    Case("one quoted column", "a.csv", b'"link"\n"https://vk.com/a,b"\n', ["https://vk.com/a,b"]),
    Case("one column with delimiters", "a.csv", b"url\nhttps://vk.com/a,b\n", "line 2: 2 cells instead of 1"),
    Case("another column", "a.csv", b"id,link\n1,vk.com\n", ["vk.com"], "--column link"),
    Case("two columns and no name", "a.csv", b"id,link\n1,vk.com\n", "unknown column 'url'"),
    Case("two columns of one name", "a.csv", b"url,url\nvk.com,x\n", "two columns of the file are named 'url'"),
    Case("column without a name", "a.csv", b"url,\nvk.com,1\n", ["vk.com"]),
    Case("no header", "a.csv", b"1,https://vk.com/,x\n2,https://example.org/,y\n", ["https://vk.com/", "https://example.org/"]),
    Case(
        "no header, semicolons",
        "a.csv",
        b"https://vk.com/;1\nhttps://example.org/a,b;2\n",
        ["https://vk.com/", "https://example.org/a,b"],
    ),
    Case("no header, stated", "a.csv", b"1,vk.com\n2,taobao.com\n", ["vk.com", "taobao.com"], "--no-header --column column_2"),
    Case("no header, hosts", "a.csv", b"vk.com\ntaobao.com\n", "the first line, with 'vk.com', may be a header or a row"),
    Case(
        "no header, hosts and ranks",
        "a.csv",
        b"1,vk.com\n2,taobao.com\n",
        "the first line, with 'vk.com', may be a header or a row",
    ),
    Case("names with dots", "a.csv", b"url,meta.n\nvk.com,1\n", ["vk.com"]),
    Case("header that is an address", "a.csv", b"vk.com\ntaobao.com\n", ["taobao.com"], "--header"),
    Case("only a header", "a.csv", b"url,n\n", []),
    Case("only a header without a line break", "a.csv", b"n;url", [], "--column url"),
    Case("empty", "a.csv", b"", "the file is empty"),
    Case("blank header", "a.csv", b"\nurl\nvk.com\n", "the first line is blank"),
    Case("too many cells", "a.csv", b"url,n\nvk.com,1\nvk.com,2,3\n", "line 3: 3 cells instead of 2"),
    Case("too few cells", "a.csv", b'url,n,"a\nb"\nvk.com,1,2\nvk.com\n', "line 4: 1 cell instead of 3"),
    Case(
        "too many cells, set aside",
        "a.csv",
        b"url,n\nvk.com,1\nvk.com,2,3\n\nvk.com/2,4\n",
        ["vk.com", "", "vk.com/2"],
        "--rejects",
        1,
    ),
    Case("too many cells, not UTF-8", "a.csv", b"url,n\n\xff,1,2\nvk.com,1\n", ["vk.com"], "--rejects", 1),
    Case(
        "quotation mark never closed",
        "a.csv",
        b'url,n\nvk.com,1\nvk.com,"2\nvk.com,3\n',
        "line 3: no quotation mark ends the cell",
    ),
    Case("never closed, a character", "a.csv", b'url,n\nvk.com,"2\nvk.com/,3\n', ["vk.com", "vk.com/"], "--no-quotes"),
    Case("text after a quoted cell", "a.csv", b'url,n\nvk.com,"a" b\n', "line 2: text follows the quotation mark"),
    Case("text after a quoted cell, set aside", "a.csv", b'url,n\nvk.com,"a" b\nvk.com/,c\n', ["vk.com/"], "--rejects", 1),
    Case("text after a quoted cell in the header", "a.csv", b'"url"x,n\nvk.com,1\n', "line 1: text follows the quotation mark"),
    Case(
        "backslash before a quotation mark", "a.csv", b'url,n\nvk.com,"a \\"b\\""\n', "double the quotation marks within a cell"
    ),
    Case(
        "backslash before the quotation mark that ends a cell",
        "a.csv",
        b'url,n\nvk.com,"a\\"\nvk.com/,b\n',
        ["vk.com", "vk.com/"],
    ),
    Case("backslash before a delimiter", "a.csv", b"url,n\nvk.com,a\\,b\n", "line 2: 3 cells instead of 2"),
    Case("apostrophes around cells", "a.csv", b"n,url\n'1','vk.com'\n", "one value is \"'vk.com'\""),
    Case("declared delimiter", "a.csv", b"sep=;\r\nn,m;url\r\n1,2;vk.com\r\n", ["vk.com"]),
    Case("declared delimiter in UTF-16", "a.csv", "SEP=|\nurl|n\nvk.com|1\n".encode("utf-16"), ["vk.com"]),
    Case("declared delimiter in quotation marks", "a.txt", b'"sep=\t"\nurl\tn\nvk.com\t1\n', ["vk.com"], "--input-format csv"),
    Case("declared delimiter and a fault", "a.csv", b"sep=;\nurl;n\nvk.com;1;2\n", "line 3: 3 cells instead of 2"),
    Case("quotation mark within a cell", "a.csv", b'url,n\nvk.com,5" disk\nvk.com/2,6"\n', ["vk.com", "vk.com/2"]),
    Case(
        "rows between two quotation marks",
        "a.csv",
        b'url,n\na.example,"b\nvk.com,c\nd.example,e"\n',
        "line 2: each line of this record is a row",
    ),
    Case("the same as one row", "a.csv", b'url,n\na.example,"b\nvk.com,c\nd.example,e"\n', ["a.example"], "--quotes"),
    Case(
        "the same as three rows",
        "a.csv",
        b'url,n\na.example,"b\nvk.com,c\nd.example,e"\n',
        ["a.example", "vk.com", "d.example"],
        "--no-quotes",
    ),
    Case(
        "the same set aside",
        "a.csv",
        b'url,n\na.example,"b\nvk.com,c"\nvk.com/1,"d\ne"\nvk.com/2,f,g\n',
        ["vk.com/1"],
        "--rejects",
        2,
    ),
    Case("quotation mark in TSV", "a.tsv", b'url\ttitle\na.example\t"b\nvk.com\tc\n', ["a.example", "vk.com"]),
    Case("quotation marks in TSV", "a.tsv", b'url\ttitle\na.example\t"b" c\nvk.com\td "e"\n', ["a.example", "vk.com"]),
    Case(
        "rows between two marks in TSV",
        "a.tsv",
        b'url\tt\na.example\t"b\nvk.com\tc\nd.example\te"\n',
        "line 2: each line of this record is a row",
    ),
    Case("line break in a quoted cell of TSV", "a.tsv", b'url\tt\nvk.com\t"b\nc"\n', ["vk.com"]),
    Case("stated delimiter", "a.csv", b"n^url\n1^vk.com\n", ["vk.com"], "--delimiter ^ --column url"),
    Case("stated tab", "a.txt", b"n\turl\n1,2\tvk.com\n", ["vk.com"], r"--delimiter '\t' --column url"),
    Case(
        "decimal commas",
        "a.csv",
        b"price;url;tax\n1,5;vk.com;0,1\n2,5;example.org;0,2\n",
        ["vk.com", "example.org"],
        "--column url",
    ),
    Case("long cell", "a.csv", b'url,body\nvk.com,"' + b"x\n" * 300_000 + b'"\nvk.com/2,y\n', ["vk.com", "vk.com/2"]),
    Case(
        "many columns",
        "a.csv",
        b",".join([b"url", *[b"c%d" % n for n in range(2000)]]) + b"\nvk.com" + b"," * 2000 + b"\n",
        ["vk.com"],
    ),
    Case("NUL character", "a.csv", b"url,n\nvk.com,a\x00b\n", ["vk.com"]),
    Case(
        "wrong column",
        "a.csv",
        table(FEW * 10).encode(),
        "hardly any value of the column 'note' is an address: 0 of 30",
        "--column note",
    ),
    Case("wrong column, accepted", "a.csv", table(["x"]).encode(), ["note 0"], "--column note --force"),
]

LINES = [
    Case("LF", "a.txt", TEXT.encode(), MANY),
    Case("CR LF", "a.txt", TEXT.replace("\n", "\r\n").encode(), MANY),
    Case("CR", "a.txt", TEXT.replace("\n", "\r").encode(), MANY),
    Case("all line breaks", "a.txt", b"vk.com\r\rtaobao.com\n\r\nexample.org\r", ["vk.com", "", "taobao.com", "", "example.org"]),
    Case("no line break at the end", "a.txt", b"vk.com\ntaobao.com", ["vk.com", "taobao.com"]),
    Case("blank lines", "a.txt", b"\n\nvk.com\n\n", ["", "", "vk.com", ""]),
    Case("empty", "a.txt", b"", []),
    Case("one line break", "a.txt", b"\n", [""]),
    Case("byte order mark", "a.txt", TEXT.encode("utf-8-sig"), MANY),
    Case("joined files with marks", "a.txt", b"\xef\xbb\xbfvk.com\n\xef\xbb\xbftaobao.com\n", ["vk.com", "taobao.com"]),
    Case("UTF-16", "a.txt", TEXT.replace("\n", "\r\n").encode("utf-16"), MANY),
    Case("UTF-16 without a mark", "a.txt", TEXT.encode("utf-16-be"), MANY),
    Case("stated UTF-16", "a.txt", TEXT.encode("utf-16"), MANY, "--encoding utf-16"),
    Case("Latin-1", "a.txt", "https://vk.com/é\n".encode("latin-1"), ["https://vk.com/é"], "--encoding latin-1"),
    Case(
        "Latin-1 in a host", "a.txt", "https://tüv.example/\n".encode("latin-1"), ["https://tüv.example/"], "--encoding latin-1"
    ),
    Case(
        "other line separators",
        "a.txt",
        "vk.com/\u2028x\ntaobao.com/\x0b\x0c\x85\n".encode(),
        ["vk.com/\u2028x", "taobao.com/\x0b\x0c\x85"],
    ),
    Case("blanks around", "a.txt", b"  vk.com \n\ttaobao.com\n", ["  vk.com ", "\ttaobao.com"]),
    Case("CSV", "a.txt", b"taobao.com,200\nvk.com,404\n", "if the file has columns, state its format with --input-format"),
    Case("CSV, stated", "a.txt", b"url,n\ntaobao.com,200\nvk.com,404\n", ["taobao.com", "vk.com"], "--input-format csv"),
    Case("TSV", "a.txt", b"taobao.com\t200\nvk.com\t404\n", "hardly any value of the column 'url' is an address: 0 of 2"),
    Case("quotation marks", "a.txt", b'"https://taobao.com/"\n"https://vk.com/"\n', "hardly any value"),
    Case("JSON Lines", "a.txt", lines({"url": HIT}), "hardly any value"),
    Case("unknown extension", "a.urls", b"vk.com\n", "the file extension must be one of"),
    Case("unknown extension, stated", "a.urls", b"vk.com\n", ["vk.com"], "--input-format text"),
]

JSON = [
    Case("JSON Lines", "a.jsonl", lines(*({"n": 1, "url": address} for address in MANY)), MANY),
    Case("blank lines", "a.jsonl", b'{"url":"vk.com"}\n\n  \n{"url":"taobao.com"}\n\n', ["vk.com", "taobao.com"]),
    Case("no key in the first line", "a.jsonl", lines({"n": 1}, {"url": HIT}), [None, HIT]),
    Case("null", "a.jsonl", lines({"url": None}, {"url": HIT}), [None, HIT]),
    Case("nested key", "a.jsonl", lines({"meta": {"url": HIT}}, {"meta": 3}, {}), [HIT, None, None], "--column meta.url"),
    Case("key with a dot", "a.jsonl", lines({"meta.url": HIT, "meta": {"url": MISS}}), [HIT], "--column meta.url"),
    Case(
        "CR LF and a byte order mark",
        "a.ndjson",
        b'\xef\xbb\xbf{"url":"vk.com"}\r\n{"url":"x.example"}\r\n',
        ["vk.com", "x.example"],
    ),
    Case("UTF-16", "a.jsonl", '{"url":"https://vk.com/é"}\n'.encode("utf-16"), ["https://vk.com/é"]),
    Case("escapes", "a.jsonl", b'{"url":"https:\\/\\/vk\\u002ecom\\/\\ud83d\\ude00"}\n', ["https://vk.com/\U0001f600"]),
    Case("half of a surrogate pair", "a.jsonl", b'{"url":"https://vk.com/\\ud83d"}\n', ["https://vk.com/\ufffd"]),
    Case("numbers that JSON does not have", "a.jsonl", b'{"n":NaN,"url":"vk.com"}\n', ["vk.com"]),
    Case("a key twice", "a.jsonl", b'{"url":"x.example","url":"vk.com"}\n', ["vk.com"]),
    Case("no line break at the end", "a.jsonl", b'{"url":"vk.com"}', ["vk.com"]),
    Case("empty", "a.jsonl", b"", []),
    Case("unknown key", "a.jsonl", lines({"link": HIT}), "unknown key 'url'"),
    Case("number", "a.jsonl", lines({"url": HIT}, {"url": 3}), "line 2: url is not a text but a number"),
    Case("object", "a.jsonl", lines({"url": {"href": HIT}}), "line 1: url is not a text but an object"),
    Case("no JSON", "a.jsonl", b'{"url":"vk.com"}\n{"url":\n', "line 2: not JSON: Expecting value at character 8"),
    Case("no JSON, set aside", "a.jsonl", b'{"url":"vk.com"}\n{"url":\n{"url":true}\n7\n', ["vk.com"], "--rejects", 3),
    Case("Latin-1", "a.jsonl", b'{"url":"vk.com/\xe9"}\n', "line 1: not UTF-8; state the encoding with --encoding"),
    Case("Latin-1, stated", "a.jsonl", b'{"url":"vk.com/\xe9"}\n', ["vk.com/é"], "--encoding latin-1"),
    Case("too deep", "a.jsonl", b"[" * 100_000 + b"\n", "not JSON"),
    Case("JSON Lines in a JSON file", "a.json", lines({"url": HIT}, {"url": MISS}), [HIT, MISS]),
    Case("array of objects", "a.json", json.dumps([{"url": HIT}, {"url": MISS}, {}], indent=2).encode(), [HIT, MISS, None]),
    Case("array of texts", "a.json", json.dumps(MANY).encode(), MANY),
    Case("array of nested objects", "a.json", json.dumps([{"a": {"b": HIT}}]).encode(), [HIT], "--column a.b"),
    Case("empty array", "a.json", b"[]", []),
    Case("array of numbers", "a.json", b'["vk.com", 7]', "line 2: not a JSON object but a number"),
    Case("object over several lines", "a.json", json.dumps({"url": HIT}, indent=2).encode(), "line 1: not JSON"),
    Case("array that is cut off", "a.json", b'["vk.com", "tao', "not JSON: Unterminated string"),
    Case(
        "key of the line numbers", "a.jsonl", lines({"line": HIT}), "the key of the addresses cannot be 'line'", "--column line"
    ),
    Case("no extension, JSON Lines", "crawl", lines({"url": HIT}), [HIT]),
    Case("no extension, array", "crawl", b' ["vk.com"]', ["vk.com"]),
]

COLUMN = pa.array(FEW)
COLUMNAR = [
    Case("Parquet", "a.parquet", parquet({"n": [1, 2, 3], "url": FEW}), FEW),
    Case("Parquet with another name", "a.csv", parquet({"url": FEW}), FEW),
    Case("large text", "a.parquet", parquet({"url": COLUMN.cast(pa.large_string())}), FEW),
    Case("bytes", "a.parquet", parquet({"url": COLUMN.cast(pa.binary())}), FEW),
    Case(
        "dictionary",
        "a.parquet",
        parquet({"url": COLUMN.dictionary_encode(), "t": COLUMN.dictionary_encode()}),
        FEW,
        "--column url",
    ),
    Case("null", "a.parquet", parquet({"url": [HIT, None, ""]}), [HIT, None, ""]),
    Case("no row", "a.parquet", parquet({"url": pa.array([], pa.string())}), []),
    Case(
        "nested",
        "a.parquet",
        parquet({"meta": [{"a": {"url": HIT}}, {"a": None}, None]}),
        [HIT, None, None],
        "--column meta.a.url",
    ),
    Case("nested beside", "a.parquet", parquet({"url": [HIT], "tags": [["a"]], "meta": [{"a": b"\xff"}]}), [HIT]),
    Case("Parquet without text", "a.parquet", parquet({"n": [1]}), "must be text or bytes, not int64"),
    Case("Parquet that is cut off", "a.parquet", parquet({"url": FEW})[:-9], "Error: "),
    Case("Arrow file", "a.arrow", arrow({"url": FEW}), FEW),
    Case("Arrow file with compression", "a.feather", arrow({"url": FEW}, "zstd"), FEW),
    Case("Arrow stream", "a.arrows", arrow_stream({"url": FEW}), FEW),
    Case("Arrow stream with another name", "a.txt", arrow_stream({"url": FEW}), FEW),
    Case("Arrow stream that is cut off", "a.arrow", arrow_stream({"url": FEW})[:-60], "Error: "),
    Case("view", "a.arrow", arrow({"url": pa.array(FEW, pa.string_view()), "b": pa.array([b"\xff"] * 3, pa.binary_view())}), FEW),
    Case("nested view", "a.arrow", arrow({"url": FEW, "tags": pa.array([["a"], None, []], pa.list_(pa.string_view()))}), FEW),
    Case(
        "dictionary of views",
        "a.arrow",
        arrow({"url": pa.DictionaryArray.from_arrays(pa.array([2, 0, 1], pa.uint32()), pa.array(FEW, pa.string_view()))}),
        [HOST, HIT, MISS],
    ),
    Case(
        "runs",
        "a.arrow",
        arrow({"url": from_runs([2, 3], [HIT, MISS])}),
        [HIT, HIT, MISS],
    ),
]

COMPRESSED = [
    Case("gzip", "a.csv.gz", gzip.compress(COMMA.encode()), MANY),
    Case("gzip that the name does not tell", "a.csv", gzip.compress(COMMA.encode()), MANY),
    Case(
        "two members of gzip", "a.txt.gz", gzip.compress(b"vk.com\ntao") + gzip.compress(b"bao.com\n"), ["vk.com", "taobao.com"]
    ),
    Case("an empty member of gzip", "a.txt.gz", gzip.compress(b"") + gzip.compress(b"vk.com\n"), ["vk.com"]),
    Case("gzip with zeros at the end", "a.txt.gz", gzip.compress(b"vk.com\n") + bytes(512), ["vk.com"]),
    Case(
        "gzip with something at the end",
        "a.txt.gz",
        gzip.compress(b"vk.com\n") + b"more",
        "the gzip data is damaged or truncated",
    ),
    Case(
        "gzip that is cut off",
        "a.txt.gz",
        gzip.compress(TEXT.encode())[:-9],
        "the gzip data is damaged or truncated: the end is missing",
    ),
    Case(
        "gzip with a wrong checksum",
        "a.txt.gz",
        gzip.compress(TEXT.encode())[:-8] + bytes(8),
        "the gzip data is damaged or truncated",
    ),
    Case("nothing in gzip", "a.txt.gz", gzip.compress(b""), []),
    Case("not compressed, as the name tells", "a.csv.gz", COMMA.encode(), MANY),
    Case("Parquet in gzip", "a.parquet.gz", gzip.compress(parquet({"url": FEW})), FEW),
    Case("Arrow in gzip", "a.arrow.gz", gzip.compress(arrow({"url": FEW})), FEW),
    Case("JSON Lines in gzip", "a.jsonl.gz", gzip.compress(lines({"url": HIT})), [HIT]),
    Case("UTF-16 in gzip", "a.txt.gz", gzip.compress(TEXT.encode("utf-16")), MANY),
    Case("two streams of bz2", "a.txt.bz2", bz2.compress(b"vk.com\n") + bz2.compress(b"taobao.com\n"), ["vk.com", "taobao.com"]),
    Case(
        "bz2 with something at the end", "a.txt.bz2", bz2.compress(b"vk.com\n") + b"more", "the bz2 data is damaged or truncated"
    ),
    Case(
        "bz2 that is cut off",
        "a.txt.bz2",
        bz2.compress(TEXT.encode())[:-9],
        "the bz2 data is damaged or truncated: the end is missing",
    ),
    Case("text that begins like bz2", "a.csv", b"BZh9,url\n1,vk.com\n", ["vk.com"]),
    Case(
        "two streams of xz",
        "a.txt.xz",
        lzma.compress(b"vk.com\n") + bytes(8) + lzma.compress(b"taobao.com\n"),
        ["vk.com", "taobao.com"],
    ),
    Case("xz that is cut off", "a.txt.xz", lzma.compress(TEXT.encode())[:-9], "the xz data is damaged or truncated"),
    Case(
        "two frames of zstd",
        "a.txt.zst",
        compressed(b"vk.com\n", "zstd") + compressed(b"taobao.com\n", "zstd"),
        ["vk.com", "taobao.com"],
    ),
    Case("zstd with a frame to skip", "a.txt.zst", SKIPPED_FRAME + compressed(TEXT.encode(), "zstd"), MANY),
    Case("zstd that is cut off", "a.txt.zst", compressed(TEXT.encode(), "zstd")[:-9], "the zstd data is damaged or truncated"),
    Case(
        "two frames of LZ4",
        "a.txt.lz4",
        compressed(b"vk.com\n", "lz4") + compressed(b"taobao.com\n", "lz4"),
        ["vk.com", "taobao.com"],
    ),
    Case("LZ4 that is cut off", "a.txt.lz4", compressed(TEXT.encode(), "lz4")[:-9], "the lz4 data is damaged or truncated"),
]

CASES = {
    f"{group}: {case.name}": case
    for group, cases in {
        "delimited": DELIMITED,
        "text": LINES,
        "JSON": JSON,
        "columnar": COLUMNAR,
        "compressed": COMPRESSED,
    }.items()
    for case in cases
}


def test_every_case_has_a_name_of_its_own() -> None:
    assert len(CASES) == sum(map(len, (DELIMITED, LINES, JSON, COLUMNAR, COMPRESSED)))
    assert len(CASES) >= 80


@pytest.mark.parametrize("name", CASES)
def test_the_command_finds_what_is_in_a_file_or_says_what_is_wrong(name: str, tmp_path: Path) -> None:
    case = CASES[name]
    source, output, rejects = tmp_path / case.file, tmp_path / "hits.jsonl", tmp_path / "rejects.csv"
    source.write_bytes(case.content)
    output.write_text("old", encoding="utf-8")
    options = case.options.replace("--rejects", f"--rejects '{rejects}'")
    done = run(f"screen --json {options}", source, "-o", output)
    if isinstance(case.addresses, str):
        assert (done.code, done.stdout) == (1, "")
        assert done.stderr.startswith(f"Error: {source}: ")
        assert case.addresses in done.stderr
        assert output.read_text(encoding="utf-8") == "old"
        return
    assert (done.code, done.stderr) == (0, "")
    mask = nm.screen(case.addresses, result="mask").to_pylist()
    hits = [address for address, listed in zip(case.addresses, mask, strict=True) if listed]
    summary = json.loads(done.stdout)
    (account,) = summary["files"]
    assert (summary["rows"], summary["refused"], summary["hits"]) == (len(case.addresses), case.refused, len(hits))
    rows = [json.loads(line) for line in output.read_text(encoding="utf-8").split("\n")[:-1]]
    assert [row[account["column"]] for row in rows] == hits
