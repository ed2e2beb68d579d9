"""Changing and deleting what is live, on the page and over REST."""

import pytest
from django.utils import translation

from content.actions import updating
from mediaops.errors import WrongState
from mediaops.models import Activity, Notice
from platforms.actions import posting
from platforms.connectors import CONNECTORS
from platforms.models import Account
from tests.builders import make_post
from tests.builders_publishing import NOW, approve, make_connected, make_ready, publish
from tests.platforms.scripted import ScriptedConnector, _spec, scripted  # noqa: F401

pytestmark = pytest.mark.usefixtures("scripted")


class ChangingConnector(ScriptedConnector):
    """As ScriptedConnector, and words can be changed later."""

    spec = _spec("scripted_changing", "Changing")

    def update(self, remote_id, post):
        self._obey("update", remote_id)
        with self._world._open() as rows:
            rows.execute("update posts set title = ?, text = ? where id = ?", (post.title, post.text, remote_id))
        return self._remote(next(seen for seen in self._world.posts() if seen.remote_id == remote_id))


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def account(workspace, scripted, monkeypatch):  # noqa: F811
    monkeypatch.setitem(CONNECTORS, ChangingConnector.spec.key, ChangingConnector)
    return make_connected(workspace, ChangingConnector.spec.key)


@pytest.fixture
def live_one(account):
    row = publish(make_ready(account))
    assert row.state == "live"
    return row


def rewrite(row, title="Second flush", *, is_approved=True):
    item = row.variant.item
    item.title = title
    item.save()
    if is_approved:
        approve(item)


def test_live_post_is_changed_to_what_the_piece_says(live_one, owner, scripted):  # noqa: F811
    rewrite(live_one)
    row = updating.update(live_one, by=owner, now=NOW)
    row.post.refresh_from_db()
    assert (row.post.title, row.state, scripted.times(row.key)) == ("Second flush", "live", 1)
    noted = Activity.objects.get(verb="publication.updated")
    assert (noted.member, noted.detail["title"]) == (owner, "Second flush")


def test_text_that_was_not_approved_is_not_sent(live_one, owner, scripted):  # noqa: F811
    rewrite(live_one, is_approved=False)
    with pytest.raises(updating.CannotUpdate, match="changed after approval"):
        updating.update(live_one, by=owner, now=NOW)
    assert not scripted.calls("update")


def test_text_that_the_platform_would_refuse_is_not_sent(live_one, owner, scripted):  # noqa: F811
    live_one.variant.item.body = "tea " * 2000
    rewrite(live_one)
    with pytest.raises(updating.CannotUpdate, match="allows 5,000"):
        updating.update(live_one, by=owner, now=NOW)
    assert not scripted.calls("update")


def test_what_is_not_live_or_gone_or_paused_is_not_changed(account, live_one, owner):
    with pytest.raises(WrongState, match="not live"):
        updating.update(make_ready(account, title="Planned"), by=owner, now=NOW)
    live_one.variant.account.paused_at = NOW
    with pytest.raises(WrongState, match="paused"):
        updating.update(live_one, by=owner, now=NOW)
    live_one.variant.account.paused_at = None
    live_one.post.removed_at = NOW
    with pytest.raises(WrongState, match="cannot be changed from here"):
        updating.update(live_one, by=owner, now=NOW)


@pytest.mark.parametrize(
    ("step", "sentence"),
    [
        ("nothing_sent", "Nothing was changed; try again later."),
        ("refused", "does not want this"),
        ("needs_reconnect", "sign-in is dead"),
        ("not_permitted", "Do it on the platform itself."),
    ],
)
def test_what_goes_wrong_there_is_a_sentence(live_one, owner, scripted, step, sentence):  # noqa: F811
    rewrite(live_one)
    scripted.will(step, method="update")
    with pytest.raises(posting.NotDone, match=sentence):
        updating.update(live_one, by=owner, now=NOW)
    account = Account.objects.get()
    assert account.state == ("expired" if step == "needs_reconnect" else "healthy")
    assert posting.can_publish(account)
    assert (account.rights is None) == (step != "not_permitted")
    assert Notice.objects.filter(kind="account.lost_right").exists() == (step == "not_permitted")
    assert not Activity.objects.filter(verb="publication.updated").exists()


def test_page_of_the_post_offers_what_its_platform_can(live_one, workspace, client_of, operator, viewer):
    at = f"/w/{workspace.slug}/parts/post-source/{live_one.post_id}/"
    assert "Change the text there" in client_of(operator).get(at).content.decode()
    assert "Change the text there" not in client_of(viewer).get(at).content.decode()
    fixed = publish(make_ready(make_connected(workspace, remote_id="fixed")))
    at = f"/w/{workspace.slug}/parts/post-source/{fixed.post_id}/"
    assert "Change the text there" not in client_of(operator).get(at).content.decode()


def test_page_changes_the_post_and_tells_refusals(live_one, workspace, client_of, operator, viewer):
    at = f"/w/{workspace.slug}/publications/{live_one.pk}/update/"
    rewrite(live_one)
    assert client_of(viewer).post(at).status_code == 403
    changed = client_of(operator).post(at)
    assert (changed.status_code, changed["Location"]) == (302, live_one.post.get_absolute_url())
    rewrite(live_one, "Third flush", is_approved=False)
    refused = client_of(operator).post(at)
    assert (refused.status_code, "changed after approval" in refused.content.decode()) == (400, True)


def test_rest_changes_the_post(live_one, api_of, operator, viewer, stranger):
    at = f"/api/v1/publications/{live_one.pk}/update/"
    rewrite(live_one)
    assert api_of(viewer).post(at).status_code == 403
    assert api_of(stranger).post(at).status_code == 404
    assert api_of(operator).post(at).status_code == 200
    live_one.post.refresh_from_db()
    assert live_one.post.title == "Second flush"
    rewrite(live_one, "Third flush", is_approved=False)
    refused = api_of(operator).post(at)
    assert (refused.status_code, refused.json()["code"]) == (400, "cannot_update")


def test_deleted_post_is_gone_there_and_stays_known_here(live_one, operator, scripted):  # noqa: F811
    post = posting.delete(live_one.post, by=operator, now=NOW)
    post.refresh_from_db()
    assert (post.removed_at, scripted.posts()) == (NOW, [])
    assert operator.name in post.removed_why
    assert Activity.objects.get(verb="post.deleted").member == operator
    with pytest.raises(WrongState):
        posting.delete(post, by=operator, now=NOW)


@pytest.mark.parametrize("step", ["nothing_sent", "refused", "needs_reconnect", "not_permitted"])
def test_post_that_was_not_deleted_still_stands(live_one, operator, scripted, step):  # noqa: F811
    scripted.will(step, method="delete")
    with pytest.raises(posting.NotDone):
        posting.delete(live_one.post, by=operator, now=NOW)
    live_one.post.refresh_from_db()
    assert (live_one.post.removed_at, len(scripted.posts())) == (None, 1)
    assert not Activity.objects.filter(verb="post.deleted").exists()


def test_page_deletes_after_asking(live_one, client_of, operator, viewer, scripted):  # noqa: F811
    at = live_one.post.get_absolute_url()
    page = client_of(operator).get(at).content.decode()
    assert "data-confirm=" in page
    assert "Delete there" not in client_of(viewer).get(at).content.decode()
    assert client_of(viewer).post(f"{at}delete/").status_code == 403
    assert client_of(operator).get(f"{at}delete/").status_code == 405
    assert client_of(operator).post(f"{at}delete/").status_code == 302
    assert scripted.posts() == []
    gone = client_of(operator).get(at).content.decode()
    assert "Deleted from here by" in gone
    assert "Delete there" not in gone


def test_page_does_not_offer_what_the_account_cannot(workspace, client_of, operator):
    blind = make_post(make_connected(workspace, "scripted_blind"))
    assert "Delete there" not in client_of(operator).get(blind.get_absolute_url()).content.decode()
    assert client_of(operator).post(f"{blind.get_absolute_url()}delete/").status_code == 409


def test_rest_deletes(live_one, api_of, operator, viewer, stranger, scripted):  # noqa: F811
    at = f"/api/v1/posts/{live_one.post_id}/delete/"
    assert api_of(viewer).post(at).status_code == 403
    assert api_of(stranger).post(at).status_code == 404
    scripted.will("refused", method="delete")
    refused = api_of(operator).post(at)
    assert (refused.status_code, refused.json()["code"]) == (409, "not_done")
    told = api_of(operator).post(at)
    assert (told.status_code, told.json()["removed_at"] is not None, scripted.posts()) == (200, True, [])
