"""Holds, fraud and classification: one test for each rule and refusal of spec 5 and 6."""

from dataclasses import replace

import pytest

from oms_tui.domain.derive import why_it_stands
from oms_tui.domain.differences import consequences
from oms_tui.domain.fraud import cleared, confirmed_by, is_confirmed
from oms_tui.domain.order import Address, Hold, Line, Order
from oms_tui.domain.people import Role
from oms_tui.domain.plan import Outcome
from oms_tui.domain.status import CustomerRole, CustomerType, HoldKind, LineStatus
from oms_tui.verbs import ArgumentError, Blocker, Following, Refused, Subject, verb
from oms_tui.verbs.status import PROVIDE_STATUS
from tests.build import NOON, actor, card, context, line, order, shipment

S, H = LineStatus, HoldKind


def held(*kinds: HoldKind, lines: tuple[Line, ...] = (), evidence: str = "") -> Order:
    holds = tuple(
        Hold(
            number=n, kind=kind, reason=f"because {n}", placed_at=NOON, placed_by="system", evidence=evidence
        )
        for n, kind in enumerate(kinds, 1)
    )
    return order(*(lines or (line(),)), holds=holds)


def do(name: str, value: Order, person: Role = Role.OP, **raw: object) -> Outcome:
    one, subject = verb(name), Subject(order=value)
    assert one.apply is not None
    return one.apply(subject, one.read(raw, subject, context().policy), context(person))


def blockers(name: str, value: Order, role: Role = Role.OP) -> list[Blocker]:
    return list(verb(name).blockers(Subject(order=value), actor(role), context().policy))


# -- placing -----------------------------------------------------------------------------------------------


def test_a_manual_hold_is_placed_beside_others() -> None:
    outcome = do("order.hold", held(H.ADDRESS), reason="wait for a call", note="rang twice")
    assert [(h.number, h.kind, h.reason, h.placed_by) for h in outcome.order.open_holds()] == [
        (1, H.ADDRESS, "because 1", "system"),
        (2, H.MANUAL, "wait for a call", "ana"),
    ]
    assert outcome.summary == "Placed a manual hold on order 10427: wait for a call (rang twice)"
    again = do("order.hold", outcome.order, reason="and another")
    assert len(again.order.open_holds()) == 3


def test_a_hold_says_in_the_plan_what_it_is() -> None:
    value = order()
    rows = {row.path: row for row in consequences(value, do("order.hold", value, reason="call first"))}
    assert rows["holds/1"].after == "manual: call first"


def test_a_release_is_one_row_that_names_who_did_it() -> None:
    value = held(H.MANUAL)
    (row,) = consequences(value, do("order.release-hold", value))
    assert (row.path, row.label, row.before, row.after) == (
        "holds/1/released_by",
        "manual hold",
        "open",
        "released by ana",
    )


@pytest.mark.parametrize("name", ["order.hold", "order.flag"])
@pytest.mark.parametrize(
    ("status", "why"),
    [(S.CANCELLED, "cancelled"), *((s, "has left") for s in (S.SHIPPED, S.DELIVERED, S.RETURNED))],
)
def test_nothing_is_held_that_cannot_be_stopped(name: str, status: LineStatus, why: str) -> None:
    role = Role.OP if name == "order.hold" else Role.CS
    (blocker,) = blockers(name, order(line(1, status)), role)
    assert why in blocker.reason
    assert blockers(name, order(line(1, status), line(2)), role) == []


def test_a_pick_ticket_that_is_out_is_said() -> None:
    value = order(
        line(1, S.CONFIRMED, shipment="S-1"),
        line(2, S.CANCELLED, shipment="S-2"),
        shipments=(shipment(released_at=NOON), shipment("S-2", released_at=NOON)),
    )
    (warning,) = do("order.hold", value, reason="x").warnings
    assert "S-1 is out already" in warning
    assert "S-2" not in warning
    assert do("order.flag", value, Role.CS, reason="x").warnings == (warning,)


@pytest.mark.parametrize("name", ["order.hold", "order.flag"])
def test_a_hold_needs_a_reason(name: str) -> None:
    with pytest.raises(ArgumentError, match="Reason is needed"):
        do(name, order(), reason="  ")


# -- releasing ---------------------------------------------------------------------------------------------


def test_a_manual_hold_is_released_and_no_other() -> None:
    outcome = do("order.release-hold", held(H.MANUAL, H.FRAUD))
    assert [h.kind for h in outcome.order.open_holds()] == [H.FRAUD]
    released = outcome.order.holds[0]
    assert (released.released_by, released.released_at) == ("ana", NOON)
    assert outcome.warnings == ("Still held: fraud review.",)
    assert outcome.summary == "Released the manual hold of order 10427 (because 1)"
    assert outcome.effect == "because 1"


def test_the_release_of_a_payment_hold_says_what_the_order_goes_on_without() -> None:
    unpaid = replace(held(H.PAYMENT), payments=())
    (warning,) = do("order.release-hold", unpaid, hold="payment", note="pays by transfer").warnings
    assert warning.endswith(" is neither authorized nor captured: the order goes on without it.")
    paid = replace(unpaid, payments=(card(100_000),))
    assert do("order.release-hold", paid, hold="payment", note="pays by transfer").warnings == ()


def test_which_hold_must_be_said_where_there_are_several() -> None:
    value = held(H.MANUAL, H.MANUAL)
    with pytest.raises(ArgumentError, match="Hold is needed"):
        do("order.release-hold", value)
    with pytest.raises(ArgumentError, match="choose manual: because 1, manual: because 2"):
        do("order.release-hold", value, hold="manual-3")
    for name, left in (("manual", [2]), ("manual-2", [1])):
        assert [h.number for h in do("order.release-hold", value, hold=name).order.open_holds()] == left


@pytest.mark.parametrize("kind", [H.PAYMENT, H.DISPUTE])
def test_a_hold_about_money_needs_a_note(kind: HoldKind) -> None:
    """No event ends a dispute: were nobody to release it, what is packed would be held for ever."""
    with pytest.raises(ArgumentError, match="needs a note") as refused:
        do("order.release-hold", held(kind))
    assert refused.value.name == "note"
    outcome = do("order.release-hold", held(kind), note="paid by transfer")
    assert outcome.order.open_holds() == ()
    assert outcome.summary.endswith(": paid by transfer")


@pytest.mark.parametrize(
    ("kind", "fix"),
    [
        (H.FRAUD, "order.fraud"),
        (H.APPROVAL, "order.approve"),
        (H.ADDRESS, "order.address"),
    ],
)
def test_other_holds_are_for_other_verbs(kind: HoldKind, fix: str | None) -> None:
    (blocker,) = blockers("order.release-hold", held(kind, kind))
    assert blocker.fix == fix
    assert not blocker.is_right
    with pytest.raises(ArgumentError, match="choose nothing here"):
        do("order.release-hold", held(kind), hold=kind.value)


@pytest.mark.parametrize("kind", HoldKind)
def test_no_hold_is_a_dead_end(kind: HoldKind) -> None:
    """Release hold ends it, or names the verb that does."""
    refused = blockers("order.release-hold", held(kind))
    assert all(one.fix is not None and verb(one.fix) for one in refused)


def test_an_address_hold_is_released_once_the_address_cannot_change() -> None:
    """It was placed after the pick ticket went out, and then the location packed."""
    value = held(H.ADDRESS, lines=(line(1, S.PACKED),))
    assert blockers("order.address", value, Role.CS)
    outcome = do("order.release-hold", value, note="the carrier knows the house")
    assert outcome.order.open_holds() == ()
    with pytest.raises(ArgumentError, match="choose nothing here"):
        do("order.release-hold", held(H.ADDRESS), hold="address", note="x")


def test_no_hold_to_release() -> None:
    assert blockers("order.release-hold", order()) == [
        Blocker("No hold is open.", fix="order.hold", is_idle=True)
    ]


def test_a_hold_that_went_meanwhile_is_refused() -> None:
    one = verb("order.release-hold")
    assert one.apply is not None
    with pytest.raises(Refused, match="not open any more"):
        one.apply(Subject(order=order()), {"hold": "manual", "note": None}, context(Role.OP))


# -- fraud -------------------------------------------------------------------------------------------------


def test_a_flag_is_a_fraud_hold_without_a_combination() -> None:
    outcome = do("order.flag", order(), Role.CS, reason="three cards tried")
    (hold,) = outcome.order.open_holds()
    assert (hold.kind, hold.reason, hold.placed_by, hold.evidence) == (
        H.FRAUD,
        "three cards tried",
        "ana",
        "",
    )
    (blocker,) = blockers("order.flag", outcome.order, Role.CS)
    assert blocker == Blocker("It is flagged already.", fix="order.fraud", is_idle=True)


def test_genuine_releases_the_fraud_holds_and_remembers_the_combination() -> None:
    value = held(H.FRAUD, H.ADDRESS, H.FRAUD, evidence="bill-to=FR ship-to=JP")
    outcome = do("order.fraud", value, Role.CS, decision="genuine", reason="known customer", note="rang")
    assert [h.kind for h in outcome.order.open_holds()] == [H.ADDRESS]
    assert cleared(outcome.order) == {"bill-to=FR ship-to=JP"}
    assert outcome.order.holds[2].released_by == "ana"
    assert "bill-to=FR ship-to=JP" in outcome.warnings[0]
    assert outcome.warnings[1] == "Still held: address."
    assert outcome.summary == ("Cleared the fraud review of order 10427 as genuine: known customer (rang)")


def test_a_flag_that_a_person_raised_is_cleared_for_the_countries_it_has_now() -> None:
    value = replace(held(H.FRAUD), bill_to=Address(country="FR"), ship_to=Address(country="JP"))
    outcome = do("order.fraud", value, Role.CS, decision="genuine", reason="known customer")
    assert cleared(outcome.order) == {"bill-to=FR ship-to=JP"}


def test_fraud_keeps_the_hold_and_goes_on_to_cancel() -> None:
    value = held(H.FRAUD)
    outcome = do("order.fraud", value, Role.CS, decision="fraud", reason="stolen card")
    (hold,) = outcome.order.open_holds()
    assert hold.reason == "because 1 · confirmed as fraud by ana: stolen card"
    assert is_confirmed(hold)
    assert not is_confirmed(value.holds[0])
    assert "Cancelling comes next" in outcome.warnings[0]
    review = verb("order.fraud")
    assert review.following({"decision": "Fraud"}) == Following("order.cancel", {"reason": "fraud"})
    assert review.following({"decision": "genuine"}) is None
    assert verb("order.note").following({}) is None


def test_what_is_decided_as_fraud_is_not_decided_so_again_but_may_be_put_right() -> None:
    first = do("order.fraud", held(H.FRAUD), Role.CS, decision="fraud", reason="a").order
    assert confirmed_by(first) == "ana: a"
    with pytest.raises(Refused) as refused:
        do("order.fraud", first, Role.CS, decision="fraud", reason="b")
    assert refused.value.blockers == (
        Blocker("Confirmed as fraud by ana: a. Cancelling comes next.", fix="order.cancel"),
    )
    assert do("order.fraud", first, Role.CS, decision="genuine", reason="c").order.open_holds() == ()
    packed = replace(first, lines=(line(1, S.PACKED),))
    with pytest.raises(Refused, match="Nothing of it can be cancelled"):
        do("order.fraud", packed, Role.CS, decision="fraud", reason="b")


def test_a_hold_that_came_after_the_decision_is_to_be_decided() -> None:
    first = do("order.fraud", held(H.FRAUD), Role.CS, decision="fraud", reason="a").order
    both = replace(first, holds=(*first.holds, replace(held(H.FRAUD).holds[0], number=2)))
    assert confirmed_by(both) == ""
    again = do("order.fraud", both, Role.CS, decision="fraud", reason="b").order
    assert [hold.reason for hold in again.holds] == ["because 1 · confirmed as fraud by ana: b"] * 2


def test_why_it_stands_says_the_decision_and_cancel_starts_with_it() -> None:
    first = do("order.fraud", held(H.FRAUD), Role.CS, decision="fraud", reason="stolen card").order
    assert "confirmed as fraud by ana: stolen card" in why_it_stands(first).lower()
    assert "to be cancelled" in why_it_stands(first)
    gone = replace(first, lines=(line(1, S.SHIPPED),))
    assert "to be cancelled" not in why_it_stands(gone)
    cancel = verb("order.cancel")
    for value, reason in ((first, "fraud"), (held(H.FRAUD), "customer request")):
        assert cancel.read({}, Subject(order=value), context().policy)["reason"] == reason


def test_fraud_after_everything_left_says_that_nothing_can_be_cancelled() -> None:
    value = held(H.FRAUD, lines=(line(1, S.SHIPPED),))
    outcome = do("order.fraud", value, Role.CS, decision="fraud", reason="x")
    assert "Nothing of it can be cancelled" in outcome.warnings[0]


def test_no_review_without_an_open_fraud_hold() -> None:
    assert blockers("order.fraud", held(H.MANUAL), Role.CS) == [
        Blocker("No fraud review is open.", fix="order.flag", is_idle=True)
    ]
    cancelled = held(H.FRAUD, lines=(line(1, S.CANCELLED),))
    assert blockers("order.fraud", cancelled, Role.CS)[0].fix == "order.flag"


@pytest.mark.parametrize(
    "raw", [{"decision": "maybe", "reason": "x"}, {"decision": "fraud"}, {"reason": "x"}]
)
def test_a_decision_needs_its_words(raw: dict[str, object]) -> None:
    with pytest.raises(ArgumentError):
        do("order.fraud", held(H.FRAUD), Role.CS, **raw)


def test_nothing_of_holds_reaches_a_customer() -> None:
    """No message goes out, and the answer for the customer is the same with and without holds (spec 2)."""
    value = order(line(1), line(2, S.CONFIRMED))
    outcomes = [
        do("order.hold", value, reason="fraud suspected"),
        do("order.flag", value, Role.CS, reason="fraud"),
        do("order.fraud", replace(value, holds=held(H.FRAUD).holds), Role.CS, decision="fraud", reason="x"),
        do("order.fraud", replace(value, holds=held(H.FRAUD).holds), Role.CS, decision="genuine", reason="x"),
        do("order.release-hold", replace(value, holds=held(H.MANUAL).holds)),
    ]
    answer = PROVIDE_STATUS.answer
    assert answer is not None
    plain = answer(Subject(order=value), {}, context()).text
    for outcome in outcomes:
        assert outcome.messages == ()
        assert outcome.intents == ()
        assert answer(Subject(order=outcome.order), {}, context()).text == plain
    cancelled = do("order.cancel", outcomes[2].order, Role.CS, reason="fraud", note="fraud ring")
    told = " ".join(message.text + message.template for message in cancelled.messages).lower()
    assert told
    assert not any(word in told for word in ("fraud", "hold", "review"))


# -- classification ----------------------------------------------------------------------------------------


def test_type_and_role_are_independent() -> None:
    value = order()
    outcome = do("order.classify", value, Role.CS, role="Ship-To")
    assert (outcome.order.customer.type, outcome.order.customer.role) == (
        CustomerType.REGISTERED,
        CustomerRole.SHIP_TO,
    )
    assert outcome.summary == "Classified the customer of order 10427 as Registered, Ship-To"
    guest = do("order.classify", outcome.order, Role.CS, type="guest").order.customer
    assert (guest.type, guest.role) == (CustomerType.GUEST, CustomerRole.SHIP_TO)
    assert {row.path for row in consequences(value, outcome)} == {"customer/role"}


def test_a_classification_that_is_there_already() -> None:
    with pytest.raises(Refused, match="is Registered and Bill-To already"):
        do("order.classify", order(), Role.CS)
    with pytest.raises(ArgumentError, match="choose Registered, Guest"):
        do("order.classify", order(), Role.CS, type="VIP")
