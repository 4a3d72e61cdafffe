"""Writes docs/events.md from the structs of the events: `python docs/make_events.py`."""

import json
from pathlib import Path
from typing import Any

from oms_tui.exchange.ingest import json_schema, line_of, read_line
from oms_tui.exchange.ingest.schema import KINDS, kind_of

PAGE = Path(__file__).with_name("events.md")
EXAMPLES = (
    {
        "event": "confirmed",
        "id": "wh-88121",
        "order": "10427",
        "at": "2026-11-22T09:41:00+01:00",
        "shipment": "S-1",
    },
    {
        "event": "short",
        "id": "wh-88122",
        "order": "10427",
        "at": "2026-11-22T09:42:10+01:00",
        "lines": [{"line": 2, "quantity": 1}],
    },
    {
        "event": "captured",
        "id": "psp-5f02",
        "order": "10427",
        "at": "2026-11-22T10:02:00Z",
        "reference": "cap_5f02",
        "amount": {"value": "184.90", "currency": "EUR"},
    },
    {
        "event": "shipped",
        "id": "wh-88130",
        "order": "10427",
        "at": "2026-11-22T11:15:00+01:00",
        "shipment": "S-1",
        "carrier": "DHL",
        "tracking": "00340434161094021501",
    },
)
_FATES = {
    "taken": "it changes its order or is recorded, once; flows go on after it",
    "known already": "the same id and the same body again change nothing, in whatever state the first one is",
    "waiting": "it came before its cause, or before its order. It is tried again each time its order "
    "changes, for a day (`events.wait_hours`); then it is an event problem",
    "an event problem": "it cannot be, its own time is more than 10 minutes ahead, it waited in vain, or it "
    "is a fact that should not be (shipped under a hold, captured on a cancelled order or above what it "
    "owes): somebody must decide, see below",
    "kept": "it is about a return, and kept until returns are worked here",
    "a bad line": "it is no event, or says something else under an id that is known. It goes to the reject "
    "file with line number and reason; the exit code is 1",
}
_OPTIONS = {
    "`--dry-run`": "checks every line and tells which events are here already; writes nothing",
    "`--rejects FOLDER`": "where `NAME-rejects.csv` goes; the documents folder (`oms-tui paths` shows it) "
    "unless given",
    "`--json`": "the report as one line of JSON",
    "`--schema`": "prints the JSON Schema of a line and stops",
}
_WAYS = {
    "`replay`": "the event is tried once more, as things are now; what still cannot be changes nothing",
    "`park`": "it is put aside with a note: somebody has seen it. The way for what was taken as a fact",
    "`stop`": "a parcel of a cancelled line or a recalled pick ticket: the location is asked again to stop "
    "it; the problem stays until it is settled",
    "`ship`": "the same parcel is let go: what the event says is a fact. Cancelled lines are Packed or "
    "Shipped, what they cost is due again, money that waited for the location is not moved, stock "
    "follows. A shipment that is invoiced gets a further invoice for what was added, and a void that was "
    "not sent yet is withdrawn. A note says why; the form says what is due again, whether a payment still "
    "has it authorized, and which refund is on its way",
    "`take`": "a `captured` or `refunded` that nobody asked for, or whose authorization never came, is taken "
    "as a fact: it counts once, by its reference, for the shipment that it names. No money moves by it. "
    "A note says why. What is above what the order owes goes back by *Refund overcharge*",
}
_HEAD = """# Events

`oms-tui ingest FILE` (or `-` for standard input) takes in what shop, warehouse, carrier, payment provider
and customers tell: JSON Lines in UTF-8, one event a line. `oms-tui ingest --schema` prints the JSON Schema.

```json
{examples}
```

| Option | What it does |
|---|---|
{options}

## What becomes of an event

| It is | Then |
|---|---|
{fates}

Of a file up to 5,000 events are read ahead, so that those of one order are taken together, in their turn;
orders are independent of each other, and a stream is taken as it comes.

A run that was broken off is completed by the next one on the same file. An event that names neither a
shipment nor lines where it should is a problem, not a bad line. A card number among the words of `cause` is
never kept: the event is taken without them.

Too early is what a later event may make true: a shipment that is not there while something of the order is
not packed (what is short comes from elsewhere, in a shipment of its own), a `voided` or `captured` before its
`authorized`, a `captured` of a parcel that is still in the house, a `refunded` before its `captured`. A
`captured` of what has left, or was asked for and failed, and a `refunded` that nobody asked for are problems
at once: somebody decides whether they are a fact (`take`).

An `authorized` may bring its `expires_at`, and the same reference again with another one extends it. What it
reserves for an order that owes nothing any more (cancelled, or paid) is asked to be voided. What is captured
above what the order owes, or was authorized, is taken and an event problem: the way on is *Refund
overcharge*. So is the first `captured` of an order that is cancelled, and one that comes behind a `voided`:
money that was taken is money that was taken, and the provider has to say which of the two words holds. Only
more `refunded` than was captured, and more `voided` than was authorized, is never taken.

Carrier events go by their own time: the latest wins, an older one is recorded and moves nothing. Money
events go by the order in which they arrive, one per reference; the later word on a reference wins, also where
it only says another amount: that is written beneath the first, which stays. The same reference for another
shipment is an event problem. A reference is the same whatever its case and blanks, here as in Mark as paid
and in settlement files.

## Event problems

The dashboard of Operations counts them, and its tile opens the screen `EP`: when, what, which order, why, for
how long. Somebody who may (OP) does one of five things about each; on the command line
`oms-tui --as NAME events …`:

| | |
|---|---|
{ways}

Each is done once, by name, with an entry in the order's timeline; if somebody else was quicker nothing is
done. `oms-tui events list --state waiting` (or `kept`, `parked`) lists the others, `events show ID` one of
them with its order's state.

## Fields

Every event has `event` (its kind), `id`, `order` and `at`. Unknown fields are refused. Fields in *italics*
may be left out. An amount is exact text with its currency, never a JSON number.
"""


def page() -> str:
    """The page as it should stand."""
    schema = json_schema()["$defs"]
    examples = "\n".join(line_of(read_line(json.dumps(one).encode())).decode() for one in EXAMPLES)
    head = _HEAD.format(examples=examples, options=_table(_OPTIONS), fates=_table(_FATES), ways=_table(_WAYS))
    return head + "".join(_section(kind_of(struct), schema[struct.__name__], schema) for struct in KINDS)


def _table(rows: dict[str, str]) -> str:
    return "\n".join(f"| {name} | {text} |" for name, text in rows.items())


def _section(kind: str, given: dict[str, Any], schema: dict[str, Any]) -> str:
    fields = [name for name in given["properties"] if name not in ("event", "id", "order", "at")]
    rows = [_row(name, given, schema) for name in fields]
    table = "\n| Field | What it is |\n|---|---|\n" + "\n".join(rows) + "\n" if rows else ""
    return f"\n### {kind}\n\n{given['description']}\n{table}"


def _row(name: str, given: dict[str, Any], schema: dict[str, Any]) -> str:
    said = given["properties"][name]
    is_needed = name in given["required"]
    return f"| {f'`{name}`' if is_needed else f'*`{name}`*'} | {_text(said, schema)} |"


def _text(said: dict[str, Any], schema: dict[str, Any]) -> str:
    words = said.get("description", "").removesuffix(".")
    if "$ref" in said:
        words = words or _parts(said, schema)
    elif said.get("type") == "array":
        words = f"{words + '; each ' if words else 'each '}{_parts(said['items'], schema)}"
    elif "enum" in said:
        words += f": {', '.join(said['enum'])}"
    elif "maxLength" in said:
        words += f"; at most {said['maxLength']} characters"
    return str(words)


def _parts(said: dict[str, Any], schema: dict[str, Any]) -> str:
    part = schema[said["$ref"].rpartition("/")[2]]
    named = [
        f"`{name}`" if name in part.get("required", ()) else f"*`{name}`*" for name in part["properties"]
    ]
    return f"{' and '.join(named) if len(named) < 3 else ', '.join(named)}"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
