"""Do the laid out reports print what their truth says? A reader of PDFs that is not ours tells."""

from __future__ import annotations

import io
import re
import unicodedata
import zlib
from itertools import pairwise

import pytest
from hypothesis import given, settings
from pypdf import PdfReader
from pypdf.errors import FileNotDecryptedError, PyPdfError

from tests.reports import HELD_OUT, LAYOUTS, Entry, LaidOut, Report, Truth, hostile, reports, shipped, short

ALL_LAYOUTS = LAYOUTS | HELD_OUT


@pytest.fixture(scope="module")
def edition() -> Report:
    """The description of the edition of 2021, with little prose."""
    return short(shipped(2021))


@pytest.fixture(scope="module")
def laid_out(edition: Report) -> dict[str, LaidOut]:
    """The edition of 2021 in each layout."""
    return {name: layout().lay_out(edition) for name, layout in ALL_LAYOUTS.items()}


@pytest.fixture(scope="module")
def printed(laid_out: dict[str, LaidOut]) -> dict[str, list[str]]:
    """The text of each page of `laid_out`."""
    return {name: texts(report.pdf) for name, report in laid_out.items()}


def texts(pdf: bytes) -> list[str]:
    """Return the text of each page with letters instead of ligatures."""
    return [unicodedata.normalize("NFKC", page.extract_text()) for page in PdfReader(io.BytesIO(pdf)).pages]


def assert_prints_truth(truth: Truth, pages: list[str]) -> None:
    """Check that the pages print names and lines at the places of the truth.

    A name may be broken between words, and after hyphens. A page may print its lines in any order.
    """
    assert len(pages) == truth.sheets
    for entry, place in zip(truth.report.online, truth.online, strict=True):
        assert has_words(pages[place.sheet - 1], entry.name)
        # The line of an entry may continue on the next page.
        assert has_words(" ".join(pages[place.sheet - 1 : place.sheet + 2]), entry.line())
    for (_, market), place in zip(truth.report.physical_entries(), truth.physical, strict=True):
        assert has_words(pages[place.sheet - 1], market.name)
        assert has_words(" ".join(pages[place.sheet - 1 : place.sheet + 1]), market.locality or "")
    if truth.countries:
        for (country, _), place in zip(truth.report.physical, truth.countries, strict=True):
            assert has_words(pages[place.sheet - 1], country)
    for heading in truth.other_headings:
        assert has_words(" ".join(pages), heading)


def has_words(page: str, text: str) -> bool:
    return all(word in page for word in re.split(r"(?<=-)| ", text))


@pytest.mark.parametrize("name", ALL_LAYOUTS)
def test_names_are_on_their_pages(name: str, laid_out: dict[str, LaidOut], printed: dict[str, list[str]]) -> None:
    assert_prints_truth(laid_out[name].truth, printed[name])


@pytest.mark.parametrize("name", ALL_LAYOUTS)
@settings(max_examples=1)
@given(report=reports(max_online=5))
def test_random_reports_are_laid_out(name: str, report: Report) -> None:
    laid_out = ALL_LAYOUTS[name]().lay_out(report)
    assert_prints_truth(laid_out.truth, texts(laid_out.pdf))


@pytest.mark.parametrize("name", ALL_LAYOUTS)
def test_places_are_in_order(name: str, laid_out: dict[str, LaidOut]) -> None:
    truth = laid_out[name].truth
    for places in (truth.online, truth.countries, truth.physical, truth.developments):
        assert all(before.sheet <= after.sheet for before, after in pairwise(places))
    assert truth.online[-1].sheet <= truth.physical[0].sheet


@pytest.mark.parametrize("name", ALL_LAYOUTS)
def test_pages_print_their_numbers(name: str, laid_out: dict[str, LaidOut], printed: dict[str, list[str]]) -> None:
    for place in {*laid_out[name].truth.online, *laid_out[name].truth.physical}:
        if place.page > 1:
            assert re.search(rf"(^|Page\s|\| )(- ?)?{place.page}\b", printed[name][place.sheet - 1], re.MULTILINE)


@pytest.mark.parametrize("name", [name for name, layout in ALL_LAYOUTS.items() if layout.contents_style is not None])
def test_contents_page_has_all_names(name: str, laid_out: dict[str, LaidOut], printed: dict[str, list[str]]) -> None:
    truth = laid_out[name].truth
    front = printed[name][1 : truth.online[0].sheet - truth.online[0].page]
    for entry in truth.contents:
        assert has_words(" ".join(front), f"{entry.title} {entry.page}")
    if ALL_LAYOUTS[name].contents_names:
        assert len(front) >= 2
        names = [entry.title for entry in truth.contents if entry.level == 1]
        countries = [country for country, _ in truth.report.physical] if truth.countries else []
        assert names == [*(entry.name for entry in truth.report.online), *countries]


@pytest.mark.parametrize("name", ALL_LAYOUTS)
def test_totals_are_announced(name: str, printed: dict[str, list[str]]) -> None:
    overview = " ".join(" ".join(printed[name][:6]).split())
    assert re.search(r"\b(42|forty-\s?two)\b", overview)
    assert re.search(r"\b(35|thirty-\s?five)\b", overview)


def test_layouts_differ(laid_out: dict[str, LaidOut], printed: dict[str, list[str]]) -> None:
    assert len({report.pdf for report in laid_out.values()}) == len(ALL_LAYOUTS) >= 9
    assert len({" ".join(pages) for pages in printed.values()}) == len(ALL_LAYOUTS)


def test_files_are_the_same_in_each_run(edition: Report, laid_out: dict[str, LaidOut]) -> None:
    assert ALL_LAYOUTS["recent"]().lay_out(edition).pdf == laid_out["recent"].pdf


def test_embedded_layout_has_ligatures_and_arrays(laid_out: dict[str, LaidOut]) -> None:
    page = PdfReader(io.BytesIO(laid_out["embedded"].pdf)).pages[3]
    assert "\N{LATIN SMALL LIGATURE FI}" in page.extract_text()
    contents = page.get_contents()
    assert contents is not None
    assert b"] TJ" in contents.get_data()


def test_description_of_the_shipped_edition(edition: Report) -> None:
    assert (edition.online_total, edition.physical_total) == (42, 35)
    assert len(edition.online) == 42
    assert sum(1 for _ in edition.physical_entries()) == 35
    assert len(edition.physical) == 18


@pytest.mark.parametrize(
    ("entry", "line"),
    [
        (Entry("VK"), ""),
        (Entry("VK", ("vk.com",)), "Nominated as vk.com."),
        (Entry("VK", ("vk.com", "b.to", "c.is")), "Nominated as vk.com, b.to and c.is."),
        (Entry("VK", mobile_app=True, headquarters="Russia"), "Also available as a mobile app. Headquartered in Russia."),
        (Entry("VK", related_domains=("a.to", "b.to")), "Related sites include a.to and b.to."),
        (
            Entry("VK", operated_from="Cyprus", hosted_in="Russia"),
            "Reportedly operated from Cyprus. Reportedly hosted in Russia.",
        ),
        (Entry("VK", related_domains=("a.to", "b.to", "c.is")), "Related sites include a.to, b.to, and c.is."),
    ],
)
def test_line_of_an_entry(entry: Entry, line: str) -> None:
    assert entry.line() == line


def test_places_count_the_front_matter(laid_out: dict[str, LaidOut]) -> None:
    assert {place.sheet - place.page for place in laid_out["early"].truth.online} == {0}
    # A cover, and a contents page over two pages.
    assert {place.sheet - place.page for place in laid_out["recent"].truth.online} == {3}


@pytest.fixture
def pdf(laid_out: dict[str, LaidOut]) -> bytes:
    """A report."""
    return laid_out["recent"].pdf


def test_scanned_pages_have_no_text() -> None:
    pages = PdfReader(io.BytesIO(hostile.scanned())).pages
    assert [page.extract_text().strip() for page in pages] == ["", "", ""]
    assert all(len(page.images) == 1 for page in pages)


def test_encrypted_file_needs_its_password(pdf: bytes) -> None:
    with pytest.raises(FileNotDecryptedError):
        len(PdfReader(io.BytesIO(hostile.encrypted(pdf, "secret"))).pages)
    assert PdfReader(io.BytesIO(hostile.encrypted(pdf, "secret")), password="secret").pages[0].extract_text()


def test_protected_file_opens_without_a_password(pdf: bytes) -> None:
    reader = PdfReader(io.BytesIO(hostile.protected(pdf)))
    assert reader.is_encrypted
    assert reader.pages[0].extract_text()


def test_long_file_has_its_pages(pdf: bytes) -> None:
    assert len(PdfReader(io.BytesIO(hostile.lengthened(pdf, 100))).pages) == 100


def test_cyclic_page_tree_is_cyclic() -> None:
    with pytest.raises(PyPdfError, match="cyclic"):
        len(PdfReader(io.BytesIO(hostile.cyclic())).pages)


def test_small_file_has_large_content() -> None:
    pdf = hostile.bomb(8)
    assert len(pdf) < 5_000
    start = pdf.index(b"stream\n") + len(b"stream\n")
    inner = zlib.decompress(pdf[start : pdf.index(b"\nendstream")])
    assert len(zlib.decompress(inner)) == 8 * 2**20


def test_foreign_report_is_about_something_else() -> None:
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(hostile.foreign())).pages)
    assert "Table of Contents" in text
    assert "Markets" not in text


def test_damaged_files_differ(pdf: bytes) -> None:
    assert hostile.truncated(pdf, 1) == pdf[: len(hostile.truncated(pdf, 1))]
    assert len({hostile.truncated(pdf, 1), hostile.truncated(pdf, 2), pdf}) == 3
    assert len(hostile.damaged(pdf, 1)) == len(pdf)
    assert hostile.random_bytes(1) != hostile.random_bytes(2)
