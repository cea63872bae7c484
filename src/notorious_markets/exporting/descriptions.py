"""The dataset and its tables in words that other programs read: Data Package and schema.org."""

from __future__ import annotations

import json
from functools import lru_cache
from hashlib import sha256
from typing import Any

from .._packaged import read_text
from .._store import DATASET
from ..about import CREATOR, DATA_VERSION, PACKAGE_URL, PUBLISHER, PUBLISHER_URL, TITLE, __version__
from ..models import Edition

LIST_DELIMITER = "; "


@lru_cache
def descriptor() -> dict[str, Any]:
    """The Data Package descriptor of the built tables, with every table keyed by its name under `tables`."""
    built: dict[str, Any] = json.loads(read_text("notorious_markets.data", "datapackage.json"))
    return {**built, "tables": {resource["name"]: resource for resource in built["resources"]}}


def data_package(table: str, listings: str, name: str, content: bytes, *, format_: str, mediatype: str) -> bytes:
    """A Data Package of one file that holds one table as text; `listings` says which of them the rows belong to."""
    about = descriptor()
    built = about["tables"][table]
    fields = [_listed(field) if format_ == "csv" and field["type"] == "array" else field for field in built["schema"]["fields"]]
    resource = {
        "name": table,
        "title": built["title"],
        "description": f"{built['description']} Listings: {listings}.",
        "path": name,
        "type": "table",
        "format": format_,
        "mediatype": mediatype,
        "encoding": "utf-8",
        "bytes": len(content),
        "hash": f"sha256:{sha256(content).hexdigest()}",
        "schema": {"fields": fields, "missingValues": [""], "primaryKey": built["schema"]["primaryKey"]},
    }
    kept = {key: about[key] for key in ("$schema", "name", "title", "description", "homepage", "version", "licenses")}
    return document({**kept, "resources": [resource]})


def _listed(field: dict[str, Any]) -> dict[str, Any]:
    return {**field, "type": "list", "delimiter": LIST_DELIMITER, "itemType": "string"}


def json_ld() -> bytes:
    """The dataset as a schema.org/Dataset.

    The context is written out, so that reading the document needs no network.
    """
    about, editions = descriptor(), DATASET.rows(Edition)
    publisher = {"@type": "GovernmentOrganization", "name": PUBLISHER, "url": PUBLISHER_URL}
    licence = about["licenses"][0]["path"]
    creator = {"@type": "Organization", "name": CREATOR}
    tables = [
        {
            "@type": "Dataset",
            "name": table["name"],
            "description": f"{table['title']}. {table['description']} {about['description']}",
            "license": licence,
            "creator": creator,
            "variableMeasured": [
                {"@type": "PropertyValue", "name": field["name"], "description": field["description"]}
                for field in table["schema"]["fields"]
            ],
        }
        for table in about["resources"]
    ]
    reports = [
        {
            "@type": "Report",
            "name": edition.title,
            "datePublished": edition.released.isoformat(),
            "author": publisher,
            **({"url": edition.report_url} if edition.report_url else {}),
        }
        for edition in editions
    ]
    return document(
        {
            "@context": {"@vocab": "https://schema.org/"},
            "@type": "Dataset",
            "@id": PACKAGE_URL,
            "name": TITLE,
            "alternateName": about["title"],
            "description": about["description"],
            "identifier": f"{PACKAGE_URL}@{__version__}",
            "license": licence,
            "version": DATA_VERSION,
            "isAccessibleForFree": True,
            "inLanguage": "en",
            "keywords": ["counterfeiting", "copyright piracy", "notorious markets", "Special 301", "USTR"],
            "creator": creator,
            "temporalCoverage": f"{editions[0].year}/{editions[-1].year}",
            "variableMeasured": next(table["variableMeasured"] for table in tables if table["name"] == "listings"),
            "hasPart": tables,
            "isBasedOn": reports,
            "distribution": [
                {
                    "@type": "DataDownload",
                    "name": f"notorious_markets {__version__}, a Python package that holds the tables as Parquet files",
                    "encodingFormat": "application/vnd.apache.parquet",
                    "identifier": f"{PACKAGE_URL}@{__version__}",
                }
            ],
        }
    )


def document(value: dict[str, Any]) -> bytes:
    """JSON with its keys in the order given, two spaces deep, and a line feed at the end."""
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()
