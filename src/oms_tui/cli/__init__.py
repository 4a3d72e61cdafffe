"""The program's commands, one file a group; heavy imports inside the functions.

`main` is what `oms-tui` and `python -m oms_tui` run. Groups are imported when one of their commands is run,
so that
`--help` and `--version` answer at once.
"""

from oms_tui.cli.entry import main

__all__ = ["main"]
