"""The calendar: what it shows, its hints, free slots, and every way to plan from it."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation

from campaigns.models import Campaign
from content.actions import slotting
from content.actions.scheduling import next_free_slots
from content.calendar import Filters, first_days, plan_between, tray, unplanned_items
from content.models import ContentItem, Publication, Slot
from content.slots import free_moments
from platforms.models import Account
from tests.builders import make_item, make_member, make_post, make_variant
from tests.builders_publishing import NOW, approve, fresh, make_connected, make_ready
from tests.platforms.scripted import scripted  # noqa: F401

pytestmark = pytest.mark.usefixtures("scripted")

ZONE = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")
FIRST, LAST = date(2026, 10, 19), date(2026, 10, 25)


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def account(workspace):
    return make_connected(workspace)


def see(workspace, first=FIRST, last=LAST, **filters):
    own = Account.objects.in_workspace(workspace).own()
    return plan_between(workspace, own, Campaign.objects.all(), first, last, ZONE, Filters(**filters), NOW)


def at(workspace, name, *args):
    return f"/w/{workspace.slug}/{name}".format(*args)


def soon(**more):
    return (timezone.now() + timedelta(**more)).replace(second=0, microsecond=0)


def typed(moment):
    """The moment as a field shows it to a member of the tests' workspace."""
    return f"{moment.astimezone(ZoneInfo('Asia/Shanghai')):%Y-%m-%dT%H:%M}"


def test_days_are_the_members_not_those_of_utc(workspace, account):
    late = make_ready(account, due_at=datetime(2026, 10, 25, 15, 59, tzinfo=UTC))
    make_ready(account, due_at=datetime(2026, 10, 25, 16, 0, tzinfo=UTC), title="Monday in Shanghai")
    assert [entry.publication_id for entry in see(workspace).entries] == [late.pk]


def test_posts_made_elsewhere_stand_beside_ours_once(workspace, account):
    post = make_post(account, published_at=NOW)
    ours = make_ready(account, state="live", post=make_post(account, published_at=NOW))
    entries = see(workspace).entries
    assert {entry.key for entry in entries} == {f"o{post.pk}", f"p{ours.pk}"}
    assert not any(entry.can_move for entry in entries)


def test_filters_about_pieces_leave_posts_of_elsewhere_out(workspace, account, owner):
    make_post(account, published_at=NOW)
    mine = make_ready(account)
    ContentItem.objects.filter(pk=mine.variant.item_id).update(owner=owner)
    make_ready(account, title="Nobody's")
    assert [entry.publication_id for entry in see(workspace, owner=owner.pk).entries] == [mine.pk]


@pytest.mark.parametrize(
    ("state", "shown"), [("planned", 2), ("late", 1), ("trouble", 2), ("failed", 1), ("live", 0), ("", 3)]
)
def test_states_narrow(workspace, account, state, shown):
    make_ready(account)
    make_ready(account, late_at=NOW)
    make_ready(account, state="failed")
    assert len(see(workspace, state=state).entries) == shown


def test_campaigns_that_touch_the_days_are_bars(workspace):
    def campaign(name, starts, ends):
        Campaign.objects.create(workspace=workspace, name=name, starts_on=starts, ends_on=ends)

    campaign("Over the edge", FIRST - timedelta(days=9), FIRST)
    campaign("Before", FIRST - timedelta(days=9), FIRST - timedelta(days=1))
    assert [span.campaign.name for span in see(workspace).spans] == ["Over the edge"]


def test_posts_too_close_on_one_account_are_marked_both(workspace):
    account = make_connected(workspace, limits={"min_gap_min": 30})
    first = make_ready(account)
    second = make_ready(account, due_at=NOW + timedelta(minutes=6))
    make_ready(account, due_at=NOW + timedelta(minutes=40))
    clashes = see(workspace).clashes
    assert [entry.publication_id for entry in clashes] == [first.pk, second.pk]
    assert {entry.clash for entry in clashes} == {"6 minutes apart, better 30"}


def test_a_cancelled_publication_clashes_with_nothing(workspace):
    account = make_connected(workspace, limits={"min_gap_min": 30})
    make_ready(account)
    make_ready(account, due_at=NOW + timedelta(minutes=6), state="cancelled")
    assert not see(workspace).clashes


def test_an_account_with_nothing_for_more_than_a_week_has_a_gap(workspace, account):
    make_ready(account, due_at=NOW + timedelta(days=2))
    [gap] = see(workspace, last=date(2026, 11, 1)).gaps
    assert (gap.account, gap.days) == (account, 11)
    assert not see(workspace).gaps


def test_the_tray_holds_what_is_approved_and_has_no_time(workspace, account):
    ready = make_variant(make_item(workspace), account)
    approve(ready.item)
    make_variant(make_item(workspace, title="A draft"), account)
    make_ready(account, title="Planned")
    freed = make_ready(account, title="Cancelled", state="cancelled")
    assert [variant.pk for variant, _slot in tray(workspace, NOW)] == [ready.pk, freed.variant_id]
    assert len(unplanned_items(workspace)) == 3


def test_the_next_slot_skips_what_is_taken(workspace, account):
    Slot.objects.create(account=account, weekday=2, time=time(12))
    wednesday = datetime(2026, 10, 21, 12, tzinfo=ZONE)
    variants = [
        make_variant(make_item(workspace), account),
        make_variant(make_item(workspace), make_connected(workspace)),
    ]
    assert next_free_slots(variants, workspace, NOW) == [wednesday, None]
    make_ready(account, due_at=wednesday)
    assert next_free_slots(variants, workspace, NOW) == [wednesday + timedelta(days=7), None]


def test_free_moments_come_in_order_and_after_now():
    now = datetime(2026, 10, 20, 12, 0, tzinfo=BERLIN)
    found = free_moments([(1, time(12)), (1, time(18)), (0, time(9))], [], now, BERLIN, count=3)
    assert found == [
        datetime(2026, 10, 20, 18, tzinfo=BERLIN),
        datetime(2026, 10, 26, 9, tzinfo=BERLIN),
        datetime(2026, 10, 27, 12, tzinfo=BERLIN),
    ]


def test_an_hour_that_the_clocks_skip_is_no_slot():
    """On 28 March 2027 the clocks of Berlin go from 2 to 3."""
    now = datetime(2027, 3, 27, 12, 0, tzinfo=BERLIN)
    [found] = free_moments([(6, time(2, 30))], [], now, BERLIN)
    assert found == datetime(2027, 4, 4, 2, 30, tzinfo=BERLIN)


def test_a_full_calendar_has_no_free_moment():
    now = datetime(2026, 10, 20, 12, 0, tzinfo=BERLIN)
    every = [datetime(2026, 10, 21, 12, tzinfo=BERLIN) + timedelta(weeks=n) for n in range(10)]
    assert free_moments([(2, time(12))], every, now, BERLIN) == []


@pytest.mark.parametrize("view", ["month", "week", "list"])
def test_every_view_shows_what_is_planned_for_everybody(workspace, account, viewer, client_of, view):
    make_ready(account, due_at=soon(minutes=5), title="Osmanthus")
    answer = client_of(viewer).get(at(workspace, "calendar/"), {"view": view})
    assert answer.status_code == 200
    assert b"Osmanthus" in answer.content


def test_the_calendar_asks_little_of_the_database(workspace, owner, client_of, django_assert_max_num_queries):
    client = client_of(owner)
    for _n in range(5):
        account = make_connected(workspace)
        slotting.add_slots(account, range(7), time(12), by=owner)
        for days in range(5):
            make_ready(account, due_at=soon(days=days))
        approve(make_variant(make_item(workspace), account).item)
    for view in ("month", "week", "list"):
        with django_assert_max_num_queries(15):
            client.get(at(workspace, "calendar/"), {"view": view})


def test_nonsense_in_the_address_shows_this_month(workspace, owner, client_of):
    answer = client_of(owner).get(at(workspace, "calendar/"), {"view": "year", "day": "yesterday", "account": "x"})
    assert answer.status_code == 200


def test_the_feed_tells_chips_in_the_members_clock(workspace, account, operator, client_of):
    row = make_ready(account, due_at=datetime(2026, 10, 21, 4, 0, tzinfo=UTC))
    answer = client_of(operator).get(at(workspace, "calendar/feed/"), {"start": "2026-10-19", "end": "2026-10-26"})
    [chip] = answer.json()
    assert (chip["id"], chip["start"], chip["editable"]) == (f"p{row.pk}", "2026-10-21T12:00:00+08:00", True)


def test_who_may_not_publish_gets_chips_that_stay(workspace, account, analyst, client_of):
    make_ready(account, due_at=datetime(2026, 10, 21, 4, 0, tzinfo=UTC))
    answer = client_of(analyst).get(at(workspace, "calendar/feed/"), {"start": "2026-10-19", "end": "2026-10-26"})
    assert [chip["editable"] for chip in answer.json()] == [False]


def test_a_feed_without_days_says_so(workspace, owner, client_of):
    assert client_of(owner).get(at(workspace, "calendar/feed/")).status_code in (400, 409, 422)


def test_a_move_saves_the_members_minute(workspace, account, operator, client_of):
    row, new = make_ready(account, due_at=soon(hours=1)), soon(days=2)
    answer = client_of(operator).post(at(workspace, "calendar/publications/{}/move/", row.pk), {"due_at": typed(new)})
    assert answer.status_code == 200, answer.content
    assert answer.json()["said"].startswith("Moved to ")
    assert fresh(row).due_at == new


@pytest.mark.parametrize("words", ["2020-01-01T12:00", "soon", ""])
def test_a_refused_move_says_why_and_changes_nothing(workspace, account, operator, client_of, words):
    row = make_ready(account, due_at=soon(hours=1))
    answer = client_of(operator).post(at(workspace, "calendar/publications/{}/move/", row.pk), {"due_at": words})
    assert answer.status_code == 422
    assert answer.json()["problem"]
    assert fresh(row).due_at == row.due_at


def test_a_sent_publication_does_not_move(workspace, account, operator, client_of):
    row = make_ready(account, due_at=soon(hours=-1), state="live", post=make_post(account))
    answer = client_of(operator).post(
        at(workspace, "calendar/publications/{}/move/", row.pk), {"due_at": typed(soon(days=1))}
    )
    assert answer.status_code == 422


def test_a_card_dropped_on_a_day_is_planned(workspace, account, operator, client_of):
    variant, new = make_variant(make_item(workspace), account), soon(days=2)
    approve(variant.item)
    answer = client_of(operator).post(at(workspace, "calendar/variants/{}/drop/", variant.pk), {"due_at": typed(new)})
    assert answer.json()["said"].startswith("Planned for ")
    assert Publication.objects.get(variant=variant).due_at == new


def test_a_card_dropped_on_the_past_stays_in_the_tray(workspace, account, operator, client_of):
    variant = make_variant(make_item(workspace), account)
    approve(variant.item)
    answer = client_of(operator).post(
        at(workspace, "calendar/variants/{}/drop/", variant.pk), {"due_at": "2020-01-01T12:00"}
    )
    assert answer.status_code == 422
    assert not Publication.objects.exists()


def test_filling_gives_each_card_its_own_slot(workspace, account, operator, client_of):
    slotting.add_slots(account, range(7), time(12), by=operator)
    for _n in range(3):
        approve(make_variant(make_item(workspace), account).item)
    client_of(operator).post(at(workspace, "calendar/fill/"))
    moments = set(Publication.objects.values_list("due_at", flat=True))
    assert len(moments) == 3
    assert {moment.astimezone(ZONE).time() for moment in moments} == {time(12)}


def test_filling_without_slots_plans_nothing(workspace, account, operator, client_of):
    approve(make_variant(make_item(workspace), account).item)
    client_of(operator).post(at(workspace, "calendar/fill/"))
    assert not Publication.objects.exists()


def test_a_click_on_a_day_asks_for_that_day_at_noon(workspace, editor, client_of):
    day = timezone.localdate() + timedelta(days=3)
    answer = client_of(editor).get(at(workspace, "calendar/new/"), {"at": day.isoformat()})
    assert f'value="{day.isoformat()}T12:00"' in answer.content.decode()


def test_quick_create_makes_a_piece_and_plans_it(workspace, account, operator, client_of):
    new = soon(days=1)
    data = {"title": "First flush", "account": [account.pk], "due_at": typed(new)}
    answer = client_of(operator).post(at(workspace, "calendar/new/"), data)
    row = Publication.objects.get()
    assert answer.status_code == 302
    assert (str(row.variant.item), row.variant.account, row.due_at) == ("First flush", account, new)


def test_quick_create_takes_a_piece_that_is_there(workspace, account, operator, client_of):
    variant = make_variant(make_item(workspace), account)
    data = {"item": variant.item_id, "account": [account.pk], "due_at": typed(soon(days=1))}
    client_of(operator).post(at(workspace, "calendar/new/"), data)
    assert Publication.objects.get().variant == variant


def test_quick_create_without_title_and_account_names_both(workspace, operator, client_of):
    answer = client_of(operator).post(at(workspace, "calendar/new/"), {"due_at": typed(soon(days=1))})
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"title", "account"}


def test_scheduling_plans_each_chosen_account(workspace, account, operator, client_of):
    other = make_connected(workspace)
    item, new = make_item(workspace), soon(days=1)
    first, second = make_variant(item, account), make_variant(item, other)
    approve(item)
    data = {f"at_{first.pk}": typed(new), f"at_{second.pk}": ""}
    client_of(operator).post(at(workspace, "items/{}/schedule/", item.pk), data)
    assert list(Publication.objects.values_list("variant", "due_at")) == [(first.pk, new)]


def test_scheduling_refuses_all_when_one_is_wrong(workspace, account, operator, client_of):
    other = make_connected(workspace)
    item = make_item(workspace)
    first, second = make_variant(item, account), make_variant(item, other)
    approve(item)
    data = {f"at_{first.pk}": typed(soon(days=1)), f"at_{second.pk}": "2020-01-01T12:00"}
    answer = client_of(operator).post(at(workspace, "items/{}/schedule/", item.pk), data)
    assert answer.status_code == 422
    assert not Publication.objects.exists()


def test_slots_are_added_and_removed(workspace, account, operator, client_of):
    client = client_of(operator)
    client.post(at(workspace, "accounts/{}/slots/", account.pk), {"weekday": [0, 2], "time": "12:00"})
    assert list(Slot.objects.values_list("weekday", "time")) == [(0, time(12)), (2, time(12))]
    client.post(at(workspace, "slots/{}/drop/", Slot.objects.first().pk))
    assert Slot.objects.count() == 1


def test_a_slot_without_a_day_is_refused(workspace, account, operator, client_of):
    answer = client_of(operator).post(at(workspace, "accounts/{}/slots/", account.pk), {"time": "12:00"})
    assert answer.status_code == 422


@pytest.fixture
def doors(workspace, account):
    """Every way to change the calendar: address and what is sent."""
    row = make_ready(account, due_at=soon(hours=1))
    slot = Slot.objects.create(account=account, weekday=0, time=time(12))
    when = {"due_at": typed(soon(days=1))}
    item = row.variant.item_id
    return {
        f"calendar/publications/{row.pk}/move/": when,
        f"calendar/variants/{row.variant_id}/drop/": when,
        "calendar/new/": when | {"title": "x", "account": [account.pk]},
        f"items/{item}/schedule/": {f"at_{row.variant_id}": typed(soon(days=1))},
        f"accounts/{account.pk}/slots/": {"weekday": [1], "time": "12:00"},
        f"slots/{slot.pk}/drop/": {},
        "calendar/fill/": {},
    }


@pytest.mark.parametrize("role", ["editor", "analyst", "viewer"])
def test_who_may_not_publish_changes_nothing(workspace, doors, client_of, role):
    client = client_of(make_member(workspace, role=role))
    before = list(Publication.objects.values_list("pk", "due_at")), Slot.objects.count()
    assert {client.post(at(workspace, path), data).status_code for path, data in doors.items()} == {403}
    assert (list(Publication.objects.values_list("pk", "due_at")), Slot.objects.count()) == before


def test_another_teams_rows_are_not_there(other_workspace, doors, stranger, client_of):
    client = client_of(stranger)
    rows = {path: data for path, data in doors.items() if any(sign.isdigit() for sign in path)}
    assert {client.post(at(other_workspace, path), data).status_code for path, data in rows.items()} == {404}
    assert client.get(at(other_workspace, "calendar/")).status_code == 200


EARLY = NOW - timedelta(hours=8)


def fill(account, count, start, **fields):
    return [make_ready(account, due_at=start + timedelta(minutes=40 * n), **fields) for n in range(count)]


def test_a_full_day_shows_four_and_counts_the_rest(workspace, account):
    rows = fill(account, 7, EARLY)
    [(day, shown, hidden)] = see(workspace).folded(ZONE)
    assert (day, [entry.publication_id for entry in shown], hidden) == (
        date(2026, 10, 20),
        [row.pk for row in rows[:4]],
        3,
    )


def test_what_needs_a_person_is_not_folded_away(workspace, account):
    fill(account, 6, EARLY)
    failed = make_ready(account, due_at=NOW, state="failed")
    [(_day, shown, hidden)] = see(workspace).folded(ZONE)
    assert (shown[-1].publication_id, len(shown), hidden) == (failed.pk, 4, 3)


def test_the_entry_that_was_moved_last_is_not_folded_away(workspace, account):
    last = fill(account, 6, EARLY)[-1]
    [(_day, shown, _hidden)] = see(workspace).folded(ZONE, f"p{last.pk}")
    assert last.pk in [entry.publication_id for entry in shown]


def test_campaigns_take_room_of_the_days_they_cross(workspace, account):
    for n in range(3):
        Campaign.objects.create(workspace=workspace, name=str(n), starts_on=FIRST, ends_on=date(2026, 10, 20))
    fill(account, 5, EARLY)
    fill(account, 5, EARLY + timedelta(days=1))
    assert [(len(shown), hidden) for _day, shown, hidden in see(workspace).folded(ZONE)] == [(1, 4), (4, 1)]


def test_the_folded_feed_tells_how_much_more_and_where(workspace, account, viewer, client_of):
    fill(account, 6, EARLY)
    feed, days = at(workspace, "calendar/feed/"), {"start": "2026-10-19", "end": "2026-10-26", "state": "planned"}
    client = client_of(viewer)
    *chips, more = client.get(feed, days | {"fold": "1"}).json()
    assert (len(chips), more["title"], more["extendedProps"]) == (4, "2 more", {"more": "2026-10-20"})
    assert more["url"] == at(workspace, "calendar/?state=planned&view=list&day=2026-10-20")
    assert len(client.get(feed, days).json()) == 6


def test_the_month_does_not_grow_with_its_entries(workspace, account, viewer, client_of):
    client, day = client_of(viewer), timezone.now().replace(hour=0, minute=0)
    fill(account, 6, day)
    few = client.get(at(workspace, "calendar/"))
    fill(account, 18, day)
    many = client.get(at(workspace, "calendar/"))
    assert abs(len(many.content) - len(few.content)) < 2000


def test_the_agenda_is_a_part_of_its_own(workspace, account, viewer, client_of):
    make_ready(account, due_at=soon(minutes=5), title="Osmanthus")
    client = client_of(viewer)
    page = client.get(at(workspace, "calendar/")).content.decode()
    assert f'hx-get="{at(workspace, "calendar/agenda/")}?"' in page
    assert page.count("Osmanthus") == 1  # in the cells of the grid
    part = client.get(at(workspace, "calendar/agenda/")).content.decode()
    assert "Osmanthus" in part
    assert "<html" not in part


def test_without_a_script_the_month_leads_to_its_list(workspace, viewer, client_of):
    page = client_of(viewer).get(at(workspace, "calendar/"), {"day": "2026-10-20"}).content.decode()
    assert 'href="?day=2026-09-28&amp;view=list">See these days as a list' in page


def test_a_long_list_goes_on_from_the_day_it_stops_at():
    days = [(FIRST + timedelta(days=n), [None] * 100) for n in range(4)]
    page, following = first_days(days)
    assert (len(page), following) == (2, FIRST + timedelta(days=2))
    assert first_days(days[:2]) == (days[:2], None)
    assert first_days([]) == ([], None)
