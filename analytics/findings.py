"""What a week says, in sentences a manager can act on. Each finding carries the figures it rests on.

A rule looks at one question and returns a finding, or None when the figures do not answer it.
"""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from analytics import measures, rollups
from analytics.overview import SMALL_SAMPLE, Overview, named
from mediaops.lib.periods import Period
from mediaops.templatetags.ui import duration, number, percent

NOTABLE = 0.05
"""Changes under five per cent are not news."""
FALLING_WEEKS = 3

Finding = dict[str, Any]


def findings_of(whole: Overview, replies: tuple[float | None, float | None]) -> tuple[list[Finding], list[str]]:
    """Return findings, most important first, and what they propose to do."""
    found = [
        _views(whole),
        _one_post(whole),
        _first_figures(whole),
        _falling_rate(whole),
        _followers(whole),
        _discipline(whole),
        _replies(*replies),
        _weak(whole),
    ]
    findings = [finding for finding in found if finding]
    proposals = [finding["proposal"] for finding in findings if finding.get("proposal")]
    return findings, proposals


def _finding(title: str, text: str = "", *, figures: dict[str, str], proposal: str = "") -> Finding:
    """`figures` maps each figure in the text to the address (relative to the workspace) of its rows."""
    return {"title": title, "text": text, "figures": figures, "proposal": proposal}


def _views(whole: Overview) -> Finding | None:
    change = whole.figures[0].change
    if change.amount is None or abs(change.amount) < NOTABLE:
        return None
    now, before, share = number(change.now), number(change.before), percent(abs(change.amount))
    title = (_("Views rose by %(share)s.") if change.amount > 0 else _("Views fell by %(share)s.")) % {"share": share}
    text = _("%(now)s this week, %(before)s the week before.") % {"now": now, "before": before}
    return _finding(title, text, figures={share: "insights/", now: "insights/"})


def _one_post(whole: Overview) -> Finding | None:
    """One post that carries the week."""
    views = whole.figures[0].change
    if not whole.most_seen or not views.now or whole.post_count < FALLING_WEEKS:
        return None
    top = whole.most_seen[0]
    share = (top.views or 0) / views.now
    if share < 0.2:
        return None
    seen, part = number(top.views), percent(min(share, 1), 0)
    title = _("One post carried the week.")
    text = _("“%(title)s” on %(account)s had %(views)s views, %(share)s of all.") % {
        "title": top.post,
        "account": named(top.post.account),
        "views": seen,
        "share": part,
    }
    rest = views.now - (top.views or 0)
    if views.before:
        change = (rest - views.before) / views.before
        text += " " + (
            _("Without it the week would be %(share)s below the one before.")
            if change < 0
            else _("Without it the week would still be %(share)s above the one before.")
        ) % {"share": percent(abs(change))}
    proposal = _("Take up the subject of “%(title)s” again within two weeks.") % {"title": top.post}
    return _finding(title, text, figures={seen: f"posts/{top.post.pk}/"}, proposal=proposal)


def _first_figures(whole: Overview) -> Finding | None:
    """Accounts that told views for the first time in two weeks."""
    days = rollups.account_days([row.account.pk for row in whole.accounts], whole.scope.before)
    before = measures.per_account(days)
    for row in whole.accounts:
        if row.views and measures.total(before.get(row.account.pk, []), "views") in (None, 0):
            views = number(row.views)
            title = _("%(account)s had its first views.") % {"account": named(row.account)}
            text = _("%(views)s in this week, after none in the week before.") % {"views": views}
            return _finding(title, text, figures={views: "insights/"})
    return None


def _falling_rate(whole: Overview) -> Finding | None:
    """An account whose engagement rate fell week after week."""
    weeks = [whole.scope.period]
    for _step in range(FALLING_WEEKS):
        weeks.append(weeks[-1].before)
    span = Period(weeks[-1].first, weeks[0].last)
    days = measures.per_account(rollups.account_days([row.account.pk for row in whole.accounts], span))
    for row in whole.accounts:
        own = days.get(row.account.pk, [])
        told = [
            measures.engagement_rate([day for day in own if week.first <= day.day <= week.last])
            for week in reversed(weeks)
        ]
        rates = [rate for rate in told if rate is not None]
        if len(rates) < len(told) or any(late >= early for early, late in zip(rates, rates[1:], strict=False)):
            continue
        if rates[-1] > rates[0] * (1 - NOTABLE):
            continue
        now = percent(rates[-1])
        title = _("Engagement on %(account)s fell %(n)d weeks in a row.") % {
            "account": named(row.account),
            "n": FALLING_WEEKS,
        }
        text = _("From %(before)s to %(now)s.") % {"before": percent(rates[0]), "now": now}
        proposal = _("Look at the last posts on %(account)s and change one thing for the next two.") % {
            "account": named(row.account)
        }
        return _finding(title, text, figures={now: "insights/"}, proposal=proposal)
    return None


def _followers(whole: Overview) -> Finding | None:
    told = [row for row in whole.accounts if row.gained]
    if not told:
        return None
    top = max(told, key=lambda row: row.gained or 0)
    lost = min(told, key=lambda row: row.gained or 0)
    if (top.gained or 0) > 0:
        gained = number(top.gained)
        title = _("%(account)s grew most.") % {"account": named(top.account)}
        text = _("%(gained)s new followers, %(all)s in all.") % {"gained": gained, "all": number(top.followers)}
        if (lost.gained or 0) < 0:
            text += " " + _("%(account)s lost %(n)s.") % {
                "account": named(lost.account),
                "n": number(abs(lost.gained or 0)),
            }
        return _finding(title, text, figures={gained: "insights/"})
    gone = number(abs(lost.gained or 0))
    title = _("%(account)s lost followers.") % {"account": named(lost.account)}
    text = _("%(n)s fewer than the week before.") % {"n": gone}
    return _finding(title, text, figures={gone: "insights/"})


def _discipline(whole: Overview) -> Finding | None:
    live = next((figure for figure in whole.figures if figure.key == "live"), None)
    if live is None or not live.of or live.change.now is None or live.change.now >= live.of:
        return None
    missing = int(live.of - live.change.now)
    pair = f"{number(live.change.now)} / {number(live.of)}"
    title = _("%(n)d planned posts are not out.") % {"n": missing}
    text = _("%(pair)s of the week’s plan went live.") % {"pair": pair}
    proposal = _("Decide on the posts that still wait, or move them.")
    return _finding(title, text, figures={pair: "calendar/"}, proposal=proposal)


def _replies(now: float | None, before: float | None) -> Finding | None:
    if now is None or before is None or not before or abs(now - before) / before < 0.15:
        return None
    words = duration(now)
    title = _("We answer faster.") if now < before else _("We answer more slowly.")
    text = _("Median first answer %(now)s, the week before %(before)s.") % {"now": words, "before": duration(before)}
    proposal = "" if now < before else _("Name one person a day who looks after the inbox.")
    return _finding(title, text, figures={words: "inbox/"}, proposal=proposal)


def _weak(whole: Overview) -> Finding | None:
    """Posts far below their account's median; a small sample is said to be one."""
    if not whole.worst:
        if 0 < whole.post_count < SMALL_SAMPLE:
            return _finding(
                _("Too few posts for a ranking."),
                ngettext(
                    "With %(n)d post, the best and the worst would be chance.",
                    "With %(n)d posts, the best and the worst would be chance.",
                    whole.post_count,
                )
                % {"n": whole.post_count},
                figures={},
            )
        return None
    low = whole.worst[0]
    if low.ratio is None or low.ratio > 0.5:
        return None
    views = number(low.views)
    title = _("“%(title)s” did not find readers.") % {"title": low.post}
    text = _("%(views)s views on %(account)s, %(ratio)s of the account’s median.") % {
        "views": views,
        "account": named(low.post.account),
        "ratio": percent(low.ratio, 0),
    }
    return _finding(title, text, figures={views: f"posts/{low.post.pk}/"})
