"""The payment provider over HTTP, by the contract of docs/provider.md.

Every ending of a call becomes an `Answer`: what may have reached the provider and has no whole answer that
fits is unknown, never failed (invariant I3). Certificates are always verified, no redirect is followed,
nothing in the environment leads a call elsewhere (invariant K2), and no answer is read past its longest.
"""

import logging
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Final, Literal

import httpx
import msgspec
from msgspec import Meta, Struct

from oms_tui.config import ProviderSettings
from oms_tui.desk.errors import Unusable
from oms_tui.desk.private_files import SecretUnreadable, read_secret
from oms_tui.desk.provider import Answer, Request, Word
from oms_tui.text import clean_line

LONGEST_ANSWER: Final = 64 * 1024
"""Bytes of an answer that are read."""
LONGEST_CAUSE: Final = 200
_LONGEST_CONNECT: Final = 10.0
_READ: Final = (200, 201, 202)
_NOT_FOUND: Final = 404
_NOTHING_DONE: Final = frozenset({401, 403, 404, 405, 413, 415, 429})
"""With these nothing was done, by the contract: the request was not let in."""
_NEVER_LEFT: Final = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
    httpx.LocalProtocolError,
    httpx.InvalidURL,
)
"""What goes wrong before the first byte of a request has left."""
_GARBAGE: Final = "the provider's answer cannot be read"
logging.getLogger("httpx").setLevel(logging.WARNING)  # it would log every address asked


class _Amount(Struct, frozen=True, forbid_unknown_fields=True):
    minor: Annotated[int, Meta(ge=0, le=10**15)]
    currency: Annotated[str, Meta(pattern=r"^[A-Z]{3}\Z")]


class _Said(Struct, frozen=True):
    """An answer's body; fields beyond these are left unread."""

    key: str
    state: Literal["pending", "succeeded", "failed", "not_known"]
    amount: _Amount | None = None
    reference: Annotated[str, Meta(max_length=100, pattern=r"^[\x21-\x7e]*\Z")] = ""
    cause: Annotated[str, Meta(max_length=1_000)] = ""
    at: Annotated[datetime, Meta(tz=True)] | None = None


_DECODE: Final = msgspec.json.Decoder(_Said).decode


class _BrokenOff(Exception):  # noqa: N818 - says what happened
    """An answer that did not come whole; the message says why."""


@dataclass(frozen=True, slots=True)
class _Raw:
    """An answer as it came."""

    status: int
    body: bytes


class HttpProvider:
    """A provider that speaks the contract; for several threads."""

    def __init__(self, settings: ProviderSettings) -> None:
        """Get ready; nothing is asked yet.

        Raises:
            Unusable: The certificates cannot be read.
        """
        self._settings = settings
        wait = float(settings.timeout_seconds)
        self._client = httpx.Client(
            verify=_trusting(settings.ca_file),
            timeout=httpx.Timeout(wait, connect=min(wait, _LONGEST_CONNECT)),
            limits=httpx.Limits(max_connections=settings.at_once),
            follow_redirects=False,
            trust_env=False,
            headers={"User-Agent": "oms-tui", "Accept": "application/json", "Accept-Encoding": "identity"},
        )

    def send(self, request: Request) -> Answer:
        """Ask for it (`desk.provider.Provider`)."""
        return self._answer(request, lambda headers: self._post(request, headers), Word.NOT_SENT)

    def ask(self, request: Request) -> Answer:
        """Ask what became of it (`desk.provider.Provider`)."""
        return self._answer(request, lambda headers: self._get(request, headers), Word.UNKNOWN)

    def close(self) -> None:
        """Let go of every connection."""
        self._client.close()

    def _answer(self, request: Request, call: Callable[[dict[str, str]], Answer], never_left: Word) -> Answer:
        try:
            return call(self._headers(request))
        except SecretUnreadable as error:
            return Answer(word=never_left, error=str(error))
        except _NEVER_LEFT as error:
            return Answer(word=never_left, error=f"the provider cannot be reached ({type(error).__name__})")
        except httpx.TimeoutException:
            return Answer(word=Word.UNKNOWN, error=self._too_slow())
        except httpx.HTTPError as error:
            text = f"the connection to the provider broke off ({type(error).__name__})"
            return Answer(word=Word.UNKNOWN, error=text)
        except _BrokenOff as error:
            return Answer(word=Word.UNKNOWN, error=str(error))

    def _too_slow(self) -> str:
        return f"the provider gave no answer within {self._settings.timeout_seconds} s"

    def _post(self, request: Request, headers: dict[str, str]) -> Answer:
        raw = self._called("POST", "operations", headers, msgspec.json.encode(_body(request)))
        if raw.status in _NOTHING_DONE:
            error = f"the provider did not let the request in: status {raw.status}"
            return Answer(word=Word.NOT_SENT, error=error)
        if raw.status not in _READ:
            return Answer(word=Word.UNKNOWN, error=f"the provider answered with status {raw.status}")
        answer = _read(request, raw.body)
        # To have nothing under the key is no answer to a request that reached it.
        return Answer(word=Word.UNKNOWN, error=_GARBAGE) if answer.word is Word.NOT_THERE else answer

    def _get(self, request: Request, headers: dict[str, str]) -> Answer:
        raw = self._called("GET", f"operations/{request.key}", headers, None)
        if raw.status in (200, _NOT_FOUND):
            answer = _read(request, raw.body)
            if (answer.word is Word.NOT_THERE) is (raw.status == _NOT_FOUND):
                return answer
        return Answer(word=Word.UNKNOWN, error=f"the provider answered with status {raw.status}")

    def _called(self, method: str, path: str, headers: dict[str, str], content: bytes | None) -> _Raw:
        """One exchange, with an end to how long and how large its answer may be.

        Raises:
            httpx.HTTPError: It broke off.
            _BrokenOff: The answer was too long, took too long, or came packed.
        """
        url = f"{self._settings.url.rstrip('/')}/{path}"
        end = time.monotonic() + self._settings.timeout_seconds
        body = bytearray()
        with self._client.stream(method, url, headers=headers, content=content) as response:
            if response.headers.get("content-encoding", "identity").lower() != "identity":
                raise _BrokenOff("the provider's answer came packed, which was not asked for")
            for part in response.iter_raw():
                body += part
                if len(body) > LONGEST_ANSWER:
                    raise _BrokenOff(f"the provider's answer is longer than {LONGEST_ANSWER // 1024} KiB")
                if time.monotonic() > end:
                    raise _BrokenOff(self._too_slow())
            return _Raw(response.status_code, bytes(body))

    def _headers(self, request: Request) -> dict[str, str]:
        """What goes with a call; the token is read each time, so that it can be changed under a worker.

        Raises:
            SecretUnreadable: It cannot be used.
        """
        headers = {"Idempotency-Key": request.key, "Content-Type": "application/json"}
        if self._settings.token_file:
            token = read_secret(self._settings.token_file)
            if not token or not token.isascii() or not token.isprintable() or " " in token:
                raise SecretUnreadable(f"{self._settings.token_file} holds no token")
            headers["Authorization"] = f"Bearer {token}"
        return headers


def _trusting(ca_file: str) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=str(Path(ca_file).expanduser()) if ca_file else None)
    except OSError as error:
        raise Unusable(f"The certificates in {ca_file} cannot be read: {error}.") from error


def _body(request: Request) -> dict[str, object]:
    """A request as the contract has it."""
    return {
        "key": request.key,
        "kind": request.kind,
        "amount": {"minor": request.amount.minor, "currency": request.amount.currency},
        "order": request.order,
        "shipment": request.shipment,
        "operation": request.operation,
        "payment": {
            "number": request.payment,
            "reference": request.reference,
            "captures": [dict(capture) for capture in request.captures],
        },
    }


def _read(request: Request, body: bytes) -> Answer:
    """A body as the provider's word; unknown if it is not whole, or about something else."""
    try:
        said = _DECODE(body)
    except (msgspec.MsgspecError, RecursionError, ValueError):
        return Answer(word=Word.UNKNOWN, error=_GARBAGE)
    if said.key != request.key:
        return Answer(word=Word.UNKNOWN, error="the provider answered about another request")
    if said.state == "not_known":
        return Answer(word=Word.NOT_THERE)
    if said.state == "pending":
        return Answer(word=Word.PENDING)
    if said.state == "failed":
        cause = clean_line(said.cause)[:LONGEST_CAUSE]
        return Answer(word=Word.FAILED, reference=said.reference, cause=cause, at=said.at)
    if not said.reference or said.amount is None:
        return Answer(word=Word.UNKNOWN, error="the provider names no reference or no amount of what it did")
    if (said.amount.minor, said.amount.currency) != (request.amount.minor, request.amount.currency):
        return Answer(word=Word.UNKNOWN, error="the provider speaks of another amount than was asked for")
    return Answer(word=Word.SUCCEEDED, reference=said.reference, at=said.at)
