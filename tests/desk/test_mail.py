"""Messages go out once: to a folder, or through a real mail server that refuses, breaks off or takes them."""

import email
import socket
from dataclasses import replace
from datetime import timedelta
from email.policy import default

import pytest
from aiosmtpd.controller import Controller
from msgspec.structs import replace as changed

from oms_tui.config import MailSettings
from oms_tui.desk import smtp
from oms_tui.desk.mail import MOST_TRIES, Postman
from oms_tui.domain.plan import Message, Outcome
from oms_tui.store import orders, outbox
from oms_tui.store.orders import pk_of
from tests.desk.conftest import take_in

CUSTOMER = Message(
    recipient="hans@example.com",
    audience="customer",
    template="order_confirmation",
    language="de",
    text="Danke für Ihre Bestellung.",
)
AT_BERLIN = Message(
    recipient="BER-1", audience="location", template="pick_ticket", language="de", text="1 × A"
)


def ask_for(desk, *messages):
    """Messages of one order, as a commit leaves them."""
    take_in(desk)
    with desk.store.write() as conn:
        pk = pk_of(conn, "10427") or 0
        value = orders.load(conn, pk)
        outcome = Outcome(order=value, messages=messages)
        outbox.add(conn, [(pk, outcome)], int(desk.clock.now().timestamp() * 1e6))


def rows(desk):
    """(state, tries, error) of every message."""
    with desk.store.read() as conn:
        found = conn.exec_driver_sql("SELECT state, tries, error FROM outbox_message ORDER BY pk")
        return [tuple(row) for row in found]


def post(desk, **settings):
    """Let a postman work until there is nothing to do at this moment."""
    desk.mail = changed(desk.mail, **settings) if settings else desk.mail
    postman = Postman(desk)
    while postman.work() or postman.is_busy:
        postman.close(10)
    return postman


class Server:
    """What the mail server does with a message."""

    def __init__(self):
        self.taken = []
        self.answers = []
        self.settings = {}

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802 - aiosmtpd's name
        if address.startswith("nobody"):
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        answer = self.answers.pop(0) if self.answers else "250 taken"
        if answer == "break off":
            server.transport.abort()
            return "250 never heard"
        if answer.startswith("250"):
            self.taken.append((envelope.mail_from, envelope.rcpt_tos, envelope.content))
        return answer


@pytest.fixture
def server():
    handler = Server()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    handler.settings = {
        "send": "smtp",
        "sender": "shop@example.com",
        "host": "127.0.0.1",
        "port": port,
        "security": "none",
    }
    yield handler
    controller.stop()


def test_nothing_is_sent_unless_it_is_switched_on(desk):
    ask_for(desk, CUSTOMER)
    post(desk)
    assert rows(desk) == [("requested", 0, "")]


def test_each_message_is_a_file_of_its_own(desk, tmp_path):
    ask_for(desk, CUSTOMER, AT_BERLIN)
    folder = tmp_path / "mail"
    post(desk, send="folder", folder=str(folder), sender="shop@example.com", locations={"BER-1": "b@e.com"})
    assert [row[0] for row in rows(desk)] == ["sent", "sent"]
    files = sorted(folder.iterdir())
    assert [file.stat().st_mode & 0o777 for file in files] == [0o600, 0o600]
    first, second = (email.message_from_bytes(file.read_bytes(), policy=default) for file in files)
    assert first["To"] == "hans@example.com"
    assert first["Subject"] == "Ihre Bestellung 10427"
    assert first.get_content() == "Danke für Ihre Bestellung.\r\n"
    assert (second["To"], second["Subject"]) == ("b@e.com", "Order 10427: pick ticket")
    post(desk)
    assert len(list(folder.iterdir())) == 2


def test_a_mail_server_gets_each_message_once(desk, server):
    ask_for(desk, CUSTOMER, replace(CUSTOMER, recipient="Ana@Example.com"))
    post(desk, **server.settings)
    post(desk)
    assert [taken[:2] for taken in server.taken] == [
        ("shop@example.com", ["hans@example.com"]),
        ("shop@example.com", ["Ana@Example.com"]),
    ]
    assert rows(desk) == [("sent", 1, ""), ("sent", 1, "")]


def test_what_is_refused_for_good_is_not_tried_again(desk, server):
    ask_for(desk, replace(CUSTOMER, recipient="nobody@example.com"), CUSTOMER)
    post(desk, **server.settings)
    assert rows(desk)[0] == ("failed", 1, "the mail server refused the recipient: 550 no such mailbox")
    assert rows(desk)[1][0] == "sent"


def test_what_may_go_later_is_tried_again_and_given_up_in_the_end(desk, server, clock, monkeypatch):
    monkeypatch.setattr(smtp, "TRIES", 1)
    ask_for(desk, CUSTOMER)
    server.answers = ["451 later"] * 99
    post(desk, **server.settings)
    assert rows(desk) == [("requested", 1, "the mail server refused the message: 451 later")]
    post(desk)
    assert rows(desk)[0][1] == 1  # not before its time
    for _ in range(MOST_TRIES):
        clock.advance(timedelta(hours=5))
        post(desk)
    assert rows(desk) == [("failed", MOST_TRIES, "the mail server refused the message: 451 later")]


def test_a_short_failure_is_got_over_at_once(desk, server):
    ask_for(desk, CUSTOMER)
    server.answers = ["451 later"]
    post(desk, **server.settings)
    assert rows(desk) == [("sent", 1, "")]
    assert len(server.taken) == 1


def test_a_connection_that_breaks_off_leaves_it_unknown_and_it_is_never_sent_again(desk, server, clock):
    ask_for(desk, CUSTOMER)
    server.answers = ["break off"]
    post(desk, **server.settings)
    assert rows(desk)[0][:2] == ("unknown", 1)
    clock.advance(timedelta(hours=5))
    post(desk)
    assert rows(desk)[0][:2] == ("unknown", 1)
    assert server.taken == []


def test_a_server_that_is_away_is_asked_again_later(desk, server, clock, monkeypatch):
    monkeypatch.setattr(smtp, "TRIES", 1)
    ask_for(desk, CUSTOMER)
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        away = closed.getsockname()[1]
    post(desk, **(server.settings | {"port": away}))
    state, tries, error = rows(desk)[0]
    assert (state, tries) == ("requested", 1)
    assert error.startswith("the mail server cannot be reached")
    clock.advance(timedelta(minutes=3))
    post(desk, **server.settings)
    assert rows(desk) == [("sent", 2, "")]


def test_a_worker_killed_while_sending_leaves_it_unknown(desk, server, clock):
    ask_for(desk, CUSTOMER)
    with desk.store.write() as conn:
        assert outbox.begin_sending(conn, 1, int(clock.now().timestamp() * 1e6))
        assert not outbox.begin_sending(conn, 1, 0)
    post(desk, **server.settings)
    assert rows(desk)[0][0] == "sending"  # somebody may be at it
    clock.advance(timedelta(minutes=11))
    post(desk)
    assert rows(desk) == [("unknown", 1, "sending broke off: it may have gone out")]
    assert server.taken == []


def test_old_messages_are_not_sent_when_it_is_switched_on(desk, server, clock):
    ask_for(desk, CUSTOMER)
    clock.advance(timedelta(days=4))
    post(desk, **server.settings)
    assert rows(desk) == [("failed", 0, "too old to be sent")]


@pytest.mark.parametrize("recipient", ["", "no address", "a@b.de\r\nBcc: x@y.de", "BER-2"])
def test_a_message_without_a_proper_address_fails_and_stops_nothing(desk, server, recipient):
    ask_for(desk, replace(CUSTOMER, recipient=recipient), replace(AT_BERLIN, recipient="nowhere"), CUSTOMER)
    post(desk, **server.settings)
    assert [row[0] for row in rows(desk)] == ["failed", "failed", "sent"]


def test_nothing_leaves_this_machine_unencrypted():
    mail = MailSettings(send="smtp", host="mail.example.com", security="none")
    with pytest.raises(smtp.MailRefused, match="this machine alone"):
        smtp.send(mail, email.message.EmailMessage())


def test_a_password_that_others_may_read_is_not_used(desk, server, tmp_path):
    secret = tmp_path / "password"
    secret.write_text("s3cret\n")
    secret.chmod(0o644)
    ask_for(desk, CUSTOMER)
    post(desk, **(server.settings | {"user": "shop", "password_file": str(secret)}))
    state, _, error = rows(desk)[0]
    assert state == "failed"
    assert "chmod 600" in error
    assert "s3cret" not in error
