"""A program that claims the next order of a filter until there is none: run by the tests, not a test itself.

    claiming.py URL STATE_FOLDER NAME FILTER

At a word on standard input it begins; one JSON line is printed for each order it has claimed.
"""

import json
import sys
from pathlib import Path

from oms_tui.config import Settings
from oms_tui.desk import people
from oms_tui.desk.desk import Desk
from oms_tui.desk.next_in_queue import claim_next


def main(url: str, state_folder: str, name: str, filter_text: str) -> None:
    """Run."""
    desk = Desk.open(url, settings=Settings(), state_folder=Path(state_folder))
    actor = people.actor_named(desk, name)
    print(json.dumps("ready"), flush=True)
    sys.stdin.readline()
    while (claimed := claim_next(desk, actor, filter_text)) is not None:
        print(json.dumps(claimed), flush=True)
    desk.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
