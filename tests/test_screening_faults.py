"""Does the command leave either the old output or the whole new one, whatever happens to it, its inputs and its streams?"""

from __future__ import annotations

import csv
import io
import json
import os
import random
import signal
import stat
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from .command import COMMAND, ENVIRONMENT, run

HIT = "https://m.taobao.com/1"
# The environment variable KILLS asks for more than fit into the time of a usual run.
KILLS = int(os.environ.get("KILLS", "4"))


def _source(folder: Path, rows: int = 1) -> Path:
    source = folder / "urls.txt"
    source.write_text(f"{HIT}\n" * rows, encoding="utf-8")
    return source


def _shell(line: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run a line of the shell, in which $NM is the command."""
    command = " ".join(COMMAND)
    return subprocess.run(
        ["/bin/sh", "-c", line.replace("$NM", command)],
        capture_output=True,
        check=False,
        cwd=folder,
        env={**ENVIRONMENT, "PATH": os.environ["PATH"], **environment},
    )


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has /dev/full")
@pytest.mark.parametrize("form", ["csv", "text", "jsonl", "parquet", "arrow"])
def test_a_full_device_is_an_error(form: str, tmp_path: Path) -> None:
    done = run(f"screen --format {form} -o /dev/full", _source(tmp_path))
    assert (done.code, done.stderr) == (1, "Error: /dev/full: No space left on device\n")


@pytest.mark.parametrize("suffix", ["csv", "csv.gz", "csv.zst", "jsonl", "parquet", "txt"])
def test_a_small_disk_that_is_full_leaves_the_old_file(suffix: str, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    if (
        os.name != "posix"
        or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk], capture_output=True).returncode
    ):
        pytest.skip("this user cannot mount a disk")
    try:
        source, output = tmp_path / "urls.csv", disk / f"hits.{suffix}"
        output.write_text("old", encoding="utf-8")
        noise = random.Random(1)
        source.write_text("url\n" + "".join(f"{HIT}{noise.random()}\n" for _ in range(20_000)), encoding="utf-8")
        done = run("screen", source, "-o", output)
        assert (done.code, done.stderr) == (1, f"Error: {output}: No space left on device\n")
        assert [(path.name, path.read_text(encoding="utf-8")) for path in disk.iterdir()] == [(output.name, "old")]
    finally:
        subprocess.run(["umount", disk], check=True)


def test_output_through_an_open_descriptor(tmp_path: Path) -> None:
    _source(tmp_path)
    (tmp_path / "link").symlink_to("/proc/self/fd/1")
    (tmp_path / "old.csv").write_text("first\n", encoding="utf-8")
    lines = [
        "$NM screen urls.txt -q --format csv -o /dev/stdout > a.csv",
        "$NM screen urls.txt -q --format csv -o /dev/fd/1 > b.csv",
        "$NM screen urls.txt -q --format csv -o link > c.csv",
        "$NM screen urls.txt -q -o d.csv > d.csv",
        "$NM screen urls.txt -q --format csv -o /dev/fd/7 7> e.csv",
        "$NM screen urls.txt -q --format csv -o /dev/stdout | cat > f.csv",
        "$NM screen urls.txt -q --format csv -o /dev/stdout >> old.csv",
        "$NM screen urls.txt -q --format parquet -o /dev/stdout > a.parquet",
    ]
    with ThreadPoolExecutor(2) as pool:
        for line, done in zip(lines, pool.map(lambda line: _shell(line, tmp_path), lines), strict=True):
            assert (done.returncode, done.stdout, done.stderr) == (0, b"", b""), line
    contents = {path.name: path.read_text(encoding="utf-8").splitlines() for path in tmp_path.glob("?.csv")}
    assert sorted(contents) == ["a.csv", "b.csv", "c.csv", "d.csv", "e.csv", "f.csv"]
    assert {tuple(content) for content in contents.values()} == {tuple(contents["a.csv"])}
    assert (len(contents["a.csv"]), contents["a.csv"][1].split(",")[1]) == (2, f'"{HIT}"')
    assert (tmp_path / "old.csv").read_text(encoding="utf-8").splitlines() == ["first", *contents["a.csv"]]
    assert (tmp_path / "link").is_symlink()
    assert pq.read_metadata(tmp_path / "a.parquet").num_rows == 1


def test_streams_that_are_closed(tmp_path: Path) -> None:
    _source(tmp_path)
    expected = {
        "$NM lookup taobao.com >&-": (1, b"Error: Bad file descriptor\n"),
        "$NM screen urls.txt -q -o - >&-": (1, b"Error: Bad file descriptor\n"),
        "$NM screen - <&-": (1, b"Error: -: Bad file descriptor\n"),
        "$NM screen urls.txt -o a.csv <&- >&- 2>&-": (0, b""),
    }
    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(lambda line: _shell(line, tmp_path), expected))
    assert [(one.returncode, one.stderr) for one in done] == list(expected.values())
    assert len((tmp_path / "a.csv").read_text(encoding="utf-8").splitlines()) == 2


def test_an_output_that_is_the_input(tmp_path: Path) -> None:
    source = tmp_path / "urls.csv"
    source.write_text(f"url\n{HIT}\nhttps://example.org/\n", encoding="utf-8")
    assert run("screen --keep others", source, "-o", source).code == 0
    assert source.read_text(encoding="utf-8") == '"url"\n"https://example.org/"\n'
    assert _shell("$NM screen - --input-format csv --keep others -o urls.csv < urls.csv", tmp_path).returncode == 0
    assert source.read_text(encoding="utf-8") == '"url"\n"https://example.org/"\n'


def test_the_mode_of_an_old_file_stays(tmp_path: Path) -> None:
    source, output = _source(tmp_path), tmp_path / "hits.csv"
    output.touch()
    for mode in (0o600, 0o664, 0o755):
        output.chmod(mode)
        assert run("screen -q", source, "-o", output).code == 0
        assert stat.S_IMODE(output.stat().st_mode) == mode


def test_names_in_a_locale_without_utf8(tmp_path: Path) -> None:
    (tmp_path / "网址.csv").write_text(f"url\n{HIT}\n", encoding="utf-8")
    locale = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = _shell("$NM screen 网址.csv --json -o 结果.csv && $NM show 淘宝", tmp_path, **locale)
    assert (done.returncode, done.stderr) == (0, b"")
    assert "Taobao (taobao)" in done.stdout.decode()
    assert (tmp_path / "结果.csv").exists()


def test_named_pipes_are_read_as_streams(tmp_path: Path) -> None:
    contents = {"a.txt": f"{HIT}\n", "b.csv": f"url;n\n{HIT};1\n", "c": f'{{"url":"{HIT}"}}\n', "d": f"{HIT}\n"}
    with ThreadPoolExecutor(4) as pool:
        for name, content in contents.items():
            os.mkfifo(tmp_path / name)
            pool.submit((tmp_path / name).write_text, content, "utf-8")
        done = run("screen --json", *(tmp_path / name for name in contents))
    assert json.loads(run("screen - --json --column url", stdin=b"n\turl\n1\tvk.com\n").stdout)["hits"] == 1
    summary = json.loads(done.stdout)
    assert [(file["format"], file["rows"]) for file in summary["files"]] == [("text", 1), ("csv", 1), ("jsonl", 1), ("text", 1)]
    assert summary["hits"] == 4


def test_patterns(tmp_path: Path) -> None:
    (tmp_path / "deep" / "er").mkdir(parents=True)
    for name in ("b.txt", "a.txt", "deep/c.txt", "deep/er/d.txt", "e[1].txt"):
        (tmp_path / name).write_text(f"{HIT}\n", encoding="utf-8")

    def files(*patterns: str) -> list[str]:
        done = run("screen --json", *(tmp_path / pattern for pattern in patterns))
        return [os.path.relpath(file["file"], tmp_path) for file in json.loads(done.stdout)["files"]]

    assert files("?.txt") == ["a.txt", "b.txt"]
    assert files("b.txt", "deep/**/*.txt") == ["b.txt", "deep/c.txt", "deep/er/d.txt"]
    assert files("e[1].txt") == ["e[1].txt"]
    for number in range(12):
        (tmp_path / f"many{number}.txt").touch()
    assert "\n2 more files; use --json to see all of them\n" in run("screen", tmp_path / "many*").stderr
    missing = run("screen", tmp_path / "*.csv")
    assert (missing.code, missing.stderr) == (1, f"Error: {tmp_path}/*.csv: no file matches this pattern\n")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("--delimiter ab", "--delimiter must be one ASCII character"),
        ("--delimiter é", "--delimiter must be one ASCII character"),
        ("""--delimiter '"'""", "--delimiter must be one ASCII character"),
        ("--encoding klingon", "--encoding must be a text encoding of Python"),
        ("--encoding base64", "--encoding must be a text encoding of Python"),
        ("-", "standard input (-) can be read only once"),
        ("a.csv --rejects ./a.csv", "--rejects must not replace an input"),
        ("--input-format text --no-header", "are for csv and tsv, not for --input-format text"),
    ],
)
def test_wrong_usage(options: str, message: str) -> None:
    done = run(f"screen - {options}")
    assert done.code == 2
    assert message in done.stderr


def test_a_fault_leaves_no_file_of_records_set_aside(tmp_path: Path) -> None:
    source, rejects = tmp_path / "urls.csv", tmp_path / "rejects.csv"
    source.write_text(f'url,n\n{HIT},1,2\n{HIT},"3\n', encoding="utf-8")
    rejects.write_text("old", encoding="utf-8")
    assert run("screen", source, "--rejects", rejects).code == 1
    assert rejects.read_text(encoding="utf-8") == "old"
    source.write_text(f"url,n\n{HIT},1\n", encoding="utf-8")
    assert run("screen", source, "--rejects", rejects).code == 0
    assert list(csv.reader(io.StringIO(rejects.read_text(encoding="utf-8")))) == [["file", "line", "reason", "content"]]


def test_a_fault_never_aborts_the_process(tmp_path: Path) -> None:
    """A thread that reads a file in pyarrow aborts a process that ends before it."""
    (tmp_path / "ragged.csv").write_text(f"url,n\n{HIT},1\n{HIT},1,2\n" + f"{HIT},1\n" * 400_000, encoding="utf-8")
    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(lambda _: _shell("$NM screen ragged.csv -o hits.csv", tmp_path), range(max(KILLS // 4, 1))))
    expected = (1, b"Error: ragged.csv: line 3: 3 cells instead of 2; --rejects FILE sets such records aside\n")
    assert {(one.returncode, one.stderr) for one in done} == {expected}


def test_a_process_that_is_killed_leaves_the_old_or_the_new_file(tmp_path: Path) -> None:
    source, output = _source(tmp_path, 100_000), tmp_path / "hits.csv"
    command = [*COMMAND, "screen", "-q", str(source), "-o", str(output)]

    def run_until_it_writes(process: subprocess.Popen[bytes]) -> float:
        while process.poll() is None and len(list(tmp_path.iterdir())) == 2 and output.read_bytes() == b"old":
            time.sleep(0.002)
        return time.monotonic()

    output.write_bytes(b"old")
    with subprocess.Popen(command, env=ENVIRONMENT) as process:
        start = run_until_it_writes(process)
    duration = time.monotonic() - start
    new, chance = output.read_bytes(), random.Random(duration)
    assert (process.returncode, len(new) > 100_000) == (0, True)
    seen = []
    for number in range(KILLS):
        output.write_bytes(b"old")
        with subprocess.Popen(command, stderr=subprocess.PIPE, env=ENVIRONMENT) as process:
            run_until_it_writes(process)
            time.sleep(chance.uniform(0, 1.1) * duration)
            process.send_signal(signal.SIGTERM if number % 2 else signal.SIGKILL)
            process.communicate()
        assert process.returncode in (0, 143, -signal.SIGTERM, -signal.SIGKILL)
        seen.append(output.read_bytes())
        assert seen[-1] == (new if process.returncode == 0 else seen[-1])
        parts = [path for path in tmp_path.iterdir() if path not in (source, output)]
        # Nothing can clean up after SIGKILL. The name of the rest says what it is.
        assert process.returncode == -signal.SIGKILL or not parts
        for part in parts:
            assert part.name.startswith(".hits.csv.")
            assert part.suffix == ".part"
            part.unlink()
    assert set(seen) <= {b"old", new}
