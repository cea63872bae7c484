"""Does a citation refer to the right document, and do citation programs read it?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import attrs
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

import notorious_markets as nm
from notorious_markets.citing import _tex

ROOT = Path(__file__).parent.parent
EDITIONS = {row["year"]: row for row in nm.table("editions").to_pylist()}
LISTINGS = [*nm.markets(year=(2012, 2021)), *(row for row in nm.markets() if "’" in (row.name_as_listed or ""))]
CITABLE: list[Any] = [None, *EDITIONS, *LISTINGS]
MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
USTR = "Office of the United States Trade Representative"


def test_apa_of_an_edition_is_the_report() -> None:
    assert nm.cite(2021) == (
        "Office of the United States Trade Representative. (2022). 2021 review of notorious markets for counterfeiting and "
        "piracy. https://ustr.gov/sites/default/files/IssueAreas/IP/2021%20Notorious%20Markets%20List.pdf"
    )
    assert nm.cite(nm.edition(2012)) == f"{USTR}. (2012). Out-of-cycle review of notorious markets."
    assert nm.cite(nm.edition(2012)) == nm.cite(2012) == nm.cite(2012, "apa")


def test_apa_of_a_listing_names_the_page_and_the_data() -> None:
    (aliexpress,) = [row for row in nm.markets(year=2021) if row.market_id == "aliexpress"]
    assert nm.cite(aliexpress) == (
        f"{USTR}. (2022). ALIEXPRESS. In 2021 review of notorious markets for counterfeiting and piracy (p. 18). "
        "https://ustr.gov/sites/default/files/IssueAreas/IP/2021%20Notorious%20Markets%20List.pdf "
        f"(As recorded in notorious_markets, data version {nm.DATA_VERSION}, listing 4 of 2021, grade primary)"
    )
    unidentified = nm.markets(year=2020, grade="unidentified")[0]
    assert f"[Unidentified, listing {unidentified.listing_no} of 2020]" in nm.cite(unidentified)


def test_apa_distinguishes_the_two_reports_of_2011() -> None:
    assert nm.cite(2010) == f"{USTR}. (2011, February 28). Out-of-cycle review of notorious markets."
    assert nm.cite(2011) == f"{USTR}. (2011, December 20). Out-of-cycle review of notorious markets."
    assert ". (2011, February 28). Baidu. In Out-of-cycle review of notorious markets. (As" in nm.cite(nm.markets(year=2010)[2])
    assert len({nm.cite(cited) for cited in (*EDITIONS, *nm.markets())}) == len(EDITIONS) + len(nm.markets())


def test_an_inferred_listing_has_the_name_of_its_market_in_brackets() -> None:
    inferred = nm.markets(grade="inferred")
    assert inferred
    for row in inferred:
        assert row.market is not None
        assert f"). [{row.market.name}]. In " in nm.cite(row)
        assert "Unidentified" not in nm.cite(row)


def test_the_dataset_agrees_with_the_citation_file() -> None:
    cff = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    item = nm.cite(style="csl-json")
    assert item["type"] == cff["type"] == "dataset"
    assert item["title"] == cff["title"]
    assert item["author"] == [{"literal": author["name"]} for author in cff["authors"]]
    assert cff["version"] == nm.__version__
    assert ("issued" in item, "DOI" in item) == ("date-released" in cff, "doi" in cff)
    for text in (nm.cite(), nm.cite(style="bibtex")):
        assert f"data version {nm.DATA_VERSION}, package version {nm.__version__}" in text.lower()


@pytest.mark.parametrize("style", ["apa", "bibtex", "csl-json"])
def test_nothing_is_invented(style: Any) -> None:
    for cited in CITABLE:
        text = str(nm.cite(cited, style))
        assert "doi" not in text.lower().replace("doing", "")
        assert "None" not in text
        if isinstance(cited, int):
            row = EDITIONS[cited]
            assert row["title"].casefold() in text.casefold()
            assert str(row["released"].year) in text
            assert (row["report_url"] or "://") in text or row["report_url"] is None
            assert ("://" in text) == (row["report_url"] is not None)


def test_invalid_arguments() -> None:
    with pytest.raises(nm.UnknownValue, match=r"unknown year 1999"):
        nm.cite(1999)
    with pytest.raises(nm.UnknownValue, match=r"did you mean 'bibtex'"):
        nm.cite(2021, "bibtext")  # type: ignore[call-overload]
    for wrong in ("2021", nm.market("taobao"), True, 2021.0):
        with pytest.raises(TypeError):
            nm.cite(wrong)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"not Market; .* market\.listings"):
        nm.cite(nm.market("taobao"))  # type: ignore[call-overload]


def _read_bibtex(text: str) -> dict[str, tuple[str, dict[str, str]]]:
    from bibtexparser.entrypoint import parse_string

    library = parse_string(text)
    assert library.failed_blocks == []
    return {entry.key: (entry.entry_type, {field.key: str(field.value) for field in entry.fields}) for entry in library.entries}


def _plain(tex: str) -> str:
    """Return the text that TeX would print, according to a library that reads TeX."""
    from pylatexenc.latex2text import LatexNodes2Text

    # The library does not know the names of the two braces, and it returns another circumflex.
    tex = tex.replace(r"\textbraceleft{}", r"\{").replace(r"\textbraceright{}", r"\}")
    text = LatexNodes2Text(math_mode="verbatim").latex_to_text(tex)
    return str(text).replace("\u02c6", "^")


def test_a_bibtex_reader_finds_the_fields() -> None:
    read = _read_bibtex("\n".join(nm.cite(cited, "bibtex") for cited in CITABLE))
    items = [nm.cite(cited, "csl-json") for cited in CITABLE]
    assert len(read) == len({item["id"] for item in items})
    kinds = {"dataset": "misc", "report": "techreport", "chapter": "incollection"}
    for item in items:
        kind, fields = read[item["id"]]
        assert kind == kinds[item["type"]]
        assert _plain(fields["author"]) == item["author"][0]["literal"]
        assert _plain(fields["title"]) == item["title"]
        # URLs are not escaped, because packages such as url print them verbatim.
        assert fields.get("url") == item.get("URL")
        assert fields.get("pages") == item.get("page")
        if "issued" in item:
            year, month, _ = item["issued"]["date-parts"][0]
            assert fields["year"] == str(year)
            assert fields["month"] == MONTHS[month - 1]
        if "note" in item:
            assert item["note"] in _plain(fields["note"])


@given(st.text(st.sampled_from(list("ab&%$#_{}~^\\ é路")), max_size=12))
def test_any_text_survives_tex(text: str) -> None:
    assert _plain(_tex(text)) == text


def test_a_name_with_special_characters_of_tex_is_escaped() -> None:
    name = "A & B 100% #1_{x, 50$ é"
    odd = attrs.evolve(nm.markets(year=2021)[0], name_as_listed=name)
    ((_, fields),) = _read_bibtex(nm.cite(odd, "bibtex")).values()
    assert fields["title"] == r"{A \& B 100\% \#1\_\textbraceleft{}x, 50\$ é}"
    assert _plain(fields["title"]) == name


@pytest.mark.filterwarnings("ignore")
def test_a_citation_processor_formats_the_items() -> None:
    import citeproc
    from citeproc.source.json import CiteProcJSON

    items = [nm.cite(cited, "csl-json") for cited in CITABLE]
    source = CiteProcJSON(json.loads(json.dumps(items)))
    style = citeproc.CitationStylesStyle("harvard-cite-them-right", validate=False)
    bibliography = citeproc.CitationStylesBibliography(style, source, citeproc.formatter.plain)
    for item in items:
        bibliography.register(citeproc.Citation([citeproc.CitationItem(item["id"])]))
    texts = list(map(str, bibliography.bibliography()))
    assert len(texts) == len({item["id"] for item in items})
    assert f"{USTR} (2012) Out-of-Cycle Review of Notorious Markets. {USTR}." in texts
    url = nm.edition(2021).report_url
    assert (
        f"{USTR} (2022) “ALIEXPRESS”, 2021 Review of Notorious Markets for Counterfeiting and Piracy. {USTR}, p. 18. "
        f"Available at: {url}."
    ) in texts
