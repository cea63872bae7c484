"""Test the tests: `python -m tools.mutation ROOM` plants small faults in the code, and lists those that no test notices.

A room of `tools/mutation.toml` names its modules and its tests. mutmut makes the mutants: copies of a function, each with one
change. All mutants of a room are in one copy of the checkout. pytest collects the tests there once, and each mutant is tested in
a process of its own that is forked from it, by the tests that call its function, the fastest first.

A mutant that survives is listed with its change. `tools/mutation.toml` holds those that are known, with the reason why no test
can or should notice them. Any other survivor is an error.
"""

from __future__ import annotations

import argparse
import difflib
import functools
import gc
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import tomllib
import traceback
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
_ROOMS = Path(__file__).with_suffix(".toml")
# The seconds that the tests of one mutant may take, beyond five times what they take without one.
_PATIENCE = 20


def main() -> None:
    """Test the mutants of one room."""
    rooms = tomllib.loads(_ROOMS.read_text(encoding="utf-8"))
    known = rooms.pop("survivors", [])
    parser = argparse.ArgumentParser(prog="python -m tools.mutation", description=__doc__)
    parser.add_argument("room", choices=rooms)
    parser.add_argument("--only", default="", help="test only the mutants whose names contain this text")
    parser.add_argument("--sample", type=int, help="test this number of mutants, chosen at random with a fixed seed")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="number of processes (default: all processors)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch, "checkout")
        changes = _plant(copy, rooms[options.room]["modules"])
        chosen = [name for name in changes if options.only in name]
        if not chosen:
            parser.error(f"no mutant of {options.room} has {options.only!r} in its name")
        if options.sample:
            chosen = sorted(random.Random(0).sample(chosen, min(options.sample, len(chosen))))
        plan, results = Path(scratch, "plan.json"), Path(scratch, "results.json")
        plan.write_text(json.dumps({"mutants": chosen, "jobs": options.jobs, "results": str(results)}), encoding="utf-8")
        environment = os.environ | {"PYTHONPATH": f"{copy / 'src'}{os.pathsep}{copy}", "MUTATION_PLAN": str(plan)}
        arguments = ["-p", "tools.mutation", "-p", "no:cacheprovider", "-p", "no:randomly", "-q", "--no-header"]
        line = [sys.executable, "-m", "pytest", *arguments, *rooms[options.room]["tests"]]
        if subprocess.run(line, cwd=copy, env=environment).returncode != 0:
            raise SystemExit("the tests fail without a mutant")
        outcomes: dict[str, str] = json.loads(results.read_text(encoding="utf-8"))
    _report(outcomes, changes, known)


def _plant(copy: Path, modules: list[str]) -> dict[str, tuple[str, str, str]]:
    """Copy the checkout with all mutants in it. Return the function, the old and the new lines of each mutant."""
    from mutmut.mutation.file_mutation import mutate_file_contents  # pyright: ignore[reportMissingImports]

    line = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listing = subprocess.run(line, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for name in filter(None, listing.split("\0")):
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, copy / name)
    changes: dict[str, tuple[str, str, str]] = {}
    for path in sorted(path for pattern in modules for path in copy.glob(pattern)):
        module = ".".join(path.relative_to(copy).with_suffix("").parts).removeprefix("src.").removesuffix(".__init__")
        mutated = mutate_file_contents(str(path), path.read_text(encoding="utf-8"))
        path.write_text(mutated.code, encoding="utf-8")
        lines = mutated.code.splitlines()

        def source(name: str, spans: Any = mutated.line_span_by_function_name, lines: list[str] = lines) -> list[str]:
            return [line.split("  # type: ignore # mutmut")[0] for line in lines[spans[name].start - 1 : spans[name].end]]

        for name in mutated.mutant_names:
            function = name.rpartition("__mutmut_")[0]
            before, after = source(f"{function}__mutmut_orig"), source(name)
            # The first lines hold the names of the copies.
            diff = [row for row in difflib.ndiff(before, after) if row[0] in "-+" and "__mutmut_" not in row]
            old, new = ("\n".join(row[2:].strip() for row in diff if row[0] == sign) for sign in "-+")
            title = function.removeprefix("x_").removeprefix("xǁ").replace("ǁ", ".")
            changes[f"{module}.{name}"] = (f"{module}.{title}", old, new)
    return changes


def _report(outcomes: dict[str, str], changes: dict[str, tuple[str, str, str]], known: list[dict[str, str]]) -> None:
    """Print the survivors and the score."""
    reasons = {(row["function"], row["before"].strip(), row["after"].strip()): row["reason"] for row in known}
    survived = {changes[name] for name, outcome in outcomes.items() if outcome == "survived"}
    unknown = survived - reasons.keys()
    for function, old, new in sorted(unknown):
        print(f"\n{function}\n- {old.replace(chr(10), chr(10) + '- ')}\n+ {new.replace(chr(10), chr(10) + '+ ')}")
    tested = {changes[name] for name in outcomes}
    noticed = (reasons.keys() & tested) - survived
    for function, old, _ in sorted(noticed):
        print(f"\n{function}: a test notices what tools/mutation.toml explains; remove it there\n- {old}")
    counts = Counter(outcomes.values())
    killed = len(outcomes) - counts["survived"]
    score = f"{killed / len(outcomes):.1%} noticed, {len(unknown)} survivors unexplained"
    print(f"\n{len(outcomes):,} mutants: {dict(counts)}; {score}")
    if unknown or noticed:
        raise SystemExit(1)


_CALLED: set[str] = set()


def pytest_configure() -> None:
    """Set up the copies of functions before anything calls them."""
    import hypothesis
    from mutmut.mutation import trampoline  # pyright: ignore[reportMissingImports]

    # What a test calls is known for each test. A failing example need not be made small.
    trampoline.record_trampoline_hit = lambda name, caller: _CALLED.add(name)  # noqa: ARG005
    phases = [hypothesis.Phase.explicit, hypothesis.Phase.generate]
    hypothesis.settings.register_profile("mutation", parent=hypothesis.settings.default, phases=phases, database=None)


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool:
    """Test all mutants, instead of running the tests once."""
    import hypothesis

    hypothesis.settings.load_profile("mutation")
    if session.testsfailed:
        raise session.Interrupted("the tests cannot be collected")
    plan = json.loads(Path(os.environ["MUTATION_PLAN"]).read_text(encoding="utf-8"))
    seconds, callers = _observe(session)
    outcomes: dict[str, str] = {}
    running: dict[int, tuple[str, float]] = {}
    waiting = list(reversed(plan["mutants"]))
    while waiting or running:
        while waiting and len(running) < plan["jobs"]:
            name = waiting.pop()
            numbers = sorted(callers.get(name.rpartition("__mutmut_")[0], ()), key=seconds.__getitem__)
            if not numbers:
                outcomes[name] = "survived"
                continue
            limit = _PATIENCE + 5 * sum(seconds[number] for number in numbers)
            running[_fork(session, name, numbers, limit)] = (name, time.perf_counter() + 3 * limit)
        if running:
            process, status = os.waitpid(-1, os.WNOHANG)
            if process:
                outcomes[running.pop(process)[0]] = _outcome(status)
                if len(outcomes) % 100 == 0:
                    print(f"{len(outcomes):,} of {len(plan['mutants']):,}: {dict(Counter(outcomes.values()))}", flush=True)
                continue
            for process, (_, end) in running.items():
                if time.perf_counter() > end:
                    os.kill(process, signal.SIGKILL)
            time.sleep(0.005)
    Path(plan["results"]).write_text(json.dumps(dict(sorted(outcomes.items()))), encoding="utf-8")
    return True


def _outcome(status: int) -> str:
    if os.WIFSIGNALED(status):
        return "timeout" if os.WTERMSIG(status) in {signal.SIGXCPU, signal.SIGKILL} else "crash"
    return {0: "survived", 1: "killed"}[os.WEXITSTATUS(status)]


def _observe(session: pytest.Session) -> tuple[list[float], dict[str, list[int]]]:
    """Run all tests without a mutant in a fork. Return their seconds, and the numbers of the tests that call each function."""
    reader, writer = os.pipe()
    process = os.fork()
    if process == 0:
        os.close(reader)
        try:
            with os.fdopen(writer, "w", encoding="utf-8") as file:
                json.dump(_observed(session), file)
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader, encoding="utf-8") as file:
        answer = file.read()
    os.waitpid(process, 0)
    if not answer:
        raise session.Failed("the tests fail without a mutant")
    seconds, called = json.loads(answer)
    callers: dict[str, list[int]] = {}
    for number, names in enumerate(called):
        for name in names:
            callers.setdefault(name, []).append(number)
    print(f"{len(seconds):,} tests, {sum(seconds):.0f} s, {len(callers)} functions", flush=True)
    return seconds, callers


def _observed(session: pytest.Session) -> tuple[list[float], list[list[str]]]:
    os.environ["MUTANT_UNDER_TEST"] = "stats"
    seconds, called = [], []
    for number, item in enumerate(session.items):
        _forget()
        _CALLED.clear()
        start = time.process_time()
        if _run(session, [number]):
            raise RuntimeError(f"{item.nodeid} fails without a mutant")
        seconds.append(time.process_time() - start)
        called.append(sorted(_CALLED))
    return seconds, called


def _fork(session: pytest.Session, mutant: str, numbers: list[int], limit: float) -> int:
    process = os.fork()
    if process == 0:
        os.environ["MUTANT_UNDER_TEST"] = mutant
        resource.setrlimit(resource.RLIMIT_CPU, (int(limit), int(limit) + 5))
        # Some mutants allocate without end.
        resource.setrlimit(resource.RLIMIT_AS, (8 << 30, 8 << 30))
        _silence(session)
        status = 1
        try:
            _forget()
            status = int(_run(session, numbers))
        finally:
            os._exit(status)
    return process


def _silence(session: pytest.Session) -> None:
    nowhere = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115
    for standard in (1, 2):
        os.dup2(nowhere.fileno(), standard)
    session.config.get_terminal_writer()._file = nowhere


def _forget() -> None:
    """Clear the caches of the package, its tools and its tests."""
    for cached in _caches(len(sys.modules)):
        cached.cache_clear()


@functools.lru_cache(maxsize=1)
def _caches(_modules: int) -> list[Any]:
    """Find the caches of functions. They are looked for again after another module has been imported."""
    # `isinstance` fails for weak references to what is gone.
    found = [cached for cached in gc.get_objects() if type(cached) is functools._lru_cache_wrapper]
    names = ("notorious_markets", "tools", "tests", "test_")
    return [cached for cached in found if (cached.__module__ or "").startswith(names) and cached is not _caches]


def _run(session: pytest.Session, numbers: list[int]) -> bool:
    """Run tests until one fails, and return whether one has failed."""
    items = [session.items[number] for number in numbers]
    for item, following in zip(items, [*items[1:], None], strict=True):
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        if session.testsfailed:
            return True
    return False


if __name__ == "__main__":
    main()
