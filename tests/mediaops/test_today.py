"""The front door and a person's own queue."""

import re

import pytest

from mediaops.models import Role
from tests.builders import make_member


def test_home_leads_to_the_workspace_of_the_last_visit(client_of, editor, other_workspace):
    type(editor).objects.create(workspace=other_workspace, user=editor.user, role=Role.VIEWER)
    client = client_of(editor)
    assert client.get("/")["Location"] == "/w/lanxu/"
    client.get("/w/elsewhere/")
    assert client.get("/")["Location"] == "/w/elsewhere/"


def test_a_person_without_a_team_is_told_so(client_of, editor):
    type(editor).objects.update(left_at="2026-01-01T00:00Z")
    answer = client_of(editor).get("/")
    assert answer.status_code == 200 and "/w/" not in answer.content.decode()


def test_strangers_to_the_product_sign_in_first_and_come_back(client, workspace):
    assert client.get("/w/lanxu/items/")["Location"] == "/sign-in/?next=/w/lanxu/items/"


@pytest.mark.parametrize("role", Role.values)
def test_every_part_of_today_opens_for_every_role(client_of, workspace, role):
    client = client_of(make_member(workspace, role=role))
    page = client.get("/w/lanxu/").content.decode()
    parts = re.findall(r'hx-get="([^"]+)"', page)
    assert len(parts) >= 6
    for part in parts:
        answer = client.get(part, headers={"HX-Request": "true"})
        assert answer.status_code == 200, part
        assert "<html" not in answer.content.decode(), part


def test_today_itself_asks_little_of_the_database(client_of, editor, django_assert_max_num_queries):
    client = client_of(editor)
    client.get("/w/lanxu/")
    with django_assert_max_num_queries(9):
        client.get("/w/lanxu/")
