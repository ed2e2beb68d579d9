"""Workspaces and people: invitations, roles, leaving."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone, translation

from mediaops.actions import team
from mediaops.errors import UserError, WrongState
from mediaops.models import Activity, Invitation, Membership, User, Workspace
from tests.builders import make_item, make_member

MEMBERS = "/w/lanxu/members/"
HAND = {"hand_reminder_min": "15", "hand_escalation_min": "60"}
JOIN = {"name": "Wen Li", "password": "seven grey herons"}


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def now():
    return timezone.now()


def invite(owner, now, email="wen@tea.example", role="editor"):
    row, token = team.invite(owner.workspace, email=email, role=role, by=owner, now=now)
    return row, f"/join/{token}/"


def test_an_invitation_goes_out_by_mail_and_stands_on_the_page(client_of, owner, mailoutbox):
    answer = client_of(owner).post(f"{MEMBERS}invite/", {"email": "Wen@Tea.example", "role": "analyst"})
    link = re.search(r"/join/[\w-]+/", mailoutbox[0].body)[0]
    assert link in answer.content.decode()
    assert mailoutbox[0].to == ["wen@tea.example"]
    assert Client().get(link).status_code == 200
    assert Invitation.objects.get().token_hash not in link


def test_the_invitation_speaks_the_teams_language(owner, now, mailoutbox):
    Workspace.objects.update(language="zh-hans")
    owner.refresh_from_db()
    row, link = invite(owner, now)
    team.mail_invitation(row, link)
    assert "邀请你" in mailoutbox[0].subject


def test_a_dead_mail_server_leaves_the_link_to_pass_on(client_of, owner, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    answer = client_of(owner).post(f"{MEMBERS}invite/", {"email": "wen@tea.example", "role": "editor"})
    assert b"could not be sent" in answer.content and b"/join/" in answer.content


def test_a_second_invitation_makes_the_first_useless(client, owner, now):
    _row, first = invite(owner, now)
    _row, second = invite(owner, now, role="viewer")
    assert client.get(first).status_code == 404
    assert client.get(second).status_code == 200


def test_who_is_in_the_team_is_not_invited(owner, editor, now):
    with pytest.raises(UserError, match="already in this team"):
        invite(owner, now, email=editor.user.email.upper())


def test_a_wrong_address_is_told_at_its_field(client_of, owner):
    answer = client_of(owner).post(f"{MEMBERS}invite/", {"email": "wen", "role": "king"})
    assert answer.status_code == 422 and not Invitation.objects.exists()


def test_an_invitation_is_withdrawn_once(owner, now):
    row, _link = invite(owner, now)
    team.withdraw(row, by=owner, now=now)
    with pytest.raises(WrongState):
        team.withdraw(row, by=owner, now=now)
    assert Activity.objects.filter(verb="invitation.withdrawn").count() == 1


def test_somebody_new_joins_with_name_and_password(owner, now):
    _row, link = invite(owner, now, role="operator")
    visitor = Client()
    assert visitor.post(link, JOIN)["Location"] == "/w/lanxu/"
    assert visitor.get("/w/lanxu/").status_code == 200
    member = Membership.objects.get(user__email="wen@tea.example")
    assert (member.name, member.role) == ("Wen Li", "operator")
    assert member.user.check_password(JOIN["password"])
    assert Client().post(link, JOIN).status_code == 404


def test_a_weak_password_joins_nobody(client, owner, now):
    _row, link = invite(owner, now)
    assert client.post(link, JOIN | {"password": "1234"}).status_code == 422
    assert not User.objects.filter(email="wen@tea.example").exists()


def test_somebody_with_an_account_signs_in_first_and_then_joins(client, client_of, stranger, owner, now):
    _row, link = invite(owner, now, email=stranger.user.email)
    assert f"/sign-in/?next={link}" in client.get(link).content.decode()
    assert client_of(stranger).post(link)["Location"] == "/w/lanxu/"
    assert stranger.user.memberships.count() == 2


def test_who_left_comes_back_to_the_same_row(client_of, owner, editor, now):
    team.remove(editor, by=owner, now=now)
    _row, link = invite(owner, now, email=editor.user.email, role="analyst")
    client_of(editor).post(link)
    editor.refresh_from_db()
    assert (editor.role, editor.left_at) == ("analyst", None)


def test_the_inviter_cannot_lose_their_role_to_their_own_link(client_of, owner, now):
    row, link = invite(owner, now, role="viewer")
    assert client_of(owner).post(link).status_code == 400
    owner.refresh_from_db()
    row.refresh_from_db()
    assert (owner.role, row.accepted_at) == ("owner", None)


@pytest.mark.parametrize("wrong", ["old", "withdrawn"])
def test_a_dead_link_says_so(client, owner, now, wrong):
    row, link = invite(owner, now - timedelta(days=8) if wrong == "old" else now)
    if wrong == "withdrawn":
        team.withdraw(row, by=owner, now=now)
    assert client.get(link).status_code == client.post(link, JOIN).status_code == 404


def test_a_link_that_is_used_twice_at_once_lets_one_in(owner, stranger, now):
    row, _link = invite(owner, now)
    other = make_member(stranger.workspace).user
    team.accept(row, stranger.user, now)
    with pytest.raises(UserError, match="used already"):
        team.accept(row, other, now)
    assert not owner.workspace.memberships.filter(user=other).exists()


def test_a_new_role_counts_at_once(client_of, owner, editor):
    client_of(owner).post(f"{MEMBERS}{editor.pk}/role/", {"role": "viewer"})
    assert client_of(editor).get("/w/lanxu/items/new/").status_code == 403
    assert Activity.objects.get(verb="member.role_changed").detail == {"was": "editor", "now": "viewer"}


@pytest.mark.parametrize(("path", "form"), [("role/", {"role": "editor"}), ("remove/", {})])
def test_the_last_owner_stays(client_of, owner, path, form):
    answer = client_of(owner).post(f"{MEMBERS}{owner.pk}/{path}", form)
    owner.refresh_from_db()
    assert answer.status_code == 400 and b"is the only owner" in answer.content
    assert (owner.role, owner.left_at) == ("owner", None)


def test_an_owner_may_go_when_another_stays(client_of, owner):
    make_member(owner.workspace, role="owner")
    assert client_of(owner).post(f"{MEMBERS}{owner.pk}/remove/")["Location"] == "/"
    assert client_of(owner).get("/w/lanxu/").status_code == 404


def test_who_leaves_keeps_their_name_on_what_they_wrote(client_of, api_of, owner, editor):
    item, api = make_item(owner.workspace, owner=editor), api_of(editor)
    client_of(owner).post(f"{MEMBERS}{editor.pk}/remove/")
    item.refresh_from_db()
    assert item.owner == editor
    assert client_of(owner).get(item.get_absolute_url()).status_code == 200
    assert client_of(editor).get("/w/lanxu/").status_code == 404
    assert api.get("/api/v1/items/").status_code == 401


DEEDS = ["invite/", "{pk}/role/", "{pk}/remove/", "invitations/{invitation}/withdraw/"]


@pytest.mark.parametrize("path", DEEDS)
def test_only_owners_look_after_the_team(client_of, owner, manager, editor, now, path):
    row, _link = invite(owner, now)
    address = MEMBERS + path.format(pk=editor.pk, invitation=row.pk)
    assert client_of(manager).post(address, {"role": "viewer"}).status_code == 403


@pytest.mark.parametrize("path", DEEDS[1:])
def test_members_of_another_team_do_not_exist(client_of, owner, stranger, editor, now, path):
    row, _link = invite(owner, now)
    address = "/w/elsewhere/members/" + path.format(pk=editor.pk, invitation=row.pk)
    assert client_of(stranger).post(address, {"role": "viewer"}).status_code == 404


def test_the_list_asks_the_same_of_the_database_however_long(client_of, owner, now, django_assert_max_num_queries):
    for n in range(12):
        make_member(owner.workspace)
        invite(owner, now, email=f"guest{n}@tea.example")
    client = client_of(owner)
    with django_assert_max_num_queries(12):
        assert client.get(MEMBERS).status_code == 200


def test_a_change_of_the_workspace_keeps_what_was_there(client_of, owner):
    form = {"name": "Lanxu", "language": "en", "time_zone": "Europe/Paris", "late_grace_min": "10"} | HAND
    client_of(owner).post("/w/lanxu/workspace/", form)
    owner.workspace.refresh_from_db()
    assert (owner.workspace.name, owner.workspace.late_grace_min) == ("Lanxu", 10)
    before = Activity.objects.get(verb="workspace.changed").detail["before"]
    assert before == {"name": "Lanxu Tea", "time_zone": "Asia/Shanghai", "late_grace_min": 30}


def test_an_unknown_zone_changes_nothing(client_of, owner):
    form = {"name": "Lanxu", "language": "en", "time_zone": "Mars/Olympus", "late_grace_min": "10"} | HAND
    assert client_of(owner).post("/w/lanxu/workspace/", form).status_code == 422
    assert Workspace.objects.get(slug="lanxu").name == "Lanxu Tea"


def test_a_new_workspace_belongs_to_its_maker(client_of, owner):
    form = {"name": "Winter", "slug": "winter", "language": "en", "time_zone": "Asia/Shanghai"}
    assert client_of(owner).post("/w/lanxu/workspace/new/", form)["Location"] == "/w/winter/"
    assert Membership.objects.get(workspace__slug="winter").role == "owner"
    assert client_of(owner).post("/w/lanxu/workspace/new/", form).status_code == 422


@pytest.mark.parametrize("path", ["workspace/", "workspace/new/"])
def test_managers_do_not_change_workspaces(client_of, manager, path):
    assert client_of(manager).get(f"/w/lanxu/{path}").status_code == 403
