"""A profile's head (facts, status bar, tabs) and foot (why it stands here, the action pod): spec 7."""

from collections.abc import Sequence
from dataclasses import dataclass

from oms_tui.domain.answers import Profile
from oms_tui.domain.concerns import ConcernKind
from oms_tui.domain.derive import Standing, ahead_in_words, standing, why_it_stands
from oms_tui.domain.flow import Task
from oms_tui.domain.money import format_money
from oms_tui.domain.status import HOLD_GLYPH, CustomerRole, LineStatus, OrderStatus, word
from oms_tui.domain.totals import order_total
from oms_tui.screens import wording
from oms_tui.screens.money_notes import MoneyNote, foremost_lines
from oms_tui.screens.profile.view import View
from oms_tui.widgets.flowing import Flowing, wrapped
from oms_tui.widgets.lines import Lines, Piece, Pieces, pieces_width, spread

_EXCEPTIONS = (OrderStatus.UNDELIVERED, OrderStatus.RETURNED, OrderStatus.CANCELLED)
HIGH = 30
"""Lines of a screen that has room for the address below the facts."""
MOST_WHY = 2
"""Lines of the sentence that says why an order stands where it stands."""


_SAYS_CAPTURE = f"{word(Task.CAPTURE)} "
_SAID_BY_CAPTURE = (ConcernKind.CAPTURE_FAILED, ConcernKind.CAPTURE_UNKNOWN)


@dataclass(frozen=True, slots=True)
class Beside:
    """The orders before and after in the list one came from; "" = none, or not known yet."""

    before: str = ""
    after: str = ""


class Facts(Flowing):
    """Who, what, how much, since when; flags, claim, neighbours."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._view: View | None = None
        self._beside = Beside()
        self._fallback = ""

    def tell(self, view: View | None, beside: Beside, fallback: str = "") -> None:
        """Show these facts; without a view only `fallback`."""
        before = self.lines_at(self.size.width)
        self._view, self._beside, self._fallback = view, beside, fallback
        if self.lines_at(self.size.width) != before:
            self.update_lines(len(before))

    def lines_at(self, width: int) -> list[Pieces]:
        """The facts, in two lines where they fit, else in three; too many flags in one of their own.

        A high screen has the address as well, which callers ask for.
        """
        if self._view is None:
            return [[(f" {self._fallback}", "strong")], [], []]
        address = [_address(self._view)] if self.app.size.height >= HIGH else []
        return [*self._facts(self._view, width), *address]

    def _facts(self, view: View, width: int) -> list[Pieces]:
        standing_now, flags = self._status(view), _flags(view)
        customer, value = _customer(view), self._value(view)
        status = [*standing_now, *_gap(flags)]
        if pieces_width([*status, *value]) + 3 > width:
            return [
                self._ends(standing_now, value, width),
                *([(" ", ""), *line] for line in _broken(flags, width - 2)),
                self._ends(customer, self._neighbours(), width),
                self._ends(_placed(view), self._claim(view), width),
            ]
        if pieces_width([*status, *_gap(customer), *_gap(value)]) + 2 <= width:
            return [
                self._ends(status, [*customer, *_gap(value)], width),
                self._ends(_placed(view), self._right(view), width),
            ]
        return [
            self._ends(status, value, width),
            self._ends(customer, self._neighbours(), width),
            self._ends(_placed(view), self._claim(view), width),
        ]

    @staticmethod
    def _ends(left: Pieces, right: Pieces, width: int) -> Pieces:
        return spread([(" ", ""), *left], [*right, (" ", "")] if right else [], width)

    def _status(self, view: View) -> list[Piece]:
        order = view.order
        now = standing(order.lines)
        text, look = wording.order_status(now.status, now.fraction, ascii_only=view.ascii_only)
        words = ahead_in_words(order.lines)
        return [(order.id, "strong"), ("  ", ""), (text, look), *([(f"  {words}", "muted")] if words else [])]

    @staticmethod
    def _value(view: View) -> list[Piece]:
        return [(format_money(order_total(view.order)), "strong")]

    def _claim(self, view: View) -> list[Piece]:
        text = wording.claim_text(view.profile.claim, view.me, view.zone, view.now)
        return [(text, "accent" if text.startswith("claimed by you") else "warning")] if text else []

    def _right(self, view: View) -> list[Piece]:
        return [*self._claim(view), *_gap(self._neighbours())]

    def _neighbours(self) -> list[Piece]:
        beside = self._beside
        if not (beside.before or beside.after):
            return []
        return [
            ("[ ", "key"), (beside.before or "first", "muted"), ("   ", ""),
            (beside.after or "last", "muted"), (" ]", "key"),
        ]  # fmt: skip


def _address(view: View) -> list[Piece]:
    return [(" Ship-To ", "muted"), (", ".join(wording.address_lines(view.order.ship_to)), "")]


def _gap(pieces: Sequence[Piece]) -> list[Piece]:
    return [("   ", ""), *pieces] if pieces else []


def _flags(view: View) -> list[Piece]:
    order = view.order
    has_undelivered = any(line.status is LineStatus.UNDELIVERED for line in order.lines)
    pieces = wording.hold_pieces(order.open_holds(), has_undelivered, ascii_only=view.ascii_only)
    if order.is_forced:
        pieces += [("  " if pieces else "", ""), ("forced", "warning")]
    return pieces


def _broken(pieces: Sequence[Piece], width: int) -> list[list[Piece]]:
    """Pieces in as many lines as they need; none of them is cut unless it is wider than a line."""
    lines: list[list[Piece]] = [[]]
    for piece in pieces:
        if pieces_width([*lines[-1], piece]) > width and lines[-1]:
            lines.append([])
        if lines[-1] or piece[0].strip():
            lines[-1].append(piece)
    return lines


def _customer(view: View) -> list[Piece]:
    customer = view.order.customer
    phone = customer.phone or view.order.ship_to.phone
    return _dotted([
        (wording.customer_text(customer), ""),
        (word(customer.type), ""),
        # Bill-To is what nearly everybody is; who only receives the goods is the one to know of (spec 2).
        *([(word(customer.role), "accent")] if customer.role is CustomerRole.SHIP_TO else []),
        (phone or "phone not known", "" if phone else "muted"),
        (customer.email or "e-mail not known", "" if customer.email else "muted"),
    ])  # fmt: skip


def _placed(view: View) -> list[Piece]:
    order = view.order
    country = order.ship_to.country or order.channel.country
    return _dotted([
        (f"placed {view.at(order.created)}", ""),
        (order.channel.code, ""),
        (country or "country not known", ""),
        (order.language or order.channel.language or "language –", "muted"),
        (order.method or _no_method(view.profile), "" if order.method else "muted"),
    ])  # fmt: skip


def _no_method(profile: Profile) -> str:
    return "carried out" if profile.order.is_carry_out else "shipping not known"


def _dotted(pieces: Sequence[Piece]) -> list[Piece]:
    joined: list[Piece] = []
    for number, piece in enumerate(pieces):
        joined += [(" · ", "muted"), piece] if number else [piece]
    return joined


class StatusBar(Lines):
    """The documented statuses in their order, the order's own standing out (spec 3.1)."""

    def __init__(self, *, ascii_only: bool = False, id: str | None = None) -> None:
        super().__init__(id=id)
        self._signs = ("=", "-") if ascii_only else ("━", "─")
        self._now: Standing | None = None

    def tell(self, now: Standing | None) -> None:
        """Show where the order stands."""
        if now != self._now:
            self._now = now
            self.refresh()

    def line(self, y: int, width: int) -> Pieces:
        """All nine where there is room; else the usual course, and the one it has left it for."""
        if self._now is None:
            return ()
        shown = list(OrderStatus)
        if pieces_width(self._bar(shown)) > width:
            usual = [one for one in OrderStatus if one not in _EXCEPTIONS]
            shown = usual if self._now.status in usual else [*usual[1:], self._now.status]
        return self._bar(shown)

    def _bar(self, shown: Sequence[OrderStatus]) -> list[Piece]:
        now = self._now
        pieces: list[Piece] = [(" ", "")]
        is_before = now is not None and now.status not in _EXCEPTIONS
        for number, status in enumerate(shown):
            is_now = now is not None and status is now.status
            if number:
                pieces.append((f" {self._signs[0 if is_before else 1]} ", "muted"))
            if is_now and now is not None:
                name = word(status).upper() + (f" {now.fraction}" if now.fraction else "")
                pieces.append((name, "accent"))
                is_before = False
            else:
                pieces.append((word(status), "muted"))
        return pieces


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab of the strip; `badge` counts what is in it, with its look."""

    title: str
    short: str
    badge: str = ""
    look: str = ""


class TabStrip(Lines):
    """The tabs with their numbers; names give way where room is short, the shown one last."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._tabs: tuple[Tab, ...] = ()
        self._shown_tab = 0

    def tell(self, tabs: Sequence[Tab], shown: int) -> None:
        """Show these tabs, the one at `shown` standing out."""
        wanted = (tuple(tabs), shown)
        if wanted != (self._tabs, self._shown_tab):
            self._tabs, self._shown_tab = wanted
            self.refresh()

    def line(self, y: int, width: int) -> Pieces:
        """The longest form that fits."""
        for is_short, gap in ((False, "   "), (False, "  "), (True, "  "), (True, " ")):
            pieces = self._strip(is_short, gap)
            if pieces_width(pieces) <= width:
                return pieces
        return pieces

    def _strip(self, is_short: bool, gap: str) -> list[Piece]:
        pieces: list[Piece] = [(" ", "")]
        for number, tab in enumerate(self._tabs):
            is_shown = number == self._shown_tab
            name = tab.title if is_shown or not is_short else tab.short
            if number:
                pieces.append((gap, ""))
            pieces.append((f"{number + 1} ", "selected" if is_shown else "key"))
            pieces.append((name, "selected" if is_shown else ""))
            if tab.badge:
                pieces.append((f" {tab.badge}", "selected" if is_shown else tab.look or "muted"))
        return pieces


class Why(Flowing):
    """One sentence: why the order stands where it stands; the first hold, where none stands above the tabs;
    and the most pressing one about its money."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._text = self._hold = self._still = ""
        self._money: tuple[MoneyNote, ...] = ()

    def tell(self, view: View | None, still: str = "") -> None:
        """Say it of this order; `still`: that nobody runs what is due of it."""
        sentence = "" if view is None else why_it_stands(view.order)
        money = () if view is None else view.money
        if sentence.startswith(_SAYS_CAPTURE) and money and money[0].kind in _SAID_BY_CAPTURE:
            sentence = ""  # the sentence about the money says more, and what helps
        text = f"Why it stands here: {sentence}" if sentence else ""
        hold = "" if view is None else _first_hold(view)
        if (text, hold, still, money) != (self._text, self._hold, self._still, self._money):
            before = len(self.lines_at(self.size.width))
            self._text, self._hold, self._still, self._money = text, hold, still, money
            self.update_lines(before)

    def lines_at(self, width: int) -> list[Pieces]:
        """The sentence and the hold, broken between words; what does not fit in two lines each is cut with a
        mark."""
        if width < MOST_WHY:
            return []
        hold = self._hold if self.app.size.height < HIGH else ""
        lines: list[Pieces] = [
            [(f" {text}", "warning" if number == 0 else "")]
            for said in (self._text, hold)
            for number, text in enumerate(_in_two(said, width - 2))
        ]
        for money in foremost_lines(self._money, width - 2, MOST_WHY, "3 Payments"):
            lines.append([(" ", ""), *money])
        return [*lines, [(f" {self._still}", "warning")]] if self._still else lines


def _in_two(text: str, width: int) -> list[str]:
    """A text in two lines at most."""
    texts = list(wrapped(text, width)) if text else []
    return texts if len(texts) <= MOST_WHY else [*texts[: MOST_WHY - 1], " ".join(texts[MOST_WHY - 1 :])]


def _first_hold(view: View) -> str:
    """The oldest open hold with its reason, and how many there are besides; "" without any."""
    holds = view.order.open_holds()
    if not holds:
        return ""
    first = holds[0]
    said = f"{'H' if view.ascii_only else HOLD_GLYPH} {word(first.kind)}"
    reason = f": {first.reason}" if first.reason else ""
    more = f" (and {len(holds) - 1} more: 2 Flow)" if len(holds) > 1 else ""
    return f"{said}{more}{reason}"


@dataclass(frozen=True, slots=True)
class PodVerb:
    """One verb of the pod; dim, with a dot, when it cannot be done now."""

    key: str
    label: str
    is_dim: bool = False
    group: str = ""
    """What it is about in a word, for a small screen."""


class Pod(Flowing):
    """Every verb with its key (spec 7, action pod)."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._verbs: tuple[PodVerb, ...] = ()

    @property
    def verbs(self) -> tuple[PodVerb, ...]:
        """What it lists."""
        return self._verbs

    def tell(self, verbs: Sequence[PodVerb]) -> None:
        """List these verbs."""
        if tuple(verbs) != self._verbs:
            before = len(self.lines_at(self.size.width))
            self._verbs = tuple(verbs)
            self.update_lines(before)

    def lines_at(self, width: int) -> list[Pieces]:
        """The verbs, as many to a line as fit."""
        lines: list[list[Piece]] = []
        room, is_small = 0, self.app.size.height < HIGH
        gap = "  " if is_small else "   "
        for verb in self._verbs:
            dot = "·" if verb.is_dim else ""
            label = verb.group if is_small and verb.group else verb.label
            pieces: list[Piece] = [
                (verb.key, "muted" if verb.is_dim else "key"),
                (f" {label}{dot}", "muted" if verb.is_dim else ""),
                (gap, ""),
            ]
            cells = pieces_width(pieces)
            if not lines or cells - len(gap) > room:
                lines.append([(" ", "")])
                room = width - 1
            lines[-1] += pieces
            room -= cells
        return [line[:-1] for line in lines]  # the gap behind the last one might not fit
