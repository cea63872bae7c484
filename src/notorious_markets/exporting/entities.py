"""Markets as FollowTheMoney entities, for the tools that match names, countries and addresses on the web.

Each market is a `LegalEntity`, the loosest schema that matching tools compare: it is what FollowTheMoney uses where the
data do not say whether something is a person, an organisation or a company. No topic, `Sanction` or `Risk` goes with it,
because a listing is neither: it stands as a note, beside the caution.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ..about import CAUTION, CREATOR, DATA_VERSION
from ..errors import library
from ..names.forms import name_key
from .descriptions import descriptor, document

if TYPE_CHECKING:
    from ..models import Listing, Market
    from .selection import Selection

DATASET_NAME = "notorious_markets"
SCHEMA = "LegalEntity"


def write_ftm(selection: Selection) -> bytes:
    """One entity a line for each market to which the listings lead.

    Raises:
        MissingExtra: followthemoney is not installed.
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
    entity = model.make_entity(SCHEMA)
    entity.id = f"notorious-markets-{market.market_id}"
    # A heading of several markets is the name of none of them.
    printed = [listing.name_as_listed for listing in listings if not listing.further_market_ids]
    names = {name_key(name): name for name in [*printed, *market.aliases, market.name] if name}
    place = dict.fromkeys(filter(None, [market.locality, market.region]))
    sources = {citation.source.url for listing in listings for citation in listing.citations if citation.field == "listing"}
    reports = {listing.edition.report_url for listing in listings if listing.edition.report_url}
    values: dict[str, Any] = {
        "name": market.name,
        "alias": [name for key, name in names.items() if key != name_key(market.name)],
        "country": market.country,
        "address": ", ".join(place) or None,
        "website": [f"https://{row.domain}/" for row in market.domains],
        "sector": market.category or f"{market.kind} market",
        "keywords": "USTR Notorious Markets List",
        "summary": f"{market.kind.capitalize()} market in the USTR Notorious Markets List. {CAUTION}",
        "notes": [_note(listing) for listing in listings],
        "sourceUrl": sorted(sources | reports),
    }
    for name, value in values.items():
        entity.add(name, value)
    properties = {name: sorted(held) for name, held in entity.to_dict()["properties"].items()}
    return {"id": entity.id, "schema": SCHEMA, "caption": market.name, "datasets": [DATASET_NAME], "properties": properties}


def _note(listing: Listing) -> str:
    edition = listing.edition
    page = "" if listing.page is None else f", page {listing.page}"
    name = listing.name_as_listed or "the name in the report is not known"
    return f"Review year {listing.year}: {name}{page}, grade {listing.grade}, in {edition.title}, released {edition.released}"


def ftm_dataset(selection: Selection, name: str, content: bytes) -> bytes:
    """What stands beside the entities: the description of the dataset as FollowTheMoney has it."""
    about = descriptor()
    return document(
        {
            "name": DATASET_NAME,
            "title": about["title"],
            "summary": CAUTION,
            "description": f"{about['description']} Listings: {selection}.",
            "version": DATA_VERSION,
            "entity_count": content.count(b"\n"),
            "thing_count": content.count(b"\n"),
            "license": about["licenses"][0]["path"],
            "publisher": {"name": CREATOR, "official": False},
            "resources": [{"name": name, "mime_type": "application/json+ftm", "size": len(content)}],
        }
    )
