"""Phases of a campaign: on the page, over REST, on its timeline."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from campaigns.models import Phase
from campaigns.timeline import lanes_of
from mediaops.models import Activity
from tests.builders_campaigns import make_campaign, make_task

FIRST, LAST = date(2026, 10, 1), date(2026, 10, 20)


@pytest.fixture
def campaign(workspace):
    return make_campaign(workspace, starts_on=FIRST, ends_on=LAST)


@pytest.fixture
def api(api_of, manager):
    return api_of(manager)


def make_phase(campaign, name="Warm-up", first=1, last=5):
    return Phase.objects.create(
        campaign=campaign, name=name, starts_on=date(2026, 10, first), ends_on=date(2026, 10, last)
    )


def typed(**changes):
    return {"name": "Warm-up", "starts_on": "2026-10-01", "ends_on": "2026-10-05"} | changes


def test_an_operator_adds_changes_and_removes_a_phase_on_the_page(client_of, operator, campaign):
    client = client_of(operator)
    answer = client.post(f"{campaign.get_absolute_url()}phases/", typed())
    assert answer["Location"] == f"{campaign.get_absolute_url()}#time"
    phase = Phase.objects.get()
    page = client.get(campaign.get_absolute_url()).content.decode()
    assert "Warm-up" in page and 'x="0.0%"' in page and 'width="25.0%"' in page

    address = f"{campaign.get_absolute_url()}phases/{phase.pk}/"
    assert b"Remove" in client.get(address).content
    client.post(address, typed(name="Tasting", ends_on="2026-10-08"))
    phase.refresh_from_db()
    assert (phase.name, phase.ends_on) == ("Tasting", date(2026, 10, 8))
    client.post(f"{address}drop/")
    assert not Phase.objects.exists()
    verbs = list(Activity.objects.order_by("pk").values_list("verb", flat=True))
    assert verbs == ["phase.added", "phase.changed", "phase.dropped"]


@pytest.mark.parametrize(
    ("days", "said"),
    [
        ({"ends_on": "2026-09-30"}, "The last day is before the first"),
        ({"starts_on": "2026-09-30"}, "The campaign runs from 2026-10-01 to 2026-10-20"),
        ({"ends_on": "2026-10-21"}, "The campaign runs from 2026-10-01 to 2026-10-20"),
    ],
)
def test_days_that_cannot_be_are_refused_and_what_was_typed_stays(client_of, manager, campaign, api, days, said):
    answer = client_of(manager).post(f"{campaign.get_absolute_url()}phases/", typed(**days))
    assert answer.status_code == 422
    assert said in answer.content.decode() and 'value="Warm-up"' in answer.content.decode()
    over_rest = api.post(f"/api/v1/campaigns/{campaign.pk}/phases/", typed(**days), format="json")
    assert over_rest.status_code == 400
    assert said in over_rest.json()["fields"][next(iter(days))][0]
    assert not Phase.objects.exists()


def test_phases_over_rest(api, campaign):
    address = f"/api/v1/campaigns/{campaign.pk}/phases/"
    made = api.post(address, typed(), format="json")
    assert made.status_code == 201
    assert made.json() == {"id": made.json()["id"], **typed()}
    changed = api.patch(f"{address}{made.json()['id']}/", {"ends_on": "2026-10-09"}, format="json")
    assert changed.json()["ends_on"] == "2026-10-09"
    assert api.get(address).json() == [changed.json()]
    assert api.delete(f"{address}{made.json()['id']}/").status_code == 204
    assert api.get(address).json() == []


def test_a_phase_of_another_campaign_is_not_found(client_of, manager, campaign):
    other = make_phase(make_campaign(manager.workspace, starts_on=FIRST, ends_on=LAST))
    client = client_of(manager)
    for path in ("", "drop/"):
        assert client.post(f"{campaign.get_absolute_url()}phases/{other.pk}/{path}", typed()).status_code == 404
    assert Phase.objects.filter(pk=other.pk, name="Warm-up").exists()


@pytest.mark.parametrize("path", ["", "{pk}/", "{pk}/drop/"])
def test_editors_do_not_plan_phases(client_of, editor, campaign, path):
    phase = make_phase(campaign)
    address = f"{campaign.get_absolute_url()}phases/{path.format(pk=phase.pk)}"
    assert client_of(editor).post(address, typed()).status_code == 403
    assert "phases/" not in client_of(editor).get(campaign.get_absolute_url()).content.decode()


def test_lanes_tell_what_was_what_runs_and_what_comes(campaign):
    phases = [make_phase(campaign, "A", 1, 5), make_phase(campaign, "B", 4, 12), make_phase(campaign, "C", 20, 20)]
    tasks = [
        make_task(campaign.workspace, due_on=date(2026, 10, 9)),
        make_task(campaign.workspace, due_on=date(2026, 10, 11), state="done"),
        make_task(campaign.workspace, due_on=date(2026, 11, 30)),
        make_task(campaign.workspace, due_on=None),
    ]
    lanes = lanes_of(campaign, phases, tasks, date(2026, 10, 11))
    assert [(bar.at, bar.width, bar.kind) for bar in lanes.bars] == [
        (0.0, 25.0, "done"), (15.0, 45.0, "now"), (95.0, 5.0, "next"),
    ]  # fmt: skip
    assert [(mark.at, mark.kind) for mark in lanes.marks] == [(40.0, "late"), (50.0, "done"), (100.0, "next")]
    assert lanes.now == 50.0
    assert all(abs(at - 50) >= 8 for at, _day in lanes.ticks)


def test_a_phase_outside_the_days_of_a_campaign_that_was_moved_stands_at_the_edge(campaign):
    phase = make_phase(campaign, "A", 1, 5)
    campaign.starts_on = FIRST + timedelta(days=10)
    [bar] = lanes_of(campaign, [phase], [], timezone.now().date()).bars
    assert (bar.at, bar.width) == (0.0, 1.0)
