"""Does input that was made to do harm get an answer or an error, in a time that grows with its length?

The inputs are those that `fuzzing/` found, in the simplest form that shows the same fault.
"""

from __future__ import annotations

import io
import struct
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from .command import run

_TEXTS = ["taobao.com", "example.org", "vk.com"]
# The ends of the texts, as Arrow stores them.
_ENDS = (10, 21, 27)
_DAMAGED: dict[str, tuple[Any, str, tuple[int, ...]]] = {
    "string": (pa.array(_TEXTS), "i", _ENDS),
    "large string": (pa.array(_TEXTS, pa.large_string()), "q", _ENDS),
    "binary": (pa.array(_TEXTS, pa.binary()), "i", _ENDS),
    "list": (pa.array([["taobao.com"] * 11, ["a.org"] * 12]), "i", (11, 23)),
    "large list": (pa.array([["taobao.com"] * 11, ["a.org"] * 12], pa.large_list(pa.string())), "q", (11, 23)),
    "text in a list": (pa.array([_TEXTS]), "i", _ENDS),
    "struct": (pa.array([{"url": text} for text in _TEXTS]), "i", _ENDS),
    "map": (pa.array([[(text, 1)] for text in _TEXTS], pa.map_(pa.string(), pa.int64())), "i", _ENDS),
    "dictionary": (pa.array([*_TEXTS, "taobao.com"]).dictionary_encode(), "i", (1, 2, 0)),
    "text of a dictionary": (pa.array(_TEXTS).dictionary_encode(), "i", _ENDS),
}


@pytest.mark.parametrize("kind", _DAMAGED)
@pytest.mark.parametrize("form", ["file", "stream"])
def test_damaged_arrow_files_are_refused(kind: str, form: str, tmp_path: Path) -> None:
    """An offset or an index that points far outside the column once ended the process."""
    array, code, numbers = _DAMAGED[kind]
    table = pa.table({"url": pa.array(["taobao.com"] * len(array)), "other": array})
    sink = io.BytesIO()
    with (pa.ipc.new_file if form == "file" else pa.ipc.new_stream)(sink, table.schema) as writer:
        writer.write_table(table)
    content = sink.getvalue()
    place = f"<{len(numbers)}{code}"
    assert content.count(struct.pack(place, *numbers)) == 1
    wrong = (numbers[0], 0x7FFF_FF00, *numbers[2:])
    (tmp_path / "urls.arrow").write_bytes(content.replace(struct.pack(place, *numbers), struct.pack(place, *wrong)))
    output = tmp_path / "hits.parquet"
    code_, _, errors = run("screen --column url --keep all --output", output, tmp_path / "urls.arrow")
    assert code_ == 1
    assert "the column 'other' is damaged: " in errors
    assert not output.exists()


def test_arrow_files_with_text_that_is_not_utf8_are_read(tmp_path: Path) -> None:
    """Only offsets and indices are checked; text may be invalid, at any depth."""
    text = pa.array([b"taobao.com/\xff", b"example.org"]).view(pa.string())
    table = pa.table(
        {
            "url": text,
            "struct": pa.StructArray.from_arrays([text], ["url"]),
            "list": pa.ListArray.from_arrays(pa.array([0, 1, 2], pa.int32()), text),
            "dictionary": pa.DictionaryArray.from_arrays(pa.array([0, 1]), text),
        }
    )
    with pa.ipc.new_file(tmp_path / "urls.arrow", table.schema) as writer:
        writer.write_table(table)
    done = run("screen --column url --json", tmp_path / "urls.arrow")
    assert done.code == 0
    assert '"hits": 1' in done.stdout
