"""A widget made of whole lines, which paints only the cells that changed, in few bytes."""

from collections.abc import Sequence

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from oms_tui.widgets.long_list.paint import Line
from oms_tui.widgets.strips import ThriftyStrip


class LineCanvas(Widget):
    """Shows the lines it was given last. A line that differs is repainted, up to its last cell that does."""

    def __init__(
        self,
        *,
        name: str | None = None,
        id: str | None = None,
        classes: str | None = None,
        disabled: bool = False,
    ) -> None:
        super().__init__(name=name, id=id, classes=classes, disabled=disabled)
        self._painted: list[Line] = []
        self._kept: list[Strip] | None = None
        self._kept_setting: tuple[object, ...] = ()
        self._stale: set[int] = set()
        self._is_style_stale = True

    def show_lines(self, lines: Sequence[Line]) -> None:
        """Show ``lines`` from now on."""
        before, self._painted = self._painted, list(lines)
        if len(before) != len(self._painted):
            self.refresh()
            return
        regions = [
            Region(0, y, cells, 1)
            for y, (line, old) in enumerate(zip(self._painted, before, strict=True))
            if line is not old and (cells := line.cells_changed_from(old))
        ]
        if regions:
            self.refresh(*regions)

    def lines_restyled(self) -> Sequence[Line]:
        """The lines in the styles that hold now; asked for after the style sheet was applied anew."""
        raise NotImplementedError

    def look(self, component: str) -> Style:
        """The style of a component class, on the widget's own background where it names none."""
        return self.get_component_rich_style(component)

    def notify_style_update(self) -> None:
        """Textual applied the style sheet (theme, focus, ...): read the styles again before painting."""
        super().notify_style_update()
        self._is_style_stale = True

    def freshen_styles(self) -> None:
        """Read the styles if they may have changed. Textual repaints the widget by itself when they did."""
        if self._is_style_stale and self.is_attached:
            self._is_style_stale = False
            self._painted = list(self.lines_restyled())

    def render_line(self, y: int) -> Strip:
        """Line ``y`` of the widget's content."""
        self.freshen_styles()
        if y < len(self._painted):
            return self._painted[y].strip
        return Strip([Segment(" " * self.size.width, self.visual_style.rich_style)], self.size.width)

    def _set_dirty(self, *regions: Region) -> None:
        # Everything that makes Textual paint a widget again passes here.
        super()._set_dirty(*regions)
        if regions:
            offset = self.content_offset.y
            self._stale.update(y + offset for region in regions for y in region.line_range)
        else:
            self._kept = None

    def render_lines(self, crop: Region) -> list[Strip]:
        """The lines as Textual makes them (borders, filters), written thriftily.

        Textual asks for all lines of a widget whenever it paints one; only stale ones are made anew.
        """
        ends_line = crop.right == self.outer_size.width and self.region.right == self.app.size.width
        setting = (crop, self.outer_size, ends_line, *self.get_line_filters())
        if self._kept is None or setting != self._kept_setting:
            strips = super().render_lines(crop)
            self._kept = [ThriftyStrip.of(strip, ends_line=ends_line) for strip in strips]
            self._kept_setting = setting
        elif self._stale:
            top, bottom = max(min(self._stale), crop.y), min(max(self._stale) + 1, crop.bottom)
            if top < bottom:
                strips = super().render_lines(Region(crop.x, top, crop.width, bottom - top))
                thrifty = [ThriftyStrip.of(strip, ends_line=ends_line) for strip in strips]
                self._kept[top - crop.y : bottom - crop.y] = thrifty
        self._stale.clear()
        return self._kept
