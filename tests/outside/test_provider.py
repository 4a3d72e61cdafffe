"""The provider over HTTP: who is spoken to, what leaves, and that nothing else is read into an answer.

`ca.pem` has signed the other certificates here: one for 127.0.0.1, one that is over, one for another name.
They and their key are for these tests alone.
"""

import logging
import ssl
import time
from pathlib import Path

import pytest

from oms_tui.config import ProviderSettings
from oms_tui.desk.errors import Unusable
from oms_tui.desk.provider import Request, Word
from oms_tui.outside.provider import HttpProvider
from tests.build import eur
from tests.desk import stub_provider as stub
from tests.desk.stub_provider import StubProvider, serving

HERE = Path(__file__).parent
CANARY = "canary-5f0c0e3f9b1d4a7c"
REQUEST = Request(
    key="5f" * 16,
    kind="capture",
    order="10427",
    shipment="S-1",
    payment=1,
    operation=2,
    amount=eur(1000),
    reference="auth-1",
)


@pytest.fixture
def provider():
    with serving(StubProvider()) as provider:
        yield provider


@pytest.fixture
def way():
    """Makes a way to a provider; each is closed in the end."""
    made = []

    def make(url, **settings):
        made.append(HttpProvider(ProviderSettings(**({"url": url, "timeout_seconds": 1} | settings))))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def token(tmp_path):
    path = tmp_path / "token"
    path.write_text(f"{CANARY}\n")
    path.chmod(0o600)
    return path


def behind(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(HERE / certificate)
    return serving(StubProvider(), context)


def test_a_certificate_that_is_trusted_and_fits_is_taken(way):
    with behind("good.pem") as provider:
        answer = way(provider.url, ca_file=str(HERE / "ca.pem")).send(REQUEST)
    assert (answer.word, answer.reference) == (Word.SUCCEEDED, "ref-1")


@pytest.mark.parametrize(
    ("certificate", "ca_file"),
    [("good.pem", ""), ("expired.pem", str(HERE / "ca.pem")), ("elsewhere.pem", str(HERE / "ca.pem"))],
)
def test_no_other_certificate_is(way, certificate, ca_file):
    """K2: unknown issuer, over, another's name. Nothing leaves, so nothing is unknown."""
    with behind(certificate) as provider:
        answer = way(provider.url, ca_file=ca_file).send(REQUEST)
        assert (answer.word, way(provider.url, ca_file=ca_file).ask(REQUEST).word) == (
            Word.NOT_SENT,
            Word.UNKNOWN,
        )
    assert not provider.posts


def test_certificates_that_cannot_be_read_are_said_at_the_start(way, tmp_path):
    (tmp_path / "ca").write_text("nothing")
    with pytest.raises(Unusable, match="cannot be read"):
        way("https://127.0.0.1:9", ca_file=str(tmp_path / "ca"))


def test_no_redirect_is_followed(way, provider):
    with serving(StubProvider()) as other:
        provider.faults = [stub.body(b"", code, Location=other.url) for code in (301, 302, 307, 308)]
        words = [way(provider.url).send(REQUEST).word for _ in range(4)]
        provider.get_faults = [stub.body(b"", 307, Location=other.url)]
        words.append(way(provider.url).ask(REQUEST).word)
    assert words == [Word.UNKNOWN] * 5
    assert not other.posts + other.gets


def test_the_environment_leads_no_call_elsewhere(way, provider, monkeypatch):
    with serving(StubProvider()) as other:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, other.url)
        assert way(provider.url).send(REQUEST).word is Word.SUCCEEDED
    assert not other.posts


def test_the_token_goes_with_each_call_and_nowhere_else(way, provider, token, caplog):
    """K1: not into the log, whatever its level, nor into an error; a new one is used at once."""
    caplog.set_level(logging.DEBUG)
    path = way(provider.url, token_file=str(token))
    assert path.send(REQUEST).word is Word.SUCCEEDED
    assert provider.headers[-1]["Authorization"] == f"Bearer {CANARY}"
    token.write_text("another")
    path.send(REQUEST)
    assert provider.headers[-1]["Authorization"] == "Bearer another"
    provider.faults = [stub.body(CANARY.encode()), stub.lose]
    said = [path.send(REQUEST).error, path.send(REQUEST).error, way("http://127.0.0.1:9").send(REQUEST).error]
    assert all(said)
    assert CANARY not in caplog.text + "".join(said)


@pytest.mark.parametrize(
    ("content", "mode"),
    [(CANARY, 0o644), ("", 0o600), ("two words", 0o600), ("a\nb: c", 0o600), ("é", 0o600)],
)
def test_a_token_that_others_may_read_or_that_is_none_is_not_used(way, provider, token, content, mode):
    token.write_text(content)
    token.chmod(mode)
    path = way(provider.url, token_file=str(token))
    assert (path.send(REQUEST).word, path.ask(REQUEST).word) == (Word.NOT_SENT, Word.UNKNOWN)
    assert not provider.posts + provider.gets
    token.unlink()
    assert path.send(REQUEST).word is Word.NOT_SENT


@pytest.mark.parametrize(
    "fault",
    [
        stub.half,
        stub.status(503),
        stub.status(409),
        stub.status(422),
        stub.body(b""),
        stub.body(b"<html>Bad gateway</html>"),
        stub.body(b"[" * 60_000),
        stub.body(b'{"key": 1}'),
        stub.body(b"\xff\xfe"),
        stub.body(b"\x1f\x8b\x08", Content_Encoding="gzip"),
        stub.other(key="another"),
        stub.other(amount={"minor": 1000, "currency": "USD"}),
        stub.other(amount={"minor": 1000.0, "currency": "EUR"}),
        stub.other(amount={"minor": "1000", "currency": "EUR"}),
        stub.other(amount={"minor": -1000, "currency": "EUR"}),
        stub.other(amount=None),
        stub.other(reference=""),
        stub.other(reference="ref\n"),
        stub.other(reference="x" * 101),
        stub.other(cause="x" * 1_001),
        stub.other(at="2026-11-22T12:00:00"),
        stub.other(state="not_known"),
        stub.other(state="done"),
    ],
)
def test_an_answer_that_is_not_whole_or_does_not_fit_is_none(way, provider, fault):
    provider.faults = [fault]
    answer = way(provider.url).send(REQUEST)
    assert (answer.word, answer.reference) == (Word.UNKNOWN, "")
    assert answer.error


def test_an_answer_that_drips_has_an_end(way, provider):
    def drip(handler, entry):
        handler.send_response(200)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        while not provider.ends.wait(0.1):
            handler.wfile.write(b" ")

    provider.faults = [drip]
    start = time.monotonic()
    answer = way(provider.url).send(REQUEST)
    assert (answer.word, answer.error) == (Word.UNKNOWN, "the provider gave no answer within 1 s")
    assert time.monotonic() - start < 5


@pytest.mark.parametrize(
    ("fault", "word"),
    [
        (None, Word.NOT_THERE),
        (stub.body(b"", 404), Word.UNKNOWN),
        (stub.body(b"<html>not found</html>", 404), Word.UNKNOWN),
        (stub.other(key="another", state="not_known"), Word.UNKNOWN),
        (stub.other(), Word.UNKNOWN),  # "not_known" with status 200
        (lambda handler, entry: stub.send(handler, 404, entry | {"state": "failed"}), Word.UNKNOWN),
        (stub.status(401), Word.UNKNOWN),
        (stub.lose, Word.UNKNOWN),
    ],
)
def test_only_the_provider_itself_can_say_that_it_knows_nothing(way, provider, fault, word):
    """A page of some server in between never leads to a second request."""
    provider.get_faults = [fault]
    assert way(provider.url).ask(REQUEST).word is word
