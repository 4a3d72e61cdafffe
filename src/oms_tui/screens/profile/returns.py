"""Tab Returns: what comes back, line by line, with its credit notes. Figures are negative (spec 4)."""

from dataclasses import dataclass

from oms_tui.domain.money import format_money
from oms_tui.domain.returns import CreditNote, Return, ReturnLine, refund_total, return_status
from oms_tui.domain.status import word
from oms_tui.screens import wording
from oms_tui.screens.profile.page import Page, widest
from oms_tui.screens.profile.view import View, figure
from oms_tui.widgets.listing import Body
from oms_tui.widgets.long_list.columns import Cell, Column


@dataclass(frozen=True, slots=True)
class ReturnKey:
    """Names a return among the stops."""

    id: str


@dataclass(frozen=True, slots=True)
class ReturnLineKey:
    """Names a return line among the stops."""

    id: str
    number: int


@dataclass(frozen=True, slots=True)
class CreditNoteKey:
    """Names a credit note among the stops."""

    number: str


def build(view: View, width: int) -> Body:
    """The tab's body."""
    page = Page(width)
    for one in view.profile.returns:
        _return(page, view, one)
    if not view.profile.returns:
        page.say("Nothing came back.")
    if view.profile.credit_notes:
        page.heading("Credit notes")
        for note in view.profile.credit_notes:
            _credit_note(page, view, note)
    return page.body()


def _return(page: Page, view: View, one: Return) -> None:
    status = wording.return_status(return_status(one))
    refund = format_money(-refund_total(one))
    page.heading(one.id, (status.text, status.look), (refund, "strong"), key=ReturnKey(one.id))
    point = word(one.return_point_type) if one.return_point_type is not None else ""
    page.facts([
        ("Created", view.at(one.created)),
        ("Return point", wording.known(" · ".join(part for part in (one.return_point, point) if part))),
        ("Tracking", wording.known(one.tracking)),
        ("Closed", view.at(one.closed_at, "still open")),
    ])  # fmt: skip
    page.table(
        _columns(one),
        one.lines,
        key=lambda line: ReturnLineKey(one.id, line.number),
        below=lambda line: _line_details(page, view, one, line),
    )


def _columns(one: Return) -> list[Column[ReturnLine]]:
    figures = [figure(line.refund, sign=-1) for line in one.lines]
    return [
        Column(id="item", title="Item", width=16, flex=2,
               render=lambda x: f"{x.name or x.sku} ×{x.quantity}"),
        Column(id="reason", title="Reason", width=14, flex=1, most=24,
               render=lambda x: wording.known(x.reason)),
        Column(id="status", title="Status", width=14, render=lambda x: wording.return_status(x.status)),
        Column(id="rule", title="Rule", width=13, priority=4,
               render=lambda x: Cell(word(x.review_rule) if x.review_rule else "–", "muted")),
        Column(id="money", title="Refund status", width=14, priority=2,
               render=lambda x: word(x.refund_status)),
        Column(id="note", title="Credit note", width=12, priority=3, flex=1, most=18,
               render=lambda x: x.credit_note or word(x.credit_note_status)),
        Column(id="refund", title="Refund", width=widest(figures, 6, 20), align="right",
               render=lambda x: figure(x.refund, sign=-1)),
    ]  # fmt: skip


def _line_details(page: Page, view: View, one: Return, line: ReturnLine) -> None:
    if ReturnLineKey(one.id, line.number) not in view.opened:
        return
    rule = word(line.review_rule) if line.review_rule is not None else ""
    rule = f"{rule}: {line.rule_name}" if rule and line.rule_name else rule
    page.facts(
        [
            ("Order line", str(line.order_line)),
            ("SKU", line.sku),
            ("Review rule", wording.known(rule)),
            ("Condition", wording.known(line.condition)),
            ("Captured", wording.known(line.captured_status)),
            ("Refund", word(line.refund_status)),
            ("Credit note", f"{word(line.credit_note_status)} {line.credit_note}".strip()),
        ],
        indent=4,
    )


def _credit_note(page: Page, view: View, note: CreditNote) -> None:
    key = CreditNoteKey(note.number)
    page.ends(
        [(note.number, ""), (f"  {view.at(note.at)}", "muted")], [(format_money(-note.total), "")], key=key
    )
    if key not in view.opened:
        return
    for line in note.lines:
        where = line.return_id or ("unattached" if line.order_id is None else f"order {line.order_id}")
        page.ends(
            [(f"    {line.name or line.code} ×{line.quantity}", ""), (f"  {where}", "muted")],
            [(format_money(-line.amount), "")],
        )
