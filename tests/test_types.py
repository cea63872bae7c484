"""Do type checkers see the types of every public function, and do they refuse mistakes?

The assertions are for mypy, pyright and ty; at run time they do nothing. The calls are also run, so that the types of the
arguments are those that the functions accept.
"""

# pyright: strict, reportUnnecessaryTypeIgnoreComment=true, reportUnusedExpression=false, reportUnnecessaryComparison=false

from __future__ import annotations

import inspect
import io
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal, assert_type

import altair as alt
import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from pyspark.sql.types import StructType

import notorious_markets as nm
from notorious_markets.exporting import FORMATS, Format
from notorious_markets.vocabularies import (
    Category,
    Day,
    DevelopmentType,
    DomainEvent,
    Goods,
    Grade,
    Kind,
    Role,
    Rule,
    Status,
    Year,
    Years,
)


def test_queries() -> None:
    assert_type(nm.markets(2021), nm.Records[nm.Listing])
    assert_type(nm.listings(2021), nm.Records[nm.Listing])
    assert_type(nm.all_markets(kind="online", country="CN"), nm.Records[nm.Market])
    assert_type(nm.editions(), nm.Records[nm.Edition])
    assert_type(nm.edition(2021), nm.Edition)
    assert_type(nm.coverage(2021), nm.Records[nm.Coverage])
    assert_type(nm.domains(market="VK"), nm.Records[nm.Domain])
    assert_type(nm.domains(role=["own", "former"], basis="listed"), nm.Records[nm.Domain])
    assert_type(nm.aliases(market="VK", language=["ru", "uk"]), nm.Records[nm.Alias])
    assert_type(nm.operators(market="VK"), nm.Records[nm.Operator])
    assert_type(nm.places(country=["CN", "IN"]), nm.Records[nm.Place])
    assert_type(nm.relations(market=nm.market("HiAnime")), nm.Records[nm.Relation])
    assert_type(nm.citations(2021, market="VK"), nm.Records[nm.Citation])
    assert_type(nm.sources(range(2019, 2022)), nm.Records[nm.Source])
    assert_type(nm.statistics(metric="shops"), nm.Records[nm.Statistic])
    assert_type(nm.developments(development="removal"), nm.Records[nm.Development])
    assert_type(nm.unchanged(2023), nm.Records[nm.Unchanged])
    assert_type(nm.table("listings"), pa.Table)


def test_arguments() -> None:
    """Every condition takes a single value or several, and integers and days of NumPy and pandas are accepted."""
    kinds: list[Kind] = ["online", "physical"]
    categories: set[Category] = {"iptv"}
    goods: tuple[Goods, ...] = ("piracy",)
    grades: tuple[Grade, ...] = ("primary",)
    assert_type(
        nm.markets((2021, 2022), kind=kinds, country={"CN"}, category=categories, goods=goods, grade=grades, market=["VK"]),
        nm.Records[nm.Listing],
    )
    years: list[Years] = [2021, np.int64(2021), np.array([2021]), range(2019, 2022), {2021}, (year for year in (2021,))]
    assert [nm.markets(year) for year in years]
    days: list[Day] = ["2022-06-30", date(2022, 6, 30), datetime(2022, 6, 30, 12), pd.Timestamp("2022-06-30")]
    assert [nm.markets(as_of=day) for day in days]
    year: Year = np.int16(2021)
    assert nm.edition(year) == nm.edition(2021)
    assert nm.changes(np.int64(2020), year) == nm.changes(2020, 2021)
    assert nm.cite(year) == nm.cite(2021)
    assert nm.suggest("taoabo", limit=np.int8(1), cutoff=np.float32(80)) == nm.suggest("taoabo", limit=1)


def test_markets_and_rows() -> None:
    market = nm.market("VK")
    assert_type(market, nm.Market)
    assert_type(market.status(2021), Literal["listed", "not listed", "cannot be told"])
    status: Status = market.status(as_of="2022-06-30")
    assert status == "listed"
    assert_type(market.is_listed(2021), bool | None)
    assert_type(market.years, tuple[int, ...])
    assert_type(market.spells, tuple[tuple[int, ...], ...])
    assert_type(market.first_listed, int | None)
    assert_type(market.last_listed, int | None)
    assert_type(market.listed_since, date | None)
    assert_type(market.last_listed_on, date | None)
    assert_type(market.operators, nm.Records[nm.Operator])
    assert_type(market.listings, nm.Records[nm.Listing])
    assert_type(market.domains, nm.Records[nm.Domain])
    assert_type(market.relations, nm.Records[nm.Relation])
    listing = market.listings[0]
    assert_type(listing, nm.Listing)
    assert_type(listing.name, str | None)
    assert_type(listing.rule, Rule | None)
    assert_type(listing.market, nm.Market | None)
    assert_type(listing.edition, nm.Edition)
    assert_type(listing.citations[0].source, nm.Source)
    assert_type(listing.to_dict(), dict[str, Any])
    assert_type(listing.to_json(), str)
    assert {listing: 1}[listing] == 1
    domain = market.domains[0]
    assert_type([domain.domain, domain.caption], list[str])
    assert_type(domain.role, Role)
    assert_type(domain.event, DomainEvent | None)
    assert_type(domain.was_in_use(date(2021, 6, 1)), bool)
    assert_type(nm.edition(2021).released, date)
    assert_type(nm.coverage()[0].announced, int | None)
    assert_type(nm.developments()[0].development, DevelopmentType)
    assert_type(nm.operators()[0].to_year, int | None)
    assert_type(nm.places()[0].latitude, float)
    assert_type(nm.relations()[0].other_market, nm.Market)
    assert_type(nm.sources()[0].published, date | None)
    assert_type(nm.statistics()[0].value, float)
    assert_type(nm.unchanged()[0].other_year, int)


def test_results() -> None:
    result = nm.markets(2021)
    rows: Sequence[nm.Listing] = result
    assert_type(rows[0], nm.Listing)
    assert_type(result[1:], nm.Records[nm.Listing])
    assert_type(iter(result), Iterator[nm.Listing])
    assert_type([row.year for row in reversed(result)], list[int])
    assert_type(result.index(result[1]), int)
    assert_type(result.count(result[1]), int)
    assert_type(result.with_rows(row for row in result if row.page), nm.Records[nm.Listing])
    assert_type(result.to_arrow(), pa.Table)
    assert_type(result.to_pandas(), pd.DataFrame)
    assert_type(result.to_polars(), pl.DataFrame)
    assert_type(result.to_dicts(), list[dict[str, Any]])
    assert_type(result.to_json(), str)
    assert_type(result.table_name, str | None)
    assert "Taobao" in result
    assert "Taobao" in nm.changes(2020, 2021)


def test_names_and_changes() -> None:
    suggestions = nm.suggest("taoabo", kind="online")
    assert_type(suggestions, nm.Records[nm.Suggestion])
    assert_type(suggestions[0].score, float)
    assert_type(suggestions[0].matched_name, str)
    assert_type(suggestions[0].market, nm.Market)
    assert_type(nm.match_names(["taobao", None]), pa.Table)
    assert_type(nm.match_names(pd.Series(["taobao"])), pd.DataFrame)
    assert_type(nm.match_names(pl.Series(["taobao"])), pl.DataFrame)
    changes = nm.changes(2020, 2021)
    assert_type(changes, nm.Changes)
    assert_type(changes.added, nm.Records[nm.Change])
    assert_type(changes[0].change, Literal["added", "dropped", "kept"])
    assert_type(changes[0].before_listing, nm.Listing | None)
    assert_type(changes[0].before_grade, Grade | None)
    assert_type(changes[0].after_grade, Grade | None)
    assert_type([changes[0].before_name, changes[0].after_name], list[str | None])
    assert_type([changes[0].before_listing_no, changes[0].after_listing_no], list[int | None])
    assert_type(changes[0].country, str | None)
    assert_type(changes[0].renamed, bool)
    assert_type(changes.before, nm.Edition)
    assert_type([changes.dropped, changes.kept, changes.renamed, changes.cannot_be_told], list[nm.Records[nm.Change]])


def test_screening() -> None:
    urls = ["https://m.taobao.com/1", None]
    match = nm.lookup("taobao.com")
    assert_type(match, nm.Match | None)
    if match:
        assert_type(match.matched_domain, str)
        assert_type(match.event, DomainEvent | None)
        assert_type(match.to_dict(), dict[str, Any])
        assert_type(match.to_json(), str)
        assert_type(match.years, tuple[int, ...])
    assert_type(nm.screen(urls), pa.Table)
    assert_type(nm.screen(urls, result="hits", kind="online"), pa.Table)
    assert_type(nm.Screener(grade="primary", role=["own", "former"], basis="listed"), nm.Screener)
    assert_type(nm.lookup("taobao.com", role="own"), nm.Match | None)
    assert_type(nm.screen(urls, result="hits", kind="online", refang=True), pa.Table)
    assert_type(nm.screen(iter(urls)), pa.Table)
    assert_type(nm.screen(np.array(["taobao.com"])), pa.Table)
    assert_type(nm.screen(pa.table({"url": urls}).to_reader(), result="mask"), pa.RecordBatchReader)
    assert_type(nm.screen(pl.DataFrame({"url": urls}), year=np.int64(2021)), pl.DataFrame)
    assert_type(nm.screen(pl.Series(urls), result="mask"), pl.Series)
    assert_type(nm.screen(pd.DataFrame({"url": urls}), result="hits"), pd.DataFrame)
    mask = nm.screen(pd.Series(["taobao.com"]), result="mask")
    assert_type(mask, "pd.Series[bool]")
    assert mask.to_list() == [True]
    assert_type(nm.Screener(extra_domains=["mirror.example"]).screen(pl.Series(urls)), pl.DataFrame)
    assert_type(nm.Screener().lookup("taobao.com"), nm.Match | None)


def test_exports_and_citations(tmp_path: Path) -> None:
    assert_type(nm.export(tmp_path / "x.csv", nm.markets(2021)), Path)
    assert_type(nm.export(str(tmp_path / "x.xlsx"), ["listings", "markets"], year=2021), Path)
    nm.export(io.BytesIO(), format="hosts", country="CN")
    assert_type(FORMATS["csv"], Format)
    assert_type(nm.cite(), str)
    assert_type(nm.cite(2021, "bibtex"), str)
    assert_type(nm.cite(nm.edition(2021), style="csl-json"), dict[str, Any])


def test_reports(tmp_path: Path) -> None:
    path = tmp_path / "report.txt"
    path.write_text("2021 Review of Notorious Markets\n\nOnline Markets\n\nTAOBAO\n\nSome text.\n", encoding="utf-8")
    report = assert_type(nm.read_report(path, year=2021), nm.Report)
    assert_type(report.online, nm.Records[nm.OnlineEntry])
    assert_type(report.online[0].domains, tuple[str, ...])
    assert_type(report.compare()[0], nm.Comparison)
    assert_type(report.listings(), nm.Records[nm.Listing])


def test_plots() -> None:
    assert_type(nm.plot.timeline(market=nm.market("VK"), at_least=np.int64(1)), alt.VConcatChart)
    assert_type(nm.plot.coverage(), alt.VConcatChart)
    assert_type(nm.plot.changes(np.int64(2019), 2021), alt.VConcatChart)
    assert_type(nm.plot.countries((2019, 2021)), alt.VConcatChart)


def test_engines() -> None:
    nm.duckdb.register(duckdb.connect())
    assert_type(nm.polars.matched_domain("url"), pl.Expr)
    assert_type(nm.polars.screen(pl.col("url"), nm.Screener()), pl.Expr)
    assert_type(nm.spark.schema(StructType()), StructType)
    assert_type(nm.spark.screened(), Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]])


def test_errors() -> None:
    with pytest.raises(nm.UnknownValue) as unknown:
        nm.market("Taobaoo")
    assert_type(unknown.value.suggestions, tuple[object, ...])
    with pytest.raises(nm.AmbiguousMarket) as ambiguous:
        nm.market("Putlocker")
    assert_type(ambiguous.value.market_ids, tuple[str, ...])


def test_mistakes() -> None:
    """Each comment to ignore an error is itself an error for a checker that does not report the mistake."""
    with pytest.raises(AttributeError):
        nm.markts  # type: ignore  # noqa: B018
    with pytest.raises(AttributeError):
        nm.DATA_VERSON  # type: ignore  # noqa: B018
    with pytest.raises(AttributeError):
        nm.market("VK").listed  # type: ignore  # noqa: B018
    with pytest.raises(TypeError):
        nm.markets("2021")  # type: ignore
    with pytest.raises(nm.UnknownValue):
        nm.markets(kind="onlin")  # type: ignore
    with pytest.raises(TypeError):
        nm.market("VK").is_listed("2022-06-30")  # type: ignore


def test_every_public_function_is_covered() -> None:
    """The functions of Spark need a session."""
    source = Path(__file__).read_text(encoding="utf-8")
    functions = {f"nm.{name}(" for name in nm.__all__ if inspect.isfunction(getattr(nm, name))}
    for module in (nm.plot, nm.duckdb, nm.polars):
        short = module.__name__.removeprefix("notorious_markets.")
        functions |= {
            f"nm.{short}.{name}("
            for name, value in vars(module).items()
            if inspect.isfunction(value) and value.__module__.startswith(module.__name__) and not name.startswith("_")
        }
    assert sorted(name for name in functions if name not in source) == []
