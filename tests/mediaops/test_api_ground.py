"""The API's ground, shown on an address every workspace has."""

import json
from datetime import timedelta

import pytest
from django.urls import path
from django.utils import timezone
from rest_framework.response import Response
from rest_framework.test import APIClient

from mediaops.actions import activity
from mediaops.api.base import TeamView
from mediaops.errors import UserError, WrongState
from mediaops.models import Activity, ApiToken, Right, StoredAnswer
from mediaops.urls import urlpatterns as product

ME, TRAIL, MEMBERS = "/api/v1/me/", "/api/v1/activity/", "/api/v1/members/"


class Bell(TeamView):
    """Rings once per request; what it does on wishes shows how errors look."""

    rights = {"post": Right.WRITE}

    def get(self, request):
        raise RuntimeError("a bug")

    def post(self, request):
        wish = request.data.get("wish")
        if wish == "state":
            raise WrongState("It rings already.")
        if wish == "fields":
            raise UserError("No.", fields={"wish": ["Not this."]})
        if wish == "bug":
            raise RuntimeError("a bug")
        row = activity.record(by=self.member, verb="bell.rang", subject=self.member)
        return Response({"rang": row.pk}, 201)


urlpatterns = [path("api/v1/bell/", Bell.as_view()), *product]
handler404 = "mediaops.views.errors.not_found"
BELL = "/api/v1/bell/"
bell = pytest.mark.urls(__name__)


def is_problem(answer, status, code):
    body = json.loads(answer.content)
    assert (answer.status_code, body["status"], body["code"]) == (status, status, code), body
    assert answer["Content-Type"] == "application/problem+json"
    assert body["detail"]
    assert set(body) == {"type", "title", "status", "code", "detail", "fields"}
    return body


def test_token_says_who_it_acts_for(api_of, operator):
    said = api_of(operator, scopes=["see", "publish", "admin"]).get(ME).json()
    assert said["member"]["role"] == "operator"
    assert said["workspace"]["slug"] == "lanxu"
    assert said["scopes"] == ["publish", "see"]


def test_without_a_token_the_api_asks_for_one(db):
    answer = APIClient().get(ME)
    is_problem(answer, 401, "not_authenticated")
    assert answer["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("header", ["Bearer mo_wrong", "Bearer", "Basic abc", "Bearer a b", "Bearer \xff"])
def test_wrong_token_is_refused(db, header):
    assert APIClient(HTTP_AUTHORIZATION=header).get(ME).status_code == 401


def test_revoked_token_is_refused_at_once(api_of, editor):
    client = api_of(editor)
    ApiToken.objects.update(revoked_at=timezone.now())
    is_problem(client.get(ME), 401, "bad_token")


def test_token_shows_when_and_from_where_it_was_used(api_of, editor):
    api_of(editor).get(ME, REMOTE_ADDR="10.9.8.7")
    assert ApiToken.objects.get().last_used_from == "10.9.8.7"


def test_address_a_visitor_claims_counts_only_behind_our_proxy(api_of, editor, settings):
    claims = {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "6.6.6.6, 10.9.8.7"}
    api_of(editor).get(ME, **claims)
    settings.BEHIND_PROXY = True
    api_of(editor).get(ME, **claims)
    assert list(ApiToken.objects.order_by("pk").values_list("last_used_from", flat=True)) == ["127.0.0.1", "10.9.8.7"]


@bell
def test_scope_narrows_the_role(api_of, editor):
    is_problem(api_of(editor, scopes=["see"]).post(BELL, {}, format="json"), 403, "not_allowed")


@bell
def test_role_narrows_the_scope(api_of, viewer):
    is_problem(api_of(viewer, scopes=["write"]).post(BELL, {}, format="json"), 403, "not_allowed")


@bell
def test_trail_names_the_token(api_of, editor):
    api_of(editor).post(BELL, {}, format="json")
    row = Activity.objects.get(verb="bell.rang")
    assert (row.member, row.by_token) == (editor, "tests")


@bell
@pytest.mark.parametrize(("wish", "status", "code"), [("state", 409, "wrong_state"), ("fields", 400, "invalid")])
def test_user_error_is_a_problem(api_of, editor, wish, status, code):
    body = is_problem(api_of(editor).post(BELL, {"wish": wish}, format="json"), status, code)
    assert body["fields"] == ({"wish": ["Not this."]} if wish == "fields" else {})


@bell
def test_our_bug_is_a_problem_without_its_words(api_of, editor):
    client = api_of(editor)
    client.raise_request_exception = False
    body = is_problem(client.get(BELL), 500, "error")
    assert "a bug" not in body["detail"]


@bell
def test_broken_json_is_a_problem(api_of, editor):
    is_problem(api_of(editor).post(BELL, "{", content_type="application/json"), 400, "parse_error")


@bell
def test_unknown_kind_of_body_is_a_problem(api_of, editor):
    is_problem(api_of(editor).post(BELL, "x", content_type="text/plain"), 415, "unsupported_media_type")


def test_wrong_verb_is_405_for_everybody(api_of, viewer):
    is_problem(api_of(viewer).delete(TRAIL), 405, "method_not_allowed")
    is_problem(api_of(viewer).post(ME), 405, "method_not_allowed")


def test_unknown_address_is_a_problem(api_of, viewer):
    assert "slash" in is_problem(api_of(viewer).get("/api/v1/members"), 404, "not_found")["detail"]
    is_problem(APIClient().get("/api/v1/nothing/"), 404, "not_found")


def test_row_of_another_workspace_does_not_exist(api_of, viewer, stranger):
    is_problem(api_of(viewer).get(f"{MEMBERS}{stranger.pk}/"), 404, "not_found")
    assert api_of(viewer).get(f"{MEMBERS}{viewer.pk}/").status_code == 200


def test_wrong_filter_is_a_problem_by_field(api_of, viewer):
    assert "since" in is_problem(api_of(viewer).get(TRAIL, {"since": "soon"}), 400, "invalid")["fields"]


def test_filter_does_not_know_rows_of_others(api_of, viewer, stranger):
    is_problem(api_of(viewer).get(TRAIL, {"member": stranger.pk}), 400, "invalid")


def test_too_many_requests_say_when_to_come_back(api_of, viewer, monkeypatch):
    from mediaops.api.throttle import TokenThrottle

    monkeypatch.setattr(TokenThrottle, "THROTTLE_RATES", {"token": "2/min"})
    client = api_of(viewer)
    assert [client.get(ME).status_code for _ in range(2)] == [200, 200]
    answer = client.get(ME)
    is_problem(answer, 429, "throttled")
    assert 1 <= int(answer["Retry-After"]) <= 60
    assert api_of(viewer).get(ME).status_code == 200


def test_sentences_are_in_the_language_that_is_asked_for(api_of, viewer):
    client = api_of(viewer)
    english = client.get(f"{MEMBERS}999999/", HTTP_ACCEPT_LANGUAGE="en").json()["detail"]
    chinese = client.get(f"{MEMBERS}999999/", HTTP_ACCEPT_LANGUAGE="zh-CN").json()["detail"]
    assert english.isascii()
    assert not chinese.isascii()


def test_lists_come_in_pages_with_cursors(api_of, owner):
    for number in range(5):
        activity.record(by=owner, verb="bell.rang", subject=owner, number=number)
    client = api_of(owner)
    first = client.get(TRAIL, {"page_size": 2, "verb": "bell.rang"}).json()
    second = client.get(first["next"]).json()
    assert [row["detail"]["number"] for row in first["results"] + second["results"]] == [4, 3, 2, 1]
    assert client.get(second["previous"]).json()["results"] == first["results"]


def test_order_is_chosen_among_the_named_fields(api_of, owner):
    for number in range(3):
        activity.record(by=owner, verb="bell.rang", subject=owner, number=number)
    rows = api_of(owner).get(TRAIL, {"ordering": "at", "verb": "bell.rang"}).json()["results"]
    assert [row["detail"]["number"] for row in rows] == [0, 1, 2]
    assert api_of(owner).get(TRAIL, {"ordering": "member__user__password"}).status_code == 200


@bell
def test_same_key_same_answer_and_the_work_once(api_of, editor):
    client = api_of(editor)
    first, again = (client.post(BELL, {"a": 1}, format="json", HTTP_IDEMPOTENCY_KEY="k1") for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert again["Idempotent-Replayed"] == "true"
    assert Activity.objects.filter(verb="bell.rang").count() == 1


@bell
def test_same_key_other_body_is_a_mismatch(api_of, editor):
    client = api_of(editor)
    client.post(BELL, {"a": 1}, format="json", HTTP_IDEMPOTENCY_KEY="k1")
    answer = client.post(BELL, {"a": 2}, format="json", HTTP_IDEMPOTENCY_KEY="k1")
    is_problem(answer, 409, "idempotency_mismatch")


@bell
def test_keys_of_two_tokens_do_not_meet(api_of, editor, manager):
    for member in (editor, manager):
        assert api_of(member).post(BELL, {}, format="json", HTTP_IDEMPOTENCY_KEY="k1").status_code == 201
    assert Activity.objects.filter(verb="bell.rang").count() == 2


@bell
def test_first_request_still_at_work_is_a_conflict(api_of, editor):
    client = api_of(editor)
    client.post(BELL, {}, format="json", HTTP_IDEMPOTENCY_KEY="k1")
    StoredAnswer.objects.update(status=None)
    answer = client.post(BELL, {}, format="json", HTTP_IDEMPOTENCY_KEY="k1")
    is_problem(answer, 409, "idempotency_running")
    assert answer["Retry-After"] == "1"
    StoredAnswer.objects.update(made_at=timezone.now() - timedelta(minutes=3))
    assert client.post(BELL, {}, format="json", HTTP_IDEMPOTENCY_KEY="k1").status_code == 201


@bell
def test_key_of_a_failed_request_is_free_again(api_of, editor):
    client = api_of(editor)
    client.raise_request_exception = False
    for wish in ("state", "fields", "bug"):
        client.post(BELL, {"wish": wish}, format="json", HTTP_IDEMPOTENCY_KEY="k1")
    assert client.post(BELL, {}, format="json", HTTP_IDEMPOTENCY_KEY="k1").status_code == 201


def test_old_answers_are_swept(api_of, editor):
    from mediaops.actions.tokens import sweep_answers

    row = api_of(editor).token_row
    now = timezone.now()
    for hours in (23, 25):
        StoredAnswer.objects.create(token=row, key=str(hours), asked="", made_at=now - timedelta(hours=hours))
    assert sweep_answers(now) == 1
    assert StoredAnswer.objects.get().key == "23"


def test_schema_describes_token_key_and_problems(db, client):
    schema = client.get("/api/v1/schema/", {"format": "json"}).json()
    assert schema["components"]["securitySchemes"]["token"] == {"type": "http", "scheme": "bearer"}
    assert "Problem" in schema["components"]["schemas"]
    assert "/api/v1/activity/" in schema["paths"]


def test_docs_page_loads_without_scripts_from_elsewhere(page):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/api/v1/docs/")
    page.locator("#operations-tag-activity").click()
    operation = page.locator("#operations-activity-activity_list")
    operation.get_by_role("button").first.click()
    operation.get_by_text("Try it out").wait_for()
    assert all("127.0.0.1" in url or url.startswith(("data:", "blob:")) for url in asked), asked
