"""What the desk asks of a payment provider and what comes back, however it is spoken to (`outside`)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from oms_tui.domain.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One thing asked of the provider. It names nobody: no customer, no card."""

    key: str
    """The same for every try: the provider does nothing a second time under it."""
    kind: str
    """"capture", "void" or "refund"."""
    order: str
    shipment: str | None
    payment: int
    operation: int
    """The number of the row that asks."""
    amount: Money
    reference: str
    """What the provider knows the payment by; "" = not known."""
    captures: tuple[Mapping[str, object], ...] = ()
    """What was captured of the payment: "reference" and "minor" of each, oldest first."""


class Word(StrEnum):
    """What a provider says of a request."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    """It was not done and never will be under this key."""
    PENDING = "pending"
    """It is there; what becomes of it is told later."""
    NOT_SENT = "not sent"
    """It certainly has not reached the provider, or was not taken: the same may be sent again."""
    NOT_THERE = "not there"
    """The provider has nothing under this key."""
    UNKNOWN = "unknown"
    """Nobody knows: it must be asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The provider's word on one request, or why there is none."""

    word: Word
    reference: str = ""
    """The provider's, of what was done."""
    cause: str = ""
    """Why it failed, in the provider's words, cleaned."""
    at: datetime | None = None
    """When it was done, where the provider says so."""
    error: str = ""
    """Why it was not sent or is unknown, in our words: none of the provider's are in it."""


class Provider(Protocol):
    """A way to a payment provider. Its calls may take a while and never raise; several threads call it."""

    def send(self, request: Request) -> Answer:
        """Ask for it. Everything but NOT_THERE can come back."""

    def ask(self, request: Request) -> Answer:
        """Ask what became of it. Everything but NOT_SENT can come back."""

    def close(self) -> None:
        """Let go of every connection."""
