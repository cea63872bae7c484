"""Compile the facts in `data/` into the files of the package: `python -m tools.build`."""

from __future__ import annotations

import argparse
import io
import shutil
import sys
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.parquet as pq

from notorious_markets._writing import write_files
from tools import descriptors, inference, pages, rules
from tools.derive import derive
from tools.facts import Facts, Refused, market_ids, read
from tools.schema import FACTS, ROOT, Schema, Table, read_schema

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


def compile_facts(schema: Schema, facts: Facts) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """Return the files of the package and the pages of the documentation, by file name.

    The derived rows and columns are added to `facts` in place.

    Raises:
        Refused: The facts break a rule.
    """
    rules.check(schema, facts)
    trials = inference.trials(facts)
    derive(facts)
    files = {f"{table.name}.parquet": _parquet(_arrow_table(schema, table, facts)) for table in schema.tables}
    described = {
        "datapackage.json": descriptors.data_package(schema, files),
        "croissant.json": descriptors.croissant(schema, files),
    }
    files |= described
    files["index.py"] = _index(facts)
    files["SHA256SUMS"] = "".join(f"{sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files)).encode()
    files["__init__.py"] = (
        f'"""The built data; `python -m tools.build` writes this folder."""\n\nDATA_VERSION = "{schema.data_version}"\n'
    ).encode()
    return files, pages.render(schema, facts, trials)


def _arrow_table(schema: Schema, table: Table, facts: Facts) -> pa.Table:
    """Return the rows of a table in the order of their keys, with the descriptions in the metadata."""
    fields = [
        pa.field(column.name, _ARROW_TYPES[column.type], not column.required, {"description": column.description})
        for column in table.columns
    ]
    metadata: dict[bytes | str, bytes | str] = {
        "title": table.title,
        "description": table.description,
        "data_version": schema.data_version,
        "schema_version": str(schema.descriptor["schema_version"]),
        "licence": " AND ".join(licence["name"] for licence in table.licences),
    }
    rows = sorted(facts[table.name], key=lambda row: tuple(row[name] for name in table.primary_key))
    names = [column.name for column in table.columns]
    return pa.Table.from_pylist([{name: row.get(name) for name in names} for row in rows], pa.schema(fields, metadata))


def _parquet(table: pa.Table) -> bytes:
    """Return a Parquet file with one row group."""
    out = io.BytesIO()
    pq.write_table(table, out, compression="zstd", compression_level=19, row_group_size=max(len(table), 1))
    return out.getvalue()


def _index(facts: Facts) -> bytes:
    """Return a Python module that maps each domain to the fields of a `Match`, without the host and the domain.

    With it, looking up a domain does not need Parquet.
    """
    years: dict[str, list[int]] = {}
    for listing in sorted(facts["listings"], key=lambda row: int(row["year"])):
        for market_id in market_ids(listing):
            years.setdefault(market_id, []).append(listing["year"])
    entries = []
    for row in sorted(facts["domains"], key=lambda row: str(row["domain"])):
        kind = (row["role"], row["basis"], row["event"], row["event_date"])
        entry = (row["market_id"], tuple(years[row["market_id"]]), tuple(row["source_ids"]), *kind)
        entries.append(f"    {row['domain']!r}: {entry!r},\n")
    return (
        '"""The built index of domains; `python -m tools.build` writes this file."""\n\n'
        "TYPE_CHECKING = False\n"
        "if TYPE_CHECKING:\n    from ..vocabularies import Basis, DomainEvent, Role\n\n"
        "    Entry = tuple[str, tuple[int, ...], tuple[str, ...], Role, Basis, DomainEvent | None, str | None]\n\n"
        f'DOMAINS: "dict[str, Entry]" = {{\n{"".join(entries)}}}\n'
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
