"""What visitors see: articles, tags, search, comments. Reading changes nothing; a beacon tells of a view."""

from typing import Any

from django.core.files.storage import default_storage
from django.core.paginator import Paginator
from django.db.models import Count, Prefetch, QuerySet
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import http_date
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from mediaops.models import Workspace
from platforms.actions import site
from platforms.models import Article, ArticleTag, SiteComment, SiteImage
from platforms.site.door import site_page
from platforms.site.excerpts import excerpt, is_robot, minutes_to_read
from platforms.site.forms import CommentForm
from platforms.site.pace import DAY, Pace, address_of, count, salt_of

PAGE = 10
NAV_TAGS = 5
COMMENTS_MAX = 500
VIEWS_PER_DAY = 50
"""One visitor's views of one article on one day that are counted; a page left reloading is not read more often."""
COMMENTS = (Pace("comments", 5, 600), Pace("comments-day", 30, 86_400))
BEACONS = Pace("beacons", 600, 60)


@require_safe
@site_page
def home(request) -> HttpResponse:
    return _list(request, _articles(request.workspace), {})


@require_safe
@site_page
def tag(request, tag: str) -> HttpResponse:
    rows = _articles(request.workspace).tagged(tag)
    if not tag.isprintable() or not rows.exists():
        return _gone(request, 404)
    return _list(request, rows, {"tag": tag})


@require_safe
@site_page
def search(request) -> HttpResponse:
    words = " ".join(request.GET.get("q", "").replace("\x00", "").split())[:100]
    rows = _articles(request.workspace, text=True).saying(words) if words else Article.objects.none()
    return _list(request, rows, {"words": words, "is_search": True})


def _articles(workspace: Workspace, *, text: bool = False) -> Any:
    rows = Article.objects.in_workspace(workspace).standing()
    heavy = ["html"] if text else ["html", "text"]
    return rows.select_related("cover").prefetch_related("tags").defer(*heavy)


def _list(request, rows: QuerySet, more: dict[str, Any]) -> HttpResponse:
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    for row in page:
        row.workspace = request.workspace
        if row.cover:
            row.cover.workspace = request.workspace
        row.excerpt = excerpt(row.text if more.get("words") else "", row.summary, more.get("words", ""))
    return render(request, "site/home.html", _frame(request) | {"page": page} | more)


def _frame(request) -> dict[str, Any]:
    """Return what every page of a site shows: its name and the tags of its navigation."""
    used = ArticleTag.objects.in_workspace(request.workspace).filter(article__removed_at=None)
    most = used.values_list("name").annotate(times=Count("pk")).order_by("-times", "name")[:NAV_TAGS]
    return {"site": request.workspace, "nav_tags": [name for name, _times in most]}


@require_safe
@site_page
def article(request, slug: str) -> HttpResponse:
    row = _find(request, slug)
    if row is None or row.removed_at:
        return _gone(request, 410 if row else 404)
    return _article_page(request, row, CommentForm())


@require_POST
@site_page
def comment(request, slug: str) -> HttpResponse:
    """Take a visitor's comment; the team shows it later."""
    row = _find(request, slug)
    if row is None or row.removed_at:
        return _gone(request, 410 if row else 404)
    form = CommentForm(request.POST)
    if not form.is_valid():
        return _article_page(request, row, form, status=422)
    if not form.is_trap:
        if any(pace.spend(address_of(request)) for pace in COMMENTS):
            form.add_error(None, _("That were many comments just now. Try again in a few minutes."))
            return _article_page(request, row, form, status=429)
        site.add_comment(row, form.cleaned_data["name"], form.cleaned_data["text"], now=timezone.now())
    return redirect(f"{row.get_absolute_url()}?said=1#comments")


@csrf_exempt
@require_POST
@site_page
def seen(request, slug: str) -> HttpResponse:
    """Count a view. The page's script sends this when somebody has the article in front of them."""
    row = Article.objects.in_workspace(request.workspace).standing().filter(slug=slug).only("pk").first()
    agent = request.headers.get("User-Agent", "")
    is_ours = request.headers.get("Sec-Fetch-Site", "same-origin") == "same-origin"
    if row and is_ours and not is_robot(agent) and not BEACONS.spend(address_of(request)):
        today = timezone.localdate()
        visitor = site.visitor_of(salt_of(today), address_of(request), agent)
        times = count(f"site:seen:{row.pk}:{today}:{visitor}", DAY)
        if times <= VIEWS_PER_DAY:
            site.count_view(row, today, is_first=times == 1)
    return HttpResponse(status=204)


def _find(request, slug: str) -> Article | None:
    rows = Article.objects.in_workspace(request.workspace).select_related("cover").prefetch_related("tags")
    row = rows.filter(slug=slug).first()
    if row is not None:
        row.workspace = request.workspace
        if row.cover:
            row.cover.workspace = request.workspace
    return row


def _article_page(request, row: Article, form: CommentForm, *, status: int = 200) -> HttpResponse:
    talks = _talks(row)
    context = {
        "article": row,
        "minutes": minutes_to_read(row.text),
        "talks": talks,
        "comment_count": sum(1 + len(talk.shown_answers) for talk in talks),
        "form": form,
        "said": "said" in request.GET,
        "others": _others(request.workspace, row),
    }
    return render(request, "site/article.html", _frame(request) | context, status=status)


def _talks(row: Article) -> list[SiteComment]:
    answers = Prefetch("answers", SiteComment.objects.shown(), to_attr="shown_answers")
    return list(row.comments.shown().filter(root=None).prefetch_related(answers)[:COMMENTS_MAX])


def _others(workspace: Workspace, row: Article) -> list[Article]:
    """Return what to read next: the three published last besides this one."""
    rows = Article.objects.in_workspace(workspace).standing().exclude(pk=row.pk).only("slug", "title", "published_at")
    found = list(rows[:3])
    for other in found:
        other.workspace = workspace
    return found


def _gone(request, status: int) -> HttpResponse:
    return render(request, "site/gone.html", _frame(request) | {"was_removed": status == 410}, status=status)


@require_safe
def image(request, workspace: str, name: str) -> HttpResponse:
    """Serve a picture of the site's own storage. Its name is its digest, so it may be kept for ever."""
    digest, _dot, _kind = name.partition(".")
    etag = f'"{digest}"'
    kept = {
        "Cache-Control": "public, max-age=31536000, immutable",
        "ETag": etag,
        "Cross-Origin-Resource-Policy": "cross-origin",
        "Content-Security-Policy": "default-src 'none'",
    }
    if request.headers.get("If-None-Match") == etag:
        return HttpResponse(status=304, headers=kept)
    row = get_object_or_404(SiteImage.objects.select_related("workspace"), workspace__slug=workspace, sha256=digest)
    if row.name != name or not default_storage.exists(row.file.name):
        raise Http404
    answer = FileResponse(default_storage.open(row.file.name), content_type=row.mime)
    for header, value in kept.items():
        answer.headers[header] = value
    answer.headers["Last-Modified"] = http_date(row.made_at.timestamp())
    return answer
