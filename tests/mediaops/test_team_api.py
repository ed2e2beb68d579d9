"""The team over REST: inviting, roles, leaving, notices, settings of the workspace."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone
from rest_framework.test import APIClient

from mediaops.actions import team
from mediaops.models import Activity, Invitation, Membership, Notice, StoredAnswer
from tests import builders

API = "/api/v1"
INVITATIONS = f"{API}/members/invitations/"


def problem(answer, status, code):
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.content
    return answer.json()


def test_invited_person_joins_by_the_link(api_of, owner, client):
    made = api_of(owner).post(INVITATIONS, {"email": "New@Team.example", "role": "editor"}, "json")
    assert made.status_code == 201, made.content
    told = made.json()
    assert (told["email"], told["role"], told["mailed"]) == ("new@team.example", "editor", True)
    assert told["link"] in mail.outbox[0].body
    assert Activity.objects.get(verb="member.invited").by_token == "tests"
    path = told["link"].removeprefix("http://127.0.0.1:8000")
    given = {"name": "Nele", "password": "long-and-odd-enough-9"}
    assert client.post(path, given).status_code == 302
    assert Membership.objects.get(user__email="new@team.example").role == "editor"


def test_the_link_is_told_once_and_kept_nowhere(api_of, owner):
    api, given = api_of(owner), {"email": "new@team.example", "role": "viewer"}
    first = api.post(INVITATIONS, given, "json", HTTP_IDEMPOTENCY_KEY="i1").json()
    again = api.post(INVITATIONS, given, "json", HTTP_IDEMPOTENCY_KEY="i1")
    assert again.json() == first | {"link": None}
    assert first["link"] and Invitation.objects.count() == 1 and len(mail.outbox) == 1
    secret = first["link"].rstrip("/").rsplit("/", 1)[-1]
    assert secret not in str(StoredAnswer.objects.get().body)
    assert "link" not in api.get(f"{INVITATIONS}{first['id']}/").json()


def test_link_is_told_when_the_mail_server_is_away(api_of, owner, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    told = api_of(owner).post(INVITATIONS, {"email": "new@team.example", "role": "viewer"}, "json").json()
    assert told["mailed"] is False
    assert told["link"]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"email": "nobody", "role": "editor"}, "email"),
        ({"email": "a@b.example", "role": "king"}, "role"),
        ({"role": "editor"}, "email"),
    ],
)
def test_nobody_is_invited_by_nonsense(api_of, owner, given, field):
    assert field in problem(api_of(owner).post(INVITATIONS, given, "json"), 400, "invalid")["fields"]
    assert not Invitation.objects.exists()


def test_who_is_in_the_team_is_not_invited_again(api_of, owner, editor):
    said = api_of(owner).post(INVITATIONS, {"email": editor.user.email, "role": "viewer"}, "json")
    assert "already in this team" in said.json()["detail"]
    assert (said.status_code, Invitation.objects.count()) == (400, 0)


def test_open_invitations_are_listed_and_withdrawn(api_of, owner, viewer):
    now = timezone.now()
    row, secret = team.invite(owner.workspace, email="a@new.example", role="editor", by=owner, now=now)
    team.invite(owner.workspace, email="b@new.example", role="editor", by=owner, now=now - timedelta(days=8))
    listed = api_of(viewer).get(INVITATIONS, {"open": "true"}).json()["results"]
    assert [found["email"] for found in listed] == ["a@new.example"]
    over = api_of(viewer).get(INVITATIONS, {"open": "false"}).json()["results"]
    assert [found["email"] for found in over] == ["b@new.example"]
    api, at = api_of(owner), f"{INVITATIONS}{row.pk}/withdraw/"
    assert api.post(at).json()["withdrawn_at"]
    assert team.find_invitation(secret, now) is None
    problem(api.post(at), 409, "wrong_state")
    assert Activity.objects.filter(verb="invitation.withdrawn").count() == 1


def test_member_gets_another_role(api_of, owner, editor):
    said = api_of(owner).post(f"{API}/members/{editor.pk}/role/", {"role": "manager"}, "json")
    assert (said.status_code, said.json()["role"]) == (200, "manager")
    row = Activity.objects.get(verb="member.role_changed")
    assert (row.detail["was"], row.detail["now"], row.by_token) == ("editor", "manager", "tests")


def test_member_leaves_and_their_token_ends(api_of, owner, editor):
    theirs = api_of(editor)
    said = api_of(owner).post(f"{API}/members/{editor.pk}/remove/").json()
    assert said["left_at"] and said["is_active"] is False
    assert theirs.get(f"{API}/me/").status_code == 401
    assert api_of(owner).post(f"{API}/members/{editor.pk}/remove/").status_code == 404
    assert Activity.objects.get(verb="member.removed").subject_id == str(editor.pk)


def test_the_last_owner_stays_one(api_of, owner):
    api = api_of(owner)
    for verb, given in (("role", {"role": "viewer"}), ("remove", {})):
        said = api.post(f"{API}/members/{owner.pk}/{verb}/", given, "json")
        assert (said.status_code, "only owner" in said.json()["detail"]) == (400, True)
    owner.refresh_from_db()
    assert (owner.role, owner.left_at) == ("owner", None)


def test_only_who_may_run_the_team_changes_it(api_of, manager, owner, editor):
    row, _ = team.invite(owner.workspace, email="a@new.example", role="editor", by=owner, now=timezone.now())
    for api in (api_of(manager), api_of(owner, scopes=["see", "write"])):
        for path, given in (
            ("members/invitations/", {"email": "b@new.example", "role": "editor"}),
            (f"members/invitations/{row.pk}/withdraw/", {}),
            (f"members/{editor.pk}/role/", {"role": "owner"}),
            (f"members/{editor.pk}/remove/", {}),
        ):
            problem(api.post(f"{API}/{path}", given, "json"), 403, "not_allowed")
        problem(api.patch(f"{API}/workspace/", {"name": "Mine"}, "json"), 403, "not_allowed")


@pytest.fixture
def told(editor, manager):
    def tell(member, n):
        return Notice.objects.create(member=member, kind="task.given", key=f"n{n}", text=f"Thing {n}")

    return [tell(editor, 1), tell(editor, 2), tell(manager, 3)]


def test_member_reads_their_own_notices(api_of, editor, told):
    api = api_of(editor, scopes=["see"])
    listed = api.get(f"{API}/notices/").json()["results"]
    assert {row["text"] for row in listed} == {"Thing 1", "Thing 2"}
    assert api.post(f"{API}/notices/{told[0].pk}/read/").json()["read_at"]
    unread = api.get(f"{API}/notices/", {"unread": "true"}).json()["results"]
    assert [row["text"] for row in unread] == ["Thing 2"]
    assert api.post(f"{API}/notices/read/").json() == {"count": 1}
    assert api.post(f"{API}/notices/read/").json() == {"count": 0}
    assert list(Notice.objects.filter(read_at=None)) == [told[2]]


def test_notices_of_a_colleague_are_not_there(api_of, owner, told):
    api = api_of(owner)
    assert api.get(f"{API}/notices/").json()["results"] == []
    assert api.get(f"{API}/notices/{told[0].pk}/").status_code == 404
    assert api.post(f"{API}/notices/{told[0].pk}/read/").status_code == 404


def test_workspace_is_read_and_changed(api_of, owner, viewer):
    before = api_of(viewer).get(f"{API}/workspace/").json()
    assert (before["slug"], before["late_grace_min"]) == ("lanxu", 30)
    said = api_of(owner).patch(f"{API}/workspace/", {"late_grace_min": 5, "time_zone": "Europe/Berlin"}, "json")
    assert (said.json()["late_grace_min"], said.json()["time_zone"]) == (5, "Europe/Berlin")
    row = Activity.objects.get(verb="workspace.changed")
    assert row.detail["before"] == {"late_grace_min": 30, "time_zone": "Asia/Shanghai"}
    owner.workspace.refresh_from_db()
    assert owner.workspace.late_grace_min == 5


@pytest.mark.parametrize(
    "given", [{"time_zone": "Mars/Base"}, {"late_grace_min": -1}, {"language": "tlh"}, {"name": ""}, {"name": None}]
)
def test_workspace_takes_no_nonsense(api_of, owner, given):
    problem(api_of(owner).patch(f"{API}/workspace/", given, "json"), 400, "invalid")
    assert not Activity.objects.filter(verb="workspace.changed").exists()


def test_the_address_of_a_workspace_stays(api_of, owner):
    api_of(owner).patch(f"{API}/workspace/", {"slug": "other", "name": "Tea"}, "json")
    owner.workspace.refresh_from_db()
    assert (owner.workspace.slug, owner.workspace.name) == ("lanxu", "Tea")


def test_lists_ask_the_same_however_many_there_are(api_of, owner, django_assert_max_num_queries):
    for n in range(30):
        builders.make_member(owner.workspace)
        Notice.objects.create(member=owner, kind="x", key=f"n{n}", text="x")
        team.invite(owner.workspace, email=f"p{n}@new.example", role="viewer", by=owner, now=timezone.now())
    api = api_of(owner)
    for path in ("members/", "members/invitations/", "notices/"):
        with django_assert_max_num_queries(5):
            assert len(api.get(f"{API}/{path}").json()["results"]) >= 30
    assert APIClient().get(f"{API}/notices/").status_code == 401
