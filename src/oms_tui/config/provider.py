"""What section `[provider]` needs as a whole, so that no money is asked for in a way that cannot be."""

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from oms_tui.config.errors import ConfigError
from oms_tui.config.hosts import is_loopback
from oms_tui.config.mail import is_there
from oms_tui.config.sections import ProviderSettings


def check_provider(provider: ProviderSettings, sources: Mapping[str, str]) -> None:
    """Refuse a section by which the provider cannot be asked safely (invariants K1, K2).

    Args:
        provider: The section in force.
        sources: Key path -> where its value comes from; keys that are not set are missing.

    Raises:
        ConfigError: Something is missing or unsafe; it names the key and the place that set it.
    """
    if not provider.is_on:
        return
    if reason := _why_not_url(provider.url):
        raise ConfigError(sources.get("provider.url", "settings"), "provider.url", reason)
    for name in ("token_file", "ca_file"):
        path = str(getattr(provider, name))
        if path and not is_there(Path(path)):
            place = sources.get(f"provider.{name}", "settings")
            raise ConfigError(place, f"provider.{name}", f"There is no file {path}.")


def _why_not_url(url: str) -> str:
    """Why money is not asked for there; "" if it may be."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return "This is no address."
    if not url.isascii() or any(sign.isspace() for sign in url) or not host:
        return "This is no address."
    if parts.username is not None or parts.password is not None:
        return "No secret stands in an address: put the token into a file, and its name into token_file."
    if parts.query or parts.fragment:
        return "Only a host and a path may stand in it."
    if parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host)):
        return ""
    return "It must begin with https://; http:// is for this machine itself alone."
