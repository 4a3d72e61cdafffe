"""The field that asks which charges."""

from collections.abc import Iterable, Mapping, Sequence

from oms_tui.domain.money import format_money
from oms_tui.domain.order import Charge
from oms_tui.domain.totals import price
from oms_tui.screens.forms.lines_field import LinesField
from oms_tui.verbs import Argument, ChargeOption, LineOption
from oms_tui.widgets.long_list.columns import Cell


class ChargesField(LinesField):
    """Every charge with a box to mark it and what it costs now; the ones that refuse say why."""

    def __init__(
        self,
        argument: Argument,
        charges: Mapping[int, Charge],
        options: Sequence[ChargeOption],
        initial: object = None,
        *,
        ascii_only: bool = False,
    ) -> None:
        self._charges = dict(charges)
        super().__init__(argument, {}, _as_lines(options), initial, ascii_only=ascii_only)

    def offer_charges(self, charges: Mapping[int, Charge], options: Sequence[ChargeOption]) -> None:
        """Offer these charges from now on; marks stay as far as they can."""
        self._charges = dict(charges)
        self.offer({}, _as_lines(options))

    def held(self) -> tuple[int, ...]:
        """The numbers of the marked charges; none is none."""
        return tuple(sorted(self.marked))

    def _item(self, number: int) -> Cell:
        return Cell(self._charges[number].name, "" if self._options[number].available else "muted")

    def _status(self, number: int) -> Cell:
        return Cell(format_money(price(self._charges[number])))


def _as_lines(options: Iterable[ChargeOption]) -> list[LineOption]:
    """A charge is marked whole, like a line of one piece."""
    return [
        LineOption(number=one.number, quantity=1, available=0 if one.refusal else 1, refusal=one.refusal)
        for one in options
    ]
