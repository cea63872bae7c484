"""The descriptions of the built files for other programs: Data Package and Croissant."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any

from notorious_markets.about import CREATOR, TITLE
from tools.schema import Schema

_CROISSANT_TYPES = {"integer": "sc:Integer", "number": "sc:Float", "boolean": "sc:Boolean", "date": "sc:Date"}
# From the specification of Croissant 1.0, with the names that its validator knows.
_CROISSANT_CONTEXT = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "sc": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "dct": "http://purl.org/dc/terms/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}


def data_package(schema: Schema, files: dict[str, bytes]) -> bytes:
    """Return the Data Package descriptor of the built tables.

    Args:
        schema: The schema of the tables.
        files: The content of each Parquet file by its name.
    """
    head = {name: value for name, value in schema.descriptor.items() if name != "schema_version"}
    resources = []
    for table in schema.tables:
        path = f"{table.name}.parquet"
        resources.append(
            {
                "name": table.name,
                "title": table.title,
                "description": table.description,
                "path": path,
                "type": "table",
                "format": "parquet",
                "mediatype": "application/vnd.apache.parquet",
                "bytes": len(files[path]),
                "hash": f"sha256:{sha256(files[path]).hexdigest()}",
                "licenses": list(table.licences),
                "schema": {
                    "fields": [column.descriptor() for column in table.columns],
                    "primaryKey": list(table.primary_key),
                    "foreignKeys": [
                        {"fields": [column.name], "reference": {"resource": column.references, "fields": [column.name]}}
                        for column in table.columns
                        if column.references
                    ],
                },
            }
        )
    return _json({"$schema": "https://datapackage.org/profiles/2.0/datapackage.json", **head, "resources": resources})


def croissant(schema: Schema, files: dict[str, bytes]) -> bytes:
    """Return the Croissant description of the built tables; see `data_package` for the arguments."""
    distribution, record_sets = [], []
    for table in schema.tables:
        path = f"{table.name}.parquet"
        distribution.append(
            {
                "@type": "cr:FileObject",
                "@id": path,
                "name": path,
                "contentUrl": path,
                "encodingFormat": "application/x-parquet",
                "contentSize": f"{len(files[path])} B",
                "sha256": sha256(files[path]).hexdigest(),
            }
        )
        fields = [
            {
                "@type": "cr:Field",
                "@id": f"{table.name}/{column.name}",
                "name": column.name,
                "description": column.description,
                "dataType": _CROISSANT_TYPES.get(column.type, "sc:Text"),
                **({"repeated": True} if column.type == "list" else {}),
                "source": {"fileObject": {"@id": path}, "extract": {"column": column.name}},
            }
            for column in table.columns
        ]
        record_sets.append(
            {
                "@type": "cr:RecordSet",
                "@id": table.name,
                "name": table.name,
                "description": table.description,
                "key": [{"@id": f"{table.name}/{name}"} for name in table.primary_key],
                "field": fields,
            }
        )
    return _json(
        {
            "@context": _CROISSANT_CONTEXT,
            "@type": "sc:Dataset",
            "conformsTo": "http://mlcommons.org/croissant/1.0",
            "name": schema.descriptor["name"],
            "description": schema.descriptor["description"],
            "url": schema.descriptor["homepage"],
            "citeAs": f"{CREATOR} ({schema.created.year}). {TITLE}. Data version {schema.data_version}.",
            "datePublished": schema.created.isoformat(),
            "license": [licence["path"] for licence in schema.descriptor["licenses"]],
            # Croissant asks for a semantic version.
            "version": f"{schema.data_version}.0",
            "distribution": distribution,
            "recordSet": record_sets,
        }
    )


def _json(document: dict[str, Any]) -> bytes:
    return f"{json.dumps(document, indent=2, ensure_ascii=False)}\n".encode()
