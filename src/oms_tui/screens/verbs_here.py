"""The verbs on the order of a screen: which can be done now, why not, and starting them (spec 5)."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from oms_tui.screens.actions import Action, all_actions

if TYPE_CHECKING:
    from oms_tui.screens.base import DeskScreen
    from oms_tui.screens.keymap import Keys
    from oms_tui.verbs import Verb

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
        from oms_tui.screens.wording import refusal_text

        blockers = verb.blockers(subject, console.actor, console.policy)
        told = refusal_text([(one.reason, one.fix) for one in blockers], console.keys)
        return told or submissions_of(console).refusal(about, verb.id)

    def refusal_of_person(self, verb: "Verb") -> str:
        """Why the person cannot do it to any order: a right that is missing, a desk open read-only."""
        console = self._screen.app
        if not console.policy.authority.allows(console.actor.roles, verb.right):
            holders = " or ".join(role.value.upper() for role in console.policy.authority.who_may(verb.right))
            return f"for {holders or 'nobody'} only"
        if verb.is_changing and console.desk is not None and console.desk.is_read_only:
            return "the desk is open read-only"
        return ""

    def about(self, verb: "Verb") -> str:
        """What the verb would be done to, in words; "" where there is nothing."""
        order_id = self._screen.order_id
        return f"order {order_id}" if order_id is not None else ""

    def of_key(self, key: str) -> tuple[Action, ...]:
        """The verbs that a key starts here."""
        return self.keys.verbs_on(key)

    def foremost(self, key: str) -> tuple[Action, str]:
        """Of the verbs on a key the one to name on screen, and why it cannot be done ("" = it can)."""
        rows = self.of_key(key)
        judged = [(row, self.refusal(row.verb)) for row in rows if row.verb is not None]
        return next(((row, why) for row, why in judged if not why), judged[0])

    async def press(self, key: str) -> None:
        """Somebody pressed a verb's key: start it, offer a menu of several, or say why not."""
        verbs = [row.verb for row in self.of_key(key) if row.verb is not None]
        open_ones = [verb for verb in verbs if not self.refusal(verb)]
        if len(open_ones) > 1:
            self._offer(open_ones)
        elif open_ones or verbs:
            await self.start((open_ones or verbs)[0])

    def _offer(self, verbs: "list[Verb]") -> None:
        from oms_tui.screens.choose import Choice, Choose

        async def chosen(verb_id: str | None) -> None:
            for verb in verbs:
                if verb.id == verb_id:
                    await self.start(verb)

        choices = [Choice(verb.id, verb.label, verb.help) for verb in verbs]
        self._screen.app.push_screen(Choose("Which?", choices), chosen)

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
