"""The site's own small HTTP API, used by its connector and by nobody else.

    GET    profile                  {id, name, handle, url}
    PUT    articles/<key>           make the article of a key, or find it: 201 or 200
    GET    articles/<key>           PATCH changes it, DELETE takes it down (204)
    GET    articles?since=&after=   {articles, next}
    POST   media                    multipart `file`: {url, sha256, width, height}
    GET    comments?since=&after=   {comments, next}
    POST   comments                 {answers: id, text}
    GET    readings?ids=a,b         {readings: [{key, views, visitors, comments}]}
    GET    reading                  {articles, views, visitors}

`Authorization: Bearer <key>`. A key that is nobody's answers 401, the key of another workspace's
site 404. Errors are RFC 9457 problem documents.
"""

import json
import logging
import math
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db.models import Count, Q, Sum, Value
from django.db.models.functions import Substr
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from mediaops.errors import UserError
from mediaops.models import Workspace
from platforms.actions import site
from platforms.actions.site_key import digest_of, profile_of
from platforms.models import Article, SiteComment, SiteKey
from platforms.models.site import CommentState
from platforms.site.cleaning import IMAGE_BYTES_MAX, BadPicture
from platforms.site.pace import Pace, address_of

log = logging.getLogger(__name__)

PAGE = 200
IDS_MAX = 500
KEY_MAX = 100
CALLS = Pace("calls", 20_000, 60)
"""Far above a thousand publications in a burst; it stops a client that runs wild."""
WRONG_KEYS = Pace("wrong-keys", 30, 60)

View = Callable[..., HttpResponse]
Body = dict[str, Any]


class ApiProblem(UserError):
    """An answer that is not 2xx: status, code, a sentence, and headers."""

    def __init__(self, status: int, code: str, sentence: object, headers: dict[str, str] | None = None) -> None:
        super().__init__(sentence)
        self.status, self.code = status, code  # type: ignore[assignment]
        self.headers = headers or {}


def door(*methods: str) -> Callable[[View], View]:
    """Open a view to the holder of the site's key. The view gets `request.workspace`."""

    def opened(view: View) -> View:
        @csrf_exempt
        @wraps(view)
        def guarded(request: Any, workspace: str, **kwargs: Any) -> HttpResponse:
            try:
                if request.method not in methods:
                    raise ApiProblem(405, "method_not_allowed", _("Not like this."), {"Allow": ", ".join(methods)})
                request.workspace = _let_in(request, workspace)
                return view(request, **kwargs)
            except UserError as error:
                return _problem(error)
            except RequestDataTooBig:
                return _problem(ApiProblem(413, "too_large", _("The article is too large.")))

        return guarded

    return opened


@door("GET")
def profile(request) -> HttpResponse:
    told = profile_of(request.workspace)
    return JsonResponse({"id": told.remote_id, "name": told.name, "handle": told.handle, "url": told.url})


@door("GET", "PUT", "PATCH", "DELETE")
def article(request, key: str) -> HttpResponse:
    if request.method == "PUT":
        row, is_new = site.publish(request.workspace, _key(key), _draft(_body(request)), now=timezone.now())
        return JsonResponse(_article_data(row), status=201 if is_new else 200)
    row = _article(request, key)
    if request.method == "DELETE":
        site.remove(row, now=timezone.now())
        return HttpResponse(status=204)
    if request.method == "PATCH":
        row = site.update(row, _draft(_as_draft(row) | _body(request)), now=timezone.now())
    return JsonResponse(_article_data(row))


@door("GET")
def articles(request) -> HttpResponse:
    rows = Article.objects.in_workspace(request.workspace).standing().since(_since(request)).order_by("pk")
    slim = rows.defer("html", "text").annotate(start=Substr("text", 1, 280))
    return _page(request, "articles", slim, _article_data)


@door("GET", "POST")
def comments(request) -> HttpResponse:
    if request.method == "POST":
        return _answer(request, _body(request))
    rows = SiteComment.objects.in_workspace(request.workspace).told().select_related("article").order_by("pk")
    since = _since(request)
    return _page(request, "comments", rows.filter(changed_at__gte=since) if since else rows, _comment_data)


@door("GET")
def readings(request) -> HttpResponse:
    keys = [key for key in request.GET.get("ids", "").split(",") if key.isprintable()][:IDS_MAX]
    rows = Article.objects.in_workspace(request.workspace).standing().filter(key__in=keys)
    shown = Count("comments", filter=Q(comments__state=CommentState.SHOWN, comments__is_team=False))
    told = rows.order_by("pk").annotate(said=shown).values_list("key", "views", "visitors", "said")
    names = ("key", "views", "visitors", "comments")
    return JsonResponse({"readings": [dict(zip(names, row, strict=True)) for row in told]})


@door("GET")
def reading(request) -> HttpResponse:
    rows = Article.objects.in_workspace(request.workspace).standing()
    return JsonResponse(rows.aggregate(articles=Count("pk"), views=_sum("views"), visitors=_sum("visitors")))


@door("POST")
def media(request) -> HttpResponse:
    file = request.FILES.get("file")
    if file is None:
        raise ApiProblem(422, "no_file", _("There is no picture in the request."))
    if file.size > IMAGE_BYTES_MAX:
        raise BadPicture(_("A picture may have %(n)d MB at most.") % {"n": IMAGE_BYTES_MAX // 1_000_000})
    row, is_new = site.store_image(request.workspace, file.read(), now=timezone.now())
    told = {"url": _full(row.get_absolute_url()), "sha256": row.sha256, "width": row.width, "height": row.height}
    return JsonResponse(told, status=201 if is_new else 200)


@door("GET", "PUT", "POST", "PATCH", "DELETE")
def nothing(request, rest: str = "") -> HttpResponse:
    raise ApiProblem(404, "not_found", _("There is no such address."))


def _let_in(request: HttpRequest, slug: str) -> Workspace:
    scheme, _space, key = request.headers.get("Authorization", "").partition(" ")
    row = None
    if scheme.lower() == "bearer" and key:
        row = SiteKey.objects.select_related("workspace").filter(key_hash=digest_of(key.strip())).first()
    if row is None:
        _slow_down(WRONG_KEYS.spend(address_of(request)))
        headers = {"WWW-Authenticate": "Bearer"}
        raise ApiProblem(401, "no_key", _("The site does not know this key."), headers)
    if row.workspace.slug != slug:
        raise ApiProblem(404, "not_found", _("There is no such address."))
    _slow_down(CALLS.spend(str(row.workspace_id)))
    return row.workspace


def _slow_down(wait_s: float) -> None:
    if wait_s:
        headers = {"Retry-After": str(math.ceil(wait_s))}
        raise ApiProblem(429, "too_many", _("Too many calls. Wait a moment."), headers)


def _problem(error: UserError) -> HttpResponse:
    status = int(error.status)
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": error.code,
        "detail": str(error),
        "fields": error.fields,
    }
    headers = getattr(error, "headers", {})
    return JsonResponse(body, status=status, headers=headers, content_type="application/problem+json")


def _body(request: HttpRequest) -> Body:
    try:
        body = json.loads(request.body)
    except ValueError:
        raise ApiProblem(400, "not_json", _("The request is not JSON.")) from None
    if not isinstance(body, dict):
        raise ApiProblem(400, "not_json", _("The request is not a JSON object."))
    return body


def _draft(body: Body) -> site.Draft:
    tags = body.get("tags") or []
    texts = {name: body.get(name) or "" for name in site.Draft.__dataclass_fields__ if name != "tags"}
    if not isinstance(tags, list) or not all(isinstance(text, str) for text in [*tags, *texts.values()]):
        raise site.BadArticle(_("The article's fields must be texts, its tags a list of texts."))
    return site.Draft(tags=tags, **texts)


def _as_draft(row: Article) -> Body:
    told = {name: getattr(row, name) for name in ("title", "html", "summary", "author", "language", "cover_alt")}
    cover = row.cover.get_absolute_url() if row.cover else ""
    return told | {"cover": cover, "tags": [tag.name for tag in row.tags.all()]}


def _key(key: str) -> str:
    if len(key) > KEY_MAX or not key.isprintable() or "," in key:
        raise ApiProblem(422, "bad_key", _("This cannot be an article's key."))
    return key


def _article(request: Any, key: str) -> Article:
    rows = Article.objects.in_workspace(request.workspace).standing().select_related("workspace", "cover__workspace")
    row = rows.filter(key=_key(key)).first()
    if row is None:
        raise ApiProblem(404, "no_such_article", _("There is no such article."))
    return row


def _answer(request: Any, body: Body) -> HttpResponse:
    rows = SiteComment.objects.in_workspace(request.workspace).told().select_related("article", "root__article")
    number = str(body.get("answers") or "")
    comment = rows.filter(pk=int(number)).first() if _is_number(number) else None
    if comment is None:
        raise ApiProblem(404, "no_such_comment", _("This comment is not on the site any more."))
    name, said = request.workspace.name, str(body.get("text") or "")
    row, is_new = site.answer(comment, said, name=name, now=timezone.now())
    row.article.workspace = request.workspace
    return JsonResponse(_comment_data(row), status=201 if is_new else 200)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19


def _since(request: HttpRequest) -> datetime | None:
    said = request.GET.get("since", "")
    try:
        moment = parse_datetime(said.replace(" ", "+")) if said else None
    except ValueError:
        moment = None
    if said and (moment is None or timezone.is_naive(moment)):
        raise ApiProblem(400, "bad_time", _("`since` must be an ISO 8601 time with its zone."))
    return moment


def _page(request: Any, name: str, rows: Any, told: Callable[[Any], Body]) -> HttpResponse:
    after = request.GET.get("after", "")
    if _is_number(after):
        rows = rows.filter(pk__gt=int(after))
    found = list(rows[: PAGE + 1])
    for row in found:
        getattr(row, "article", row).workspace = request.workspace
    shown = found[:PAGE]
    following = str(shown[-1].pk) if len(found) > PAGE else None
    return JsonResponse({name: [told(row) for row in shown], "next": following})


def _article_data(row: Article) -> Body:
    return {
        "key": row.key,
        "url": row.full_url,
        "title": row.title,
        "summary": row.summary,
        "excerpt": row.start if hasattr(row, "start") else row.text[:280],
        "language": row.language,
        "published_at": row.published_at.isoformat(),
        "changed_at": row.changed_at.isoformat(),
        "views": row.views,
        "visitors": row.visitors,
    }


def _comment_data(row: SiteComment) -> Body:
    return {
        "id": row.pk,
        "root": row.root_id,
        "article": row.article.key,
        "name": row.name,
        "text": row.text,
        "is_team": row.is_team,
        "state": row.state,
        "made_at": row.made_at.isoformat(),
        "url": _full(row.get_absolute_url()),
    }


def _full(path: str) -> str:
    return settings.SITE_URL.rstrip("/") + path


def _sum(field: str) -> Any:
    return Sum(field, default=Value(0))
