"""The desk: an open database with its clock, rules and audit key. The use cases are functions that take
it."""

import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Self
from zoneinfo import ZoneInfo

import msgspec

from oms_tui.clock import Clock, SystemClock
from oms_tui.config import EntitySettings, MailSettings, ProviderSettings, Settings
from oms_tui.desk.audit_head import HeadCopy
from oms_tui.desk.audit_key import proof_of, read_or_make
from oms_tui.desk.errors import Unusable
from oms_tui.desk.passwords import Hasher
from oms_tui.desk.rules import flow_rules
from oms_tui.desk.sessions import SessionLimits
from oms_tui.desk.sqlite_age import old_sqlite
from oms_tui.domain.authority import AUTHORITY, Authority, Right
from oms_tui.domain.people import Role
from oms_tui.paths import state_dir
from oms_tui.store import audit, meta
from oms_tui.store.copies import keep_verified
from oms_tui.store.engine import Connection, Store, path_of
from oms_tui.store.errors import OlderDatabase
from oms_tui.verbs import Policy

ID, KIND, NAME, PROOF, AUTHORITY_SET = "id", "kind", "name", "audit_key_proof", "authority"
"""Facts about the database, by their keys in its table `meta`."""
DESK, SAMPLE = "desk", "sample"
_ID_BYTES = 8
_log = logging.getLogger(__name__)


@dataclass(kw_only=True)
class Desk:
    """An open order desk. It belongs to the thread that opened it."""

    store: Store
    clock: Clock
    policy: Policy
    audit_key: bytes
    head: HeadCopy
    state_folder: Path
    database_id: str
    name: str
    is_sample: bool
    hasher: Hasher = field(default_factory=Hasher)
    session_limits: SessionLimits = field(default_factory=SessionLimits)
    mail: MailSettings = field(default_factory=MailSettings)
    """How messages are sent, by a worker."""
    event_wait: timedelta = timedelta(days=1)
    """How long an event that comes too early waits for its cause."""
    provider: ProviderSettings = field(default_factory=ProviderSettings)
    """How the payment provider is asked, by a worker."""
    entities: Mapping[str, EntitySettings] = field(default_factory=dict)
    """The selling entities that the settings describe, by the name that orders have of them."""
    warnings: tuple[str, ...] = ()
    opened_at: dict[tuple[str, str], float] = field(default_factory=dict)
    """(person, order ID) -> when it was noted as opened, by the clock that measures durations."""
    failed_at: dict[str, float] = field(default_factory=dict)
    """Scope of failed sign-ins -> when the last one was, by the clock that measures durations."""
    waits_told: set[tuple[str, str]] = field(default_factory=set)
    """(person, place) whose present wait has its refusal in the audit log."""

    @property
    def zone(self) -> ZoneInfo:
        """The business time zone."""
        return ZoneInfo(self.policy.time_zone)

    def entity(self, name: str) -> EntitySettings:
        """What the settings say of a selling entity; nothing where they do not know it."""
        return self.entities.get(name, EntitySettings())

    @classmethod
    def open(
        cls,
        url: str,
        *,
        settings: Settings,
        clock: Clock | None = None,
        state_folder: Path | None = None,
        is_sample: bool | None = None,
        create: bool = True,
        upgrade: bool = True,
    ) -> Self:
        """Open the database, upgrading or making it where allowed, and find its audit key.

        Args:
            url: `sqlite:///PATH` or a path.
            settings: The rules of the shop.
            clock: The machine's where none is given.
            state_folder: Where the audit key is; the user's own where none is given.
            is_sample: What a new database becomes; one that is there must be this. None = whatever it is.
            create: Whether a database that is not there is made.
            upgrade: Whether an older one is upgraded.

        Raises:
            Unusable: The audit key is missing or another's, or the database is not of the kind asked for.
            StoreError: The database cannot be opened.
        """
        if note := old_sqlite():
            _log.info(note)
        store = _opened(url, create=create, upgrade=upgrade)
        try:
            return cls._on(store, settings, clock or SystemClock(), state_folder or state_dir(), is_sample)
        except BaseException:
            store.close()
            raise

    @classmethod
    def _on(
        cls, store: Store, settings: Settings, clock: Clock, state_folder: Path, is_sample: bool | None
    ) -> Self:
        facts = _facts(store, is_sample is True)
        is_here_sample = facts.kind == SAMPLE
        if is_sample is not None and is_sample is not is_here_sample:
            here, asked = ("sample data", "real orders") if is_here_sample else ("real orders", "sample data")
            raise Unusable(f"{store.path} holds {here}, not {asked}: name another database.")
        key = _key(store, facts, state_folder)
        return cls(
            store=store,
            clock=clock,
            policy=policy_of(settings, facts.authority),
            audit_key=key,
            head=HeadCopy(state_folder, facts.id, store, clock),
            state_folder=state_folder,
            database_id=facts.id,
            name=settings.desk.name or facts.name or store.path.stem,
            is_sample=is_here_sample,
            mail=settings.mail,
            event_wait=timedelta(hours=settings.events.wait_hours),
            provider=settings.provider,
            entities=settings.selling.entities,
            session_limits=SessionLimits(
                idle=settings.desk.idle_minutes * 60, absolute=settings.desk.session_minutes * 60
            ),
        )

    def close(self) -> None:
        """Copy the audit chain's head out and let go of the database."""
        try:
            self.head.write()
        finally:
            self.store.close()


def _opened(url: str, *, create: bool, upgrade: bool) -> Store:
    """The store; before an older database is upgraded a verified copy of it is made beside it (G2)."""
    try:
        return Store.open(url, create=create, upgrade=False)
    except OlderDatabase as older:
        if not upgrade:
            raise
        path = path_of(url)
        kept = path.with_name(f"{path.name}.schema-{older.found}")
        if not kept.exists():
            _keep_before_upgrade(path, kept)
        return Store.open(url, create=create, upgrade=True)


def _keep_before_upgrade(path: Path, kept: Path) -> None:
    """Keep a verified copy; of two programs upgrading together one makes it and both go on (G2, G5)."""
    try:
        keep_verified(path, kept)
    except FileExistsError:
        if not kept.is_file():  # a link to nowhere is no copy
            raise Unusable(f"The copy before the upgrade cannot be kept: {kept} is in its way.") from None
        _log.info("Another program has kept %s", kept)


@dataclass(frozen=True, slots=True)
class _Facts:
    """What the database says of itself."""

    id: str
    kind: str
    name: str
    proof: str
    authority: str
    has_entries: bool


def _facts(store: Store, is_new_sample: bool) -> _Facts:
    with store.read() as conn:
        known = _read_facts(conn)
    if known.id:
        return known
    with store.write() as conn:  # a new database: of two programs starting together one gives the id
        known = _read_facts(conn)
        if known.id:
            return known
        meta.put(conn, KIND, SAMPLE if is_new_sample else DESK)
        meta.put(conn, ID, secrets.token_hex(_ID_BYTES))
        return _read_facts(conn)


def _read_facts(conn: Connection) -> _Facts:
    return _Facts(
        id=meta.get(conn, ID),
        kind=meta.get(conn, KIND),
        name=meta.get(conn, NAME),
        proof=meta.get(conn, PROOF),
        authority=meta.get(conn, AUTHORITY_SET),
        has_entries=audit.head(conn).seq > 0,
    )


def _key(store: Store, facts: _Facts, state_folder: Path) -> bytes:
    """The audit key; made for a database that has never had one."""
    try:
        key = read_or_make(state_folder, facts.id, may_make=not facts.proof and not facts.has_entries)
    except OSError as error:
        raise Unusable(f"The audit key cannot be kept in {state_folder}: {error.strerror}.") from error
    proof = proof_of(key)
    if not facts.proof:
        with store.write() as conn:
            if not meta.get(conn, PROOF):
                meta.put(conn, PROOF, proof)
            facts = _read_facts(conn)
    if facts.proof != proof:
        raise Unusable(
            f"The audit key in {state_folder} is not the one of this database: bring that one back."
        )
    return key


def policy_of(settings: Settings, authority: str = "") -> Policy:
    """The rules in force: the shop's settings and what administrators made of the authority table.

    Args:
        settings: The shop's.
        authority: As stored: JSON of right to roles, for the rows that differ from spec 5; "" = none.

    Raises:
        Unusable: A country or an amount in the settings, or the stored table, cannot be read.
    """
    desk = settings.desk
    return Policy(
        authority=read_authority(authority),
        time_zone=desk.time_zone or "UTC",
        cancel_reasons=desk.cancel_reasons,
        claim_for=timedelta(minutes=desk.claim_minutes),
        flow=flow_rules(settings),
        adjustment_reasons=dict(settings.price.reasons),
    )


def read_authority(text: str) -> Authority:
    """The table of spec 5 with the rows that were changed; a right or role it does not know is refused.

    Raises:
        Unusable: The stored rows cannot be read, so nobody could be let through by them.
    """
    if not text:
        return Authority(AUTHORITY)
    try:
        changed: Mapping[Right, frozenset[Role]] = msgspec.json.decode(
            text, type=dict[Right, frozenset[Role]]
        )
    except msgspec.ValidationError as error:
        raise Unusable(f"The stored authority table cannot be read: {error}.") from error
    return Authority({**AUTHORITY, **changed})
