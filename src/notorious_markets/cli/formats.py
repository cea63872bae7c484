"""The formats of files with URLs. The module imports little, so that help starts fast."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

Format = Literal["arrow", "csv", "jsonl", "parquet", "text", "tsv"]

STANDARD_STREAM = "-"
"""The path that stands for standard input or output."""

COMPRESSED_EXTENSIONS = (".bz2", ".gz", ".lz4", ".zst")
_EXTENSIONS: dict[str, Format] = {
    ".arrow": "arrow",
    ".csv": "csv",
    ".feather": "arrow",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
    ".tsv": "tsv",
    ".txt": "text",
}


def format_of(path: str) -> Format:
    """Return the format that the extension of a file name stands for; `urls.csv.gz` is a CSV file.

    Raises:
        ValueError: The extension is unknown.
    """
    extensions = [extension.lower() for extension in Path(path).suffixes]
    if extensions and extensions[-1] in COMPRESSED_EXTENSIONS:
        extensions.pop()
    extension = extensions[-1] if extensions else ""
    if extension not in _EXTENSIONS:
        raise ValueError(f"the file extension must be one of {', '.join(_EXTENSIONS)}, not {extension!r}")
    return _EXTENSIONS[extension]
