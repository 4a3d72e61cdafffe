"""A list of orders in plain curses: about the least a list can cost, and so what ours is compared with.

python curses_list.py ROWS
"""

import curses
import sys

WIDTHS = (8, 12, 26, 20, 2, 9, 16, 12)
STATUSES = ("Pending Allocation", "Allocated", "Confirmed 1/3", "Shipped", "Delivered", "Cancelled")
METHODS = ("Standard DHL", "Express UPS", "Pickup")


def text_of(row: int) -> str:
    """Order number ``row`` of the list, as one line."""
    fields = (
        f"{10_000_000 + row}",
        f"{row % 28 + 1:02} Nov {row % 24:02}:{row % 60:02}",
        f"Customer {row % 9973}, {chr(65 + row % 26)}",
        STATUSES[row % len(STATUSES)],
        "CZ",
        f"web-{row % 7}",
        METHODS[row % len(METHODS)],
        f"{row * 37 % 99999 / 100:.2f}",
    )
    return "  ".join(field[:width].ljust(width) for field, width in zip(fields, WIDTHS, strict=True))


def moved(key: int, cursor: int, height: int, rows: int) -> int:
    """Where ``key`` takes the cursor."""
    steps = {ord("j"): 1, ord("k"): -1, curses.KEY_NPAGE: height, curses.KEY_PPAGE: -height}
    if key in (curses.KEY_END, ord("G")):
        return rows - 1
    if key in (curses.KEY_HOME, ord("g")):
        return 0
    return min(max(cursor + steps.get(key, 0), 0), rows - 1)


def run(screen: curses.window, rows: int) -> None:
    """Show ``rows`` rows until q is pressed."""
    curses.curs_set(0)
    screen.idlok(True)
    screen.scrollok(True)
    screen.keypad(True)
    height, width = screen.getmaxyx()
    height -= 2
    cursor = top = 0
    key = 0
    while key != ord("q"):
        screen.addnstr(0, 0, "Order".ljust(width - 1), width - 1, curses.A_BOLD)
        for y in range(height):
            text = text_of(top + y) if top + y < rows else ""
            look = curses.A_REVERSE if top + y == cursor else curses.A_NORMAL
            screen.addnstr(y + 1, 0, text.ljust(width - 1), width - 1, look)
        screen.addstr(height + 1, 0, f"LOADED {rows}")
        screen.refresh()
        key = screen.getch()
        cursor = moved(key, cursor, height, rows)
        top = min(max(top, cursor - height + 1), cursor)


if __name__ == "__main__":
    curses.wrapper(run, int(sys.argv[1]))
