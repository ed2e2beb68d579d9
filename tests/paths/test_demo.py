"""The demo workspace: what the first `make run` shows."""

import pytest
from django.core.management import call_command

from analytics.models import Report
from campaigns.models import Campaign, Collaboration, Partner
from content.models import Publication
from mediaops.models import Membership, Role
from platforms.models import Account

LISTS = (
    "", "ideas/", "strategy/", "items/", "assets/", "calendar/", "waiting/", "accounts/", "posts/", "inbox/",
    "site/comments/", "campaigns/", "tasks/", "partners/", "links/", "insights/", "insights/posts/", "reports/",
    "members/", "activity/", "notices/",
)  # fmt: skip


@pytest.fixture
def demo(db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    call_command("seed_demo", verbosity=0)
    return Membership.objects.get(workspace__slug="demo", role=Role.OWNER)


def test_every_page_of_the_demo_opens(demo, client_of):
    rows = {
        "publications": Publication.objects.needing_a_person(),
        "reports": Report.objects.all()[:1],
        "campaigns": Campaign.objects.all(),
        "partners": Partner.objects.all(),
        "collaborations": Collaboration.objects.all(),
        "accounts": Account.objects.all(),
    }
    pages = [*LISTS, *(f"{folder}/{row.pk}/" for folder, found in rows.items() for row in found)]
    client = client_of(demo)
    answers = {page: client.get(f"/w/demo/{page}").status_code for page in pages}
    assert Publication.objects.needing_a_person().count() >= 4
    assert {page: status for page, status in answers.items() if status != 200} == {}
