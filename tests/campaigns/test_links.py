"""Tracked links: made inside, followed by the public."""

from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from campaigns.actions import linking
from campaigns.models import LinkDay, TrackedLink
from mediaops.errors import UserError, WrongState
from tests.builders_campaigns import make_campaign, make_link

BROWSER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/128.0 Safari/537.36"


@pytest.fixture
def link(operator):
    return make_link(operator.workspace, by=operator, target="https://shop.example/tea?from=a&to=b#new")


def follow(link, agent=BROWSER, method="get"):
    return getattr(Client(headers={"User-Agent": agent}), method)(f"/l/{link.code}")


def clicks():
    return list(LinkDay.objects.values_list("clicks", flat=True))


def test_a_visitor_is_led_on_and_counted_once(link):
    answer = follow(link)
    assert (answer.status_code, answer["Location"]) == (302, "https://shop.example/tea?from=a&to=b#new")
    assert answer["Cache-Control"] == "no-store"
    assert clicks() == [1]
    follow(link)
    assert clicks() == [2]


@pytest.mark.parametrize("agent", ["Googlebot/2.1 (+http://www.google.com/bot.html)", "curl/8.5.0", ""])
def test_robots_are_led_on_but_not_counted(link, agent):
    assert follow(link, agent).status_code == 302
    assert clicks() == []


def test_a_look_at_the_head_is_no_click(link):
    assert follow(link, method="head").status_code == 302
    assert clicks() == []


def test_a_closed_link_says_so_and_keeps_its_clicks(client_of, link, operator):
    follow(link)
    client_of(operator).post(f"/w/lanxu/links/{link.pk}/close/")
    assert follow(link).status_code == 410
    assert clicks() == [1]


def test_a_link_is_closed_once(link, operator):
    linking.close_link(link, by=operator, now=timezone.now())
    with pytest.raises(WrongState):
        linking.close_link(link, by=operator, now=timezone.now())


def test_an_unknown_code_is_not_found(db):
    assert Client().get("/l/nothing").status_code == 404


def test_links_are_followed_only_by_reading(link):
    assert follow(link, method="post").status_code == 405


@pytest.mark.parametrize(
    "target", ["javascript:alert(1)", "data:text/html,x", "ftp://files.example/x", "//evil.example"]
)
def test_links_lead_only_to_web_addresses(client_of, operator, target):
    with pytest.raises(UserError, match="Use an http or https address"):
        make_link(operator.workspace, by=operator, target=target)
    form = {"name": "Bad", "target": target}
    if not target.startswith("//"):
        assert client_of(operator).post("/w/lanxu/links/new/", form).status_code == 422
    assert not TrackedLink.objects.exists()


def test_nothing_in_the_address_changes_where_a_link_leads(link):
    answer = Client(headers={"User-Agent": BROWSER}).get(f"/l/{link.code}?next=https://evil.example/&target=//evil")
    assert answer["Location"] == link.target


def test_days_are_those_of_the_workspaces_zone(link):
    linking.count_click(link, datetime(2026, 10, 20, 17, tzinfo=UTC))  # 01:00 on the 21st in Shanghai
    assert LinkDay.objects.get().day == date(2026, 10, 21)


def test_a_click_asks_little_of_the_database(link, django_assert_max_num_queries):
    follow(link)
    with django_assert_max_num_queries(2, connection=connection):
        follow(link)


def test_codes_are_easy_to_read_aloud(link):
    assert len(link.code) == 7
    assert not set(link.code) & set("01oil")


def test_an_operator_makes_a_link_of_a_campaign(client_of, operator):
    row = make_campaign(operator.workspace)
    client_of(operator).post(
        "/w/lanxu/links/new/", {"name": "Flyer", "target": "https://tea.example/", "campaign": row.pk}
    )
    assert TrackedLink.objects.get().campaign == row


def test_a_link_without_a_scheme_gets_the_safe_one(client_of, operator):
    client_of(operator).post("/w/lanxu/links/new/", {"name": "Flyer", "target": "tea.example/now"})
    assert TrackedLink.objects.get().target == "https://tea.example/now"


def test_editors_do_not_make_or_close_links(client_of, editor, link):
    form = {"name": "Flyer", "target": "https://tea.example/"}
    assert client_of(editor).post("/w/lanxu/links/new/", form).status_code == 403
    assert client_of(editor).post(f"/w/lanxu/links/{link.pk}/close/").status_code == 403


@pytest.mark.parametrize("path", ["", "code.svg", "close/"])
def test_a_link_of_another_team_does_not_exist(client_of, stranger, link, path):
    method = "post" if path == "close/" else "get"
    assert getattr(client_of(stranger), method)(f"/w/elsewhere/links/{link.pk}/{path}").status_code == 404


def test_the_printed_code_is_a_picture(client_of, viewer, link):
    answer = client_of(viewer).get(f"/w/lanxu/links/{link.pk}/code.svg")
    assert answer["Content-Type"] == "image/svg+xml" and answer.content.startswith(b"<?xml")
