"""What belongs to a person: profile, tokens, look; and the language they read."""

import pytest

from mediaops.models import ApiToken, User
from tests.builders import make_item

PROFILE = "/w/lanxu/profile/"
FORM = {"name": "Xu Yan", "language": "en", "time_zone": "Europe/Lisbon", "theme": "dark", "wants_email": "on"}


def test_a_person_changes_their_own_profile(client_of, viewer):
    assert client_of(viewer).post(PROFILE, FORM).status_code == 302
    user = User.objects.get(pk=viewer.user_id)
    assert (user.name, user.time_zone, user.theme, user.wants_email) == ("Xu Yan", "Europe/Lisbon", "dark", True)


def test_a_wrong_zone_changes_nothing(client_of, viewer):
    assert client_of(viewer).post(PROFILE, FORM | {"time_zone": "Moon/Sea"}).status_code == 422
    assert User.objects.get(pk=viewer.user_id).name == "Viewer"


def test_a_token_is_shown_once(client_of, editor):
    client = client_of(editor)
    form = {"name": "Laptop", "scopes": ["see", "write"], "days": "30"}
    page = client.post(f"{PROFILE}tokens/", form).content.decode()
    row = ApiToken.objects.get()
    assert (row.name, row.scopes) == ("Laptop", ["see", "write"])
    assert (row.expires_at - row.made_at).days == 30
    assert row.prefix in page and row.token_hash not in page
    assert page.count("mo_") > client.get(PROFILE).content.decode().count("mo_")


def test_a_token_cannot_do_more_than_its_member(client_of, viewer):
    answer = client_of(viewer).post(f"{PROFILE}tokens/", {"name": "Greedy", "scopes": ["see", "admin"], "days": "30"})
    assert answer.status_code == 422 and not ApiToken.objects.exists()


def test_a_member_revokes_only_their_own_tokens(client_of, api_of, editor, manager, owner, stranger):
    row = api_of(editor).token_row
    assert client_of(manager).post(f"{PROFILE}tokens/{row.pk}/revoke/").status_code == 404
    assert client_of(stranger).post(f"/w/elsewhere/profile/tokens/{row.pk}/revoke/").status_code == 404
    row.refresh_from_db()
    assert row.revoked_at is None
    client_of(owner).post(f"{PROFILE}tokens/{row.pk}/revoke/")
    row.refresh_from_db()
    assert row.revoked_at


def test_owners_see_every_token_and_others_their_own(client_of, api_of, editor, owner):
    api_of(editor)
    assert client_of(owner).get(PROFILE).context["tokens"].count() == 1
    assert client_of(editor).get(PROFILE).context["tokens"].count() == 1
    api_of(owner)
    assert client_of(editor).get(PROFILE).context["tokens"].count() == 1


@pytest.mark.parametrize(("form", "kept"), [({"theme": "dark"}, "dark"), ({"theme": "pink"}, "auto")])
def test_the_look_is_chosen_from_the_menu(client_of, viewer, form, kept):
    client_of(viewer).post("/look/", form)
    assert User.objects.get(pk=viewer.user_id).theme == kept


def test_who_has_no_language_reads_the_workspaces(client_of, viewer):
    User.objects.update(language="")
    assert "Today" in client_of(viewer).get("/w/lanxu/").content.decode()
    type(viewer.workspace).objects.update(language="zh-hans")
    page = client_of(viewer).get("/w/lanxu/").content.decode()
    assert "今日" in page and 'lang="zh' in page


def test_the_own_language_wins_over_the_workspaces(client_of, viewer):
    User.objects.update(language="zh-hans")
    assert "今日" in client_of(viewer).get("/w/lanxu/").content.decode()


def test_a_person_without_a_language_reads_each_team_in_its_own(client_of, viewer, other_workspace):
    type(viewer).objects.create(workspace=other_workspace, user=viewer.user, role="viewer")
    type(other_workspace).objects.filter(pk=other_workspace.pk).update(language="zh-hans")
    User.objects.update(language="")
    client = client_of(viewer)
    assert "今日" in client.get("/w/elsewhere/").content.decode()
    assert "Today" in client.get("/w/lanxu/").content.decode()


def test_times_follow_the_person_then_the_workspace(client_of, editor):
    from datetime import UTC, datetime

    item = make_item(editor.workspace)
    type(item).objects.update(changed_at=datetime(2026, 3, 1, 4, 30, tzinfo=UTC))

    def shown():
        return client_of(editor).get(item.get_absolute_url()).content.decode()

    assert "12:30" in shown()
    User.objects.update(time_zone="Europe/Lisbon")
    assert "04:30" in shown()
    User.objects.update(time_zone="")
    type(editor.workspace).objects.update(time_zone="America/New_York")
    assert "23:30" in shown()
