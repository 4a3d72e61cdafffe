"""The lower half of a form: what committing it would do, now and after (architecture 3, plan)."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import ClassVar

from oms_tui.domain.plan import Change, ChangeKind, Plan
from oms_tui.widgets.flowing import wrapped
from oms_tui.widgets.grid import Grid
from oms_tui.widgets.lines import Pieces
from oms_tui.widgets.listing import Body, Entry, Listing
from oms_tui.widgets.long_list.columns import Cell, Column


class Preview(Listing, can_focus=False):
    """The plan; page keys of the form scroll it."""

    MORE_KEY: ClassVar[str] = "pgdn"

    def __init__(self, *, ascii_only: bool = False, id: str | None = None) -> None:
        super().__init__(ascii_only=ascii_only, id=id)
        self._plan: Plan | None = None
        self._told: tuple[str, str] = ("", "muted")

    @property
    def plan(self) -> Plan | None:
        """What is shown; None where only a sentence is."""
        return self._plan

    def show_plan(self, plan: Plan) -> None:
        """Show what would change."""
        self._plan = plan
        self.present(self._plan_at, is_new=True)

    def say(self, text: str, look: str = "muted") -> None:
        """Show a sentence in the plan's place: why there is none."""
        self._plan, self._told = None, (text, look)
        self.present(self._plan_at, is_new=True)

    def _plan_at(self, width: int) -> Body:
        plan = self._plan
        if plan is None:
            text, look = self._told
            return Body(tuple(_entry([(line, look)]) for line in wrapped(text, max(10, width))))
        grid = Grid(_columns(), width)
        entries = [Entry(grid.header)]
        for change in condensed(plan.changes):
            entries += _rows(grid, change)
        if not plan.changes:
            entries.append(_entry([("nothing changes", "muted")]))
        return Body(tuple(entries), head=1)


def _rows(grid: Grid[Change], change: Change) -> list[Entry]:
    """A change, in as many lines as what it leads to needs."""
    first, *rest = wrapped(change.after or "–", max(1, grid.width_of("after")))
    more = (replace(change, label="", before=" ", after=text) for text in rest)
    return [Entry(partial(grid.row, one)) for one in (replace(change, after=first), *more)]


def _entry(pieces: Pieces) -> Entry:
    return Entry(lambda: pieces)


def _columns() -> list[Column[Change]]:
    return [
        Column(id="label", title="This will", width=22, flex=2, most=40, render=_label),
        Column(id="before", title="now", width=14, flex=1, most=30,
               render=lambda one: Cell(one.before or "–", "muted")),
        Column(id="after", title="after", width=20, flex=3, render=lambda one: one.after or "–"),
    ]  # fmt: skip


def _label(change: Change) -> Cell:
    is_foremost = change.kind in (ChangeKind.STATUS, ChangeKind.MONEY) and "/" not in change.path
    return Cell(change.label, "strong" if is_foremost else "")


def condensed(changes: Sequence[Change]) -> list[Change]:
    """The changes as a person reads them: what happens alike to several lines or tasks stands in one row.

    Why a line has its status (its cause) follows from what the form says, so it is left to the timeline.
    """
    alike: dict[tuple[object, ...], list[Change]] = {}
    for change in changes:
        if not change.path.endswith("/cause"):
            alike.setdefault(_likeness(change), []).append(_in_short(change))
    return [_together(group) for group in alike.values()]


def _in_short(change: Change) -> Change:
    """What is said of a hold that stays open: what is added, not once more why it was placed."""
    added = change.after.removeprefix(change.before)
    if change.kind is not ChangeKind.HOLD or not change.before or added in ("", change.after):
        return change
    return replace(change, label=change.label.removesuffix(" reason"), before="open", after=added.strip(" ·"))


def _likeness(change: Change) -> tuple[object, ...]:
    if change.kind is ChangeKind.TASK:
        return change.kind, change.before, change.after
    parts = change.path.split("/")
    if change.kind is ChangeKind.LINE and len(parts) == 3:
        return change.kind, parts[2], change.before, change.after
    return (change.path,)


def _together(group: list[Change]) -> Change:
    first, last = group[0], group[-1]
    if first is last:
        return first
    if first.kind is ChangeKind.TASK:
        return replace(first, label=f"{len(group)} tasks, {first.label} to {last.label}")
    numbers = [int(change.path.split("/")[1]) for change in group]
    return replace(first, label=f"lines {_ranges(numbers)} {first.path.rsplit('/', 1)[1].replace('_', ' ')}")


def _ranges(numbers: Sequence[int]) -> str:
    """`1-3, 5`."""
    stretches: list[list[int]] = []
    for number in sorted(numbers):
        if stretches and number == stretches[-1][1] + 1:
            stretches[-1][1] = number
        else:
            stretches.append([number, number])
    return ", ".join(str(low) if low == high else f"{low}-{high}" for low, high in stretches)


def same_effect(one: Plan | None, other: Plan) -> bool:
    """Whether two plans do the same to the order; the words of a note are the person's own."""
    return one is not None and _effect(one) == _effect(other)


def _effect(plan: Plan) -> tuple[object, ...]:
    changes = tuple(
        (change.kind, change.path, change.before, "" if change.kind is ChangeKind.NOTE else change.after)
        for change in plan.changes
    )
    return plan.version, plan.commit_label, plan.warnings, changes
