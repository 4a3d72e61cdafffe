"""The smallest Textual program: what start-up is compared with."""

from textual.app import App, ComposeResult
from textual.widgets import Static


class Bare(App[None]):
    """One word on a screen."""

    ENABLE_COMMAND_PALETTE = False

    def compose(self) -> ComposeResult:
        """The word a measurement waits for."""
        yield Static("READY")


if __name__ == "__main__":
    Bare().run()
