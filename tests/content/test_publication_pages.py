from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from content.forms.publications import MomentForm
from content.models import Publication
from platforms.models import Account
from tests.builders_publishing import fresh, make_connected, make_ready, publish
from tests.platforms.scripted import scripted  # noqa: F401

pytestmark = pytest.mark.usefixtures("scripted")


@pytest.fixture
def account(workspace):
    return make_connected(workspace, name="Tea notes")


def now():
    return timezone.now()


def ready(account, **fields):
    return make_ready(account, **{"due_at": now() - timedelta(seconds=5)} | fields)


def made(account, scripted, *steps, **fields):  # noqa: F811
    scripted.will(*steps)
    return publish(ready(account, **fields), now())


def post(client, row, name, **fields):
    return client.post(reverse(f"content:publication-{name}", args=["lanxu", row.pk]), fields)


def page(client, row):
    return client.get(row.get_absolute_url()).content.decode()


def local(moment):
    from zoneinfo import ZoneInfo

    return moment.astimezone(ZoneInfo("Asia/Shanghai")).strftime("%Y-%m-%dT%H:%M")


def test_a_planned_one_shows_what_will_be_sent_and_what_is_wrong(account, operator, client_of):
    row = ready(account, due_at=now() + timedelta(hours=2))
    html = page(client_of(operator), row)
    assert "What will be sent, word for word" in html
    assert "Words." in html
    type(row.variant.item).objects.update(body="Other.")
    assert "The text changed after approval." in page(client_of(operator), row)


def test_a_live_one_shows_what_was_sent_and_links_to_the_post(account, operator, client_of, scripted):  # noqa: F811
    row = made(account, scripted, "live")
    html = page(client_of(operator), row)
    assert row.post.url in html
    assert "Attempts" in html and "First flush" in html


def test_an_unsure_one_asks_with_two_equal_answers(account, operator, client_of, scripted):  # noqa: F811
    row = made(account, scripted, "unknown_lost")
    html = page(client_of(operator), row)
    assert "Is it live or not?" in html
    assert html.count('class="answer"') == 2
    assert html.count("btn-primary") == 0 or "Open Scripted" in html


def test_an_answer_with_a_link_settles_it(account, operator, client_of, scripted):  # noqa: F811
    row = made(account, scripted, "unknown_lost")
    client = client_of(operator)
    assert post(client, row, "confirm", url="not a link").status_code == 422
    assert "with https://" in post(client, row, "confirm", url="not a link").content.decode()
    assert post(client, row, "confirm", url="https://out.example/tea").status_code == 302
    assert fresh(row).post.url == "https://out.example/tea"


def test_a_link_of_another_publication_is_refused_on_the_page(account, operator, client_of, scripted):  # noqa: F811
    other = made(account, scripted, "live")
    row = made(account, scripted, "unknown_lost")
    answer = post(client_of(operator), row, "confirm", url=other.post.url)
    assert answer.status_code == 422
    assert "another publication" in answer.content.decode()


def test_not_live_plans_it_again_and_a_past_time_is_refused(account, operator, client_of, scripted):  # noqa: F811
    row = made(account, scripted, "unknown_lost")
    client = client_of(operator)
    past = post(client, row, "not-live", due_at=local(now() - timedelta(hours=1)))
    assert past.status_code == 422
    assert "That time has passed" in past.content.decode()
    due_at = now() + timedelta(hours=1)
    assert post(client, row, "not-live", due_at=local(due_at)).status_code == 302
    assert fresh(row).state == "planned"
    assert abs(fresh(row).due_at - due_at) < timedelta(minutes=1)


def test_a_failed_one_says_why_and_goes_again(account, operator, client_of, scripted):  # noqa: F811
    row = made(account, scripted, "refused")
    client = client_of(operator)
    assert "The platform does not want this." in page(client, row)
    assert post(client, row, "retry").status_code == 302
    assert fresh(row).state == "planned"


def test_what_stops_sending_now_is_said(account, operator, client_of, scripted):  # noqa: F811
    row = made(account, scripted, "refused")
    type(row.variant.item).objects.update(body="Other.")
    answer = post(client_of(operator), row, "retry")
    assert answer.status_code == 400
    assert "The text changed after approval" in answer.content.decode()


def test_looking_again_finds_it(account, operator, client_of, scripted):  # noqa: F811
    row = made(account, scripted, "unknown_live")
    assert post(client_of(operator), row, "look").status_code == 302
    assert fresh(row).state == "live"


def test_a_late_one_offers_its_three_ways(account, operator, client_of):
    row = publish(ready(account, due_at=now() - timedelta(hours=2)), now())
    html = page(client_of(operator), row)
    for words in ("Send it now", "A new time", "Drop it"):
        assert words in html
    assert post(client_of(operator), row, "drop").status_code == 302
    assert fresh(row).state == "cancelled"


@pytest.mark.parametrize("name", ["confirm", "not-live", "retry", "send-now", "reschedule", "cancel", "drop", "look"])
def test_only_who_may_publish_decides(account, editor, stranger, client_of, name, scripted):  # noqa: F811
    row = made(account, scripted, "unknown_lost")
    assert post(client_of(editor), row, name).status_code == 403
    assert post(client_of(stranger), row, name).status_code == 404
    assert fresh(row).state == "unsure"


def test_everybody_in_the_team_sees_it_and_nobody_else(account, viewer, stranger, client_of):
    row = ready(account)
    assert client_of(viewer).get(row.get_absolute_url()).status_code == 200
    assert client_of(stranger).get(row.get_absolute_url()).status_code == 404


def test_htmx_gets_the_part(account, viewer, client_of):
    row = ready(account)
    answer = client_of(viewer).get(row.get_absolute_url(), headers={"HX-Request": "true"}).content.decode()
    assert answer.lstrip().startswith('<div id="publication"')


@pytest.mark.parametrize("step", ["live", "unknown_lost", "refused"])
def test_the_page_asks_the_database_little(
    step, account, operator, client_of, django_assert_max_num_queries, request
):
    row = made(account, request.getfixturevalue("scripted"), step)
    client = client_of(operator)
    page(client, row)
    with django_assert_max_num_queries(30):
        page(client, row)


def waiting(client):
    return client.get(reverse("content:waiting", args=["lanxu"])).content.decode()


def test_pausing_everything_is_one_click_and_lists_what_waits(account, operator, client_of):
    row = ready(account, due_at=now() + timedelta(hours=1), title="Later")
    client = client_of(operator)
    assert client.post(reverse("content:pause", args=["lanxu"])).status_code == 302
    html = waiting(client)
    assert "Publishing is paused in this workspace." in html
    assert "Later" in html and row.get_absolute_url() in html


def test_lifting_a_pause_releases_what_was_chosen(account, operator, client_of):
    client = client_of(operator)
    client.post(reverse("content:pause-account", args=["lanxu", account.pk]))
    left, chosen = (ready(account, due_at=now() - timedelta(hours=2)) for _ in range(2))
    assert waiting(client).count('name="release"') == 2
    fields = {"resume": "1", "release": [chosen.pk]}
    assert client.post(reverse("content:pause-account", args=["lanxu", account.pk]), fields).status_code == 302
    assert Account.objects.get().paused_at is None
    assert (fresh(left).shown_state, fresh(chosen).shown_state) == ("late", "planned")


def test_late_ones_are_released_or_dropped_from_the_list(account, operator, client_of):
    client = client_of(operator)
    go, stay = (publish(ready(account, due_at=now() - timedelta(hours=2)), now()) for _ in range(2))
    client.post(reverse("content:waiting-release", args=["lanxu"]), {"release": [go.pk]})
    client.post(reverse("content:waiting-release", args=["lanxu"]), {"release": [stay.pk], "drop": "1"})
    assert (fresh(go).shown_state, fresh(stay).state) == ("planned", "cancelled")


def test_another_teams_rows_cannot_be_released(account, operator, other_workspace, client_of):
    foreign = publish(ready(make_connected(other_workspace), due_at=now() - timedelta(hours=2)), now())
    answer = client_of(operator).post(reverse("content:waiting-release", args=["lanxu"]), {"release": [foreign.pk]})
    assert (answer.status_code, fresh(foreign).shown_state) == (400, "late")


def test_only_who_may_publish_pauses(account, editor, stranger, client_of):
    account_url = reverse("content:pause-account", args=["lanxu", account.pk])
    for url in (reverse("content:pause", args=["lanxu"]), account_url):
        assert client_of(editor).post(url).status_code == 403
        assert client_of(stranger).post(url).status_code == 404


def test_the_list_asks_the_database_the_same_for_many(account, operator, client_of, django_assert_max_num_queries):
    client = client_of(operator)
    client.post(reverse("content:pause-account", args=["lanxu", account.pk]))
    for _ in range(12):
        ready(account)
    Publication.objects.filter(pk__in=Publication.objects.values("pk")[:6]).update(late_at=now())
    waiting(client)
    with django_assert_max_num_queries(15):
        waiting(client)


def test_a_post_says_which_publication_it_was(account, viewer, client_of, scripted):  # noqa: F811
    row = made(account, scripted, "live")
    html = client_of(viewer).get(reverse("content:post-source", args=["lanxu", row.post_id])).content.decode()
    assert row.get_absolute_url() in html


def test_the_settings_offer_the_pause(operator, viewer, client_of):
    url = reverse("content:pause-box", args=["lanxu"])
    assert reverse("content:pause", args=["lanxu"]) in client_of(operator).get(url).content.decode()
    assert client_of(viewer).get(url).status_code == 403


def test_a_minute_that_the_clocks_skip_is_refused_in_words():
    with timezone.override("Europe/Berlin"), translation.override("en"):
        form = MomentForm({"due_at": "2027-03-28T02:30"})
        assert not form.is_valid()
        assert "there is no 02:30" in form.errors["due_at"][0]


def test_of_a_minute_that_comes_twice_the_first_is_meant():
    with timezone.override("Europe/Berlin"):
        form = MomentForm({"due_at": "2026-10-25T02:30"})
        assert form.is_valid()
        assert form.cleaned_data["due_at"].utcoffset() == timedelta(hours=2)


def test_a_moment_is_read_in_the_members_zone():
    with timezone.override("Asia/Shanghai"):
        form = MomentForm({"due_at": "2026-10-25T12:00"})
        assert form.is_valid()
        assert form.cleaned_data["due_at"].isoformat() == "2026-10-25T12:00:00+08:00"
