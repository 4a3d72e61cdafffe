"""`oms-tui import settlement`: taken in once, whole after a break, and rows that follow their orders."""

import os
import random
import signal
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from oms_tui.clock import FixedClock
from oms_tui.desk import settling
from oms_tui.desk.doctor import examine
from oms_tui.desk.effects import write_effect
from oms_tui.desk.errors import BadInput, Missing, NoRight, StaleVersion, StateRefuses
from oms_tui.desk.subjects import find_order
from oms_tui.desk.writing import writing
from oms_tui.domain.order import Hold
from oms_tui.domain.people import LOCAL_ACTOR, Role
from oms_tui.domain.plan import Outcome
from oms_tui.domain.settlement import OPEN, Reason, Standing
from oms_tui.domain.settlement_answers import SettlementLine
from oms_tui.domain.status import HoldKind, LineStatus, OperationKind, OperationState, PaymentMethod
from oms_tui.exchange.settlement import import_settlement, read_settlement
from oms_tui.store import settlements as stored
from oms_tui.store.engine import Store
from oms_tui.store.settling import moved_between
from oms_tui.store.settling_parts import assign, books_of, findings_of_orders, load_rows, rows_with_keys
from tests.build import NOON, card, line, operation, order, shipment
from tests.desk.conftest import add_person, entries, take_in
from tests.desks import open_desk
from tests.processes import Process
from tests.support import scaled

CLOCK = NOON + timedelta(days=2)
HEADER = "reference,type,amount,currency,date,fee"
S = Standing


def paid(number, *more, reference="", minor=1000, **rest):
    """An order with its capture `cN` of 10.00 at noon, or other operations."""
    taken = operation(2, OperationKind.CAPTURE, minor, reference=f"c{number}", shipment="S-1")
    payment = card(minor, *(more or (taken,)), reference=reference or f"p{number}", **rest)
    payment = replace(
        payment, operations=(replace(payment.operations[0], reference=""), *payment.operations[1:])
    )
    return order(
        line(1, LineStatus.SHIPPED, minor, shipment="S-1"), id=f"A{number}", payments=(payment,),
        shipments=(shipment("S-1"),),
    )  # fmt: skip


def rows_of(*numbers, amount="10.00", kind="capture", date="2026-11-22", fee="0.10"):
    return [f"c{number},{kind},{amount},EUR,{date},{fee}" for number in numbers]


@pytest.fixture
def desk(tmp_path):
    with open_desk(tmp_path, clock=FixedClock(CLOCK)) as desk:
        yield desk


def run(desk, rows, *, name="day.csv", is_dry_run=False, header=HEADER):
    file = Path(desk.store.path).parent / name
    file.write_bytes(rows if isinstance(rows, bytes) else "\n".join([header, *rows, ""]).encode())
    return import_settlement(
        desk, file, is_dry_run=is_dry_run, rejects=file.with_name(f"{file.stem}-rejects.csv")
    )


def counts(report):
    return {one: count for one, count in report.settled.file.counts.items() if count}


def lines(desk, file=1, standings=tuple(Standing)):
    after = None
    found: list[SettlementLine] = []
    while True:
        page = settling.page(desk, LOCAL_ACTOR, file, standings, size=3, after=after)
        found += page.rows
        if not page.has_after:
            return found
        after = page.rows[-1].position


def change(desk, order_id, alter):
    """Let something happen to an order, as verbs and events do."""
    with writing(desk) as work:
        stored = find_order(work.conn, order_id)
        after = write_effect(work, stored, Outcome(order=alter(stored.order), summary="Captured after all"))
        work.log(
            LOCAL_ACTOR, "event.captured", "Captured after all", order_pk=stored.pk, version=after.version
        )


def answer(state, **rest):
    """The provider's word on the last operation of the only payment."""

    def alter(of):
        payment = of.payments[0]
        last = payment.operations[-1]
        said = replace(last, number=last.number + 1, answers=last.number, state=state, **rest)
        return replace(of, payments=(replace(payment, operations=(*payment.operations, said)),))

    return alter


def is_clean(desk):
    return examine(desk).findings == ()


# -- what comes in -----------------------------------------------------------------------------------------


def test_a_dry_run_finds_the_same_and_leaves_nothing_behind(desk):
    take_in(desk, *(paid(number) for number in range(6)))
    before = entries(desk)
    given = [*rows_of(0, 1), *rows_of(2, amount="9.99"), *rows_of(77)]
    dry = run(desk, given, is_dry_run=True)
    assert settling.files(desk, LOCAL_ACTOR) == ()
    assert entries(desk) == before
    done = run(desk, given)
    assert dry.as_json()["number"] is None
    expected = {S.MISSING_HERE: 1, S.MISSING_THERE: 3, S.DIFFERENT: 1, S.MATCHED: 2}
    assert counts(dry) == counts(done) == expected
    assert dry.settled.sums == done.settled.sums
    (total,) = done.settled.sums
    assert [one.minor for one in (total.theirs, total.ours, total.difference, total.fees)] == [
        3999, 6000, -2001, 40,
    ]  # fmt: skip
    assert is_clean(desk)


def test_a_dry_run_waits_for_nobody_and_nobody_for_it(desk, monkeypatch):
    """It only reads, while somebody else writes; what broke off before is tried from its beginning."""
    take_in(desk, *(paid(number) for number in range(6)))
    monkeypatch.setattr(settling, "ORDERS_AT_ONCE", 2)
    given = [*rows_of(0, 1), *rows_of(2, amount="9.99")]
    with Store.open(str(desk.store.path)) as other, other.write():
        dry = run(desk, given, is_dry_run=True)

    def broken(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(stored, "look_for_lacking", broken)
        with pytest.raises(KeyboardInterrupt):
            run(desk, given)
    again = run(desk, given, is_dry_run=True)
    assert counts(dry) == counts(again) == counts(run(desk, given))
    other_file = rows_of(3, 4)
    dry = run(desk, other_file, name="next.csv", is_dry_run=True)
    assert counts(dry) == {S.MISSING_THERE: 1, S.MATCHED: 2}
    assert counts(run(desk, other_file, name="next.csv")) == counts(dry)


def test_the_same_file_again_changes_nothing_whatever_its_name(desk):
    take_in(desk, paid(1))
    run(desk, rows_of(1, 2))
    before = entries(desk), lines(desk)
    again = run(desk, rows_of(1, 2), name="copy.csv")
    assert again.settled.was_here
    assert again.settled.file.name == "day.csv"
    assert (entries(desk), lines(desk)) == before


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("Date;FEE;currency;amount;type;reference;note", "2026-11-22T14:00:00+02:00;;eur;10;Captured;C1;x"),
        ("\ufeffreference,type,amount,currency,date", 'c1,capture," 10.00 ",EUR,2026-11-22 12:00:00Z'),
    ],
)
def test_columns_in_any_order_and_dates_with_their_offset(desk, header, row):
    take_in(desk, paid(1))
    report = run(desk, [row], header=header)
    assert counts(report) == {S.MATCHED: 1}
    assert report.ignored_columns == (("note",) if "note" in header else ())
    assert lines(desk)[0].at == NOON


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("c1,capture,10.00,EUR", "cells"),
        (",capture,10.00,EUR,2026-11-22,", "reference is empty"),
        ("c1,gift,10.00,EUR,2026-11-22,", "type is none of"),
        ("c1,capture,10.001,EUR,2026-11-22,", "decimals"),
        ("c1,capture,10.5,JPY,2026-11-22,", "decimal"),
        ("c1,capture,1e3,EUR,2026-11-22,", "not an amount"),
        ("c1,capture,NaN,EUR,2026-11-22,", "not an amount"),
        ("c1,capture,\u0661\u0660,EUR,2026-11-22,", "digits"),
        ('c1,capture,"1,00",EUR,2026-11-22,', "two ways"),
        ("c1,capture,-10.00,EUR,2026-11-22,", "below zero"),
        ("c1,capture,0,EUR,2026-11-22,", "is zero"),
        ("c1,capture,99999999999999999,EUR,2026-11-22,", "too large"),
        ("c1,capture,10.00,XXY,2026-11-22,", "ISO 4217"),
        ("c1,capture,10.00,EUR,22.11.2026,", "its date"),
        ("c1,capture,10.00,EUR,2026-02-30,", "calendar"),
        ("c1,capture,10.00,EUR,2026-11-22T10:00:00,", "its date"),
        ("c1,capture,10.00,EUR,2026-11-25,", "still to come"),
        ("c1,capture,10.00,EUR,2026-11-22,x", "fee"),
        ("c\x1b]52;c;eA==\x07,capture,10.00,EUR,2026-11-22,", "cannot be printed"),
        ("c" * 201 + ",capture,10.00,EUR,2026-11-22,", "characters"),
        ("4111 1111 1111 1111,capture,10.00,EUR,2026-11-22,", "card data"),
    ],
)
def test_a_bad_row_is_named_with_its_line_and_kept_apart(tmp_path, row, reason):
    file = tmp_path / "day.csv"
    file.write_text("\n".join([HEADER, *rows_of(1), row, ""]))
    read = read_settlement(file, ZoneInfo("UTC"), CLOCK)
    assert (read.lines, len(read.rows)) == (2, 1)
    ((number, said, cells),) = read.rejected
    assert number == 3
    assert reason in said
    assert "4111 1111" not in str(cells)


def test_formulas_and_strange_letters_stay_what_they_are(desk):
    names = ['=HYPERLINK("x")', "+1", "@a", "Ω漢字", "[@click=quit]x[/]", "a'b", "-2"]
    quoted = ['"' + name.replace('"', '""') + '"' for name in names]
    report = run(desk, [f"{name},capture,1.00,EUR,2026-11-22," for name in quoted])
    assert counts(report) == {S.MISSING_HERE: len(names)}
    assert sorted(one.reference for one in lines(desk)) == sorted(names)
    bad = run(desk, [*rows_of(1), '"=cmd()",gift,=1+1,"@x",+1,-1'], name="bad.csv")
    assert Path(bad.reject_file).read_text().splitlines()[1].endswith("'=cmd(),gift,'=1+1,'@x,+1,-1")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"reference,type\nc1,capture\n", "no column amount, currency, date"),
        (b"reference,type,amount,currency,date,fee,fee\n", "column fee twice"),
        (b"\xff\xfe\x00", "UTF-8"),
        (b'reference,type,amount,currency,date\n"c1,capture,1,EUR,2026-11-22\n', "no CSV"),
        (HEADER.encode() + b"\nc1,gift,1,EUR,2026-11-22,\n", "no row that can be taken. The first: line 2"),
        (HEADER.encode() + b"\nc1,fee,1,EUR,2006-11-22,\nc1,fee,1,EUR,2026-11-22,\n", "more than a year"),
    ],
)
def test_a_file_that_is_none_is_refused_whole(desk, content, words):
    with pytest.raises(BadInput, match=words):
        run(desk, content)
    assert settling.files(desk, LOCAL_ACTOR) == ()


# -- what differs, and what becomes of it ------------------------------------------------------------------


def test_rows_follow_the_order_and_say_who_mended_them(desk):
    unknown = operation(
        2, OperationKind.CAPTURE, 1000, state=OperationState.UNKNOWN, reference="", shipment="S-1"
    )
    take_in(desk, paid(1, unknown), paid(2))
    run(desk, ["p1,capture,10.00,EUR,2026-11-22,", *rows_of(2)])
    (open_one,) = lines(desk, standings=OPEN)
    assert (open_one.order_id, open_one.judgement.reason) == ("A1", Reason.UNKNOWN)
    assert settling.open_differences(desk, LOCAL_ACTOR).value == 1
    (way,) = settling.detail(desk, LOCAL_ACTOR, open_one.number).ways
    assert (way.verb, way.arguments["note"]) == ("order.mark-paid", "settlement file day.csv, line 2")
    change(desk, "A1", answer(OperationState.SUCCEEDED, reference="p1"))
    found = settling.detail(desk, LOCAL_ACTOR, open_one.number)
    assert found.line.standing is S.MENDED
    assert found.ways == ()
    assert [(mark.how, mark.person, mark.note) for mark in found.marks] == [
        ("mended", LOCAL_ACTOR.name, "Captured after all")
    ]
    change(desk, "A1", answer(OperationState.FAILED))
    found = settling.detail(desk, LOCAL_ACTOR, open_one.number)
    assert (found.line.standing, [mark.how for mark in found.marks]) == (
        S.MISSING_HERE,
        ["mended", "reopened"],
    )
    assert is_clean(desk)


def test_an_order_that_comes_later_is_matched_when_it_comes(desk):
    run(desk, rows_of(1, 2))
    assert {one.judgement.reason for one in lines(desk)} == {Reason.NO_PAYMENT}
    take_in(desk, paid(1), paid(3))
    standing = {one.reference: one.standing for one in lines(desk)}
    # The file covers the day, so what it does not have of a new order is seen; its methods are not known yet.
    assert standing == {"c1": S.MENDED, "c2": S.MISSING_HERE}
    assert is_clean(desk)


def test_what_one_file_lacks_another_may_have(desk):
    take_in(desk, paid(1), paid(2), paid(3, method=PaymentMethod.GIFT_CARD))
    report = run(desk, rows_of(1))
    assert counts(report) == {S.MISSING_THERE: 1, S.MATCHED: 1}
    (lacking,) = lines(desk, standings=[S.MISSING_THERE])
    assert (lacking.order_id, lacking.reference, lacking.difference.minor) == ("A2", "c2", -1000)
    run(desk, rows_of(2), name="next.csv")
    (mended,) = lines(desk, standings=[S.MENDED])
    assert mended.judgement.reason is Reason.IN_ANOTHER_FILE
    assert counts(run(desk, rows_of(2), name="next.csv")) == {S.MATCHED: 1}
    assert is_clean(desk)


def test_only_the_days_of_the_file_count(desk):
    later = operation(2, OperationKind.CAPTURE, 1000, reference="c2", at=NOON + timedelta(days=1))
    take_in(desk, paid(1), paid(2, later))
    assert counts(run(desk, rows_of(1))) == {S.MATCHED: 1}
    given = rows_of(1, date="2026-11-23")
    assert counts(run(desk, given, name="two.csv")) == {S.MISSING_THERE: 1, S.MATCHED: 1}


def test_a_chargeback_is_matched_once_the_dispute_is_known(desk):
    take_in(desk, paid(1))
    run(desk, rows_of(1, kind="chargeback", amount="-10.00"))
    held = Hold(number=1, kind=HoldKind.DISPUTE, reason="disputed", placed_at=NOON, placed_by="system")
    change(desk, "A1", lambda of: replace(of, holds=(held,)))
    assert S.MENDED in {one.standing for one in lines(desk)}
    assert is_clean(desk)


def test_a_difference_is_accepted_once_with_a_note(desk):
    olga, ana = add_person(desk, "olga", Role.OP), add_person(desk, "ana", Role.CS)
    take_in(desk, paid(1))
    run(desk, rows_of(1, amount="9.00"))
    (one,) = lines(desk)
    for note, words in (
        ("  ", "Say why"),
        ("x" * 501, "at most"),
        ("4111111111111111", "card number"),
        ("a\0", "printed"),
    ):
        with pytest.raises(BadInput, match=words):
            settling.accept(desk, olga, one.number, note, version=one.version)
    before = entries(desk)
    with pytest.raises(NoRight, match="OP"):
        settling.accept(desk, ana, one.number, "mine", version=one.version)
    assert entries(desk) == before + 1
    with pytest.raises(StaleVersion):
        settling.accept(desk, olga, one.number, "late", version=one.version + 1)
    with pytest.raises(Missing):
        settling.accept(desk, olga, 99, "none", version=1)
    done = settling.accept(desk, olga, one.number, "rounded by the provider", version=one.version)
    assert done.standing is S.ACCEPTED
    assert entries(desk) == before + 2
    with pytest.raises(StateRefuses, match="accepted"):
        settling.accept(desk, olga, one.number, "again", version=done.version)
    assert settling.open_differences(desk, olga).value == 0
    (mark,) = settling.detail(desk, olga, one.number).marks
    assert (mark.how, mark.person, mark.note) == ("accepted", "olga", "rounded by the provider")
    change(desk, "A1", answer(OperationState.FAILED))
    assert lines(desk)[0].standing is S.MISSING_HERE
    assert is_clean(desk)


@pytest.mark.parametrize("role", [Role.CS, Role.NM])
def test_only_those_who_may_reconcile_see_it(desk, role):
    person = add_person(desk, "ana", role)
    for ask in (
        lambda: settling.files(desk, person),
        lambda: settling.page(desk, person, 1),
        lambda: settling.count(desk, person, 1),
        lambda: settling.sums(desk, person, 1),
        lambda: settling.detail(desk, person, 1),
        lambda: settling.open_differences(desk, person),
    ):
        with pytest.raises(NoRight, match="OP"):
            ask()


def test_pages_go_both_ways(desk):
    take_in(desk, *(paid(number) for number in range(5)))
    run(desk, [*rows_of(*range(5)), *rows_of(11, 12)])
    whole = [one.number for one in lines(desk)]
    assert len(whole) == 7
    page = settling.page(desk, LOCAL_ACTOR, 1, size=2, from_end=True)
    back = [one.number for one in page.rows]
    while page.has_before:
        page = settling.page(desk, LOCAL_ACTOR, 1, size=2, before=page.rows[0].position)
        back = [one.number for one in page.rows] + back
    assert back == whole


# -- many rows, breaks, several at once --------------------------------------------------------------------


def test_every_mutation_of_many_rows_is_found(desk):
    """10,000 rows at release figure; three of them differ."""
    many = scaled(10_000, at_least=60)
    take_in(desk, *(paid(number) for number in range(many)))
    given = rows_of(*range(many))
    given[3] = rows_of(3, amount="10.01")[0]
    given[4] = rows_of("?")[0]
    random.Random(7).shuffle(given)
    found = counts(run(desk, given))
    assert found == {S.MISSING_HERE: 1, S.MISSING_THERE: 1, S.DIFFERENT: 1, S.MATCHED: many - 2}
    assert {one.reference for one in lines(desk, standings=OPEN)} == {"c3", "c4", "c?"}
    assert is_clean(desk)


def test_matching_looks_nothing_through(desk):
    """10,000 rows against a million operations: whatever is asked is looked up in an index."""
    take_in(desk, *(paid(number) for number in range(5)))
    run(desk, rows_of(0, 1))
    asked: list[str] = []
    with desk.store.read() as conn:
        driver = conn.connection.driver_connection
        driver.set_trace_callback(asked.append)
        assign(conn, *load_rows(conn, [(1, 1), (1, 2)]))
        rows_with_keys(conn, ["c0"])
        list(findings_of_orders(conn, [1, 2]))
        books_of(conn, [1, 2])
        moved_between(conn, 0, 1)
        stored.page(conn, 1, OPEN, size=5, after=(1, 2))
        stored.open_count(conn, 10)
        stored.line(conn, 1)
        stored.files(conn)
        driver.set_trace_callback(None)
        plan = [row[3] for one in asked for row in driver.execute(f"EXPLAIN QUERY PLAN {one}")]
    bounded = ("SCAN anon_1", "SCAN settlement_file")  # what is asked for, and the newest so many
    assert [step for step in plan if step.startswith("SCAN") and not step.startswith(bounded)] == []
    told = "\n".join(plan)
    for index in (
        "operation_reference", "payment_reference", "operation_moved", "settlement_finding_open",
        "COVERING INDEX settlement_finding_differed",
    ):  # fmt: skip
        assert index in told, index


def test_a_run_that_broke_off_is_completed_by_the_next(desk, monkeypatch):
    take_in(desk, *(paid(number) for number in range(9)))
    given = rows_of(*range(8))
    monkeypatch.setattr(settling, "BATCH", 3)
    monkeypatch.setattr(settling, "ORDERS_AT_ONCE", 2)

    for stop_at in (2, 4, 5):
        calls = iter(range(stop_at))

        def progress(phase, done, total, calls=calls):
            if next(calls, None) is None:
                raise KeyboardInterrupt

        file = desk.store.path.parent / "day.csv"
        file.write_text("\n".join([HEADER, *given, ""]))
        with pytest.raises(KeyboardInterrupt):
            import_settlement(
                desk, file, is_dry_run=False, rejects=file.with_name("r.csv"), progress=progress
            )
        assert not settling.files(desk, LOCAL_ACTOR)[0].is_whole
    report = run(desk, given)
    assert counts(report) == {S.MISSING_THERE: 1, S.MATCHED: 8}
    assert [one.row.number for one in lines(desk, standings=[S.MATCHED])] == list(range(1, 9))
    assert is_clean(desk)


def start(folder, file):
    words = ("--database", str(folder / "desk.db"), "import", "settlement", str(file))
    env = {**os.environ, "OMS_TUI_STATE_DIR": str(folder / "state")}
    return Process("-m", "oms_tui", *words, "--rejects", str(folder), env=env)


def test_two_at_once_and_one_killed_in_the_middle(tmp_path):
    """Two programs take the same file in, one is killed; once more, and all of it is in once."""
    many = scaled(10_000, at_least=2_500)
    with open_desk(tmp_path) as desk:
        take_in(desk, *(paid(number) for number in range(20)))
    file = tmp_path / "day.csv"
    file.write_text("\n".join([HEADER, *rows_of(*range(many), date="2024-05-05"), ""]))
    first, second = start(tmp_path, file), start(tmp_path, file)
    with open_desk(tmp_path) as desk:
        until = time.monotonic() + 60
        while not settling.files(desk, LOCAL_ACTOR) and time.monotonic() < until:
            time.sleep(0.01)
        first.send_signal(signal.SIGKILL)
        first.wait()
        assert second.wait(timeout=120) == 0
        assert start(tmp_path, file).wait(timeout=120) == 0
        (whole,) = settling.files(desk, LOCAL_ACTOR)
        assert whole.is_whole
        assert whole.counts[S.MATCHED] + whole.counts[S.MISSING_HERE] == many
        assert is_clean(desk)


def test_reading_says_the_digest_of_the_bytes(tmp_path):
    one, other = tmp_path / "a.csv", tmp_path / "b.csv"
    one.write_text(f"{HEADER}\nc1,fee,1,EUR,2026-11-22,\n")
    other.write_text(f"{HEADER}\nc1,fee,2,EUR,2026-11-22,\n")
    reads = [read_settlement(path, ZoneInfo("UTC"), CLOCK) for path in (one, other, one)]
    assert reads[0].digest == reads[2].digest != reads[1].digest
