"""`oms-tui doctor` and `oms-tui db …`: the health of a database, its upgrade, backup and restore."""

from pathlib import Path

import click

from oms_tui.cli.shared import FAILED, OK, NamedGroup, Shared, emit, emit_json, json_option, pass_shared, say


@click.command()
@json_option
@pass_shared
def doctor(shared: Shared) -> int:
    """Check schema, integrity, stored copies against the orders, and the audit log. Exit code 0 only if all
    hold."""
    from oms_tui.cli.importing import progress_of
    from oms_tui.desk.doctor import examine_url

    with progress_of("doctor") as progress:
        report = examine_url(
            shared.url(),
            shared.settings(),
            progress=lambda done, total: progress("orders", done, total),
        )
    if shared.is_json:
        emit_json(report)
        return OK if report.is_ok else FAILED
    for note in report.notes:
        say(f"Note: {note}")
    for finding in report.findings:
        emit(f"{finding.part}: {finding.text}")
    checked = f"{report.orders:,} orders and {report.entries:,} audit entries checked"
    say(f"Everything holds: {checked}." if report.is_ok else f"{len(report.findings)} problems: {checked}.")
    return OK if report.is_ok else FAILED


@click.group(cls=NamedGroup)
def db() -> None:
    """Upgrade, back up and restore the database."""


@db.command("upgrade")
@pass_shared
def upgrade(shared: Shared) -> None:
    """Bring the database to the schema of this program; starting the console does the same."""
    shared.refuse_read_only()
    with shared.desk(may_make=True) as desk:
        say(f"The database is as this program needs it: {desk.store.path}")


@db.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@pass_shared
def backup(shared: Shared, file: Path) -> None:
    """Write a verified copy to FILE while others work. The audit key is moved as a step of its own (docs)."""
    from oms_tui.desk.backup import back_up

    with shared.desk() as desk:
        report = back_up(desk, file)
    held = f"{report.orders:,} orders and {report.entries:,} audit entries"
    say(f"Backed up {held} to {file}; the copy was checked.")


@db.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--yes", is_flag=True, help="Do not ask.")
@pass_shared
def restore(shared: Shared, file: Path, yes: bool) -> None:
    """Put the copy in FILE in place of the database. The present one is kept beside it."""
    from oms_tui.desk.backup import restore as put_back

    shared.refuse_read_only()
    if not yes:
        question = f"Replace {shared.url()} by {file}? The present database is kept beside it."
        click.confirm(question, abort=True, err=True)
    done = put_back(shared.url(), file, settings=shared.settings())
    say(f"Restored {done.copy.orders:,} orders from {file}.")
    if done.kept:
        say(f"What was there before: {done.kept}")
