"""How long an import and a first answer take, beside other packages: `python -m benchmarks.imports`.

Each figure is the shortest wall time over fresh interpreters, minus that of a bare interpreter; other work on the machine only
makes a run longer. All packages are measured in the same run. Packages that are not installed are left out. A ratio is our time
divided by the other one.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from importlib.resources import files
from importlib.util import find_spec

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
COMPARED = [
    ("import notorious_markets", "import pycountry"),
    ("import notorious_markets", "import holidays"),
    ("import notorious_markets", "import country_converter"),
    ("first lookup(url)", "import tldextract"),
    ("first markets(2021)", "import pyarrow"),
    ("first markets(2021)", "pyarrow.parquet.ParquetFile(path).read()"),
    ("first markets(2021)", "pyarrow.parquet.read_table(path)"),
]


def measure(codes: dict[str, str], runs: int) -> dict[str, float]:
    """Return the milliseconds above a bare interpreter by label. The codes take turns, so a slow moment affects all of them."""
    seconds: dict[str, list[float]] = {label: [] for label in ("bare", *codes)}
    for _ in range(runs):
        for label, code in {"bare": "pass", **codes}.items():
            start = time.perf_counter()
            subprocess.run([sys.executable, "-I", "-c", code], check=True, capture_output=True)
            seconds[label].append(time.perf_counter() - start)
    bare = min(seconds.pop("bare"))
    return {label: 1000 * (min(times) - bare) for label, times in seconds.items()}


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
    for label, milliseconds in figures.items():
        print(f"{milliseconds:8.1f} ms  {label}")
    print()
    for ours, peer in COMPARED:
        if peer in figures:
            difference = figures[ours] - figures[peer]
            print(f"{figures[ours] / figures[peer]:8.2f} x   {ours} : {peer} ({difference:+.1f} ms)")


if __name__ == "__main__":
    main()
