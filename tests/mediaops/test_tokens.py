from datetime import timedelta

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone

from mediaops.actions import tokens
from mediaops.errors import NotAllowed, UserError
from mediaops.models import Activity, ApiToken
from tests import builders

NOW = timezone.now()


def test_token_is_shown_once_and_kept_as_a_hash(editor):
    row, token = tokens.make_token(editor, name="robot", by=editor, now=NOW)
    row.refresh_from_db()
    assert token.startswith("mo_")
    assert token not in str(row.__dict__)
    assert tokens.find_token(token, NOW) == row


def test_making_and_revoking_are_on_the_trail(editor):
    row, _ = tokens.make_token(editor, name="robot", by=editor, now=NOW)
    tokens.revoke_token(row, by=editor, now=NOW)
    assert list(Activity.objects.order_by("pk").values_list("verb", flat=True)) == ["token.made", "token.revoked"]


@pytest.mark.parametrize(
    "change",
    [{"revoked_at": NOW}, {"expires_at": NOW - timedelta(seconds=1)}],
    ids=["revoked", "expired"],
)
def test_dead_token_is_not_found(editor, change):
    row, token = tokens.make_token(editor, name="robot", by=editor, now=NOW)
    ApiToken.objects.filter(pk=row.pk).update(**change)
    assert tokens.find_token(token, NOW) is None


def test_token_dies_with_its_member(editor):
    _, token = tokens.make_token(editor, name="robot", by=editor, now=NOW)
    editor.left_at = NOW
    editor.save(update_fields=["left_at"])
    assert tokens.find_token(token, NOW) is None


def test_use_is_noted_once_a_minute(editor):
    row, token = tokens.make_token(editor, name="robot", by=editor, now=NOW)
    tokens.note_use(row, address="10.0.0.1", now=NOW)
    row = tokens.find_token(token, NOW)
    tokens.note_use(row, address="10.0.0.2", now=NOW + timedelta(seconds=59))
    row.refresh_from_db()
    assert (row.last_used_at, row.last_used_from) == (NOW, "10.0.0.1")
    tokens.note_use(row, address="10.0.0.2", now=NOW + timedelta(seconds=61))
    row.refresh_from_db()
    assert row.last_used_from == "10.0.0.2"


@pytest.mark.parametrize(
    "wrong",
    [{"scopes": ["fly"]}, {"name": " "}, {"expires_at": NOW - timedelta(days=1)}],
    ids=["scope", "name", "date"],
)
def test_wrong_wishes_are_refused_by_field(editor, wrong):
    with pytest.raises(UserError) as refused:
        tokens.make_token(editor, **({"name": "robot", "by": editor, "now": NOW} | wrong))
    assert list(refused.value.fields) == list(wrong)


def test_only_its_member_or_an_administrator_revokes_a_token(editor, manager, owner):
    row, _ = tokens.make_token(editor, name="robot", by=editor, now=NOW)
    with pytest.raises(NotAllowed):
        tokens.revoke_token(row, by=manager, now=NOW)
    assert tokens.revoke_token(row, by=owner, now=NOW).revoked_at == NOW


def test_command_prints_a_token_that_works(editor, capsys):
    call_command("token", editor.user.email, scope=["see,write"], expires="2099-01-31")
    row = tokens.find_token(capsys.readouterr().out.strip(), NOW)
    assert row.member == editor
    assert row.scopes == ["see", "write"]
    assert row.expires_at.year == 2099


def test_command_asks_which_workspace(editor, other_workspace):
    builders.Membership.objects.create(workspace=other_workspace, user=editor.user, role="viewer")
    with pytest.raises(CommandError, match="elsewhere, lanxu"):
        call_command("token", editor.user.email)
    call_command("token", editor.user.email, workspace="lanxu")


@pytest.mark.parametrize("options", [{"scope": ["fly"]}, {"expires": "soon"}, {"expires": "2001-01-01"}])
def test_command_says_what_is_wrong(editor, options):
    with pytest.raises(CommandError):
        call_command("token", editor.user.email, **options)
