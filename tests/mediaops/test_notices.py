"""Telling people: once, in their language, by mail if they wish."""

import threading

import pytest
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mediaops.actions.notices import MAIL_TRIES, mail_notices, mark_read, notify
from mediaops.models import Notice, User
from tests.builders import make_member

WORDS = _("Weekly reports")
"""A sentence that exists in both languages."""


def tell(*members, key="k", **how):
    return notify(members, kind="test.told", key=key, text=how.pop("text", "Something happened"), **how)


def test_the_same_thing_is_told_once(editor, viewer):
    assert len(tell(editor, editor, viewer)) == 2
    assert tell(editor, text="In other words") == []
    assert Notice.objects.count() == 2


def test_another_thing_is_told_again(editor):
    tell(editor, key="one")
    assert len(tell(editor, key="two")) == 1


def test_each_reads_it_in_their_language(workspace, editor, viewer):
    User.objects.filter(pk=editor.user_id).update(language="zh-hans")
    User.objects.filter(pk=viewer.user_id).update(language="")
    editor.user.refresh_from_db()
    viewer.user.refresh_from_db()
    tell(editor, viewer, text=WORDS)
    assert Notice.objects.get(member=editor).text == "周报"
    assert Notice.objects.get(member=viewer).text == "Weekly reports"  # the workspace speaks English


def test_who_wants_no_mail_gets_none(editor, mailoutbox):
    editor.user.wants_email = False
    tell(editor, mail=True)
    assert mail_notices(timezone.now()) == 0
    assert Notice.objects.count() == 1 and not mailoutbox


def test_who_left_meanwhile_gets_no_mail(editor, mailoutbox):
    tell(editor, mail=True)
    type(editor).objects.update(left_at=timezone.now())
    assert mail_notices(timezone.now()) == 0


def test_the_mail_says_what_to_do_and_where(editor, mailoutbox, settings):
    tell(editor, mail=True, text="Not published", way_out="Reconnect the account", url="/w/lanxu/accounts/7/")
    assert mail_notices(timezone.now()) == 1
    [mail] = mailoutbox
    assert mail.subject == "[Lanxu Tea] Not published"
    for body in (mail.body, mail.alternatives[0][0]):
        assert "Reconnect the account" in body
        assert f"{settings.SITE_URL}/w/lanxu/accounts/7/" in body


def test_a_line_break_cannot_forge_a_header(editor, mailoutbox):
    tell(editor, mail=True, text="Hello\nBcc: thief@evil.example")
    mail_notices(timezone.now())
    assert mailoutbox[0].subject == "[Lanxu Tea] Hello Bcc: thief@evil.example"
    assert mailoutbox[0].recipients() == [editor.user.email]


def test_a_dead_mail_server_is_tried_a_few_times(editor, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    tell(editor, mail=True)
    for _try in range(MAIL_TRIES + 2):
        assert mail_notices(timezone.now()) == 0
    row = Notice.objects.get()
    assert (row.mail_tries, row.mailed_at) == (MAIL_TRIES, None)


@pytest.mark.django_db(transaction=True)
def test_two_workers_mail_each_notice_once(workspace, mailoutbox):
    members = [make_member(workspace) for _n in range(15)]
    tell(*members, mail=True)
    ready, sent = threading.Barrier(2), []

    def work():
        ready.wait()
        sent.append(mail_notices(timezone.now()))
        connection.close()

    workers = [threading.Thread(target=work) for _n in range(2)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    assert sum(sent) == len(mailoutbox) == 15
    assert len({mail.to[0] for mail in mailoutbox}) == 15


def test_opening_a_notice_reads_it_and_goes_there(client_of, editor):
    [row] = tell(editor, url="/w/lanxu/items/")
    assert client_of(editor).post(f"/w/lanxu/notices/{row.pk}/")["Location"] == "/w/lanxu/items/"
    row.refresh_from_db()
    assert row.read_at


def test_reading_all_reads_only_mine(client_of, editor, viewer):
    tell(editor, viewer)
    tell(editor, key="two")
    assert "/w/lanxu/notices/" in client_of(editor).get("/w/lanxu/").content.decode()
    client_of(editor).post("/w/lanxu/notices/read/")
    assert Notice.objects.filter(read_at=None).get().member == viewer
    assert mark_read(editor, timezone.now()) == 0


def test_notices_of_others_do_not_exist(client_of, editor, viewer, stranger):
    [row] = tell(viewer)
    assert client_of(editor).post(f"/w/lanxu/notices/{row.pk}/").status_code == 404
    assert client_of(stranger).post(f"/w/elsewhere/notices/{row.pk}/").status_code == 404
    assert Notice.objects.get().read_at is None


def test_the_list_asks_the_same_of_the_database_however_long(client_of, editor, django_assert_max_num_queries):
    for n in range(60):
        tell(editor, key=str(n))
    client = client_of(editor)
    with django_assert_max_num_queries(10):
        page = client.get("/w/lanxu/notices/?page=2")
    assert page.content.decode().count("Something happened") == 10
