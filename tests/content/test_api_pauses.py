"""Pausing and lifting over REST."""

import pytest

from content.models import Publication
from tests.builders import make_account, make_item, make_publication, make_variant

PAUSES, LIFT = "/api/v1/pauses/", "/api/v1/pauses/lift/"


@pytest.fixture
def account(workspace):
    return make_account(workspace, name="Tea notes")


@pytest.fixture
def planned(account, workspace):
    return make_publication(make_variant(make_item(workspace), account))


@pytest.mark.parametrize("whole", [True, False])
def test_a_client_pauses_sees_what_is_held_and_lifts(planned, account, operator, api_of, whole):
    client, what = api_of(operator), {"account": None if whole else account.pk}
    told = client.post(PAUSES, what, format="json").json()
    assert [row["id"] for row in told["held"]] == [planned.pk]
    assert (bool(told["workspace_paused_at"]), told["accounts"]) == (whole, [] if whole else [account.pk])
    again = client.post(PAUSES, what, format="json")
    assert (again.status_code, again.json()["code"]) == (409, "wrong_state")
    told = client.post(LIFT, what, format="json").json()
    assert (told["workspace_paused_at"], told["accounts"], told["held"]) == (None, [], [])
    assert Publication.objects.get().state == "planned"


def test_pausing_needs_the_right_to_publish_and_an_own_account(account, editor, operator, stranger, api_of):
    assert api_of(editor).post(PAUSES, {"account": None}, format="json").status_code == 403
    assert api_of(stranger).post(PAUSES, {"account": account.pk}, format="json").status_code in (400, 403)
    assert api_of(operator).post(PAUSES, {}, format="json").status_code == 400
    account.refresh_from_db()
    assert account.paused_at is None
