"""`oms-tui orders list|show|count`: the reads, for scripts and for screen readers."""

import click

from oms_tui.cli.shared import NamedGroup, Shared, emit, emit_json, emit_table, json_option, pass_shared, say

PAGE = 200
WITH_NEGATIONS = {"ignore_unknown_options": True}
"""A word of a filter may begin with "-" (not): it is no option."""


@click.group(cls=NamedGroup)
def orders() -> None:
    """List, show and count orders."""


@orders.command("list", context_settings=WITH_NEGATIONS)
@click.argument("filter_words", metavar="[FILTER]", nargs=-1)
@click.option(
    "--limit", type=click.IntRange(1), default=50, show_default=True, help="At most so many orders."
)
@click.option("--all", "is_all", is_flag=True, help="Every order that matches.")
@json_option
@pass_shared
def list_orders(shared: Shared, filter_words: tuple[str, ...], limit: int, is_all: bool) -> None:
    """List the orders that match FILTER, e.g. status:shipped country:DE age>4h (docs/filters.md)."""
    from oms_tui.cli.render import SUMMARY_COLUMNS, own_column, own_text, summary_json, summary_row
    from oms_tui.desk import ask, filters
    from oms_tui.domain.own_facts import own_kind

    text = " ".join(filter_words)
    with shared.desk() as desk:
        about = own_kind(filters.read(text).conditions)
        actor = shared.reader(desk)
        rows, after, left = [], None, None if is_all else limit
        while left is None or left > 0:
            size = PAGE if left is None else min(PAGE, left)
            page = ask.page(
                desk, actor, text, size=size, after=after, before=None, around=None, from_end=False
            )
            for row in page.rows:
                if shared.is_json:
                    emit_json(summary_json(row))
                else:
                    own = (own_text(row.own, desk.policy.time_zone),) if about is not None else ()
                    rows.append((*summary_row(row, desk.policy.time_zone), *own))
            if not page.has_after:
                left = 0
                break
            after = page.rows[-1].position
            left = None if left is None else left - len(page.rows)
            if left is not None and left <= 0:
                say("There are more: --limit N or --all shows them.")
        if not shared.is_json:
            columns = (*SUMMARY_COLUMNS, *(() if about is None else (own_column(about),)))
            emit_table(columns, rows, right=frozenset({6}))
        if not rows and not shared.is_json:
            say(
                f"No orders match {text!r}."
                if text
                else "There are no orders yet: oms-tui import uci FILE…, or oms-tui demo."
            )


@orders.command("count", context_settings=WITH_NEGATIONS)
@click.argument("filter_words", metavar="[FILTER]", nargs=-1)
@json_option
@pass_shared
def count_orders(shared: Shared, filter_words: tuple[str, ...]) -> None:
    """Count the orders that match FILTER; past 10,000 where no counter knows, "10,000+"."""
    from oms_tui.desk import ask

    with shared.desk() as desk:
        found = ask.count(desk, shared.reader(desk), " ".join(filter_words))
    if shared.is_json:
        emit_json({"count": found.value, "is_exact": found.is_exact})
    else:
        emit(str(found))


@orders.command("show")
@click.argument("order_id", metavar="ID")
@json_option
@pass_shared
def show_order(shared: Shared, order_id: str) -> None:
    """Show the whole of one order."""
    from oms_tui.cli.render import profile_json, profile_text
    from oms_tui.desk import ask

    with shared.desk() as desk:
        actor = shared.reader(desk)
        profile = ask.order(desk, actor, order_id)
        timeline = ask.timeline(desk, actor, order_id)
        if shared.is_json:
            emit_json(profile_json(profile, timeline))
        else:
            emit(profile_text(profile, timeline, desk.policy.time_zone))
