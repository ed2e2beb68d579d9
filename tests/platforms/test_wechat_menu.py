"""The menu of an Official Account: drafted, edited, published, on the platform's double."""

import pytest
from django.utils import timezone, translation

from mediaops.errors import UserError
from platforms.actions import menus
from platforms.models import Menu

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


MENU = [
    {"name": "新品", "below": [
        {"name": "春茶", "type": "view", "url": "https://tea.example/spring"},
        {"name": "价格", "type": "click", "key": "价格"},
    ]},
    {"name": "门店", "type": "miniprogram", "url": "https://tea.example", "appid": "wx1", "pagepath": "pages/shop"},
]  # fmt: skip


def test_menu_is_drafted_published_read_back_and_taken_off(wechat, official, operator):
    now = timezone.now()
    menus.draft(official, MENU, by=operator, now=now)
    assert wechat.buttons is None
    menus.publish(official, by=operator, now=now)
    assert wechat.buttons[0]["sub_button"][1] == {"name": "价格", "type": "click", "key": "价格"}
    row = menus.read_live(official, by=operator, now=now)
    assert row.is_live
    wechat.buttons = [{"name": "后台", "type": "text", "value": "hello"}]
    assert not menus.read_live(official, by=operator, now=now).is_live
    menus.take_over(official, by=operator, now=now)
    with pytest.raises(UserError, match="back office"):
        menus.publish(official, by=operator, now=now)
    menus.remove(official, by=operator, now=now)
    assert wechat.buttons is None


@pytest.mark.parametrize(("entries", "fields"), [
    ([], {""}),
    ([{"name": "", "type": "view", "url": "https://x.example"}], {"name"}),
    ([{"name": "五个汉字呀呀", "type": "view", "url": "https://x.example"}], {"name"}),
    ([{"name": "ok", "type": "view", "url": "javascript:alert(1)"}], {"url"}),
    ([{"name": "ok", "type": "view", "url": ""}], {"url"}),
    ([{"name": "ok", "type": "click", "key": "茶" * 43}], {"key"}),
    ([{"name": "ok", "type": "magic", "value": "x"}], {"type"}),
    ([{"name": str(n), "type": "click", "key": "k"} for n in range(4)], {""}),
    ([{"name": "a", "below": [{"name": str(n), "type": "click", "key": "k"} for n in range(6)]}], {""}),
    ([{"name": "a", "below": [{"name": "茶" * 21, "type": "click", "key": "k"}]}], {"name"}),
])  # fmt: skip
def test_menu_that_the_platform_would_refuse_is_not_sent(wechat, official, operator, entries, fields):
    row = menus.draft(official, entries, by=operator, now=timezone.now())
    assert {fault.field for fault in menus.faults(row.entries, menus.rules_of(official))} == fields
    with pytest.raises(UserError):
        menus.publish(official, by=operator, now=timezone.now())
    assert wechat.calls("menu_create") == 0


@pytest.mark.parametrize(
    "hostile", [None, 7, "menu", [1, "x", None], [{"below": [[[]]]}], {"name": "x"}, [{"name": ["x"]}]]
)
def test_odd_menus_are_survived(official, operator, hostile):
    row = menus.draft(official, hostile, by=operator, now=timezone.now())
    assert isinstance(row.entries, list)


def names(entries):
    return [(each["name"], [under["name"] for under in each.get("below", [])]) for each in entries]


@pytest.mark.parametrize(("act", "result"), [
    (("down", "0"), [("门店", []), ("新品", ["春茶", "价格"])]),
    (("up", "0"), [("新品", ["春茶", "价格"]), ("门店", [])]),
    (("up", "0.1"), [("新品", ["价格", "春茶"]), ("门店", [])]),
    (("move", "1", "0"), [("门店", []), ("新品", ["春茶", "价格"])]),
    (("move", "0.1", "0.0"), [("新品", ["价格", "春茶"]), ("门店", [])]),
    (("move", "0.1", "1"), [("新品", ["春茶", "价格"]), ("门店", [])]),
    (("drop", "0"), [("门店", [])]),
    (("drop", "0.0"), [("新品", ["价格"]), ("门店", [])]),
    (("add", ""), [("新品", ["春茶", "价格"]), ("门店", []), ("", [])]),
    (("below", "0"), [("新品", ["春茶", "价格", ""]), ("门店", [])]),
    (("below", "1"), [("新品", ["春茶", "价格"]), ("门店", ["门店"])]),
    (("drop", "7"), [("新品", ["春茶", "价格"]), ("门店", [])]),
    (("drop", "0.0.0"), [("新品", ["春茶", "价格"]), ("门店", [])]),
    (("drop", "x"), [("新品", ["春茶", "价格"]), ("门店", [])]),
])  # fmt: skip
def test_entries_are_moved_about(act, result):
    assert names(menus.rearranged(MENU, *act)) == result


def test_menu_is_edited_in_the_browser_without_losing_what_was_typed(wechat, official, operator, viewer, client_of):
    client, here = client_of(operator), f"/w/lanxu/accounts/{official.pk}/menu/"
    client.post(here + "save/", {"act": "add"})
    typed = {"entry-0-name": "新品", "entry-0-type": "view", "entry-0-url": "not an address"}
    client.post(here + "save/", typed | {"act": "below:0"})
    assert Menu.objects.get().entries == [
        {"name": "新品", "below": [{"name": "新品", "type": "view", "url": "not an address"}]}
    ]
    typed = {"entry-0-name": "新品", "entry-0.0-name": "春茶", "entry-0.0-type": "view", "entry-0.0-url": "x"}
    refused = client.post(here + "save/", typed | {"act": "publish"})
    assert refused.status_code == 422
    assert "An address begins with https://." in refused.content.decode()
    assert Menu.objects.get().entries[0]["below"][0]["url"] == "x"
    client.post(here + "save/", typed | {"entry-0.0-url": "https://tea.example", "act": "publish"})
    assert wechat.buttons[0]["sub_button"][0]["url"] == "https://tea.example"
    assert client_of(viewer).get(here).status_code == 200
    assert client_of(viewer).post(here + "remove/").status_code == 403
    client.post(here + "remove/")
    assert wechat.buttons is None


def test_an_entry_just_added_is_told_off_only_when_the_menu_is_to_go_out(wechat, official, operator, client_of):
    client, here = client_of(operator), f"/w/lanxu/accounts/{official.pk}/menu/"
    client.post(here + "save/", {"act": "add"})
    assert "field-problem" not in client.get(here).content.decode()
    blank = {"entry-0-name": "", "entry-0-type": "view", "entry-0-url": ""}
    refused = client.post(here + "save/", blank | {"act": "publish"})
    assert (refused.status_code, wechat.buttons) == (422, None)
    assert refused.content.decode().count("field-problem") == 2
    client.post(here + "save/", blank | {"entry-0-url": "not an address", "act": ""})
    assert "field-problem" in client.get(here).content.decode()


def test_menu_is_kept_over_the_api(wechat, official, operator, api_of):
    api, here = api_of(operator), f"/api/v1/accounts/{official.pk}/menu/"
    assert api.get(here).json()["entries"] == []
    assert api.put(here, {"entries": MENU}, format="json").status_code == 200
    assert api.post(here + "publish/").json()["live"] == MENU
    assert api.put(here, {"entries": [{"name": ""}]}, format="json").status_code == 200
    answer = api.post(here + "publish/")
    assert (answer.status_code, "0.name" in answer.json()["fields"]) == (400, True)
    assert api.post(here + "read/").json()["live"] == MENU
    assert api.post(here + "remove/").json()["live"] == []
