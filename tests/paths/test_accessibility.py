"""axe finds nothing on any page, on the desk in light and on the phone in the dark; nothing scrolls sideways."""

from itertools import chain
from pathlib import Path

import pytest
from django.core.management import call_command
from django.urls import NoReverseMatch, get_resolver, reverse

from analytics.models import Report
from campaigns.models import Campaign
from content.models import ContentItem, Publication
from mediaops.models import Membership, Workspace
from platforms.models import Account, Article

AXE = Path(__file__).resolve().parents[1] / "axe-core-4.14.1" / "axe.min.js"
GATE = ["/sign-in/", "/password/forgotten/", "/password/forgotten/sent/", "/password/new/done/", "/nothing-here/"]


def names_in(resolver, prefix=""):
    for name in filter(None, chain(resolver.reverse_dict.keys(), resolver.namespace_dict)):
        if isinstance(name, str) and name not in resolver.namespace_dict:
            yield f"{prefix}{name}"
    for space, (_, inner) in resolver.namespace_dict.items():
        yield from names_in(inner, f"{prefix}{space}:")


def team_pages():
    """Addresses of the team's pages that need no row."""
    for name in sorted(set(names_in(get_resolver()))):
        try:
            address = reverse(name, args=["lanxu"])
        except NoReverseMatch:
            continue
        if address.startswith("/w/"):
            yield address


def is_page(client, address):
    answer = client.get(address)
    return answer.status_code == 200 and b"<main" in getattr(answer, "content", b"")


def faults(page, address):
    page.goto(address)
    page.wait_for_selector(".url-part .waiting", state="detached")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run().then((result) => result.violations)")
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    yield from (f"{address} {one['id']}: {[node['target'] for node in one['nodes']][:4]}" for one in found)
    if wide > 0:
        yield f"{address} scrolls sideways by {wide} px"


@pytest.mark.parametrize("look", [{"width": 1440}, {"width": 390, "dark": True}], ids=["desk", "phone"])
def test_team_pages_have_no_fault(look, page_of, client_of, owner, editor):
    client = client_of(owner)
    pages = [address for address in team_pages() if is_page(client, address)]
    assert len(pages) > 5
    page = page_of(owner, **look)
    found = list(chain.from_iterable(faults(page, address) for address in pages))
    assert not found, "\n".join(found)


@pytest.mark.parametrize("look", [{"width": 1440}, {"width": 390, "dark": True}], ids=["desk", "phone"])
def test_pages_before_the_door_have_no_fault(look, new_page, db):
    page = new_page(**look)
    found = list(chain.from_iterable(faults(page, address) for address in GATE))
    assert not found, "\n".join(found)


FULL = [
    "", "calendar/", "calendar/?view=week", "calendar/?view=list", "calendar/new/", "items/", "ideas/", "inbox/",
    "accounts/", "posts/", "campaigns/", "tasks/?view=all", "partners/", "links/", "insights/", "insights/posts/",
    "reports/", "notices/", "activity/", "members/",
]  # fmt: skip


def rows_of(workspace):
    """One page of each noun that the demo is full of."""
    yield Campaign.objects.in_workspace(workspace).first().get_absolute_url()
    yield from (row.get_absolute_url() for row in ContentItem.objects.in_workspace(workspace)[:1])
    for row in Publication.objects.in_workspace(workspace).needing_a_person():
        yield reverse("content:publication", args=[workspace.slug, row.pk])
    yield reverse("analytics:report", args=[workspace.slug, Report.objects.in_workspace(workspace).first().pk])
    yield reverse("platforms:account", args=[workspace.slug, Account.objects.in_workspace(workspace).first().pk])
    yield f"/site/{workspace.slug}/"
    yield Article.objects.filter(workspace=workspace).latest("published_at").get_absolute_url()


def test_pages_full_of_rows_have_no_fault(page_of, live):
    """On the desk in the dark every page; on the phone those whose rows stack."""
    call_command("seed_demo", verbosity=0)
    workspace = Workspace.objects.get(slug="demo")
    member = Membership.objects.get(workspace=workspace, role="owner")
    pages = [*(f"/w/demo/{path}" for path in FULL), *rows_of(workspace)]
    desk, phone = page_of(member, dark=True), page_of(member, width=390)
    found = list(chain.from_iterable(faults(desk, address) for address in pages))
    found += chain.from_iterable(faults(phone, address) for address in pages[:14:2] + pages[-7:])
    assert not found, "\n".join(found)
