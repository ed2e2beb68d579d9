"""Before the door: passwords, languages, and pages that say what went wrong."""

import re

import pytest
from django.core import mail
from django.template.loader import render_to_string
from django.utils import translation

OLD, NEW = "slow fire and frost", "frost and slow fire"
SUBJECTS = {"en": "New password for Mediaops", "zh-hans": "Mediaops 新密码"}


@pytest.fixture
def user(owner):
    owner.user.set_password(OLD)
    owner.user.save()
    return owner.user


@pytest.fixture
def link(client, user):
    client.post("/password/forgotten/", {"email": user.email})
    return re.search(r"http://[^/]+(/\S+)", mail.outbox[0].body)[1]


@pytest.mark.parametrize("language", SUBJECTS)
def test_the_mail_speaks_the_persons_language_not_the_askers(client, user, language):
    user.language = language
    user.save()
    client.post("/password/forgotten/", {"email": user.email}, HTTP_ACCEPT_LANGUAGE="de")
    assert [letter.subject for letter in mail.outbox] == [SUBJECTS[language]]


def test_an_unknown_address_is_answered_alike_and_gets_nothing(client, user):
    known = client.post("/password/forgotten/", {"email": user.email})
    unknown = client.post("/password/forgotten/", {"email": "nobody@team.example"})
    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
    assert len(mail.outbox) == 1


def test_a_link_sets_the_password_once(client, user, link):
    form = client.get(link, follow=True).redirect_chain[-1][0]
    assert client.post(form, {"new_password1": NEW, "new_password2": NEW}).status_code == 302
    user.refresh_from_db()
    assert user.check_password(NEW)
    assert "no longer works" in client.get(link, HTTP_ACCEPT_LANGUAGE="en", follow=True).content.decode()


def test_a_short_password_is_refused_in_chinese_too(client, link):
    form = client.get(link, follow=True).redirect_chain[-1][0]
    answer = client.post(form, {"new_password1": "茶", "new_password2": "茶"}, HTTP_ACCEPT_LANGUAGE="zh-CN")
    assert "太短，至少要 10 个字符。" in answer.content.decode()


def test_a_missing_page_says_so_to_anybody(client, db):
    answer = client.get("/nothing-here/", HTTP_ACCEPT_LANGUAGE="en")
    assert answer.status_code == 404
    assert answer.headers["X-Request-Number"] in answer.content.decode()


def test_a_member_keeps_the_navigation_on_a_refused_page(client_of, viewer):
    answer = client_of(viewer).get("/w/lanxu/workspace/")
    assert answer.status_code == 403
    assert 'class="side-nav"' in answer.content.decode()


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_our_fault_is_told_without_the_database(language):
    """No `db` here: a query would fail this test."""
    with translation.override(language):
        html = render_to_string("errors/500.html", {"number": "7q2m0921", "LANGUAGE_CODE": language})
    assert "7q2m0921" in html
    assert ('lang="en"' in html) == (language == "en")
