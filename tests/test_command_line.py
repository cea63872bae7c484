"""Does the command say what the API says?"""

from __future__ import annotations

import csv
import io
import json
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import notorious_markets as nm

COMMAND = [sys.executable, "-m", "notorious_markets"]
# The package that is tested, wherever it is; nothing of the caller's settings.
ENVIRONMENT = {"PATH": "", "PYTHONPATH": str(Path(nm.__file__).parents[1])}


def run(*arguments: object, columns: str = "200", stdin: str | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *map(str, arguments)],
        capture_output=True,
        check=False,
        encoding="utf-8",
        env={**ENVIRONMENT, "COLUMNS": columns},
        input=stdin,
    )


def test_list_prints_every_listing() -> None:
    done = run("list", "--year", "2021", "--kind", "online")
    assert (done.returncode, done.stderr) == (0, "")
    wanted = nm.markets(year=2021, kind="online")
    assert [cells[2] for cells in _cells(done.stdout)] == [row.name_as_listed for row in wanted]
    assert "42 listings" in done.stdout
    assert "no finding of a violation of law" in done.stdout


def _cells(printed: str) -> list[list[str]]:
    """The cells of the lines of a table that begin with the year 2021."""
    return [re.split(" {2,}", line.strip()) for line in printed.splitlines() if line.startswith("2021")]


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        (["--country", "IN", "--country", "MX"], nm.markets(country=["IN", "MX"])),
        (["--category", "torrent-site"], nm.markets(category="torrent-site")),
        (["--goods", "counterfeit", "--kind", "online"], nm.markets(goods="counterfeit", kind="online")),
        (["--grade", "unidentified", "--as-of", "2022-03-01"], nm.markets(grade="unidentified", as_of="2022-03-01")),
    ],
)
def test_options_are_the_filters(arguments: list[str], wanted: nm.Records[nm.Listing]) -> None:
    done = run("list", *arguments)
    assert [int(cells[1]) for cells in _cells(done.stdout)] == [row.listing_no for row in wanted if row.year == 2021]
    assert f"{len(wanted)} listings" in done.stdout


TABLES = [
    ["list", "--year", "2021"],
    ["show", "taobao"],
    ["changes", "2020", "2021"],
    ["coverage"],
    ["sources", "--year", "2010"],
]


@pytest.mark.parametrize("arguments", TABLES, ids=" ".join)
def test_nothing_is_cut_off_on_a_narrow_terminal(arguments: list[str]) -> None:
    def letters(printed: str) -> list[str]:
        return sorted(re.sub(r"[\s─]", "", printed))

    wide = run(*arguments, columns="1000").stdout
    assert len(wide.splitlines()) > 5
    for columns in (30, 60, 80, 120):
        narrow = run(*arguments, columns=str(columns)).stdout
        assert max(map(len, narrow.splitlines())) <= columns
        assert letters(narrow) == letters(wide)


@pytest.mark.parametrize("arguments", [["coverage"], ["history", "taobao"]], ids=" ".join)
def test_a_row_is_a_line_at_eighty_columns(arguments: list[str]) -> None:
    # The caution alone may be folded.
    narrow, wide = (run(*arguments, columns=columns).stdout.partition("\n\n")[0].splitlines() for columns in ("80", "1000"))
    assert len(narrow) == len(wide)


def test_a_pipe_gets_a_line_for_each_row() -> None:
    done = subprocess.run([*COMMAND, "show", "taobao"], capture_output=True, check=True, encoding="utf-8", env=ENVIRONMENT)
    lines = [line for line in done.stdout.splitlines() if re.match(r"\d{4} ", line)]
    assert len(lines) == len(nm.market("taobao").listings)
    assert max(map(len, lines)) > 120


@pytest.mark.parametrize("form", ["table", "csv", "json", "jsonl"])
def test_data_are_utf8_whatever_the_locale(form: str) -> None:
    plain = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = subprocess.run(
        [*COMMAND, "show", "taobao", "--as", form], capture_output=True, check=False, env={**ENVIRONMENT, **plain}
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert "淘宝" in done.stdout.decode("utf-8")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no device that is always full")
@pytest.mark.parametrize(
    "arguments", [["list"], ["list", "--as", "csv"], ["coverage", "--as", "json"], ["cite"], ["--help"], ["lookup", "vk.com"]]
)
def test_output_that_cannot_be_written_is_told(arguments: list[str]) -> None:
    with open("/dev/full", "wb") as full:  # noqa: PTH123
        done = subprocess.run([*COMMAND, *arguments], stdout=full, stderr=subprocess.PIPE, check=False, env=ENVIRONMENT)
    assert (done.returncode, done.stderr) == (1, b"Error: No space left on device\n")


@pytest.mark.parametrize("arguments", [["list"], ["sources", "--as", "jsonl"], ["coverage"]])
def test_a_reader_that_has_enough_is_no_fault(arguments: list[str]) -> None:
    with subprocess.Popen([*COMMAND, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENVIRONMENT) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        assert process.stderr.read() == b""
    assert process.returncode == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--year", "1999"], "unknown year 1999; valid:"),
        (["--country", "XX"], "unknown country 'XX'"),
        (["--as-of", "soon"], "as_of must be a date such as 2022-06-30, not 'soon'"),
        (["--as-of", "2022-13-01"], "as_of must be a date such as 2022-06-30, not '2022-13-01'"),
    ],
)
def test_a_wrong_value_is_an_error(arguments: list[str], message: str) -> None:
    done = run("list", *arguments)
    assert done.returncode == 1
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_help_and_version() -> None:
    assert "no finding of a violation of law" in " ".join(run("--help").stdout.split())
    assert "Example: notorious-markets list" in run("list", "--help").stdout
    assert run("--version").stdout == f"notorious-markets, version {nm.__version__}, data {nm.DATA_VERSION}\n".replace(
        ", version ", " "
    )


def test_a_missing_library_names_the_extra() -> None:
    code = "import sys; sys.modules['click'] = None; from notorious_markets.__main__ import main; main()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False, text=True)
    assert done.returncode == 1
    assert "pip install 'notorious_markets[cli]'" in done.stderr


def _json(*arguments: object) -> Any:
    done = run(*arguments, "--as", "json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def _plain(rows: Any) -> Any:
    return json.loads(json.dumps(rows.to_dicts(), default=str))


def test_every_form_has_the_rows_of_the_api() -> None:
    wanted = _plain(nm.markets(year=2021, country="CN"))
    assert _json("list", "--year", 2021, "--country", "CN") == wanted
    lines = run("list", "--year", 2021, "--country", "CN", "--as", "jsonl").stdout.splitlines()
    assert [json.loads(line) for line in lines] == wanted
    for form, delimiter in (("csv", ","), ("tsv", "\t")):
        text = run("list", "--year", 2021, "--country", "CN", "--as", form).stdout
        rows = list(csv.DictReader(io.StringIO(text), delimiter=delimiter))
        assert [(int(row["listing_no"]), row["name_as_listed"], row["goods"].split("; ")) for row in rows] == [
            (row["listing_no"], row["name_as_listed"] or "", row["goods"] or [""]) for row in wanted
        ]
    assert _json("coverage") == _plain(nm.coverage())
    assert _json("sources") == _plain(nm.sources())


@pytest.mark.parametrize(
    "arguments",
    [
        ["show", "taobao"],
        ["history", "kickasstorrents"],
        ["changes", "2020", "2021"],
        ["coverage"],
        ["sources"],
        ["lookup", "https://m.taobao.com/", "example.org"],
    ],
    ids=" ".join,
)
def test_delimited_rows_are_those_of_json(arguments: list[str]) -> None:
    def cell(value: Any) -> str:
        if isinstance(value, list):
            return "; ".join(map(str, value))
        return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)

    wanted = [{name: cell(value) for name, value in row.items()} for row in _json(*arguments)]
    for form, delimiter in (("csv", ","), ("tsv", "\t")):
        text = run(*arguments, "--as", form).stdout
        assert list(csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)) == wanted


def test_show_and_history_and_changes() -> None:
    shown = _json("show", "Taobao.com")
    assert [row["year"] for row in shown] == list(nm.market("taobao").years)
    listings = _plain(nm.market("taobao").listings)
    assert [{name: row[name] for name in listings[0]} for row in shown] == listings
    assert shown[0]["market_domains"] == ["taobao.com"]
    assert shown[-1]["sources"] == [source.url for source in nm.market("taobao").listings[-1].sources]
    status = {row["year"]: row["status"] for row in _json("history", "kickasstorrents")}
    assert {year for year, value in status.items() if value == "listed"} == set(nm.market("kickasstorrents").years)
    assert status[2016] == "not listed"
    assert status[2013] == "cannot be told"
    changed = nm.changes(2020, 2021)
    rows = _json("changes", 2020, 2021)
    for name, wanted in (("added", changed.added), ("dropped", changed.dropped), ("kept", changed.kept)):
        assert {row["market_id"] for row in rows if row["status"].rstrip("?") == name and "?" not in row["status"]} == {
            change.market_id for change in wanted if change.sure
        }
    assert len(rows) == len(changed)
    assert {row["kind"] for row in _json("changes", 2020, 2021, "--kind", "physical")} == {"physical"}


def test_sources_of_an_edition() -> None:
    wanted = {source.source_id for row in nm.markets(year=2010) for source in row.sources}
    assert {row["source_id"] for row in _json("sources", "--year", 2010)} == wanted


def test_export_writes_what_the_api_writes(tmp_path: Path) -> None:
    ours, theirs = tmp_path / "a.csv", tmp_path / "b.csv"
    done = run("export", ours, "--year", 2021, "--grade", "primary")
    assert done.returncode == 0
    assert "no finding of a violation of law" in done.stderr
    nm.export(theirs, year=2021, grade="primary")
    assert ours.read_bytes() == theirs.read_bytes()
    assert "0.0.0.0 aliexpress.com" in run("export", "-", "--format", "hosts", "--year", 2021).stdout.splitlines()
    done = run("export", tmp_path / "a.docx")
    assert done.returncode == 1
    assert "csv" in done.stderr


def test_verify_finds_what_was_changed(tmp_path: Path) -> None:
    assert run("verify").returncode == 0
    package = tmp_path / "notorious_markets"
    shutil.copytree(Path(nm.__file__).parent, package, ignore=shutil.ignore_patterns("__pycache__"))
    with (package / "data" / "markets.parquet").open("ab") as file:
        file.write(b"x")
    (package / "data" / "places.parquet").unlink()
    done = subprocess.run(
        [*COMMAND, "verify"], capture_output=True, check=False, text=True, env={**ENVIRONMENT, "PYTHONPATH": str(tmp_path)}
    )
    assert done.returncode == 1
    assert "not as built: markets.parquet, places.parquet" in done.stderr
    assert "listings.parquet: sound" in done.stdout


def test_cite() -> None:
    assert run("cite", 2021).stdout.rstrip("\n") == nm.cite(2021)
    assert run("cite", "--style", "bibtex").stdout.rstrip("\n") == nm.cite(style="bibtex").rstrip("\n")
    listing = nm.market("aliexpress").listings[0]
    assert json.loads(run("cite", 2021, "--market", "AliExpress", "--style", "csl-json").stdout) == nm.cite(
        listing, style="csl-json"
    )
    done = run("cite", 2015, "--market", "aliexpress")
    assert done.returncode == 1
    assert "Valid: 2021, 2022." in done.stderr
    assert run("cite", "--market", "aliexpress").returncode == 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["show", "Aliexpres"], "did you mean 'AliExpress'"),
        (["history", "nobody at all"], "unknown market"),
        (["changes", "1999", "2021"], "unknown year 1999"),
        (["sources", "--year", "1999"], "unknown year 1999"),
        (["cite", "1999"], "unknown year 1999"),
        (["export", "-", "--format", "docx"], "docx"),
    ],
)
def test_wrong_questions_are_told(arguments: list[str], words: str) -> None:
    done = run(*arguments)
    assert done.returncode == 1
    assert words in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("show tao", {"taobao"}),
        ("history WeCh", {"wechat"}),
        ("cite 2021 --market alie", {"aliexpress"}),
        ("list --year 202", {str(row.year) for row in nm.editions() if row.year >= 2020}),
        ("list --kind p", {"physical"}),
        ("list --country M", {"MX", "MY"}),
        ("list --category cy", {"cyberlocker"}),
        ("changes 2025", {"2025"}),
        ("export a.csv dom", {"domains"}),
        ("export - --format ad", {"adblock"}),
        ("export - --goods ", {"counterfeit", "piracy"}),
        ("screen --ke", {"--keep"}),
        ("c", {"changes", "cite", "coverage"}),
    ],
)
@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion(words: str, wanted: set[str], shell: str) -> None:
    place = {
        "COMP_WORDS": f"notorious-markets {words}",
        "COMP_CWORD": words.rpartition(" ")[2] if shell == "fish" else str(words.count(" ") + 1),
    }
    done = subprocess.run(
        COMMAND,
        capture_output=True,
        check=True,
        text=True,
        env={**ENVIRONMENT, **place, "_NOTORIOUS_MARKETS_COMPLETE": f"{shell}_complete"},
    )
    lines = done.stdout.splitlines()
    found = {
        "bash": [line.partition(",")[2] for line in lines],
        "zsh": lines[1::3],
        "fish": [re.split("[,\t]", line)[1] for line in lines if "," in line],
    }
    assert set(found[shell]) == wanted


COMMANDS = ["cite", "changes", "coverage", "export", "history", "list", "lookup", "screen", "show", "sources", "verify"]


def test_each_command_is_there() -> None:
    listed = run("--help").stdout.split("Commands:")[1]
    assert re.findall(r"^  ([a-z]+) ", listed, re.MULTILINE) == sorted(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_each_help_has_an_example_that_runs(command: str, tmp_path: Path) -> None:
    text = " ".join(run(command, "--help").stdout.split())
    example = text.split("Example: ")[1]
    words = shlex.split(example)
    assert words[:2] == ["notorious-markets", command]
    (tmp_path / "crawl.parquet").write_bytes(b"")
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.table({"url": ["https://kat.ph/"]}), tmp_path / "crawl.parquet")
    done = subprocess.run(
        [*COMMAND, *words[1:]], capture_output=True, check=False, text=True, cwd=tmp_path, env=ENVIRONMENT, encoding="utf-8"
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout or done.stderr


def test_the_reference_is_that_of_the_commands() -> None:
    from tools import commands

    assert commands.PAGE.read_text(encoding="utf-8") == commands.page()
