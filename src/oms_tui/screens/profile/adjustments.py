"""Tab Adjustments: date, user, reason, note, and the price of each part before and after (documented)."""

from dataclasses import dataclass

from oms_tui.domain.money import format_money
from oms_tui.domain.order import AdjustedPart, Adjustment
from oms_tui.screens.profile.page import INDENT, Page, widest
from oms_tui.screens.profile.view import View
from oms_tui.widgets.listing import Body
from oms_tui.widgets.long_list.columns import Cell, Column


@dataclass(frozen=True, slots=True)
class AdjustmentKey:
    """Names an adjustment among the stops."""

    number: int


def build(view: View, width: int) -> Body:
    """The tab's body."""
    page = Page(width)
    for adjustment in reversed(view.order.adjustments):
        _adjustment(page, view, adjustment)
    if not view.order.adjustments:
        page.say("No price was adjusted.")
    return page.body()


def _adjustment(page: Page, view: View, one: Adjustment) -> None:
    page.heading(view.at(one.at), (one.person, ""), (one.reason, "muted"), key=AdjustmentKey(one.number))
    if one.note:
        page.say(one.note, "", indent=INDENT)
    before = [format_money(part.before) for part in one.parts]
    columns: list[Column[AdjustedPart]] = [
        Column(id="what", title="Part", width=16, flex=1, most=40, render=lambda part: _what(view, part)),
        Column(id="before", title="Before", width=widest(before, 8, 20), align="right",
               render=lambda part: Cell(format_money(part.before), "muted")),
        Column(id="after", title="Adjusted price", width=widest(before, 14, 20), align="right",
               render=lambda part: format_money(part.after)),
    ]  # fmt: skip
    page.table(columns, one.parts, indent=INDENT)


def _what(view: View, part: AdjustedPart) -> str:
    if part.line is not None:
        name = next((line.name or line.sku for line in view.order.lines if line.number == part.line), "")
        return f"line {part.line} {name}".strip()
    name = next((one.name for one in view.order.charges if one.number == part.charge), "")
    return name or f"charge {part.charge}"
