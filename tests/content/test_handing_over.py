"""What a machine may bring only so far: drafts to finish, accounts without the right, uploads in parts."""

import pytest

from content.actions import reconciling, scheduling, settling
from content.models import Attempt
from mediaops.models import Activity, Notice
from platforms.connectors.remote import Ticket
from tests.builders_publishing import NOW, later, make_connected, make_ready, publish
from tests.platforms.scripted import scripted  # noqa: F401

pytestmark = pytest.mark.usefixtures("scripted")


@pytest.fixture
def account(workspace):
    return make_connected(workspace)


def test_a_draft_on_the_platform_waits_for_a_person(account, owner, scripted, client_of):  # noqa: F811
    scripted.will("hand_over")
    row = publish(make_ready(account))
    assert (row.state, row.way_out, row.claimed_until) == ("by_hand", "post", None)
    assert row.attempts.get().outcome == "handed_over"
    page = client_of(owner).get(row.get_absolute_url()).content.decode()
    assert "Open the draft and send it." in page
    assert "https://scripted.example/drafts" in page
    post = reconciling.confirm(row, "https://scripted.example/1", by=owner, now=later(minutes=5))
    row.refresh_from_db()
    assert (row.state, row.post, row.handed_over) == ("live", post, None)


def test_planning_it_anew_forgets_the_draft(account, owner, scripted):  # noqa: F811
    scripted.will("hand_over")
    row = publish(make_ready(account))
    scheduling.reschedule(row, later(hours=1), by=owner, now=NOW)
    assert (row.state, row.handed_over) == ("planned", None)


def test_account_without_the_right_goes_on_by_hand(account, owner, editor, scripted):  # noqa: F811
    scripted.will("not_permitted")
    first = publish(make_ready(account))
    assert (first.state, first.attempts.get().outcome) == ("by_hand", "refused")
    account.refresh_from_db()
    assert account.is_by_hand
    assert "publish" not in account.rights
    assert "messages" in account.rights
    second = publish(make_ready(account, title="Another"))
    assert second.state == "by_hand"
    assert (scripted.calls("publish"), Attempt.objects.count()) == (1, 1)
    told = Notice.objects.filter(kind="account.lost_right")
    assert [notice.member_id for notice in told] == [owner.pk]
    assert Activity.objects.filter(verb="account.lost_right").count() == 1


def test_upload_goes_on_where_it_was_cut(account, scripted):  # noqa: F811
    scripted.will("upload_cut")
    row = publish(make_ready(account))
    assert (row.state, row.upload) == ("planned", {"done": 5, "total": 10, "known": {"parts": 1}, "claim": 1})
    row = publish(row, row.attempt_after)
    assert (row.state, row.upload) == ("live", None)
    assert scripted.calls("part") == 2


def test_a_ticket_is_read_as_it_was_written():
    ticket = Ticket("7", wait_s=2.0, data={"a": 1}, step="The administrator confirms.", until=NOW)
    assert settling.ticket_of(settling.ticket_data(ticket)) == ticket
    assert settling.ticket_of({"remote_id": "7", "wait_s": 2.0, "data": {}}) == Ticket("7", wait_s=2.0)


@pytest.mark.parametrize(
    ("upload", "state"),
    [
        ({"done": 5, "total": 10, "claim": 1}, "planned"),
        ({"done": 10, "total": 10, "claim": 1}, "unsure"),
        ({"done": 5, "total": 10, "claim": 0}, "unsure"),
        ({"done": 0, "total": 0, "claim": 1}, "unsure"),
        (None, "unsure"),
    ],
)
def test_a_worker_that_dies_while_uploading_leaves_no_doubt(account, upload, state):
    row = make_ready(account)
    row.attempts.create(number=1, started_at=NOW)
    type(row).objects.filter(pk=row.pk).update(
        state="sending", claims=1, claimed_until=NOW, upload=upload and {"known": {}, **upload}
    )
    assert reconciling.release_stuck(later(seconds=20)) == 1
    row.refresh_from_db()
    assert (row.state, row.attempts.get().outcome) == (state, "nothing_sent" if state == "planned" else "lost")
