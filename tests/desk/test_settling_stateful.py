"""Settlement files amid verbs and events that move money: whatever comes when, money stays whole, every row
stands as the orders say, and what was reconciled is kept (invariants M1 to M9, S3, S4).
"""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from oms_tui.desk import ask, commit, doctor, errors, people, receiving, settling
from oms_tui.desk.settling import SettlementBatch
from oms_tui.domain.events import Event, EventKind
from oms_tui.domain.people import LOCAL_ACTOR, Role
from oms_tui.domain.settlement import RowKind, SettlementRow, Standing, Verdict, held_of
from oms_tui.domain.status import LineStatus, OperationKind, OperationState
from oms_tui.store.settling import problems
from oms_tui.verbs import ArgumentKind, Policy, Subject, verb
from tests.build import NOON, card, eur, line, operation, order, shipment
from tests.desk.conftest import entries, take_in
from tests.desk.machines import DeskMachine, run_steps
from tests.domain.test_money_stateful import money_is_whole, positions_are_whole
from tests.support import IS_RELEASE, scaled

IDS = ("A", "B", "C")
K, S, ST = OperationKind, Standing, OperationState
VERBS = ("order.mark-paid", "order.retry-refund", "order.record-refund", "order.refund-overcharge")
E = EventKind
WORDS = (E.CAPTURED, E.CAPTURE_FAILED, E.REFUNDED, E.REFUND_FAILED, E.DISPUTED)
ROW_KINDS = {K.CAPTURE: RowKind.CAPTURE, K.REFUND: RowKind.REFUND}
REFUSALS = (errors.StateRefuses, errors.BadInput)
LONGEST = 50
"""Steps on the same three orders."""
STEPS = scaled(20_000)
SHARDS = 10 if IS_RELEASE else 1
"""Runs of their own, each with a seed of its own: several workers share them."""


def left_unpaid(order_id, states):
    """Two parcels that have left; for each the capture that was asked for, in a state, or none."""
    asked = [
        operation(number + 2, K.CAPTURE, 1000, state=state, shipment=f"S-{number + 1}",
                  reference="" if state is ST.REQUESTED else f"{order_id}-c{number}")
        for number, state in enumerate([state for state in states if state is not None])
    ]  # fmt: skip
    return order(
        line(1, LineStatus.SHIPPED, shipment="S-1"),
        line(2, LineStatus.SHIPPED, shipment="S-2"),
        id=order_id,
        shipments=tuple(shipment(f"S-{number}", shipped_at=NOON) for number in (1, 2)),
        payments=(card(2500, *asked, reference=f"{order_id}-p"),),
    )


class SettlingMachine(DeskMachine):
    """Olga reconciles while the provider, its files and everybody else go on."""

    def __init__(self, make_place) -> None:
        super().__init__(make_place)
        self.olga, self.ana = (people.actor_named(self.desk, name) for name in ("olga", "ana"))
        self.files: list[SettlementBatch] = []
        self.rows: dict[int, Any] = {}
        self.marks: list[Any] = []
        self.events, self.steps = 0, -1  # the invariant holds before the first step too

    which = st.sampled_from(IDS)

    @initialize(
        states=st.lists(st.tuples(*[st.sampled_from([None, *ST])] * 2), min_size=len(IDS), max_size=len(IDS))
    )
    def open(self, states) -> None:
        take_in(self.desk, *(left_unpaid(name, two) for name, two in zip(IDS, states, strict=True)))

    def value(self, order_id):
        """The order as it is stored."""
        return ask.order(self.desk, LOCAL_ACTOR, order_id).order

    def commit(self, actor, verb_id, order_id, arguments):
        """Commit on the version that is there; whether it took effect."""
        version, key = self.value(order_id).version, uuid4().hex
        try:
            commit.commit(self.desk, actor, verb_id, order_id, arguments, version=version, key=key)
        except REFUSALS:
            return False
        return True

    # -- the provider's files -----------------------------------------------------------------------------

    @rule(data=st.data())
    def a_file_comes(self, data: st.DataObject) -> None:
        """Most of what moved as it was, some of it otherwise, some not at all, and what we never heard of."""
        rows = [row for name in IDS for row in self.rows_about(self.value(name), data)]
        rows += [self.row(f"X-{n}", RowKind.CAPTURE, eur(700)) for n in range(data.draw(st.integers(0, 1)))]
        rows.append(self.row("", RowKind.FEE, eur(25)))
        taken = [replace(row, number=number, line=number + 1) for number, row in enumerate(rows, 1)]
        given = SettlementBatch(name=f"file-{len(self.files)}.csv", digest=uuid4().hex, rows=taken)
        before, versions = entries(self.desk), [self.value(name).version for name in IDS]
        tried = settling.take_in(self.desk, given, actor=self.olga, is_dry_run=True)
        assert entries(self.desk) == before
        done = settling.take_in(self.desk, given, actor=self.olga)
        assert (tried.file.counts, tried.sums) == (done.file.counts, done.sums)
        assert done.file.is_whole
        assert [self.value(name).version for name in IDS] == versions
        self.files.append(given)

    def row(self, reference, kind, amount):
        """A row of this moment that has no number yet."""
        at = self.desk.clock.now()
        return SettlementRow(
            number=0, line=0, reference=reference, kind=kind, amount=amount, at=at, fee=eur(0)
        )

    def rows_about(self, value, data):
        for payment in value.payments:
            for held in held_of(payment):
                how = data.draw(st.sampled_from(["true", "true", "lacking", "different", "twice"]))
                if held.now.kind not in ROW_KINDS or how == "lacking":
                    continue
                amount = held.now.amount if how != "different" else held.now.amount + eur(1)
                row = self.row(held.now.reference or payment.reference, ROW_KINDS[held.now.kind], amount)
                yield from [row] * (2 if how == "twice" else 1)
            if data.draw(st.integers(0, 9)) == 0:
                yield self.row(payment.reference, RowKind.CHARGEBACK, eur(500))

    @rule()
    def the_last_file_comes_again(self) -> None:
        if self.files:
            before = entries(self.desk)
            assert settling.take_in(self.desk, self.files[-1], actor=self.olga).was_here
            assert entries(self.desk) == before

    # -- what people and the outside do -------------------------------------------------------------------

    @rule(order_id=which, kind=st.sampled_from(WORDS), data=st.data())
    def the_provider_says(self, order_id, kind, data: st.DataObject) -> None:
        self.events += 1
        known = [one.now.reference for one in held_of(self.value(order_id).payments[0]) if one.now.reference]
        event = Event(
            id=f"e-{self.events}",
            kind=kind,
            order_id=order_id,
            at=self.desk.clock.now(),
            shipment=data.draw(st.sampled_from(["S-1", "S-2"])) if kind is E.CAPTURED else "",
            payment=1,
            reference=data.draw(st.sampled_from([*known, f"{order_id}-new"])),
            amount=data.draw(st.sampled_from([eur(1000), eur(500)])),
        )
        receiving.receive(self.desk, [event])

    @rule(order_id=which, verb_id=st.sampled_from(VERBS), data=st.data())
    def somebody_settles(self, order_id, verb_id, data: st.DataObject) -> None:
        one, subject = verb(verb_id), Subject(order=self.value(order_id))
        given: dict[str, object] = {}
        for argument in one.arguments:
            if argument.kind is ArgumentKind.CHOICE and argument.choices is not None:
                if choices := argument.choices(subject, Policy()):
                    given[argument.name] = data.draw(st.sampled_from([choice.value for choice in choices]))
            elif argument.name == "reference":
                given["reference"] = f"{order_id}-r{data.draw(st.integers(1, 3))}"
            elif argument.name in ("captured", "refunded"):
                given[argument.name] = "today"
            else:
                given[argument.name] = "as the statement says"
        self.commit(self.olga, verb_id, order_id, given)

    @rule(order_id=which, number=st.sampled_from(["1", "2"]), percent=st.sampled_from(["10", "100"]))
    def a_price_falls(self, order_id, number, percent) -> None:
        given = {"reason": "late", "percent": percent, "lines": [number], "note": "late"}
        self.commit(self.ana, "order.price", order_id, given)

    @rule(hours=st.sampled_from([1, 30]))
    def time_passes(self, hours) -> None:
        self.place.clock.advance(timedelta(hours=hours))

    # -- reconciling --------------------------------------------------------------------------------------

    def open_rows(self):
        return [one for one in self.lines() if one.standing.is_open]

    def lines(self):
        """How every row of every file stands."""
        files = settling.files(self.desk, self.olga)
        return [one for x in files for one in settling.page(self.desk, self.olga, x.number, size=500).rows]

    @rule(data=st.data())
    def a_difference_is_mended(self, data: st.DataObject) -> None:
        """What the row offers leads to a form that can be committed as it is, and the row is mended by it."""
        offered = [
            (one, way)
            for one in self.open_rows()
            for way in settling.detail(self.desk, self.olga, one.number).ways
            if way.verb
        ]
        if not offered:
            return
        one, way = data.draw(st.sampled_from(offered))
        given = {"captured": "today", "refunded": "today", "reference": uuid4().hex, **way.arguments}
        names = {argument.name for argument in verb(way.verb).arguments}
        done = self.commit(self.olga, way.verb, one.order_id, {k: v for k, v in given.items() if k in names})
        found = settling.detail(self.desk, self.olga, one.number)
        if not done or "reference" not in way.arguments or found.line.judgement.ours != one.row.amount:
            return
        assert found.line.standing is S.MENDED, (one, way, found)
        assert (found.marks[-1].how, found.marks[-1].person) == ("mended", "olga")

    @rule(data=st.data())
    def a_difference_is_accepted(self, data: st.DataObject) -> None:
        if found := self.open_rows():
            one = data.draw(st.sampled_from(found))
            done = settling.accept(self.desk, self.olga, one.number, "too small", version=one.version)
            assert done.standing is S.ACCEPTED

    # -- what must hold -----------------------------------------------------------------------------------

    @invariant()
    def all_is_whole(self) -> None:
        self.steps += 1
        for name in IDS if self.steps else ():
            money_is_whole(self.value(name))
            positions_are_whole(self.value(name))
        with self.desk.store.read() as conn:
            assert list(problems(conn)) == []
            marks = conn.exec_driver_sql("SELECT * FROM settlement_mark ORDER BY pk").all()
        assert [tuple(mark) for mark in marks][: len(self.marks)] == self.marks, "what was reconciled is kept"
        self.marks = [tuple(mark) for mark in marks]
        now = {one.number: (one.standing, one.judgement) for one in self.lines()}
        for number, (standing, judgement) in self.rows.items():
            _follows(standing, judgement, *now[number])
        self.rows = now

    def teardown(self) -> None:
        assert doctor.examine(self.desk).findings == ()
        self.put_away()


def _follows(before, judged, now, judged_now) -> None:
    """A row is matched from its start or mended later; what was accepted stays so while nothing changes."""
    is_matched = judged_now.verdict is Verdict.MATCHED
    assert (now in (S.MATCHED, S.MENDED)) == is_matched
    if judged == judged_now:
        assert now is (S.ACCEPTED if before.is_open and now is S.ACCEPTED else before)
    elif is_matched and before is not S.MATCHED:
        assert now is S.MENDED
    elif not is_matched:
        assert now.is_open


@pytest.mark.parametrize("shard", range(SHARDS))
def test_files_verbs_and_events_in_any_order(shard, memory_folder):
    people_there = {"olga": Role.OP, "ana": Role.CS}
    run_steps(SettlingMachine, memory_folder, people_there, steps=STEPS // SHARDS, longest=LONGEST)
