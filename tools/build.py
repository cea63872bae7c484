"""Compile the facts in `data/` into the files of the package: `python -m tools.build`."""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import shutil
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from tools import inference, pages, rules
from tools.facts import FACTS, ROOT, Column, Contract, Facts, Refused, Row, Table, contract, read, write_whole

BUILT = ROOT / "src" / "notorious_markets" / "data"
PAGES = ROOT / "docs" / "data"

_ARROW_TYPES: dict[str, pa.DataType] = {
    "string": pa.string(),
    "integer": pa.int16(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "list": pa.list_(pa.string()),
}


def derive(facts: Facts) -> None:
    """Add what follows from the facts: inferred listings, derived columns of the markets, domains and coverage."""
    inference.infer(facts)
    by_market: dict[str, list[Row]] = {market["market_id"]: [] for market in facts["markets"]}
    for listing in sorted(facts["listings"], key=lambda row: int(row["year"])):
        for market_id in inference.market_ids(listing):
            by_market[market_id].append(listing)
    citations: dict[tuple[int, int, str], list[Row]] = {}
    for citation in facts["citations"]:
        citations.setdefault((citation["year"], citation["listing_no"], citation["field"]), []).append(citation)

    # An alias that is the id or the name of another market would lead astray: the source named the operator, say.
    names_of_others = {market["market_id"] for market in facts["markets"]} | {
        market["name"].casefold() for market in facts["markets"]
    }
    # A heading that stands for several markets is the name of none.
    headings = Counter((row["year"], row["name_as_listed"]) for row in facts["listings"])
    shared = {
        (row["year"], row["name_as_listed"]): bool(row["further_market_ids"]) or headings[row["year"], row["name_as_listed"]] > 1
        for row in facts["listings"]
    }
    places = {(place["country"], place["locality"]): place for place in facts["places"]}
    domains: dict[tuple[str, str], Row] = {}
    for market in facts["markets"]:
        printed: dict[str, str] = {}
        for listing in by_market[market["market_id"]]:
            key = listing["year"], listing["listing_no"]
            for column in ("country", "locality", "operator", "category"):
                # What a combined heading says of the first market need not be true of the others.
                if listing["market_id"] == market["market_id"] or column == "country":
                    market[column] = listing[column] or market.get(column)
            if listing["name_as_listed"] and not shared[listing["year"], listing["name_as_listed"]]:
                names = [listing["name_as_listed"], *(citation["as_sourced"] for citation in citations[(*key, "listing")])]
                printed.update((name.casefold(), name) for name in reversed(names) if name)
            for domain in listing["domains"]:
                if market["market_id"] != _owner(domain, listing):
                    continue
                row = domains.setdefault(
                    (market["market_id"], domain),
                    Row(
                        market_id=market["market_id"],
                        domain=domain,
                        first_year=listing["year"],
                        match_rule="domain",
                        source_ids=[],
                    ),
                )
                row["last_year"] = listing["year"]
                for citation in citations[(*key, "domains")]:
                    if domain in citation["as_sourced"].casefold().split() and citation["source_id"] not in row["source_ids"]:
                        row["source_ids"].append(citation["source_id"])
        place = places.get((market.get("country"), market.get("locality")), Row())
        market.update({column: place.get(column) for column in ("region", "latitude", "longitude")})
        for name in names_of_others - {market["market_id"]} | {market["name"].casefold()}:
            printed.pop(name, None)
        market["aliases"] = sorted(printed.values(), key=str.casefold)
    facts["domains"] = list(domains.values())

    grades = ("primary", "secondary", "inferred", "unidentified")
    counts = Counter((row["year"], row["kind"], row["grade"]) for row in facts["listings"])
    facts["coverage"] = []
    for edition in facts["editions"]:
        for kind in ("online", "physical"):
            by_grade = {grade: counts[edition["year"], kind, grade] for grade in grades}
            row = Row(year=edition["year"], kind=kind, announced=edition[f"{kind}_total"], listings=sum(by_grade.values()))
            facts["coverage"].append(Row(row | by_grade))


def _owner(domain: str, listing: Row) -> str:
    """The market to which a domain of a listing belongs: of several, the one whose id it resembles, else the first."""
    squeezed = "".join(filter(str.isalnum, domain))
    owners = [name for name in inference.market_ids(listing) if "".join(filter(str.isalnum, name)) in squeezed]
    return owners[0] if owners else str(listing["market_id"])


def arrow_table(schema: Contract, table: Table, facts: Facts) -> pa.Table:
    """The rows of a table in key order, with the meaning of each column in the schema."""
    fields = [
        pa.field(column.name, _ARROW_TYPES[column.type], not column.required, {"description": column.description})
        for column in table.columns
    ]
    about: dict[bytes | str, bytes | str] = {
        "title": table.title,
        "description": table.description,
        "data_version": schema.data_version,
        "schema_version": str(schema.descriptor["schema_version"]),
        "licence": str(schema.descriptor["licenses"][0]["name"]),
    }
    rows = sorted(facts[table.name], key=lambda row: tuple(row[name] for name in table.primary_key))
    names = [column.name for column in table.columns]
    return pa.Table.from_pylist([{name: row.get(name) for name in names} for row in rows], pa.schema(fields, about))


def parquet(table: pa.Table) -> bytes:
    """The table as one Parquet row group."""
    out = io.BytesIO()
    pq.write_table(table, out, compression="zstd", compression_level=19, row_group_size=max(len(table), 1))
    return out.getvalue()


def datapackage(schema: Contract, files: dict[str, bytes]) -> dict[str, Any]:
    """The Data Package descriptor of the built files."""
    head = {name: value for name, value in schema.descriptor.items() if name != "schema_version"}
    return {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        **head,
        "resources": [
            {
                "name": table.name,
                "title": table.title,
                "description": table.description,
                "path": f"{table.name}.parquet",
                "type": "table",
                "format": "parquet",
                "mediatype": "application/vnd.apache.parquet",
                "bytes": len(files[f"{table.name}.parquet"]),
                "hash": f"sha256:{_sha256(files[f'{table.name}.parquet'])}",
                "schema": {
                    "fields": [_built_field(column) for column in table.columns],
                    "primaryKey": list(table.primary_key),
                    "foreignKeys": [
                        {"fields": [column.name], "reference": {"resource": column.references, "fields": [column.name]}}
                        for column in table.columns
                        if column.references
                    ],
                },
            }
            for table in schema.tables
        ],
    }


def _built_field(column: Column) -> dict[str, Any]:
    # A Parquet list is an array; the delimiter belongs to the text form.
    field = column.descriptor()
    return field | {"type": "array"} if field.pop("delimiter", None) else field


def croissant(schema: Contract, files: dict[str, bytes]) -> dict[str, Any]:
    """The Croissant description of the built files."""
    types = {"integer": "sc:Integer", "number": "sc:Float", "boolean": "sc:Boolean", "date": "sc:Date"}
    context = {
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
        "separator": "cr:separator",
        "source": "cr:source",
        "subField": "cr:subField",
        "transform": "cr:transform",
    }
    return {
        "@context": context,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": schema.descriptor["name"],
        "description": schema.descriptor["description"].strip(),
        "url": schema.descriptor["homepage"],
        "license": schema.descriptor["licenses"][0]["path"],
        "version": f"{schema.data_version}.0",
        "distribution": [
            {
                "@type": "cr:FileObject",
                "@id": f"{table.name}.parquet",
                "name": f"{table.name}.parquet",
                "contentUrl": f"{table.name}.parquet",
                "encodingFormat": "application/x-parquet",
                "contentSize": f"{len(files[f'{table.name}.parquet'])} B",
                "sha256": _sha256(files[f"{table.name}.parquet"]),
            }
            for table in schema.tables
        ],
        "recordSet": [
            {
                "@type": "cr:RecordSet",
                "@id": table.name,
                "name": table.name,
                "description": table.description,
                "key": [{"@id": f"{table.name}/{name}"} for name in table.primary_key],
                "field": [
                    {
                        "@type": "cr:Field",
                        "@id": f"{table.name}/{column.name}",
                        "name": column.name,
                        "description": column.description,
                        "dataType": types.get(column.type, "sc:Text"),
                        **({"repeated": True} if column.type == "list" else {}),
                        "source": {"fileObject": {"@id": f"{table.name}.parquet"}, "extract": {"column": column.name}},
                    }
                    for column in table.columns
                ],
            }
            for table in schema.tables
        ],
    }


def index(facts: Facts) -> bytes:
    """A module that answers for one domain without Parquet: domain -> market, its editions, the sources of the domain.

    Raises:
        Refused: two markets have the same domain.
    """
    owners: dict[str, str] = {}
    for row in facts["domains"]:
        if owners.setdefault(row["domain"], row["market_id"]) != row["market_id"]:
            markets = f"{owners[row['domain']]} and {row['market_id']}"
            raise Refused([f"listings: {row['domain']}: {markets} have the same domain (one_owner_per_domain)"])
    years: dict[str, list[int]] = {}
    for listing in sorted(facts["listings"], key=lambda row: int(row["year"])):
        for market_id in inference.market_ids(listing):
            years.setdefault(market_id, []).append(listing["year"])
    entries = "".join(
        f"    {row['domain']!r}: ({row['market_id']!r}, {tuple(years[row['market_id']])!r}, {tuple(row['source_ids'])!r}),\n"
        for row in sorted(facts["domains"], key=lambda row: str(row["domain"]))
    )
    return (
        '"""The built index of domains; `python -m tools.build` writes this file."""\n\n'
        f"DOMAINS: dict[str, tuple[str, tuple[int, ...], tuple[str, ...]]] = {{\n{entries}}}\n"
    ).encode()


def compile_facts(folder: Path = FACTS) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """The files of the package and the pages of the documentation, by name.

    Raises:
        Refused: the facts break the schema or a rule.
    """
    schema = contract(folder)
    facts = read(folder)
    rules.check(schema, facts)
    trials = inference.trials(facts)
    derive(facts)
    files = {f"{table.name}.parquet": parquet(arrow_table(schema, table, facts)) for table in schema.tables}
    described = {
        "datapackage.json": datapackage(schema, files),
        "croissant.json": croissant(schema, files),
    }
    files |= {name: f"{json.dumps(content, indent=2, ensure_ascii=False)}\n".encode() for name, content in described.items()}
    files["index.py"] = index(facts)
    files["SHA256SUMS"] = "".join(f"{_sha256(content)}  {name}\n" for name, content in sorted(files.items())).encode()
    files["__init__.py"] = (
        f'"""The built data; `python -m tools.build` writes this folder."""\n\nDATA_VERSION = "{schema.data_version}"\n'
    ).encode()
    return files, pages.render(schema, facts, trials)


def replace_folder(folder: Path, files: dict[str, bytes]) -> None:
    """Put a folder with exactly these files in the place of the old one, whole or not at all."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}."))
    try:
        new, old = scratch / "new", scratch / "old"
        for name, content in files.items():
            write_whole(new / name, content)
        if folder.exists():
            folder.rename(old)
        try:
            new.rename(folder)
        except OSError:
            old.rename(folder)
            raise
    finally:
        shutil.rmtree(scratch)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def main(arguments: list[str] | None = None) -> int:
    """Build everything, or say why the facts are refused."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--facts", type=Path, default=FACTS, help="folder of the facts (default: data/)")
    parser.add_argument("--output", type=Path, default=BUILT, help="folder of the built files")
    parser.add_argument("--pages", type=Path, default=PAGES, help="folder of the generated pages")
    options = parser.parse_args(arguments)
    try:
        files, documents = compile_facts(options.facts)
    except Refused as refusal:
        print(refusal, file=sys.stderr)
        return 1
    replace_folder(options.output, files)
    replace_folder(options.pages, documents)
    for name, content in sorted(files.items()):
        print(f"{len(content):>9,} {name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
