"""`python -m fuzzing TARGET`: run one target."""

from __future__ import annotations

import argparse
import pkgutil
import sys
import tempfile
from importlib import import_module
from pathlib import Path

import atheris


def main() -> None:
    """Run one target for a number of inputs."""
    # numba compiles the kernel, and cannot compile what atheris adds.
    with atheris.instrument_imports(include=["notorious_markets"], exclude=["notorious_markets.screening.kernel"]):  # pyright: ignore[reportAttributeAccessIssue]
        import notorious_markets

        from .targets import TARGETS

        # Modules that are imported later would not be instrumented.
        for module in pkgutil.walk_packages(notorious_markets.__path__, "notorious_markets."):
            if not module.name.endswith(("__main__", ".spark", "hook-notorious_markets")):
                import_module(module.name)
    from .seeds import dictionary, seeds

    parser = argparse.ArgumentParser(prog="python -m fuzzing", description=__doc__)
    parser.add_argument("target", choices=TARGETS)
    parser.add_argument("--runs", type=int, default=-1, help="stop after this number of inputs (default: no limit)")
    parser.add_argument("--seconds", type=int, default=0, help="stop after this time (default: no limit)")
    parser.add_argument("--length", type=int, default=4096, help="greatest length of an input (default: 4,096)")
    parser.add_argument("--corpus", type=Path, help="folder that keeps the inputs which reached new code")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        corpus, first, words = options.corpus or Path(scratch, "corpus"), Path(scratch, "seeds"), Path(scratch, "words")
        for folder in (corpus, first):
            folder.mkdir(parents=True, exist_ok=True)
        for number, seed in enumerate(seeds(options.target)):
            (first / str(number)).write_bytes(seed)
        words.write_text("".join(f'"{word}"\n' for word in dictionary(options.target)), encoding="ascii")
        limits = ["-timeout=20", "-rss_limit_mb=4096", f"-max_len={options.length}", f"-max_total_time={options.seconds}"]
        report = ["-print_final_stats=1", "-verbosity=1"]
        arguments = [f"-runs={options.runs}", f"-dict={words}", *limits, *report, str(corpus), str(first)]
        atheris.Setup([sys.argv[0], *arguments], TARGETS[options.target])
        # It ends the process, with a status other than 0 if an input failed.
        atheris.Fuzz()


if __name__ == "__main__":
    main()
