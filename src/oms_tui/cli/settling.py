"""`oms-tui settlement list|show|accept`: reconciliation for scripts and screen readers."""

from typing import TYPE_CHECKING

import click

from oms_tui.cli.shared import Shared, emit, emit_json, emit_table, json_option, pass_shared, say

if TYPE_CHECKING:
    from datetime import datetime

    from oms_tui.desk.desk import Desk
    from oms_tui.domain.money import Money
    from oms_tui.domain.settlement import Standing
    from oms_tui.domain.settlement_answers import (
        SettlementDetail,
        SettlementFile,
        SettlementLine,
        SettlementSum,
    )
    from oms_tui.exchange.settlement import SettlementReport

PAGE = 500
STANDINGS = ("missing_here", "missing_there", "different", "accepted", "mended", "matched")
"""The words of `domain.settlement.Standing`; written here so that help needs no domain."""


@click.group()
def settlement() -> None:
    """See how the provider's settlement files stand to our payments, and accept differences."""


@settlement.command("list")
@json_option
@pass_shared
def list_files(shared: Shared) -> None:
    """List the settlement files with how many of their rows are matched and open."""
    from oms_tui.desk import settling

    with shared.desk() as desk:
        files = settling.files(desk, shared.reader(desk))
        if shared.is_json:
            for one in files:
                emit_json(file_json(one))
            return
        emit_table(
            ("File", "Name", "From", "Until", "Rows", "Open", "Accepted", "Taken in", "By"),
            [_file_cells(one, desk) for one in files],
            right=frozenset({0, 4, 5, 6}),
        )
    if not files:
        say("No settlement file was taken in yet: oms-tui import settlement FILE.")


@settlement.command("show")
@click.argument("file", type=int)
@click.option(
    "--standing",
    "standings",
    type=click.Choice(STANDINGS),
    multiple=True,
    help="Only rows that stand so; may be given several times.",
)
@click.option("--all", "is_all", is_flag=True, help="Matched rows too; else what is or was a difference.")
@json_option
@pass_shared
def show_file(shared: Shared, file: int, standings: tuple[str, ...], is_all: bool) -> None:
    """Show the rows of a settlement file (its number is in the list), the open ones first."""
    from oms_tui.desk import settling
    from oms_tui.domain.settlement import Standing

    wanted = [one for one in Standing if one.value in standings]
    if not wanted:
        wanted = [one for one in Standing if is_all or one is not Standing.MATCHED]
    with shared.desk() as desk:
        actor = shared.reader(desk)
        found = next(iter(settling.files(desk, actor, only=file)), None)
        if found is None:
            raise click.ClickException(f"There is no settlement file {file}: oms-tui settlement list.")
        lines = _lines(desk, shared, file, wanted)
        if shared.is_json:
            for line in lines:
                emit_json(
                    line_json(settling.detail(desk, actor, line.number))
                    if line.standing.is_open
                    else line_json(line)
                )
            return
        say(f"{found.name}: {_counts(found)}")
        emit_table(
            ("Row", "Line", "Reference", "Type", "Theirs", "Ours", "Difference", "Order", "Standing"),
            [_line_cells(line) for line in lines],
            right=frozenset({0, 1, 4, 5, 6}),
        )
        _tell_sums(settling.sums(desk, actor, file))


@settlement.command("explain")
@click.argument("row", type=int)
@json_option
@pass_shared
def explain_row(shared: Shared, row: int) -> None:
    """Say what a row's verdict means, what mends it, and what was done about it."""
    from oms_tui.desk import settling

    with shared.desk() as desk:
        found = settling.detail(desk, shared.reader(desk), row)
        if shared.is_json:
            emit_json(line_json(found))
            return
        emit(f"{found.line.standing.word}: {found.line.kind.value} {found.line.reference}")
        emit(found.said)
        for way in found.ways:
            emit(f"→ {way.text}{command_of(found, way.verb, way.arguments)}")
        for mark in found.marks:
            emit(f"{_day(mark.at, desk)}  {mark.how} by {mark.person or '–'}: {mark.note}")


@settlement.command("accept")
@click.argument("row", type=int)
@click.option("--note", required=True, help="Why the difference is accepted.")
@json_option
@pass_shared
def accept_row(shared: Shared, row: int, note: str) -> None:
    """Accept a difference as it is, with a note (the row's number is in `show`)."""
    from oms_tui.desk import settling

    shared.refuse_read_only()
    with shared.desk() as desk:
        actor = shared.person(desk)
        known = settling.detail(desk, actor, row).line
        done = settling.accept(desk, actor, row, note, version=known.version)
    if shared.is_json:
        emit_json(line_json(done))
    else:
        say(f"Accepted {known.standing.word}: {done.kind.value} {done.reference}.")


def tell_import(report: "SettlementReport") -> None:
    """Say what came of a file."""
    is_same = "it is here already, nothing was changed" if report.settled.was_here else "done"
    say(f"{report.file}: {'dry run, nothing written' if report.is_dry_run else is_same}")
    figures = [(name, f"{count:,}") for name, count in report.figures()]
    emit_table(("", "count"), figures, right=frozenset({1}))
    _tell_sums(report.settled.sums)
    if report.ignored_columns:
        say(f"Columns that are not used: {', '.join(report.ignored_columns)}.")
    if report.settled.file.open and not report.is_dry_run:
        say(f"What differs: oms-tui settlement show {report.settled.file.number}")
    if report.reject_file:
        say(f"Rejected rows with their reasons: {report.reject_file}")


def _tell_sums(sums: "tuple[SettlementSum, ...]") -> None:
    from oms_tui.domain.money import format_amount

    emit_table(
        ("Currency", "Theirs", "Ours", "Difference", "Fees"),
        [
            (
                one.theirs.currency,
                *map(format_amount, (one.theirs, one.ours, one.difference, one.fees)),
            )
            for one in sums
        ],
        right=frozenset({1, 2, 3, 4}),
    )


def _lines(desk: "Desk", shared: Shared, file: int, wanted: "list[Standing]") -> "list[SettlementLine]":
    from oms_tui.desk import settling

    actor, after = shared.reader(desk), None
    found: list[SettlementLine] = []
    while True:
        page = settling.page(desk, actor, file, wanted, size=PAGE, after=after)
        found += page.rows
        if not page.has_after or not page.rows:
            return found
        after = page.rows[-1].position


def _counts(found: "SettlementFile") -> str:
    counts = [f"{count:,} {standing.word}" for standing, count in found.counts.items() if count]
    return ", ".join(counts) if found.is_whole else "not whole: take the same file in again"


def _day(moment: "datetime", desk: "Desk") -> str:
    return f"{moment.astimezone(desk.zone):%Y-%m-%d %H:%M}"


def _file_cells(one: "SettlementFile", desk: "Desk") -> tuple[str, ...]:
    from oms_tui.domain.settlement import Standing

    return (
        str(one.number),
        one.name,
        _day(one.since, desk),
        _day(one.until, desk),
        f"{one.rows:,}",
        f"{one.open:,}" if one.is_whole else "not whole",
        f"{one.counts[Standing.ACCEPTED]:,}",
        _day(one.taken, desk),
        one.person,
    )


def _line_cells(line: "SettlementLine") -> tuple[str, ...]:
    return (
        str(line.number),
        str(line.row.line) if line.row is not None else "–",
        line.reference or "–",
        line.kind.value,
        _money(line.theirs),
        _ours(line),
        _money(line.difference),
        line.order_id or "–",
        line.standing.word,
    )


def _ours(line: "SettlementLine") -> str:
    """What we hold as done; of what is not done its state."""
    from oms_tui.domain.status import word

    state = line.judgement.state
    return _money(line.held) if line.held is not None or state is None else f"– ({word(state).lower()})"


def _money(amount: "Money | None") -> str:
    return "–" if amount is None else str(amount)


def file_json(one: "SettlementFile") -> dict[str, object]:
    """A file as plain values."""
    return {
        "number": one.number,
        "name": one.name,
        "digest": one.digest,
        "person": one.person,
        "taken": one.taken.isoformat(),
        "since": one.since.isoformat(),
        "until": one.until.isoformat(),
        "rows": one.rows,
        "rejected": one.rejected,
        "is_whole": one.is_whole,
        "open": one.open,
        "counts": {standing.value: count for standing, count in one.counts.items()},
    }


def line_json(found: "SettlementDetail | SettlementLine") -> dict[str, object]:
    """A row as plain values; amounts in minor units."""
    from oms_tui.domain.settlement_answers import SettlementLine

    line = found if isinstance(found, SettlementLine) else found.line
    plain: dict[str, object] = {
        "number": line.number,
        "file": line.file,
        "line": None if line.row is None else line.row.line,
        "reference": line.reference,
        "type": line.kind.value,
        "at": None if line.at is None else line.at.isoformat(),
        "theirs": _plain(line.theirs),
        "ours": _plain(line.ours),
        "state": None if line.judgement.state is None else line.judgement.state.value,
        "order": line.order_id,
        "payment": line.payment,
        "standing": line.standing.value,
        "verdict": line.judgement.verdict.value,
        "reason": line.judgement.reason.value,
        "version": line.version,
    }
    if not isinstance(found, SettlementLine):
        plain["said"] = found.said
        plain["ways"] = [
            {"text": way.text, "verb": way.verb, "arguments": dict(way.arguments)} for way in found.ways
        ]
        plain["marks"] = [
            {"at": mark.at.isoformat(), "how": mark.how, "person": mark.person, "note": mark.note}
            for mark in found.marks
        ]
    return plain


def _plain(amount: "Money | None") -> dict[str, object] | None:
    return None if amount is None else {"minor": amount.minor, "currency": amount.currency}


def command_of(found: "SettlementDetail", verb_id: str, arguments: "object") -> str:
    """How the verb of a way is started on the command line; "" where it is none."""
    from oms_tui.verbs import VERBS

    verb = next((one for one in VERBS if one.id == verb_id), None)
    if verb is None or not isinstance(arguments, dict):
        return ""
    given = "".join(f" --{name} {value}" for name, value in arguments.items())
    return f" (oms-tui --as NAME order {verb.command} {found.line.order_id}{given})"
