"""The docs' pages that repeat the code are made from it."""

import re

import pytest
from docs import make_configuration, make_events

from oms_tui.cli.entry import COMMANDS
from oms_tui.verbs import VERBS
from tests.support import ROOT


def test_the_configuration_page_is_made_from_the_settings() -> None:
    made = make_configuration.page()
    assert make_configuration.PAGE.read_text(encoding="utf-8") == made, (
        "run python docs/make_configuration.py"
    )


def test_the_events_page_is_made_from_their_structs() -> None:
    made = make_events.page()
    assert make_events.PAGE.read_text(encoding="utf-8") == made, "run python docs/make_events.py"


def test_the_command_line_page_names_every_command_and_verb() -> None:
    text = (ROOT / "docs" / "command-line.md").read_text(encoding="utf-8")
    for name in COMMANDS:
        assert re.search(rf"`{name}\b|, `{name}`", text), name
    for verb in VERBS:
        assert f"`order {verb.command} ID" in text, verb.id


@pytest.mark.parametrize("page_file", sorted((ROOT / "docs").glob("*.md")), ids=lambda path: path.name)
def test_links_between_pages_lead_somewhere(page_file) -> None:
    for target in re.findall(r"\]\(([\w./-]+)\)", page_file.read_text(encoding="utf-8")):
        assert (page_file.parent / target).exists(), target


def test_links_of_the_readme_lead_somewhere() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([\w./-]+)\)", text):
        assert (ROOT / target).exists(), target
