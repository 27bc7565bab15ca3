"""The help: topics by task, those of the own role first, and named as the pages name things."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.test import Client

from congvu.help_page import TOPICS
from tests.test_layers import ORDER

ROOT = Path(__file__).resolve().parent.parent.parent
FILES = {path.stem: path for path in (ROOT / "templates/help").glob("*.html")}

pytestmark = pytest.mark.django_db


def anchors(client: Client) -> list[str]:
    page = client.get("/help/").content.decode()
    return re.findall(r'<section class="story-part help-topic" id="([^"]+)"', page)


def test_topics_of_the_own_role_come_first_and_none_is_missing(
    staff: Client, inspector: Client, reporter: Client, leader: Client, admin: Client
) -> None:
    every = {topic.key for topic in TOPICS}
    for client in (staff, inspector, reporter, leader, admin):
        assert set(anchors(client)) == every
    assert anchors(reporter)[:4] == ["tien-do", "bang-chung", "so-lieu", "nhac-viec"]
    assert anchors(admin)[:3] == ["don-vi", "tai-khoan", "nhac-viec"]
    assert anchors(leader)[:3] == ["theo-doi", "tong-hop", "nhac-viec"]
    assert "ke-hoach-nam" not in anchors(inspector)[:7]
    assert anchors(inspector)[0] == "chong-cheo"
    assert anchors(staff)[0] == "ke-hoach-nam"


def test_each_topic_is_a_file_and_its_links_lead_to_topics() -> None:
    assert FILES.keys() == {topic.key for topic in TOPICS}
    for path in FILES.values():
        text = path.read_text(encoding="utf-8")
        assert "<b>Ai làm:</b>" in text, path.name
        assert set(re.findall(r'href="#([^"]+)"', text)) <= FILES.keys(), path.name


def test_everybody_finds_the_help_in_the_frame(reporter: Client) -> None:
    page = reporter.get("/").content.decode()
    assert page.count('href="/help/"') == 3  # both navigations, and the person's menu


# What a person may type.
EXAMPLES = {"45 kh ubnd", "dai tu"}


def test_buttons_are_called_as_they_are_called() -> None:
    """What stands in “…” is a whole button or heading of a page, not a part of one."""
    texts = [path for path in (ROOT / "templates").rglob("*.html") if path.parent.name != "help"]
    texts += [path for app in ORDER for path in (ROOT / app).rglob("*.py")]
    shown = "\n".join(path.read_text(encoding="utf-8") for path in texts)
    quoted = {
        name
        for path in FILES.values()
        for name in re.findall("“([^”]+)”", path.read_text(encoding="utf-8"))
    }
    missing = {
        name
        for name in quoted - EXAMPLES
        if not re.search(rf'[>"}}]{re.escape(name)}[<":{{]', shown)
    }
    assert missing == set()
