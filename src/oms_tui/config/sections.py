"""The sections of the settings, each a struct: types, defaults and the words of the docs."""

from typing import Annotated, Final, Literal

from msgspec import Meta, Struct, field

_MINUTES_A_YEAR: Final = 525_600
_Minutes = Annotated[int, Meta(ge=0, le=_MINUTES_A_YEAR)]
_SomeMinutes = Annotated[int, Meta(ge=1, le=_MINUTES_A_YEAR)]


class DatabaseSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Section ``[database]``: where the orders are."""

    url: Annotated[str, Meta(description="Database file or URL; empty: the file in the data folder.")] = ""


class UiSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Section ``[ui]``: how the console looks and behaves."""

    theme: Annotated[str, Meta(description="Colours: dark, light, ansi or another theme's name.")] = "dark"
    mouse: Annotated[bool, Meta(description="Whether the mouse works in the console.")] = True
    animation: Annotated[bool, Meta(description="Whether anything moves by itself.")] = False
    low_bandwidth: Annotated[bool, Meta(description="Fewest bytes a key, for slow links.")] = False
    read_only: Annotated[bool, Meta(description="Whether every action that writes is off.")] = False
    columns: Annotated[
        dict[str, tuple[str, ...]], Meta(description="Columns of a list in order, by the list's code.")
    ] = {}


class DeskSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Section ``[desk]``: the rules of this shop."""

    name: Annotated[str, Meta(max_length=40, description="Name of the shop, shown at the top.")] = ""
    time_zone: Annotated[str, Meta(description="Business time zone; empty: the machine's, else UTC.")] = ""
    remorse_minutes: Annotated[_Minutes, Meta(description="A customer may cancel this long.")] = 30
    claim_minutes: Annotated[_SomeMinutes, Meta(description="How long a claim lasts.")] = 15
    idle_minutes: Annotated[
        _SomeMinutes, Meta(description="Somebody who does nothing for so long is signed out.")
    ] = 15
    session_minutes: Annotated[_SomeMinutes, Meta(description="How long a session lasts at most.")] = 720
    task_interval_minutes: Annotated[_SomeMinutes, Meta(description="How often an active task runs.")] = 15
    cancel_reasons: Annotated[
        tuple[Annotated[str, Meta(min_length=1, max_length=60)], ...],
        Meta(min_length=1, description="Reasons for cancelling; 'other' asks for words."),
    ] = ("customer request", "out of stock", "fraud", "address problem", "duplicate", "price error", "other")


SIGNS = Literal["all differ", "other region", "bill ship differ", "phone differs", "card differs"]
"""What a fraud rule can hold for."""
PAIR: Final = r"^[A-Z]{2}>[A-Z]{2}$"
COUNTRIES: Final = r"^[A-Z]{2}( [A-Z]{2})*$"
AMOUNT: Final = r"^[0-9][0-9.,]* [A-Z]{3}$"
SERIES: Final = r"^([A-Z0-9]{1,8})?$"
IN_WORDS: Final = {
    SERIES: "up to eight capital letters and digits like 'LHG'",
    PAIR: "a pair of countries like 'DE>AT'",
    COUNTRIES: "countries like 'EU' or 'BE NL LU'",
    AMOUNT: "an amount with its currency like '1000 EUR'",
}
"""What a text of a pattern is, for whoever wrote another."""
_Pair = Annotated[str, Meta(pattern=PAIR)]
_Countries = Annotated[str, Meta(pattern=COUNTRIES)]
_Amount = Annotated[str, Meta(pattern=AMOUNT)]
_Percent = Annotated[int, Meta(ge=1, le=100)]
_Reason = Annotated[str, Meta(min_length=1, max_length=60)]
_REASONS: Final = {"damaged": 20, "late": 10, "wrong item": 15, "price match": 10, "goodwill": 10, "other": 5}


class FlowSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Section ``[flow]``: what the tasks of the order flow go by."""

    remorse_minutes: Annotated[
        dict[str, _Minutes], Meta(description="Remorse period by channel code; others: desk.remorse_minutes.")
    ] = {}
    customs_unions: Annotated[
        tuple[_Countries, ...],
        Meta(description="Countries without customs between them; EU stands for its members."),
    ] = ("EU",)
    authorization_wait_minutes: Annotated[
        _Minutes, Meta(description="Minutes an authorization may be pending before it holds the order.")
    ] = 60
    approve_above: Annotated[
        tuple[_Amount, ...], Meta(description="An order above this needs approval, one amount a currency.")
    ] = ()
    approve_guest_above: Annotated[
        tuple[_Amount, ...], Meta(description="A guest's first order above this needs approval.")
    ] = ()


class ChannelFraudSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Section ``[fraud.channels.CODE]``: what is different for one channel; the rest is as in ``[fraud]``."""

    hold_for: tuple[SIGNS, ...] | None = None
    allowed_pairs: tuple[_Pair, ...] | None = None


class FraudSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Section ``[fraud]``: which combinations of countries hold an order."""

    hold_for: Annotated[
        tuple[SIGNS, ...],
        Meta(
            description="Signs that hold an order: all differ, other region, bill ship differ, "
            "phone differs, card differs."
        ),
    ] = ("all differ", "other region")
    allowed_pairs: Annotated[
        tuple[_Pair, ...], Meta(description="Bill-to > ship-to that are never held, like DE>AT.")
    ] = ()
    channels: Annotated[
        dict[str, ChannelFraudSettings],
        Meta(description="The same two for one channel, in a section [fraud.channels.CODE]."),
    ] = {}


class PriceSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Section ``[price]``: price adjustments."""

    reasons: Annotated[
        dict[_Reason, _Percent],
        Meta(
            min_length=1, description="Reasons of a price adjustment, each with the percentage it proposes."
        ),
    ] = field(default_factory=_REASONS.copy)


class MailSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Section ``[mail]``: how the worker sends what customers and locations are told."""

    send: Annotated[
        Literal["off", "folder", "smtp"],
        Meta(description="off; folder: one .eml file a message; smtp: through a mail server."),
    ] = "off"
    sender: Annotated[str, Meta(max_length=254, description="Address that messages come from.")] = ""
    folder: Annotated[str, Meta(description="Folder of the .eml files, for send = folder.")] = ""
    host: Annotated[str, Meta(description="Name of the mail server, for send = smtp.")] = "localhost"
    port: Annotated[int, Meta(ge=1, le=65_535, description="Its port.")] = 587
    security: Annotated[
        Literal["starttls", "tls", "none"],
        Meta(description="Encryption: starttls or tls; none only to this machine itself."),
    ] = "starttls"
    user: Annotated[str, Meta(description="Name to sign in with at the mail server; empty: no sign-in.")] = ""
    password_file: Annotated[
        str, Meta(description="File with the password, readable by its owner alone (chmod 600).")
    ] = ""
    locations: Annotated[
        dict[str, str], Meta(description="E-mail address of each location, by its code.")
    ] = {}
    most_days: Annotated[int, Meta(ge=1, le=3_650, description="Older messages are not sent any more.")] = 3


class EventSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Section ``[events]``: what comes from shop, warehouse, carrier, payment provider and customer."""

    wait_hours: Annotated[
        int, Meta(ge=1, le=720, description="An event that comes too early waits so long for its cause.")
    ] = 24


class ProviderSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Section ``[provider]``: the payment provider that a worker asks for captures, voids and refunds."""

    url: Annotated[
        str,
        Meta(
            max_length=500,
            description="Where the payment provider is asked (https); empty: its word comes as events alone.",
        ),
    ] = ""
    token_file: Annotated[
        str, Meta(description="File with the token it knows us by, readable by its owner alone (chmod 600).")
    ] = ""
    ca_file: Annotated[
        str, Meta(description="Certificates it is known by; empty: those this machine trusts.")
    ] = ""
    timeout_seconds: Annotated[int, Meta(ge=1, le=120, description="How long it may take for an answer.")] = (
        20
    )
    check_seconds: Annotated[
        int,
        Meta(
            ge=1,
            le=3_600,
            description="Until it is asked what became of something; each time twice as long, up to an hour.",
        ),
    ] = 10
    at_once: Annotated[int, Meta(ge=1, le=16, description="Requests that a worker has open at once.")] = 4
    most_days: Annotated[
        int, Meta(ge=1, le=30, description="Without its word for so long, a person must decide.")
    ] = 7

    @property
    def is_on(self) -> bool:
        """Whether there is somebody to ask."""
        return bool(self.url)


class EntitySettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Section ``[selling.entities.NAME]``: a selling entity, as its papers name it."""

    name: Annotated[str, Meta(max_length=120)] = ""
    """Its legal name."""
    address: Annotated[tuple[Annotated[str, Meta(max_length=120)], ...], Meta(max_length=8)] = ()
    """The lines of its address."""
    vat_id: Annotated[str, Meta(max_length=40)] = ""
    footer: Annotated[tuple[Annotated[str, Meta(max_length=160)], ...], Meta(max_length=4)] = ()
    """Lines at the foot of each page: register, directors, bank."""
    logo: str = ""
    """PNG or JPEG file."""
    time_zone: str = ""
    """In which its days and years begin; "" = the business time zone."""
    series: Annotated[str, Meta(pattern=SERIES)] = ""
    """What its numbers begin with; "" = its initials."""


class SellingSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Section ``[selling]``: who issues invoices, receipts and credit notes."""

    entities: Annotated[
        dict[str, EntitySettings],
        Meta(
            description="Each selling entity in a section [selling.entities.NAME], NAME as orders have it: "
            "name, address, vat_id, footer, logo, time_zone, series."
        ),
    ] = {}


class LoggingSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Section ``[logging]``: what the log holds."""

    level: Annotated[
        Literal["debug", "info", "warning", "error"],
        Meta(description="The least that is logged: debug, info, warning or error."),
    ] = "info"


class Settings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything that can be set."""

    database: DatabaseSettings = DatabaseSettings()
    ui: UiSettings = UiSettings()
    desk: DeskSettings = DeskSettings()
    flow: FlowSettings = FlowSettings()
    fraud: FraudSettings = FraudSettings()
    price: PriceSettings = PriceSettings()
    mail: MailSettings = MailSettings()
    events: EventSettings = EventSettings()
    provider: ProviderSettings = ProviderSettings()
    selling: SellingSettings = SellingSettings()
    logging: LoggingSettings = LoggingSettings()
    keymap: Annotated[
        dict[str, str | tuple[str, ...]], Meta(description="Keys of an action, by its id.")
    ] = {}
