"""The schema's history, step by step. Nothing here imports Alembic until there is something to migrate."""

REVISIONS: tuple[str, ...] = ("0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008", "0009", "0010")
"""Every revision this program knows, oldest first. A database with any other was made by a newer one (G4)."""
HEAD: str = REVISIONS[-1]
"""The revision this program works with."""
