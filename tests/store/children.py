"""Other processes that use a database at the same time, or are killed while they do."""

from subprocess import TimeoutExpired

from tests.processes import Process

_PRELUDE = """
import sys
from oms_tui.store.engine import Store
from oms_tui.store import meta, migrations
import oms_tui.store.migrations.run
path = sys.argv[1]
print("ready", flush=True)
sys.stdin.readline()
"""


def start(body: str, *arguments: str) -> Process:
    """Start a process that gets ready to run `body` on the database `arguments[0]`, and wait until it is."""
    child = Process("-c", _PRELUDE + body, *arguments)
    assert child.stdout.readline() == "ready\n", child.communicate()
    return child


def go(child: Process) -> None:
    """Let a process that is ready begin."""
    child.stdin.write("\n")
    child.stdin.flush()


def finish(child: Process, seconds: float = 120) -> str:
    """Wait for its end, which must be a good one; what it printed. After `seconds` it is killed."""
    try:
        output, errors = child.communicate(timeout=seconds)
    except TimeoutExpired:
        child.end()
        raise
    assert child.returncode == 0, errors
    return output
