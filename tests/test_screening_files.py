"""Does the command screen every kind of file, hold little of it, and leave nothing half-written behind?"""

from __future__ import annotations

import bz2
import csv
import gzip
import io
import json
import os
import pty
import resource
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.feather
import pyarrow.parquet as pq
import pytest

import notorious_markets as nm

from .test_command_line import COMMAND, ENVIRONMENT, run

URLS = ["https://example.org/", "https://m.taobao.com/1?a=b,c", "kat.ph", 'https://x.example/"q"', "", "HTTPS://KAT.PH"]
TABLE = pa.table({"n": ["NA", "007", "", "x", "y", "z"], "url": URLS})
HITS = [1, 2, 5]


def _csv_bytes(delimiter: str = ",") -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows([TABLE.column_names, *zip(*TABLE.to_pydict().values(), strict=True)])
    return text.getvalue().encode()


def _lines() -> bytes:
    return "".join(json.dumps(row) + "\n" for row in TABLE.to_pylist()).encode()


def _stream() -> bytes:
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, TABLE.schema) as writer:
        writer.write_table(TABLE)
    return sink.getvalue()


def _parquet() -> bytes:
    sink = io.BytesIO()
    pq.write_table(TABLE, sink)
    return sink.getvalue()


def _feather() -> bytes:
    sink = io.BytesIO()
    pyarrow.feather.write_feather(TABLE, sink)
    return sink.getvalue()


CONTENTS: dict[str, Callable[[], bytes]] = {
    "urls.parquet": _parquet,
    "urls.feather": _feather,
    "urls.arrow": _stream,
    "urls.csv": _csv_bytes,
    "urls.csv.gz": lambda: gzip.compress(_csv_bytes()),
    "urls.csv.bz2": lambda: bz2.compress(_csv_bytes()),
    "urls.tsv": lambda: _csv_bytes("\t"),
    "urls.jsonl": _lines,
    "urls.jsonl.gz": lambda: gzip.compress(_lines()),
    "urls.txt": lambda: "\r\n".join(URLS).encode(),
    "urls.txt.gz": lambda: gzip.compress("\n".join(URLS).encode() + b"\n"),
}


@pytest.fixture(params=CONTENTS)
def file(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path: Path = tmp_path / request.param
    path.write_bytes(CONTENTS[request.param]())
    return path


def _read(path: Path) -> pa.Table:
    if path.suffix == ".csv":
        return pyarrow.csv.read_csv(path)
    return pq.read_table(path)


def test_hits_of_every_kind_of_file(file: Path) -> None:
    output = file.with_name("hits.parquet")
    done = run("screen", file, "--column", "url", "-o", output)
    assert (done.returncode, done.stdout) == (0, "")
    hits = _read(output)
    assert hits.column("url").to_pylist() == [URLS[row] for row in HITS]
    assert hits.column("market_id").to_pylist() == ["taobao", "kickasstorrents", "kickasstorrents"]
    first = hits.column(0).to_pylist()
    assert first == (HITS if hits.column_names[0] == "row" else [TABLE["n"][row].as_py() for row in HITS])
    assert "6 rows, 3 on the list" in done.stderr
    assert "no finding of a violation of law" in done.stderr
    assert [path.name for path in file.parent.iterdir() if path.name.startswith(".")] == []


@pytest.mark.parametrize("suffix", [".parquet", ".csv", ".tsv", ".jsonl", ".arrow"])
def test_every_kind_of_output(suffix: str, tmp_path: Path) -> None:
    source, output = tmp_path / "urls.csv", tmp_path / f"hits{suffix}"
    source.write_bytes(_csv_bytes())
    assert run("screen", source, "-o", output, "--column", "url").returncode == 0
    rows: list[dict[str, Any]]
    if suffix == ".jsonl":
        rows = [json.loads(line) for line in output.read_text(encoding="utf-8").splitlines()]
    elif suffix in (".csv", ".tsv"):
        with output.open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream, delimiter="," if suffix == ".csv" else "\t"))
    else:
        rows = (pq.read_table(output) if suffix == ".parquet" else pa.ipc.open_file(str(output)).read_all()).to_pylist()
    assert [(row["n"], row["url"]) for row in rows] == [(TABLE["n"][row].as_py(), URLS[row]) for row in HITS]
    assert [int(row["first_listed"]) for row in rows] == [2010, 2010, 2010]


def test_what_is_not_on_the_list_comes_out_as_it_went_in(tmp_path: Path) -> None:
    source, output = tmp_path / "urls.csv", tmp_path / "clean.csv"
    source.write_bytes(_csv_bytes())
    assert run("screen", source, "-o", output, "--column", "url", "--keep", "others").returncode == 0
    with output.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert rows == [row for place, row in enumerate(TABLE.to_pylist()) if place not in HITS]
    assert run("screen", source, "-o", output, "--column", "url", "--keep", "all").returncode == 0
    assert len(_read(output)) == 6


def test_standard_input_and_output() -> None:
    done = run("screen", "-", "-o", "-", stdin="\n".join(URLS))
    assert [row["url"] for row in csv.DictReader(io.StringIO(done.stdout))] == [URLS[row] for row in HITS]
    done = run("screen", "-", "-o", "-", "--from", "jsonl", "--to", "jsonl", stdin=_lines().decode())
    assert [json.loads(line)["row"] for line in done.stdout.splitlines()] == HITS
    done = run("screen", "-", "--json", "--from", "csv", "--column", "url", stdin=_csv_bytes().decode())
    assert done.stderr == ""
    summary = json.loads(done.stdout)
    assert summary.pop("seconds") >= 0
    assert summary == {
        "rows": 6,
        "hits": 3,
        "markets": {"kickasstorrents": 2, "taobao": 1},
        "data_version": nm.DATA_VERSION,
    }


def test_gzip_on_standard_input() -> None:
    command = [*COMMAND, "screen", "-", "--from", "csv", "--column", "url", "--json"]
    content = gzip.compress(_csv_bytes())
    done = subprocess.run(command, input=content, capture_output=True, check=True, env=ENVIRONMENT)
    assert json.loads(done.stdout)["hits"] == len(HITS)
    cut = subprocess.run(command, input=content[:-20], capture_output=True, check=False, env=ENVIRONMENT)
    assert cut.returncode == 1
    assert b"Error: -: " in cut.stderr
    assert b"Traceback" not in cut.stderr


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_a_pipe_as_output_is_written_to_and_stays_a_pipe(suffix: str, tmp_path: Path) -> None:
    source, output = tmp_path / "urls.csv", tmp_path / f"pipe.{suffix}"
    source.write_bytes(_csv_bytes())
    os.mkfifo(output)
    with subprocess.Popen(
        [*COMMAND, "screen", str(source), "--column", "url", "-q", "-o", str(output)], env=ENVIRONMENT
    ) as process:
        content = output.read_bytes()
    assert process.returncode == 0
    assert output.is_fifo()
    read: pa.Table = pyarrow.csv.read_csv(io.BytesIO(content)) if suffix == "csv" else pq.read_table(io.BytesIO(content))
    assert len(read) == len(HITS)


def test_several_files_and_conditions(tmp_path: Path) -> None:
    one, other, own, output = (tmp_path / name for name in ("a.txt", "b.parquet", "own.txt", "hits.csv"))
    one.write_text("https://shop.example\nkat.ph\n", encoding="utf-8")
    pq.write_table(pa.table({"url": URLS}), other)
    own.write_text("shop.example\n\n", encoding="utf-8")
    done = run("screen", one, other, "--json", "--year", 2011, "--domains", own)
    assert json.loads(done.stdout)["markets"] == {"kickasstorrents": 3, "taobao": 1, "shop.example": 1}
    assert json.loads(done.stdout)["rows"] == 8
    done = run("screen", one, other, "-o", output)
    assert done.returncode == 1
    assert "the columns of" in done.stderr
    assert not output.exists()


def test_exit_codes(tmp_path: Path) -> None:
    clean, dirty = tmp_path / "clean.txt", tmp_path / "dirty.txt"
    clean.write_text("https://example.org/\n", encoding="utf-8")
    dirty.write_text("https://m.taobao.com/\n", encoding="utf-8")
    assert run("screen", clean, "--fail-on-hit").returncode == 0
    assert run("screen", dirty, "--fail-on-hit").returncode == 3
    assert run("screen", dirty).returncode == 0
    assert run("screen", dirty, "--quiet").stderr == ""
    assert run("screen").returncode == 2
    assert run("screen", dirty, "--json", "-o", "-").returncode == 2


@pytest.mark.parametrize(
    ("name", "content", "options", "words"),
    [
        ("a.parquet", lambda: _parquet()[:200], (), "a.parquet: "),
        ("a.csv.gz", lambda: gzip.compress(os.urandom(99) + _csv_bytes())[:-20], ("--column", "url"), "a.csv.gz: "),
        ("a.csv", lambda: b"", (), "a.csv: there is no line with the names of the columns"),
        ("a.csv", lambda: b"n,url\n1,2,3\n", ("--column", "url"), "Expected 2 columns, got 3"),
        ("a.csv", _csv_bytes, ("--column", "urls"), "unknown column 'urls'; did you mean 'url'?"),
        ("a.parquet", _parquet, ("--column", "x"), "unknown column 'x'; valid: 'n', 'url'"),
        ("a.jsonl", _lines, ("--column", "u"), "unknown key 'u'"),
        ("a.jsonl", lambda: _lines()[:-5], (), "line 6 is no JSON"),
        ("a.jsonl", lambda: b'{"url": 3}\n', (), "line 1: url is no text"),
        ("a.arrow", lambda: _stream()[:300], ("--column", "url"), "a.arrow: "),
        ("a.xlsx", _csv_bytes, (), "unknown ending of a file name '.xlsx'; valid: '.arrow'"),
        ("a.txt", lambda: b"x", ("--year", "1999"), "unknown year 1999"),
        ("a.txt", lambda: b"x", ("--kind", "physical"), "no listing that meets the conditions has a domain"),
    ],
)
def test_faults_are_told_and_leave_nothing(
    name: str, content: Callable[[], bytes], options: tuple[str, ...], words: str, tmp_path: Path
) -> None:
    source, output = tmp_path / name, tmp_path / "hits.csv"
    source.write_bytes(content())
    output.write_text("old", encoding="utf-8")
    done = run("screen", source, "-o", output, *options)
    assert (done.returncode, done.stdout) == (1, "")
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert output.read_text(encoding="utf-8") == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted({name, "hits.csv"})


def test_a_missing_file_and_folder(tmp_path: Path) -> None:
    done = run("screen", tmp_path / "no.csv")
    assert done.returncode == 1
    assert "No such file or directory" in done.stderr
    (tmp_path / "a.txt").write_text("kat.ph\n", encoding="utf-8")
    done = run("screen", tmp_path / "a.txt", "-o", tmp_path / "no" / "hits.csv")
    assert done.returncode == 1
    assert "hits.csv: No such file or directory" in done.stderr


@pytest.mark.parametrize("name", ["all.csv", "all.parquet", "all.arrow", "all.jsonl"])
def test_a_full_disk_leaves_the_old_file(name: str, tmp_path: Path) -> None:
    source, output = tmp_path / "urls.txt", tmp_path / name
    source.write_text("".join(f"https://example.org/{sha256(b'%d' % n).hexdigest()}\n" for n in range(20_000)), encoding="utf-8")
    output.write_text("old", encoding="utf-8")

    def little_room() -> None:
        # Writing beyond the limit fails as on a full disk.
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

    done = subprocess.run(
        [*COMMAND, "screen", str(source), "-o", str(output), "--keep", "all"],
        capture_output=True,
        check=False,
        text=True,
        env=ENVIRONMENT,
        preexec_fn=little_room,
    )
    assert done.returncode == 1
    assert f"{name}: File too large" in done.stderr
    assert "Traceback" not in done.stderr
    assert output.read_text(encoding="utf-8") == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == [name, "urls.txt"]


@pytest.mark.parametrize(("sent", "code", "words"), [(signal.SIGINT, 1, "Aborted!"), (signal.SIGTERM, 143, "")])
def test_an_interrupt_leaves_the_old_file(sent: signal.Signals, code: int, words: str, tmp_path: Path) -> None:
    output = tmp_path / "hits.csv"
    output.write_text("old", encoding="utf-8")
    with subprocess.Popen(
        [*COMMAND, "screen", "-", "-o", str(output)], stdin=subprocess.PIPE, stderr=subprocess.PIPE, env=ENVIRONMENT
    ) as process:
        assert process.stdin is not None
        process.stdin.write(b"https://m.taobao.com/\n" * 400_000)
        process.stdin.flush()
        until = time.monotonic() + 30
        while not list(tmp_path.glob(".hits.csv.*")) and time.monotonic() < until:
            time.sleep(0.05)
        assert list(tmp_path.glob(".hits.csv.*")), "writing never began"
        process.send_signal(sent)
        _, errors = process.communicate(timeout=30)
    assert (process.returncode, errors.decode().strip()) == (code, words)
    assert [path.name for path in tmp_path.iterdir()] == ["hits.csv"]
    assert output.read_text(encoding="utf-8") == "old"


def test_a_reader_that_has_enough_is_no_fault(tmp_path: Path) -> None:
    source = tmp_path / "urls.txt"
    source.write_text("https://m.taobao.com/\n" * 300_000, encoding="utf-8")
    with subprocess.Popen(
        [*COMMAND, "screen", str(source), "-o", "-"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENVIRONMENT
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith(b'"row"')
        process.stdout.close()
        assert process.stderr is not None
        assert b"Traceback" not in process.stderr.read()


def test_progress_on_a_terminal_and_none_in_a_pipe(tmp_path: Path) -> None:
    # A name that would be markup.
    (tmp_path / "[").mkdir()
    source = tmp_path / "[" / "red].txt"
    source.write_text("https://m.taobao.com/\n" * 1000, encoding="utf-8")
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [*COMMAND, "screen", str(source)], stderr=theirs, stdout=subprocess.DEVNULL, env={**ENVIRONMENT, "TERM": "xterm"}
    )
    process.wait(30)
    os.close(theirs)
    shown = os.read(ours, 1 << 16)
    os.close(ours)
    assert b"1,000 rows" in shown
    assert b"\x1b[" in shown
    assert "\x1b[" not in run("screen", source).stderr


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="this system does not tell the peak of memory in /proc")
def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    code = """
import sys
from notorious_markets.cli import cli
cli(["screen", sys.argv[1], "-q", "--threads", "1"], standalone_mode=False)
# Not getrusage: its peak can be that of the process that started this one.
print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")))
"""
    peaks = []
    for size in (1_000_000, 3_000_000):
        source = tmp_path / f"{size}.txt"
        source.write_bytes(b"https://www.example.org/a/path/of/some/length\n" * size)
        done = subprocess.run([sys.executable, "-c", code, str(source)], capture_output=True, check=True, text=True)
        peaks.append(int(done.stdout))
    # 90 MB more addresses.
    assert peaks[1] - peaks[0] < 50_000, peaks


def test_lookup_says_what_the_api_says() -> None:
    done = run("lookup", "https://ja.AliExpress%2Ecom/item/1", "example.org")
    first, second = map(json.loads, done.stdout.splitlines())
    match = nm.lookup("https://ja.aliexpress.com")
    assert match is not None
    assert first == {"address": "https://ja.AliExpress%2Ecom/item/1", **json.loads(json.dumps(match._asdict()))}
    assert second == {"address": "example.org", **dict.fromkeys(match._fields)}
    assert (done.returncode, done.stderr) == (0, "")
    assert run("lookup", "vk.com", "--fail-on-hit").returncode == 3
    assert run("lookup", "example.org", "--fail-on-hit").returncode == 0
    piped = run("lookup", "-", stdin="\n".join(URLS))
    domains = Counter(json.loads(line)["domain"] for line in piped.stdout.splitlines())
    assert domains == {None: 3, "kat.ph": 2, "taobao.com": 1}
    mixed = run("lookup", "-", "vk.com", "--as", "csv", stdin="https://m.taobao.com/1\n")
    rows = list(csv.DictReader(io.StringIO(mixed.stdout)))
    assert [row["market_id"] for row in rows] == ["taobao", "vk"]
    shown = run("lookup", "m.taobao.com", "example.org", "--as", "table")
    assert "2010-2011; 2016-2025" in shown.stdout
    assert "no finding of a violation of law" in shown.stdout
    odd = subprocess.run(
        [*COMMAND, "lookup", b"\xff.com"], capture_output=True, check=True, env={**ENVIRONMENT, "LC_ALL": "C.UTF-8"}
    )
    assert json.loads(odd.stdout)["address"] == "\udcff.com"
