"""Why something did not work is read in the reader's language, whatever the workspace's is."""

import re

import pytest
from django.utils import translation

from content.actions import reconciling, telling
from content.models import Publication
from mediaops.lib.said import in_every_language, nsaid, said
from mediaops.models import Notice
from platforms.actions import health
from platforms.connectors import CONNECTORS
from platforms.connectors.errors import NothingSent
from tests.builders_publishing import NOW, fresh, later, make_connected, make_ready, publish
from tests.content.test_bad_platforms import answer, answering
from tests.platforms.loopback import LoopbackConnector

CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture
def refused(workspace, operator, settings, monkeypatch):
    """A publication that a platform refused, in a workspace that speaks Chinese."""
    settings.ALLOW_LOCAL_SERVERS = True
    monkeypatch.setitem(CONNECTORS, "loopback", LoopbackConnector)
    type(workspace).objects.update(language="zh-hans")
    workspace.language = "zh-hans"
    with answering(answer(422)) as address:
        account = make_connected(workspace, "loopback", server=address)
        return publish(make_ready(account, made_by=operator))


def test_a_sentence_is_kept_with_its_words_in_both_languages():
    with translation.override("zh-hans"):
        made = said("%(platform)s refused the request (error %(status)s).") % {"platform": "Blog", "status": 422}
        told = in_every_language(made, 600)
        assert CHINESE.search(made)
    assert told["en"] == "Blog refused the request (error 422)."
    assert told["zh-hans"] == str(made)


def test_a_sentence_within_a_sentence_is_said_anew_too():
    with translation.override("zh-hans"):
        inner = NothingSent(said("%(platform)s did not answer in time.") % {"platform": "Blog"})
        whole = said("%(problem)s We tried %(count)s times; nothing was sent.") % {"problem": inner, "count": 6}
    told = in_every_language(whole, 600)
    assert told["en"] == "Blog did not answer in time. We tried 6 times; nothing was sent."
    assert not re.search(r"[a-z]{5}", told["zh-hans"])


def test_a_number_chooses_its_form():
    one, many = (
        "Only %(count)s minute from the %(time)s post. Leave at least %(limit)s.",
        ("Only %(count)s minutes from the %(time)s post. Leave at least %(limit)s."),
    )
    with translation.override("zh-hans"):
        told = [nsaid(one, many, n) % {"count": n, "time": "9:00", "limit": 5} for n in (1, 2)]
    assert [in_every_language(row, 600)["en"][:14] for row in told] == ["Only 1 minute ", "Only 2 minutes"]


def test_what_nobody_can_translate_stays_as_it_is():
    assert in_every_language("422 no", 600) == {}
    assert in_every_language(None, 600) == {}


def test_the_page_says_it_in_the_readers_language(refused, viewer, client_of):
    assert CHINESE.search(refused.problem)
    page = client_of(viewer).get(refused.get_absolute_url()).content.decode()
    assert "refused the request (error 422)" in page
    assert refused.problem not in page
    viewer.user.language = "zh-hans"
    viewer.user.save(update_fields=["language"])
    page = client_of(viewer).get(refused.get_absolute_url()).content.decode()
    assert refused.problem in page and "refused the request" not in page


def test_notices_hold_the_reason_in_each_members_language(refused, operator, owner):
    owner.user.language = "zh-hans"
    owner.user.save(update_fields=["language"])
    Publication.objects.filter(pk=refused.pk).update(made_by=None)
    telling.tell_troubles(later(minutes=1))
    told = {row.member: row.text for row in Notice.objects.filter(kind="publication.failed")}
    assert "refused the request (error 422)" in told[operator] and not CHINESE.search(told[operator])
    assert CHINESE.search(told[owner]) and "refused" not in told[owner]


def test_rest_says_it_in_the_language_that_is_asked_for(refused, api_of, viewer):
    at, said_in = f"/api/v1/publications/{refused.pk}/", {}
    for language in ("en", "zh-hans"):
        told = api_of(viewer).get(at, HTTP_ACCEPT_LANGUAGE=language).json()
        said_in[language] = (told["problem"], told["attempts"][0]["problem"])
    assert all("refused the request" in text for text in said_in["en"])
    assert all(text == refused.problem for text in said_in["zh-hans"])


def test_an_older_reason_does_not_speak_for_a_newer_one(refused):
    """Whoever writes only the sentence is not contradicted by what was kept before."""
    Publication.objects.filter(pk=refused.pk).update(problem="Other words.")
    with translation.override("en"):
        assert fresh(refused).problem_text == "Other words."
    Publication.objects.filter(pk=refused.pk).update(problem="")
    assert fresh(refused).problem_text == ""


def test_an_account_says_why_in_the_readers_language(refused):
    account = refused.variant.account
    with translation.override("zh-hans"):
        sentence = said("%(platform)s did not answer in time.") % {"platform": "Blog"}
        health.note_failure(account, NothingSent(sentence), NOW)
    account.refresh_from_db()
    with translation.override("en"):
        assert account.problem_text == "Blog did not answer in time."
    with translation.override("zh-hans"):
        assert account.problem_text == account.problem and CHINESE.search(account.problem)


def test_a_look_that_failed_says_why_in_the_readers_language(workspace, settings, monkeypatch, client_of, viewer):
    settings.ALLOW_LOCAL_SERVERS = True
    monkeypatch.setitem(CONNECTORS, "loopback", LoopbackConnector)
    type(workspace).objects.update(language="zh-hans")
    with answering(answer(500)) as address:  # has no GET: 501
        row = publish(make_ready(make_connected(workspace, "loopback", server=address)))
        assert row.state == "unsure"
        reconciling.look_up(row.pk, later(seconds=10))
    page = client_of(viewer).get(row.get_absolute_url()).content.decode()
    looks = page[page.index("We looked for you") :]
    assert "The platform could not be asked" in looks and "has trouble at the moment" in looks
