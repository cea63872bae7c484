"""How to cite the dataset, an edition of the list, or a listing."""

from __future__ import annotations

import re
from typing import Any, Literal, cast, get_args, overload

from ._filters import is_whole
from .about import CREATOR, DATA_VERSION, PUBLISHER, TITLE, __version__
from .errors import UnknownValue
from .models import Edition, Listing, Market
from .query import edition, editions

CitationStyle = Literal["apa", "bibtex", "csl-json"]

# Their first three letters, in lower case, are what every BibTeX style defines.
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_TEX = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    # BibTeX counts braces even after a backslash.
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
    **{mark: f"\\{mark}" for mark in "&%$#_"},
}


@overload
def cite(what: int | Edition | Listing | None = None, style: Literal["apa", "bibtex"] = "apa") -> str: ...
@overload
def cite(what: int | Edition | Listing | None = None, *, style: Literal["csl-json"]) -> dict[str, Any]: ...
@overload
def cite(what: int | Edition | Listing | None, style: Literal["csl-json"]) -> dict[str, Any]: ...
def cite(what: int | Edition | Listing | None = None, style: CitationStyle = "apa") -> str | dict[str, Any]:
    """A citation of the dataset, of an edition of the list, or of one listing.

    That of the dataset names the version of the data and of the package. That of an edition is the report itself, by
    its title and its year of release; an address stands in it only where a source gives that of the report. That of a
    listing is its place in the report, with the page where it is known, and says by which data; in brackets is what the
    report is not known to print. Neither the package nor a report has a DOI, so there is none. A listing reflects reports
    to USTR and is no finding of a violation of law.

    Args:
        what: Nothing for the dataset, an edition or its review year, or a listing.
        style: `"apa"`: plain text after APA 7, the titles of reports in sentence case, and the day of release where two
            reports of one year have one title. `"bibtex"`: an entry in UTF-8, with the marks that
            TeX reads escaped everywhere but in `url`. `"csl-json"`: one item as a dictionary, as Zotero, pandoc and
            citation processors read it in a JSON array.

    Raises:
        UnknownValue: There is no such edition or style.
        TypeError: `what` is none of these.

    >>> import notorious_markets as nm
    >>> print(nm.cite(2020))
    Office of the United States Trade Representative. (2021). 2020 review of notorious markets for counterfeiting and piracy.
    """
    if style not in get_args(CitationStyle):
        raise UnknownValue("style", style, get_args(CitationStyle))
    item = _item(what)
    if style == "csl-json":
        return item
    return _apa(item) if style == "apa" else _bibtex(item)


def _item(what: object) -> dict[str, Any]:
    """The citation as an item of CSL-JSON, from which the other styles are made."""
    if what is None:
        return {
            "id": "notorious-markets",
            "type": "dataset",
            "author": [{"literal": CREATOR}],
            "title": TITLE,
            "version": DATA_VERSION,
            "note": f"Data version {DATA_VERSION}, package version {__version__}",
        }
    if isinstance(what, int) or is_whole(what):
        what = edition(cast("int", what))
    if isinstance(what, Edition):
        return _report(what)
    if not isinstance(what, Listing):
        hint = "; a market has a listing in each edition that names it: market.listings" if isinstance(what, Market) else ""
        raise TypeError(f"what must be a review year, an Edition, a Listing or None, not {type(what).__name__}{hint}")
    market = what.market
    report = _report(what.edition)
    number = f"listing {what.listing_no} of {what.year}"
    return {
        **report,
        "id": f"{report['id']}-{what.listing_no}",
        "type": "chapter",
        "title": what.name_as_listed or f"[{market.name if market else f'Unidentified, {number}'}]",
        "container-title": report["title"],
        **({} if what.page is None else {"page": str(what.page)}),
        "note": f"As recorded in notorious_markets, data version {DATA_VERSION}, {number}, grade {what.grade}",
    }


def _report(what: Edition) -> dict[str, Any]:
    released = what.released
    return {
        "id": f"ustr-notorious-markets-{what.year}",
        "type": "report",
        "author": [{"literal": PUBLISHER}],
        "issued": {"date-parts": [[released.year, released.month, released.day]]},
        "title": what.title,
        "publisher": PUBLISHER,
        **({} if what.report_url is None else {"URL": what.report_url}),
    }


def _apa(item: dict[str, Any]) -> str:
    # The author is the publisher, which APA does not name twice.
    parts = [item["author"][0]["literal"], f"({_apa_date(item)})"]
    if item["type"] == "dataset":
        return f"{' '.join(f'{part}.' for part in parts)} {item['title']} ({item['note']}) [Data set]."
    if item["type"] == "chapter":
        page = f" (p. {item['page']})" if "page" in item else ""
        parts += [item["title"], f"In {item['container-title'].capitalize()}{page}"]
    else:
        parts.append(item["title"].capitalize())
    text = " ".join(f"{part}." for part in parts)
    if "URL" in item:
        text += f" {item['URL']}"
    return f"{text} ({item['note']})" if "note" in item else text


def _apa_date(item: dict[str, Any]) -> str:
    if "issued" not in item:
        return "n.d."
    year, month, day = item["issued"]["date-parts"][0]
    title = item.get("container-title", item["title"])
    alike = [row for row in editions() if (row.title, row.released.year) == (title, year)]
    return str(year) if len(alike) == 1 else f"{year}, {_MONTHS[month - 1]} {day}"


def _bibtex(item: dict[str, Any]) -> str:
    # Double braces keep the names of institutions in one piece, and capitals as they are.
    author = f"{{{_tex(item['author'][0]['literal'])}}}"
    fields = {"author": author, "title": f"{{{_tex(item['title'])}}}"}
    if item["type"] == "dataset":
        kind = "misc"
        fields["note"] = _tex(f"{item['note']} [Data set]")
    elif item["type"] == "chapter":
        kind = "incollection"
        fields |= {"booktitle": f"{{{_tex(item['container-title'])}}}", "publisher": author}
        fields |= {"pages": item["page"]} if "page" in item else {}
        fields["note"] = _tex(item["note"])
    else:
        kind = "techreport"
        fields["institution"] = author
    if "issued" in item:
        year, month, _ = item["issued"]["date-parts"][0]
        fields |= {"year": str(year), "month": _MONTHS[month - 1][:3].lower()}
    if "URL" in item:
        fields["url"] = item["URL"]
    lines = [f"  {name} = {value if name == 'month' else f'{{{value}}}'}" for name, value in fields.items()]
    return f"@{kind}{{{item['id']},\n" + ",\n".join(lines) + "\n}\n"


def _tex(text: str) -> str:
    return re.sub(r"[\\~^&%$#_{}]", lambda mark: _TEX[mark.group()], text)
