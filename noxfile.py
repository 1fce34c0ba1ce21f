"""Every task of the workspace has one name here, and installs what it needs.

What follows two dashes goes on to the task's program: `nox -s tests -- tests/base -k nonce`.
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import nox
from nox.command import CommandFailed

nox.needs_version = ">=2025.2.9"
nox.options.default_venv_backend = "virtualenv"
nox.options.error_on_external_run = True
nox.options.sessions = ["lint", "tests"]

FOLDERS = (
    "runtime",
    "plugins/base",
    "plugins/solana",
    "plugins/tempo",
    "plugins/sandbox",
    "plugins/mcp",
    "codegen",
    "generated/stablestudio",
)
NPM_LOCK = Path("package-lock.json")
ON_ALL_CORES = ("--numprocesses", "auto", "--dist", "worksteal")


@nox.session
def tests(session: nox.Session) -> None:
    """Run all tests; those that need node are skipped where it is absent, but never on CI."""
    _install(session, "tests")
    if shutil.which("npm"):
        session.run_install("npm", "ci", "--prefer-offline", "--no-progress", external=True, silent=True)
    elif os.environ.get("CI") == "true":
        session.error("The chain tests need node, which CI must have.")
    else:
        session.warn("No node here: the chain tests will be skipped.")
    session.run("pytest", *ON_ALL_CORES, *session.posargs)


@nox.session
def proof(session: nox.Session) -> None:
    """Prove that nothing is paid twice or lost: every fault, every chain, every step to be killed at."""
    _install(session, "tests")
    session.run("pytest", *ON_ALL_CORES, "-m", "proof", "tests/proof", *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Judge style, types and who imports whom, in hand-written and generated code alike."""
    _install(session, "lint")
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")
    session.run("mypy")
    session.run("lint-imports")


@nox.session
def demo(session: nox.Session) -> None:
    """Pay for an image in the sandbox and save it."""
    _install(session, "demo")
    session.run("python", "demo/demo.py", *session.posargs)


@nox.session
def corpus(session: nox.Session) -> None:
    """Generate from other people's documents, in the folder `COINSLOT_CORPUS`, and judge what comes out."""
    _install(session, "lint")
    session.run("python", "-m", "tests.corpus", *session.posargs)


@nox.session
def bench(session: nox.Session) -> None:
    """Measure speed against peers, as ratios; nothing is judged here."""
    _install(session, "tests")
    for script in ("start", "paid_call"):
        session.run("python", f"benchmarks/{script}.py")


@nox.session
def docs(session: nox.Session) -> None:
    """Make a site of the pages in `docs`, with a reference of the runtime, in `build/docs`."""
    _install(session, "docs")
    session.run("sphinx-build", "-q", "-W", "--keep-going", "-b", "html", "docs", "build/docs")


@nox.session
def regenerate(session: nox.Session) -> None:
    """Write the generated clients anew from their documents."""
    _install(session, "demo")
    document, output = "generated/stablestudio.openapi.json", "generated/stablestudio"
    session.run("coinslot", "generate", document, "--output", output, "--force", *session.posargs)


@nox.session
def record(session: nox.Session) -> None:
    """Record the cassettes anew against the sandbox, then play them all."""
    _install(session, "tests")
    session.run("pytest", "--record-mode=rewrite", "-m", "vcr", "tests/cassettes", *session.posargs)
    session.run("pytest", "tests/cassettes")


@nox.session(venv_backend="none")
def requirements(session: nox.Session) -> None:
    """Lock third parties anew by name, version and hash, without the addresses they came from."""
    _compile(session, "nox")
    # All that the distributions declare; what each session needs beside it is in its own `.in`.
    declared = [f"{folder}/pyproject.toml" for folder in FOLDERS]
    shared = ("--all-extras", "--excludes", "requirements/own.txt", "--constraints", "requirements/pins.txt")
    _compile(session, "lint", *declared, *shared, "--constraints", "requirements/nox.txt")
    # The widest set is locked first: one version of each package in all sessions.
    for narrower in ("tests", "demo", "docs"):
        _compile(session, narrower, *declared, *shared, "--constraints", "requirements/lint.txt")
    session.run("npm", "install", "--package-lock-only", external=True)
    _drop_addresses(NPM_LOCK)


def _install(session: nox.Session, name: str) -> None:
    """Install in two steps: third parties by hash, then our folders with nothing that they name."""
    _fetch(session, "--require-hashes", "-r", f"requirements/{name}.txt")
    editable = [argument for folder in FOLDERS for argument in ("-e", folder)]
    _fetch(session, "--no-deps", "--no-build-isolation", *editable)


def _fetch(session: nox.Session, *arguments: str) -> None:
    """Install with uv, which is quick; with pip where uv cannot, as behind an index that only pip knows."""
    here = ("--python", session.virtualenv.location)
    try:
        session.run_install(_uv(), "pip", "install", "--quiet", *here, *arguments, external=True)
    except CommandFailed:
        session.warn("uv could not install this; pip will.")
        session.install(*arguments)


def _compile(session: nox.Session, name: str, *arguments: str) -> None:
    session.run(
        _uv(),
        *("pip", "compile", "--quiet", "--no-config", "--generate-hashes", "--no-emit-index-url"),
        *("--universal", "--python-version", "3.11", "--no-header"),
        *("--output-file", f"requirements/{name}.txt"),
        *session.posargs,
        f"requirements/{name}.in",
        *arguments,
        external=True,
    )


def _uv() -> str:
    """Return the uv that came with nox."""
    from uv import find_uv_bin

    return find_uv_bin()


def _drop_addresses(lock: Path) -> None:
    content = json.loads(lock.read_text("utf-8"))
    for package in content["packages"].values():
        package.pop("funding", None)
        package.pop("resolved", None)
    lock.write_text(json.dumps(content, indent=2) + "\n", "utf-8")
