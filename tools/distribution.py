"""Build the sdist and the wheel, and check that they are reproducible and complete: `python -m tools.distribution FOLDER`.

The tracked files are copied to two folders, with other times and permissions, and both copies are built. The wheel is also built
from the sdist. All builds must be the same byte for byte. The sdist must contain the tracked files, and the wheel those of the
package. The files are left in FOLDER, and their checksums are printed. `--checksums` writes the checksums of all files in FOLDER.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from notorious_markets._writing import write_files
from tools.schema import ROOT

# The file with the checksums of a release.
CHECKSUMS = "SHA256SUMS"
_PACKAGE = "src/notorious_markets/"
# What the sdist lacks: settings of the repository. See `pyproject.toml`.
_NOT_IN_SDIST = (".ci/", ".github/", ".gitattributes")
# What must not change the built files.
_ELSEWHERE = {"TZ": "Asia/Kathmandu", "PYTHONHASHSEED": "7", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
# Ten years, in seconds.
_LATER = 315_360_000


def tracked_files() -> list[str]:
    """Return the paths of all files under version control."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True).stdout
    return sorted(name for name in listed.decode().split("\0") if name)


def build(source: Path, out: Path, *targets: str, environment: dict[str, str] | None = None) -> dict[str, Path]:
    """Build a project folder and return the paths of the built files by target."""
    options = [option for target in targets for option in ("-t", target)]
    command = [sys.executable, "-m", "hatchling", "build", "-d", str(out), *options]
    subprocess.run(command, cwd=source, check=True, capture_output=True, env={**os.environ, **(environment or {})})
    endings = {"sdist": "*.tar.gz", "wheel": "*-py3-none-any.whl"}
    return {target: next(out.glob(endings[target])) for target in targets}


def _copy(folder: Path, names: list[str], *, mode: int, modified: float) -> Path:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, path)
        path.chmod(mode)
        os.utime(path, (modified, modified))
    return folder


def problems(out: Path) -> Iterator[str]:
    """Build everything and yield what is wrong with it."""
    names = tracked_files()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        first = _copy(folder / "first", names, mode=0o644, modified=time.time())
        second = _copy(folder / "another folder" / "second", names, mode=0o600, modified=time.time() - _LATER)
        built = build(first, out, "sdist", "wheel")
        others = build(second, folder / "out", "sdist", "wheel", environment=_ELSEWHERE)
        with tarfile.open(built["sdist"]) as archive:
            archive.extractall(folder / "unpacked", filter="data")
            inside = sorted(member.name.partition("/")[2] for member in archive.getmembers() if member.isfile())
        (unpacked,) = (folder / "unpacked").iterdir()
        others["wheel from the sdist"] = build(unpacked, folder / "from-sdist", "wheel")["wheel"]
        for target, path in others.items():
            original = built[target.partition(" ")[0]]
            if path.read_bytes() != original.read_bytes():
                yield f"two builds of the {target} differ"
    expected = sorted([*(name for name in names if not name.startswith(_NOT_IN_SDIST)), "PKG-INFO"])
    yield from _differences("sdist", inside, expected)
    found = [name for name in zipfile.ZipFile(built["wheel"]).namelist() if ".dist-info/" not in name]
    yield from _differences("wheel", found, [name.removeprefix("src/") for name in names if name.startswith(_PACKAGE)])
    described = [name.partition(".dist-info/")[2] for name in zipfile.ZipFile(built["wheel"]).namelist() if ".dist-info/" in name]
    wanted = ["METADATA", "RECORD", "WHEEL", "entry_points.txt", "licenses/LICENSE", "sboms/sbom.cdx.json"]
    yield from _differences("dist-info of the wheel", described, wanted)


def _differences(where: str, found: list[str], expected: list[str]) -> Iterator[str]:
    for name in sorted(set(expected) - set(found)):
        yield f"the {where} lacks {name}"
    for name in sorted(set(found) - set(expected)):
        yield f"the {where} contains {name}, which is not under version control"


def write_checksums(folder: Path) -> None:
    """Write the SHA-256 of each file of a folder into its file SHA256SUMS, in the form that `sha256sum --check` reads."""
    paths = sorted(path for path in folder.iterdir() if path.name != CHECKSUMS)
    text = "".join(f"{sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in paths)
    write_files({folder / CHECKSUMS: text.encode()})


def main(arguments: list[str] | None = None) -> int:
    """Build and check, and print the checksums."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="folder for the sdist and the wheel")
    parser.add_argument("--checksums", action="store_true", help="only write the checksums of the files in the folder")
    options = parser.parse_args(arguments)
    if options.checksums:
        write_checksums(options.folder)
        return 0
    options.folder.mkdir(parents=True, exist_ok=True)
    for old in (*options.folder.glob("*.whl"), *options.folder.glob("*.tar.gz")):
        old.unlink()
    found = list(problems(options.folder.resolve()))
    for path in sorted(options.folder.iterdir()):
        print(f"{sha256(path.read_bytes()).hexdigest()}  {path.name}  {path.stat().st_size:,} bytes")
    for problem in found:
        print(problem, file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
