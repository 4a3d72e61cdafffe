"""What changes on a screen while another stands in front of it is there when it comes back."""

from tests.screens.consoles import SMALL


async def test_orders_shows_the_queue_that_was_opened_from_the_dashboard(sample):
    """Seen once as an empty queue: rows that arrived behind the dashboard were never painted."""
    async with sample.console(size=SMALL) as console:
        await console.press("1")
        await console.see("No orders match")
        await console.press("q", "2")
        await console.see("Fraud review")
        await console.until(lambda: "⚑" in console.text, "the rows of the queue")
        assert "No orders match" not in console.text
