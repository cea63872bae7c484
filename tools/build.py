"""Compile the facts in `data/` into the files of the package: `python -m tools.build`."""

from __future__ import annotations

import argparse
import io
import json
import shutil
import sys
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from notorious_markets._store import COLUMN
from notorious_markets._writing import write_files
from tools import descriptors, inference, pages, rules
from tools.derive import derive
from tools.facts import Facts, Refused, market_ids, read
from tools.schema import FACTS, ROOT, Schema, Table, read_schema

BUILT = ROOT / "src" / "notorious_markets" / "data"
# The data files of the package that other tools or people write.
FURTHER = ("notebook.css", "plot/countries.json", "screening/suffixes.txt")
PAGES = ROOT / "docs" / "data"

_ARROW_TYPES: dict[str, pa.DataType] = {
    "string": pa.string(),
    "integer": pa.int16(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "list": pa.list_(pa.string()),
}


def compile_facts(schema: Schema, facts: Facts) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """Return the files of the package and the pages of the documentation, by file name.

    The derived rows and columns are added to `facts` in place.

    Raises:
        Refused: The facts break a rule.
    """
    rules.check(schema, facts)
    trials = inference.trials(facts)
    derive(facts)
    files = {f"{table.name}.parquet": _parquet(table, _arrow_table(schema, table, facts)) for table in schema.tables}
    described = {
        "datapackage.json": descriptors.data_package(schema, files),
        "croissant.json": descriptors.croissant(schema, files),
    }
    files |= described
    files["index.json"] = _index(schema, facts)
    files["SHA256SUMS"] = "".join(f"{sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files)).encode()
    files["checksums.py"] = _checksums(files)
    files["__init__.py"] = (
        f'"""The built data; `python -m tools.build` writes this folder."""\n\nDATA_VERSION = "{schema.data_version}"\n'
    ).encode()
    return files, pages.render(schema, facts, trials)


def _arrow_table(schema: Schema, table: Table, facts: Facts) -> pa.Table:
    """Return the rows of a table in the order of their keys, with the descriptions in the metadata."""
    fields = [pa.field(column.name, _ARROW_TYPES[column.type], not column.required) for column in table.columns]
    metadata: dict[bytes | str, bytes | str] = {
        "title": table.title,
        "description": table.description,
        "data_version": schema.data_version,
        "schema_version": str(schema.descriptor["schema_version"]),
        "licence": " AND ".join(licence["name"] for licence in table.licences),
        **{f"{COLUMN}{column.name}": column.description for column in table.columns},
    }
    rows = sorted(facts[table.name], key=lambda row: tuple(row[name] for name in table.primary_key))
    names = [column.name for column in table.columns]
    return pa.Table.from_pylist([{name: row.get(name) for name in names} for row in rows], pa.schema(fields, metadata))


def _parquet(table: Table, rows: pa.Table) -> bytes:
    """Return a small Parquet file with one row group.

    The types of Parquet are those of Arrow, so the file does not contain the Arrow schema, which would repeat all metadata.
    Only columns with few different values become smaller by a dictionary.
    """
    out = io.BytesIO()
    few = [f"{column.name}.list.element" if column.type == "list" else column.name for column in table.columns if column.enum]
    options: dict[str, Any] = {"use_dictionary": few or False, "write_statistics": False, "store_schema": False}
    with pq.ParquetWriter(out, rows.schema, compression="zstd", compression_level=22, **options) as writer:
        writer.write_table(rows)
        writer.add_key_value_metadata({key.decode(): value.decode() for key, value in (rows.schema.metadata or {}).items()})
    return out.getvalue()


def _index(schema: Schema, facts: Facts) -> bytes:
    """Return a JSON file that maps each domain to what a `Match` tells, and each market to the years in which it is listed.

    With it, looking up a domain does not need Parquet.
    """
    years: dict[str, list[int]] = {}
    for listing in sorted(facts["listings"], key=lambda row: int(row["year"])):
        for market_id in market_ids(listing):
            years.setdefault(market_id, []).append(listing["year"])
    domains = {
        row["domain"]: (row["market_id"], row["source_ids"], row["role"], row["basis"], row["event"], row["event_date"])
        for row in sorted(facts["domains"], key=lambda row: str(row["domain"]))
    }
    owners = sorted({row["market_id"] for row in facts["domains"]})
    # A line for each market and each domain.
    parts = {
        "data_version": json.dumps(schema.data_version),
        "years": _object({market_id: years[market_id] for market_id in owners}),
        "domains": _object(domains),
    }
    return ("{" + ",\n".join(f"{json.dumps(name)}: {part}" for name, part in parts.items()) + "}\n").encode()


def _object(members: dict[str, Any]) -> str:
    """Return a JSON object with a line for each member."""
    lines = (f"{json.dumps(name)}:{json.dumps(value, separators=(',', ':'))}" for name, value in members.items())
    return "{\n" + ",\n".join(lines) + "\n}"


def _checksums(files: dict[str, bytes]) -> bytes:
    """Return a Python module with the SHA-256 of each data file of the package."""
    contents = {f"data/{name}": content for name, content in files.items()}
    contents |= {name: (BUILT.parent / name).read_bytes() for name in FURTHER}
    lines = "".join(f'    "{name}": "{sha256(contents[name]).hexdigest()}",\n' for name in sorted(contents))
    return (
        '"""The checksums of the data files of the package; `python -m tools.build` writes this file."""\n\n'
        f"SHA256 = {{\n{lines}}}\n"
    ).encode()


def write_folder(folder: Path, files: dict[str, bytes]) -> None:
    """Write files into a folder and remove all other files from it."""
    folder.mkdir(parents=True, exist_ok=True)
    write_files({folder / name: content for name, content in files.items()})
    for path in folder.iterdir():
        if path.is_file() and path.name not in files:
            path.unlink()


def check_build(files: dict[str, bytes], folder: Path) -> None:
    """Build the facts with changed tables.

    Raises:
        Refused: The changed facts break a rule.
    """
    with TemporaryDirectory() as temporary:
        trial = Path(shutil.copytree(folder, Path(temporary, folder.name)))
        write_files({trial / name: content for name, content in files.items()})
        compile_facts(read_schema(trial), read(trial))


def main(arguments: list[str] | None = None) -> int:
    """Build everything, or print why the facts are refused."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--facts", type=Path, default=FACTS, help="folder of the facts (default: data/)")
    parser.add_argument("--output", type=Path, default=BUILT, help="folder of the built files (default: in the package)")
    parser.add_argument("--pages", type=Path, default=PAGES, help="folder of the generated pages (default: docs/data/)")
    options = parser.parse_args(arguments)
    try:
        files, documents = compile_facts(read_schema(options.facts), read(options.facts))
    except Refused as refusal:
        print(refusal, file=sys.stderr)
        return 1
    write_folder(options.output, files)
    write_folder(options.pages, documents)
    for name, content in sorted(files.items()):
        print(f"{len(content):>9,} {name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
