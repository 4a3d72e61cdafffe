"""Stock from a CSV: location, sku, on_hand, and what is known of the location (`oms-tui import stock`)."""

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from oms_tui.desk.desk import Desk
from oms_tui.desk.errors import BadInput
from oms_tui.desk.stock import Counted, StockSet, set_stock
from oms_tui.domain.filter.countries import COUNTRIES
from oms_tui.domain.filter.keys import code_key
from oms_tui.domain.world import Location, LocationType
from oms_tui.exchange.rejects import prepare_rejects, write_rejects

NEEDED: Final = ("location", "sku", "on_hand")
KNOWN: Final = (*NEEDED, "name", "country", "type")
MOST_PIECES: Final = 1_000_000_000
_LONGEST: Final = 64
_WHOLE: Final = re.compile(r"[0-9]{1,10}")
_NAMED: Final = 10
"""New locations that are named, at most."""
_ABOUT: Final = ("name", "country", "type")


@dataclass(slots=True, kw_only=True)
class StockReport:
    """What an import of stock read, took over, found so already and refused."""

    file: str
    is_dry_run: bool
    rows: int = 0
    changed: int = 0
    same: int = 0
    locations: int = 0
    woken: int = 0
    new_locations: tuple[str, ...] = ()
    """Locations that the desk did not know."""
    new_skus: int = 0
    """SKUs that no order line and no stock knew."""
    rejected_rows: int = 0
    reject_file: str | None = None

    def figures(self) -> tuple[tuple[str, int], ...]:
        """What a person reads of it."""
        return (
            ("rows read", self.rows),
            ("places changed", self.changed),
            ("places that were so already", self.same),
            ("locations new or changed", self.locations),
            ("orders that try again", self.woken),
            ("rejected rows", self.rejected_rows),
        )

    def warnings(self) -> tuple[str, ...]:
        """What was taken in and may be a slip of the pen: one sentence each."""
        said = []
        if names := self.new_locations:
            rest = f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else ""
            said.append(f"New to this desk: location{_s(len(names))} {', '.join(names[:_NAMED])}{rest}.")
        if count := self.new_skus:
            said.append(f"New to this desk: {count:,} SKU{_s(count)} that no order line and no stock names.")
        return tuple(said)

    def as_json(self) -> dict[str, object]:
        """Plain values."""
        return {name: getattr(self, name) for name in self.__slots__}


def _s(count: int) -> str:
    return "" if count == 1 else "s"


@dataclass(slots=True)
class _File:
    """A file as it was read."""

    header: list[str]
    rows: list[tuple[int, list[str]]] = field(default_factory=list)
    counted: list[Counted] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    """The place in `rows` of each of `counted`."""
    locations: dict[str, Location] = field(default_factory=dict)
    rejected: dict[int, str] = field(default_factory=dict)
    """Place in `rows` -> why it was not taken."""


def import_stock(desk: Desk, path: Path, *, is_dry_run: bool, rejects: Path) -> StockReport:
    """Import a count.

    Args:
        desk: Where to; only read in a dry run.
        path: The CSV, in UTF-8.
        is_dry_run: Report without writing anything, the reject file included.
        rejects: The reject file; its folder is made if it is not there.

    Raises:
        BadInput: The file is no such CSV.
        StoreError: The database refused; nothing was written.
        OSError: The reject file cannot be written there; nothing was taken in.
    """
    read = _read(path)
    if not is_dry_run:
        prepare_rejects(rejects)
    done: StockSet = set_stock(
        desk, read.counted, tuple(read.locations.values()), source=path.name, is_dry_run=is_dry_run
    )
    for place, reason in done.refused:
        read.rejected[read.lines[place]] = reason
    report = StockReport(
        file=path.name,
        is_dry_run=is_dry_run,
        rows=len(read.rows),
        changed=done.changed,
        same=done.same,
        locations=done.locations,
        woken=done.woken,
        new_locations=done.new_locations,
        new_skus=done.new_skus,
        rejected_rows=len(read.rejected),
    )
    if not is_dry_run:
        refused = ((read.rows[at][0], why, read.rows[at][1]) for at, why in sorted(read.rejected.items()))
        written = write_rejects(rejects, read.header, refused)
        report.reject_file = None if written is None else str(written.absolute())
    return report


def _read(path: Path) -> _File:
    rows = _rows(path)
    try:
        header = next(rows)[1]
    except StopIteration:
        raise BadInput(f"{path.name} is empty.", field="file") from None
    names = [name.strip().lower() for name in header]
    if missing := [name for name in NEEDED if name not in names]:
        raise BadInput(f"{path.name} has no column {', '.join(missing)}.", field="file")
    if unknown := [name for name in names if name not in KNOWN]:
        raise BadInput(
            f"{path.name} has columns that stock does not have: {', '.join(unknown)}.", field="file"
        )
    if len(set(names)) != len(names):
        raise BadInput(f"{path.name} has a column twice.", field="file")
    found = _File(header)
    seen: set[tuple[str, str]] = set()
    for number, cells in rows:
        place = len(found.rows)
        found.rows.append((number, cells))
        given = dict(zip(names, (cell.strip() for cell in cells), strict=False))
        if reason := _why_not(given, len(cells) == len(names)) or _why_not_again(given, seen, found):
            found.rejected[place] = reason
            continue
        found.counted.append(
            Counted(location=given["location"], sku=given["sku"], on_hand=int(given["on_hand"]))
        )
        found.lines.append(place)
    return found


def _rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """(line number, cells) of every row that is not empty."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            for cells in reader:
                if any(cell.strip() for cell in cells):
                    yield reader.line_num, cells
    except UnicodeDecodeError:
        raise BadInput(f"{path.name} is not UTF-8 text.", field="file") from None
    except csv.Error as error:
        raise BadInput(f"{path.name} is no CSV: {error}.", field="file") from error


def _why_not(given: Mapping[str, str], is_whole: bool) -> str | None:
    """The first reason why a row cannot be taken."""
    if not is_whole:
        return "it has not as many cells as the header"
    for name in ("location", "sku"):
        if not given[name]:
            return f"{name} is empty"
        if len(given[name]) > _LONGEST or not given[name].isprintable():
            return f"{name} is too long or holds what cannot be printed"
    if not code_key(given["sku"]):
        return "sku has nothing to compare"
    if not _WHOLE.fullmatch(given["on_hand"]) or int(given["on_hand"]) > MOST_PIECES:
        return f"on_hand is no whole number from 0 to {MOST_PIECES:,}"
    if given.get("country") and given["country"].upper() not in COUNTRIES:
        return "country is no ISO code"
    if given.get("type") and given["type"].lower() not in set(LocationType):
        return f"type is neither {' nor '.join(LocationType)}"
    name = given.get("name", "")
    return None if len(name) <= _LONGEST and name.isprintable() else "name is too long or cannot be printed"


def _why_not_again(given: Mapping[str, str], seen: set[tuple[str, str]], found: _File) -> str | None:
    """Why a row does not go with those before it; notes what it says of its location."""
    code = given["location"]
    key = code_key(given["sku"]), code
    if key in seen:
        return "this article is in the file twice for this location"
    if any(given.get(name) for name in _ABOUT):
        location = Location(
            code=code,
            name=given.get("name") or code,
            country=given.get("country", "").upper(),
            type=LocationType(given.get("type", "").lower() or LocationType.WAREHOUSE),
        )
        if found.locations.setdefault(code, location) != location:
            return "the file says something else of this location before"
    seen.add(key)
    return None
