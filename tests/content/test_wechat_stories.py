"""An Official Account from the approved piece to its end, by the product's own actions, on the double's real port."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import cache

from content.actions import fitting, reconciling, scheduling, telling
from content.models import Publication
from mediaops.errors import UserError
from mediaops.models import Activity, Notice
from platforms.actions import connecting, following, syncing
from platforms.models import Account, Post
from tests.builders import make_account, make_item, make_variant
from tests.builders_assets import make_asset, shown
from tests.builders_publishing import approve, fresh, publish
from tests.platforms.connectors.servers import serve
from tests.platforms.connectors.test_wechat import SECRET
from tests.platforms.doubles.wechat import LOST, WeChat

HOUR = timedelta(hours=1)


@pytest.fixture
def world(settings, tmp_path):
    settings.MEDIA_ROOT, settings.ALLOW_LOCAL_SERVERS = tmp_path, True
    world = WeChat()
    with serve(world) as server:
        settings.PLATFORM_ADDRESSES = {**settings.PLATFORM_ADDRESSES, "wechat": server.address}
        yield world


@pytest.fixture
def now():
    return datetime.now(UTC)


@pytest.fixture
def account(world, workspace, owner, now):
    return connecting.connect_account(workspace, "wechat", SECRET, by=owner, now=now)


def plan(account, owner, now, *, title="桂花乌龙上新", **options):
    picture = make_asset(account.workspace)
    item = make_item(
        account.workspace, title=title, summary="今天开卖", cover=picture,
        body=f"# 新茶\n\n{shown(picture)}\n\n看[说明](https://lanxu.example/a)。",
    )  # fmt: skip
    variant = make_variant(item, account, options=options)
    approve(item, by=owner)
    return scheduling.plan(variant, now, by=owner, now=now)


def checked(row, at):
    reconciling.check_ticket(row.pk, at)
    return fresh(row)


def test_published_followed_and_live(world, account, owner, now):
    world.course = [1, 0]
    row = publish(plan(account, owner, now, theme="leaf"), now)
    assert (row.state, row.ticket["remote_id"][:8]) == ("processing", "publish:")
    assert checked(row, now + HOUR / 60).state == "processing"
    row = checked(row, now + HOUR / 30)
    assert row.state == "live"
    assert row.post.url.startswith("http://mp.weixin.qq.com/s?")
    article = world.posts[0]["items"][0]
    assert world.filtered == []
    assert "[1]" in article["content"]
    assert "https://lanxu.example/a" in article["content"]
    assert world.calls("stable_token") == 1, "connecting and sending share one token"


def test_review_that_refuses_brings_it_back_to_the_editor(world, account, owner, now):
    world.course = [1, 4]
    row = publish(plan(account, owner, now), now)
    row = checked(checked(row, now), now + HOUR / 60)
    assert (row.state, row.way_out) == ("failed", "edit")
    assert row.attempts.get().outcome == "refused"


def test_draft_only_is_handed_over_and_confirmed(world, account, owner, now, client_of):
    row = publish(plan(account, owner, now, way="draft"), now)
    assert (row.state, row.way_out) == ("by_hand", "post")
    assert list(world.drafts) == [row.handed_over["remote_id"]]
    page = client_of(owner).get(row.get_absolute_url()).content.decode()
    assert "https://mp.weixin.qq.com/" in page
    post = reconciling.confirm(row, "https://mp.weixin.qq.com/s/abc", by=owner, now=now)
    assert (fresh(row).state, post.account) == ("live", account)


def test_uncertified_account_is_offered_drafts_alone(world, workspace, owner, now):
    world.rights = {"draft"}
    account = connecting.connect_account(workspace, "wechat", {**SECRET, "certified": "False"}, by=owner, now=now)
    assert account.choices == {"way": ["draft"]}
    row = publish(plan(account, owner, now), now)
    assert (row.state, len(world.drafts)) == ("by_hand", 1)
    with pytest.raises(scheduling.CannotPlan):
        plan_now = plan(account, owner, now, way="mass")
        scheduling.send_now(plan_now, by=owner, now=now)


def test_administrator_confirms_a_mass_send(world, account, owner, now, client_of):
    world.is_protected = True
    row = publish(plan(account, owner, now, way="mass"), now)
    assert row.state == "processing"
    page = client_of(owner).get(row.get_absolute_url()).content.decode()
    assert "administrator" in page or "管理员" in page
    row = checked(row, now + HOUR / 60)
    assert row.ticket["until"]
    assert row.check_after - now <= timedelta(minutes=3)
    world.confirm()
    row = checked(checked(row, now + HOUR / 30), now + HOUR / 20)
    row = checked(row, now + HOUR / 10)
    assert row.state == "live"
    assert len(world.sends) == 1


def test_administrator_who_never_confirms_sends_nothing(world, account, owner, now):
    world.is_protected = True
    row = publish(plan(account, owner, now, way="mass"), now)
    Publication.objects.filter(pk=row.pk).update(
        ticket={**row.ticket, "until": (datetime.now(UTC) - timedelta(seconds=1)).isoformat()}
    )
    row = checked(row, now + HOUR)
    assert (row.state, world.posts) == ("failed", [])


def test_lost_answer_of_a_mass_send_ends_as_one_send(world, account, owner, now):
    world.will("mass_sendall", LOST)
    row = publish(plan(account, owner, now, way="mass"), now)
    assert row.state == "unsure"
    reconciling.look_up(row.pk, now)
    row = publish(fresh(row), fresh(row).attempt_after)
    assert (row.state, len(world.sends)) == ("processing", 1)


def test_lost_answer_of_publishing_is_found_by_its_title(world, account, owner, now):
    world.will("freepublish_submit", LOST)
    row = publish(plan(account, owner, now), now)
    assert row.state == "unsure"
    reconciling.look_up(row.pk, now)
    assert fresh(row).state == "live"
    assert len(world.posts) == 1


def test_lost_submit_that_was_never_taken_waits_for_a_person(world, account, owner, now):
    world.will("freepublish_submit", -1)
    row = publish(plan(account, owner, now), now)
    for _ in range(3):
        reconciling.look_up(row.pk, now + HOUR / 10)
    assert (fresh(row).state, world.posts) == ("unsure", [])


def test_token_that_ends_midway_disturbs_nothing(world, account, owner, now):
    world.expire()
    assert publish(plan(account, owner, now), now).state == "processing"
    assert world.calls("stable_token") == 2
    cache.clear()
    assert publish(plan(account, owner, now, title="Another"), now).state == "processing"
    assert world.calls("stable_token") == 3
    assert len(world.tokens) == 1, "asking again gives the same token"


def live(world, account, owner, now):
    world.course = [0]
    row = publish(plan(account, owner, now), now)
    return checked(row, now)


def test_late_ban_is_noticed_and_told_once(world, account, owner, now):
    row = live(world, account, owner, now)
    assert following.due_accounts(now + HOUR / 2) == []
    assert following.due_accounts(now + HOUR) == [account.pk]
    assert following.follow_account(account, now + HOUR) == 0
    world.ban(row.post.data["publish_id"])
    assert following.due_accounts(now + HOUR * 1.5) == []
    assert following.follow_account(account, now + HOUR * 2) == 1
    post = Post.objects.get(pk=row.post_id)
    assert post.removed_at is not None
    assert post.removed_why
    assert telling.tell_of_fallen(now + HOUR * 2) == 1
    assert telling.tell_of_fallen(now + HOUR * 3) == 0
    notice = Notice.objects.get(kind="publication.fell")
    assert post.removed_why in notice.text
    assert Activity.objects.filter(verb="post.fell").count() == 1
    assert following.due_accounts(now + timedelta(days=2)) == []


def test_post_that_left_the_list_is_asked_about_at_once(world, account, owner, now):
    row = live(world, account, owner, now)
    world.ban(row.post.data["publish_id"])
    syncing.sync_account(Account.objects.get(pk=account.pk), now + HOUR / 3)
    assert following.due_accounts(now + HOUR / 3) == [account.pk]
    following.follow_account(account, now + HOUR / 3)
    assert Post.objects.get(pk=row.post_id).removed_why


def test_looks_grow_rare_and_end_after_a_week(world, account, owner, now):
    row = live(world, account, owner, now)
    began = row.post.published_at
    assert following.next_look(account, began, began + HOUR) == began + HOUR * 2
    assert following.next_look(account, began, began + timedelta(days=2)) == began + timedelta(days=3)
    assert following.next_look(account, began, began + timedelta(days=7)) is None


def test_platform_that_is_away_is_asked_at_the_next_look(world, account, owner, now):
    live(world, account, owner, now)
    world.will("freepublish_get", -1, -1, -1)
    assert following.follow_account(account, now + HOUR) == 0
    assert following.due_accounts(now + HOUR * 1.5) == []
    assert following.due_accounts(now + HOUR * 2) == [account.pk]


def test_mass_send_that_no_list_tells_is_not_taken_for_removed(world, account, owner, now):
    row = publish(plan(account, owner, now, way="mass"), now)
    row = checked(checked(row, now), now + HOUR / 60)
    assert row.state == "live"
    syncing.sync_account(Account.objects.get(pk=account.pk), now + HOUR)
    assert Post.objects.get(pk=row.post_id).removed_at is None


def test_piece_is_shown_to_one_person(world, account, owner, now, client_of):
    variant = plan(account, owner, now + HOUR).variant
    page = client_of(owner).get(variant.get_absolute_url()).content.decode()
    assert "variant-show" in page
    answer = client_of(owner).post(f"/w/{account.workspace.slug}/variants/{variant.pk}/show", {"to": "lanxu_editor"})
    assert answer.status_code == 302
    assert [to for to, _articles in world.previews] == ["lanxu_editor"]
    assert Activity.objects.filter(verb="variant.previewed").count() == 1
    answer = client_of(owner).post(f"/w/{account.workspace.slug}/variants/{variant.pk}/show", {"to": "nobody"})
    assert answer.status_code == 422
    assert "nobody" in answer.content.decode(), "what was typed is kept"


def test_rest_shows_it_to_one_person(world, account, owner, editor, now, api_of):
    variant = plan(account, owner, now + HOUR).variant
    address = f"/api/v1/items/{variant.item_id}/variants/{variant.pk}/preview/"
    assert api_of(owner).post(address, {"to": "lanxu_editor"}, format="json").status_code == 200
    assert len(world.previews) == 1
    assert api_of(editor).post(address, {"to": "x"}, format="json").status_code == 403
    refused = api_of(owner).post(address, {"to": "nobody"}, format="json")
    assert refused.status_code == 400
    assert refused.json()["fields"]["to"]


def test_platform_without_previews_says_so(workspace, owner, now, api_of, client_of):
    variant = make_variant(make_item(workspace), make_account(workspace))
    assert "variant-show" not in client_of(owner).get(variant.get_absolute_url()).content.decode()
    address = f"/api/v1/items/{variant.item_id}/variants/{variant.pk}/preview/"
    assert api_of(owner).post(address, {"to": "x"}, format="json").status_code == 400


def test_phone_page_shows_the_theme_and_lets_nothing_run(world, account, owner, now, client_of):
    variant = plan(account, owner, now + HOUR, theme="leaf", title="茶 <script>alert(1)</script>").variant
    client = client_of(owner)
    page = client.get(variant.get_absolute_url()).content.decode()
    assert f"variants/{variant.pk}/phone" in page
    answer = client.get(f"/w/{account.workspace.slug}/variants/{variant.pk}/phone")
    shown_page = answer.content.decode()
    assert "#1f7a4d" in shown_page
    assert "<script" not in shown_page
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert "sandbox" in answer["Content-Security-Policy"]


def test_picture_message_is_previewed_as_a_strip(world, account, owner, now, client_of):
    variant = plan(account, owner, now + HOUR, kind="pictures").variant
    page = client_of(owner).get(variant.get_absolute_url()).content.decode()
    assert "preview-strip" in page
    assert "/phone" not in page


def make_companion(account, owner, title, *, approved=True):
    item = make_item(account.workspace, title=title, body="第二条的正文。", cover=make_asset(account.workspace))
    variant = make_variant(item, account)
    if approved:
        approve(item, by=owner)
    return variant


def test_pieces_of_one_message_go_out_in_order_as_posts_of_their_own(world, account, owner, now):
    world.course = [0]
    row = plan(account, owner, now, title="头条")
    second, third = (make_companion(account, owner, title) for title in ("次条", "三条"))
    fitting.set_companions(row.variant, [third, second], by=owner, now=now)
    fitting.set_companions(row.variant, [second, third], by=owner, now=now)
    approve(row.variant.item, by=owner)
    row = checked(publish(row, now), now)
    assert row.state == "live"
    assert [item["title"] for item in world.posts[0]["items"]] == ["头条", "次条", "三条"]
    parts = Post.objects.filter(account=account, part_of=row.post.remote_id).order_by("pk")
    assert [part.title for part in parts] == ["次条", "三条"]
    assert [each["title"] for each in row.attempts.get().sent["companions"]] == ["次条", "三条"]


def test_piece_that_nobody_approved_keeps_the_message_back(world, account, owner, now):
    row = plan(account, owner, now)
    companion = make_companion(account, owner, "次条", approved=False)
    fitting.set_companions(row.variant, [companion], by=owner, now=now)
    approve(row.variant.item, by=owner)
    row = publish(row, now)
    assert row.state == "failed"
    assert "次条" in row.problem
    assert world.posts == []


def test_another_order_needs_another_approval(world, account, owner, now):
    row = plan(account, owner, now)
    fitting.set_companions(row.variant, [make_companion(account, owner, "次条")], by=owner, now=now)
    row.variant.item.refresh_from_db()
    assert row.variant.item.state == "stale"


def test_wrong_companions_are_refused(world, account, owner, now, workspace):
    lead, second = make_companion(account, owner, "头条"), make_companion(account, owner, "次条")
    foreign = make_variant(make_item(workspace), make_account(workspace))
    many = [make_companion(account, owner, f"第{n}条") for n in range(8)]
    for chosen in ([lead], [foreign], many):
        with pytest.raises(UserError):
            fitting.set_companions(lead, chosen, by=owner, now=now)
    fitting.set_companions(lead, [second], by=owner, now=now)
    for variant, chosen in ((second, many[:1]), (many[0], [lead])):
        with pytest.raises(UserError):
            fitting.set_companions(variant, chosen, by=owner, now=now)
    assert lead.companions.count() == 1


def test_companions_are_chosen_on_the_page(world, account, owner, now, client_of):
    lead = make_companion(account, owner, "头条")
    second, third = (make_companion(account, owner, title) for title in ("次条", "三条"))
    client, address = client_of(owner), f"/w/{account.workspace.slug}/variants/{lead.pk}/companions"
    for typed in ({"add": second.pk}, {"add": third.pk}, {"earlier": third.pk}):
        assert client.post(address, typed).status_code == 302
    assert list(lead.companions.values_list("companion", flat=True)) == [third.pk, second.pk]
    page = client.get(lead.get_absolute_url()).content.decode()
    assert page.index("三条") < page.index("次条")
    assert "头条" in client.get(second.get_absolute_url()).content.decode()
    part = client.post(address, {"out": third.pk}, headers={"HX-Request": "true"}).content.decode()
    assert "variant-companions" in part
    assert list(lead.companions.values_list("companion", flat=True)) == [second.pk]


def test_rest_sets_companions(world, account, owner, now, api_of, other_workspace):
    lead, second = make_companion(account, owner, "头条"), make_companion(account, owner, "次条")
    address = f"/api/v1/items/{lead.item_id}/variants/{lead.pk}/companions/"
    answer = api_of(owner).put(address, {"companions": [second.pk]}, format="json")
    assert (answer.status_code, answer.json()["companions"]) == (200, [second.pk])
    theirs = make_variant(make_item(other_workspace), make_account(other_workspace))
    assert api_of(owner).put(address, {"companions": [theirs.pk]}, format="json").status_code == 400
    assert api_of(owner).put(address, {"companions": []}, format="json").json()["companions"] == []
