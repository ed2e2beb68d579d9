from datetime import timedelta

from django.utils import timezone

from mediaops.models import Activity
from platforms.actions import answering, site
from platforms.models import Account, Conversation, Credential, Reply
from tests.builders import make_post
from tests.builders_platforms import make_conversation, make_message, make_scripted
from tests.builders_site import make_article, make_comment

API = "/api/v1"
GIVEN = {"platform": "scripted", "credentials": {"name": "lanxu", "password": "open sesame"}}


def test_platforms_say_how_to_connect_them(scripted, api_of, viewer):
    found = api_of(viewer).get(f"{API}/platforms/").json()
    spec = next(row for row in found if row["key"] == "scripted")
    assert [field["name"] for field in spec["setup_fields"]] == ["name", "password"]
    assert spec["limits"]["text_max"] == 5000
    assert spec["can"] == ["publish", "messages", "reply", "figures"]


def test_connecting_over_rest_makes_the_same_real_check(scripted, api_of, owner):
    made = api_of(owner).post(f"{API}/accounts/", GIVEN, format="json")
    assert (made.status_code, made.json()["state"], scripted.calls("profile")) == (201, "healthy", 1)
    assert "open sesame" not in made.content.decode()
    assert Credential.objects.count() == 1


def test_refused_credentials_are_a_problem_with_fields(scripted, api_of, owner):
    scripted.will("needs_reconnect", method="profile")
    said = api_of(owner).post(f"{API}/accounts/", GIVEN, format="json")
    assert (said.status_code, said.json()["code"]) == (422, "cannot_connect")
    assert "password" in said.json()["fields"]
    assert "open sesame" not in said.content.decode()
    assert not Account.objects.exists()


def test_only_an_owner_with_the_scope_connects(scripted, api_of, manager, owner):
    assert api_of(manager).post(f"{API}/accounts/", GIVEN, format="json").status_code == 403
    assert api_of(owner, scopes=["see"]).post(f"{API}/accounts/", GIVEN, format="json").status_code == 403
    assert not Account.objects.exists()


def test_unknown_platform_is_a_sentence(api_of, owner):
    said = api_of(owner).post(f"{API}/accounts/", {"platform": "nowhere", "credentials": {}}, format="json")
    assert said.status_code == 400
    assert "nowhere" in said.json()["detail"]


def test_partner_account_is_added_without_credentials(scripted, api_of, owner):
    given = {"platform": "scripted", "relation": "partner", "name": "KOL", "url": "https://kol.example/"}
    assert api_of(owner).post(f"{API}/accounts/", given, format="json").status_code == 201


def test_account_verbs(scripted, api_of, owner, workspace):
    account = make_scripted(workspace, remote_id="lanxu")
    api, at = api_of(owner), f"{API}/accounts/{account.pk}"
    assert api.post(f"{at}/check/").json()["state"] == "healthy"
    assert api.post(f"{at}/rename/", {"name": "Tea"}, format="json").json()["name"] == "Tea"
    wrong = {"credentials": {"name": "other", "password": "whatever"}}
    assert api.post(f"{at}/reconnect/", wrong, format="json").status_code == 422
    assert api.post(f"{at}/disconnect/").json()["state"] == "gone"
    assert api.post(f"{at}/disconnect/").status_code == 409


def test_posts_are_listed_and_filtered(scripted, api_of, viewer, workspace):
    account = make_scripted(workspace)
    now = timezone.now()
    make_post(account, title="Old", published_at=now - timedelta(days=9))
    make_post(account, title="New", published_at=now)
    make_post(account, title="Gone", removed_at=now)
    api = api_of(viewer)

    def titles(**query):
        return [row["title"] for row in api.get(f"{API}/posts/", query).json()["results"]]

    assert titles(removed="false") == ["New", "Old"]
    assert titles(removed="true") == ["Gone"]
    assert "Old" not in titles(since=(now - timedelta(days=1)).isoformat())


def test_conversation_is_answered_assigned_and_closed(scripted, api_of, operator, workspace):
    talk = make_conversation(make_scripted(workspace))
    api, at = api_of(operator), f"{API}/conversations/{talk.pk}"
    made = api.post(f"{at}/reply/", {"text": "Ten."}, format="json")
    assert (made.status_code, made.json()["state"]) == (201, "waiting")
    assert api.get(f"{API}/replies/{made.json()['id']}/").json()["text"] == "Ten."
    assert api.post(f"{at}/assign/", {"member": None}, format="json").json()["assigned_to"] is None
    assert api.post(f"{at}/assign/", {"member": operator.pk}, format="json").json()["assigned_to"] == operator.pk
    assert api.post(f"{at}/close/").json()["state"] == "closed"
    assert api.post(f"{at}/close/").status_code == 409
    assert api.post(f"{at}/reopen/").json()["state"] == "open"
    assert Reply.objects.get().by == operator


def test_repeated_answer_with_the_same_key_is_one_answer(scripted, api_of, operator, workspace):
    talk = make_conversation(make_scripted(workspace))
    api = api_of(operator)
    for _ in range(2):
        api.post(f"{API}/conversations/{talk.pk}/reply/", {"text": "Ten."}, format="json", HTTP_IDEMPOTENCY_KEY="a")
    assert Reply.objects.count() == 1


def test_doubt_is_settled_over_rest(scripted, api_of, operator, workspace):
    talk = make_conversation(make_scripted(workspace))
    row = answering.reply(talk, "Ten.", by=operator, now=timezone.now())
    Reply.objects.update(state="unsure")
    api = api_of(operator)
    assert api.post(f"{API}/replies/{row.pk}/confirm/").json()["state"] == "sent"
    assert api.post(f"{API}/replies/{row.pk}/retry/").status_code == 409


def test_readers_do_not_answer(scripted, api_of, viewer, workspace):
    talk = make_conversation(make_scripted(workspace))
    api = api_of(viewer)
    assert api.get(f"{API}/conversations/", {"waiting": "true"}).json()["results"][0]["id"] == talk.pk
    assert api.post(f"{API}/conversations/{talk.pk}/reply/", {"text": "x"}, format="json").status_code == 403


def test_strangers_find_nothing(scripted, api_of, stranger, operator, workspace):
    talk = make_conversation(make_scripted(workspace))
    post = make_post(talk.account)
    message = make_message(talk)
    api = api_of(stranger)
    for path in (
        f"accounts/{talk.account_id}",
        f"conversations/{talk.pk}",
        f"posts/{post.pk}",
        f"messages/{message.pk}",
    ):
        assert api.get(f"{API}/{path}/").status_code == 404
    assert api.post(f"{API}/conversations/{talk.pk}/close/").status_code == 404
    assert Conversation.objects.get().state == "open"


def test_another_workspaces_member_cannot_be_given_a_talk(scripted, api_of, stranger, operator, workspace):
    talk = make_conversation(make_scripted(workspace))
    said = api_of(operator).post(f"{API}/conversations/{talk.pk}/assign/", {"member": stranger.pk}, format="json")
    assert said.status_code == 400


def test_all_accounts_are_checked_at_once(scripted, api_of, owner, manager):
    soon = timezone.now() + timedelta(hours=3)
    rows = [make_scripted(owner.workspace, remote_id=name, check_after=soon) for name in ("one", "two")]
    watched = make_scripted(owner.workspace, remote_id="three", relation="watched", check_after=soon)
    assert api_of(owner).post(f"{API}/accounts/check/").json() == {"count": 2}
    assert set(Account.objects.to_check(timezone.now())) == set(rows)
    watched.refresh_from_db()
    assert watched.check_after == soon
    assert api_of(manager).post(f"{API}/accounts/check/").status_code == 403


def test_comments_of_the_site_are_read_shown_and_hidden(api_of, owner, operator, client):
    site.open_site(owner.workspace, by=owner, now=timezone.now())
    article = make_article(operator.workspace, title="Harvest letter")
    row = make_comment(article, text="Lovely letter.")
    api, page = api_of(operator), article.get_absolute_url()
    listed = api.get(f"{API}/site-comments/", {"state": "waiting"}).json()["results"]
    assert [(found["text"], found["article_title"]) for found in listed] == [("Lovely letter.", "Harvest letter")]
    assert listed[0]["url"].endswith(f"#comment-{row.pk}")
    assert b"Lovely letter." not in client.get(page).content
    assert api.post(f"{API}/site-comments/{row.pk}/show/").json()["state"] == "shown"
    assert b"Lovely letter." in client.get(page).content
    assert api.post(f"{API}/site-comments/{row.pk}/hide/").json()["state"] == "hidden"
    assert b"Lovely letter." not in client.get(page).content
    verbs = Activity.objects.filter(subject_type="platforms.sitecomment", by_token="tests").order_by("pk")
    assert list(verbs.values_list("verb", flat=True)) == ["comment.shown", "comment.hidden"]


def test_only_who_answers_moderates(api_of, viewer, operator):
    row = make_comment(make_article(viewer.workspace))
    for api in (api_of(viewer), api_of(operator, scopes=["see", "write"])):
        assert api.get(f"{API}/site-comments/{row.pk}/").status_code == 200
        for verb in ("show", "hide"):
            assert api.post(f"{API}/site-comments/{row.pk}/{verb}/").status_code == 403
    row.refresh_from_db()
    assert row.state == "waiting"


def test_a_long_list_of_comments_asks_little(api_of, viewer, django_assert_max_num_queries):
    article = make_article(viewer.workspace)
    for n in range(30):
        make_comment(article, name=f"Reader {n}")
    with django_assert_max_num_queries(5):
        assert len(api_of(viewer).get(f"{API}/site-comments/").json()["results"]) == 30
