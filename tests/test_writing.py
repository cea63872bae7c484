"""Is a file written completely, or does it stay as it was?"""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from notorious_markets._writing import whole_file, write_files


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_is_replaced_at_the_end_of_the_block(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"old")
    with whole_file(path) as stream:
        stream.write(b"new")
        stream.flush()
        assert path.read_bytes() == b"old"
    assert path.read_bytes() == b"new"
    assert _names(tmp_path) == ["a.txt"]


def test_an_error_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"old")
    with pytest.raises(TypeError), whole_file(path) as stream:
        stream.writelines([b"new", "text"])  # type: ignore[list-item]
    assert path.read_bytes() == b"old"
    assert _names(tmp_path) == ["a.txt"]


@pytest.mark.parametrize("exists", [True, False])
def test_a_link_stays_a_link(exists: bool, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    target, link = tmp_path / "folder" / "target.txt", tmp_path / "link.txt"
    if exists:
        target.write_bytes(b"old")
    link.symlink_to(target)
    write_files({link: b"new"})
    assert link.is_symlink()
    assert target.read_bytes() == b"new"
    assert _names(tmp_path / "folder") == ["target.txt"]


def test_a_pipe_is_written_directly() -> None:
    reader, writer = os.pipe()
    with whole_file(Path(f"/dev/fd/{writer}")) as stream:
        stream.write(b"new")
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        assert pipe.read() == b"new"


def test_unfinished_files_of_processes_that_were_killed_are_removed(tmp_path: Path) -> None:
    path, hour_ago = tmp_path / "a[1].txt", time.time() - 3600
    abandoned, recent, of_another = (
        tmp_path / name for name in (".a[1].txt.0123abcd.part", ".a[1].txt.4567abcd.part", ".b.0123abcd.part")
    )
    for part in (abandoned, recent, of_another):
        part.write_bytes(b"half")
    for part in (abandoned, of_another):
        os.utime(part, (hour_ago, hour_ago))
    with whole_file(path) as stream:
        stream.write(b"slow")
        stream.flush()
        (slow,) = set(tmp_path.iterdir()) - {abandoned, recent, of_another}
        os.utime(slow, (hour_ago, hour_ago))
        write_files({path: b"quick"})
        assert _names(tmp_path) == sorted([of_another.name, recent.name, slow.name, path.name])
    assert path.read_bytes() == b"slow"
    assert _names(tmp_path) == sorted([of_another.name, recent.name, path.name])


def test_several_files_are_replaced_together(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"old")
    with pytest.raises(FileNotFoundError):
        write_files({path: b"new", tmp_path / "missing" / "b.txt": b"new"})
    assert path.read_bytes() == b"old"
    write_files({path: b"new", tmp_path / "b.txt": b"newer"})
    assert (path.read_bytes(), (tmp_path / "b.txt").read_bytes()) == (b"new", b"newer")
    assert _names(tmp_path) == ["a.txt", "b.txt"]
