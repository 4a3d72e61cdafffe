"""What stands above a flow: which flow of which order, how flows go on, why it stands here."""

from collections.abc import Iterable

from oms_tui.domain.derive import reason_now, standing, why_it_stands
from oms_tui.domain.flow import FlowTask, TaskState, waits_for
from oms_tui.domain.order import Shipment
from oms_tui.domain.positions import lines_of
from oms_tui.domain.status import word
from oms_tui.screens import wording
from oms_tui.screens.flow.places import DeliveryFlow, FlowPlace, ItemFlow, OneTask, find_task, whole_flow
from oms_tui.screens.flow.rows import reason_of
from oms_tui.screens.flow.sight import Sight
from oms_tui.widgets.flowing import Flowing, wrapped
from oms_tui.widgets.lines import Piece, Pieces, pieces_width, spread

LABEL = 10
MOST_TEXT = 2
"""Lines of one paragraph of the head; what is longer is whole on the task's own screen."""


class FlowHead(Flowing):
    """A line or two of what it is and how it goes on; below them paragraphs with labels."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._left: Pieces = ()
        self._right: Piece = ("", "")
        self._told: tuple[tuple[str, str, str], ...] = ()
        self._most = MOST_TEXT

    def tell(self, sight: Sight | None, place: FlowPlace, going_on: Piece, fallback: str = "") -> None:
        """Say it of this order; without one only `fallback`."""
        before = self.lines_at(self.size.width)
        self._right = going_on if sight is not None else ("", "")
        self._left = [(fallback, "strong")] if sight is None else _what(sight, place)
        self._told = () if sight is None else tuple(_told(sight, place))
        self._most = 99 if isinstance(place, OneTask) else MOST_TEXT
        if self.lines_at(self.size.width) != before:
            self.update_lines(len(before))

    def lines_at(self, width: int) -> list[Pieces]:
        """What it is and how it goes on, side by side where they fit; then the paragraphs."""
        if width < LABEL:
            return []
        lines: list[Pieces] = []
        right = [self._right, (" ", "")] if self._right[0] else []
        if pieces_width(self._left) + pieces_width(right) + 4 <= width:
            lines.append(spread([(" ", ""), *self._left], right, width))
        else:
            lines.append([(" ", ""), *self._left])
            lines += [[(f" {text}", self._right[1])] for text in wrapped(self._right[0], width - 2)]
        for label, text, look in self._told:
            lines += self._paragraph(label, text, look, width)
        return lines

    def _paragraph(self, label: str, text: str, look: str, width: int) -> Iterable[Pieces]:
        indent = LABEL if label else 0
        texts = wrapped(text, max(10, width - indent - 2))
        if len(texts) > self._most:
            texts = (*texts[: self._most - 1], " ".join(texts[self._most - 1 :]))
        for number, one in enumerate(texts):
            name = label if number == 0 else ""
            yield [(f" {name:<{indent}}", "muted"), (one, look)]


def _what(sight: Sight, place: FlowPlace) -> list[Piece]:
    order = sight.order
    if isinstance(place, OneTask):
        task = find_task(order, place.key)
        if task is None:
            return [(place.key.name, "strong")]
        name = wording.task_name(task, ascii_only=sight.ascii_only)
        runs = "no run yet" if not task.runs else f"{task.cardinality} run{'s' * (task.cardinality > 1)}"
        return [
            (f"{name.text}{' ' + place.key.shipment if place.key.shipment else ''}", name.look),
            (f"  {word(task.state)}", name.look), (f"  {runs}", "muted"),
        ]  # fmt: skip
    if isinstance(place, ItemFlow):
        line = order.line(place.line)
        status = wording.line_status(line.status, ascii_only=sight.ascii_only)
        return [(f"{order.id} line {line.number}", "strong"), ("  ", ""), (status.text, status.look)]
    lines, name_of = order.lines, order.id
    if isinstance(place, DeliveryFlow):
        lines, name_of = lines_of(order, place.shipment), f"{order.id} {place.shipment}"
    now = standing(lines)
    text, look = wording.order_status(now.status, now.fraction, ascii_only=sight.ascii_only)
    return [(name_of, "strong"), ("  ", ""), (text, look)]


def _told(sight: Sight, place: FlowPlace) -> Iterable[tuple[str, str, str]]:
    """(label, text, look) of each paragraph."""
    order = sight.order
    if isinstance(place, OneTask):
        yield from _of_task(sight, place)
    elif isinstance(place, DeliveryFlow):
        shipment = order.shipment(place.shipment)
        yield "Bill-To", ", ".join(wording.address_lines(order.bill_to)), ""
        yield "Ship-To", ", ".join(wording.address_lines(shipment.ship_to or order.ship_to)), ""
        yield "Customer", f"{wording.customer_text(order.customer)}, {word(order.customer.type)}", ""
        yield "Way", _way(shipment), ""
    elif isinstance(place, ItemFlow):
        line = order.line(place.line)
        parts = (f"{line.name or line.sku} ×{line.quantity}", line.sku if line.name else "", line.size)
        yield "Item", " · ".join(part for part in parts if part), ""
        yield "Where", f"{line.location or 'no location yet'} · {line.shipment or 'no shipment yet'}", ""
    elif sentence := why_it_stands(order):
        yield "", f"Why it stands here: {sentence}", "warning"


def _of_task(sight: Sight, place: OneTask) -> Iterable[tuple[str, str, str]]:
    task = find_task(sight.order, place.key)
    if task is None:
        return
    text, look = reason_of(sight.order, task, waits_for(task, whole_flow(sight.order, place.key.shipment)))
    if text:
        yield _label(sight, task), text, look
    times = []
    if task.runs:
        times = [f"started {sight.seconds(task.started)}", f"ended {sight.seconds(task.ended)}"]
    if task.state is TaskState.ACTIVE and task.next_run is not None:
        times.append(f"next run {sight.seconds(task.next_run)}")
    if times:
        yield "When", " · ".join(times), ""


def _label(sight: Sight, task: FlowTask) -> str:
    """What stands before the reason: what the task itself said, or the names of what it waits for."""
    if task.state is TaskState.FAILED:
        return "Error"
    if not task.state.is_open:
        return "Result"
    return "Waits:" if reason_now(sight.order, task) else "Waits for"


def _way(shipment: Shipment) -> str:
    parts = (f"from {shipment.location}", shipment.method, shipment.carrier, shipment.tracking)
    return " · ".join(part for part in parts if part)
