"""Event problems (EP): what came from outside and could not be taken, or should not have been (spec 7)."""

from oms_tui.domain.authority import Right
from oms_tui.screens.console import Console


def refusal(console: Console) -> str:
    """Why the person may not look at event problems; "" = they may."""
    authority = console.policy.authority
    if authority.allows(console.actor.roles, Right.EVENT_PROBLEMS):
        return ""
    holders = " or ".join(role.value.upper() for role in authority.who_may(Right.EVENT_PROBLEMS))
    return f"Event problems are for {holders or 'nobody'}"


async def open_events(console: Console) -> None:
    """Show event problems, or say who may see them."""
    if why := refusal(console):
        console.toast(why, "warning")
        return
    from oms_tui.screens.events.screen import EventsScreen

    if not isinstance(console.screen, EventsScreen):
        await console.push_screen(EventsScreen())
