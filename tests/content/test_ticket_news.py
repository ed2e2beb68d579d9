from datetime import timedelta

from django.utils import timezone

from content.actions import reconciling
from content.models.publication import State
from platforms.models import TicketNews
from tests.builders import make_item, make_publication, make_variant
from tests.builders_platforms import make_scripted


def test_news_of_a_ticket_lets_it_be_checked_at_once_and_is_used_up(scripted, workspace):
    account = make_scripted(workspace)
    later = timezone.now() + timedelta(hours=1)
    ticket = {"remote_id": "job:7", "wait_s": 5.0, "data": {}, "step": "", "until": None}
    row = make_publication(
        make_variant(make_item(workspace), account), state=State.PROCESSING, ticket=ticket, check_after=later
    )
    assert reconciling.check_tickets(timezone.now()) == []
    TicketNews.objects.create(account=account, remote_id="job:8")
    TicketNews.objects.create(account=account, remote_id="job:7")
    assert reconciling.check_tickets(timezone.now()) == [row.pk]
    assert [news.remote_id for news in TicketNews.objects.all()] == ["job:8"]  # its ticket may not be written yet
