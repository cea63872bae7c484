"""Markets as FollowTheMoney entities, for tools that match names, countries and web addresses.

Each market is a `LegalEntity`, the most general schema that matching tools compare. FollowTheMoney uses it for anything
that may be a person, an organisation or a company. Entities have no topics and no `Sanction` or `Risk`, because a listing
is neither. The listings are in `notes`, and the caution is in `summary`.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ..about import CAUTION, CREATOR, DATA_VERSION, GEONAMES
from ..errors import library
from ..names.forms import name_key
from .descriptions import descriptor, json_document, licences

if TYPE_CHECKING:
    from ..models import Listing, Market
    from .selection import Selection

_DATASET_NAME = "notorious_markets"
_SCHEMA = "LegalEntity"


def write_ftm(selection: Selection) -> bytes:
    """Return the markets of the listings as JSON Lines, one entity per line.

    Raises:
        MissingExtra: The library followthemoney is not installed.
    """
    model = library("followthemoney", "ftm").model
    listings: dict[str, list[Listing]] = {}
    for listing in selection.listings:
        for market in listing.markets:
            listings.setdefault(market.market_id, []).append(listing)
    lines = [
        json.dumps(_entity(model, market, listings[market.market_id]), ensure_ascii=False, sort_keys=True)
        for market in selection.markets()
    ]
    return "".join(f"{line}\n" for line in lines).encode()


def _entity(model: Any, market: Market, listings: list[Listing]) -> dict[str, Any]:
    entity = model.make_entity(_SCHEMA)
    entity.id = f"notorious-markets-{market.market_id}"
    # The heading of a listing with several markets is not the name of any of them.
    headings = [listing.name_as_listed for listing in listings if not listing.further_market_ids]
    names = {name_key(name): name for name in [*headings, *market.aliases, market.name] if name}
    address = dict.fromkeys(filter(None, [market.locality, market.region]))
    sources = {citation.source.url for listing in listings for citation in listing.citations if citation.field == "listing"}
    reports = {listing.edition.report_url for listing in listings if listing.edition.report_url}
    values: dict[str, Any] = {
        "name": market.name,
        "alias": [name for key, name in names.items() if key != name_key(market.name)],
        "country": market.country,
        "address": ", ".join(address) or None,
        "website": [f"https://{row.domain}/" for row in market.domains if row.role == "own"],
        "sector": market.category or f"{market.kind} market",
        "keywords": "USTR Notorious Markets List",
        "summary": f"{market.kind.capitalize()} market in the USTR Notorious Markets List. {CAUTION}",
        "notes": [_note(listing) for listing in listings],
        "sourceUrl": list(sources | reports),
    }
    for name, value in values.items():
        entity.add(name, value)
    properties = {name: sorted(texts) for name, texts in entity.to_dict()["properties"].items()}
    return {"id": entity.id, "schema": _SCHEMA, "caption": market.name, "datasets": [_DATASET_NAME], "properties": properties}


def _note(listing: Listing) -> str:
    edition = listing.edition
    page = "" if listing.page is None else f", page {listing.page}"
    name = listing.name_as_listed or "the name in the report is not known"
    return f"Review year {listing.year}: {name}{page}, grade {listing.grade}, in {edition.title}, released {edition.released}"


def ftm_dataset(selection: Selection, name: str, content: bytes) -> bytes:
    """Return the FollowTheMoney dataset that describes a file of entities.

    Args:
        selection: The rows in the file.
        name: The name of the file.
        content: The content of the file.
    """
    dataset = descriptor()
    return json_document(
        {
            "name": _DATASET_NAME,
            "title": dataset["title"],
            "summary": CAUTION,
            "description": f"{dataset['description']} {GEONAMES} Listings: {selection}.",
            "version": DATA_VERSION,
            "entity_count": content.count(b"\n"),
            "thing_count": content.count(b"\n"),
            # There is room for one licence, and the regions in addresses have the stricter one.
            "license": licences(["markets"])[-1]["path"],
            "publisher": {"name": CREATOR, "official": False},
            "resources": [{"name": name, "mime_type": "application/json+ftm", "size": len(content)}],
        }
    )
