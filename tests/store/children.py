"""Other processes that use a database at the same time, or are killed while they do."""

import subprocess
import sys

from tests.support import ROOT

_PRELUDE = """
import sys
from oms_tui.store.engine import Store
from oms_tui.store import meta, migrations
import oms_tui.store.migrations.run
path = sys.argv[1]
print("ready", flush=True)
sys.stdin.readline()
"""


def start(body: str, *arguments: str) -> "subprocess.Popen[str]":
    """Start a process that gets ready to run `body` on the database `arguments[0]`, and wait until it is."""
    child = subprocess.Popen(
        [sys.executable, "-c", _PRELUDE + body, *arguments],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "ready\n", child.communicate()
    return child


def go(child: "subprocess.Popen[str]") -> None:
    """Let a process that is ready begin."""
    assert child.stdin is not None
    child.stdin.write("\n")
    child.stdin.flush()


def finish(child: "subprocess.Popen[str]", seconds: float = 120) -> str:
    """Wait for its end, which must be a good one; what it printed. After `seconds` it is killed."""
    try:
        output, errors = child.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        child.kill()
        child.communicate()
        raise
    assert child.returncode == 0, errors
    return output
