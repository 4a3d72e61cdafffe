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


async def test_a_tile_opens_its_queue_though_an_order_was_left_open(sample):
    async with sample.console(3, size=SMALL) as console:
        await console.press("9")
        await console.until(lambda: console.app.current_mode == "orders", "the list")
        await console.app.open_order("10100")
        await console.see("Order 10100")
        await console.type(":DB")
        await console.press("enter")
        await console.until(lambda: console.app.current_mode == "dashboard", "the dashboard")
        await console.press("2")
        await console.see("OR Undelivered")
        assert len(console.app.screen_stack) == 1
