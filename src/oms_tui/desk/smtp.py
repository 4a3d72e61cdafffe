"""One message to a mail server: what failed before the server took it is tried again, what broke off while it
was taking it is not (invariant I3), and nothing leaves this machine unencrypted (invariant K2)."""

import smtplib
import ssl
from email.message import EmailMessage
from typing import Final

import stamina

from oms_tui.config import MailSettings
from oms_tui.config.hosts import is_loopback
from oms_tui.desk.private_files import SecretUnreadable, read_secret

TIMEOUT: Final = 10.0
"""Seconds the server may take for an answer."""
TRIES: Final = 3
"""Times a message is tried at once; later tries are the worker's."""
_TAKEN: Final = 250
_REFUSED_FOR_GOOD: Final = 500


class NotSent(Exception):  # noqa: N818 - says what happened
    """It did not go out; a later try may succeed."""


class MailRefused(Exception):  # noqa: N818
    """It did not go out and never will as it is."""


class MailUnknown(Exception):  # noqa: N818
    """The connection broke off while the server was taking it: nobody knows whether it went out."""


def send(settings: MailSettings, mail: EmailMessage) -> None:
    """Hand a message over to the mail server.

    Raises:
        NotSent, MailRefused, MailUnknown: What became of it otherwise.
    """
    for attempt in stamina.retry_context(
        on=NotSent, attempts=TRIES, timeout=None, wait_initial=0.2, wait_max=2
    ):
        with attempt:
            _try(settings, mail)


def _try(settings: MailSettings, mail: EmailMessage) -> None:
    try:
        server = _connected(settings)
    except (OSError, smtplib.SMTPException) as error:
        raise NotSent(f"the mail server cannot be reached: {_in_words(error)}") from error
    with server:
        _address(server, settings, mail)
        try:
            code, answer = server.data(mail.as_bytes())
        except smtplib.SMTPDataError as error:
            raise _refused("message", error.smtp_code, error.smtp_error) from error
        except (OSError, smtplib.SMTPException) as error:
            raise MailUnknown(f"the connection broke off: {_in_words(error)}") from error
        if code != _TAKEN:
            raise _refused("message", code, answer)


def _connected(settings: MailSettings) -> smtplib.SMTP:
    if settings.security == "none" and not is_loopback(settings.host):
        raise MailRefused("mail.security = none is for a mail server on this machine alone")
    context = ssl.create_default_context()
    if settings.security == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            settings.host, settings.port, timeout=TIMEOUT, context=context
        )
    else:
        server = smtplib.SMTP(settings.host, settings.port, timeout=TIMEOUT)
    try:
        if settings.security == "starttls":
            server.starttls(context=context)
        server.ehlo_or_helo_if_needed()
        if settings.user:
            server.login(settings.user, _password(settings))
    except BaseException:
        server.close()
        raise
    return server


def _address(server: smtplib.SMTP, settings: MailSettings, mail: EmailMessage) -> None:
    """Name sender and recipient to the server."""
    to = str(mail["To"].addresses[0].addr_spec)
    is_plain = to.isascii() and settings.sender.isascii()
    options = () if is_plain or not server.has_extn("smtputf8") else ("SMTPUTF8",)
    try:
        for what, (code, answer) in (
            ("sender", server.mail(settings.sender, options)),
            ("recipient", server.rcpt(to)),
        ):
            if code not in (_TAKEN, 251):
                raise _refused(what, code, answer)
    except (OSError, smtplib.SMTPException, UnicodeError) as error:
        raise NotSent(f"the mail server broke off: {_in_words(error)}") from error


def _refused(what: str, code: int, answer: bytes | str) -> Exception:
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    kind = MailRefused if code >= _REFUSED_FOR_GOOD else NotSent
    return kind(f"the mail server refused the {what}: {code} {text[:200]}")


def _password(settings: MailSettings) -> str:
    try:
        return read_secret(settings.password_file)
    except SecretUnreadable as error:
        raise MailRefused(str(error)) from error


def _in_words(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
