"""Reconciliation: the provider's settlement files, their rows, and what mends what differs (spec 7)."""

from oms_tui.domain.authority import Right
from oms_tui.screens.console import Console


def refusal(console: Console) -> str:
    """Why the person may not reconcile; "" = they may."""
    authority = console.policy.authority
    if authority.allows(console.actor.roles, Right.EVENT_PROBLEMS):
        return ""
    holders = " or ".join(role.value.upper() for role in authority.who_may(Right.EVENT_PROBLEMS))
    return f"Reconciliation is for {holders or 'nobody'}"


async def open_settlements(console: Console) -> None:
    """Show the settlement files, or say who may see them."""
    if why := refusal(console):
        console.toast(why, "warning")
        return
    from oms_tui.screens.settling.files import SettlementsScreen

    if isinstance(console.screen, SettlementsScreen):
        return
    await console.push_screen(SettlementsScreen())
