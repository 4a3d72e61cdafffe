"""What section `[mail]` needs as a whole, so that a worker does not find out at the first message."""

from collections.abc import Mapping
from pathlib import Path

from oms_tui.config.errors import ConfigError
from oms_tui.config.sections import MailSettings


def check_mail(mail: MailSettings, sources: Mapping[str, str]) -> None:
    """Refuse a section that cannot send as it says.

    Args:
        mail: The section in force.
        sources: Key path -> where its value comes from; keys that are not set are missing.

    Raises:
        ConfigError: Something is missing; it names the place that set the key, else the one that asks for it.
    """
    if mail.send == "folder":
        _need("folder", mail.folder, "send", "send = folder", sources)
    if mail.send != "smtp":
        return
    _need("sender", mail.sender, "send", "send = smtp", sources)
    if "@" not in mail.sender:
        raise ConfigError(_place("sender", "send", sources), "mail.sender", "This is no e-mail address.")
    _need("host", mail.host, "send", "send = smtp", sources)
    if mail.user:
        _need("password_file", mail.password_file, "user", "a user", sources)
    if mail.password_file and not is_there(Path(mail.password_file)):
        place = _place("password_file", "send", sources)
        raise ConfigError(place, "mail.password_file", f"There is no file {mail.password_file}.")


def _need(name: str, value: str, asker: str, why: str, sources: Mapping[str, str]) -> None:
    if not value.strip():
        raise ConfigError(_place(name, asker, sources), f"mail.{name}", f"It is needed for {why}.")


def _place(name: str, asker: str, sources: Mapping[str, str]) -> str:
    """Where the key is set, else where what asks for it is."""
    return sources.get(f"mail.{name}") or sources.get(f"mail.{asker}", "settings")


def is_there(path: Path) -> bool:
    """Whether there is a file, or something that only the worker's own user may look at."""
    try:
        return path.expanduser().is_file()
    except PermissionError:
        return True
    except RuntimeError:  # no home folder of that name
        return False
