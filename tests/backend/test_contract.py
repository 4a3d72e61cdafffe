"""The contract of `backend.Backend`: whatever stands behind the door answers like this (architecture 6)."""

import asyncio
import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from oms_tui.backend import Backend, Intention, PageQuery, SettlementQuery
from oms_tui.backend.errors import (
    BadRequest,
    Conflict,
    NotAllowed,
    NotFound,
    RefusedByDesk,
    SignedOut,
    SignInFailed,
    Unavailable,
)
from oms_tui.desk import people, settling
from oms_tui.documents import deliver as delivering
from oms_tui.domain.adjusting import reduced_line
from oms_tui.domain.events.cases import CaseState
from oms_tui.domain.events.ways import Way
from oms_tui.domain.issuing import with_credit_notes, with_invoice
from oms_tui.domain.order import Address
from oms_tui.domain.people import LOCAL_ACTOR, Role
from oms_tui.domain.settlement import RowKind, SettlementRow, Standing
from oms_tui.domain.status import LineStatus, OperationKind, OrderStatus, PaymentStatus
from oms_tui.domain.weight import by_weight
from tests.build import NOON, card, eur, line, operation, order, shipment
from tests.desk.conftest import PASSWORD, add_person, entries, take_in

CANCEL = Intention(verb="order.cancel", order_id="10427", arguments={"reason": "duplicate"})
CLAIM = Intention(verb="order.claim", order_id="10427", arguments={})
STATUS = Intention(verb="order.status", order_id="10427", arguments={})


def note(text, order_id="10427"):
    return Intention(verb="order.note", order_id=order_id, arguments={"text": text})


def key():
    return uuid4().hex


def invoiced():
    """An order with an invoice and a credit note, paid."""
    paid = card(1000, operation(2, OperationKind.CAPTURE, 1000, shipment="S-1"))
    value = order(line(1, LineStatus.PACKED, shipment="S-1"), shipments=(shipment(),), payments=(paid,))
    value = with_invoice(value, "S-1", "I-1", NOON)
    after = replace(value, lines=(reduced_line(value.lines[0], 100),))
    value = with_credit_notes(value, after, "late", NOON, lambda *_: "C-1")
    return replace(value, documents=tuple(replace(one, is_imported=True) for one in value.documents))


async def next_change(changes):
    return await asyncio.wait_for(anext(changes), 5)


async def test_a_desk_says_what_it_is_before_anybody_signs_in(empty):
    console = await empty.console()
    info = await console.open()
    assert not info.has_people
    assert not info.is_sample
    assert info.sample_people == ()
    assert info.time_zone == "Europe/Berlin"
    assert info.name


async def test_the_first_person_is_made_once_and_signed_in(empty):
    console = await empty.console()
    with pytest.raises(BadRequest) as refused:
        await console.create_first_person("ana", "Ana", "short", Role.CS)
    assert refused.value.field == "password"
    actor = await console.create_first_person("ana", "Ana", PASSWORD, Role.CS)
    assert (actor.name, actor.roles) == ("ana", {Role.CS, Role.AD})
    assert (await console.open()).has_people
    assert await console.queues()
    with pytest.raises(NotAllowed):
        await (await empty.console()).create_first_person("ben", "Ben", PASSWORD, Role.CS)


async def test_signing_in_and_out(set_up):
    console = await set_up.console()
    with pytest.raises(NotAllowed):
        await console.queues()
    texts = set()
    for name, password in (("ana", "a wrong password"), ("nobody-here", PASSWORD)):
        with pytest.raises(SignInFailed) as refused:
            await console.sign_in(name, password)
        texts.add(str(refused.value))
        assert refused.value.retry_after == 0
    assert len(texts) == 1
    actor = await console.sign_in("ANA", PASSWORD)
    assert (actor.name, actor.roles) == ("ana", {Role.CS})
    assert await console.queues()
    await console.sign_out()
    with pytest.raises(NotAllowed):
        await console.queues()


async def test_failed_sign_ins_make_the_next_try_wait(set_up):
    console = await set_up.console()
    for _ in range(3):
        with pytest.raises(SignInFailed):
            await console.sign_in("ana", "a wrong password")
    with pytest.raises(SignInFailed) as refused:
        await console.sign_in("ana", PASSWORD)
    assert refused.value.retry_after == 1
    set_up.clock.advance(timedelta(seconds=1))
    assert (await console.sign_in("ana", PASSWORD)).name == "ana"


async def test_a_session_ends_by_itself(set_up):
    console = await set_up.console("ana")
    take_in(set_up.desk)
    set_up.clock.advance(timedelta(minutes=14))
    await console.order("10427", opened=True)
    set_up.clock.advance(timedelta(minutes=14))
    await console.queues()
    set_up.clock.advance(timedelta(minutes=1))
    for call in (console.queues, console.feed, lambda: console.commit(CLAIM, version=1, key=key())):
        with pytest.raises(SignedOut):
            await call()


async def test_the_rules_in_force_are_told(set_up):
    policy = await (await set_up.console()).policy()
    assert policy.time_zone == "Europe/Berlin"
    assert "other" in policy.cancel_reasons


async def test_queues_pages_and_counts_agree(set_up):
    take_in(set_up.desk, *(order(id=f"N{number}") for number in range(7)))
    console = await set_up.console("olga")
    tallies = {tally.queue: tally for tally in await console.queues()}
    assert tallies["status-allocated"].count.value == 7
    first = await console.page(PageQuery(filter="status:allocated sort:id", size=3))
    assert [row.id for row in first.rows] == ["N0", "N1", "N2"]
    assert (first.has_before, first.has_after) == (False, True)
    following = await console.page(
        PageQuery(filter="status:allocated sort:id", size=3, after=first.rows[-1].position)
    )
    assert [row.id for row in following.rows] == ["N3", "N4", "N5"]
    back = await console.page(
        PageQuery(filter="status:allocated sort:id", size=3, before=following.rows[0].position)
    )
    assert back.rows == first.rows
    around = await console.page(
        PageQuery(filter="status:allocated sort:id", size=3, around=following.rows[0].position)
    )
    assert "N3" in [row.id for row in around.rows]
    last = await console.page(PageQuery(filter="sort:id", size=2, from_end=True))
    assert [row.id for row in last.rows] == ["N5", "N6"]
    assert (await console.count("status:allocated")).value == 7
    assert (await console.count("status:packed")).value == 0


async def test_a_wrong_filter_is_underlined(set_up):
    console = await set_up.console("ana")
    for call in (
        lambda: console.page(PageQuery(filter="hans statos:x")),
        lambda: console.count("hans statos:x"),
    ):
        with pytest.raises(BadRequest) as refused:
            await call()
        assert (refused.value.field, refused.value.start, refused.value.end) == ("filter", 5, 11)


async def test_searching(set_up):
    take_in(set_up.desk)
    console = await set_up.console("nina")
    for text, by in (("10427", "order ID"), ("hans@example.com", "e-mail"), ("müll", "name")):
        result = await console.search(text)
        assert [hit.order.id for hit in result.hits] == ["10427"]
        assert by in result.hits[0].field, text
    assert (await console.search("nothing like it")).hits == ()


async def test_a_profile_and_its_timeline(set_up):
    take_in(set_up.desk)
    console = await set_up.console("ana")
    profile = await console.order("10427")
    assert (profile.order.id, profile.order.version) == ("10427", 1)
    assert profile.payment_status is PaymentStatus.AUTHORIZED
    for number in range(3):
        await console.commit(note(f"note {number}"), version=1, key=key())
    entries = await console.timeline("10427")
    assert [entry.summary for entry in entries][:3] == ["Added a note to order 10427"] * 3
    assert [entry.seq for entry in entries] == sorted((entry.seq for entry in entries), reverse=True)
    older = await console.timeline("10427", before=entries[1].seq, limit=1)
    assert older == entries[2:3]
    for call in (console.order, console.timeline):
        with pytest.raises(NotFound):
            await call("99")


async def test_opening_remembers_and_renews_the_claim_without_an_entry(set_up):
    take_in(set_up.desk)
    console = await set_up.console("ana")
    await console.commit(CLAIM, version=1, key=key())
    set_up.clock.advance(timedelta(minutes=10))
    before = entries(set_up.desk)
    await console.order("10427", opened=True)
    assert [row.id for row in await console.recent()] == ["10427"]
    assert entries(set_up.desk) == before
    claim = (await console.order("10427")).claim
    assert claim is not None
    assert claim.until == set_up.clock.now() + timedelta(minutes=15)


async def test_plan_commit_and_what_became_of_it(set_up):
    take_in(set_up.desk)
    console = await set_up.console("ana")
    plan = await console.plan(CANCEL)
    assert plan.commit_label == "cancel the order"
    assert {"10427", "Hans Müller", "10.00 €"} <= set(plan.title.replace("order ", "").split(" · "))
    used = key()
    assert await console.outcome_of(used) is None
    done = await console.commit(CANCEL, version=plan.version, key=used)
    assert await console.outcome_of(used) == done
    assert await console.commit(CANCEL, version=plan.version, key=used) == done
    assert (await console.page(PageQuery())).rows[0].status is OrderStatus.CANCELLED
    assert by_weight((await console.timeline("10427"))[0].changes) == plan.changes


async def test_the_actor_is_who_signed_in_whatever_is_sent(set_up):
    take_in(set_up.desk)
    console = await set_up.console("nina")
    forged = Intention(
        verb="order.note", order_id="10427", arguments={"text": "x", "person": "boss", "actor": "boss"}
    )
    with pytest.raises(BadRequest):
        await console.commit(forged, version=1, key=key())
    await console.commit(note("mine"), version=1, key=key())
    assert (await console.timeline("10427"))[0].actor == "nina"
    assert (await console.order("10427")).order.notes[0].person == "nina"


async def test_two_consoles_racing_lose_nothing(set_up):
    take_in(set_up.desk)
    first, second = await set_up.console("ana"), await set_up.console("nina")
    plans = [await console.plan(CANCEL) for console in (first, second)]
    await first.commit(CANCEL, version=plans[0].version, key=key())
    with pytest.raises(Conflict) as refused:
        await second.commit(CANCEL, version=plans[1].version, key=key())
    assert "ana" in str(refused.value)
    assert "Cancelled order 10427" in str(refused.value)
    assert refused.value.version == 2


async def test_what_refuses_is_named(set_up):
    shipped = order(line(1, LineStatus.SHIPPED, shipment="S-1"), shipments=(shipment(),))
    take_in(set_up.desk, shipped)
    console = await set_up.console("ana")
    for call in (lambda: console.plan(CANCEL), lambda: console.commit(CANCEL, version=1, key=key())):
        with pytest.raises(RefusedByDesk) as refused:
            await call()
        assert [fix for _, fix in refused.value.blockers] == ["return.create"]
    with pytest.raises(BadRequest) as wrong:
        await console.plan(note(" "))
    assert wrong.value.field == "text"
    with pytest.raises(NotFound):
        await console.plan(note("x", order_id="99"))
    with pytest.raises(BadRequest):
        await console.plan(Intention(verb="order.explode", order_id="10427", arguments={}))


async def test_a_missing_right_is_refused(set_up):
    take_in(set_up.desk)
    console = await set_up.console("olga")
    for call in (lambda: console.plan(CANCEL), lambda: console.commit(CANCEL, version=1, key=key())):
        with pytest.raises(NotAllowed, match="CS or NM"):
            await call()


async def test_an_answer(set_up):
    take_in(set_up.desk)
    given = await (await set_up.console("nina")).answer(STATUS)
    assert "10427" in given.text
    assert "fraud" not in given.text.lower()


def printing(name):
    return Intention(verb=f"order.{name}", order_id="10427", arguments={})


async def test_documents_are_printed_for_those_who_may(set_up, tmp_path, monkeypatch):
    """CS all of them, OP invoices and receipts, NM none; what they are told says who may."""
    monkeypatch.setenv("OMS_TUI_DOCUMENTS_DIR", str(tmp_path / "papers"))
    take_in(set_up.desk, invoiced())
    consoles = [await set_up.console(name) for name in ("ana", "olga", "nina")]
    may = (("invoice", 2, "CS or OP"), ("receipt", 2, "CS or OP"), ("credit-note", 1, "CS"))
    for name, count, who in may:
        for console in consoles[:count]:
            given = await console.answer(printing(name))
            file = Path(given.text)
            assert (await asyncio.to_thread(file.read_bytes)).startswith(b"%PDF-")
            assert given.summary == f"{file.name} is in {file.parent}"
            assert file.stem.endswith("-copy-1") is (console is not consoles[0]), file
        for console in consoles[count:]:
            with pytest.raises(NotAllowed, match=f"{who}\\b"):
                await console.answer(printing(name))
    assert [(x.copy, x.person) for x in (await consoles[0].order("10427")).prints] == [
        (0, "ana"),
        (1, "olga"),
        (0, "ana"),
        (1, "olga"),
        (0, "ana"),
    ]


async def test_a_long_print_holds_nobody_up_who_reads(set_up, tmp_path, monkeypatch):
    monkeypatch.setenv("OMS_TUI_DOCUMENTS_DIR", str(tmp_path / "papers"))
    take_in(set_up.desk, invoiced())
    console, begun, drawn = await set_up.console("ana"), threading.Event(), threading.Event()

    def slow(*_, **__):
        begun.set()
        drawn.wait(20)
        return b"%PDF-"

    monkeypatch.setattr(delivering, "render", slow)
    waiting = asyncio.ensure_future(console.answer(printing("invoice")))
    assert await asyncio.to_thread(begun.wait, 10)
    try:
        async with asyncio.timeout(10):
            assert (await console.order("10427")).prints == ()
    finally:
        drawn.set()
    assert (await waiting).summary.startswith("invoice-I-1.pdf is in ")
    assert len((await console.order("10427")).prints) == 1


async def test_a_change_of_role_counts_from_the_next_action(set_up):
    take_in(set_up.desk)
    console = await set_up.console("ana")
    people.set_roles(set_up.desk, LOCAL_ACTOR, "ana", [Role.OP])
    with pytest.raises(NotAllowed):
        await console.plan(CANCEL)
    people.disable(set_up.desk, LOCAL_ACTOR, "ana")
    with pytest.raises(SignedOut):
        await console.queues()


NEEDS_NOBODY = {"open", "close", "sign_in", "sign_out", "create_first_person", "policy", "changes"}
"""What a console may ask before anybody is signed in; everything else is refused then."""
CALLS = {
    "queues": lambda console: console.queues(),
    "page": lambda console: console.page(PageQuery()),
    "count": lambda console: console.count(""),
    "search": lambda console: console.search("x"),
    "order": lambda console: console.order("10427", opened=True),
    "timeline": lambda console: console.timeline("10427"),
    "plan": lambda console: console.plan(CANCEL),
    "commit": lambda console: console.commit(CANCEL, version=1, key=key()),
    "answer": lambda console: console.answer(STATUS),
    "outcome_of": lambda console: console.outcome_of(key()),
    "feed": lambda console: console.feed(),
    "recent": lambda console: console.recent(),
    "address_rules": lambda console: console.address_rules("DE"),
    "shipping_methods": lambda console: console.shipping_methods("web-de"),
    "check_address": lambda console: console.check_address(Address(country="DE")),
    "evidence": lambda console: console.evidence("10427"),
    "claim_next": lambda console: console.claim_next(""),
    "flow_standing": lambda console: console.flow_standing(),
    "settlement_files": lambda console: console.settlement_files(),
    "settlement_sums": lambda console: console.settlement_sums(1),
    "settlement_page": lambda console: console.settlement_page(SettlementQuery(file=1, standings=())),
    "settlement_count": lambda console: console.settlement_count(1, ()),
    "settlement_row": lambda console: console.settlement_row(1),
    "accept_difference": lambda console: console.accept_difference(1, "seen", version=1),
    "open_differences": lambda console: console.open_differences(),
    "events": lambda console: console.events(CaseState.PROBLEM),
    "event": lambda console: console.event("e-1"),
    "settle_event": lambda console: console.settle_event("e-1", Way.PARK, "seen", version=1, key=key()),
}


def test_every_method_of_the_door_is_known_to_these_tests():
    """Z1: a method that is added has to say here whether it needs somebody signed in."""
    methods = {name for name in vars(Backend) if not name.startswith("_")}
    assert methods == NEEDS_NOBODY | CALLS.keys()
    assert not NEEDS_NOBODY & CALLS.keys()


async def test_nothing_is_answered_to_nobody_nor_to_an_administrator_of_people_alone(set_up):
    take_in(set_up.desk)
    add_person(set_up.desk, "adam", Role.AD)
    nobody, admin = await set_up.console(), await set_up.console("adam")
    before = entries(set_up.desk)
    for name, call in CALLS.items():
        with pytest.raises(NotAllowed):
            await call(nobody)
        if name != "outcome_of":
            with pytest.raises(NotAllowed):
                await call(admin)
    assert entries(set_up.desk) == before + len(CALLS) - 1


async def test_the_feed_has_what_happened_last_first(set_up):
    take_in(set_up.desk, order(id="A"), order(id="B"))
    console = await set_up.console("ana")
    set_up.clock.advance(timedelta(seconds=1))
    await console.commit(note("x", "A"), version=1, key=key())
    assert (await console.feed())[0].order_id == "A"
    assert len(await console.feed(limit=1)) == 1


async def test_changes_of_others_and_of_our_own_are_told(set_up):
    take_in(set_up.desk)
    watching, acting = await set_up.console("ana"), await set_up.console("nina")
    changes = watching.changes()
    waiting = asyncio.ensure_future(next_change(changes))
    await asyncio.sleep(0.05)
    assert not waiting.done()
    await acting.commit(note("theirs"), version=1, key=key())
    first = await waiting
    await watching.commit(note("ours"), version=1, key=key())
    assert await next_change(changes) > first
    await watching.close()
    with pytest.raises(StopAsyncIteration):
        await next_change(changes)


async def test_reading_tells_no_change(set_up):
    take_in(set_up.desk)
    console = await set_up.console("ana")
    changes = console.changes()
    waiting = asyncio.ensure_future(next_change(changes))
    await asyncio.sleep(0.05)
    await console.queues()
    await console.order("10427")
    await console.page(PageQuery())
    await asyncio.sleep(0.3)
    assert not waiting.done()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting


async def test_a_read_only_console_changes_nothing(set_up):
    take_in(set_up.desk)
    console = await set_up.console("ana", is_read_only=True)
    assert (await console.open()).is_read_only
    assert (await console.plan(CANCEL)).version == 1
    before = entries(set_up.desk)
    with pytest.raises(NotAllowed, match="read-only"):
        await console.commit(CANCEL, version=1, key=key())
    await console.order("10427", opened=True)
    assert await console.recent() == ()
    assert entries(set_up.desk) == before


async def test_a_commit_that_nobody_waits_for_any_more_goes_on(set_up):
    take_in(set_up.desk)
    console = await set_up.console("ana")
    used = key()
    commit = asyncio.ensure_future(console.commit(note("kept"), version=1, key=used))
    await asyncio.sleep(0)
    commit.cancel()
    with pytest.raises(asyncio.CancelledError):
        await commit
    assert await console.outcome_of(used) is not None


async def test_a_closed_backend_says_so(set_up):
    console = await set_up.console("ana")
    await console.close()
    await console.close()
    for call in (console.queues, console.open, lambda: console.commit(CLAIM, version=1, key=key())):
        with pytest.raises(Unavailable):
            await call()


async def test_settlement_files_are_reconciled_by_those_who_may(set_up):
    rows = [
        SettlementRow(
            number=number, line=number + 1, reference="?", kind=kind, amount=eur(minor), at=NOON, fee=eur(fee)
        )
        for number, kind, minor, fee in ((1, RowKind.CAPTURE, 1000, 10), (2, RowKind.FEE, 5, 5))
    ]
    settling.take_in(set_up.desk, settling.SettlementBatch(name="day.csv", digest="d", rows=rows))
    console = await set_up.console("olga")
    (file,) = await console.settlement_files()
    assert (file.name, file.open, (await console.open_differences()).value) == ("day.csv", 1, 1)
    (total,) = await console.settlement_sums(file.number)
    assert (total.theirs, total.ours, total.fees) == (eur(1000), eur(0), eur(15))
    query = SettlementQuery(file=file.number, standings=tuple(Standing), size=1)
    page = await console.settlement_page(query)
    assert (len(page.rows), page.has_after) == (1, True)
    assert (await console.settlement_count(file.number, tuple(Standing))).value == 2
    row = page.rows[0]
    assert "No payment here" in (await console.settlement_row(row.number)).said
    with pytest.raises(NotFound):
        await console.settlement_row(99)
    with pytest.raises(BadRequest):
        await console.accept_difference(row.number, " ", version=row.version)
    with pytest.raises(Conflict):
        await console.accept_difference(row.number, "late", version=row.version + 1)
    done = await console.accept_difference(row.number, "of another shop", version=row.version)
    assert done.standing is Standing.ACCEPTED
    with pytest.raises(RefusedByDesk):
        await console.accept_difference(row.number, "again", version=done.version)
    cs = await set_up.console("ana")
    for ask in (
        cs.settlement_files, cs.open_differences, lambda: cs.settlement_page(query),
        lambda: cs.settlement_row(row.number), lambda: cs.settlement_sums(file.number),
        lambda: cs.accept_difference(row.number, "mine", version=1),
    ):  # fmt: skip
        with pytest.raises(NotAllowed):
            await ask()
    read_only = await set_up.console("olga", is_read_only=True)
    with pytest.raises(NotAllowed, match="read-only"):
        await read_only.accept_difference(row.number, "mine", version=1)
