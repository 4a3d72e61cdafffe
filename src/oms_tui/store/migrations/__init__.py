"""The schema's history, step by step. Nothing here imports Alembic until there is something to migrate."""

REVISIONS: tuple[str, ...] = tuple(f"{number:04}" for number in range(1, 16))
"""Every revision this program knows, oldest first. A database with any other was made by a newer one (G4)."""
HEAD: str = REVISIONS[-1]
"""The revision this program works with."""
