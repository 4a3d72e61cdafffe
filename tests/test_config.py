"""Settings: who wins, and what a person is told about a wrong one."""

import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from oms_tui.config import ChannelFraudSettings, ConfigError, Settings, load, reference, system_time_zone
from tests.support import ROOT


def file_of(tmp_path: Path, text: str) -> Path:
    """A file of settings."""
    path = tmp_path / "config.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_without_a_file_the_defaults_hold() -> None:
    settings = load(environ={})
    assert settings.database.url == ""
    assert (settings.ui.theme, settings.ui.mouse, settings.ui.animation) == ("dark", True, False)
    assert (settings.ui.low_bandwidth, settings.ui.read_only, settings.ui.columns) == (False, False, {})
    desk = settings.desk
    assert (desk.remorse_minutes, desk.claim_minutes, desk.task_interval_minutes) == (30, 15, 15)
    assert desk.cancel_reasons[-1] == "other"
    assert settings.keymap == {}
    assert settings.fraud.hold_for == ("all differ", "other region")
    assert (settings.fraud.allowed_pairs, settings.fraud.channels) == ((), {})
    assert (settings.flow.customs_unions, settings.flow.remorse_minutes) == (("EU",), {})
    assert (settings.flow.approve_above, settings.flow.approve_guest_above) == ((), ())
    assert settings.price.reasons["other"] == 5


def test_a_file_sets_everything(tmp_path: Path) -> None:
    path = file_of(
        tmp_path,
        """
        [database]
        url = "postgresql://orders"
        [ui]
        theme = "ansi"
        mouse = false
        animation = true
        low_bandwidth = true
        read_only = true
        [ui.columns]
        OR = ["order", "total"]
        [desk]
        name = "acme-retail"
        time_zone = "Europe/Berlin"
        remorse_minutes = 0
        claim_minutes = 20
        task_interval_minutes = 5
        cancel_reasons = ["changed mind", "other"]
        [flow]
        remorse_minutes = { web-us = 60 }
        customs_unions = ["EU MC", "CH LI"]
        approve_above = ["1000 EUR", "150000 JPY"]
        approve_guest_above = ["200.50 EUR"]
        [fraud]
        hold_for = ["bill ship differ", "phone differs"]
        allowed_pairs = ["DE>AT"]
        [fraud.channels.web-us]
        hold_for = []
        [fraud.channels."mkt.eu"]
        allowed_pairs = ["FR>BE"]
        [price.reasons]
        "late delivery" = 12
        [keymap]
        "order.cancel" = "X"
        order.note = ["n", "f4"]
        """,
    )
    settings = load(path, {})
    assert settings.database.url == "postgresql://orders"
    assert settings.ui.columns == {"OR": ("order", "total")}
    assert (settings.ui.theme, settings.ui.mouse, settings.ui.read_only) == ("ansi", False, True)
    assert (settings.ui.animation, settings.ui.low_bandwidth) == (True, True)
    assert (settings.desk.name, settings.desk.time_zone) == ("acme-retail", "Europe/Berlin")
    assert (settings.desk.remorse_minutes, settings.desk.claim_minutes) == (0, 20)
    assert settings.desk.task_interval_minutes == 5
    assert settings.desk.cancel_reasons == ("changed mind", "other")
    assert settings.keymap == {"order.cancel": "X", "order.note": ("n", "f4")}
    flow, fraud = settings.flow, settings.fraud
    assert (flow.remorse_minutes, flow.customs_unions) == ({"web-us": 60}, ("EU MC", "CH LI"))
    assert (flow.approve_above, flow.approve_guest_above) == (("1000 EUR", "150000 JPY"), ("200.50 EUR",))
    assert (fraud.hold_for, fraud.allowed_pairs) == (("bill ship differ", "phone differs"), ("DE>AT",))
    assert fraud.channels == {
        "web-us": ChannelFraudSettings(hold_for=()),
        "mkt.eu": ChannelFraudSettings(allowed_pairs=("FR>BE",)),
    }
    assert settings.price.reasons == {"late delivery": 12}


def test_typed_beats_environment_beats_file_beats_default(tmp_path: Path) -> None:
    path = file_of(tmp_path, '[ui]\ntheme = "from file"\n[desk]\nname = "from file"\nclaim_minutes = 1\n')
    environ = {"OMS_TUI_UI_THEME": "from environment", "OMS_TUI_DESK_NAME": "from environment"}
    settings = load(path, environ, {"ui.theme": "typed", "desk.name": None})
    assert (settings.ui.theme, settings.desk.name) == ("typed", "from environment")
    assert (settings.desk.claim_minutes, settings.desk.remorse_minutes) == (1, 30)
    assert load(path, {}).ui.theme == "from file"


@pytest.mark.parametrize(
    ("word", "value"),
    [("1", True), ("true", True), ("Yes", True), ("on", True), ("0", False), ("no", False), ("OFF", False)],
)
def test_the_environment_is_read_leniently(word: str, value: bool) -> None:
    environ = {
        "OMS_TUI_UI_READ_ONLY": word,
        "OMS_TUI_DESK_CLAIM_MINUTES": "7",
        "OMS_TUI_DESK_CANCEL_REASONS": "late, other",
        "OMS_TUI_FLOW_APPROVE_ABOVE": "1000 EUR, 1100 USD",
        "OMS_TUI_PRICE_REASONS": "late=12, other=3",
        "OMS_TUI_UI_THEME": "",
        "OMS_TUI_TEST_SCALE": "release",
        "OMS_TUI_DATA_DIR": "/x",
        "PATH": "/bin",
    }
    settings = load(environ=environ)
    assert settings.ui.read_only is value
    assert settings.desk.claim_minutes == 7
    assert settings.desk.cancel_reasons == ("late", "other")
    assert settings.flow.approve_above == ("1000 EUR", "1100 USD")
    assert settings.price.reasons == {"late": 12, "other": 3}
    assert settings.ui.theme == "dark"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[ui]\nthemes = "dark"', "ui.themes: There is no such setting. Did you mean ui.theme?"),
        ("[ui]\ntime_zone = 1", "ui.time_zone: There is no such setting. Did you mean desk.time_zone?"),
        ("[desks]\n", "desks: There is no such setting. Did you mean desk?"),
        ("[keymaps]\n", "keymaps: There is no such setting. Did you mean keymap?"),
        ('theme = "dark"', "theme: There is no such setting."),
        ("ui = 1", "ui: This is a section: write [ui] on a line of its own."),
        ('[ui]\nmouse = "no"', "ui.mouse: Expected true or false, got text: 'no'."),
        ("[ui]\nmouse = 0", "ui.mouse: Expected true or false, got a whole number: '0'."),
        ("[ui]\ntheme = 1", "ui.theme: Expected text, got a whole number: '1'."),
        ('[desk]\nclaim_minutes = "15"', "desk.claim_minutes: Expected a whole number, got text: '15'."),
        ("[desk]\nclaim_minutes = 0", "desk.claim_minutes: Expected a whole number >= 1: '0'."),
        ("[desk]\nremorse_minutes = -1", "desk.remorse_minutes: Expected a whole number >= 0: '-1'."),
        ("[desk]\ncancel_reasons = []", "desk.cancel_reasons: Expected a list of length >= 1: '[]'."),
        (
            '[desk]\ncancel_reasons = ["a", 1]',
            "desk.cancel_reasons: Expected text, got a whole number (at [1])",
        ),
        (
            '[desk]\ntime_zone = "Europe/Berln"',
            "There is no time zone 'Europe/Berln'. Did you mean Europe/Berlin?",
        ),
        ('[desk]\ntime_zone = "../../etc/passwd"', "There is no time zone '../../etc/passwd'."),
        ("[keymap]\nx = 1", "keymap: Expected"),
        (
            '[fraud]\nhold_for = ["all difer"]',
            "fraud.hold_for: 'all difer' is none of all differ, other region, bill ship differ, "
            "phone differs, card differs. Did you mean all differ?",
        ),
        (
            '[fraud]\nallowed_pairs = ["DE>AT", "DE-CH"]',
            "fraud.allowed_pairs: Expected a pair of countries like 'DE>AT': 'DE-CH'.",
        ),
        (
            "[fraud.channels.web-us]\nhold_four = []",
            "fraud.channels.web-us.hold_four: There is no such setting. "
            "Did you mean fraud.channels.web-us.hold_for?",
        ),
        (
            '[fraud.channels.web-us]\nhold_for = ["x"]',
            "fraud.channels.web-us.hold_for: 'x' is none of all differ,",
        ),
        (
            "[fraud.channels]\nweb-us = 1",
            "fraud.channels.web-us: This is a section: write [fraud.channels.web-us] on a line of its own.",
        ),
        ("[fraud]\nchannels = 1", "fraud.channels: Expected a table, got a whole number: '1'."),
        (
            '[flow]\napprove_above = ["1000"]',
            "flow.approve_above: Expected an amount with its currency like '1000 EUR': '1000'.",
        ),
        (
            '[flow]\napprove_above = "1000 EUR"',
            "flow.approve_above: Expected a list, got text: '1000 EUR'.",
        ),
        (
            '[flow]\ncustoms_unions = ["eu"]',
            "flow.customs_unions: Expected countries like 'EU' or 'BE NL LU': 'eu'.",
        ),
        (
            "[flow.remorse_minutes]\nweb-de = -1",
            "flow.remorse_minutes.web-de: Expected a whole number >= 0: '-1'.",
        ),
        ("[flow]\nremorse = 3", "flow.remorse: There is no such setting. Did you mean flow.remorse_minutes?"),
        ("[price.reasons]\nlate = 101", "price.reasons.late: Expected a whole number <= 100: '101'."),
        ("[price.reasons]\nlate = 0", "price.reasons.late: Expected a whole number >= 1: '0'."),
        ("[price]\nreasons = {}", "price.reasons: Expected a table of length >= 1: '{}'."),
        ("[ui]\nmouse = maybe", "This is not TOML: Invalid value (at line 2, column 9)."),
        ("[ui]\nmouse = true\nmouse = true", "This is not TOML: Cannot overwrite a value"),
    ],
)
def test_a_wrong_file_is_explained(tmp_path: Path, text: str, message: str) -> None:
    path = file_of(tmp_path, text)
    with pytest.raises(ConfigError) as error:
        load(path, {})
    assert str(error.value).startswith(f"{path}: ")
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("environ", "message"),
    [
        (
            {"OMS_TUI_UI_THEMES": "x"},
            "environment: OMS_TUI_UI_THEMES: There is no such setting. Did you mean OMS_TUI_UI_THEME?",
        ),
        ({"OMS_TUI_UI_MOUSE": "maybe"}, "environment OMS_TUI_UI_MOUSE: ui.mouse: Expected true or false"),
        (
            {"OMS_TUI_DESK_CLAIM_MINUTES": "x"},
            "environment OMS_TUI_DESK_CLAIM_MINUTES: desk.claim_minutes: Expected",
        ),
        ({"OMS_TUI_DESK_TIME_ZONE": "Mars"}, "There is no time zone 'Mars'."),
        ({"OMS_TUI_CONFIG": "/nowhere/config.toml"}, "/nowhere/config.toml: There is no such file."),
    ],
)
def test_a_wrong_variable_is_explained(environ: dict[str, str], message: str) -> None:
    with pytest.raises(ConfigError) as error:
        load(environ=environ)
    assert message in str(error.value)


def test_a_wrong_option_is_explained() -> None:
    with pytest.raises(ConfigError, match=r"command line: ui.themes: .* Did you mean ui.theme\?") as error:
        load(environ={}, overrides={"ui.themes": "x"})
    assert (error.value.source, error.value.key, error.value.nearest) == (
        "command line",
        "ui.themes",
        "ui.theme",
    )


def test_a_file_that_was_asked_for_must_be_readable(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="There is no such file"):
        load(tmp_path / "none.toml", {})
    with pytest.raises(ConfigError, match="It cannot be read: Is a directory"):
        load(tmp_path, {})
    bad = tmp_path / "latin.toml"
    bad.write_bytes(b'[desk]\nname = "\xe9t\xe9"')
    with pytest.raises(ConfigError, match="This is not UTF-8"):
        load(bad, {})


def test_settings_cannot_be_changed_or_extended() -> None:
    settings = load(environ={})
    with pytest.raises(AttributeError):
        settings.ui.theme = "x"  # type: ignore[misc]
    with pytest.raises(msgspec.ValidationError, match="unknown field"):
        msgspec.convert({"ui": {"colour": 1}}, Settings)


def test_every_setting_is_documented_and_has_a_variable() -> None:
    docs = {doc.key: doc for doc in reference()}
    assert {"database.url", "ui.theme", "ui.columns", "desk.time_zone", "desk.cancel_reasons"} <= docs.keys()
    assert all(doc.help.endswith(".") for doc in docs.values())
    assert docs["desk.claim_minutes"].variable == "OMS_TUI_DESK_CLAIM_MINUTES"
    assert docs["desk.claim_minutes"].default == 15


@pytest.mark.parametrize(
    ("environ", "link", "zone"),
    [
        ({"TZ": "Europe/Berlin"}, None, "Europe/Berlin"),
        ({"TZ": ":Asia/Tokyo"}, None, "Asia/Tokyo"),
        ({}, "/usr/share/zoneinfo/America/New_York", "America/New_York"),
        ({"TZ": "CET-1CEST"}, "/usr/share/zoneinfo/Europe/London", "Europe/London"),
        ({"TZ": "../../etc/passwd"}, None, "UTC"),
        ({}, "/etc/other", "UTC"),
        ({}, None, "UTC"),
    ],
)
def test_the_machine_names_the_time_zone(
    tmp_path: Path, environ: dict[str, str], link: str | None, zone: str
) -> None:
    localtime = tmp_path / "localtime"
    if link:
        localtime.symlink_to(link)
    assert system_time_zone(environ, localtime) == zone


def test_the_default_time_zone_is_the_machines() -> None:
    assert load(environ={"TZ": "Europe/Prague"}).desk.time_zone == "Europe/Prague"
    assert load(environ={"TZ": "Europe/Prague"}, overrides={"desk.time_zone": "UTC"}).desk.time_zone == "UTC"


def test_reading_settings_imports_little() -> None:
    code = (
        "import sys; from oms_tui.config import load; load()\n"
        "print([name for name in ('tomllib', 'difflib', 'textual', 'rich') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_the_docs_example_is_taken(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    example = page.split("```toml\n")[1].split("```")[0]
    settings = load(file_of(tmp_path, example), {})
    assert settings.fraud.channels.keys() == {"web-us"}
    assert settings.price.reasons == {"damaged": 25, "other": 5}


SMTP = '[mail]\nsend = "smtp"\n'
SENDER = 'sender = "shop@example.com"\n'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (SMTP, "mail.sender: It is needed for send = smtp."),
        (SMTP + 'sender = "shop"', "mail.sender: This is no e-mail address."),
        (SMTP + SENDER + 'host = ""', "mail.host: It is needed for send = smtp."),
        (SMTP + SENDER + 'user = "shop"', "mail.password_file: It is needed for a user."),
        (SMTP + SENDER + 'password_file = "/nowhere/secret"', "There is no file /nowhere/secret."),
        (SMTP + SENDER + 'password_file = "~nobody-here/x"', "mail.password_file: There is no file ~nobody"),
        ('[mail]\nsend = "folder"', "mail.folder: It is needed for send = folder."),
        ('[mail]\nsend = "folder"\nfolder = " "', "mail.folder: It is needed for send = folder."),
    ],
)
def test_mail_that_could_never_be_sent_is_refused(tmp_path: Path, text: str, message: str) -> None:
    path = file_of(tmp_path, text)
    with pytest.raises(ConfigError) as error:
        load(path, {})
    assert str(error.value).startswith(f"{path}: mail.")
    assert message in str(error.value)


def test_mail_that_can_be_sent_is_taken(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("x")
    text = f'{SMTP}{SENDER}user = "shop"\npassword_file = "{secret}"\n'
    assert load(file_of(tmp_path, text), {}).mail.user == "shop"
    with pytest.raises(ConfigError, match=r"environment OMS_TUI_MAIL_SEND: mail\.folder"):
        load(environ={"OMS_TUI_MAIL_SEND": "folder"})
    assert load(environ={"OMS_TUI_MAIL_SENDER": "shop"}).mail.send == "off"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('url = "payments.example.com"', "provider.url: This is no address."),
        ('url = "https://"', "provider.url: This is no address."),
        ('url = "https://pay.example:port/"', "provider.url: This is no address."),
        ('url = "https://pay.example.com/ v1"', "provider.url: This is no address."),
        ('url = "http://payments.example.com"', "provider.url: It must begin with https://"),
        ('url = "http://127.0.0.1.example.com"', "provider.url: It must begin with https://"),
        ('url = "ftp://127.0.0.1"', "provider.url: It must begin with https://"),
        ('url = "https://token:@pay.example.com"', "provider.url: No secret stands in an address"),
        ('url = "https://pay.example.com?key=1"', "provider.url: Only a host and a path"),
        ('url = "https://pay.example.com"\ntoken_file = "/nowhere/token"', "There is no file /nowhere/token"),
        ('url = "https://pay.example.com"\nca_file = "/nowhere/ca"', "There is no file /nowhere/ca"),
        ('url = "https://pay.example.com"\nat_once = 0', "provider.at_once"),
    ],
)
def test_a_provider_that_cannot_be_asked_safely_is_refused(tmp_path: Path, text: str, message: str) -> None:
    path = file_of(tmp_path, f"[provider]\n{text}\n")
    with pytest.raises(ConfigError) as error:
        load(path, {})
    assert str(error.value).startswith(f"{path}: provider.")
    assert message in str(error.value)


@pytest.mark.parametrize(
    "url", ["https://pay.example.com/v1", "http://127.0.0.1:8080", "http://[::1]:80/a", "http://localhost"]
)
def test_a_provider_that_can_be_asked_is_taken(tmp_path: Path, url: str) -> None:
    assert load(file_of(tmp_path, f'[provider]\nurl = "{url}"\n'), {}).provider.is_on
    assert not load(file_of(tmp_path, ""), {}).provider.is_on
