from datetime import timedelta

import pytest
from django.utils import timezone

from tests.builders import make_account, make_post
from tests.builders_platforms import make_conversation, make_scripted


def url(path=""):
    return f"/w/lanxu/posts/{path}"


@pytest.fixture
def account(scripted, workspace):
    return make_scripted(workspace)


def titles(client, query=""):
    return [post.title for post in client.get(url() + query).context["page"].object_list]


def test_posts_of_all_accounts_newest_first(client_of, viewer, account, workspace, other_workspace):
    other = make_account(workspace, platform="scripted")
    now = timezone.now()
    make_post(account, title="Old", published_at=now - timedelta(days=9))
    make_post(other, title="New", published_at=now)
    make_post(account, title="Gone", removed_at=now)
    make_post(make_account(other_workspace, platform="scripted"), title="Theirs")
    client = client_of(viewer)
    assert titles(client) == ["New", "Old"]
    assert titles(client, "?state=removed") == ["Gone"]
    assert titles(client, f"?account={account.pk}") == ["Old"]
    assert titles(client, "?days=7") == ["New"]
    assert titles(client, "?q=ol") == ["Old"]
    assert titles(client, "?origin=published") == []


@pytest.mark.parametrize("query", ["?account=x&days=y&origin=z&state=w&page=v", "?page=999", "?q=%00"])
def test_odd_filters_are_no_error(client_of, viewer, account, query):
    make_post(account)
    assert client_of(viewer).get(url() + query).status_code == 200


def test_filter_over_htmx_answers_with_the_list_only(client_of, viewer, account):
    make_post(account, title="Tea")
    part = client_of(viewer).get(url() + "?q=tea", headers={"HX-Request": "true"})
    assert b"Tea" in part.content
    assert b"<html" not in part.content


def test_post_page_shows_its_words_and_what_people_say(client_of, viewer, account):
    post = make_post(account, text="Slow fire.\n\n<script>alert(1)</script>")
    make_conversation(account, post=post, who_name="Ann")
    page = client_of(viewer).get(url(f"{post.pk}/")).content.decode()
    assert "Slow fire." in page
    assert "Ann" in page
    assert "<script>alert" not in page


def test_strangers_find_no_post(client_of, stranger, account):
    post = make_post(account)
    assert client_of(stranger).get(f"/w/elsewhere/posts/{post.pk}/").status_code == 404


def test_list_stays_within_its_query_ceiling(client_of, viewer, account, django_assert_max_num_queries):
    for _ in range(60):
        make_post(account)
    client = client_of(viewer)
    with django_assert_max_num_queries(10):
        client.get(url())
