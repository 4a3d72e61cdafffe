"""Sending what customers and locations are told: to a folder or a mail server, after the commit, never twice.

A message is marked as being sent before anything leaves. Where that breaks off nobody knows whether it went
out: then it stays unknown and is not sent again.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from threading import Thread
from typing import Final

from oms_tui.clock import to_micros
from oms_tui.config import MailSettings
from oms_tui.desk import smtp
from oms_tui.desk.desk import Desk
from oms_tui.desk.private_files import create
from oms_tui.desk.smtp import MailRefused, MailUnknown, NotSent
from oms_tui.domain import letters
from oms_tui.domain.recall import STOP_PICKING
from oms_tui.store import outbox
from oms_tui.store.outbox import FAILED, REQUESTED, SENT, UNKNOWN, Waiting

OFF, FOLDER = "off", "folder"
MOST_TRIES: Final = 8
"""How often a message is tried: over about four hours."""
FIRST_WAIT: Final = timedelta(minutes=2)
"""Until the second try; each further one waits twice as long."""
LOST_AFTER: Final = timedelta(minutes=10)
"""Sending that began so long ago has broken off."""
_SUBJECTS: Final = {  # to locations; customers have their own language (`letters`)
    "allocation": "Order {order}: please confirm",
    "pick_ticket": "Order {order}: pick ticket",
    STOP_PICKING: "Order {order}: please stop picking",
}
_OTHERWISE: Final = "About order {order}"
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Sent:
    """A message on its way, and what became of it."""

    message: Waiting
    thread: Thread | None = None
    error: Exception | None = None


class Postman:
    """Sends one message after another. A mail server is spoken to in a thread, so that flows go on."""

    def __init__(self, desk: Desk) -> None:
        """Send nothing yet."""
        self._desk = desk
        self._settings = desk.mail
        self._under_way: _Sent | None = None
        self._has_cleared = False

    def work(self) -> bool:
        """Take one step: note what became of a message, or send the next; False where there is none to take.

        Raises:
            StoreError: The database refused.
        """
        if self._settings.send == OFF:
            return False
        self._clear()
        if self._under_way is not None:
            return self._note_if_over(self._under_way)
        with self._desk.store.read() as conn:
            found = outbox.next_message(conn, to_micros(self._desk.clock.now()))
        return found is not None and self._begin(found)

    @property
    def is_busy(self) -> bool:
        """Whether a message is on its way."""
        return self._under_way is not None

    def close(self, seconds: float) -> None:
        """Wait so long for a message on its way and note what became of it."""
        sent = self._under_way
        if sent is not None and sent.thread is not None:
            sent.thread.join(seconds)
            self._note_if_over(sent)

    def _clear(self) -> None:
        """Once: what is too old to be sent, and what was being sent when somebody broke off."""
        if self._has_cleared:
            return
        self._has_cleared = True
        now = self._desk.clock.now()
        old, lost = now - timedelta(days=self._settings.most_days), now - LOST_AFTER
        with self._desk.store.write() as conn:
            outbox.give_up_old(conn, to_micros(old), "too old to be sent")
            outbox.give_up_lost(conn, to_micros(lost), "sending broke off: it may have gone out")

    def _begin(self, message: Waiting) -> bool:
        with self._desk.store.write() as conn:
            if not outbox.begin_sending(conn, message.pk, to_micros(self._desk.clock.now())):
                return True
            order_id = outbox.order_id_of(conn, message.order_pk)
        sent = _Sent(message)
        try:
            mail = self._mail(message, order_id)
        except ValueError as error:
            sent.error = MailRefused(str(error))
            self._note(sent)
            return True
        if self._settings.send == FOLDER:
            _kept(sent, lambda: put_into_folder(self._settings, message.pk, mail))
            self._note(sent)
            return True
        sent.thread = Thread(
            target=_kept, args=(sent, lambda: smtp.send(self._settings, mail)), daemon=True, name="mail"
        )
        self._under_way = sent
        sent.thread.start()
        return True

    def _note_if_over(self, sent: _Sent) -> bool:
        if sent.thread is not None and sent.thread.is_alive():
            return False
        self._under_way = None
        self._note(sent)
        return True

    def _note(self, sent: _Sent) -> None:
        state, next_try, error = SENT, None, sent.error
        if isinstance(error, MailUnknown):
            state = UNKNOWN
        elif isinstance(error, NotSent) and sent.message.tries + 1 < MOST_TRIES:
            wait = FIRST_WAIT * 2**sent.message.tries
            state, next_try = REQUESTED, to_micros(self._desk.clock.now() + wait)
        elif error is not None:
            state = FAILED
        if error is not None:
            _log.warning("Message %d is %s: %s", sent.message.pk, state, error)
        text = "" if error is None else str(error)
        with self._desk.store.write() as conn:
            outbox.end_sending(conn, sent.message.pk, state, error=text, next_try=next_try)

    def _mail(self, message: Waiting, order_id: str) -> EmailMessage:
        """The e-mail for a message.

        Raises:
            ValueError: There is no address it could go to, or one that is none.
        """
        to = message.recipient
        if message.audience == "location":
            to = self._settings.locations.get(message.recipient, "")
        if "@" not in to:
            raise ValueError(f"no e-mail address is known of {message.audience} {message.recipient}")
        mail = EmailMessage(policy=SMTP)
        own = letters.subject_of(message.template, message.language, order_id)
        mail["Subject"] = own or _SUBJECTS.get(message.template, _OTHERWISE).format(order=order_id)
        mail["From"] = self._settings.sender
        mail["To"] = to
        mail["Date"] = format_datetime(self._desk.clock.now())
        mail["Message-ID"] = f"<{message.pk}.{self._desk.database_id}@oms-tui>"
        if message.language:
            mail["Content-Language"] = message.language
        mail.set_content(message.text)
        return mail


def put_into_folder(settings: MailSettings, number: int, mail: EmailMessage) -> None:
    """Write a message as one .eml file, whole or not at all; one that is there already stays.

    Raises:
        NotSent: The folder cannot be written to.
    """
    try:
        create(Path(settings.folder).expanduser() / f"message-{number:08d}.eml", mail.as_bytes())
    except OSError as error:
        raise NotSent(f"the folder cannot be written to: {error.strerror}") from error


def _kept(sent: _Sent, send: Callable[[], object]) -> None:
    """Send, and keep what went wrong: whoever began it is told."""
    try:
        send()
    except Exception as error:  # whatever it is, it ends up beside the message
        sent.error = error
