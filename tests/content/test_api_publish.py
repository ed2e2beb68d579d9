"""Publishing over REST: the one call, its dry run, and what becomes of publications."""

from datetime import timedelta

import pytest
from django.utils import timezone

from content.models import ContentItem, Publication, Variant
from mediaops.models import Activity, Notice
from tests.builders import make_account, make_item, make_publication, make_variant
from tests.builders_assets import make_asset, open_platforms, shown
from tests.builders_publishing import approve, make_connected, make_ready

API = "/api/v1"


@pytest.fixture(autouse=True)
def _platforms(monkeypatch):
    open_platforms(monkeypatch)


@pytest.fixture
def paper(workspace):
    return make_account(workspace, platform="paper", name="Paper")


@pytest.fixture
def chirp(workspace):
    return make_account(workspace, platform="chirp", name="Chirp")


def asked(*accounts, **fields):
    tomorrow = (timezone.now() + timedelta(days=1)).isoformat()
    given = {"title": "Tea", "body": "Words.", "accounts": [account.pk for account in accounts], "approve": True}
    return given | {"scheduled_at": tomorrow} | fields


def problem(answer, status, code):
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.content
    return answer.json()


def nothing_was_made():
    made = [ContentItem, Variant, Publication, Notice]
    return (
        not any(model.objects.exists() for model in made) and not Activity.objects.exclude(verb="token.made").exists()
    )


def test_one_call_writes_approves_and_plans(api_of, manager, paper, chirp):
    first, second = make_asset(manager.workspace), make_asset(manager.workspace)
    given = asked(paper, chirp, body=f"Words.\n\n{shown(first)}", media=[first.pk, second.pk], tags=["tea"])
    made = api_of(manager).post(f"{API}/publish/", given, "json")
    assert made.status_code == 201, made.content
    told = made.json()
    assert told["item"]["state"] == "approved"
    assert told["item"]["body"] == f"Words.\n\n{shown(first)}\n\n{shown(second)}"
    assert [row["account"] for row in told["variants"]] == [paper.pk, chirp.pk]
    assert [row["state"] for row in told["publications"]] == ["planned", "planned"]
    assert not [row for row in told["problems"] if row["level"] == "stop"]
    assert Publication.objects.get(pk=told["publications"][0]["id"]).made_by == manager


def test_null_is_now(api_of, manager, paper):
    made = api_of(manager).post(f"{API}/publish/", asked(paper, scheduled_at=None), "json")
    assert made.status_code == 201, made.content
    row = Publication.objects.get()
    assert abs(row.due_at - timezone.now()) < timedelta(minutes=1)


def test_same_key_publishes_once(api_of, manager, paper):
    api, given = api_of(manager), asked(paper)
    answers = [api.post(f"{API}/publish/", given, "json", HTTP_IDEMPOTENCY_KEY="k1") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [201, 201, 201]
    assert answers[0].json() == answers[2].json()
    assert answers[1]["Idempotent-Replayed"] == "true"
    assert (ContentItem.objects.count(), Publication.objects.count()) == (1, 1)
    other = api.post(f"{API}/publish/", given | {"title": "Other"}, "json", HTTP_IDEMPOTENCY_KEY="k1")
    problem(other, 409, "idempotency_mismatch")


def test_without_the_right_to_approve_it_is_planned_and_sent_to_review(api_of, operator, manager, paper):
    made = api_of(operator).post(f"{API}/publish/", asked(paper), "json").json()
    assert made["item"]["state"] == "in_review"
    assert [(row["code"], row["level"], row["account"]) for row in made["problems"]] == [
        ("in_review", "stop", paper.pk)
    ]
    assert Notice.objects.filter(member=manager, kind="review.asked").exists()
    api_of(manager).post(f"{API}/items/{made['item']['id']}/approve/")
    assert api_of(manager).get(f"{API}/publications/{made['publications'][0]['id']}/").json()["problems"] == []


def test_a_token_without_the_scope_does_not_approve(api_of, manager, paper):
    api = api_of(manager, scopes=["see", "write", "publish"])
    assert api.post(f"{API}/publish/", asked(paper), "json").json()["item"]["state"] == "in_review"


def test_not_approved_for_now_makes_nothing(api_of, manager, paper):
    said = api_of(manager).post(f"{API}/publish/", asked(paper, approve=False, scheduled_at=None), "json")
    assert "approve" in problem(said, 400, "cannot_plan")["fields"]
    assert nothing_was_made()


def test_one_wrong_account_keeps_all_from_being_made(api_of, manager, paper, chirp):
    gone = make_account(manager.workspace, platform="paper", name="Gone", state="gone")
    given = asked(paper, gone, body="A much longer text than thirty letters.")
    said = problem(api_of(manager).post(f"{API}/publish/", given, "json"), 400, "cannot_plan")
    assert [(row["account"], row["code"]) for row in said["problems"]] == [(gone.pk, "account_gone")]
    assert list(said["fields"]) == ["accounts"]
    assert nothing_was_made()
    given = asked(paper, chirp, body="A much longer text than thirty letters.", scheduled_at=None)
    said = problem(api_of(manager).post(f"{API}/publish/", given, "json"), 400, "cannot_plan")
    assert [row["account"] for row in said["problems"]] == [chirp.pk]
    assert nothing_was_made()


@pytest.mark.parametrize(
    ("when", "code"),
    [
        ("2020-01-01T09:00:00Z", "cannot_plan"),
        ("2027-03-28T02:30:00", "invalid"),
        ("tomorrow", "invalid"),
        ("9999-12-31T23:59:59Z", "invalid"),
        ("0001-01-01T00:00:00+14:00", "invalid"),
        (5, "invalid"),
    ],
)
def test_moments_that_are_none_are_refused(api_of, manager, paper, when, code):
    said = problem(api_of(manager).post(f"{API}/publish/", asked(paper, scheduled_at=when), "json"), 400, code)
    assert "scheduled_at" in said["fields"], said
    assert nothing_was_made()


def test_moment_has_to_be_said(api_of, manager, paper):
    given = asked(paper)
    del given["scheduled_at"]
    assert "scheduled_at" in problem(api_of(manager).post(f"{API}/publish/", given, "json"), 400, "invalid")["fields"]


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"accounts": []}, "accounts"),
        ({"accounts": [999_999]}, "accounts"),
        ({"media": [999_999]}, "media"),
        ({"title": " ", "body": ""}, "title"),
        ({"campaign": "x"}, "campaign"),
    ],
)
def test_wrong_input_is_named(api_of, manager, paper, fields, name):
    said = problem(api_of(manager).post(f"{API}/publish/", asked(paper, **fields), "json"), 400, "invalid")
    assert name in said["fields"]
    assert nothing_was_made()


def test_only_who_may_write_and_publish_publishes(api_of, editor, manager, paper, stranger):
    problem(api_of(editor).post(f"{API}/publish/", asked(paper), "json"), 403, "not_allowed")
    api = api_of(manager, scopes=["see", "publish", "approve"])
    problem(api.post(f"{API}/publish/", asked(paper), "json"), 403, "not_allowed")
    said = api_of(stranger).post(f"{API}/publish/", asked(paper), "json")
    assert "accounts" in problem(said, 400, "invalid")["fields"]
    assert nothing_was_made()


def test_sentences_speak_the_language_that_is_asked_for(api_of, manager, paper):
    given = asked(paper, scheduled_at="2020-01-01T09:00:00Z")
    said = api_of(manager).post(f"{API}/publish/", given, "json", HTTP_ACCEPT_LANGUAGE="zh-hans")
    assert not said.json()["detail"].isascii()


def test_dry_run_tells_what_would_be_sent_and_saves_nothing(api_of, manager, paper, chirp):
    asset = make_asset(manager.workspace)
    given = asked(paper, chirp, body="Forty letters are too many for a chirp.", media=[asset.pk])
    tried = api_of(manager).post(f"{API}/publications/validate/", given, "json")
    assert tried.status_code == 200, tried.content
    told = tried.json()
    first, second = told["accounts"]
    assert (told["accepted"], told["ready"], first["ready"], second["ready"]) == (True, False, True, False)
    assert first["outgoing"]["title"] == "Tea"
    assert "<p>Forty letters" in first["outgoing"]["html"]
    assert [image["alt"] for image in first["outgoing"]["images"]] == ["A tea field"]
    assert [row["field"] for row in second["problems"]] == ["body"]
    assert nothing_was_made()


def test_dry_run_says_what_the_real_call_would(api_of, manager, paper):
    gone = make_account(manager.workspace, platform="paper", state="gone")
    api = api_of(manager)
    for given in (
        asked(paper),
        asked(paper, gone),
        asked(paper, scheduled_at=None),
        asked(paper, scheduled_at=None, approve=False),
        asked(paper, approve=False),
        asked(paper, scheduled_at="2020-01-01T09:00:00Z"),
    ):
        tried = api.post(f"{API}/publications/validate/", given, "json").json()
        assert nothing_was_made()
        real = api.post(f"{API}/publish/", given, "json")
        assert tried["accepted"] == (real.status_code == 201), given
        Publication.objects.all().delete()
        ContentItem.objects.all().delete()
        Notice.objects.all().delete()
        Activity.objects.all().delete()


def test_dry_run_of_a_variant(api_of, viewer, paper, other_workspace):
    row = make_variant(make_item(viewer.workspace, title="Tea"), paper)
    api = api_of(viewer)
    told = api.post(f"{API}/publications/validate/", {"variant": row.pk}, "json").json()
    assert (told["accepted"], told["ready"]) == (True, False)
    assert [each["code"] for each in told["accounts"][0]["problems"]] == ["not_approved"]
    theirs = make_variant(make_item(other_workspace), make_account(other_workspace, platform="paper"))
    said = api.post(f"{API}/publications/validate/", {"variant": theirs.pk}, "json")
    assert "variant" in problem(said, 400, "invalid")["fields"]


@pytest.fixture
def account(scripted, workspace):
    return make_connected(workspace)


def soon(**time):
    return timezone.now() + timedelta(**time)


def test_variant_is_planned_moved_and_cancelled(api_of, operator, account):
    item = make_item(operator.workspace)
    row = make_variant(item, account)
    approve(item)
    api = api_of(operator)
    made = api.post(f"{API}/publications/", {"variant": row.pk, "due_at": soon(days=1).isoformat()}, "json")
    assert (made.status_code, made.json()["state"], made.json()["problems"]) == (201, "planned", []), made.content
    at = f"{API}/publications/{made.json()['id']}"
    moved = api.post(f"{at}/reschedule/", {"due_at": "2027-01-31T09:00:00+08:00"}, "json").json()
    assert moved["due_at"] == "2027-01-31T01:00:00Z"
    past = problem(api.post(f"{at}/reschedule/", {"due_at": "2020-01-31T09:00:00Z"}, "json"), 400, "cannot_plan")
    assert (past["problems"][0]["code"], list(past["fields"])) == ("past", ["due_at"])
    assert api.post(f"{at}/cancel/").json()["state"] == "cancelled"
    problem(api.post(f"{at}/cancel/"), 409, "wrong_state")


def test_planned_one_is_sent_now_only_when_ready(api_of, operator, account):
    ready = make_ready(account, due_at=soon(days=2))
    unready = make_publication(make_variant(make_item(operator.workspace), account), due_at=soon(days=2))
    api = api_of(operator)
    sent = api.post(f"{API}/publications/{ready.pk}/send-now/").json()
    assert sent["due_at"] < soon(minutes=1).isoformat()
    said = problem(api.post(f"{API}/publications/{unready.pk}/send-now/"), 400, "cannot_plan")
    assert [row["code"] for row in said["problems"]] == ["not_approved"]


def test_failed_one_is_retried(api_of, operator, account):
    row = make_ready(account, state="failed", problem="No.")
    api = api_of(operator)
    told = api.post(f"{API}/publications/{row.pk}/retry/").json()
    assert (told["state"], told["problem"]) == ("planned", "")


def test_doubt_is_settled_by_a_person(api_of, operator, account):
    rows = [make_ready(account, state="unsure", title=f"Tea {n}") for n in range(3)]
    api = api_of(operator)
    at = [f"{API}/publications/{row.pk}" for row in rows]
    problem(api.post(f"{at[0]}/retry/"), 409, "wrong_state")
    assert "url" in problem(api.post(f"{at[0]}/confirm/", {"url": "x"}, "json"), 400, "invalid")["fields"]
    live = api.post(f"{at[0]}/confirm/", {"url": "https://out.example/tea"}, "json").json()
    assert (live["state"], live["post_url"]) == ("live", "https://out.example/tea")
    assert api.post(f"{at[1]}/not-live/").json()["state"] == "planned"
    assert api.post(f"{at[2]}/cancel/").json()["state"] == "cancelled"
    problem(api.post(f"{at[1]}/not-live/"), 409, "wrong_state")


def test_attempts_tell_what_was_sent(api_of, viewer, account):
    row = make_ready(account, state="failed")
    row.attempts.create(number=1, started_at=timezone.now(), sent={"title": "Tea"}, outcome="refused", problem="No.")
    (told,) = api_of(viewer).get(f"{API}/publications/{row.pk}/").json()["attempts"]
    assert (told["outcome"], told["sent"], told["problem"]) == ("refused", {"title": "Tea"}, "No.")


def test_publications_are_narrowed(api_of, viewer, account, paper):
    first = make_ready(account, due_at=soon(days=1))
    second = make_publication(make_variant(first.variant.item, paper), due_at=soon(days=3), state="failed")
    api = api_of(viewer)

    def found(**query):
        return [row["id"] for row in api.get(f"{API}/publications/", query).json()["results"]]

    assert found() == [second.pk, first.pk]
    assert found(account=account.pk) == found(state="planned") == found(until=soon(days=2).isoformat()) == [first.pk]
    assert found(since=soon(days=2).isoformat()) == found(waiting="true") == [second.pk]
    assert found(item=first.variant.item_id, ordering="due_at") == [first.pk, second.pk]


def test_list_asks_the_database_a_fixed_number_of_times(api_of, viewer, account, django_assert_max_num_queries):
    for n in range(12):
        make_ready(account, due_at=soon(days=n))
    api = api_of(viewer)
    api.get(f"{API}/publications/")
    with django_assert_max_num_queries(4):
        assert len(api.get(f"{API}/publications/").json()["results"]) == 12


def test_who_may_not_publish_moves_nothing(api_of, editor, stranger, account):
    row = make_ready(account, due_at=soon(days=1))
    for verb in ("cancel", "send-now", "retry", "not-live", "confirm", "reschedule", "look"):
        problem(api_of(editor).post(f"{API}/publications/{row.pk}/{verb}/", {}, "json"), 403, "not_allowed")
        problem(api_of(stranger).post(f"{API}/publications/{row.pk}/{verb}/", {}, "json"), 404, "not_found")
    row.refresh_from_db()
    assert row.state == "planned"
