"""The house rules that no checker knows: what the locks hold, what the files name."""

import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib import metadata

import pytest

import oms_tui
from tests.support import ROOT

LOCKS = ("requirements/runtime.txt", "requirements/dev.txt")


def _locked(path: str) -> dict[str, tuple[str, tuple[str, ...]]]:
    """The lock file's packages: name to version and hashes.

    Raises:
        AssertionError: a line is neither a pinned package with hashes nor a comment.
    """
    text = (ROOT / path).read_text(encoding="utf-8").replace("\\\n", " ")
    packages = {}
    for line in text.splitlines():
        if not line.strip() or line.strip().startswith("#"):
            continue
        match = re.fullmatch(r"([a-z0-9][a-z0-9.-]*)==(\S+)((?:\s+--hash=sha256:[0-9a-f]{64})+)\s*", line)
        assert match, f"{path}: not a pinned package with hashes: {line[:80]!r}"
        packages[match[1]] = (match[2], tuple(match[3].split()))
    return packages


def _declared() -> tuple[list[str], list[str], list[str]]:
    """What ``pyproject.toml`` asks for: to build, to run, to develop."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    project = settings["project"]
    return (
        settings["build-system"]["requires"],
        project["dependencies"],
        project["optional-dependencies"]["dev"],
    )


def test_every_declared_package_is_locked_with_hashes():
    runtime, dev = map(_locked, LOCKS)
    to_build, to_run, to_develop = _declared()
    for lock, wanted in ((runtime, to_build + to_run), (dev, to_build + to_run + to_develop)):
        for requirement in wanted:
            name, relation, version = re.split(r"(==|>=)", requirement)
            assert (key := name.replace("_", "-")) in lock, f"{requirement} is not locked: make lock"
            assert relation == ">=" or lock[key][0] == version, (
                f"{requirement} is locked otherwise: make lock"
            )
    assert any(requirement.startswith("textual==") for requirement in to_run)


def test_one_version_of_each_package_for_users_and_developers():
    runtime, dev = map(_locked, LOCKS)
    assert runtime.items() <= dev.items()


def test_installed_packages_satisfy_each_other():
    run = subprocess.run([sys.executable, "-m", "pip", "check"], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr


def test_version_is_the_installed_one():
    assert metadata.version("oms-tui") == oms_tui.__version__


# Written in two pieces, so that this file does not name what it looks for.
_HOSTS = ("pyp" + "i.org", "python" + "hosted", "registry." + "npmjs", "proxy." + "golang", "deb." + "debian")
_TOP_FOLDERS = "|".join(("roo" + "t", "wor" + "k", "tm" + "p", "hom" + r"e/\w+", "Use" + r"rs/\w+"))
_MACHINE_PATHS = re.compile(rf"(?<![\w.~-])/(?:{_TOP_FOLDERS})(?:/|\b)")


def _tracked() -> Iterator[tuple[str, str]]:
    """Path and text of every tracked text file."""
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout: nothing tells which files belong to the project")
    listed = subprocess.run([git, "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    for path in filter(None, listed.stdout.split("\0")):
        try:
            yield path, (ROOT / path).read_text(encoding="utf-8")
        except (UnicodeDecodeError, FileNotFoundError):
            continue


def test_the_repository_names_no_registry_and_no_machine():
    found = []
    for path, text in _tracked():
        found += [f"{path}: {host}" for host in _HOSTS if host in text.lower()]
        found += [f"{path}: {match[0]}" for match in _MACHINE_PATHS.finditer(text)]
    assert not found


def test_locks_carry_no_options():
    for path in LOCKS:
        text = (ROOT / path).read_text(encoding="utf-8")
        assert not re.findall(r"^\s*--(?!hash=).*", text, flags=re.MULTILINE)
        assert "://" not in text
