"""Every door is guarded: for every team page and every API route, whoever adds one.

The rows of another workspace all have the same id, which no row of ours has: whatever kind of row an
address means by its numbers, it exists, and it is not ours.
"""

import re

import pytest
from django.urls import URLPattern, get_resolver
from rest_framework.test import APIClient

from mediaops.models import Right
from tests.builders_all import one_of_everything

THEIRS = 900_001

OPEN = {
    # signing in and out, and what belongs to a person rather than a workspace
    "home", "sign-in", "sign-out", "set_language", "look", "invitation",
    "password_change", "password_change_done", "password_reset", "password_reset_done",
    "password_reset_confirm", "password_reset_complete",
    # where platforms send people back after a sign-in: a member whose own session holds the state
    "connect-back",
    # machines that look after us
    "healthz", "readyz", "favicon",
    # what the public sees: the team's website and its tracked links
    "website", "follow-link",
    # what a signed link opens: the kit of one post to make by hand
    "kit", "kit-posted", "kit-cannot", "kit-file",
    # what platforms call, proven by their signatures
    "hooks",
    # papers about the API, and its answer to unknown addresses
    "api-schema", "api-docs", "api-nothing",
}  # fmt: skip
"""Addresses outside the door of a workspace, by name or by namespace."""

WORDS = {"platform": "site", "kind": "pillar", "token": "x", "code": "x", "day": "2026-01-05"}
"""Parts of addresses that are words rather than a row's id."""


def addresses(patterns, prefix="", names=()):
    for entry in patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield route, ":".join([*names, entry.name or ""]), entry
        else:
            yield from addresses(entry.url_patterns, route, names + ((entry.namespace,) if entry.namespace else ()))


ALL = list(addresses(get_resolver("mediaops.urls").url_patterns))
TEAM = [(route, name, entry) for route, name, entry in ALL if route.startswith("w/<slug:workspace>/")]
API = [(route, name, entry) for route, name, entry in ALL if route.startswith("api/v1/")]
ROUTES = [(route, name, entry) for route, name, entry in API if hasattr(entry.callback, "cls") and name not in OPEN]


def parts_of(route):
    """The names of a route's variable parts, with how they are spelled: `<int:pk>`, `(?P<pk>…)`."""
    return re.findall(r"(<(?:(\w+):)?(\w+)>|\(\?P<(\w+)>[^)]*\))", route)


def filled(route, *, workspace, number):
    """The route as an address: ids are `number`, words are what WORDS says."""
    for spelled, kind, name, regex_name in parts_of(route):
        name = name or regex_name
        if name == "workspace":
            value = workspace
        elif name in WORDS:
            value = WORDS[name]
        elif kind in {"int", ""} or regex_name:
            value = str(number)
        else:
            raise AssertionError(f"{route}: say in WORDS what {name} may be")
        route = route.replace(spelled, value)
    return "/" + re.sub(r"[\^$\\]|\?$", "", route)


def with_row(entries):
    return [(route, name) for route, name, _ in entries if re.search(r"<int:|\?P<(?!format)", route)]


def without_row(entries):
    return [(route, name) for route, name, _ in entries if not re.search(r"<int:|\?P<", route)]


@pytest.fixture
def theirs(other_workspace):
    """One of everything, in a workspace that is not ours."""
    return one_of_everything(other_workspace, pk=THEIRS)


def test_every_team_page_says_which_right_it_needs():
    wrong = [name for _, name, entry in TEAM if not isinstance(getattr(entry.callback, "needs", None), Right)]
    assert not wrong, wrong


def test_every_address_outside_a_workspace_is_open_by_name():
    known = {id(entry) for _, _, entry in TEAM + ROUTES}
    wrong = [
        f"{route} ({name})"
        for route, name, entry in ALL
        if id(entry) not in known and not ({name, name.partition(":")[0]} & OPEN)
    ]
    assert not wrong, "\n".join(wrong)


def test_every_api_route_asks_for_a_token(db):
    client = APIClient()
    for route, name, entry in ROUTES:
        address = filled(route, workspace="", number=1)
        assert client.get(address).status_code in {401, 405}, name
        assert client.post(address).status_code in {401, 405}, name
        assert "HasRight" in [permission.__name__ for permission in entry.callback.cls.permission_classes], name


def test_no_api_route_is_changed_with_the_right_to_see_only(api_of, owner):
    """Whatever changes something needs more than SEE, and a token that may only see is refused."""
    client = api_of(owner, scopes=["see"])
    own = {
        "api-report-subscribe", "api-me", "api-publication-validate", "api-notice-read", "api-notice-read-all",
        "api-brand-try",  # reads a text, keeps nothing
        "api-task-detail", "api-task-move",  # one's own task; of others' tasks its own tests speak
    }  # fmt: skip
    for route, name, _ in ROUTES:
        if name in own:
            continue
        address = filled(route, workspace="", number=1)
        for verb in ("post", "put", "patch", "delete"):
            status = getattr(client, verb)(address, {}, format="json").status_code
            assert status in {403, 405}, f"{verb} {address} answers {status}"


def test_visitors_are_asked_to_sign_in(client, workspace):
    for route, name, _ in TEAM:
        address = filled(route, workspace=workspace.slug, number=1)
        answers = [answer for answer in (client.get(address), client.post(address)) if answer.status_code != 405]
        assert answers, name
        assert all(answer.headers.get("Location", "").startswith("/sign-in/?next=") for answer in answers), name


def test_a_workspace_does_not_exist_for_strangers(client_of, owner, theirs, other_workspace):
    client = client_of(owner)
    for route, name, _ in TEAM:
        address = filled(route, workspace=other_workspace.slug, number=THEIRS)
        statuses = {client.get(address).status_code, client.post(address).status_code}
        assert statuses in ({404}, {404, 405}), name


@pytest.mark.parametrize(("route", "name"), with_row(TEAM), ids=lambda value: value if ":" in value else "")
def test_a_row_of_another_workspace_is_404_on_every_page(client_of, owner, theirs, route, name):
    client = client_of(owner)
    address = filled(route, workspace=owner.workspace.slug, number=THEIRS)
    statuses = {verb: getattr(client, verb)(address).status_code for verb in ("get", "post")}
    assert set(statuses.values()) <= {404, 405}, statuses
    assert 404 in statuses.values(), statuses


@pytest.mark.parametrize(("route", "name"), with_row(ROUTES), ids=lambda value: value if "api" in value else "")
def test_a_row_of_another_workspace_is_404_on_every_api_route(api_of, owner, theirs, route, name):
    client = api_of(owner)
    address = filled(route, workspace="", number=THEIRS)
    verbs = ("get", "post", "put", "patch", "delete")
    statuses = {verb: getattr(client, verb)(address, {}, format="json").status_code for verb in verbs}
    assert set(statuses.values()) <= {404, 405}, statuses
    assert 404 in statuses.values(), statuses


def test_no_page_lists_anything_of_another_workspace(client_of, owner, theirs):
    client = client_of(owner)
    for route, name in without_row(TEAM):
        answer = client.get(filled(route, workspace=owner.workspace.slug, number=0))
        text = b"".join(answer) if answer.streaming else answer.content
        assert answer.status_code in {200, 204, 302, 400, 404, 405}, f"{name}: {answer.status_code}"
        assert b"Secret 900001" not in text and b"/900001/" not in text, name


def test_no_api_list_tells_anything_of_another_workspace(api_of, owner, theirs):
    client = api_of(owner)
    for route, name in without_row(ROUTES):
        answer = client.get(filled(route, workspace="", number=0))
        assert answer.status_code in {200, 400, 405}, f"{name}: {answer.status_code}"
        assert b"900001" not in answer.content, name


@pytest.mark.parametrize(("route", "name"), with_row(TEAM), ids=lambda value: value if ":" in value else "")
def test_their_own_members_find_the_row(client_of, theirs, other_workspace, route, name):
    """So that the 404s above speak of the workspace, not of an address that never works."""
    client = client_of(theirs["mediaops.Membership"])
    client.raise_request_exception = False
    address = filled(route, workspace=other_workspace.slug, number=THEIRS)
    found = client.get(address).status_code
    assert found != 404 or name in BY_MORE_THAN_ID, found


BY_MORE_THAN_ID = {"content:asset-file", "content:asset-thumb", "content:item-version"}
"""Addresses that need more than the row (a file, a number within it), and say 404 without it."""
