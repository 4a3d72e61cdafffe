"""A widget made of whole lines, which paints only the cells that changed, in few bytes."""

from collections.abc import Sequence

from rich.style import Style
from textual.css.styles import StylesBase
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
        self._is_bare = False
        self._row_style = Style.null()

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
            self._row_style = self.visual_style.rich_style
            self._is_bare = _is_bare(self.styles)
            self._painted = list(self.lines_restyled())

    def render_line(self, y: int) -> Strip:
        """Line ``y`` of the widget's content."""
        self.freshen_styles()
        if y < len(self._painted):
            return self._painted[y].strip
        return Strip.blank(self.size.width, self._row_style)

    def _set_dirty(self, *regions: Region) -> None:
        # Everything that makes Textual paint a widget again passes here.
        super()._set_dirty(*regions)
        if regions:
            offset = self.content_offset.y
            self._stale.update(y + offset for region in regions for y in region.line_range)
        else:
            self._kept = None

    def render_lines(self, crop: Region) -> list[Strip]:
        """The lines, written thriftily.

        Textual asks for all lines of a widget whenever it paints one; only stale ones are made anew.
        """
        self.freshen_styles()
        ends_line = crop.right == self.outer_size.width and self.region.right == self.app.size.width
        setting = (crop, self.outer_size, ends_line, *self.get_line_filters())
        if self._kept is None or setting != self._kept_setting:
            self._kept, self._kept_setting = self._made(crop, ends_line), setting
        elif self._stale:
            top, bottom = max(min(self._stale), crop.y), min(max(self._stale) + 1, crop.bottom)
            if top < bottom:
                made = self._made(Region(crop.x, top, crop.width, bottom - top), ends_line)
                self._kept[top - crop.y : bottom - crop.y] = made
        self._stale.clear()
        return self._kept

    def _made(self, crop: Region, ends_line: bool) -> list[Strip]:
        """Lines made for the terminal: bare ones by ourselves, those in a box as Textual makes them."""
        if not self._is_bare or self.opacity != 1.0 or crop.width != self.size.width:
            return [ThriftyStrip.of(strip, ends_line=ends_line) for strip in super().render_lines(crop)]
        filters, background = self.get_line_filters(), self.background_colors[1]
        made: list[Strip] = []
        for y in crop.line_range:
            strip = self.render_line(y).adjust_cell_length(crop.width, self._row_style)
            for each in filters:
                strip = strip.apply_filter(each, background)
            made.append(ThriftyStrip.of(strip, ends_line=ends_line))
        return made


def _is_bare(styles: StylesBase) -> bool:
    """Whether nothing is drawn around or over a widget's lines."""
    has_outline = any(edge for edge, _ in styles.outline)
    is_drawn_over = styles.tint.a or styles.text_opacity != 1.0 or styles.has_rule("hatch")
    return not (any(styles.gutter) or has_outline or is_drawn_over)
