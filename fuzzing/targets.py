"""What each target does with a random input."""

from __future__ import annotations

import csv
import inspect
import io
import json
import random
import tempfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

from click.testing import CliRunner

import notorious_markets as nm
from notorious_markets.cli import cli

from .reports import reports

# Texts are screened in columns of this length: an Arrow call for each of them would take most of the time.
_COLUMN = 500
_SCREENERS = [nm.Screener(engine=engine) for engine in ("pattern", "labels", "compiled")]
_DOCUMENTED = (nm.NotoriousMarketsError, TypeError, ValueError)
_waiting: dict[str, list[str]] = {"urls": [], "names": []}


def urls(data: bytes) -> None:
    """`lookup`, `screen` and the compiled engine give the same answer."""
    text = _text(data)
    nm.lookup(text, refang=True)
    column = _waiting["urls"]
    column.append(text)
    if len(column) == _COLUMN:
        expected = [match and match.matched_domain for match in (nm.lookup(url, role="own") for url in column)]
        for screener in _SCREENERS:
            found = screener.screen(column).column("matched_domain").to_pylist()
            _equal(found, expected, column)
        column.clear()


def names(data: bytes) -> None:
    """`market` accepts exactly the names that `suggest` calls exact; `match_names` agrees with `suggest`."""
    text = _text(data)
    suggestions = nm.suggest(text, limit=20)
    try:
        accepted = {nm.market(text).market_id}
    except nm.AmbiguousMarket as error:
        accepted = set(error.market_ids)
    except nm.UnknownValue:
        accepted = set()
    _equal({row.market_id for row in suggestions if row.exact}, accepted, text)
    column = _waiting["names"]
    column.append(text)
    if len(column) == _COLUMN:
        found = nm.match_names(column, cutoff=60).column("candidates").to_pylist()
        for name, candidates in zip(column, found, strict=True):
            rows = nm.suggest(name, limit=1000)
            _equal(candidates, [row.market_id for row in rows if row.score == rows[0].score] or None, name)
        column.clear()


# Random values that are valid, almost valid or of the wrong type.
_VALUES: list[Callable[[random.Random, str], Any]] = [
    lambda _, text: text,
    lambda _, text: text.encode("utf-8", "replace"),
    lambda chance, _: chance.randint(2000, 2035),
    lambda chance, _: chance.choice([None, True, 0, -1, 2**63, 10**400, float("nan"), float("inf"), 2021.0, 2021.5]),
    lambda chance, _: range(chance.randint(2005, 2025), chance.randint(2005, 2030)),
    lambda chance, text: [text, chance.randint(2009, 2026)],
    lambda chance, _: {chance.choice(["online", "physical", "primary", "own", "listed", "CN", "counterfeit", "Alibaba"])},
    lambda chance, _: chance.choice(["online", "physical", "primary", "own", "listed", "CN", "counterfeit", "Alibaba", "csv"]),
    lambda chance, _: date.fromordinal(chance.randint(1, 3_000_000)),
    lambda chance, _: datetime.fromtimestamp(chance.randint(0, 2**32)),
    lambda chance, _: chance.choice(["2016-06-01", "2016-02-30", "2016", "2016-06-01T00:00", "٢٠١٦-٠٦-٠١"]),
    lambda *_: object(),
    lambda *_: {"year": 2021},
    lambda *_: nm.market("taobao"),
    lambda *_: nm.markets(2021)[:2],
    lambda *_: b"\xff",
]
_QUESTIONS: list[Callable[..., Any]] = [
    *(nm.markets, nm.all_markets, nm.edition, nm.coverage, nm.domains, nm.operators, nm.places, nm.relations, nm.citations),
    *(nm.sources, nm.statistics, nm.developments, nm.unchanged, nm.table, nm.market, nm.changes, nm.suggest, nm.lookup),
    *(nm.cite, nm.market("taobao").status, nm.market("taobao").is_listed),
]


def arguments(data: bytes) -> None:
    """A question with arguments of any kind gives an answer or a documented error, and the error has a message."""
    chance = random.Random(data)
    text = _text(data[1:])
    question = _QUESTIONS[data[0] % len(_QUESTIONS) if data else 0]
    parameters = [p for p in inspect.signature(question).parameters.values() if p.kind is not p.VAR_KEYWORD]
    chosen = chance.sample(parameters, chance.randint(0, min(3, len(parameters))))
    passed = {parameter.name: chance.choice(_VALUES)(chance, text) for parameter in chosen}
    positional = [passed.pop(p.name) for p in parameters[:1] if p.kind is p.POSITIONAL_ONLY and p.name in passed]
    try:
        question(*positional, **passed)
    except _DOCUMENTED as error:
        if not str(error):
            raise AssertionError(f"{question.__name__}({passed!r}): an error without a message") from error


_FORMATS = ["csv", "tsv", "jsonl", "json", "txt", "parquet", "arrow", "csv.gz", "txt.zst", "bin"]


def files(data: bytes) -> None:
    """The screening command reads any bytes, or refuses them; an answer accounts for every record."""
    if len(data) < 2:
        return
    with tempfile.TemporaryDirectory() as folder:
        name = Path(folder, f"urls.{_FORMATS[data[0] % len(_FORMATS)]}")
        rejects, output = Path(folder, "rejects.csv"), Path(folder, "all.csv")
        name.write_bytes(data[2:])
        options = ["--force"] * (data[1] & 1) + ["--no-header"] * (data[1] >> 1 & 1) + ["--refang"] * (data[1] >> 2 & 1)
        files = ["--output", str(output), "--keep", "all", "--rejects", str(rejects)]
        done = CliRunner().invoke(cli, ["screen", str(name), "--json", *options, *files], prog_name="notorious-markets")
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        if done.exit_code not in {0, 1, 2}:
            raise AssertionError(f"exit code {done.exit_code}")
        if done.exit_code:
            if not done.stderr.strip() or output.exists() or rejects.exists():
                raise AssertionError("an error without a message, or with an output")
            return
        summary = json.loads(done.stdout)
        written = sum(1 for _ in _rows(output)) - 1
        refused = sum(1 for _ in _rows(rejects)) - 1
        _equal([written, refused], [summary["rows"], summary["refused"]], data)


def _rows(file: Path) -> Any:
    csv.field_size_limit(1 << 30)
    return csv.reader(io.StringIO(file.read_bytes().decode("utf-8", "replace"), newline=""))


def _text(data: bytes) -> str:
    """Return the text that the bytes stand for: mostly UTF-8, sometimes with lone surrogates."""
    return data.decode("utf-8", "surrogateescape" if len(data) % 7 == 0 else "replace")


def _equal(found: object, expected: object, given: object) -> None:
    if found != expected:
        raise AssertionError(f"{found!r} instead of {expected!r} for {given!r}")


TARGETS: dict[str, Callable[[bytes], None]] = {f.__name__: f for f in (urls, names, arguments, files, reports)}
