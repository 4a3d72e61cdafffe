"""What can go wrong with the database, each with a sentence for the person who reads it."""


class StoreError(Exception):
    """The database cannot do what was asked. The text says what happened and what to do."""


class NoDatabase(StoreError):  # noqa: N818 - the tree reads as outcomes
    """There is no database at that place."""


class NotADesk(StoreError):  # noqa: N818
    """The file is something else than an order desk's database."""


class UnsupportedDatabase(StoreError):  # noqa: N818
    """The URL names a kind of database, or a place, that this program does not use."""


class NetworkFileSystem(StoreError):  # noqa: N818
    """The file lies on a network file system, where SQLite's locks do not hold (invariant F7)."""


class NewerDatabase(StoreError):  # noqa: N818
    """A newer program has upgraded the database (invariant G4)."""

    def __init__(self, path: str, found: str, known: str) -> None:
        super().__init__(
            f"{path} has schema {found}; this program knows schemas up to {known} and changed nothing. "
            "Use the newer oms-tui that made it, or restore a backup from before the upgrade."
        )
        self.found = found
        self.known = known


class OlderDatabase(StoreError):  # noqa: N818
    """The database needs an upgrade that was not asked for."""

    def __init__(self, path: str, found: str, known: str) -> None:
        super().__init__(f"{path} has schema {found}, this program needs {known}: run `oms-tui db upgrade`.")
        self.found = found
        self.known = known


class DatabaseBusy(StoreError):  # noqa: N818
    """Another program held the lock longer than the wait of 5 s. Nothing was written; try again."""


class DiskFull(StoreError):  # noqa: N818
    """There is no room left. Nothing of the transaction was written."""


class ReadOnlyDatabase(StoreError):  # noqa: N818
    """The file, its folder or its disk may not be written to."""


class DiskFailure(StoreError):  # noqa: N818
    """Reading or writing the file failed."""


class DamagedDatabase(StoreError):  # noqa: N818
    """The file is damaged: restore a backup."""


class RuleBroken(StoreError):  # noqa: N818
    """A constraint or trigger of the database refused a row; nothing of the transaction was written."""


class ProgrammingMistake(StoreError):  # noqa: N818
    """The program asked for something that must not happen, as changing an append-only row."""
