"""The holds of an order as the set they are: each with its reason, since when, and who may release it with
which key (spec 2, Hold; spec 5)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from oms_tui.domain.order import Hold
from oms_tui.domain.status import HOLD_GLYPH, word
from oms_tui.screens.profile.page import Page
from oms_tui.screens.profile.view import View
from oms_tui.verbs import verb
from oms_tui.verbs.base import holders_of
from oms_tui.verbs.hold import blocked_by
from oms_tui.widgets.flowing import Flowing
from oms_tui.widgets.lines import Piece, Pieces, cut, pieces_width, spread

if TYPE_CHECKING:
    from oms_tui.screens.console import Console

MOST_SHOWN = 4
"""Holds that stand above the tabs; the Flow tab has them all."""


@dataclass(frozen=True, slots=True)
class HoldKey:
    """Names a hold among the stops."""

    number: int


@dataclass(frozen=True, slots=True)
class Release:
    """Who ends a hold, and with which key."""

    roles: str
    """"CS", "CS or OP"; "" = nobody."""
    key: str
    label: str

    @property
    def text(self) -> str:
        """In words: "CS: f Review fraud", to others "CS: Review fraud"."""
        return f"{self.roles or 'nobody'}: {f'{self.key} ' if self.key else ''}{self.label}"


def release_of(console: "Console", hold: Hold) -> Release | None:
    """Who may release a hold here, and how; None where no verb does."""
    fix = blocked_by(hold).fix
    if fix is None:
        return None
    found = verb(fix)
    is_own = console.policy.authority.allows(console.actor.roles, found.right)
    key = console.keys.shown(fix) if is_own else ""  # nobody is sent to a key that only refuses them
    return Release(holders_of(found, console.policy), key, found.label)


def hold_lines(view: View, releases: Sequence[tuple[Hold, Release | None]], width: int) -> Iterable[Pieces]:
    """A line for each hold: what and why at the left, since when, who and which key at the right."""
    flag = "H" if view.ascii_only else HOLD_GLYPH
    for hold, release in releases:
        right: list[Piece] = [(f"since {view.at(hold.placed_at)} by {hold.placed_by}", "muted")]
        if release is not None:
            right += [
                (f"  {release.roles or 'nobody'} ", ""),
                (f"{release.key} " if release.key else "", "key"),
                (release.label, ""),
            ]
        left: list[Piece] = [(f"{flag} {word(hold.kind)}", "warning"), (f"  {hold.reason}", "")]
        yield spread(left, cut(right, max(0, width - pieces_width(left[:1]) - 2)), width, gap=2)


def put_holds(page: Page, view: View) -> None:
    """Put every hold into the Flow tab, those that were released after the open ones."""
    order = view.order
    standing = order.open_holds()
    if not order.holds:
        return
    page.heading("Holds")
    for hold in sorted(order.holds, key=lambda one: one not in standing):
        key = HoldKey(hold.number)
        release = dict(view.releases).get(hold.number, "")
        if hold in standing:
            page.put((f"  {word(hold.kind)}", "warning"), (f"  {release}", "muted"), key=key)
        else:
            done = (
                f"released {view.at(hold.released_at)} by {hold.released_by}" if hold.released_at else "void"
            )
            page.put((f"  {word(hold.kind)}", "muted"), (f"  {done}", "muted"), key=key)
        page.say(f"since {view.at(hold.placed_at)} by {hold.placed_by}: {hold.reason}", "", indent=4, key=key)


class Holds(Flowing):
    """The open holds, a line for each, where the screen is high enough."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._view: View | None = None
        self._releases: tuple[tuple[Hold, Release | None], ...] = ()

    def tell(self, view: View | None, console: "Console") -> None:
        """Show the holds of this order."""
        before = self.lines_at(self.size.width)
        self._view = view
        holds = () if view is None else view.order.open_holds()
        self._releases = tuple((hold, release_of(console, hold)) for hold in holds)
        if self.lines_at(self.size.width) != before:
            self.update_lines(len(before))

    def lines_at(self, width: int) -> list[Pieces]:
        """A line for each, and how many there are besides."""
        if self._view is None or width < 2:
            return []
        shown = self._releases[:MOST_SHOWN]
        lines = [[(" ", ""), *line] for line in hold_lines(self._view, shown, width - 2)]
        more = len(self._releases) - len(shown)
        return [*lines, *([[(f" and {more} more: on the Flow tab", "muted")]] if more else [])]
