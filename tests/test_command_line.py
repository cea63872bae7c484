"""Does the command say what the API says?"""

from __future__ import annotations

import subprocess
import sys

import pytest

import notorious_markets as nm

COMMAND = [sys.executable, "-m", "notorious_markets"]
ENVIRONMENT = {"PYTHONIOENCODING": "utf-8", "PATH": ""}


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
    lines = [line for line in done.stdout.splitlines() if "│ 2021" in line]
    assert [line.split("│")[3].strip() for line in lines] == [row.name_as_listed for row in wanted]
    assert "42 listings" in done.stdout
    assert "no finding of a violation of law" in done.stdout


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
    numbers = [int(line.split("│")[2]) for line in done.stdout.splitlines() if "│ 2021" in line]
    assert numbers == [row.listing_no for row in wanted if row.year == 2021]
    assert f"{len(wanted)} listings" in done.stdout


def test_nothing_is_cut_off_on_a_narrow_terminal() -> None:
    assert "…" not in run("list", "--year", "2021", columns="60").stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--year", "1999"], "unknown year 1999; valid:"),
        (["--country", "XX"], "unknown country 'XX'"),
        (["--as-of", "soon"], "soon"),
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
