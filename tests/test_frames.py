"""Do data frames of pandas and polars come back as such, with their index, their other columns and the right rows?"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.compute
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

import notorious_markets as nm
from notorious_markets._arrays import filtered
from notorious_markets.screening import RESULT_COLUMNS

ADDRESSES = ["https://example.org/", None, "https://ja.aliexpress.com/item/1", "TAOBAO.COM", "//vk.com/x", "", "é"]
BYTES = [None if address is None else address.encode() for address in ADDRESSES]
EXPECTED = [None, None, "aliexpress.com", "taobao.com", "vk.com", None, None]
HITS = [2, 3, 4]
MASK = [domain is not None for domain in EXPECTED]
YEARS = [None, None, 2021, 2010, 2010, None, None]
INDEX = pd.MultiIndex.from_arrays([list("aabbccd"), [0, 0, 0, 0, 0, 0, 0]], names=["letter", None])

PANDAS: dict[str, Callable[[], pd.Series[Any]]] = {
    "inferred": lambda: pd.Series(ADDRESSES),
    "objects": lambda: pd.Series([np.nan, None, *ADDRESSES[2:5], pd.NA, pd.NaT], dtype=object),
    "bytes": lambda: pd.Series(BYTES, dtype=object),
    "text and bytes": lambda: pd.Series([*ADDRESSES[:3], *BYTES[3:]], dtype=object),
    "a lone surrogate": lambda: pd.Series(["\ud800", *ADDRESSES[1:]], dtype=object),
    "string[python]": lambda: pd.Series(ADDRESSES, dtype="string[python]"),
    "string[pyarrow]": lambda: pd.Series(ADDRESSES, dtype="string[pyarrow]"),
    "category": lambda: pd.Series(ADDRESSES, dtype="category"),
    "Arrow string": lambda: pd.Series(ADDRESSES, dtype=pd.ArrowDtype(pa.string())),
    "Arrow large string": lambda: pd.Series(ADDRESSES, dtype=pd.ArrowDtype(pa.large_string())),
    "Arrow binary": lambda: pd.Series(BYTES, dtype=pd.ArrowDtype(pa.binary())),
    "Arrow dictionary": lambda: pd.Series(pd.arrays.ArrowExtensionArray(pa.array(ADDRESSES).dictionary_encode())),
    "Arrow chunks": lambda: pd.Series(pd.arrays.ArrowExtensionArray(pa.chunked_array([ADDRESSES[:3], ADDRESSES[3:]]))),
}
POLARS: dict[str, Callable[[], pl.Series]] = {
    "String": lambda: pl.Series(ADDRESSES),
    "Binary": lambda: pl.Series(BYTES),
    "Categorical": lambda: pl.Series(ADDRESSES, dtype=pl.Categorical),
    "Enum": lambda: pl.Series(ADDRESSES, dtype=pl.Enum([address for address in ADDRESSES if address is not None])),
    "chunks": lambda: pl.Series(ADDRESSES[:3]).append(pl.Series(ADDRESSES[3:])),
    "a slice": lambda: pl.Series(["taobao.com", *ADDRESSES, "x"]).slice(1, 7),
}


def pandas_frame(url: pd.Series[Any]) -> pd.DataFrame:
    """A frame whose other columns have types that Arrow does not take, with an index that has duplicates."""
    mixed = pd.Series([1, "a", None, 2.5, b"b", [1], {"a": 1}], dtype=object)
    frame = url.set_axis(INDEX).to_frame("url")
    frame.insert(0, "mixed", mixed.set_axis(INDEX))
    frame["n"] = range(7)
    return frame


def polars_frame(url: pl.Series) -> pl.DataFrame:
    """A frame whose other columns have types that Arrow or pyarrow does not take."""
    objects = pl.Series("objects", [object() for _ in range(7)], dtype=pl.Object)
    return pl.DataFrame([objects, url.alias("url"), pl.Series("lists", [["a"], None, [], ["b", None], ["c"], [], ["d"]])])


def values(column: Any) -> list[Any]:
    """The values of a column of a result, with `None` for missing values of pandas."""
    return [None if value is pd.NA else value for value in (column.to_list() if hasattr(column, "to_list") else column)]


@pytest.mark.parametrize("kind", PANDAS)
def test_a_series_of_pandas(kind: str) -> None:
    series = PANDAS[kind]().set_axis(INDEX)
    rows, hits = nm.screen(series), nm.screen(series, result="hits")
    assert type(rows) is type(hits) is pd.DataFrame
    assert list(rows.columns) == list(RESULT_COLUMNS)
    assert rows.index.equals(INDEX)
    assert values(rows["matched_domain"]) == EXPECTED
    assert values(rows["first_listed"]) == YEARS
    assert list(hits.columns) == ["row", "url", *RESULT_COLUMNS]
    assert hits.index.equals(INDEX[HITS])
    assert hits["row"].to_list() == HITS
    pd.testing.assert_series_equal(hits["url"], series.iloc[HITS], check_names=False)
    mask = nm.screen(series, result="mask")
    pd.testing.assert_series_equal(mask, pd.Series(MASK, INDEX, name="listed"))
    assert series[mask].to_list() == series.iloc[HITS].to_list()


@pytest.mark.parametrize("kind", PANDAS)
def test_a_frame_of_pandas(kind: str) -> None:
    frame = pandas_frame(PANDAS[kind]())
    before = frame.copy()
    rows, hits, mask = nm.screen(frame), nm.screen(frame, result="hits"), nm.screen(frame, result="mask")
    pd.testing.assert_frame_equal(rows[["mixed", "url", "n"]], frame)
    assert list(rows.columns) == ["mixed", "url", "n", *RESULT_COLUMNS]
    assert values(rows["matched_domain"]) == EXPECTED
    pd.testing.assert_frame_equal(hits, rows.iloc[HITS])
    pd.testing.assert_series_equal(mask, pd.Series(MASK, INDEX, name="listed"))
    pd.testing.assert_frame_equal(frame[mask], frame.iloc[HITS])
    rows["n"] = 0
    pd.testing.assert_frame_equal(frame, before)


def test_the_types_of_pandas_do_not_depend_on_the_rows() -> None:
    types = {"matched_domain": "string", "market_id": "string", "first_listed": "Int16", "last_listed": "Int16"}
    for urls in (["taobao.com"], ["example.org"], [None], []):
        for result in ("rows", "hits"):
            found: Any = nm.screen(pd.Series(urls, dtype=object), result=result)
            assert found.dtypes[list(RESULT_COLUMNS)].to_dict() == types, (urls, result)
        assert nm.screen(pd.Series(urls, dtype=object), result="mask").dtype == bool


def test_views_in_pandas() -> None:
    """pandas cannot select rows of this type, but it can be screened."""
    series = pd.Series(pd.arrays.ArrowExtensionArray(pa.array(ADDRESSES, pa.string_view())))
    assert values(nm.screen(series)["matched_domain"]) == EXPECTED
    assert nm.screen(pd.DataFrame({"url": series}), result="mask").to_list() == MASK


def test_an_index_of_pandas() -> None:
    index = pd.Index(ADDRESSES)
    assert values(nm.screen(index)["matched_domain"]) == EXPECTED
    assert index[nm.screen(index, result="mask")].to_list() == index[HITS].to_list()


@pytest.mark.parametrize("kind", POLARS)
def test_a_series_of_polars(kind: str) -> None:
    series = POLARS[kind]()
    rows, hits, mask = nm.screen(series), nm.screen(series, result="hits"), nm.screen(series, result="mask")
    assert rows.schema == {
        "matched_domain": pl.String,
        "market_id": pl.String,
        "first_listed": pl.Int16,
        "last_listed": pl.Int16,
    }
    assert rows["matched_domain"].to_list() == EXPECTED
    assert rows["first_listed"].to_list() == YEARS
    assert hits.columns == ["row", "url", *RESULT_COLUMNS]
    assert hits["row"].to_list() == HITS
    assert hits["url"].to_list() == [series[row] for row in HITS]
    assert hits["url"].dtype == series.dtype
    assert (mask.name, str(mask.dtype), mask.to_list()) == ("listed", "Boolean", MASK)
    assert series.filter(mask).to_list() == hits["url"].to_list()


@pytest.mark.parametrize("kind", POLARS)
def test_a_frame_of_polars(kind: str) -> None:
    frame = polars_frame(POLARS[kind]())
    rows, hits, mask = nm.screen(frame), nm.screen(frame, result="hits"), nm.screen(frame, result="mask")
    assert rows.columns == ["objects", "url", "lists", *RESULT_COLUMNS]
    assert rows["matched_domain"].to_list() == EXPECTED
    for name in frame.columns:
        assert rows[name].dtype == hits[name].dtype == frame[name].dtype
        assert rows[name].to_list() == frame[name].to_list()
        assert hits[name].to_list() == [frame[name].to_list()[row] for row in HITS]
    assert hits["market_id"].to_list() == ["aliexpress", "taobao", "vk"]
    assert frame.filter(mask)["url"].to_list() == hits["url"].to_list()


@pytest.mark.parametrize("empty", [pd.Series([], dtype=object), pl.Series([], dtype=pl.String), pl.Series([], dtype=pl.Null)])
def test_an_empty_series(empty: Any) -> None:
    for result in ("rows", "hits", "mask"):
        found: Any = nm.screen(empty, result=result)
        assert len(found) == 0


def test_series_without_values() -> None:
    assert values(nm.screen(pd.Series([None, np.nan], dtype=object), result="mask")) == [False, False]
    assert nm.screen(pl.Series([None, None]), result="mask").to_list() == [False, False]


@pytest.mark.parametrize(
    ("frame", "options", "error", "message"),
    [
        (
            pl.LazyFrame({"url": ["x"]}),
            {},
            TypeError,
            r"polars LazyFrame; call .collect\(\) first, or use .*notorious_markets.polars",
        ),
        (pl.col("url"), {}, TypeError, "not a polars Expr; use the expressions in notorious_markets.polars"),
        (pl.Series([object()], dtype=pl.Object), {}, TypeError, "urls must be text or bytes, not Object"),
        (pl.Series([1]), {}, TypeError, "urls must be text or bytes, not Int64"),
        (pl.DataFrame({"url": [1]}), {}, TypeError, r"urls\['url'\] must be text or bytes, not Int64"),
        (pl.DataFrame({"a": [1], "b": [2.0]}), {}, TypeError, "urls must be text or bytes, not Int64, Float64"),
        (pl.DataFrame({"a": ["x"], "b": ["y"]}), {}, nm.UnknownValue, "unknown column 'url'; valid: 'a', 'b'"),
        (pl.DataFrame({"url": ["x"]}), {"column": "URL"}, nm.UnknownValue, "did you mean 'url'"),
        (pl.DataFrame({"url": ["x"], "market_id": [1]}), {}, ValueError, "already has a column 'market_id'; rename it"),
        (pl.DataFrame({"page": [{"url": "x"}]}), {"column": "page.url"}, TypeError, "'page' is nested, first make a column"),
        (pd.Series(["x", 1.5], dtype=object), {}, TypeError, r"urls\[1\] must be a str, bytes or None, not float"),
        (pd.Series([1]), {}, TypeError, "urls must be text or bytes, not int64"),
        (pd.Series([["x"]]), {}, TypeError, "urls must be text or bytes, not list<item: string>"),
        (pd.Series([1, 2], dtype="category"), {}, TypeError, "urls must be text or bytes, not dictionary"),
        (pd.DataFrame({"url": ["x", 1]}), {}, TypeError, r"urls\['url'\]\[1\] must be a str, bytes or None, not int"),
        (pd.DataFrame({"a": [1], "b": [2.0]}), {}, TypeError, "urls must be text or bytes, not int64, float64"),
        (pd.DataFrame({"a": ["x"], "b": ["y"], "c": [1]}), {}, nm.UnknownValue, "unknown column 'url'; valid: 'a', 'b'"),
        (
            pd.DataFrame([["x", "y"]], columns=["url", "url"]),
            {},
            ValueError,
            "two columns of urls are named 'url'; rename all but",
        ),
        (pd.DataFrame({"url": ["x"], "last_listed": [1]}), {}, ValueError, "already has a column 'last_listed'; rename it"),
        (
            pd.DataFrame([["x"]], columns=[["a"], ["url"]]),
            {},
            TypeError,
            "the columns of urls must have one level of names, not 2",
        ),
        (pd.DataFrame({"url": ["x"]}), {"column": 0}, TypeError, "column must be a str, not int"),
    ],
)
def test_a_frame_without_a_column_of_text(frame: Any, options: dict[str, Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        nm.screen(frame, **options)


def test_only_the_column_of_addresses_matters() -> None:
    """A frame may have any other columns, even with one name, and the only column of text needs no name."""
    frame = pd.DataFrame([["taobao.com", 1, 2]], columns=["link", "n", "n"])
    assert nm.screen(frame)["market_id"].to_list() == ["taobao"]
    mixed = pd.DataFrame({"link": ["taobao.com", "x"], "note": [1, "a"], "kind": pd.Categorical([1, 2])})
    assert nm.screen(mixed, result="mask").to_list() == [True, False]
    assert nm.screen(pl.DataFrame({"n": [1], "link": ["taobao.com"]}), result="mask").to_list() == [True]
    # A mask does not add columns.
    assert nm.screen(pd.DataFrame({"url": ["taobao.com"], "market_id": [1]}), result="mask").to_list() == [True]


@given(st.lists(st.one_of(st.none(), st.sampled_from(["taobao.com", "HTTPS://m.TAOBAO.com/é"]), st.text(max_size=8))))
def test_every_kind_of_series_gives_the_same_answers(urls: list[str | None]) -> None:
    urls = [None if url is None else url.encode("utf-8", "replace").decode() for url in urls]
    expected = [None if url is None or (match := nm.lookup(url)) is None else match.matched_domain for url in urls]
    assert nm.screen(urls)["matched_domain"].to_pylist() == expected
    assert values(nm.screen(pd.Series(urls, dtype=object))["matched_domain"]) == expected
    assert nm.screen(pl.Series(urls, dtype=pl.String))["matched_domain"].to_list() == expected
    found = nm.screen(np.array(urls, dtype=object), result="hits")
    assert found["row"].to_pylist() == [row for row, domain in enumerate(expected) if domain is not None]


NAMES = ["Tao-Bao", None, "nobody"]


class TestNames:
    def test_pandas(self) -> None:
        for dtype in ("object", "string", "category"):
            series = pd.Series(NAMES, index=list("xyz"), dtype=dtype)
            found = nm.match_names(series)
            assert type(found) is pd.DataFrame
            assert found.index.to_list() == ["x", "y", "z"]
            assert values(found["market_id"]) == ["taobao", None, None]
            assert values(found["exact"]) == [True, None, None]
            assert values(found["candidates"]) == [["taobao"], None, None]
        assert values(nm.match_names(pd.Index(NAMES))["market_id"]) == ["taobao", None, None]

    def test_polars(self) -> None:
        for type_ in (pl.String, pl.Categorical):
            found = nm.match_names(pl.Series(NAMES).cast(type_))
            assert found.schema == {
                "market_id": pl.String,
                "matched_name": pl.String,
                "score": pl.Float64,
                "exact": pl.Boolean,
                "candidates": pl.List(pl.String),
            }
            assert found["candidates"].to_list() == [["taobao"], None, None]

    def test_numpy(self) -> None:
        assert nm.match_names(np.array(NAMES, dtype=object)).column("market_id").to_pylist() == ["taobao", None, None]

    @pytest.mark.parametrize("frame", [pd.DataFrame({"name": ["x"]}), pl.DataFrame({"name": ["x"]}), pl.DataFrame({"n": [1]})])
    def test_a_frame_is_refused(self, frame: Any) -> None:
        with pytest.raises(TypeError, match="names must be"):
            nm.match_names(frame)


class TestDatasets:
    TABLE = pa.table({"n": pa.array(range(7), pa.int64()), "url": ADDRESSES})

    @pytest.fixture
    def dataset(self, tmp_path: Path) -> ds.Dataset:
        pq.write_table(self.TABLE, tmp_path / "part.parquet", row_group_size=3)
        return ds.dataset(tmp_path)

    def test_a_dataset_and_a_scanner_are_streams(self, dataset: ds.Dataset) -> None:
        for source in (dataset, dataset.scanner(), dataset.scanner(columns=["n", "url"])):
            reader = nm.screen(source, result="hits")
            assert isinstance(reader, pa.RecordBatchReader)
            hits = reader.read_all()
            assert hits.column_names == ["n", "url", *RESULT_COLUMNS]
            assert hits["n"].to_pylist() == HITS

    def test_a_mask_reads_only_the_addresses(self) -> None:
        asked: list[Any] = []

        class Recording(ds.InMemoryDataset):
            def scanner(self, columns: Any = None, **options: Any) -> Any:  # type: ignore[override]
                asked.append(columns)
                return super().scanner(columns=columns, **options)

        recording: Any = Recording
        mask: Any = nm.screen(recording(self.TABLE), result="mask")
        assert mask.read_all()["listed"].to_pylist() == MASK
        assert asked == [["url"]]

    def test_a_dataset_needs_a_column_of_text(self, dataset: ds.Dataset) -> None:
        for result in ("rows", "mask"):
            with pytest.raises(nm.UnknownValue, match="unknown column 'link'; valid: 'url'"):
                nm.screen(dataset, column="link", result=result)


COMPUTE: Any = pyarrow.compute
FROM_RUNS: Any = pa.RunEndEncodedArray.from_arrays
VIEWS = pa.array(["a", None, "a text that is too long to be stored in the view itself", ""], pa.string_view())
# Columns of four rows, of types that pyarrow cannot filter, and of some that it can.
COLUMNS: dict[str, Any] = {
    "string view": VIEWS,
    "binary view": pa.array([b"a", None, b"\xff" * 20, b""], pa.binary_view()),
    "sliced view": pa.concat_arrays([VIEWS, VIEWS])[2:6],
    "list of views": pa.array([["a"], None, ["b", None], []], pa.list_(pa.string_view())),
    "struct of views": pa.StructArray.from_arrays([VIEWS, pa.array(range(4))], ["a", "b"]),
    "map of views": pa.array([[("k", "a")], None, [], [("k", None)]], pa.map_(pa.string(), pa.string_view())),
    "dictionary of views": pa.DictionaryArray.from_arrays(
        pa.array([1, 0, None, 1], pa.int8()), pa.array(["a", "b"], pa.string_view())
    ),
    "run-end encoded": COMPUTE.run_end_encode(pa.array(["a", "a", None, "b"])),
    "sliced run-end encoded": COMPUTE.run_end_encode(pa.array(["x", "x", "a", "a", None, "b", "b"]))[1:5],
    "run-end encoded views": FROM_RUNS([2, 4], VIEWS[:2]),
    "list view": pa.array([["a"], None, [], ["b"]], pa.list_view(pa.string())),
    "union": pa.UnionArray.from_sparse(pa.array([0, 1, 0, 1], pa.int8()), [pa.array(["a"] * 4), pa.array(range(4))]),
    "decimal": pa.array([Decimal("1.5"), None, Decimal(2), Decimal(3)], pa.decimal128(5, 2)),
    "null": pa.nulls(4),
}


@pytest.mark.parametrize("kind", COLUMNS)
@given(mask=st.lists(st.booleans(), min_size=4, max_size=4))
def test_rows_of_every_type_can_be_selected(kind: str, mask: list[bool]) -> None:
    batch = pa.record_batch({"url": ["x"] * 4, "other": COLUMNS[kind]})
    rows = filtered(batch, pa.array(mask))
    rows.validate(full=True)
    assert rows.schema == batch.schema
    assert rows.column("other").to_pylist() == [
        value for value, chosen in zip(batch.column("other").to_pylist(), mask, strict=True) if chosen
    ]


@pytest.mark.parametrize("kind", COLUMNS)
def test_other_columns_of_every_type_are_returned(kind: str) -> None:
    table = pa.table({"url": ["taobao.com", "x", None, "taobao.com"], "other": COLUMNS[kind]})
    for source in (table, table.to_reader()):
        hits: Any = nm.screen(source, result="hits")
        rows = hits.read_all() if isinstance(hits, pa.RecordBatchReader) else hits
        expected = COLUMNS[kind].to_pylist()
        assert rows["other"].to_pylist() == [expected[0], expected[3]]
        assert rows.schema.field("other").type == COLUMNS[kind].type
