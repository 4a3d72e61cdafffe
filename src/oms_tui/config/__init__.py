"""Settings: typed option over ``OMS_TUI_*`` environment over ``config.toml`` over default.

A wrong key, type or value is a :class:`ConfigError` that names the file or variable, the key and the nearest
key there is; nothing is skipped in silence. The keymap's actions and keys are checked by the screens, which
know them.
"""

import contextlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, get_args, get_origin

import msgspec
from msgspec import Struct
from msgspec.structs import fields

from oms_tui.config.errors import ConfigError
from oms_tui.config.mail import check_mail
from oms_tui.config.provider import check_provider
from oms_tui.config.sections import (
    IN_WORDS,
    ChannelFraudSettings,
    DatabaseSettings,
    DeskSettings,
    EntitySettings,
    EventSettings,
    FlowSettings,
    FraudSettings,
    LoggingSettings,
    MailSettings,
    PriceSettings,
    ProviderSettings,
    SellingSettings,
    Settings,
    UiSettings,
)

__all__ = [
    "ChannelFraudSettings",
    "ConfigError",
    "DatabaseSettings",
    "DeskSettings",
    "EntitySettings",
    "EventSettings",
    "FlowSettings",
    "FraudSettings",
    "LoggingSettings",
    "MailSettings",
    "PriceSettings",
    "ProviderSettings",
    "SellingSettings",
    "SettingDoc",
    "Settings",
    "UiSettings",
    "load",
    "reference",
    "system_time_zone",
]

_APP: Final = "oms-tui"
_FILE_VARIABLE: Final = "OMS_TUI_CONFIG"
_PREFIX: Final = "OMS_TUI_"
_YES: Final = frozenset({"1", "true", "yes", "on"})
_NO: Final = frozenset({"0", "false", "no", "off"})

_Layer = Iterator[tuple[str, str, object, bool]]
"""What one source sets: its name, the key, the value, and whether that is bare text."""

_SECTIONS: Final[dict[str, type[Struct]]] = {
    "database": DatabaseSettings,
    "ui": UiSettings,
    "desk": DeskSettings,
    "flow": FlowSettings,
    "fraud": FraudSettings,
    "price": PriceSettings,
    "mail": MailSettings,
    "events": EventSettings,
    "provider": ProviderSettings,
    "selling": SellingSettings,
    "logging": LoggingSettings,
}
_KEYMAP: Final = "keymap"
_TYPES: Final[dict[str, Any]] = {
    f"{section}.{field.name}": field.type for section, kind in _SECTIONS.items() for field in fields(kind)
}
"""Every key but the keymap's, with its type."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingDoc:
    """One setting, as the docs show it."""

    key: str
    variable: str
    default: object
    help: str


def reference() -> tuple[SettingDoc, ...]:
    """Return every setting with its variable, default and help, for the docs."""
    defaults = Settings()
    return tuple(
        SettingDoc(
            key=key,
            variable=_variable(key),
            default=getattr(getattr(defaults, section), name),
            help=_help(kind),
        )
        for key, kind in _TYPES.items()
        for section, _, name in [key.partition(".")]
    )


def _help(kind: Any) -> str:
    return " ".join(meta.description for meta in kind.__metadata__ if meta.description)


def _variable(key: str) -> str:
    return _PREFIX + key.replace(".", "_").upper()


def load(
    path: Path | None = None,
    environ: Mapping[str, str] | None = None,
    overrides: Mapping[str, object] | None = None,
) -> Settings:
    """Return the settings in force.

    Args:
        path: The file, which must be there; None = the one ``OMS_TUI_CONFIG`` names, else the one in the
            config folder if there is one.
        environ: Environment; None = the process's.
        overrides: What was typed, by key path (``"ui.theme"``); None as a value counts as not given.

    Raises:
        ConfigError: If anything in any of them cannot be taken.
    """
    environ = os.environ if environ is None else environ
    values: dict[str, object] = {}
    sources: dict[str, str] = {}
    keymap: dict[str, str | tuple[str, ...]] = {}
    for source, key, raw, is_text in (
        *_from_file(path, environ),
        *_from_environment(environ),
        *_from_overrides(overrides or {}),
    ):
        if key == _KEYMAP:
            keymap = _converted(source, key, raw, dict[str, str | tuple[str, ...]], is_text)
        else:
            sources[key] = source
            values[key] = _converted(source, key, raw, _type_of(source, key), is_text)
            if key == "desk.time_zone":
                _check_time_zone(source, key, str(values[key]))
    if not values.get("desk.time_zone"):
        values["desk.time_zone"] = system_time_zone(environ)
    settings = Settings(
        keymap=keymap,
        **{section: kind(**_of_section(values, section)) for section, kind in _SECTIONS.items()},  # type: ignore[arg-type]
    )
    check_mail(settings.mail, sources)
    check_provider(settings.provider, sources)
    for name, entity in settings.selling.entities.items():
        key = "selling.entities"
        _check_time_zone(sources.get(key, ""), f"{key}.{name}.time_zone", entity.time_zone)
    return settings


def _of_section(values: Mapping[str, object], section: str) -> dict[str, object]:
    return {
        key.removeprefix(f"{section}."): value
        for key, value in values.items()
        if key.startswith(f"{section}.")
    }


def _from_file(path: Path | None, environ: Mapping[str, str]) -> _Layer:
    """Give the source, key, value and whether it is bare text, of all that a file sets."""
    content = _read(path, environ)
    if content is None:
        return
    source, text = content
    import tomllib  # late: most starts find no file

    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(source, "", f"This is not TOML: {error}.") from None
    for section, table in data.items():
        if section not in (*_SECTIONS, _KEYMAP):
            raise _unknown(source, section, [*_SECTIONS, _KEYMAP])
        if not isinstance(table, dict):
            raise ConfigError(source, section, f"This is a section: write [{section}] on a line of its own.")
        if section == _KEYMAP:
            yield source, _KEYMAP, _flattened(table), False
            continue
        for name, raw in table.items():
            yield source, f"{section}.{name}", raw, False


def _flattened(table: Mapping[str, object], prefix: str = "") -> dict[str, object]:
    """Read ``order.cancel = "x"`` in ``[keymap]`` as the action of that id: TOML makes tables of its dots."""
    flat: dict[str, object] = {}
    for name, value in table.items():
        if isinstance(value, dict):
            flat |= _flattened(value, f"{prefix}{name}.")
        else:
            flat[prefix + name] = value
    return flat


def _read(path: Path | None, environ: Mapping[str, str]) -> tuple[str, str] | None:
    """Return the name and content of the file; None where there is none and none was asked for."""
    named = path or (Path(environ[_FILE_VARIABLE]).expanduser() if environ.get(_FILE_VARIABLE) else None)
    if named is None:
        import platformdirs

        path = platformdirs.user_config_path(_APP) / "config.toml"
    else:
        path = named
    try:
        return str(path), path.read_text(encoding="utf-8")
    except FileNotFoundError:
        if named is None:
            return None
        raise ConfigError(str(path), "", "There is no such file.") from None
    except UnicodeDecodeError:
        raise ConfigError(str(path), "", "This is not UTF-8 text.") from None
    except OSError as error:
        raise ConfigError(str(path), "", f"It cannot be read: {error.strerror}.") from None


def _from_environment(environ: Mapping[str, str]) -> _Layer:
    by_variable = {_variable(key): key for key in _TYPES}
    prefixes = tuple(f"{_PREFIX}{section.upper()}_" for section in _SECTIONS)
    for variable, value in sorted(environ.items()):
        if not variable.startswith(prefixes) or not value:
            continue
        if variable not in by_variable:
            raise _unknown("environment", variable, list(by_variable))
        yield f"environment {variable}", by_variable[variable], value, True


def _from_overrides(overrides: Mapping[str, object]) -> _Layer:
    for key, raw in overrides.items():
        if raw is not None:
            yield "command line", key, raw, isinstance(raw, str)


def _type_of(source: str, key: str) -> Any:
    if key not in _TYPES:
        raise _unknown(source, key, list(_TYPES))
    return _TYPES[key]


def _unknown(source: str, key: str, known: list[str]) -> ConfigError:
    import difflib  # late: only to explain an error

    nearest = difflib.get_close_matches(key, known, n=1, cutoff=0.5)
    if not nearest and "." in key:
        leaves = {name.rpartition(".")[2]: name for name in known}
        nearest = [leaves[leaf] for leaf in difflib.get_close_matches(key.rpartition(".")[2], leaves, n=1)]
    return ConfigError(source, key, "There is no such setting.", nearest[0] if nearest else None)


def _converted(source: str, key: str, raw: object, kind: Any, is_text: bool) -> Any:
    """Return a value as its setting's type, bare text (environment, options) read leniently."""
    if is_text and isinstance(raw, str):
        raw = _read_text(raw, kind)
    plain = _plain(kind)
    if get_origin(plain) is dict and isinstance(raw, dict) and key != _KEYMAP:
        _, of_value = get_args(plain)
        raw = {name: _entry(source, f"{key}.{name}", value, of_value, is_text) for name, value in raw.items()}
    try:
        return msgspec.convert(raw, kind, strict=not is_text)
    except msgspec.ValidationError as error:
        raise _refused(source, key, str(error), raw, plain) from None


def _entry(source: str, key: str, raw: object, kind: Any, is_text: bool) -> Any:
    """Return one entry of a table; in a section of its own each key is read by itself."""
    if not (isinstance(kind, type) and issubclass(kind, Struct)):
        return _converted(source, key, raw, kind, is_text)
    if not isinstance(raw, dict):
        raise ConfigError(source, key, f"This is a section: write [{key}] on a line of its own.")
    known = {field.name: field.type for field in fields(kind)}
    for name in raw:
        if name not in known:
            raise _unknown(source, f"{key}.{name}", [f"{key}.{right}" for right in known])
    return kind(
        **{
            name: _converted(source, f"{key}.{name}", value, known[name], is_text)
            for name, value in raw.items()
        }
    )


def _plain(kind: Any) -> Any:
    """Return a type without what describes it."""
    return get_args(kind)[0] if hasattr(kind, "__metadata__") else kind


def _read_text(raw: str, kind: Any) -> object:
    plain = _plain(kind)
    if plain is bool and raw.lower() in _YES | _NO:
        return raw.lower() in _YES
    if get_origin(plain) is tuple:
        return [part.strip() for part in raw.split(",")]
    if get_origin(plain) is dict and "=" in raw:
        pairs = (part.partition("=") for part in raw.split(","))
        return {name.strip(): value.strip() for name, _, value in pairs}
    return raw


_WORDS: Final = {
    "`bool`": "true or false",
    "`int`": "a whole number",
    "`float`": "a number with a point",
    "`str`": "text",
    "`array`": "a list",
    "`array | null`": "a list",
    "`object`": "a table",
    "`null`": "nothing",
}


def _refused(source: str, key: str, message: str, raw: object, kind: Any) -> ConfigError:
    """Return the error for a value that msgspec refused, in the words of the docs."""
    problem, _, where = message.partition(" - at `")
    wrong = _at(raw, where)
    if problem.startswith("Invalid enum value"):
        import difflib  # late: only to explain an error

        known = _choices(kind)
        nearest = difflib.get_close_matches(str(wrong), known, n=1, cutoff=0.5)
        words = f"{str(wrong)[:60]!r} is none of {', '.join(known)}."
        return ConfigError(source, key, words, nearest[0] if nearest else None)
    for pattern, meaning in IN_WORDS.items():
        if pattern in problem:
            return ConfigError(source, key, f"Expected {meaning}: {str(wrong)[:60]!r}.")
    for word, meaning in _WORDS.items():
        problem = problem.replace(word, meaning)
    place = f" (at {where.strip('`$')})" if where.startswith("$") else ""
    return ConfigError(source, key, f"{problem}{place}: {str(raw)[:60]!r}.")


def _at(raw: object, where: str) -> object:
    """Return what stands at a place of a list ("$[2]`"), the whole where it is none."""
    index = where.strip("`$[]")
    return raw[int(index)] if isinstance(raw, list | tuple) and index.isdecimal() else raw


def _choices(kind: Any) -> list[str]:
    """Return the words that a type allows, wherever in it they stand."""
    if get_origin(kind) is Literal:
        return [str(word) for word in get_args(kind)]
    return [word for part in get_args(kind) for word in _choices(part)]


def _check_time_zone(source: str, key: str, name: str) -> None:
    if name and not _is_time_zone(name):
        import difflib
        import zoneinfo

        nearest = difflib.get_close_matches(name, zoneinfo.available_timezones(), n=1, cutoff=0.5)
        raise ConfigError(
            source, key, f"There is no time zone {name[:60]!r}.", nearest[0] if nearest else None
        )


def _is_time_zone(name: str) -> bool:
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


def system_time_zone(
    environ: Mapping[str, str] | None = None, localtime: Path = Path("/etc/localtime")
) -> str:
    """Return the machine's time zone by its name, or UTC where it has none that is known.

    Args:
        environ: Environment; None = the process's.
        localtime: The link that names the zone where ``TZ`` does not.
    """
    named = (os.environ if environ is None else environ).get("TZ", "").removeprefix(":")
    candidates = [named] if named else []
    with contextlib.suppress(OSError):
        candidates.append(str(localtime.resolve()).partition("/zoneinfo/")[2])
    return next((name for name in candidates if name and _is_time_zone(name)), "UTC")
