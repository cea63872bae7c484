"""Ask a damaged copy of the package: `python damaged.py FOLDER`.

Reads a JSON list of cases `[file, content, questions]` from standard input. The content is hexadecimal, or `null` for a missing
file, or `"folder"` for a folder in the place of the file. For each case, the file is damaged, a forked process asks the
questions, and the file is restored. Prints a JSON list with the answers to the intact package and then to each case. They are an
object with a digest of the answer, or the error, by question.
"""

from __future__ import annotations

import io
import json
import os
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from typing import Any

# A cached module would hide the damage.
sys.dont_write_bytecode = True
# What the package imports, so that the processes do not import it again.
for _library in ("attr", "pyarrow.parquet", "pyarrow.compute", "pyarrow.csv", "rapidfuzz.process", "upa_url", "typing", "uuid"):
    import_module(_library)
# Modules with the files that are damaged in these cases cannot be imported before.
CODE = ("data/__init__.py", "data/checksums.py")


def questions(nm: Any) -> dict[str, Callable[[], object]]:
    """Return functions that ask as users do, and need every kind of packaged file."""
    return {
        "rows": lambda: nm.markets(2021).to_dicts(),
        "lookup": lambda: [nm.lookup(domain) for domain in ("vk.com", "megaupload.com", "example.com")],
        "suffixes": lambda: nm.Screener(extra_domains=["co.uk"]),
        "country": lambda: nm.markets(country="Chin"),
        "html": lambda: nm.coverage()._repr_html_(),
        "export": _export(nm),
        "suggest": lambda: nm.suggest("taoabo"),
        "changes": lambda: nm.changes(2020, 2021),
        "version": lambda: nm.DATA_VERSION,
    }


def questions_about_files(nm: Any) -> dict[str, Callable[[], object]]:
    """Return functions whose answers contain everything that the tables tell, and which files are damaged."""
    store, verification = (import_module(f"notorious_markets.{name}") for name in ("_store", "_verification"))
    tables = {name: partial(_rows, nm, name) for name in store.TABLES.values()}
    return {**tables, "verify": lambda: [finding for finding in verification._files() if not finding.passed]}


def _rows(nm: Any, name: str) -> object:
    return nm.table(name).to_pylist()


def _export(nm: Any) -> Callable[[], object]:
    def export() -> str:
        with tempfile.TemporaryDirectory() as folder:
            nm.export(Path(folder, "editions.csv"), "editions")
            return Path(folder, "editions.csv.datapackage.json").read_text()

    return export


def answers(names: list[str] | None = None) -> dict[str, str]:
    """Ask some or all questions. An error that names a file begins with `DamagedInstallation` and the file."""
    try:
        nm: Any = import_module("notorious_markets")
        asked = questions(nm)
        if names is None or not asked.keys() >= set(names):
            asked |= questions_about_files(nm)
    except Exception as error:
        return {"import": f"{type(error).__name__}: {error}"}
    found = {}
    for name in names or asked:
        try:
            answer = asked[name]()
        except Exception as error:
            found[name] = f"{type(error).__name__}: {error}"
        else:
            text = repr(answer)
            found[name] = text if name == "verify" else sha256(text.encode()).hexdigest()
    return found


def in_a_fork(function: Callable[[], object]) -> Any:
    """Return what a function returns in a forked process."""
    with tempfile.TemporaryFile() as file:
        process = os.fork()
        if not process:
            try:
                file.write(json.dumps(function()).encode())
                file.flush()
            finally:
                os._exit(0)
        os.waitpid(process, 0)
        file.seek(0)
        return json.loads(file.read())


def main(folder: Path) -> None:
    """Run the cases."""
    sys.path.insert(0, str(folder))
    cases: list[tuple[str, str | None, list[str]]] = json.load(sys.stdin)
    if not any(file.endswith(".py") for file, _, _ in cases):
        for name in ("_countries", "_html", "_verification", "exporting.tabular", "matching", "screening"):
            import_module(f"notorious_markets.{name}")
    results = [in_a_fork(answers)]
    for file, content, names in cases:
        path = folder / "notorious_markets" / file
        kept = path.read_bytes()
        path.unlink()
        if content == "folder":
            path.mkdir()
        elif content is not None:
            path.write_bytes(bytes.fromhex(content))
        results.append(in_a_fork(partial(answers, names)))
        if path.is_dir():
            path.rmdir()
        path.write_bytes(kept)
    io.TextIOWrapper(sys.stdout.buffer, "utf-8").write(json.dumps(results))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
