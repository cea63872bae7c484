"""Descriptions of the dataset and its tables for other programs: Data Package and schema.org."""

from __future__ import annotations

import json
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Literal

from .._packaged import read_text
from .._store import DATASET
from ..about import CREATOR, DATA_VERSION, PACKAGE_URL, PUBLISHER, PUBLISHER_URL, TITLE, __version__
from ..models import Edition

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .selection import Selection

CELL_LIST_SEPARATOR = "; "
"""Joins the values of a list in a single cell of CSV or Excel."""

_MEDIA_TYPES = {"csv": "text/csv", "json": "application/json", "jsonl": "application/jsonl"}


@lru_cache
def descriptor() -> dict[str, Any]:
    """Return the Data Package descriptor of the built tables, with an extra key `tables` that maps names to resources."""
    built: dict[str, Any] = json.loads(read_text("data/datapackage.json"))
    return {**built, "tables": {resource["name"]: resource for resource in built["resources"]}}


def licences(tables: Iterable[str]) -> list[dict[str, str]]:
    """Return the licences of some tables, each once, as Data Package describes them."""
    dataset = descriptor()
    found = [licence for table in tables for licence in dataset["tables"][table]["licenses"]]
    return [licence for licence in dataset["licenses"] if licence in found]


def data_package(format_: Literal["csv", "json", "jsonl"], selection: Selection, name: str, content: bytes) -> bytes:
    """Return a Data Package that describes a file with one table.

    Args:
        format_: The format of the file.
        selection: The rows in the file. It has exactly one table.
        name: The name of the file.
        content: The content of the file.
    """
    dataset = descriptor()
    (table_name,) = selection.tables
    table = dataset["tables"][table_name]
    fields = table["schema"]["fields"]
    if format_ == "csv":
        fields = [_joined_list(field) if field["type"] == "array" else field for field in fields]
    resource = {
        "name": table_name,
        "title": table["title"],
        "description": f"{table['description']} Listings: {selection}.",
        "path": name,
        "type": "table",
        "format": format_,
        "mediatype": _MEDIA_TYPES[format_],
        "encoding": "utf-8",
        "bytes": len(content),
        "hash": f"sha256:{sha256(content).hexdigest()}",
        "licenses": table["licenses"],
        "schema": {"fields": fields, "missingValues": [""], "primaryKey": table["schema"]["primaryKey"]},
    }
    package = {key: dataset[key] for key in ("$schema", "name", "title", "description", "homepage", "version", "created")}
    return json_document({**package, "licenses": table["licenses"], "resources": [resource]})


def _joined_list(field: dict[str, Any]) -> dict[str, Any]:
    return {**field, "type": "list", "delimiter": CELL_LIST_SEPARATOR, "itemType": "string"}


def json_ld() -> bytes:
    """Return the dataset as a schema.org/Dataset in JSON-LD.

    The document contains its context, so programs can read it without network access.
    """
    dataset = descriptor()
    editions = DATASET.rows(Edition)
    publisher = {"@type": "GovernmentOrganization", "name": PUBLISHER, "url": PUBLISHER_URL}
    creator = {"@type": "Organization", "name": CREATOR}
    tables = [
        {
            "@type": "Dataset",
            "name": table["name"],
            "description": f"{table['title']}. {table['description']} {dataset['description']}",
            "license": [licence["path"] for licence in table["licenses"]],
            "creator": creator,
            "variableMeasured": [
                {"@type": "PropertyValue", "name": field["name"], "description": field["description"]}
                for field in table["schema"]["fields"]
            ],
        }
        for table in dataset["resources"]
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
    return json_document(
        {
            "@context": {"@vocab": "https://schema.org/"},
            "@type": "Dataset",
            "@id": PACKAGE_URL,
            "name": TITLE,
            "alternateName": dataset["title"],
            "description": dataset["description"],
            "identifier": f"{PACKAGE_URL}@{__version__}",
            "license": [licence["path"] for licence in dataset["licenses"]],
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


def json_document(value: dict[str, Any]) -> bytes:
    """Return a value as UTF-8 JSON with an indent of two spaces and a final line feed. Keys keep their order."""
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()
