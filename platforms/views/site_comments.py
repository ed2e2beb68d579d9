"""Comments on the team's own site: what waits, what visitors see, what was hidden."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from mediaops.access import get_own, team_url, team_view
from mediaops.lib.parts import done, show
from mediaops.models import Right
from platforms.actions import site
from platforms.models import SiteComment, SiteKey
from platforms.models.site import CommentState

PAGE = "platforms/site_comments/page.html"
LIST = "platforms/site_comments/_list.html"
PER_PAGE = 50


@team_view(needs=Right.SEE)
@require_GET
def comments(request) -> HttpResponse:
    return show(request, PAGE, LIST, _context(request))


@team_view(needs=Right.ANSWER)
@require_POST
def show_comment(request, pk: int) -> HttpResponse:
    row = site.show_comment(_find(request, pk), by=request.member, now=timezone.now())
    return _done(request, event="comment:shown", said=_("%(name)s’s comment is on the site.") % {"name": row.name})


@team_view(needs=Right.ANSWER)
@require_POST
def hide_comment(request, pk: int) -> HttpResponse:
    row = site.hide_comment(_find(request, pk), by=request.member, now=timezone.now())
    return _done(request, event="comment:hidden", said=_("%(name)s’s comment is hidden.") % {"name": row.name})


def _find(request, pk: int) -> SiteComment:
    return get_own(SiteComment.objects.select_related("article__workspace"), request, pk=pk)


def _done(request, *, event: str, said: str) -> HttpResponse:
    context = _context(request)
    to = f"{team_url(request, 'platforms:site-comments')}?state={context['tab']}"
    return done(request, LIST, context, event=event, to=to, said=said)


def _context(request) -> dict[str, Any]:
    tab = request.GET.get("state", "")
    tab = tab if tab in CommentState.values else CommentState.WAITING.value
    own = SiteComment.objects.in_workspace(request.workspace)
    counts = own.aggregate(**{state: Count("pk", filter=Q(state=state)) for state in CommentState.values})
    rows = own.filter(state=tab).select_related("article").order_by("-made_at", "-pk")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    for row in page:
        row.article.workspace = request.workspace
    is_open = bool(page.object_list) or SiteKey.objects.in_workspace(request.workspace).exists()
    return {"page": page, "tab": tab, "counts": counts, "is_open": is_open}
