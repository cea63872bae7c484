"""Does the command write what it found in every format, also for columns that a format has no type for?"""

from __future__ import annotations

import bz2
import csv
import datetime as dt
import decimal
import gzip
import io
import json
import lzma
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from .command import run

HIT, MISS = "https://m.taobao.com/1", "https://example.org/"
RESULT = {"matched_domain": "taobao.com", "market_id": "taobao", "first_listed": 2010, "last_listed": 2025}
NOON = dt.datetime(2024, 5, 6, 12, 0, 0, 250_000)
BYTES = b"\xff\x00"
INTERVALS: Any = pa.nulls(1, pa.month_day_nano_interval())


def _decompress(format_: Any) -> Callable[[bytes], bytes]:
    return lambda content: pa.CompressedInputStream(io.BytesIO(content), format_).read()


COMPRESSIONS: dict[str, Callable[[bytes], bytes]] = {
    ".gz": gzip.decompress,
    ".bz2": bz2.decompress,
    ".xz": lzma.decompress,
    ".zst": _decompress("zstd"),
    ".lz4": _decompress("lz4"),
}


def _parquet(path: Path, columns: dict[str, Any]) -> Path:
    pq.write_table(pa.table(columns), path)
    return path


def _write_stream(path: Path, columns: dict[str, Any] | pa.Table) -> None:
    table = columns if isinstance(columns, pa.Table) else pa.table(columns)
    with pa.ipc.new_stream(str(path), table.schema) as writer:
        writer.write_table(table)


def _table(path: Path) -> pa.Table:
    table = pq.read_table(path) if path.suffix == ".parquet" else pa.ipc.open_file(str(path)).read_all()
    table.validate(full=True)
    return table


def _json_rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n")[:-1]]


def _csv_rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


@pytest.mark.parametrize("suffix", COMPRESSIONS)
@pytest.mark.parametrize("form", ["csv", "parquet", "jsonl", "txt", "arrow"])
def test_a_compressed_name_is_compressed(form: str, suffix: str, tmp_path: Path) -> None:
    source, plain, packed = tmp_path / "urls.txt", tmp_path / f"hits.{form}", tmp_path / f"hits.{form}{suffix}"
    source.write_text(f"{HIT}\n{MISS}\n", encoding="utf-8")
    for output in (plain, packed):
        assert run("screen -q --keep all", source, "-o", output).code == 0
    assert COMPRESSIONS[suffix](packed.read_bytes()) == plain.read_bytes()
    again = run("screen --json", packed, *(["--column", "url"] if form != "txt" else []))
    assert [json.loads(again.stdout)[count] for count in ("rows", "hits")] == [2, 1]


@pytest.mark.parametrize("keep", ["hits", "others", "all"])
def test_text_is_one_address_a_line(keep: str, tmp_path: Path) -> None:
    source, output = tmp_path / "urls.csv", tmp_path / "out.txt"
    source.write_bytes(b'n,url\n1,"https://ta\nobao.com/"\n2,https://example.org/\xff\n3,\n')
    assert run("screen -q --column url --keep", keep, source, "-o", output).code == 0
    expected = {"hits": [b"https://taobao.com/"], "others": [b"https://example.org/\xff", b""]}
    expected["all"] = expected["hits"] + expected["others"]
    assert output.read_bytes().split(b"\n")[:-1] == expected[keep]


def test_json_has_a_form_for_every_value(tmp_path: Path) -> None:
    values: dict[str, tuple[Any, Any]] = {
        "binary": (pa.array([BYTES]), "/wA="),
        "fixed": (pa.array([BYTES], pa.binary(2)), "/wA="),
        "categories": (pa.array([BYTES]).dictionary_encode(), "/wA="),
        "day": (pa.array([NOON.date()]), "2024-05-06"),
        "day64": (pa.array([NOON.date()], pa.date64()), "2024-05-06"),
        "clock": (pa.array([NOON.time()], pa.time64("us")), "12:00:00.250000"),
        "local": (pa.array([NOON], pa.timestamp("ms")), "2024-05-06T12:00:00.250"),
        "precise": (pa.array([NOON], pa.timestamp("ns")), "2024-05-06T12:00:00.250000000"),
        "utc": (pa.array([NOON], pa.timestamp("us", "UTC")), "2024-05-06T12:00:00.250000Z"),
        "zoned": (pa.array([NOON], pa.timestamp("us", "Europe/Berlin")), "2024-05-06T12:00:00.250000Z"),
        "shifted": (pa.array([NOON], pa.timestamp("s", "+05:30")), "2024-05-06T12:00:00Z"),
        "duration": (pa.array([dt.timedelta(seconds=90)]), "PT90S"),
        "price": (pa.array([decimal.Decimal("1.10")], pa.decimal128(30, 2)), "1.10"),
        "large": (pa.array([2**64 - 1], pa.uint64()), 2**64 - 1),
        "nan": (pa.array([float("nan")]), None),
        "truth": (pa.array([True]), True),
        "nothing": (pa.nulls(1), None),
        "map": (pa.array([[("k", BYTES)]], pa.map_(pa.string(), pa.binary())), [{"key": "k", "value": "/wA="}]),
        "fixed_list": (pa.array([[NOON.date()]], pa.list_(pa.date32(), 1)), ["2024-05-06"]),
        "nested": (
            pa.array([[{"b": BYTES, "t": [NOON, None]}, None]]),
            [{"b": "/wA=", "t": ["2024-05-06T12:00:00.250000", None]}, None],
        ),
        "empty": (pa.array([[]], pa.list_(pa.binary())), []),
        "tensor": (
            pa.FixedShapeTensorArray.from_storage(
                pa.fixed_shape_tensor(pa.int32(), [2]), pa.array([[1, 2]], pa.list_(pa.int32(), 2))
            ),
            [1, 2],
        ),
        "views": (pa.array([["a"]], pa.list_(pa.string_view())), ["a"]),
        "text": (pa.array(['"\u2028\x00é\U0001f600']), '"\u2028\x00é\U0001f600'),
    }
    source, output = tmp_path / "urls.arrow", tmp_path / "hits.jsonl"
    table = pa.table({"url": [HIT], **{name: array for name, (array, _) in values.items()}})
    nulls: Any = pa.nulls
    missing = pa.table([nulls(1, type_) for type_ in table.schema.types[1:]], schema=pa.schema(list(table.schema)[1:]))
    _write_stream(source, pa.concat_tables([table, missing.add_column(0, "url", [[HIT]])]))
    assert run("screen --column url", source, "-o", output).code == 0
    first, second = _json_rows(output)
    assert first == {"url": HIT, **{name: value for name, (_, value) in values.items()}, **RESULT}
    assert second == {"url": HIT, **dict.fromkeys(values), **RESULT}


@pytest.mark.parametrize("suffix", ["parquet", "arrow", "jsonl", "csv"])
@pytest.mark.parametrize(
    "type_", [pa.string(), pa.large_string(), pa.binary(), pa.string_view(), pa.dictionary(pa.int8(), pa.binary())]
)
def test_addresses_of_every_type_are_text_in_the_output(type_: Any, suffix: str, tmp_path: Path) -> None:
    source, output = tmp_path / "urls.arrow", tmp_path / f"hits.{suffix}"
    address = f"{HIT}/é".encode()
    array = (
        pa.array([address, None]).dictionary_encode().cast(type_)
        if pa.types.is_dictionary(type_)
        else pa.array([address, None], type_)
    )
    _write_stream(source, {"url": array})
    assert run("screen --column url --keep all", source, "-o", output).code == 0
    if suffix in ("parquet", "arrow"):
        rows = _table(output).column("url").to_pylist()
        assert [value.encode() if isinstance(value, str) else value for value in rows] == [address, None]
    elif suffix == "jsonl":
        assert [row["url"] for row in _json_rows(output)] == [address.decode(), None]
    else:
        assert [row["url"] for row in _csv_rows(output.read_bytes())] == [address.decode(), ""]


@pytest.mark.parametrize("suffix", ["parquet", "arrow", "jsonl"])
def test_text_in_the_output_is_valid(suffix: str, tmp_path: Path) -> None:
    source, output = tmp_path / "urls.csv", tmp_path / f"hits.{suffix}"
    source.write_bytes(f"url,title,r\xe9sum\xe9\n{HIT},R\xedo\xff,\n".encode("latin-1"))
    assert run("screen", source, "-o", output).code == 0
    if suffix == "jsonl":
        (row,) = _json_rows(output)
    else:
        (row,) = _table(output).to_pylist()
    assert row == {"url": HIT, "title": "R\ufffdo\ufffd", "r\ufffdsum\ufffd": "", **RESULT}


@pytest.mark.parametrize("suffix", ["parquet", "arrow", "jsonl"])
def test_nested_text_in_the_output_is_valid(suffix: str, tmp_path: Path) -> None:
    source, output = tmp_path / "urls.arrow", tmp_path / f"hits.{suffix}"
    bad = pa.array([b"a\xff", b"b"]).view(pa.string())
    columns = {
        "url": pa.array([HIT, HIT]),
        "list": pa.ListArray.from_arrays(pa.array([0, 2, 2], pa.int32()), bad),
        "struct": pa.StructArray.from_arrays([bad], ["x"]),
        "dictionary": pa.DictionaryArray.from_arrays(pa.array([0, 1], pa.int8()), bad),
    }
    _write_stream(source, columns)
    assert run("screen --column url", source, "-o", output).code == 0
    rows = _json_rows(output) if suffix == "jsonl" else _table(output).to_pylist()
    assert [(row["list"], row["struct"], row["dictionary"]) for row in rows] == [
        (["a\ufffd", "b"], {"x": "a\ufffd"}, "a\ufffd"),
        ([], {"x": "b"}, "b"),
    ]


def test_bytes_pass_through_delimited_text(tmp_path: Path) -> None:
    source, output = tmp_path / "urls.parquet", tmp_path / "hits.csv"
    _parquet(source, {"url": [HIT], "title": [b"R\xedo,"], "when": pa.array([NOON], pa.timestamp("ms"))})
    assert run("screen --column url", source, "-o", output).code == 0
    assert output.read_bytes().split(b"\n")[1].startswith(b'"https://m.taobao.com/1","R\xedo,",2024-05-06 12:00:00.250,')


FAULTS: list[tuple[str, dict[str, Any], str]] = [
    ("hits.csv", {"tags": [["a"]]}, "delimited text cannot hold the column 'tags' of type list"),
    (
        "hits.jsonl",
        {"n": INTERVALS},
        "JSON Lines cannot hold the column 'n' of type month_day_nano_interval",
    ),
    ("hits.parquet", {"n": INTERVALS}, "month_day_nano_interval"),
    ("hits.json", {}, "JSON arrays cannot be written; choose JSON Lines"),
]


@pytest.mark.parametrize(("name", "columns", "message"), FAULTS, ids=[f"{name} {message[-8:]}" for name, _, message in FAULTS])
def test_a_column_that_a_format_cannot_hold_is_an_error(name: str, columns: dict[str, Any], message: str, tmp_path: Path) -> None:
    source, output = tmp_path / "urls.arrow", tmp_path / name
    _write_stream(source, {"url": [HIT], **columns})
    done = run("screen --column url", source, "-o", output)
    assert done.code == 1
    assert done.stderr.startswith(f"Error: {output}: ")
    assert message in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["urls.arrow"]


def test_an_output_with_an_unknown_extension(tmp_path: Path) -> None:
    done = run("screen - -o", tmp_path / "hits.xlsx")
    assert done.code == 1
    assert done.stderr.startswith(f"Error: {tmp_path}/hits.xlsx: the file extension must be one of .arrow,")
    assert done.stderr.endswith("or choose a format with --format\n")


def test_two_columns_with_the_same_name(tmp_path: Path) -> None:
    source = tmp_path / "urls.csv"
    source.write_text(f"url,n,n\n{HIT},1,2\n", encoding="utf-8")
    assert run("screen -o -", source).stdout.startswith('"url","n","n","matched_domain"')
    assert "cannot hold two columns with the same name" in run("screen --format jsonl -o -", source).stderr


def test_rows_of_several_files_name_file_and_line(tmp_path: Path) -> None:
    one, other, output = tmp_path / "a.txt", tmp_path / os.fsdecode(b"b\xff.jsonl"), tmp_path / "hits.jsonl"
    one.write_text(f"{MISS}\n{HIT}\n", encoding="utf-8")
    other.write_text(f'\n{{"url": "{HIT}"}}\n', encoding="utf-8")
    assert run("screen", one, other, "-o", output).code == 0
    assert _json_rows(output) == [
        {"file": str(one), "line": 2, "url": HIT, **RESULT},
        {"file": str(other.with_name("b\ufffd.jsonl")), "line": 2, "url": HIT, **RESULT},
    ]


def test_columns_of_further_files_get_the_types_and_the_order_of_the_first(tmp_path: Path) -> None:
    address = pa.array([HIT])
    first = _parquet(tmp_path / "1.parquet", {"url": address, "n": pa.array([1], pa.int64()), "d": [NOON.date()]})
    second = _parquet(
        tmp_path / "2.parquet", {"n": pa.array([2], pa.int8()), "url": address.cast(pa.large_string()), "d": [NOON.date()]}
    )
    third = _parquet(tmp_path / "3.parquet", {"url": address.dictionary_encode(), "n": ["3"], "d": ["2024-05-07"]})
    output = tmp_path / "hits.parquet"
    assert run("screen --column url", first, second, third, "-o", output).code == 0
    table = pq.read_table(output)
    assert [(field.name, str(field.type)) for field in table.schema][:3] == [
        ("url", "string"),
        ("n", "int64"),
        ("d", "date32[day]"),
    ]
    assert table.column("n").to_pylist() == [1, 2, 3]
    wrong = _parquet(tmp_path / "wrong.parquet", {"url": address, "n": ["x"], "d": [NOON.date()]})
    done = run("screen --column url", first, wrong, "-o", output)
    assert done.code == 1
    assert f"the column 'n' of {wrong} has the type string, and a value that cannot be int64 as in {first}" in done.stderr
    assert pq.read_table(output).equals(table)


@pytest.mark.parametrize(("keep", "rows", "groups"), [("hits", 40_000, 1), ("all", 160_000, 2)])
def test_row_groups_are_not_as_small_as_batches(keep: str, rows: int, groups: int, tmp_path: Path) -> None:
    source, output = tmp_path / "urls.txt", tmp_path / "hits.parquet"
    source.write_text(f"{HIT}\n{MISS * 20}\n{MISS}\n{MISS}\n" * 40_000, encoding="utf-8")
    assert run("screen -q --keep", keep, source, "-o", output).code == 0
    metadata = pq.read_metadata(output)
    assert (metadata.num_rows, metadata.num_row_groups) == (rows, groups)


def test_dictionaries_may_change_between_batches(tmp_path: Path) -> None:
    source, output = tmp_path / "urls.arrows", tmp_path / "hits.arrow"
    batches = [pa.record_batch({"url": pa.array([f"{HIT}/{n}"]).dictionary_encode()}) for n in range(2)]
    _write_stream(source, pa.Table.from_batches(batches))
    assert run("screen", source, "-o", output).code == 0
    assert _table(output).column("url").to_pylist() == [f"{HIT}/0", f"{HIT}/1"]


@pytest.mark.parametrize("options", ["-o - --json", "-o a.csv --rejects ./a.csv", "-o - --rejects -", "--json --rejects -"])
def test_a_stream_is_not_written_twice(options: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = run(f"screen - {options}")
    assert done.code == 2
    assert "must write to different files" in done.stderr


def test_records_that_are_set_aside_can_be_written_to_standard_output(tmp_path: Path) -> None:
    source = tmp_path / "urls.csv"
    source.write_text(f'url,n\n{HIT},1,"2\n"\n', encoding="utf-8")
    done = run("screen --rejects -", source)
    assert _csv_rows(done.stdout.encode()) == [
        {"file": str(source), "line": "2", "reason": "3 cells instead of 2", "content": f'{HIT},1,"2\n"'}
    ]
    assert re.search("0 rows, 1 record refused", done.stderr)
