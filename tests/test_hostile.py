"""Does input that was made to do harm get an answer or an error, in a time that grows with its length?

The inputs are those that `fuzzing/` found, in the simplest form that shows the same fault.
"""

from __future__ import annotations

import io
import struct
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pytest
from attrs import evolve

import notorious_markets as nm
from benchmarks import scaling
from notorious_markets._store import TABLES
from notorious_markets.reports import report_of
from notorious_markets.reports.lines import Line, Run

from .command import run
from .reports import hostile

_TEXTS = ["taobao.com", "example.org", "vk.com"]
# The ends of the texts, as Arrow stores them.
_ENDS = (10, 21, 27)
_DAMAGED: dict[str, tuple[Any, str, tuple[int, ...]]] = {
    "string": (pa.array(_TEXTS), "i", _ENDS),
    "large string": (pa.array(_TEXTS, pa.large_string()), "q", _ENDS),
    "binary": (pa.array(_TEXTS, pa.binary()), "i", _ENDS),
    "list": (pa.array([["taobao.com"] * 11, ["a.org"] * 12]), "i", (11, 23)),
    "large list": (pa.array([["taobao.com"] * 11, ["a.org"] * 12], pa.large_list(pa.string())), "q", (11, 23)),
    "text in a list": (pa.array([_TEXTS]), "i", _ENDS),
    "struct": (pa.array([{"url": text} for text in _TEXTS]), "i", _ENDS),
    "map": (pa.array([[(text, 1)] for text in _TEXTS], pa.map_(pa.string(), pa.int64())), "i", _ENDS),
    "dictionary": (pa.array([*_TEXTS, "taobao.com"]).dictionary_encode(), "i", (1, 2, 0)),
    "text of a dictionary": (pa.array(_TEXTS).dictionary_encode(), "i", _ENDS),
}


@pytest.mark.parametrize("kind", _DAMAGED)
@pytest.mark.parametrize("form", ["file", "stream"])
def test_damaged_arrow_files_are_refused(kind: str, form: str, tmp_path: Path) -> None:
    """An offset or an index that points far outside the column once ended the process."""
    array, code, numbers = _DAMAGED[kind]
    table = pa.table({"url": pa.array(["taobao.com"] * len(array)), "other": array})
    sink = io.BytesIO()
    with (pa.ipc.new_file if form == "file" else pa.ipc.new_stream)(sink, table.schema) as writer:
        writer.write_table(table)
    content = sink.getvalue()
    place = f"<{len(numbers)}{code}"
    assert content.count(struct.pack(place, *numbers)) == 1
    wrong = (numbers[0], 0x7FFF_FF00, *numbers[2:])
    (tmp_path / "urls.arrow").write_bytes(content.replace(struct.pack(place, *numbers), struct.pack(place, *wrong)))
    output = tmp_path / "hits.parquet"
    code_, _, errors = run("screen --column url --keep all --output", output, tmp_path / "urls.arrow")
    assert code_ == 1
    assert "the column 'other' is damaged: " in errors
    assert not output.exists()


def test_arrow_files_with_text_that_is_not_utf8_are_read(tmp_path: Path) -> None:
    """Only offsets and indices are checked; text may be invalid, at any depth."""
    text = pa.array([b"taobao.com/\xff", b"example.org"]).view(pa.string())
    table = pa.table(
        {
            "url": text,
            "struct": pa.StructArray.from_arrays([text], ["url"]),
            "list": pa.ListArray.from_arrays(pa.array([0, 1, 2], pa.int32()), text),
            "dictionary": pa.DictionaryArray.from_arrays(pa.array([0, 1]), text),
        }
    )
    with pa.ipc.new_file(str(tmp_path / "urls.arrow"), table.schema) as writer:
        writer.write_table(table)
    done = run("screen --column url --json", tmp_path / "urls.arrow")
    assert done.code == 0
    assert '"hits": 1' in done.stdout


_ESCAPE = "\x1b]0;title\x07\x1b[31m\x9b1m\u202e"
_LINES = [
    "screen {folder}/{escape}.csv",
    "screen {folder}/{escape}.csv --force --output {folder}/{escape}.parquet",
    "screen {folder}/{escape}.csv --column {escape}",
    "screen {folder}/{escape}.missing.csv",
    "screen {folder}/{escape}*.none",
    "screen {folder}/{escape}.csv --output {folder}/{escape}.none",
    "screen {folder}/{escape}.csv --extra-domains {folder}/{escape}.txt",
    "screen {folder}/{escape}.csv --extra-domains {folder}/{escape}.csv",
    "lookup --as table http://taobao.com/{escape}",
    "lookup http://taobao.com/{escape}",
    "lookup --as json http://taobao.com/{escape}",
    "show {escape}",
    "history {escape}",
    "list --market {escape}",
    "list --country {escape}",
    "cite 2021 --market {escape}",
    "export {folder}/{escape}.none",
]


@pytest.mark.parametrize("line", _LINES)
def test_nothing_that_is_shown_controls_the_terminal(line: str, tmp_path: Path) -> None:
    """File names, headers, cells and arguments may contain escape sequences."""
    (tmp_path / f"{_ESCAPE}.csv").write_text(f"{_ESCAPE},url\n1,{_ESCAPE}\n2,{_ESCAPE}taobao.com\n3,http://a.com/{_ESCAPE}\n")
    arguments = [argument.format(folder=tmp_path, escape=_ESCAPE) for argument in line.split()]
    done = run("", *arguments)
    shown = done.stdout + done.stderr
    assert shown
    assert [character for character in shown if not (character.isprintable() or character == "\n")] == []


def test_no_cell_of_the_data_is_a_formula() -> None:
    """A spreadsheet takes text for a formula if it begins with one of these characters."""
    for name in TABLES.values():
        for row in nm.table(name).to_pylist():
            cells = [cell for value in row.values() for cell in (value if isinstance(value, list) else [value])]
            assert [cell for cell in cells if isinstance(cell, str) and cell.startswith(tuple("=+-@\t\r"))] == [], row


@pytest.mark.parametrize("form", ["table", "csv", "tsv", "json", "jsonl"])
def test_no_form_of_an_answer_controls_the_terminal(form: str) -> None:
    done = run("lookup --as", form, f"http://taobao.com/{_ESCAPE}", f"{_ESCAPE}=1")
    assert "taobao" in done.stdout
    assert [c for c in done.stdout + done.stderr if not (c.isprintable() or c in "\n\t")] == []


# The text of a report whose headings and places are dangerous for what shows them.
_DANGEROUS = ("=HYPERLINK(1)", "@SUM(1)", "<SCRIPT>ALERT(1)</SCRIPT>", "MAL\u202eL \x9b1M")
_REPORT = "2021 Review of Notorious Markets\n\nPhysical Markets\n\n" + "".join(
    f"CHINA\n\n{name}, BEIJING\uffff\n\nThe text about it.\n\n" for name in _DANGEROUS
)


@pytest.fixture
def report(tmp_path: Path) -> Path:
    """The file of a report with dangerous names."""
    path = tmp_path / "report.txt"
    path.write_text(_REPORT, encoding="utf-8")
    assert [row.name_as_listed for row in nm.read_report(path).physical] == list(_DANGEROUS)
    return path


@pytest.mark.parametrize("form", ["table", "csv", "tsv", "json", "jsonl"])
@pytest.mark.parametrize("part", ["online", "physical", "unplaced"])
def test_the_text_of_a_report_does_not_control_the_terminal(part: str, form: str, report: Path) -> None:
    done = run("read-report --part", part, "--as", form, report)
    shown = done.stdout + done.stderr
    assert done.code == 0
    assert [c for c in shown if not (c.isprintable() or c in "\n\t")] == []


def test_the_text_of_a_report_is_no_formula_in_excel(report: Path, tmp_path: Path) -> None:
    nm.export(tmp_path / "report.xlsx", nm.read_report(report).listings())
    cells = [cell for row in openpyxl.load_workbook(tmp_path / "report.xlsx")["listings"].iter_rows() for cell in row]
    values = [cell.value for cell in cells]
    assert all(text in values for text in _DANGEROUS[:3])
    assert {cell.data_type for cell in cells} <= {"s", "n"}


def test_excel_does_not_lose_a_long_text(tmp_path: Path) -> None:
    """XlsxWriter cuts off a text that is longer than a cell, and leaves out an address that is longer than a link."""
    rows = nm.markets(2021)
    address = f"https://{'<' * 2000}"
    nm.export(tmp_path / "long.xlsx", rows.with_rows([evolve(rows[0], name_as_listed=address)]))
    cells = [cell for row in openpyxl.load_workbook(tmp_path / "long.xlsx")["listings"].iter_rows() for cell in row]
    assert address in [cell.value for cell in cells]
    with pytest.raises(ValueError, match="a cell of Excel must have at most 32,767 characters, not 40,000"):
        nm.export(tmp_path / "longer.xlsx", rows.with_rows([evolve(rows[0], name_as_listed="x" * 40_000)]))
    assert not (tmp_path / "longer.xlsx").exists()


def test_the_text_of_a_report_is_no_element_of_html(report: Path) -> None:
    read = nm.read_report(report)
    for shown in (read, read.physical, read.listings(), read.physical[2], read.listings()[2]):
        html = shown._repr_html_()
        assert "<script" not in html.lower()
    assert "&lt;SCRIPT" in read.listings()._repr_html_()


@pytest.mark.parametrize("space", ["\n", "\r", "\x1c", "\x85", "\u2028"])
@pytest.mark.parametrize("form", ["domains", "hosts", "adblock", "dnsmasq", "rpz"])
def test_a_condition_does_not_end_the_comment_of_a_blocklist(form: Any, space: str) -> None:
    """Names are equal if they differ in white space only, and the comment has the name as it was given."""
    lists = []
    for name in ("Alibaba Group", f"Alibaba{space}Group", [f"Alibaba{space}Group"]):
        out = io.BytesIO()
        nm.export(out, format=form, operator=name)
        lists.append(out.getvalue())
    assert b"operator Alibaba Group" in lists[0]
    assert lists[0] == lists[1] == lists[2]


@pytest.mark.parametrize("cutoff", [10**400, -(10**400), float("nan"), float("inf")])
def test_numbers_of_any_size_are_refused_in_words(cutoff: float) -> None:
    """An integer that no float can hold once raised an `OverflowError`."""
    with pytest.raises(ValueError, match="cutoff must be a percentage from 0 to 100"):
        nm.suggest("Taobao", cutoff=cutoff)


_ONLINE = "2021 Review of Notorious Markets\n\nOnline Markets\n\nEXAMPLE\n\n"
_CONTENTS = "2021 Review of Notorious Markets\n\nTable of Contents\n\n"
# Texts of which one kind of work took quadratic time if a piece is repeated.
_REPEATED = {
    "lines of a paragraph": (_ONLINE, "the text goes on\n", ""),
    "lines of a heading": (_ONLINE, "ABC DEF\n", ""),
    "a broken address": (_ONLINE, "aa.bb.\ncc ", ""),
    "an address that never ends": (f"{_ONLINE}Nominated as ", "aa.\n", ""),
    "a leader": (_CONTENTS, ".", "x"),
    "a leader with spaces": (_CONTENTS, ". ", "x"),
    "combining characters out of order": (_ONLINE, "\u0301\u0323", ""),
    "a word that is divided": (_ONLINE, "a", "\u2010\nbc"),
    "a word below a divided one": (f"{_ONLINE}traf-\n", "a", ".b"),
}


@pytest.mark.parametrize(("start", "piece", "end"), _REPEATED.values(), ids=_REPEATED)
def test_a_long_text_is_read_in_linear_time(start: str, piece: str, end: str, tmp_path: Path) -> None:
    times = []
    for length in (2_000, 16_000):
        path = tmp_path / f"{length}.txt"
        path.write_text(start + piece * (length // len(piece)) + end, encoding="utf-8")
        times.append(_seconds(partial(nm.read_report, path)))
    _assert_linear(*times)


_MANY = "".join(map(chr, range(0x4E00, 0x9000)))
# Hosts for which the parser takes quadratic time.
_HOSTS: dict[str, Callable[[int], str]] = {
    "combining characters": lambda size: "a" + "\u0301\u0323" * (size // 4),
    "escaped combining characters": lambda size: "a" + "%CC%81%CC%A3" * (size // 12),
    "combining characters and one that is ignored": lambda size: "a" + "\u0301\u034f\u0323" * (size // 6),
    "many letters": lambda size: (_MANY * 30)[: size // 3],
}


@pytest.mark.parametrize("form", ["http://{}.taobao.com/", "a:b@{}.taobao.com", "foo://{}.com:1"])
@pytest.mark.parametrize("kind", _HOSTS)
def test_a_host_that_cannot_exist_is_read_in_linear_time(kind: str, form: str) -> None:
    """Sorting combining characters and Punycode take quadratic time."""
    addresses = [form.format(_HOSTS[kind](size)) for size in (30_000, 240_000)]
    assert [nm.lookup(address, refang=True) for address in addresses] == [None, None]
    _assert_linear(*(_seconds(partial(nm.lookup, address, refang=True)) for address in addresses))
    assert nm.screen([addresses[0]]).column("matched_domain").to_pylist() == [None]


@pytest.mark.parametrize(
    "address",
    [
        "http://" + "\u00ad%C2%AD" * 100_000 + "taobao.com",
        "http://tao" + "\u200b\t\ufe0f" * 100_000 + "bao.com/",
        "http://taobao.com/" + "\u0301\u0323" * 100_000,
        "taobao.com?" + _MANY * 10,
        "http://" + "\u0301\u0323" * 10_000 + "@taobao.com",
        "http://" + "a." * 100_000 + "taobao.com",
        "http://" + "%61." * 100_000 + "taobao.com",
    ],
    ids=["soft hyphens", "invisible characters", "path", "query", "user", "labels", "escaped labels"],
)
def test_a_long_address_hides_no_listed_host(address: str) -> None:
    found = nm.lookup(address)
    assert found is not None
    assert found.market_id == "taobao"
    assert nm.screen([address]).column("matched_domain").to_pylist() == ["taobao.com"]


def test_a_page_of_notes_is_read_in_linear_time() -> None:
    """Each small line was once searched for in a list of all of them."""
    title = Line((Run("2021 Review of Notorious Markets" * 1000, size=12),), 72, 0, 0)
    notes = [Line((Run("1 a note", size=6),), 72, 10.0 + number, 0) for number in range(8_000)]
    _assert_linear(*(_seconds(partial(report_of, [[title, *notes[:number]]], "report.pdf")) for number in (1_000, 8_000)))


def _seconds(call: Callable[[], object]) -> float:
    """Return the lesser processor time of two calls."""
    times = []
    for _ in range(2):
        start = time.process_time()
        call()
        times.append(time.process_time() - start)
    return min(times)


def _assert_linear(short: float, long: float) -> None:
    """A text of 8 times the length may take 8 times the time; quadratic work would take up to 64 times."""
    assert long < 24 * short + 0.05


def test_a_filter_that_pypdf_does_not_know_is_refused(tmp_path: Path) -> None:
    """It once raised a `NotImplementedError`."""
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R >>"
    tree = [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>", page]
    content = b"<< /Filter /Unknown /Length 5 >>\nstream\nBT ET\nendstream"
    (tmp_path / "report.pdf").write_bytes(hostile.file_of([*tree, content]))
    with pytest.raises(nm.UnreadableReport, match="cannot be read as a PDF: Unsupported filter /Unknown"):
        nm.read_report(tmp_path / "report.pdf")


@pytest.mark.parametrize("fan_out", [0, 16], ids=["list", "tree"])
def test_a_pdf_with_5000_pages_is_refused_before_a_page_is_read(
    fan_out: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read(*_: object) -> None:
        raise AssertionError("a page is read")

    monkeypatch.setattr("notorious_markets.reports.pdf.pieces_of", read)
    (tmp_path / "report.pdf").write_bytes(scaling.pdf(5000, fan_out))
    with pytest.raises(nm.UnreadableReport, match="must have at most 500 pages, not 5000"):
        nm.read_report(tmp_path / "report.pdf")
