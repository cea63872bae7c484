"""How long an import and a first answer take, beside other packages: `python -m benchmarks.imports`.

Each figure is the shortest time over fresh interpreters, minus that of a bare interpreter; other work on the machine only makes a
run longer. The first figure is wall time. The second is processor time, which other work affects less. All packages are measured
in the same run. Packages that are not installed are left out. A ratio is our time divided by the other one.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import time
from importlib.resources import files
from importlib.util import find_spec
from typing import NamedTuple

PATH = str(files("notorious_markets.data") / "listings.parquet")
COMMAND = "import sys; sys.argv[1:] = {!r}; from notorious_markets.__main__ import main; main()"
OURS = {
    "import notorious_markets": "import notorious_markets",
    "first lookup(url)": "import notorious_markets as nm; nm.lookup('https://ja.aliexpress.com/item/1')",
    "first markets(2021)": "import notorious_markets as nm; nm.markets(2021)",
    "first market('taobao')": "import notorious_markets as nm; nm.market('taobao')",
    "notorious-markets --help": COMMAND.format(["--help"]),
    "notorious-markets lookup URL": COMMAND.format(["lookup", "https://ja.aliexpress.com/item/1"]),
}
PEERS = {
    "import attrs": "import attrs",
    "import pyarrow": "import pyarrow",
    "pyarrow.parquet.ParquetFile(path).read()": f"from pyarrow.parquet import ParquetFile; ParquetFile({PATH!r}).read()",
    "pyarrow.parquet.read_table(path)": f"from pyarrow.parquet import read_table; read_table({PATH!r})",
    "import pycountry": "import pycountry",
    "import holidays": "import holidays",
    "import tldextract": "import tldextract",
    "import country_converter": "import country_converter",
}
COMPARED = {
    "import notorious_markets": ["import pycountry", "import holidays", "import country_converter"],
    "first lookup(url)": ["import tldextract", "import pycountry"],
    "first markets(2021)": [
        "import pyarrow",
        "pyarrow.parquet.ParquetFile(path).read()",
        "pyarrow.parquet.read_table(path)",
        "import holidays",
        "import country_converter",
    ],
    "notorious-markets --help": ["import tldextract"],
    "notorious-markets lookup URL": ["import tldextract"],
}


class Times(NamedTuple):
    """Milliseconds of wall time and of processor time."""

    wall: float
    processor: float

    def __sub__(self, other: Times) -> Times:
        return Times(*(ours - theirs for ours, theirs in zip(self, other, strict=True)))

    def __str__(self) -> str:
        return f"{self.wall:8.1f} {self.processor:8.1f} ms"


def run(code: str) -> Times:
    """Run a program in a fresh interpreter and return how long it took."""
    start, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-I", "-c", code], check=True, capture_output=True)
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Times(1000 * wall, 1000 * processor)


def measure(codes: dict[str, str], runs: int) -> dict[str, Times]:
    """Return the times above a bare interpreter by label. The codes take turns, so a slow moment affects all of them."""
    times: dict[str, list[Times]] = {label: [] for label in ("bare", *codes)}
    for _ in range(runs):
        for label, code in {"bare": "pass", **codes}.items():
            times[label].append(run(code))
    shortest = {label: Times(*map(min, zip(*found, strict=True))) for label, found in times.items()}
    bare = shortest.pop("bare")
    return {label: found - bare for label, found in shortest.items()}


def main() -> None:
    """Measure and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=15, help="fresh interpreters for each figure (default: 15)")
    options = parser.parse_args()
    peers = {
        label: code
        for label, code in PEERS.items()
        if not label.startswith("import ") or find_spec(label.removeprefix("import ")) is not None
    }
    figures = measure({**OURS, **peers}, options.runs)
    for label, times in figures.items():
        print(f"{times}  {label}")
    print()
    for ours, others in COMPARED.items():
        for peer in others:
            if peer in figures:
                wall, processor = figures[ours].wall / figures[peer].wall, figures[ours].processor / figures[peer].processor
                difference = figures[ours] - figures[peer]
                print(
                    f"{wall:8.2f} {processor:8.2f} x   {ours} : {peer} ({difference.wall:+.1f}, {difference.processor:+.1f} ms)"
                )


if __name__ == "__main__":
    main()
