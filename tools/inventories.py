"""Inventories of the names of other projects to which the reference links, for `sphinx.ext.intersphinx`.

The projects publish their inventories only on their sites. The documentation is built without a network, so this list names
what the reference links to.
"""

from __future__ import annotations

import zlib
from pathlib import Path

_NAMES: dict[str, tuple[str, dict[str, str]]] = {
    "python": (
        "https://docs.python.org/3/",
        {
            "collections.abc.Iterable": "library/collections.abc.html#collections.abc.Iterable",
            "collections.abc.Iterator": "library/collections.abc.html#collections.abc.Iterator",
            "collections.abc.Callable": "library/collections.abc.html#collections.abc.Callable",
            "collections.abc.Sequence": "library/collections.abc.html#collections.abc.Sequence",
            "collections.abc.Mapping": "library/collections.abc.html#collections.abc.Mapping",
            "datetime.date": "library/datetime.html#datetime.date",
            "datetime.datetime": "library/datetime.html#datetime.datetime",
            "os.PathLike": "library/os.html#os.PathLike",
            "pathlib.Path": "library/pathlib.html#pathlib.Path",
            "typing.Any": "library/typing.html#typing.Any",
            "typing.Literal": "library/typing.html#typing.Literal",
            "typing.SupportsIndex": "library/typing.html#typing.SupportsIndex",
            "LookupError": "library/exceptions.html#LookupError",
            "ImportError": "library/exceptions.html#ImportError",
            "TypeError": "library/exceptions.html#TypeError",
            "ValueError": "library/exceptions.html#ValueError",
            **{name: f"library/functions.html#{name}" for name in ("bool", "float", "int", "object")},
            **{name: f"library/stdtypes.html#{name}" for name in ("bytes", "dict", "list", "str", "tuple", "range")},
        },
    ),
    "pyarrow": (
        "https://arrow.apache.org/docs/",
        {
            name: f"python/generated/{name}.html#{name}"
            for name in (
                *("pyarrow.Array", "pyarrow.BooleanArray", "pyarrow.ChunkedArray", "pyarrow.RecordBatch"),
                *("pyarrow.RecordBatchReader", "pyarrow.Schema", "pyarrow.Table"),
            )
        },
    ),
    "pandas": (
        "https://pandas.pydata.org/docs/",
        {name: f"reference/api/{name}.html#{name}" for name in ("pandas.DataFrame", "pandas.Series", "pandas.Timestamp")},
    ),
    "polars": (
        "https://docs.pola.rs/api/python/stable/",
        {
            "polars.DataFrame": "reference/dataframe/index.html",
            "polars.LazyFrame": "reference/lazyframe/index.html",
            "polars.Series": "reference/series/index.html",
            "polars.Expr": "reference/expressions/index.html",
        },
    ),
}


def write(folder: Path) -> dict[str, tuple[str, str]]:
    """Write an inventory for each project, and return the value for `intersphinx_mapping`."""
    folder.mkdir(parents=True, exist_ok=True)
    mapping = {}
    for project, (address, names) in _NAMES.items():
        head = f"# Sphinx inventory version 2\n# Project: {project}\n# Version: \n# The remainder is compressed using zlib.\n"
        lines = "".join(f"{name} py:class 1 {page} -\n" for name, page in names.items())
        path = folder / f"{project}.inv"
        path.write_bytes(head.encode() + zlib.compress(lines.encode()))
        mapping[project] = (address, str(path))
    return mapping
