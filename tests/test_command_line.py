"""Does the command say what the API says?"""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shlex
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import notorious_markets as nm
from notorious_markets.about import CAUTION

from .command import COMMAND, ENVIRONMENT, run, run_apart, run_on_terminal
from .reports import LAYOUTS, shipped

COMMANDS = [
    *("changes", "cite", "coverage", "export", "history", "list", "lookup", "read-report", "screen", "show", "sources", "verify"),
]


def _json(line: str) -> Any:
    done = run(f"{line} --as json")
    assert (done.code, done.stderr) == (0, "")
    return json.loads(done.stdout)


def _delimited(line: str, form: str, **options: Any) -> list[dict[str, str]]:
    done = run(f"{line} --as {form}", **options)
    assert (done.code, done.stderr) == (0, "")
    return list(csv.DictReader(io.StringIO(done.stdout, newline=""), delimiter="," if form == "csv" else "\t"))


def _plain(rows: Any) -> Any:
    return json.loads(json.dumps(rows.to_dicts(), default=str))


def _cells(printed: str) -> list[list[str]]:
    """Split the lines of a table that begin with a year into cells."""
    return [re.split(" {2,}", line.strip()) for line in printed.splitlines() if re.match(r"\d{4} ", line)]


def test_list_prints_every_listing() -> None:
    done = run("list --year 2021 --kind online")
    assert (done.code, done.stderr) == (0, "")
    assert [cells[2] for cells in _cells(done.stdout)] == [row.name_as_listed for row in nm.markets(year=2021, kind="online")]
    assert done.stdout.endswith(f"\n\n42 listings. {CAUTION}\n")


@pytest.mark.parametrize(
    ("options", "conditions"),
    [
        ("--year 2010 --year 2021", {"year": [2010, 2021]}),
        ("--country IN --country MX", {"country": ["IN", "MX"]}),
        ("--category torrent-site", {"category": "torrent-site"}),
        ("--market VK --market taobao.com", {"market": ["VK", "taobao"]}),
        ("--operator Tencent", {"operator": "Tencent"}),
        ("--goods counterfeit --kind online", {"goods": "counterfeit", "kind": "online"}),
        ("--grade unidentified --as-of 2022-03-01", {"grade": "unidentified", "as_of": "2022-03-01"}),
    ],
)
def test_options_are_the_conditions_of_the_api(options: str, conditions: dict[str, Any]) -> None:
    wanted = nm.markets(**conditions)
    assert 0 < len(wanted) < len(nm.markets())
    assert _json(f"list {options}") == _plain(wanted)


def test_every_form_has_the_rows_of_the_api() -> None:
    wanted = _plain(nm.markets(year=2021, country="CN"))
    assert _json("list --year 2021 --country CN") == wanted
    lines = run("list --year 2021 --country CN --as jsonl").stdout.splitlines()
    assert [json.loads(line) for line in lines] == wanted
    for form in ("csv", "tsv"):
        rows = _delimited("list --year 2021 --country CN", form)
        assert [(int(row["listing_no"]), row["name_as_listed"], row["goods"].split("; ")) for row in rows] == [
            (row["listing_no"], row["name_as_listed"] or "", row["goods"] or [""]) for row in wanted
        ]
    assert _json("coverage") == _plain(nm.coverage())
    assert _json("sources") == _plain(nm.sources())


@pytest.mark.parametrize(
    "line",
    [
        "show taobao",
        "history kickasstorrents",
        "changes 2020 2021",
        "coverage",
        "sources",
        "lookup https://m.taobao.com/ example.org",
    ],
)
def test_csv_and_tsv_have_the_rows_of_json(line: str) -> None:
    def cell(value: Any) -> str:
        if isinstance(value, list):
            return "; ".join(map(str, value))
        return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)

    wanted = [{name: cell(value) for name, value in row.items()} for row in _json(line)]
    assert _delimited(line, "csv") == wanted
    assert _delimited(line, "tsv") == wanted


@pytest.mark.parametrize(("empty", "full"), [("list --year 2010 --category iptv", "list"), ("lookup -", "lookup vk.com")])
def test_without_rows_csv_has_the_same_header(empty: str, full: str) -> None:
    assert run(f"{empty} --as csv").stdout.splitlines() == run(f"{full} --as csv").stdout.splitlines()[:1]


def test_show_history_and_changes() -> None:
    market = nm.market("taobao")
    shown = _json("show Taobao.com")
    assert [row["year"] for row in shown] == list(market.years)
    listings = _plain(market.listings)
    assert [{name: row[name] for name in listings[0]} for row in shown] == listings
    assert shown[0]["market_domains"] == ["taobao.com"]
    assert shown[-1]["source_urls"] == [source.url for source in market.listings[-1].sources]
    assert run("show taobao").stdout.startswith("Taobao (taobao)\nonline, e-commerce, CN\n")

    status = {row["year"]: row["status"] for row in _json("history kickasstorrents")}
    assert {year for year, value in status.items() if value == "listed"} == set(nm.market("kickasstorrents").years)
    assert status[2016] == "not listed"
    assert status[2013] == "cannot be told"

    changed = nm.changes(2020, 2021)
    rows = _json("changes 2020 2021")
    assert len(rows) == len(changed)
    assert [row["change"] for row in rows] == sorted(row["change"] for row in rows)
    for name, wanted in (("added", changed.added), ("dropped", changed.dropped)):
        assert {row["market_id"] for row in rows if row["change"] == name and row["sure"]} == {row.market_id for row in wanted}
    assert {row["market_id"] for row in rows if row["change"] == "kept"} == {row.market_id for row in changed.kept}
    assert {row["kind"] for row in _json("changes 2020 2021 --kind physical")} == {"physical"}


def test_a_heading_of_several_markets_is_shown_under_the_one_that_was_asked_for() -> None:
    listing = next(row for row in nm.markets() if len(row.markets) > 1)
    for market in listing.markets:
        assert {row["market_id"] for row in _json(f"show {market.market_id}")} == {market.market_id}


def test_sources_of_an_edition() -> None:
    wanted = {source.source_id for row in nm.markets(year=2010) for source in row.sources}
    assert {row["source_id"] for row in _json("sources --year 2010")} == wanted


def test_export_writes_what_the_api_writes(tmp_path: Path) -> None:
    ours, theirs = tmp_path / "a.csv", tmp_path / "b.csv"
    done = run("export --year 2021 --grade primary", ours)
    assert (done.code, done.stdout, done.stderr) == (0, "", f"{ours}. {CAUTION}\n")
    nm.export(theirs, year=2021, grade="primary")
    assert ours.read_bytes() == theirs.read_bytes()
    assert run("export", tmp_path / "c.csv", "domains").code == 0
    nm.export(theirs, "domains")
    assert (tmp_path / "c.csv").read_bytes() == theirs.read_bytes()
    assert "0.0.0.0 aliexpress.com" in run("export - --format hosts --year 2021").stdout.splitlines()


def test_cite() -> None:
    assert run("cite 2021").stdout == f"{nm.cite(2021)}\n"
    assert run("cite --style bibtex").stdout == nm.cite(style="bibtex").rstrip("\n") + "\n"
    listing = nm.market("aliexpress").listings[0]
    assert json.loads(run("cite 2021 --market AliExpress --style csl-json").stdout) == nm.cite(listing, style="csl-json")
    done = run("cite 2015 --market aliexpress")
    assert done.code == 1
    assert "2021, 2022" in done.stderr
    assert run("cite --market aliexpress").code == 2


def test_lookup_says_what_the_api_says() -> None:
    done = run("lookup https://ja.AliExpress%2Ecom/item/1 example.org")
    first, second = map(json.loads, done.stdout.splitlines())
    match = nm.lookup("https://ja.aliexpress.com")
    assert match is not None
    assert first == {"url": "https://ja.AliExpress%2Ecom/item/1", **json.loads(json.dumps(match._asdict()))}
    assert second == {"url": "example.org", **dict.fromkeys(match._fields)}
    assert (done.code, done.stderr) == (0, "")
    shown = run("lookup m.taobao.com example.org --as table").stdout
    assert "2010-2011; 2016-2025" in shown
    assert shown.endswith(f"{CAUTION}\n")


def test_lookup_tells_what_became_of_a_domain() -> None:
    former, company = map(json.loads, run("lookup putlocker.com wechat.com").stdout.splitlines())
    assert (former["role"], former["event"], former["event_date"]) == ("former", "sold", "2022-11")
    assert company["matched_domain"] is None
    assert "former  sold 2022-11" in run("lookup putlocker.com --as table").stdout
    former, company = map(json.loads, run("lookup putlocker.com wechat.com --role company").stdout.splitlines())
    assert (former["matched_domain"], company["role"]) == (None, "company")
    assert run("lookup putlocker.com --role own --fail-on-hit").code == 0
    shown = run("show megaupload").stdout
    assert "former domains: " in shown
    assert "megaupload.com (seized 2012-01-19)" in shown


@pytest.mark.parametrize("form", ["table", "jsonl"])
def test_lookup_tells_hits_by_the_exit_code(form: str) -> None:
    assert run(f"lookup vk.com example.org --fail-on-hit --as {form}").code == 3
    assert run(f"lookup example.org --fail-on-hit --as {form}").code == 0
    assert run(f"lookup vk.com --as {form}").code == 0


def test_lookup_reads_standard_input() -> None:
    piped = run("lookup -", stdin=b"https://example.org/\r\nhttps://m.taobao.com/1\n\nkat.ph\nHTTPS://KAT.PH")
    rows = [json.loads(line) for line in piped.stdout.splitlines()]
    assert rows[0]["url"] == "https://example.org/"
    assert Counter(row["matched_domain"] for row in rows) == {None: 2, "kat.ph": 2, "taobao.com": 1}
    mixed = _delimited("lookup - vk.com", "csv", stdin=b"https://m.taobao.com/1\n")
    assert [row["market_id"] for row in mixed] == ["taobao", "vk"]


def test_lookup_answers_each_line_as_it_arrives() -> None:
    with subprocess.Popen([*COMMAND, "lookup", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=ENVIRONMENT) as process:
        # Otherwise a command that waits for the end of its input would wait for ever.
        timer = threading.Timer(30, process.kill)
        timer.start()
        assert process.stdin is not None
        assert process.stdout is not None
        for _ in range(2):
            process.stdin.write(b"vk.com\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline() or "{}").get("market_id") == "vk"
        timer.cancel()


@pytest.mark.parametrize(
    ("line", "ask"),
    [
        ("list --year 1999", lambda: nm.markets(year=1999)),
        ("list --country XX", lambda: nm.markets(country="XX")),
        ("list --as-of soon", lambda: nm.markets(as_of="soon")),
        ("list --as-of ''", lambda: nm.markets(as_of="")),
        ("show Aliexpres", lambda: nm.market("Aliexpres")),
        ("history nobody", lambda: nm.market("nobody")),
        ("changes 1999 2021", lambda: nm.changes(1999, 2021)),
        ("sources --year 1999", lambda: nm.edition(1999)),
        ("cite 1999", lambda: nm.cite(1999)),
        ("export a.docx", lambda: nm.export("a.docx")),
        ("export - --format docx", lambda: nm.export(io.BytesIO(), format="docx")),  # type: ignore[call-overload]
        ("export -", lambda: nm.export(io.BytesIO())),  # type: ignore[call-overload]
        ("export no/a.csv", lambda: nm.export("no/a.csv")),
    ],
)
def test_a_wrong_question_gets_the_error_of_the_api(line: str, ask: Callable[[], object]) -> None:
    with pytest.raises((LookupError, OSError, TypeError, ValueError)) as caught:
        ask()
    message = getattr(caught.value, "strerror", None) or caught.value
    assert run(line) == (1, "", f"Error: {message}\n")


def test_a_missing_library_names_the_extra() -> None:
    code = "import sys; sys.modules['click'] = None; from notorious_markets.__main__ import main; main()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False, text=True)
    assert done.returncode == 1
    assert "pip install 'notorious_markets[cli]'" in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no device /dev/full, to which every write fails")
@pytest.mark.parametrize("line", ["list", "list --as csv", "coverage --as csv", "cite"])
def test_output_that_cannot_be_written_is_an_error(line: str) -> None:
    with open("/dev/full", "wb") as full:  # noqa: PTH123
        done = subprocess.run([*COMMAND, *line.split()], stdout=full, stderr=subprocess.PIPE, check=False, env=ENVIRONMENT)
    assert (done.returncode, done.stderr) == (1, b"Error: No space left on device\n")


@pytest.mark.parametrize("line", ["list", "sources --as jsonl", "coverage"])
def test_a_reader_that_closes_the_pipe_causes_no_message(line: str) -> None:
    with subprocess.Popen([*COMMAND, *line.split()], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENVIRONMENT) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        assert process.stderr.read() == b""
    assert process.returncode == 1


@pytest.mark.parametrize(
    "line",
    ["list --year 2021", "show taobao", "changes 2020 2021", "coverage", "sources --year 2010", "lookup vk.com --as table"],
)
def test_nothing_is_cut_off_on_a_narrow_terminal(line: str) -> None:
    def letters(printed: str) -> list[str]:
        return sorted(re.sub(r"[\s─]", "", printed))

    wide = run(line, columns=1000).stdout
    assert len(wide.splitlines()) > 4
    for columns in (30, 60, 80, 120):
        narrow = run(line, columns=columns).stdout
        assert max(map(len, narrow.splitlines())) <= columns
        assert letters(narrow) == letters(wide)


def test_words_are_not_split_where_there_is_room() -> None:
    assert "  central-market-phnom-penh  " in run("changes 2020 2021", columns=100).stdout


def test_text_that_looks_like_markup_is_printed_as_it_is() -> None:
    assert {"[red]a", ":smile:"} <= set(run("lookup [red]a :smile: --as table").stdout.split())


@pytest.mark.parametrize("line", ["coverage", "history taobao"])
def test_a_row_is_a_line_at_eighty_columns(line: str) -> None:
    # Only the caution may be folded.
    narrow, wide = (run(line, columns=columns).stdout.partition("\n\n")[0].splitlines() for columns in (80, 1000))
    assert len(narrow) == len(wide)


def test_numbers_are_right_aligned() -> None:
    lines = run("coverage").stdout.partition("\n\n")[0].splitlines()
    assert len({len(line.rstrip()) for line in lines}) == 1


def test_a_pipe_gets_a_line_for_each_row() -> None:
    lines = [line for line in run("show taobao", columns=None).stdout.splitlines() if re.match(r"\d{4} ", line)]
    assert len(lines) == len(nm.market("taobao").listings)
    assert max(map(len, lines)) > 120


@pytest.mark.parametrize("form", ["table", "csv", "jsonl"])
def test_output_is_utf8_whatever_the_locale(form: str) -> None:
    done = run_apart(f"show taobao --as {form}", LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")
    assert (done.code, done.stderr) == (0, "")
    assert "淘宝" in done.stdout


def test_a_byte_order_mark_is_not_part_of_an_address() -> None:
    done = run("lookup -", stdin=b"\xef\xbb\xbfhttps://taobao.com/1\n\xef\xbb\xbfhttps://taobao.com/2\n")
    assert [json.loads(line)["matched_domain"] for line in done.stdout.splitlines()] == ["taobao.com", "taobao.com"]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_utf_16_is_read_from_standard_input(encoding: str) -> None:
    done = run("lookup -", stdin="https://taobao.com/1\r\nhttps://vk.com/é\r\n".encode(encoding))
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(row["url"], row["matched_domain"]) for row in rows] == [
        ("https://taobao.com/1", "taobao.com"),
        ("https://vk.com/é", "vk.com"),
    ]
    truncated = run("lookup -", stdin="https://taobao.com/1\nhttps://vk.com/2\n".encode(encoding)[:-1])
    assert truncated.code == 1
    assert truncated.stderr.startswith("Error: standard input: 'utf-")


def test_bytes_that_are_not_utf8_are_looked_up() -> None:
    done = run_apart("lookup -", os.fsdecode(b"\xff.com"), stdin=b"\xfe.com\nhttps://m.taobao.com/\xe9\n", LC_ALL="C.UTF-8")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["url"] for row in rows] == ["\udcfe.com", "https://m.taobao.com/\udce9", "\udcff.com"]
    assert [row["matched_domain"] for row in rows] == [None, "taobao.com", None]


@pytest.mark.parametrize("line", ["list --year 2021 --as csv", "lookup vk.com"])
def test_the_caution_is_on_a_terminal_beside_rows_without_it(line: str) -> None:
    assert run_on_terminal(line).strip() == CAUTION
    assert CAUTION not in run(line).stdout + run(line).stderr


def test_version() -> None:
    assert run_apart("--version").stdout == f"notorious-markets {nm.__version__}, data {nm.DATA_VERSION}\n"


def test_help_lists_each_command_on_a_line() -> None:
    help_text, commands = run("--help", columns=80).stdout.split("Commands:\n")
    assert "Notorious Markets List" in help_text
    lines = commands.partition("\n\n")[0].splitlines()
    assert [line.split()[0] for line in lines] == sorted(COMMANDS)
    assert [line for line in lines if not line.endswith(".") or line.endswith("...")] == []
    assert commands.partition("\n\n")[2].strip() == CAUTION


@pytest.mark.parametrize("command", COMMANDS)
def test_each_help_fits_a_terminal_and_has_an_example_that_runs(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = run(f"{command} --help", columns=80).stdout
    assert max(map(len, text.splitlines())) <= 80
    words = shlex.split(" ".join(text.split()).split("Example: ")[1])
    assert words[:2] == ["notorious-markets", command]
    monkeypatch.chdir(tmp_path)
    pq.write_table(pa.table({"url": ["https://kat.ph/"]}), "crawl.parquet")
    if command == "read-report":
        Path("report.pdf").write_bytes(LAYOUTS["recent"]().lay_out(shipped(2021)).pdf)
    done = run(shlex.join(words[1:]))
    assert done.code == 0, done.stderr
    assert done.stdout or done.stderr


def test_the_reference_in_the_documentation_is_up_to_date() -> None:
    from tools import commands

    assert commands.PAGE.read_text(encoding="utf-8") == commands.page()


def _completed(shell: str, line: str) -> list[str]:
    last = line.rpartition(" ")[2] if shell == "fish" else str(line.count(" ") + 1)
    done = run(
        "",
        COMP_WORDS=f"notorious-markets {line}",
        COMP_CWORD=last,
        _NOTORIOUS_MARKETS_COMPLETE=f"{shell}_complete",
    )
    assert (done.code, done.stderr) == (0, "")
    return done.stdout.splitlines()


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("show tao", ["taobao"]),
        ("history WeCh", ["wechat"]),
        ("history zona", ["libertad-free-zone"]),
        ("cite 2021 --market alie", ["aliexpress"]),
        ("list --year 201", [str(year) for year in range(2010, 2020)]),
        ("list --kind p", ["physical"]),
        ("list --country M", ["MX", "MY"]),
        ("list --category cy", ["cyberlocker"]),
        ("changes 2025", ["2025"]),
        ("export a.csv dom", ["domains"]),
        ("export - --format ad", ["adblock"]),
        ("export - --goods ", ["counterfeit", "piracy"]),
        ("screen --ke", ["--keep"]),
        ("c", ["changes", "cite", "coverage"]),
    ],
)
def test_completion(line: str, wanted: list[str]) -> None:
    assert sorted(item.partition(",")[2] for item in _completed("bash", line)) == wanted


def test_completion_of_other_shells_shows_the_name_of_a_market() -> None:
    assert _completed("zsh", "show taob") == ["plain", "taobao", "Taobao"]
    (item,) = _completed("fish", "show taob")
    assert re.split("[,\t]", item) == ["plain", "taobao", "Taobao"]
