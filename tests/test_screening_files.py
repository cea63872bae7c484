"""Does the command screen every kind of file, use little memory, and leave no unfinished file behind?"""

from __future__ import annotations

import bz2
import csv
import gzip
import io
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.feather
import pyarrow.parquet as pq
import pytest

import notorious_markets as nm
from notorious_markets.about import CAUTION

from .command import COMMAND, ENVIRONMENT, run, run_apart, run_on_terminal

URLS = ["https://example.org/", "https://m.taobao.com/ü?a=b,c", "vk.com", 'https://x.example/"q"', "", "HTTPS://VK.COM"]
TABLE = pa.table({"n": ["NA", "x", "", "y", "z", "x"], "url": URLS, "code": ["01", "02", "03", "04", "05", "06"]})
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
    "URLS.TXT": lambda: "\r\n".join(URLS).encode(),
    "urls.txt.gz": lambda: gzip.compress("\n".join(URLS).encode() + b"\n"),
}


@pytest.mark.parametrize("name", CONTENTS)
def test_hits_of_every_kind_of_file(name: str, tmp_path: Path) -> None:
    file, output = tmp_path / name, tmp_path / "hits.parquet"
    file.write_bytes(CONTENTS[name]())
    done = run("screen --column url", file, "-o", output)
    assert (done.code, done.stdout) == (0, "")
    hits = pq.read_table(output)
    assert hits.column("url").to_pylist() == [URLS[row] for row in HITS]
    assert hits.column("market_id").to_pylist() == ["taobao", "vk", "vk"]
    first = hits.column(0).to_pylist()
    in_text, in_json = name.lower().startswith("urls.txt"), name.startswith("urls.jsonl")
    assert hits.column_names[0] == ("line" if in_text or in_json else "n")
    assert first == [row + 1 if in_text or in_json else TABLE["n"][row].as_py() for row in HITS]
    assert "6 rows, 3 on the list" in done.stderr
    assert done.stderr.endswith(f"\n{CAUTION}\n")
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([name, "hits.parquet"])


@pytest.mark.parametrize("suffix", [".parquet", ".csv", ".tsv", ".jsonl", ".arrow"])
def test_every_kind_of_output(suffix: str, tmp_path: Path) -> None:
    source, output = tmp_path / "urls.csv", tmp_path / f"hits{suffix}"
    source.write_bytes(_csv_bytes())
    assert run("screen --column url", source, "-o", output).code == 0
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
    if suffix == ".jsonl":
        assert "ü" in output.read_text(encoding="utf-8")


def test_rows_that_are_not_on_the_list_are_unchanged(tmp_path: Path) -> None:
    source, output = tmp_path / "urls.csv", tmp_path / "out.csv"
    source.write_bytes(_csv_bytes())
    assert run("screen --column url --keep others", source, "-o", output).code == 0
    with output.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert rows == [row for position, row in enumerate(TABLE.to_pylist()) if position not in HITS]
    assert run("screen --column url --keep all", source, "-o", output).code == 0
    assert len(pyarrow.csv.read_csv(output)) == 6


@pytest.mark.parametrize(("keep", "columns"), [("hits", 6), ("others", 2)])
def test_an_input_without_rows_replaces_an_old_output(keep: str, columns: int, tmp_path: Path) -> None:
    source, output = tmp_path / "urls.txt", tmp_path / "hits.csv"
    source.write_bytes(b"")
    output.write_text("old", encoding="utf-8")
    assert run("screen --keep", keep, source, "-o", output).code == 0
    with output.open(encoding="utf-8", newline="") as stream:
        (header,) = csv.reader(stream)
    assert (len(header), header[:2]) == (columns, ["line", "url"])


def test_standard_input_and_output() -> None:
    done = run("screen - -o -", stdin="\n".join(URLS).encode())
    assert [row["url"] for row in csv.DictReader(io.StringIO(done.stdout))] == [URLS[row] for row in HITS]
    done = run("screen - -o - --input-format jsonl --format jsonl", stdin=_lines())
    assert [json.loads(line)["line"] for line in done.stdout.splitlines()] == [row + 1 for row in HITS]
    assert run("screen - --input-format arrow", stdin=_stream()).stderr.count("3 on the list") == 1
    assert run("screen - --input-format parquet --column url", stdin=_parquet()).stderr.count("3 on the list") == 1


def test_the_summary_as_json(tmp_path: Path) -> None:
    source, rejects = tmp_path / "urls.csv.gz", tmp_path / "rejects.csv"
    source.write_bytes(gzip.compress(_csv_bytes(";") + b"1;2;3;4\nz;no address;07\n"))
    done = run("screen --json --column url", source, "--rejects", rejects)
    assert (done.code, done.stderr) == (0, "")
    summary = json.loads(done.stdout)
    assert summary.pop("seconds") >= 0
    counts = {"rows": 7, "refused": 1, "empty": 1, "no_address": 1, "defanged": 0}
    understood = {
        "format": "csv",
        "compression": "gzip",
        "encoding": "utf-8",
        "delimiter": "semicolon",
        "quotes": "enclose cells",
        "header": "yes",
        "column": "url",
    }
    assert summary == {
        **counts,
        "hits": 3,
        "markets": {"vk": 2, "taobao": 1},
        "data_version": nm.DATA_VERSION,
        "files": [{"file": str(source), **understood, **counts}],
    }
    assert list(summary["markets"]) == ["vk", "taobao"]
    with rejects.open(encoding="utf-8", newline="") as stream:
        assert list(csv.DictReader(stream)) == [
            {"file": str(source), "line": "8", "reason": "4 cells instead of 3", "content": "1;2;3;4"}
        ]


def test_the_summary_shows_the_most_frequent_markets() -> None:
    domains = nm.Screener().domains
    matches = [match for match in map(nm.lookup, domains) if match is not None]
    lines = run("screen -", stdin="\n".join([*domains, *["vk.com"] * 1000]).encode()).stderr.splitlines()
    assert lines[0] == f"- (text, utf-8), column 'url': {len(domains) + 1000:,} rows"
    assert lines[1].split() == ["market", "hits"]
    assert re.fullmatch(r"vk +1,00\d", lines[3])
    more = len({match.market_id for match in matches}) - 20
    assert lines[23] == f"{more} more; use --json to see all of them"
    assert lines[25].startswith(f"{len(domains) + 1000:,} rows, {len(domains) + 1000:,} on the list, ")


def test_lines_of_json_without_a_url_are_rows() -> None:
    done = run("screen - --input-format jsonl --keep all -o - -q", stdin=b'{"url": "vk.com"}\n{"n": 1}\n{"url": null}\n')
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert [(row["line"], row["url"], row["matched_domain"]) for row in rows] == [
        ("1", "vk.com", "vk.com"),
        ("2", "", ""),
        ("3", "", ""),
    ]


def test_gzip_on_standard_input() -> None:
    assert "3 on the list" in run("screen - --input-format csv --column url", stdin=gzip.compress(_csv_bytes())).stderr
    cut = run("screen - --input-format jsonl", stdin=gzip.compress(_lines())[:-20])
    assert cut.code == 1
    assert cut.stderr.startswith("Error: -: ")


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_a_pipe_as_output_is_written_to_and_stays_a_pipe(suffix: str, tmp_path: Path) -> None:
    source, output = tmp_path / "urls.csv", tmp_path / f"pipe.{suffix}"
    source.write_bytes(_csv_bytes())
    os.mkfifo(output)
    with ThreadPoolExecutor(1) as pool:
        received = pool.submit(output.read_bytes)
        try:
            assert run("screen -q --column url", source, "-o", output).code == 0
        finally:
            # A reader still waits if the command did not open the pipe.
            with suppress(OSError):
                os.close(os.open(output, os.O_WRONLY | os.O_NONBLOCK))
        content = received.result(30)
    assert output.is_fifo()
    read: pa.Table = pyarrow.csv.read_csv(io.BytesIO(content)) if suffix == "csv" else pq.read_table(io.BytesIO(content))
    assert len(read) == len(HITS)


def test_roles_choose_the_domains(tmp_path: Path) -> None:
    urls = tmp_path / "urls.txt"
    urls.write_text("megaupload.com\nwechat.com\ntaobao.com\nkat.cr\n1337x-status.org\n", encoding="utf-8")

    def markets(options: str) -> set[str]:
        return set(json.loads(run(f"screen --json {options}", urls).stdout)["markets"])

    assert markets("") == {"taobao", "1337x"}
    assert markets("--role former --role company") == {"megaupload", "wechat", "kickasstorrents"}
    assert markets("--as-of 2016-06-01") == {"kickasstorrents"}
    assert markets("--basis listed") == {"taobao"}


def test_several_files_conditions_and_own_domains(tmp_path: Path) -> None:
    one, other, own, output = (tmp_path / name for name in ("a.txt", "b.parquet", "own.txt", "hits.csv"))
    one.write_text("https://shop.example\nvk.com\nhttps://aliexpress.com/\n", encoding="utf-8")
    pq.write_table(pa.table({"url": URLS}), other)
    own.write_text("# our shops\n\nshop.example\n", encoding="utf-8")
    summary = json.loads(run("screen --json --year 2011", one, other, "--extra-domains", own).stdout)
    assert summary["markets"] == {"vk": 3, "taobao": 1, "shop.example": 1}
    assert summary["rows"] == 9
    done = run("screen", one, other, "-o", output)
    assert done.code == 1
    assert f"{output}: the columns of {other} must be those of {one}" in done.stderr
    assert not output.exists()
    twice = run("screen", one, one, "-o", output)
    assert "6 rows, 4 on the list" in twice.stderr
    assert len(pyarrow.csv.read_csv(output)) == 4


def test_an_exported_list_of_domains_is_a_file_of_own_domains(tmp_path: Path) -> None:
    own = tmp_path / "domains.txt"
    assert run("export --format domains --year 2021", own).code == 0
    done = run("screen - --json --year 2011 --extra-domains", own, stdin=b"https://aliexpress.com/\n")
    assert json.loads(done.stdout)["markets"] == {"aliexpress.com": 1}


def test_exit_codes(tmp_path: Path) -> None:
    clean, dirty = tmp_path / "clean.txt", tmp_path / "dirty.txt"
    clean.write_text("https://example.org/\n", encoding="utf-8")
    dirty.write_text("https://m.taobao.com/\n", encoding="utf-8")
    assert run("screen --fail-on-hit", clean).code == 0
    assert run("screen --fail-on-hit", dirty).code == 3
    assert run("screen --quiet", dirty) == (0, "", "")
    assert run("screen").code == 2
    assert run("screen --json -o -", dirty).code == 2


FAULTS: dict[str, tuple[str, Callable[[], bytes], str, str]] = {
    "truncated Parquet": ("a.parquet", lambda: _parquet()[:200], "", "a.parquet: "),
    "truncated Arrow": ("a.arrow", lambda: _stream()[:300], "--column url", "a.arrow: "),
    "truncated JSON Lines": ("a.jsonl", lambda: _lines()[:-5], "", "a.jsonl: line 6: not JSON: "),
    "no object": ("a.jsonl", lambda: b'{"url": "x.example"}\n1\n', "", "a.jsonl: line 2: not a JSON object but a number"),
    "no text": ("a.jsonl", lambda: b'{"url": 3}\n', "", "a.jsonl: line 1: url is not a text but a number"),
    "unknown key": ("a.jsonl", _lines, "--column u", "a.jsonl: unknown key 'u'"),
    "unknown column": ("a.parquet", _parquet, "--column x", "a.parquet: unknown column 'x'"),
    "unknown extension": ("a.xlsx", _csv_bytes, "", "a.xlsx: the file extension must be one of .arrow, .arrows, .csv,"),
    "no header": ("a.csv", lambda: b"", "", "a.csv: the file is empty, but its first line must contain the names of the columns"),
    "unknown edition": ("a.txt", lambda: b"x", "--year 1999", "unknown year 1999"),
    "nothing to find": ("a.txt", lambda: b"x", "--kind physical", "has a domain"),
    "one cell too many": (
        "a.csv",
        lambda: b"n,url\n1,2,3\n",
        "--column url",
        "a.csv: line 2: 3 cells instead of 2; --rejects FILE",
    ),
    "unknown column of CSV": ("a.csv", _csv_bytes, "--column urls", "a.csv: unknown column 'urls'; did you mean 'url'?"),
    "truncated gzip": (
        "a.csv.gz",
        lambda: gzip.compress(os.urandom(99) + _csv_bytes())[:-20],
        "--column url",
        "a.csv.gz: ",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_faults_are_reported_and_leave_the_old_output(fault: str, tmp_path: Path) -> None:
    name, content, options, message = FAULTS[fault]
    source, output = tmp_path / name, tmp_path / "hits.csv"
    source.write_bytes(content())
    output.write_text("old", encoding="utf-8")
    done = run(f"screen {options}", source, "-o", output)
    assert (done.code, done.stdout) == (1, "")
    assert done.stderr.startswith("Error: ")
    assert message in done.stderr
    assert done.stderr.count("\n") == 1
    assert output.read_text(encoding="utf-8") == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted({name, "hits.csv"})


def test_a_fault_at_the_start_of_a_large_csv_file_ends_the_process(tmp_path: Path) -> None:
    source = tmp_path / "urls.csv"
    # Several blocks, so that pyarrow reads ahead while the error is reported.
    source.write_text("n,url\n1,2,3\n" + f"1,https://example.org/{'a' * 35}\n" * 600_000, encoding="utf-8")
    done = run_apart("screen --column url", source)
    assert (done.code, done.stdout) == (1, "")
    assert done.stderr.startswith(f"Error: {source}: line 2: 3 cells instead of 2")


@pytest.mark.parametrize(("option", "conditions"), [("--year 1999", {"year": 1999}), ("--kind physical", {"kind": "physical"})])
def test_conditions_that_nothing_meets_get_the_error_of_the_api(option: str, conditions: dict[str, Any]) -> None:
    with pytest.raises((LookupError, ValueError)) as caught:
        nm.Screener(**conditions)
    assert run(f"screen - {option}", stdin=b"x") == (1, "", f"Error: {caught.value}\n")


def test_missing_files_and_folders_are_named(tmp_path: Path) -> None:
    source, output, own = tmp_path / "a.txt", tmp_path / "no" / "hits.csv", tmp_path / "own.txt"
    done = run("screen", source)
    assert (done.code, done.stdout) == (1, "")
    assert re.fullmatch(f"Error: {source}: .*No such file or directory\n", done.stderr)
    source.write_text("vk.com\n", encoding="utf-8")
    assert run("screen", source, "-o", output) == (1, "", f"Error: {output}: No such file or directory\n")
    assert run("screen", source, "--extra-domains", own).code == 2
    own.write_bytes(b"\xff\n")
    assert run("screen", source, "--extra-domains", own).stderr.startswith(f"Error: {own}, line 1: ")


def test_a_full_disk_leaves_the_old_file(tmp_path: Path) -> None:
    names = ["all.csv", "all.parquet", "all.arrow", "all.jsonl"]
    source = tmp_path / "urls.txt"
    source.write_text("".join(f"https://example.org/{sha256(b'%d' % n).hexdigest()}\n" for n in range(20_000)), encoding="utf-8")
    for name in names:
        (tmp_path / name).write_text("old", encoding="utf-8")
    # Python ignores SIGXFSZ, so that writing beyond the limit fails like writing to a full disk.
    code = """
import json, resource, sys
from click import ClickException
from notorious_markets.cli import cli
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
messages = {}
for name in sys.argv[1:]:
    try:
        cli(["screen", "urls.txt", "-q", "-o", name, "--keep", "all"], standalone_mode=False)
    except ClickException as error:
        messages[name] = error.format_message()
print(json.dumps(messages))
"""
    # Without -B, Python would store only the beginning of long compiled modules.
    command = [sys.executable, "-B", "-c", code, *names]
    done = subprocess.run(command, capture_output=True, check=False, cwd=tmp_path, env=ENVIRONMENT)
    assert done.stderr == b""
    assert json.loads(done.stdout) == {name: f"{name}: File too large" for name in names}
    assert [(tmp_path / name).read_text(encoding="utf-8") for name in names] == ["old"] * 4
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([*names, "urls.txt"])


@pytest.mark.parametrize(("sent", "code", "message"), [(signal.SIGINT, 1, "Aborted!"), (signal.SIGTERM, 143, "")])
def test_an_interrupt_leaves_the_old_file(sent: signal.Signals, code: int, message: str, tmp_path: Path) -> None:
    output = tmp_path / "hits.csv"
    output.write_text("old", encoding="utf-8")
    command = [*COMMAND, "screen", "-", "--threads", "1", "-o", str(output)]
    # A process ignores the signals that its parent ignores, and a parent in the background ignores interrupts.
    handler = signal.signal(sent, signal.SIG_DFL)
    try:
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, env=ENVIRONMENT)
    finally:
        signal.signal(sent, handler)
    with process:
        assert process.stdin is not None
        # More than the blocks that are read at once and the pipe can hold.
        process.stdin.write(b"https://m.taobao.com/\n" * 500_000)
        process.stdin.flush()
        until = time.monotonic() + 30
        while not (begun := any(part.stat().st_size for part in tmp_path.glob(".hits.csv.*"))) and time.monotonic() < until:
            time.sleep(0.05)
        assert begun, "writing never began"
        process.send_signal(sent)
        _, errors = process.communicate(timeout=30)
    assert (process.returncode, errors.decode().strip()) == (code, message)
    assert [path.name for path in tmp_path.iterdir()] == ["hits.csv"]
    assert output.read_text(encoding="utf-8") == "old"


def test_a_reader_that_closes_the_pipe_causes_no_message(tmp_path: Path) -> None:
    source = tmp_path / "urls.txt"
    source.write_text("https://m.taobao.com/\n" * 50_000, encoding="utf-8")
    with subprocess.Popen(
        [*COMMAND, "screen", str(source), "-o", "-"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENVIRONMENT
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith(b'"line"')
        process.stdout.close()
        assert process.stderr is not None
        assert process.stderr.read() == b""
    assert process.returncode == 1


def test_progress_on_a_terminal_and_none_in_a_pipe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    # Names that rich would take for markup.
    Path("[").mkdir()
    source = Path("[/red].txt")
    source.write_text("https://m.taobao.com/\n" * 1000, encoding="utf-8")
    shown = run_on_terminal("screen", source)
    assert "[/red].txt" in shown
    assert "1,000 rows" in shown
    assert "\x1b[" in shown
    assert "\x1b[" not in run("screen", source).stderr


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="this system does not show the peak of memory in /proc")
def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    code = """
import sys
from notorious_markets.cli import cli
for source in sys.argv[1:]:
    cli(["screen", source, "-q", "--threads", "1"], standalone_mode=False)
    print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")))
"""
    sources = []
    for size in (700_000, 2_500_000):
        sources.append(tmp_path / f"{size}.txt")
        sources[-1].write_bytes(b"https://www.example.org/a/path/of/some/length\n" * size)
    done = subprocess.run([sys.executable, "-c", code, *map(str, sources)], capture_output=True, check=True, env=ENVIRONMENT)
    before, after = map(int, done.stdout.split())
    # In kilobytes; the second file is 83 MB larger. How many blocks are in memory at once depends on the threads.
    assert after - before < 60_000


def test_defanged_addresses_are_counted_and_named(tmp_path: Path) -> None:
    mixed, only = tmp_path / "mixed.txt", tmp_path / "only.txt"
    mixed.write_text("hxxps://taobao[.]com/1\nhttps://vk.com/\nvk[.]com\n", encoding="utf-8")
    only.write_text("taobao[.]com\n", encoding="utf-8")
    # The lines are folded where COLUMNS is set.
    said = " ".join(run("screen", mixed).stderr.split())
    assert "2 not an address" in said
    assert "2 defanged, such as 'hxxps://taobao[.]com/1'; read them with --refang" in said
    assert "3 rows, 1 on the list" in said
    assert "3 rows, 3 on the list" in run("screen --refang", mixed).stderr
    assert run("screen", only).stderr.endswith("read defanged addresses with --refang, or accept the values with --force\n")
    assert run("screen --refang --fail-on-hit", only).code == 3
