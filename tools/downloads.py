"""Write the files of the site for other tools: `python -m tools.downloads site/data/v1`.

The addresses below the folder are stable: `tables/<table>`, `editions/<year>` and `blocklists/<format>` with the suffix of the
format, `index.json`, which describes all other files, and `SHA256SUMS`. A change of names or columns needs a new folder `v2`.
"""

from __future__ import annotations

import argparse
import json
import shutil
from hashlib import sha256
from pathlib import Path
from typing import Any, get_args

import notorious_markets as nm
from notorious_markets._packaged import read_binary, read_text
from notorious_markets._store import TABLES
from notorious_markets._writing import write_files
from notorious_markets.about import CAUTION, GEONAMES, PUBLISHER, TITLE
from notorious_markets.exporting import FORMATS, FormatName
from notorious_markets.vocabularies import Kind

_TABULAR = ("csv", "json", "parquet")
# The suffix of each blocklist, by format.
_BLOCKLISTS: dict[FormatName, str] = {"domains": "txt", "hosts": "txt", "adblock": "txt", "dnsmasq": "conf", "rpz": "rpz"}
_DESCRIPTIONS = ("datapackage.json", "croissant.json")


def write(folder: Path) -> None:
    """Replace the folder by a new one with all files."""
    shutil.rmtree(folder, ignore_errors=True)
    files = [*_tables(folder / "tables"), *_editions(folder / "editions"), *_blocklists(folder / "blocklists")]
    files += _whole(folder)
    index = {
        "title": TITLE,
        "caution": CAUTION,
        "publisher_of_the_list": PUBLISHER,
        "data_version": nm.DATA_VERSION,
        "package_version": nm.__version__,
        "attribution": GEONAMES,
        "editions": [_edition(edition) for edition in nm.editions()],
        "files": [_described(folder, file) for file in files],
    }
    write_files({folder / "index.json": (json.dumps(index, ensure_ascii=False, indent=1) + "\n").encode()})
    # A sidecar that describes a file stands beside it and is not in the index.
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    sums = "".join(f"{sha256(path.read_bytes()).hexdigest()}  {path.relative_to(folder).as_posix()}\n" for path in paths)
    write_files({folder / "SHA256SUMS": sums.encode()})


def _tables(folder: Path) -> list[dict[str, Any]]:
    folder.mkdir(parents=True)
    files = []
    for table in TABLES.values():
        for format_ in _TABULAR:
            path = folder / f"{table}.{format_}"
            if format_ == "parquet":
                # The packaged file itself, so that the descriptions of the dataset give its checksum.
                write_files({path: read_binary(f"data/{path.name}")})
            else:
                nm.export(path, table)
            files.append({"path": path, "format": format_, "table": table, "rows": nm.table(table).num_rows})
    return files


def _editions(folder: Path) -> list[dict[str, Any]]:
    folder.mkdir()
    files = []
    for edition in nm.editions():
        for format_ in _TABULAR:
            path = nm.export(folder / f"{edition.year}.{format_}", year=edition.year)
            files.append(
                {"path": path, "format": format_, "table": "listings", "edition": edition.year, "rows": len(edition.listings)}
            )
    return files


def _blocklists(folder: Path) -> list[dict[str, Any]]:
    folder.mkdir()
    files = []
    for format_, suffix in _BLOCKLISTS.items():
        path = nm.export(folder / f"{format_}.{suffix}", format=format_)
        files.append({"path": path, "format": format_, "title": FORMATS[format_].title, "roles": ["own"]})
    return files


def _whole(folder: Path) -> list[dict[str, Any]]:
    """Write the database with every table, and the descriptions of the dataset."""
    database = nm.export(folder / "notorious_markets.sqlite")
    json_ld = nm.export(folder / "dataset.jsonld")
    files = [{"path": database, "format": "sqlite"}, {"path": json_ld, "format": "json-ld"}]
    for name in _DESCRIPTIONS:
        text = read_text(f"data/{name}")
        write_files({folder / "tables" / name: text.encode()})
        files.append({"path": folder / "tables" / name, "format": "json"})
    return files


def _edition(edition: nm.Edition) -> dict[str, Any]:
    kinds = {kind: nm.coverage(edition.year, kind=kind)[0] for kind in get_args(Kind)}
    return {
        "year": edition.year,
        "released": edition.released.isoformat(),
        "title": edition.title,
        **{kind: {"announced": row.announced, "rows": row.rows, "unidentified": row.unidentified} for kind, row in kinds.items()},
        "files": {format_: f"editions/{edition.year}.{format_}" for format_ in _TABULAR},
        "page": f"../../editions/{edition.year}.html",
    }


def _described(folder: Path, file: dict[str, Any]) -> dict[str, Any]:
    content = file["path"].read_bytes()
    described = {
        "path": file["path"].relative_to(folder).as_posix(),
        "bytes": len(content),
        "sha256": sha256(content).hexdigest(),
    }
    return described | {name: value for name, value in file.items() if name != "path"}


def main() -> None:
    """Write the files into the folder that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="the folder to replace, such as site/data/v1")
    write(parser.parse_args().folder)


if __name__ == "__main__":
    main()
