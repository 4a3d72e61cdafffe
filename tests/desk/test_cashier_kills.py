"""Workers that ask the provider, as processes: killed before, during and after a call, and told to stop in
one (I5, F6). At the provider each thing is done once, and the desk ends with the provider's word."""

import signal
import time

import pytest

from oms_tui.clock import SystemClock, now, to_micros
from oms_tui.config import ProviderSettings
from oms_tui.desk import doctor
from oms_tui.domain.status import PaymentStatus
from tests.desk import stub_provider as stub
from tests.desk.cashiers import asked_for, rows, status_of
from tests.desk.stub_provider import StubProvider, serving
from tests.desk.test_workers import Running, running, wait_until
from tests.seeds import seeded
from tests.support import scaled

__all__ = ["running"]  # a fixture
P = PaymentStatus
PATIENCE = 120.0


@pytest.fixture
def provider():
    with serving(StubProvider()) as provider:
        yield provider


@pytest.fixture
def place(place, provider, monkeypatch):
    """A desk whose workers ask the stub, and ask again soon."""
    monkeypatch.setenv("OMS_TUI_PROVIDER_URL", provider.url)
    monkeypatch.setenv("OMS_TUI_PROVIDER_TIMEOUT_SECONDS", "1")
    monkeypatch.setenv("OMS_TUI_PROVIDER_CHECK_SECONDS", "1")
    monkeypatch.setenv("OMS_TUI_PROVIDER_AT_ONCE", "8")
    place.clock = SystemClock()
    return place


def hang_before(handler, entry):
    """The request is read; before anything is done its sender is gone."""
    handler.server.provider.ends.wait(30)


hang_before.is_before = True  # type: ignore[attr-defined]


def hang_after(handler, entry):
    """It is done; before it is said its sender is gone."""
    handler.server.provider.ends.wait(30)


def kill(worker: Running) -> None:
    worker.process.kill()
    worker.process.communicate()


def settled(desk, ids):
    return {status_of(desk, name) for name in ids} == {P.CAPTURED}


def once_each(desk, provider, ids):
    """Every capture once at the provider, under one key, and the desk says what the provider says."""
    assert set(provider.done.values()) == {1}
    assert len(provider.done) == len(ids) == len(provider.ledger)
    desk.provider = ProviderSettings(url=provider.url)
    assert doctor.examine(desk).findings == ()


def test_killed_before_during_and_after_the_call_each_is_done_once(place, provider, running):
    ids = ["before", "during", "after"]
    desk = place.open()
    provider.faults = [hang_before, hang_after, None]
    for name in ids:
        asked_for(desk, order_id=name)
    first = running()
    assert first.is_working()
    provider.wait_for(lambda one: one.posts.total() == 3 and len(one.ledger) == 2)
    kill(first)
    assert len(provider.posts) == 3
    states = [state for (state,) in rows(desk, "state")]
    assert states[:2] == ["sending", "sending"]
    second = running()
    wait_until(lambda: settled(desk, ids), PATIENCE)
    assert second.end()[0] < 10
    once_each(desk, provider, ids)
    assert provider.gets.total() >= 2  # nothing that may have left was sent again unasked
    assert len(provider.posts) == 3


@pytest.mark.release
def test_killed_at_any_moment_each_is_done_once(place, provider, running):
    """100 points at the whole figure; answers get lost besides."""
    rng = seeded()
    desk = place.open()
    kills = scaled(100, at_least=1)
    ids = [f"N{number}" for number in range(kills * 4)]
    faults = (stub.lose, stub.half, stub.drop, stub.status(500), stub.after(0.05), None)
    for start in range(0, len(ids), 4):
        for name in ids[start : start + 4]:
            asked_for(desk, order_id=name)
        provider.faults = [rng.choice(faults) for _ in range(12)]
        worker = running()
        assert worker.is_working()
        seen = provider.posts.total()
        provider.wait_for(lambda one, seen=seen: one.posts.total() > seen)
        time.sleep(rng.uniform(0, 0.05))  # about as long as a call takes
        kill(worker)
    provider.faults = []
    last = running()
    wait_until(lambda: settled(desk, ids), PATIENCE)
    last.end()
    once_each(desk, provider, ids)
    assert len(provider.posts) == len(ids)


def test_told_to_stop_a_worker_leaves_in_time_and_says_that_it_is_unknown(
    place, provider, running, monkeypatch
):
    monkeypatch.setenv("OMS_TUI_PROVIDER_TIMEOUT_SECONDS", "30")
    desk = place.open()
    provider.faults = [hang_after]
    asked_for(desk)
    worker = running()
    assert worker.is_working()
    provider.wait_for(lambda one: bool(one.ledger))
    took, _ = worker.end(signal.SIGTERM)
    print(f"stopped after {took:.2f} s")
    assert worker.process.returncode == 0
    assert took < 10  # two seconds are promised; this machine may be busy
    assert (status_of(desk), rows(desk, "state")) == (P.UNKNOWN, [("unknown",)])
    wait_until(lambda: rows(desk, "next_try")[0][0] <= to_micros(now()))
    provider.get_faults = [stub.after(0.4)]  # what is said at once is waited for
    other = running("--once")
    other.process.communicate(timeout=60)
    assert status_of(desk) is P.CAPTURED
    assert (provider.posts.total(), list(provider.done.values())) == (1, [1])
