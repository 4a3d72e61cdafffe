"""The verbs on the order of a screen: which can be done now, why not, and starting them (spec 5)."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from oms_tui.screens.actions import Action, all_actions

MOST_TOGETHER = 26
"""Letters of the labels of one key together."""
MENU_FROM = 3
"""Verbs on a key, that the person may do, from which it opens its menu whatever the order's state: with so
many nobody knows which one the state leaves. Of a pair the only one that can be done starts at once, unless
the other is refused for a reason that is worth reading first: `x` on a packed order that the customer asks to
cancel says why it cannot be cancelled beside the way to decline."""

if TYPE_CHECKING:
    from oms_tui.screens.base import DeskScreen
    from oms_tui.screens.console import Console
    from oms_tui.screens.keymap import Keys
    from oms_tui.verbs import Subject, Verb

    VERB_ROWS: tuple[Action, ...]
    """The rows of the action table that are verbs, in their order."""


def __getattr__(name: str) -> object:
    """`VERB_ROWS`, made when they are first asked for: the verbs load after the first frame."""
    if name == "VERB_ROWS":
        return tuple(row for row in all_actions() if row.verb is not None)
    raise AttributeError(name)


class VerbsHere:
    """What a screen's order allows. Nothing here decides: the desk checks again."""

    def __init__(self, screen: "DeskScreen") -> None:
        self._screen = screen

    @property
    def keys(self) -> "Keys":
        """The keys in force."""
        return self._screen.app.keys

    def refusal(self, verb: "Verb", order_id: str | None = None) -> str:
        """Why the person cannot do it to this order now, naming the key that would help; "" = they can.

        Args:
            verb: what they want to do.
            order_id: to another order than the screen's. What its state allows the desk says.
        """
        screen, console = self._screen, self._screen.app
        about = order_id or screen.order_id
        if about is None:
            return "there is no order here"
        if why := self.refusal_of_person(verb):
            return why
        subject = screen.subject()
        if subject is None or subject.order.id != about:
            return ""
        from oms_tui.screens.submissions import submissions_of

        return why_refused(console, verb, subject) or submissions_of(console).refusal(about, verb.id)

    def refusal_of_person(self, verb: "Verb") -> str:
        """Why the person cannot do it to any order: a right that is missing, a desk open read-only."""
        console = self._screen.app
        if not console.policy.authority.allows(console.actor.roles, verb.right):
            from oms_tui.verbs.base import holders_of

            return f"for {holders_of(verb, console.policy) or 'nobody'} only"
        if verb.writes and console.desk is not None and console.desk.is_read_only:
            return "the desk is open read-only"
        return ""

    def about(self, verb: "Verb") -> str:
        """What the verb would be done to, in words; "" where there is nothing."""
        order_id = self._screen.order_id
        return f"order {order_id}" if order_id is not None else ""

    def of_key(self, key: str) -> tuple[Action, ...]:
        """The verbs that a key starts here."""
        return self.keys.verbs_on(key)

    def judged(self, key: str) -> "list[tuple[Action, Verb, str]]":
        """The verbs on a key, each with why it cannot be done ("" = it can); those that are for the person
        come first."""
        rows = [(row, row.verb) for row in self.of_key(key) if row.verb is not None]
        rows.sort(key=lambda one: not self.is_for_person(one[1]))
        return [(row, verb, self.refusal(verb)) for row, verb in rows]

    def is_for_person(self, verb: "Verb") -> bool:
        """Whether the person has the right to it, whatever the order's state says."""
        console = self._screen.app
        return console.is_signed_in and console.policy.authority.allows(console.actor.roles, verb.right)

    def foremost(self, key: str) -> tuple[Action, str]:
        """Of the verbs on a key the one to name on screen, and why it cannot be done ("" = it can)."""
        judged = [(row, why) for row, _verb, why in self.judged(key)]
        return next(((row, why) for row, why in judged if not why), judged[0])

    def label(self, key: str) -> tuple[str, bool]:
        """What a key does here, every verb of it that can be done; and whether any can."""
        judged = self.judged(key)
        open_ones = [verb.label for _row, verb, why in judged if not why]
        return together(open_ones) or judged[0][1].label, bool(open_ones)

    async def press(self, key: str) -> None:
        """Somebody pressed a verb's key: start it, offer a menu of several, or say why not."""
        judged = self.judged(key)
        open_ones = [verb for _row, verb, why in judged if not why]
        own = [(verb, why) for _row, verb, why in judged if not self.refusal_of_person(verb)]
        own.sort(key=lambda one: bool(one[1]))  # what can be done stands first
        is_hiding = len(open_ones) == 1 and any(why and not self._is_idle(verb) for verb, why in own)
        if self._screen.order_id is not None and (len(own) >= MENU_FROM or is_hiding):
            self._offer(own)
        elif len(open_ones) > 1:
            self._offer([(verb, "") for verb in open_ones])
        elif judged:
            telling = [verb for verb, _why in own if not self._is_idle(verb)]
            await self.start([*open_ones, *telling, judged[0][1]][0])

    def _is_idle(self, verb: "Verb") -> bool:
        """Whether the order has nothing that a verb is about, rather than something that is in its way."""
        console, subject = self._screen.app, self._screen.subject()
        if subject is None:
            return False
        blockers = verb.blockers(subject, console.actor, console.policy)
        return bool(blockers) and all(one.is_idle for one in blockers)

    def _offer(self, verbs: "list[tuple[Verb, str]]") -> None:
        from oms_tui.screens.choose import Choice, Choose

        async def chosen(verb_id: str | None) -> None:
            for verb, _why in verbs:
                if verb.id == verb_id:
                    await self.start(verb)

        choices = [Choice(verb.id, verb.label, verb.help, why) for verb, why in verbs]
        first = next((verb.id for verb, why in verbs if not why), "")
        self._screen.app.push_screen(Choose("Which?", choices, at=first), chosen)

    async def start(
        self, verb: "Verb", arguments: Mapping[str, object] | None = None, *, order_id: str | None = None
    ) -> None:
        """Open the verb's form (or do it, if it has none), or say why it cannot be done.

        Args:
            verb: what to do.
            arguments: what is known already, typed on the command line; the form starts with it.
            order_id: to another order than the screen's, named on the command line.
        """
        about = order_id or self._screen.order_id
        why = self.refusal(verb, about)
        if why or about is None:
            where = f", order {about}" if about else ""
            self._screen.app.toast(f"{verb.label}{where}: {why}", "warning")
            return
        from oms_tui.screens.forms import start_verb  # loaded with the first form

        await start_verb(self._screen, verb, about, dict(arguments or {}))


def why_refused(console: "Console", verb: "Verb", subject: "Subject | None") -> str:
    """Why the person cannot do it to this order, each fact with the key or the people that would help; "" =
    they can, as far as is known here."""
    if subject is None:
        return ""
    from oms_tui.screens.wording import refusal_text
    from oms_tui.verbs.ways import refusals

    blockers = refusals(verb, subject, console.actor, console.policy)
    return refusal_text([(one.reason, one.fix) for one in blockers], console.keys)


def together(labels: Sequence[str]) -> str:
    """Labels as one, a last word that they have in common said once ("Release/Place hold"); where that grows
    too long the first alone, with a sign that there are more."""
    if not labels:
        return ""
    parts = [label.rsplit(" ", 1) for label in labels]
    joined = "/".join(labels)
    if all(len(part) == len(parts[0]) > 1 and part[-1] == parts[0][-1] for part in parts):
        joined = f"{'/'.join(part[0] for part in parts)} {parts[0][-1]}"
    return joined if len(joined) <= MOST_TOGETHER or len(labels) == 1 else f"{labels[0]}, …"
