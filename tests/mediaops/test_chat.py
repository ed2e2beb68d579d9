"""Group chats: the robots' own protocols on a loopback server, delivery, and who may set them up."""

import base64
import hashlib
import hmac
import json
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone

from mediaops.actions import chat, notices
from mediaops.errors import UserError
from mediaops.lib import chat_robots
from mediaops.lib.chat_robots import ChatText, RobotRefused, RobotSilent
from mediaops.models import Activity, ChatMessage, ChatRobot

NOW = timezone.now()
SAID = ChatText("Lanxu Tea", "A post is due.", "https://tea.example/kit/x/", "Open it")
SECRET = "SEC000-quiet"


class Group(BaseHTTPRequestHandler):
    """A robot's end of the line: keeps what it hears, answers as it is told."""

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.heard.append((self.path, body))
        status, answer = self.server.answers.pop(0) if self.server.answers else (200, {"errcode": 0, "code": 0})
        raw = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, *args):
        pass


@pytest.fixture
def group(settings):
    settings.ALLOW_LOCAL_SERVERS = True
    server = ThreadingHTTPServer(("127.0.0.1", 0), Group)
    server.heard, server.answers = [], []
    server.url = f"http://127.0.0.1:{server.server_port}/robot?key=abcd-secret"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def make_robot(owner, group):
    def make(workspace, group, *, kind="wecom", **more):
        given = {"name": "Duty", "url": group.url} | more
        return chat.add_robot(workspace, kind=kind, by=owner, now=NOW, **given)

    return make


@pytest.mark.parametrize("kind", ["wecom", "dingtalk"])
def test_what_people_wrote_calls_nobody_and_leads_nowhere(group, kind):
    said = ChatText("<@all> 急", "看 [这里](https://evil.example)", "https://team.example/w/x/", "打开")
    chat_robots.send(kind, {"url": group.url, "secret": ""}, said, NOW)
    ((_path, body),) = group.heard
    text = body["markdown"]["content" if kind == "wecom" else "text"]
    assert "<@" not in text and "[这里]" not in text
    assert "[打开](https://team.example/w/x/)" in text


def test_wecom_gets_markdown(group):
    chat_robots.send("wecom", {"url": group.url}, SAID, NOW)
    ((path, body),) = group.heard
    assert path == "/robot?key=abcd-secret"
    assert body["msgtype"] == "markdown"
    assert body["markdown"]["content"].split("\n\n") == [
        "**Lanxu Tea**", "A post is due.", "[Open it](https://tea.example/kit/x/)",
    ]  # fmt: skip


def test_dingtalk_is_signed_in_the_address(group):
    chat_robots.send("dingtalk", {"url": group.url, "secret": SECRET}, SAID, NOW)
    ((path, body),) = group.heard
    query = parse_qs(urlsplit(path).query)
    stamp = query["timestamp"][0]
    expected = hmac.new(SECRET.encode(), f"{stamp}\n{SECRET}".encode(), hashlib.sha256).digest()
    assert base64.b64decode(query["sign"][0]) == expected
    assert stamp == str(int(NOW.timestamp() * 1000))
    assert body["markdown"]["title"] == "Lanxu Tea"


def test_feishu_is_signed_in_the_body(group):
    chat_robots.send("feishu", {"url": group.url, "secret": SECRET}, SAID, NOW)
    ((_path, body),) = group.heard
    key = f"{body['timestamp']}\n{SECRET}".encode()
    assert base64.b64decode(body["sign"]) == hmac.new(key, b"", hashlib.sha256).digest()
    lines = body["content"]["post"]["zh_cn"]["content"]
    assert lines[1][0] == {"tag": "a", "text": "Open it", "href": "https://tea.example/kit/x/"}


def test_long_words_are_cut_to_what_the_robot_takes(group):
    chat_robots.send("wecom", {"url": group.url}, ChatText("茶", "茶" * 5000), NOW)
    assert len(group.heard[0][1]["markdown"]["content"].encode()) <= 4000


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ((200, {"errcode": 45009, "errmsg": "api freq out of limit"}), RobotSilent),
        ((503, b"<html>"), RobotSilent),
        ((429, {}), RobotSilent),
        ((200, {"errcode": 93000, "errmsg": "invalid webhook url"}), RobotRefused),
        ((200, b"<html>hello</html>"), RobotRefused),
        ((200, [1]), RobotRefused),
    ],
)
def test_what_the_robot_answers_is_taken_for_what_it_is(group, answer, error):
    group.answers.append(answer)
    with pytest.raises(error):
        chat_robots.send("wecom", {"url": group.url}, SAID, NOW)


def test_odd_answers_and_addresses_end_in_our_own_errors(group, settings):
    group.answers[:] = [(200, {"errcode": [0]}), (200, b"[" * 15_000)]
    for _answer in list(group.answers):
        with pytest.raises(RobotRefused):
            chat_robots.send("wecom", {"url": group.url}, SAID, NOW)
    with pytest.raises(RobotRefused):
        chat_robots.send("wecom", {"url": "https://qyapi.weixin.qq.com:99999999/x"}, SAID, NOW)


def test_a_robot_that_is_gone_is_silent(group, settings):
    url = group.url
    group.shutdown()
    group.server_close()
    with pytest.raises(RobotSilent):
        chat_robots.send("wecom", {"url": url}, SAID, NOW)


def test_the_address_never_shows_in_a_refusal(group):
    group.answers.append((200, {"errcode": 1, "errmsg": f"bad {group.url}"}))
    with pytest.raises(RobotRefused) as caught:
        chat_robots.send("wecom", {"url": group.url}, SAID, NOW)
    assert "abcd-secret" not in str(caught.value)


def test_only_the_makers_own_hosts_are_called(settings):
    settings.ALLOW_LOCAL_SERVERS = False
    assert not chat_robots.address_problem("wecom", "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=1")
    for url in (
        "https://evil.example/",
        "http://qyapi.weixin.qq.com/",
        "https://oapi.dingtalk.com/robot/send",
        "x",
        "",
    ):
        assert chat_robots.address_problem("wecom", url), url


def test_a_robot_is_proven_by_a_message_and_kept_sealed(workspace, group, make_robot):
    row = make_robot(workspace, group)
    assert len(group.heard) == 1
    assert "Lanxu Tea" in group.heard[0][1]["markdown"]["content"]
    assert "abcd-secret" not in row.sealed
    assert Activity.objects.filter(verb="chat.added").count() == 1


def test_a_robot_that_does_not_answer_is_not_kept(workspace, group, make_robot):
    group.answers.append((200, {"errcode": 93000, "errmsg": "invalid webhook url"}))
    with pytest.raises(UserError, match="invalid webhook url"):
        make_robot(workspace, group)
    assert not ChatRobot.objects.exists()


def test_owner_sets_one_up_in_the_browser(group, owner, client_of, workspace):
    client, root = client_of(owner), f"/w/{workspace.slug}/chats/"
    given = {"kind": "feishu", "name": "值班群", "url": group.url, "secret": SECRET}
    wrong = client.post(f"{root}new/", given | {"name": ""})
    assert wrong.status_code == 422
    assert client.post(f"{root}new/", given).status_code == 302
    row = ChatRobot.objects.get()
    page = client.get(root).content.decode()
    assert "值班群" in page
    assert "abcd-secret" not in page + client.get(f"{root}{row.pk}/").content.decode()
    client.post(f"{root}{row.pk}/", {"name": "Night", "only_urgent": "on", "is_on": "on"})
    row.refresh_from_db()
    assert (row.name, row.only_urgent, row.is_on) == ("Night", True, True)
    client.post(f"{root}{row.pk}/try/")
    assert len(group.heard) == 2
    client.post(f"{root}{row.pk}/drop/")
    assert not ChatRobot.objects.exists()


def test_rest_does_the_same(group, owner, api_of):
    api = api_of(owner)
    made = api.post("/api/v1/chat-robots/", {"kind": "wecom", "name": "Duty", "url": group.url}, format="json")
    assert made.status_code == 201
    assert "url" not in made.data
    address = f"/api/v1/chat-robots/{made.data['id']}/"
    assert api.patch(address, {"is_on": False}, format="json").data["is_on"] is False
    assert api.post(f"{address}send/").status_code == 200
    assert api.delete(address).status_code == 204
    wrong = api.post("/api/v1/chat-robots/", {"kind": "wecom", "name": "Duty", "url": "nothing"}, format="json")
    assert (wrong.status_code, list(wrong.json()["fields"])) == (400, ["url"])


def test_managers_may_not(manager, client_of, workspace, api_of):
    assert client_of(manager).get(f"/w/{workspace.slug}/chats/").status_code == 403
    assert api_of(manager).post("/api/v1/chat-robots/", {}, format="json").status_code == 403


def test_a_group_is_told_once(workspace, group, make_robot):
    make_robot(workspace, group)
    for _ in range(2):
        chat.say(workspace, key="publication.failed:1", text="It failed.", url="/w/lanxu/x/", level="urgent")
    (pk,) = chat.hand_out(timezone.now())
    assert chat.hand_out(timezone.now()) == []
    assert chat.deliver(pk, timezone.now())
    assert not chat.deliver(pk, timezone.now())
    assert len(group.heard) == 2
    assert "/w/lanxu/x/" in group.heard[1][1]["markdown"]["content"]


def test_a_silent_group_is_told_later_and_its_trouble_shows(workspace, group, make_robot):
    row = make_robot(workspace, group)
    chat.say(workspace, key="k", text="It failed.")
    now = timezone.now()
    (pk,) = chat.hand_out(now)
    group.answers.append((503, {}))
    assert not chat.deliver(pk, now)
    row.refresh_from_db()
    assert row.problem
    later = now + timedelta(minutes=1)
    assert chat.hand_out(later) == [pk]
    assert chat.deliver(pk, later)
    row.refresh_from_db()
    assert (row.problem, ChatMessage.objects.get().has_arrived) == ("", True)


def test_a_refusal_ends_it_and_old_news_is_dropped(workspace, group, make_robot):
    make_robot(workspace, group)
    chat.say(workspace, key="a", text="It failed.")
    (pk,) = chat.hand_out(timezone.now())
    group.answers.append((200, {"errcode": 93000, "errmsg": "gone"}))
    chat.deliver(pk, timezone.now())
    assert chat.hand_out(timezone.now() + timedelta(hours=1)) == []
    chat.say(workspace, key="b", text="It failed.")
    (old,) = chat.hand_out(timezone.now() + timedelta(hours=7))
    assert not chat.deliver(old, timezone.now() + timedelta(hours=7))
    assert len(group.heard) == 2


def test_only_urgent_leaves_out_reminders(workspace, group, make_robot):
    make_robot(workspace, group, only_urgent=True)
    assert chat.say(workspace, key="a", text="Reminder", level="warning") == 0
    assert chat.say(workspace, key="b", text="Failure", level="urgent") == 1


def test_a_group_gets_no_more_at_once_than_its_maker_takes(workspace, group, make_robot):
    make_robot(workspace, group)
    for number in range(chat.PACE + 5):
        chat.say(workspace, key=str(number), text="It failed.")
    assert len(chat.hand_out(timezone.now())) == chat.PACE


def test_a_notice_reaches_the_group_in_the_teams_language(workspace, group, make_robot, owner):
    workspace.language = "zh-hans"
    workspace.save(update_fields=["language"])
    make_robot(workspace, group)
    from django.utils.translation import gettext_lazy

    owner.workspace.language = "zh-hans"
    notices.notify([owner], kind="x", key="x", text=gettext_lazy("Saved"), chat=True)
    assert ChatMessage.objects.get().text == "已保存"
