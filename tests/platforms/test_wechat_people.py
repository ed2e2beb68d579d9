"""Followers, talks, comments and labels of an Official Account, on the platform's double."""

from datetime import timedelta

import pytest
from django.utils import timezone, translation

from mediaops.errors import UserError
from mediaops.models import Activity
from platforms import tasks
from platforms.actions import answering, auto_replying, callbacks, contacts, moderating, syncing
from platforms.actions.answering import WindowOver
from platforms.models import Contact, ContactBook, ContactTag, Conversation, Message, Reply
from platforms.models.reply import ReplyState
from tests.builders import make_post

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def understand_all():
    for pk in callbacks.hand_over(timezone.now()):
        tasks.understand_callback(pk)


def send_all(now=None):
    now = now or timezone.now()
    for pk in answering.hand_over(now):
        row = Reply.objects.select_related("to", "conversation__account__workspace", "by__user", "by__workspace").get(
            pk=pk
        )
        answering.send(row, now)


def reload(row):
    return type(row).objects.get(pk=row.pk)


def talk_of(who):
    return Conversation.objects.select_related("account__workspace").get(thread_id=f"user:{who}")


def test_follow_welcome_message_clock_reply_and_the_end_of_the_window(tell, wechat, official, operator):
    now = timezone.now()
    auto_replying.add(official, trigger="welcome", text="欢迎来到蓝叙茶。", by=operator, now=now)
    answer = tell(wechat.follow("oAnna"))
    assert answer.headers["Content-Type"].startswith("application/xml")
    tell(wechat.write("oAnna", "春茶什么时候上？"))
    understand_all()

    talk = talk_of("oAnna")
    said = set(talk.messages.values_list("text", "is_own"))
    assert said == {("欢迎来到蓝叙茶。", True), ("春茶什么时候上？", False)}
    assert talk.waits_since is not None
    assert timedelta(hours=47, minutes=58) < talk.reply_until - now <= timedelta(hours=48, minutes=1)
    assert talk.replies_left == 5

    for n in range(5):
        answering.reply(talk_of("oAnna"), f"answer {n}", by=operator, now=timezone.now())
        send_all()
    assert wechat.said[0] == ("oAnna", "answer 0")
    talk = talk_of("oAnna")
    assert (talk.replies_left, talk.waits_since) == (0, None)
    with pytest.raises(WindowOver, match="used up"):
        answering.reply(talk, "a sixth", by=operator, now=timezone.now())

    tell(wechat.write("oAnna", "谢谢"))
    understand_all()
    talk = talk_of("oAnna")
    assert talk.replies_left == 5
    with pytest.raises(WindowOver, match="time to reply is over"):
        answering.reply(talk, "too late", by=operator, now=talk.reply_until)
    assert len(wechat.said) == 5


def test_what_is_on_its_way_counts_against_the_window(tell, wechat, official, operator):
    tell(wechat.write("oAnna", "hi"))
    understand_all()
    for n in range(5):
        answering.reply(talk_of("oAnna"), f"answer {n}", by=operator, now=timezone.now())
    with pytest.raises(WindowOver):
        answering.reply(talk_of("oAnna"), "a sixth", by=operator, now=timezone.now())


def test_window_that_ended_before_sending_sends_nothing(tell, wechat, official, operator):
    tell(wechat.write("oAnna", "hi"))
    understand_all()
    talk = talk_of("oAnna")
    row = answering.reply(talk, "just in time", by=operator, now=talk.reply_until - timedelta(seconds=1))
    send_all(talk.reply_until + timedelta(seconds=1))
    assert reload(row).state == ReplyState.FAILED
    assert not wechat.said


@pytest.mark.parametrize(("window", "sentence"), [([0, 5], "More than 48 hours"), ([9e9, 0], "used up")])
def test_platform_that_says_the_window_is_closed_closes_it_here(tell, wechat, official, operator, window, sentence):
    tell(wechat.write("oAnna", "hi"))
    understand_all()
    row = answering.reply(talk_of("oAnna"), "hello", by=operator, now=timezone.now())
    wechat.windows["oAnna"] = window
    send_all()
    row, talk = reload(row), talk_of("oAnna")
    assert row.state == ReplyState.FAILED
    assert sentence in row.problem
    assert answering.window_problem(talk, timezone.now())


def test_person_who_left_cannot_be_written_to(tell, wechat, official, operator):
    tell(wechat.write("oAnna", "hi"))
    understand_all()
    row = answering.reply(talk_of("oAnna"), "hello", by=operator, now=timezone.now())
    wechat.will("custom_send", 43004)
    send_all()
    assert "does not follow the account" in reload(row).problem


def test_press_of_the_menu_opens_a_short_window_and_shows_in_the_talk(tell, wechat, official, client_of, operator):
    tell(wechat.write("oAnna", "hi", at=(timezone.now() - timedelta(hours=60)).timestamp()))
    understand_all()
    assert answering.window_problem(talk_of("oAnna"), timezone.now())
    tell(wechat.press("oAnna", "PRICE"))
    understand_all()
    talk = talk_of("oAnna")
    assert talk.replies_left == 3
    assert not answering.window_problem(talk, timezone.now())
    page = client_of(operator).get(talk.get_absolute_url()).content.decode()
    assert "Pressed the menu: PRICE" in page


def test_wider_window_stays_open_when_a_short_one_comes(tell, wechat, official):
    tell(wechat.write("oAnna", "hi"))
    tell(wechat.press("oAnna", "PRICE"))
    understand_all()
    assert talk_of("oAnna").replies_left == 5


def test_inbox_puts_the_clock_that_ends_first_at_the_top_and_shows_it(tell, wechat, official, client_of, operator):
    hour = 3600
    now = timezone.now().timestamp()
    for who, hours_ago in (("oLong", 2), ("oShort", 47), ("oOver", 60)):
        tell(wechat.write(who, f"from {who}", at=now - hours_ago * hour))
    understand_all()
    client = client_of(operator)
    page = client.get("/w/lanxu/inbox/")
    assert [row.who_id for row in page.context["page"].talks] == ["oShort", "oLong", "oOver"]
    html = page.content.decode()
    assert "left to reply, until" in html
    assert "5 replies left" in html
    assert "time to reply over" in html
    over = client.get(talk_of("oOver").get_absolute_url()).content.decode()
    assert "no longer allows it until they write again" in over
    assert 'type="submit" disabled' in over
    today = client.get("/w/lanxu/inbox/today/")
    assert [row.who_id for row in today.context["talks"]] == ["oShort", "oLong", "oOver"]


def test_api_tells_the_clock_and_refuses_after_it(tell, wechat, official, api_of, operator):
    tell(wechat.write("oAnna", "hi", at=(timezone.now() - timedelta(hours=50)).timestamp()))
    understand_all()
    api = api_of(operator)
    talk = api.get("/api/v1/conversations/").json()["results"][0]
    assert talk["replies_left"] == 5
    assert talk["reply_until"]
    answer = api.post(f"/api/v1/conversations/{talk['id']}/reply/", {"text": "late"}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (409, "reply_window_closed")


def test_what_is_left_to_say_is_told_again_with_the_messages(tell, wechat, official, operator, client_of):
    tell(wechat.write("oAnna", "春茶什么时候上？"))
    understand_all()
    talk, client = talk_of("oAnna"), client_of(operator)
    here = f"/w/lanxu/inbox/{talk.pk}/"
    page = client.get(here).content.decode()
    assert "5 replies left" in page and "hx-swap-oob" not in page
    answering.reply(talk, "谷雨前后。", by=operator, now=timezone.now())
    send_all()
    renewed = client.get(here + "messages/").content.decode()
    assert 'id="reply-window" hx-swap-oob="true"' in renewed and "4 replies left" in renewed
    Conversation.objects.update(replies_left=0)
    renewed = client.get(here + "messages/").content.decode()
    assert 'disabled id="reply-send" hx-swap-oob="true"' in renewed


def rule(official, operator, **fields):
    given = {"trigger": "keyword", "words": "价格", "text": "38 元一盒。"} | fields
    return auto_replying.add(official, by=operator, now=timezone.now(), **given)


@pytest.mark.parametrize(("fields", "said", "is_answered"), [
    ({}, "价格", True),
    ({}, "  价格 ", True),
    ({}, "价格多少", False),
    ({"match": "contains"}, "请问价格多少", True),
    ({"words": "price\nPRICE LIST"}, "Price  list", True),
    ({"match": "pattern", "words": r"^(价|价格)[?？]?$"}, "价格？", True),
    ({"match": "pattern", "words": r"(a+)+$"}, "a" * 60 + "!", False),
    ({"is_on": False}, "价格", False),
])  # fmt: skip
def test_keyword_is_answered_in_the_answer_itself(tell, wechat, official, operator, fields, said, is_answered):
    rule(official, operator, **fields)
    answer = tell(wechat.write("oAnna", said))
    assert (answer.content != b"success") == is_answered
    understand_all()
    talk = talk_of("oAnna")
    assert talk.messages.filter(is_own=True, text="38 元一盒。").exists() == is_answered
    assert (talk.waits_since is None) == is_answered


def test_first_that_fits_is_given_and_order_can_be_changed(tell, wechat, official, operator):
    rule(official, operator, text="first")
    second = rule(official, operator, text="second")
    auto_replying.shift(second, -1, by=operator, now=timezone.now())
    tell(wechat.write("oAnna", "价格"))
    understand_all()
    assert talk_of("oAnna").messages.get(is_own=True).text == "second"


def test_press_of_the_menu_counts_as_its_keyword(tell, wechat, official, operator):
    rule(official, operator, words="PRICE")
    assert tell(wechat.press("oAnna", "PRICE")).content != b"success"
    assert tell(wechat.press("oAnna", "OTHER")).content == b"success"


def test_answer_to_anything_else_leaves_the_talk_waiting_for_people(tell, wechat, official, operator):
    rule(official, operator, trigger="otherwise", words="", text="我们九点回来。")
    tell(wechat.write("oAnna", "有人吗"))
    understand_all()
    talk = talk_of("oAnna")
    assert talk.messages.filter(is_own=True).count() == 1
    assert talk.waits_since is not None


def test_machine_is_quiet_while_somebody_talks(tell, wechat, official, operator):
    quiet = rule(official, operator)
    tell(wechat.write("oAnna", "hi"))
    understand_all()
    answering.reply(talk_of("oAnna"), "Good morning.", by=operator, now=timezone.now())
    assert tell(wechat.write("oAnna", "价格")).content == b"success"
    auto_replying.change(quiet, yields_to_people=False, by=operator, now=timezone.now())
    assert tell(wechat.write("oAnna", "价格")).content != b"success"


def test_repeat_is_answered_with_the_same_words_though_the_rule_changed(tell, wechat, official, operator):
    wechat.aes_key = ""
    from mediaops.lib.sealing import seal, unseal
    from platforms.models import Credential

    row = Credential.objects.get()
    Credential.objects.update(sealed=seal(unseal(row.sealed) | {"aes_key": ""}))
    kept = rule(official, operator)
    called = wechat.write("oAnna", "价格")
    assert "38 元一盒。" in tell(called).content.decode()
    auto_replying.change(kept, text="40 元。", by=operator, now=timezone.now())
    assert "38 元一盒。" in tell(called).content.decode()


@pytest.mark.parametrize("wrong", [
    {"text": "  "}, {"words": " \n"}, {"text": "茶" * 700}, {"match": "pattern", "words": "(("},
    {"words": "\n".join(map(str, range(60)))},
])  # fmt: skip
def test_answer_that_cannot_work_is_refused(official, operator, wrong):
    with pytest.raises(UserError):
        rule(official, operator, **wrong)


def test_rules_are_kept_in_the_browser(client_of, operator, official, viewer):
    client, here = client_of(operator), f"/w/lanxu/accounts/{official.pk}/auto-replies/"
    assert "Nothing is answered by itself yet" in client.get(here).content.decode()
    given = {"trigger": "keyword", "match": "exact", "words": "价格", "text": "38 元。", "is_on": "on"}
    assert client.post(here + "add/", given | {"text": ""}).status_code == 422
    assert client.post(here + "add/", given).status_code == 302
    row = official.auto_replies.get()
    assert "38 元。" in client.get(here).content.decode()
    client.post(f"/w/lanxu/auto-replies/{row.pk}/", given | {"text": "40 元。"})
    client.post(f"/w/lanxu/auto-replies/{row.pk}/turn/")
    row.refresh_from_db()
    assert (row.text, row.is_on) == ("40 元。", False)
    assert client_of(viewer).post(f"/w/lanxu/auto-replies/{row.pk}/drop/").status_code == 403
    client.post(f"/w/lanxu/auto-replies/{row.pk}/drop/")
    assert not official.auto_replies.exists()
    verbs = set(Activity.objects.values_list("verb", flat=True))
    assert {"auto_reply.made", "auto_reply.changed", "auto_reply.dropped"} <= verbs


def test_rules_are_kept_over_the_api(api_of, operator, official):
    api = api_of(operator)
    given = {"account": official.pk, "trigger": "welcome", "text": "Welcome."}
    made = api.post("/api/v1/auto-replies/", given, format="json")
    assert made.status_code == 201
    here = f"/api/v1/auto-replies/{made.json()['id']}/"
    assert api.patch(here, {"text": "Hello."}, format="json").json()["text"] == "Hello."
    assert api.patch(here, {"text": ""}, format="json").status_code in {400, 422}
    assert api.post(here + "shift/", {"steps": -1}, format="json").status_code == 200
    assert api.delete(here).status_code == 204


def published(official, send=2247500001, **data):
    return make_post(
        official, remote_id="article-1_1", title="春茶", data={"msg_data_id": str(send), "index": 1} | data,
        published_at=timezone.now() - timedelta(hours=2),
    )  # fmt: skip


def comment_of(text):
    return Message.objects.select_related("conversation__account__workspace").get(text=text)


@pytest.mark.parametrize("first_index", [0, 1])
def test_comment_is_answered_elected_and_deleted_however_articles_are_counted(
    wechat, official, operator, first_index
):
    wechat.first_index = first_index
    post = published(official)
    number = wechat.comment(2247500001, "好喝！")
    assert syncing.sync_account(official, timezone.now())
    row = comment_of("好喝！")
    assert (row.conversation.post, row.conversation.kind) == (post, "comment")
    assert row.remote_id == f"comment:2247500001:{first_index}:{number}"
    official.refresh_from_db()
    assert official.known["first_index"] == first_index

    answering.reply(row.conversation, "谢谢", by=operator, now=timezone.now())
    send_all()
    assert wechat.comments[2247500001, 1][0]["reply"][0]["content"] == "谢谢"
    syncing.sync_account(official, timezone.now())
    assert row.conversation.messages.filter(is_own=True).count() == 1

    moderating.moderate(row, "elect", by=operator, now=timezone.now())
    assert wechat.comments[2247500001, 1][0]["comment_type"] == 1
    assert moderating.acts_on(official, reload_message(row)) == ["unelect", "delete"]
    moderating.moderate(reload_message(row), "delete", by=operator, now=timezone.now())
    assert wechat.comments[2247500001, 1] == []
    assert comment_of("好喝！").removed_at is not None
    moderating.moderate(reload_message(row), "delete", by=operator, now=timezone.now())  # twice is fine
    assert Activity.objects.filter(verb="message.moderated").count() == 3


def reload_message(row):
    return Message.objects.select_related("conversation__account__workspace").get(pk=row.pk)


def test_election_made_in_the_back_office_is_seen(wechat, official):
    published(official)
    wechat.comment(2247500001, "好喝！")
    syncing.sync_account(official, timezone.now())
    wechat.comments[2247500001, 1][0]["comment_type"] = 1
    syncing.sync_account(official, timezone.now())
    assert comment_of("好喝！").marks == ["elected"]


def test_many_comments_are_read_page_by_page(wechat, official):
    published(official)
    for n in range(120):
        wechat.comment(2247500001, f"comment {n}")
    syncing.sync_account(official, timezone.now())
    assert Message.objects.count() == 120
    assert wechat.calls("comment_list") == 4


def test_second_answer_to_a_comment_is_refused_in_words(wechat, official, operator):
    published(official)
    wechat.comment(2247500001, "好喝！")
    syncing.sync_account(official, timezone.now())
    talk = comment_of("好喝！").conversation
    for words in ("谢谢", "再谢"):
        answering.reply(talk, words, by=operator, now=timezone.now())
        send_all()
    row = Reply.objects.get(text="再谢")
    assert (row.state, "has an answer already" in row.problem) == (ReplyState.FAILED, True)


def test_account_without_the_right_to_comments_loses_only_that(wechat, official):
    published(official)
    wechat.rights.discard("comment")
    assert syncing.sync_account(official, timezone.now())
    official.refresh_from_db()
    assert "messages" not in official.rights
    assert {"posts", "reply", "contacts"} <= set(official.rights)
    asked = wechat.calls("comment_list")
    syncing.sync_account(official, timezone.now())
    assert wechat.calls("comment_list") == asked


def test_comments_are_moderated_in_the_browser_and_over_the_api(
    wechat, official, operator, viewer, client_of, api_of
):
    published(official)
    wechat.comment(2247500001, "好喝！")
    syncing.sync_account(official, timezone.now())
    row = comment_of("好喝！")
    client = client_of(operator)
    page = client.get(row.conversation.get_absolute_url()).content.decode()
    assert "Feature" in page
    assert client.post(f"/w/lanxu/inbox/messages/{row.pk}/moderate/", {"act": "elect"}).status_code == 302
    assert "featured" in client.get(row.conversation.get_absolute_url()).content.decode()
    assert client.post(f"/w/lanxu/inbox/messages/{row.pk}/moderate/", {"act": "eat"}).status_code == 400
    assert client_of(viewer).post(f"/w/lanxu/inbox/messages/{row.pk}/moderate/", {"act": "delete"}).status_code == 403
    api = api_of(operator)
    here = f"/api/v1/messages/{row.pk}/moderate/"
    assert api.post(here, {"act": "unelect"}, format="json").json()["marks"] == []
    assert api.post(here, {"act": "hide"}, format="json").status_code == 400
    assert api.post(here, {"act": "delete"}, format="json").status_code == 200


def test_comments_are_opened_and_closed(wechat, official, operator, client_of, api_of):
    post = published(official)
    wechat.comments[2247500001, 1] = []
    client_of(operator).post(f"/w/lanxu/posts/{post.pk}/comments/", {"is_open": "1"})
    assert wechat.open_articles == {(2247500001, 0)}
    api_of(operator).post(f"/api/v1/posts/{post.pk}/comments/", {"open": False}, format="json")
    assert wechat.open_articles == set()


def read_all_contacts(official):
    contacts.know_new(["wechat"], timezone.now())
    for _ in range(10):
        ContactBook.objects.update(next_at=timezone.now())
        for pk in contacts.books_to_read(timezone.now()):
            tasks.read_contact_page(pk)
        book = ContactBook.objects.get()
        if book.began_at is None:
            return book
    raise AssertionError("it does not end")


def test_followers_are_read_page_by_page_with_their_labels(wechat, official):
    for n in range(8):
        wechat.follow(f"oReader{n}", name=f"Reader {n}")
    wechat.followers["oReader3"]["tagid_list"] = [127, 999]
    book = read_all_contacts(official)
    assert book.read_at is not None
    assert Contact.objects.count() == 8
    assert [tag.name for tag in Contact.objects.get(remote_id="oReader3").tags.all()] == ["广东"]
    wechat.leave("oReader5")
    wechat.followers["oReader3"]["tagid_list"] = []
    del wechat.tags[2]
    read_all_contacts(official)
    assert Contact.objects.get(remote_id="oReader5").left_at is not None
    assert Contact.objects.following().count() == 7
    assert not Contact.objects.get(remote_id="oReader3").tags.exists()
    assert ContactTag.objects.count() == 1


def test_account_without_the_right_loses_it_and_is_not_asked_again_soon(wechat, official):
    wechat.rights.discard("user")
    contacts.know_new(["wechat"], timezone.now())
    tasks.read_contact_page(official.pk)
    official.refresh_from_db()
    assert "contacts" not in official.rights
    assert ContactBook.objects.get().next_at > timezone.now()


def test_label_and_remark_go_to_the_platform_and_name_the_talk(tell, wechat, official, operator, client_of):
    wechat.follow("oAnna")
    tell(wechat.write("oAnna", "hi"))
    understand_all()
    read_all_contacts(official)
    person, label = Contact.objects.get(), ContactTag.objects.get(remote_id="127")
    client = client_of(operator)
    client.post(f"/w/lanxu/contacts/{person.pk}/remark/", {"remark": "安娜"})
    client.post("/w/lanxu/contacts/label/", {"contacts": [person.pk], "tag": label.pk, "act": "tag"})
    assert (wechat.followers["oAnna"]["remark"], wechat.followers["oAnna"]["tagid_list"]) == ("安娜", [127])
    talk = talk_of("oAnna")
    assert talk.who_name == "安娜"
    side = client.get(f"/w/lanxu/inbox/{talk.pk}/side/").content.decode()
    assert "安娜" in side
    assert "广东" in side
    tell(wechat.write("oAnna", "again"))
    understand_all()
    assert talk_of("oAnna").who_name == "安娜"
    client.post("/w/lanxu/contacts/label/", {"contacts": [person.pk], "tag": label.pk, "act": "untag"})
    assert wechat.followers["oAnna"]["tagid_list"] == []


def test_labels_are_made_renamed_and_removed(wechat, official, operator, client_of, api_of):
    read_all_contacts(official)
    client, api = client_of(operator), api_of(operator)
    client.post("/w/lanxu/contacts/labels/add/", {"account": official.pk, "name": "老客户"})
    row = ContactTag.objects.get(name="老客户")
    assert wechat.tags[int(row.remote_id)] == "老客户"
    twice = client.post("/w/lanxu/contacts/labels/add/", {"account": official.pk, "name": "老客户"})
    assert twice.status_code == 422
    api.post(f"/api/v1/contact-tags/{row.pk}/rename/", {"name": "熟客"}, format="json")
    assert wechat.tags[int(row.remote_id)] == "熟客"
    client.post(f"/w/lanxu/contacts/labels/{row.pk}/drop/")
    assert "熟客" not in wechat.tags.values()
    made = api.post("/api/v1/contact-tags/", {"account": official.pk, "name": "广州"}, format="json")
    assert made.status_code == 201


def test_contacts_are_labelled_over_the_api(wechat, official, operator, api_of):
    for who in ("oAnna", "oBen"):
        wechat.follow(who)
    read_all_contacts(official)
    label, api = ContactTag.objects.get(remote_id="127"), api_of(operator)
    people = [row["id"] for row in api.get("/api/v1/contacts/?following=true").json()["results"]]
    answer = api.post("/api/v1/contacts/tag/", {"tag": label.pk, "contacts": people}, format="json")
    assert answer.json() == {"changed": 2}
    assert len(api.get(f"/api/v1/contacts/?tag={label.pk}").json()["results"]) == 2
    answer = api.post(f"/api/v1/contacts/{people[0]}/remark/", {"remark": "B"}, format="json")
    assert answer.json()["remark"] == "B"


def test_list_of_contacts_is_searched_filtered_and_cheap(
    wechat, official, viewer, client_of, django_assert_max_num_queries
):
    for n in range(70):
        wechat.follow(f"oReader{n:02}", name=f"Reader {n:02}")
        wechat.followers[f"oReader{n:02}"]["tagid_list"] = [2, 127] if n % 2 else []
    contacts.keep_tags(official, [])
    book = read_all_slow(official, wechat)
    assert book.read_at
    client = client_of(viewer)
    with django_assert_max_num_queries(16):
        page = client.get("/w/lanxu/contacts/")
    assert len(page.context["page"].object_list) == 50
    assert len(client.get("/w/lanxu/contacts/?q=Reader+07").context["page"].object_list) == 1
    label = ContactTag.objects.get(remote_id="127")
    assert client.get(f"/w/lanxu/contacts/?tag={label.pk}").context["page"].paginator.count == 35
    assert client.get("/w/lanxu/contacts/?state=left").context["page"].paginator.count == 0


def read_all_slow(official, wechat):
    from platforms import gateway

    connector = gateway.connect(official)
    contacts.keep_tags(official, connector.contact_tags())
    people = connector._people(sorted(wechat.followers))
    contacts.keep_contacts(official, people, timezone.now())
    return ContactBook.objects.create(account=official, read_at=timezone.now())


def test_account_page_shows_the_address_to_those_who_may_administer(
    tell, wechat, official, owner, viewer, client_of, api_of
):
    tell(wechat.write("oAnna", "hi"))
    shown = client_of(owner).get(official.get_absolute_url()).content.decode()
    assert f"/hooks/{official.callback_key}/" in shown
    assert "Last call" in shown
    assert official.callback_key not in client_of(viewer).get(official.get_absolute_url()).content.decode()
    here = f"/api/v1/accounts/{official.pk}/"
    assert api_of(owner).get(here).json()["callback_url"].endswith(f"/hooks/{official.callback_key}/")
    assert api_of(owner, scopes=["see"]).get(here).json()["callback_url"] is None


def test_check_of_the_account_asks_what_it_may_do(wechat, official):
    from platforms.actions import health

    wechat.rights -= {"menu", "datacube"}
    health.check_account(official, timezone.now())
    official.refresh_from_db()
    assert official.state == "healthy"
    assert {"reply", "messages", "moderate", "contacts"} <= set(official.rights)
    assert not {"menu", "figures"} & set(official.rights)


def test_reader_whom_nobody_named_is_told_apart_by_the_end_of_the_number(wechat, official):
    published(official)
    wechat.comment(2247500001, "好喝！", who="oV5CrjpxgaGXNHIQigzNlgLTnwic")
    syncing.sync_account(official, timezone.now())
    assert comment_of("好喝！").author_name == "…LTnwic"
