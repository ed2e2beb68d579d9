"""Tags and filters of every template (built in: no `{% load %}` is needed)."""

import json
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django import template
from django.templatetags.static import static
from django.urls import NoReverseMatch, get_script_prefix, reverse
from django.utils import timezone, translation
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from mediaops.lib.verbs import sentence_of

register = template.Library()

UNKNOWN = "–"
STATE_ICONS = {
    "planned": "clock",
    "sending": "send-2",
    "waiting": "clock",
    "processing": "hourglass",
    "live": "circle-check",
    "sent": "circle-check",
    "failed": "circle-x",
    "unsure": "help-circle",
    "by_hand": "hand-click",
    "late": "clock-exclamation",
    "held": "player-pause",
    "cancelled": "ban",
    "draft": "pencil",
    "in_review": "eye",
    "changes": "arrow-back-up",
    "approved": "checks",
    "stale": "refresh-alert",
    "healthy": "circle-check",
    "soon": "clock-exclamation",
    "expired": "plug-connected-x",
    "gone": "plug-connected-x",
    "open": "circle",
    "doing": "progress",
    "running": "progress",
    "done": "circle-check",
    "closed": "circle-check",
    "overdue": "alert-triangle",
    "proposed": "circle",
    "agreed": "progress",
    "delivered": "circle-check",
    "paid": "checks",
    "off": "ban",
    "dropped": "ban",
    "uploaded": "hourglass",
    "previewed": "eye-check",
    "importing": "progress",
    "undoing": "progress",
    "undone": "arrow-back-up",
    "hidden": "eye-off",
    "shown": "eye",
}


def _slug(context: Any) -> str:
    workspace = context.get("workspace") or getattr(context.get("request"), "workspace", None)
    return workspace.slug if workspace else ""


@register.simple_tag(takes_context=True)
def team_url(context: Any, name: str, *args: Any) -> str:
    """Return the address of a team page in the page's workspace; "" while no such page exists."""
    try:
        return _address(get_script_prefix(), name, _slug(context), *args)
    except NoReverseMatch:
        return ""


@lru_cache(maxsize=2048, typed=True)
def _address(_prefix: str, name: str, *args: Any) -> str:
    """Build an address once per process: it follows from these words alone, and a list asks for hundreds."""
    return reverse(name, args=args)


@register.inclusion_tag("ui/_nav_link.html", takes_context=True)
def nav_link(
    context: Any, name: str, icon_name: str, label: str, count: int = 0, urgent: bool = False, also: str = ""
) -> dict:
    """Show one entry of the navigation; nothing while its page does not exist.

    The entry is current on its own page and on the pages of its noun (`content:item-…` for
    `content:items`); `also` names other pages, separated by spaces.
    """
    match = getattr(context.get("request"), "resolver_match", None)
    here = f"{':'.join(match.namespaces)}:{match.url_name}" if match and match.namespaces else ""
    noun = name.removesuffix("s")
    return {
        "to": team_url(context, name),
        "icon_name": icon_name,
        "label": label,
        "count": count,
        "urgent": urgent,
        "is_here": here in (name, noun, *also.split()) or here.startswith(f"{noun}-"),
    }


@register.inclusion_tag("ui/_url_part.html", takes_context=True)
def url_part(context: Any, name: str, *args: Any) -> dict:
    """Load a part of another app by its address; nothing while it does not exist."""
    return {"to": team_url(context, name, *args)}


@register.simple_tag(takes_context=True)
def with_query(context: Any, **changes: Any) -> str:
    """Return this page's query string with some values changed (None removes one)."""
    query = context["request"].GET.copy()
    for name, value in changes.items():
        if value is None:
            query.pop(name, None)
        else:
            query[name] = value
    return "?" + query.urlencode()


@register.simple_tag
def icon(name: str, css: str = "", label: str = "") -> SafeString:
    """Draw an icon of the sprite. With `label` it speaks for itself, without it is decoration."""
    return _drawn(name, css, str(label))


@lru_cache(maxsize=1024, typed=True)
def _drawn(name: str, css: str, label: str) -> SafeString:
    voice = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')  # noqa: S308
    href = f"{static('icons.svg')}#{name}"
    return format_html('<svg class="icon {}" {}><use href="{}"/></svg>', css, voice, href)


@register.simple_tag
def monogram(account: Any, label: str = "") -> SafeString:
    """Draw the platform's letter of an account (anything with `mark` and `mark_slot`, as attributes or keys)."""
    voice = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')  # noqa: S308
    return format_html(
        '<span class="monogram" data-mark="{}" {}>{}</span>',
        _fact(account, "mark_slot"),
        voice,
        _fact(account, "mark"),
    )


def _fact(thing: Any, name: str) -> Any:
    """Look a fact up on a row, or in what was frozen of it."""
    return thing[name] if isinstance(thing, dict) else getattr(thing, name)


@register.simple_tag
def face(member: Any, label: bool = False) -> SafeString:
    """Draw a person as a circle with the first character of the name."""
    name = str(member) if member else "?"
    voice = format_html('role="img" aria-label="{}"', name) if label else mark_safe('aria-hidden="true"')  # noqa: S308
    return format_html('<span class="face" {}>{}</span>', voice, name[:1])


@register.simple_tag
def pill(state: str, label: str = "") -> SafeString:
    """Draw a state as icon and word; the stylesheet maps `data-state` to a hue."""
    return format_html(
        '<span class="pill" data-state="{}">{}{}</span>', state, icon(state_icon(state)), label or state
    )


@register.filter
def way_back(message: Any) -> dict | None:
    """Return the `Undo` that a message of `mediaops.lib.parts.say` carries: `to` and `fields`; None without one."""
    return json.loads(message.extra_tags) if (message.extra_tags or "").startswith("{") else None


@register.filter
def state_icon(state: str) -> str:
    """Return the name of a state's icon."""
    return STATE_ICONS.get(str(state), "circle")


@register.filter
def activity(verb: str) -> str:
    """Return a line of the trail in words."""
    return sentence_of(verb)


def _zone(moment: datetime) -> datetime:
    return timezone.localtime(moment)


def _day_words(day: date, today: date, *, sentence: bool = False) -> str:
    if day == today:
        return pgettext("day", "Today")
    if day == today - timedelta(days=1):
        return _("Yesterday")
    if day == today + timedelta(days=1):
        return _("Tomorrow")
    return _date_words(day, today, sentence=sentence)


def _date_words(day: date, today: date, *, sentence: bool = False) -> str:
    if (translation.get_language() or "").startswith("zh"):
        if sentence:
            return (
                f"{day.month} 月 {day.day} 日"
                if day.year == today.year
                else f"{day.year} 年 {day.month} 月 {day.day} 日"
            )
        return f"{day:%m-%d}" if day.year == today.year else f"{day:%Y-%m-%d}"
    return f"{day.day} {day:%b}" if day.year == today.year else f"{day.day} {day:%b %Y}"


@register.filter
def when(moment: datetime | None) -> str:
    """Show a moment in the reader's zone: `Today 12:00`, `10-23 12:00`, `23 Oct, 12:00`."""
    if moment is None:
        return UNKNOWN
    local = _zone(moment)
    words = _day_words(local.date(), timezone.localdate())
    comma = "" if (translation.get_language() or "").startswith("zh") else ","
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        moment.isoformat(),
        f"{local:%Y-%m-%d %H:%M %Z}",
        f"{words}{comma} {local:%H:%M}",
    )


@register.filter
def clock(moment: datetime | None) -> str:
    """Show the hour and minute in the reader's zone."""
    if moment is None:
        return UNKNOWN
    return format_html('<time datetime="{}">{}</time>', moment.isoformat(), f"{_zone(moment):%H:%M}")


@register.filter
def day(value: date | datetime | None) -> str:
    """Show a day: `10-23`, `23 Oct`; today and yesterday by name."""
    if value is None:
        return UNKNOWN
    plain = _zone(value).date() if isinstance(value, datetime) else value
    return format_html('<time datetime="{}">{}</time>', plain.isoformat(), _day_words(plain, timezone.localdate()))


@register.filter
def long_day(value: date | datetime | None) -> str:
    """Show a day inside a sentence: `10 月 23 日`, `23 Oct`."""
    if value is None:
        return UNKNOWN
    plain = _zone(value).date() if isinstance(value, datetime) else value
    return _day_words(plain, timezone.localdate(), sentence=True)


@register.filter
def plain_day(value: date) -> str:
    """Show a day as `10 月 23 日` or `23 Oct`, also when it is today: for spans of days."""
    return _date_words(value, timezone.localdate(), sentence=True)


@register.filter
def day_title(value: date) -> str:
    """Name a day above its rows: `今天，10 月 23 日`, `Fri, 23 Oct`."""
    today = timezone.localdate()
    near = abs((value - today).days) <= 1
    comma = "，" if (translation.get_language() or "").startswith("zh") else ", "
    return f"{_day_words(value, today) if near else weekday(value)}{comma}{plain_day(value)}"


@register.filter
def weekday(value: date | datetime) -> str:
    """Name the day of the week, short."""
    plain = _zone(value).date() if isinstance(value, datetime) else value
    names = [_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun")]
    return names[plain.weekday()]


@register.filter
def weekday_letter(value: date) -> str:
    """Name the day of the week in one sign, for a strip of seven."""
    zh = (translation.get_language() or "").startswith("zh")
    return ("一二三四五六日" if zh else "MTWTFSS")[value.weekday()]


@register.filter
def duration(seconds: float | None) -> str:
    """Show a length of time by its two largest units: `1 h 48 min`."""
    if seconds is None:
        return UNKNOWN
    minutes = int(abs(seconds) // 60)
    if minutes < 1:
        return _("under 1 min")
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days:
        text = ngettext("%(n)d day", "%(n)d days", days) % {"n": days}
        return f"{text} {_('%(n)d h') % {'n': hours}}" if hours and days < 3 else text
    if hours:
        return (
            f"{_('%(n)d h') % {'n': hours}} {_('%(n)d min') % {'n': minutes}}"
            if minutes
            else _("%(n)d h") % {"n": hours}
        )
    return _("%(n)d min") % {"n": minutes}


@register.filter
def ago(moment: datetime | None) -> str:
    """Show how long ago, or how far ahead, a moment lies."""
    if moment is None:
        return UNKNOWN
    seconds = (timezone.now() - moment).total_seconds()
    if 0 <= seconds < 60:
        return _("just now")
    words = duration(seconds)
    return (_("%(time)s ago") if seconds > 0 else _("in %(time)s")) % {"time": words}


@register.filter
def number(value: float | Decimal | None, digits: int = 0) -> str:
    """Show every digit, in groups of three; unknown is a dash, never 0."""
    if value is None or value == "":
        return UNKNOWN
    return f"{value:,.{digits}f}"


@register.filter
def few(value: int) -> str:
    """Show a count beside a place; from a thousand on only that there are many."""
    return str(value) if value < 1000 else "999+"


@register.filter
def big(value: float | None) -> str:
    """Show a headline figure: 万 and 亿 from 10 万 up in Chinese, K and M in English."""
    if value is None:
        return UNKNOWN
    size = abs(value)
    if (translation.get_language() or "").startswith("zh"):
        if size >= 100_000_000:
            return f"{value / 100_000_000:.2f} 亿"
        return f"{value / 10_000:.1f} 万" if size >= 100_000 else number(value)
    if size >= 1_000_000:
        return f"{value / 1_000_000:.2f} M"
    return f"{value / 1_000:.1f} K" if size >= 100_000 else number(value)


@register.filter
def percent(value: float | None, digits: int = 1) -> str:
    """Show a rate (0.041) as 4.1%."""
    return UNKNOWN if value is None else f"{value * 100:.{digits}f}%"


@register.filter
def delta(change: float | None, better: str = "more") -> str:
    """Show a change as arrow, amount and colour: 0.12 is `↗ 12.0%`.

    `better` says which direction is good: `more`, `less`, or anything else for neither.
    """
    if change is None:
        return UNKNOWN
    sign = icon("arrow-up-right" if change > 0 else "arrow-down-right") if change else ""
    good = {"more": change > 0, "less": change < 0}.get(better)
    tone = "" if good is None or not change else format_html(' data-good="{}"', "yes" if good else "no")
    way = "" if not change else _("up") if change > 0 else _("down")
    return format_html(
        '<span class="delta"{}>{}<span class="unseen">{} </span>{}</span>', tone, sign, way, percent(abs(change))
    )


@register.inclusion_tag("ui/_delta.html")
def change(direction: str, amount: float | None, is_good: bool | None, unit: str = "count") -> dict[str, Any]:
    """Show a change: arrow, amount, better or worse. Rates change in points."""
    words = ""
    if amount is not None:
        words = f"{abs(amount) * 100:.1f} {_('pt')}" if unit == "rate" else percent(abs(amount))
    good = "" if is_good is None else "yes" if is_good else "no"
    return {"direction": direction, "words": words, "good": good}


@register.filter
def money(amount: Decimal | None, currency: str = "CNY") -> str:
    """Show an exact amount with its sign or code."""
    if amount is None:
        return UNKNOWN
    signs = {"CNY": "¥", "USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥"}
    digits = 0 if amount == amount.to_integral_value() else 2
    text = f"{abs(amount):,.{digits}f}"
    return f"{'−' if amount < 0 else ''}{signs.get(currency, currency + ' ')}{text}"


@register.filter
def file_size(size_bytes: int | None) -> str:
    """Show a file's size: 840 KB, 12.6 MB."""
    if size_bytes is None:
        return UNKNOWN
    return f"{size_bytes / 1_000_000:.1f} MB" if size_bytes >= 1_000_000 else f"{max(size_bytes // 1000, 1)} KB"


@register.filter
def get(mapping: dict, key: Any) -> Any:
    """Look a key up."""
    return mapping.get(key) if mapping else None


@register.filter
def lang_of(text: str) -> str:
    """Return the language of a person's text, for its `lang` attribute."""
    chinese = sum("一" <= sign <= "鿿" for sign in text or "")
    return "zh-CN" if chinese * 3 >= len(text or "x") else "en"


@register.filter
def dressed(field: Any) -> SafeString:
    """Render a form field's control with the classes and aria attributes of the house."""
    kind = field.widget_type
    css = {"select": "form-select", "checkbox": "form-check-input"}.get(kind, "form-control")
    attrs = {"class": " ".join(filter(None, [field.field.widget.attrs.get("class"), css]))}
    if field.errors:
        attrs |= {"aria-invalid": "true", "aria-describedby": f"{field.id_for_label}_problem"}
    elif field.help_text:
        attrs["aria-describedby"] = f"{field.id_for_label}_help"
    return field.as_widget(attrs=attrs)


@register.filter
def options(field: Any) -> Any:
    """Give the boxes or dots of a choice field, dressed like the house's."""
    field.field.widget.attrs.setdefault("class", "form-check-input")
    return field
