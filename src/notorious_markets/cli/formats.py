"""The formats of files with URLs. The module imports little, so that help starts fast."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

Format = Literal["arrow", "csv", "json", "jsonl", "parquet", "text", "tsv"]

STANDARD_STREAM = "-"
"""The path that stands for standard input or output."""

COMPRESSED_EXTENSIONS = (".bz2", ".gz", ".lz4", ".xz", ".zst")
EXTENSIONS: dict[str, Format] = {
    ".arrow": "arrow",
    ".arrows": "arrow",
    ".csv": "csv",
    ".feather": "arrow",
    ".ipc": "arrow",
    ".json": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
    ".tab": "tsv",
    ".tsv": "tsv",
    ".txt": "text",
}


def format_of(path: str) -> Format | None:
    """Return the format that the extension of a file name stands for, or `None`; `urls.csv.gz` is a CSV file."""
    extensions = [extension.lower() for extension in Path(path).suffixes]
    if extensions and extensions[-1] in COMPRESSED_EXTENSIONS:
        extensions.pop()
    return EXTENSIONS.get(extensions[-1]) if extensions else None


def unknown_extension(path: str, option: str) -> str:
    """Return the message for a file whose format is not known."""
    return (
        f"the file extension must be one of {', '.join(EXTENSIONS)}, not {Path(path).suffix!r}; or choose a format with {option}"
    )
