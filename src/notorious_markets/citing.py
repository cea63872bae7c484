"""Citations of the dataset, of editions of the list, and of listings."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Literal, cast, get_args, overload

from ._filters import is_whole
from .about import CREATOR, DATA_VERSION, PUBLISHER, TITLE, __version__
from .errors import UnknownValue
from .models import Edition, Listing, Market
from .query import edition, editions

if TYPE_CHECKING:
    from .vocabularies import Year

CitationStyle = Literal["apa", "bibtex", "csl-json"]

# The first three letters in lower case are the month names that BibTeX styles define. `calendar.month_name` would depend on
# the locale.
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_TEX = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    # BibTeX counts braces even if they are escaped by a backslash.
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
    **{character: f"\\{character}" for character in "&%$#_"},
}


@overload
def cite(what: Year | Edition | Listing | None = None, style: Literal["apa", "bibtex"] = "apa") -> str: ...
@overload
def cite(what: Year | Edition | Listing | None = None, *, style: Literal["csl-json"]) -> dict[str, Any]: ...
@overload
def cite(what: Year | Edition | Listing | None, style: Literal["csl-json"]) -> dict[str, Any]: ...
def cite(what: Year | Edition | Listing | None = None, style: CitationStyle = "apa") -> str | dict[str, Any]:
    """Return a citation of the dataset, of an edition of the list, or of a listing.

    The citation of the dataset names the versions of the data and of the package. The citation of an edition refers to the
    report by its title and year of release, and includes a URL only if a source states the URL of the report. The citation
    of a listing refers to its entry in the report, with the page if it is known, and names the version of the data. A title
    in brackets is not known to be printed in the report. Citations have no DOI, because neither the package nor the reports
    have one. A listing reflects reports to USTR; it is not a finding of a violation of law.

    Args:
        what: `None` for the dataset, an edition or its review year, or a listing.
        style: `"apa"` returns plain text in APA style, 7th edition. Titles of reports are in sentence case, and the full date
            of release distinguishes reports with the same title and year. `"bibtex"` returns an entry in UTF-8, with the
            special characters of TeX escaped except in `url`. `"csl-json"` returns one item as a dictionary. Zotero, pandoc
            and citation processors read such items in a JSON array.

    Raises:
        UnknownValue: The edition or the style does not exist.
        TypeError: `what` has another type.

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
    """Return the citation as a CSL-JSON item. The other styles are derived from it."""
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
        hint = "; cite one of its listings, which are in market.listings" if isinstance(what, Market) else ""
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


def _report(edition: Edition) -> dict[str, Any]:
    released = edition.released
    return {
        "id": f"ustr-notorious-markets-{edition.year}",
        "type": "report",
        "author": [{"literal": PUBLISHER}],
        "issued": {"date-parts": [[released.year, released.month, released.day]]},
        "title": edition.title,
        "publisher": PUBLISHER,
        **({} if edition.report_url is None else {"URL": edition.report_url}),
    }


def _apa(item: dict[str, Any]) -> str:
    # APA omits the publisher if it is also the author.
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
    same = [row for row in editions() if (row.title, row.released.year) == (title, year)]
    return str(year) if len(same) == 1 else f"{year}, {_MONTHS[month - 1]} {day}"


def _bibtex(item: dict[str, Any]) -> str:
    # The second pair of braces keeps the name of an institution together and preserves capital letters.
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
    """Escape the special characters of TeX."""
    return re.sub(r"[\\~^&%$#_{}]", lambda match: _TEX[match.group()], text)
