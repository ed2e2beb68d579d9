"""Posts as they exist on the platforms."""

from datetime import timedelta
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from mediaops.access import get_own, team_view
from mediaops.lib.parts import done, show
from mediaops.models import Right
from platforms.actions import posting
from platforms.forms import PostFilter
from platforms.models import Account, Conversation, Post

PAGE = "platforms/posts/page.html"
LIST = "platforms/posts/_list.html"
PER_PAGE = 50


@team_view(needs=Right.SEE)
@require_GET
def posts(request) -> HttpResponse:
    accounts = list(Account.objects.in_workspace(request.workspace))
    form = PostFilter(request.GET, accounts=accounts)
    by_pk = {row.pk: row for row in accounts}
    rows = narrowed(Post.objects.filter(account__in=list(by_pk)), form)
    page = Paginator(rows.order_by("-published_at", "-pk"), PER_PAGE).get_page(request.GET.get("page"))
    page.object_list = list(page.object_list)
    for post in page.object_list:
        post.account = by_pk[post.account_id]
    context = {"page": page, "filter": form, "has_accounts": bool(accounts)}
    return show(request, PAGE, LIST, context)


def narrowed(rows: Any, form: PostFilter) -> Any:
    """Keep the posts that fit the filters; unknown values are left out."""
    form.is_valid()
    chosen = form.cleaned_data
    state = chosen.get("state", "")
    if state != "all":
        rows = rows.filter(removed_at__isnull=state != "removed")
    if chosen.get("account"):
        rows = rows.filter(account_id=int(chosen["account"]))
    if chosen.get("origin"):
        rows = rows.filter(first_seen=chosen["origin"])
    if chosen.get("days"):
        rows = rows.filter(published_at__gte=timezone.now() - timedelta(days=int(chosen["days"])))
    if chosen.get("q"):
        rows = rows.filter(Q(title__icontains=chosen["q"]) | Q(text__icontains=chosen["q"]))
    return rows


@team_view(needs=Right.SEE)
@require_GET
def post(request, pk: int) -> HttpResponse:
    row = get_own(Post.objects.select_related("account__workspace"), request, pk=pk)
    conversations = Conversation.objects.filter(post=row).select_related("account__workspace", "assigned_to__user")
    parts = Post.objects.filter(account=row.account, part_of=row.remote_id).order_by("published_at")
    context = {
        "post": row,
        "talks": conversations[:30],
        "parts": parts[:20],
        "can_delete": posting.can_delete(row),
    }
    return render(request, "platforms/posts/detail.html", context)


@team_view(needs=Right.PUBLISH)
@require_POST
def delete(request, pk: int) -> HttpResponse:
    """Delete the post where it is live; the page says what came of it."""
    row = get_own(Post.objects.select_related("account__workspace"), request, pk=pk)
    posting.delete(row, by=request.member, now=timezone.now())
    said = _("Deleted on %(platform)s") % {"platform": row.account.label}
    return done(request, event="post:deleted", to=row.get_absolute_url(), said=said)
