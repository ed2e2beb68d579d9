"""What programs read of a site: RSS, Atom, the sitemap, robots.txt."""

import io
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed, SyndicationFeed
from django.utils.translation import gettext as _
from django.utils.xmlutils import SimplerXMLGenerator
from django.views.decorators.http import condition, require_safe

from mediaops.models import Workspace
from platforms.models import Article, SiteKey
from platforms.site.door import site_page

NEWEST = 30
SITEMAP_MAX = 50_000
"""As the sitemap protocol allows in one file (sitemaps.org)."""
CONTENT = "http://purl.org/rss/1.0/modules/content/"


class Rss(Rss201rev2Feed):
    """RSS 2.0 with the whole article in `content:encoded`."""

    def rss_attributes(self) -> dict[str, str]:
        return {**super().rss_attributes(), "xmlns:content": CONTENT}

    def add_item_elements(self, handler: Any, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        handler.addQuickElement("content:encoded", item["html"])


class Atom(Atom1Feed):
    """Atom 1.0 with the whole article in `content`."""

    def add_item_elements(self, handler: Any, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        handler.addQuickElement("content", item["html"], {"type": "html"})


def _changed_at(request: Any, **_kwargs: Any) -> Any:
    newest = Article.objects.in_workspace(request.workspace).order_by("-changed_at").first()
    return newest.changed_at if newest else None


@require_safe
@site_page
@condition(last_modified_func=_changed_at)
def rss(request) -> HttpResponse:
    return _feed(request, Rss, "website:rss")


@require_safe
@site_page
@condition(last_modified_func=_changed_at)
def atom(request) -> HttpResponse:
    return _feed(request, Atom, "website:atom")


def _feed(request, kind: type[SyndicationFeed], name: str) -> HttpResponse:
    site = request.workspace
    feed = kind(
        title=site.name,
        link=_full("website:home", site),
        description=_("Articles by %(name)s") % {"name": site.name},
        language={"zh-hans": "zh-CN"}.get(site.language, site.language),
        feed_url=_full(name, site),
    )
    rows = Article.objects.in_workspace(site).standing().prefetch_related("tags")[:NEWEST]
    for row in rows:
        row.workspace = site
        _add(feed, row)
    answer = HttpResponse(content_type=feed.content_type)
    feed.write(answer, "utf-8")
    return answer


def _add(feed: SyndicationFeed, row: Article) -> None:
    feed.add_item(
        title=row.title,
        link=row.full_url,
        description=row.summary or row.text[:280],
        unique_id=row.full_url,
        pubdate=row.published_at,
        updateddate=row.changed_at,
        author_name=row.author or row.workspace.name,
        categories=[tag.name for tag in row.tags.all()],
        html=row.html.replace('src="/site/', f'src="{settings.SITE_URL.rstrip("/")}/site/'),
    )


@require_safe
@site_page
def sitemap(request) -> HttpResponse:
    written = io.BytesIO()
    xml = SimplerXMLGenerator(written, "utf-8", short_empty_elements=True)
    xml.startDocument()
    xml.startElement("urlset", {"xmlns": "http://www.sitemaps.org/schemas/sitemap/0.9"})
    rows = Article.objects.in_workspace(request.workspace).standing().only("slug", "changed_at")[:SITEMAP_MAX]
    _address(xml, _full("website:home", request.workspace))
    for row in rows:
        row.workspace = request.workspace
        _address(xml, row.full_url, row.changed_at.isoformat(timespec="seconds"))
    xml.endElement("urlset")
    xml.endDocument()
    return HttpResponse(written.getvalue(), content_type="application/xml")


def _address(xml: SimplerXMLGenerator, url: str, changed_at: str = "") -> None:
    xml.startElement("url", {})
    xml.addQuickElement("loc", url)
    if changed_at:
        xml.addQuickElement("lastmod", changed_at)
    xml.endElement("url")


@require_safe
def robots(request) -> HttpResponse:
    """Let robots read the public sites, and nothing of the team's."""
    lines = [
        "User-agent: *",
        "Disallow: /w/",
        "Disallow: /api/",
        "Disallow: /site/*/api/",
        "Disallow: /site/*/search/",
    ]
    for row in SiteKey.objects.select_related("workspace").filter(workspace__is_demo=False):
        lines.append(f"Sitemap: {_full('website:sitemap', row.workspace)}")
    return HttpResponse("\n".join([*lines, ""]), content_type="text/plain")


def _full(name: str, site: Workspace) -> str:
    return settings.SITE_URL.rstrip("/") + reverse(name, args=[site.slug])
