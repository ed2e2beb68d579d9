from datetime import timedelta

from django.utils import timezone

from tests.builders import make_account, make_item, make_publication, make_variant


def test_account_page_shows_what_is_planned_there(client_of, viewer, stranger, workspace):
    account = make_account(workspace, name="Ours")
    variant = make_variant(make_item(workspace, title="Tea"), account)
    make_publication(variant, due_at=timezone.now() + timedelta(days=1))
    part = client_of(viewer).get(f"/w/lanxu/accounts/{account.pk}/waiting/")
    assert part.context["count"] == 1
    assert b"Tea" in part.content
    assert client_of(stranger).get(f"/w/elsewhere/accounts/{account.pk}/waiting/").status_code == 404
