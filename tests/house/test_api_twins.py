"""What a team does on pages it can do over REST: every page that changes something has its twin there.

A new team view is put into one of three lists: `TWINS` with the request that does the same,
`BROWSER_ONLY` with the reason, or `READS` when it changes nothing.
"""

import inspect

import pytest
from django.urls import resolve

from mediaops.api.permissions import right_for_method
from mediaops.models import Right
from tests.house.test_access import TEAM

TWINS = {
    # the ground
    "team:notices-read": "POST notices/read/",
    "team:notice": "POST notices/1/read/",
    "team:invite": "POST members/invitations/",
    "team:invitation-withdraw": "POST members/invitations/1/withdraw/",
    "team:member-role": "POST members/1/role/",
    "team:member-remove": "POST members/1/remove/",
    "team:workspace": "PATCH workspace/",
    "team:chat-new": "POST chat-robots/",
    "team:chat": "PATCH chat-robots/1/",
    "team:chat-try": "POST chat-robots/1/send/",
    "team:chat-drop": "DELETE chat-robots/1/",
    # accounts, talks, the own site
    "platforms:accounts-check": "POST accounts/check/",
    "platforms:account-add": "POST accounts/",
    "platforms:connect-platform": "POST accounts/",
    "platforms:connect-save": "POST accounts/",
    "platforms:connect-by-hand": "POST accounts/",
    "platforms:post-delete": "POST posts/1/delete/",
    "platforms:account-rename": "POST accounts/1/rename/",
    "platforms:account-check": "POST accounts/1/check/",
    "platforms:account-disconnect": "POST accounts/1/disconnect/",
    "platforms:account-reconnect": "POST accounts/1/reconnect/",
    "platforms:reply": "POST conversations/1/reply/",
    "platforms:conversation-close": "POST conversations/1/close/",
    "platforms:conversation-reopen": "POST conversations/1/reopen/",
    "platforms:conversation-assign": "POST conversations/1/assign/",
    "platforms:reply-again": "POST replies/1/retry/",
    "platforms:reply-sent": "POST replies/1/confirm/",
    "platforms:reply-drop": "POST replies/1/drop/",
    "platforms:message-moderate": "POST messages/1/moderate/",
    "platforms:post-comments": "POST posts/1/comments/",
    "platforms:auto-reply-add": "POST auto-replies/",
    "platforms:auto-reply": "PATCH auto-replies/1/",
    "platforms:auto-reply-turn": "PATCH auto-replies/1/",
    "platforms:auto-reply-shift": "POST auto-replies/1/shift/",
    "platforms:auto-reply-drop": "DELETE auto-replies/1/",
    "platforms:menu-save": "PUT accounts/1/menu/",
    "platforms:menu-take-over": "PUT accounts/1/menu/",
    "platforms:menu-read": "POST accounts/1/menu/read/",
    "platforms:menu-remove": "POST accounts/1/menu/remove/",
    "platforms:contact-remark": "POST contacts/1/remark/",
    "platforms:contacts-label": "POST contacts/tag/",
    "platforms:contact-tag-add": "POST contact-tags/",
    "platforms:contact-tag": "POST contact-tags/1/rename/",
    "platforms:contact-tag-drop": "DELETE contact-tags/1/",
    "platforms:site-comment-show": "POST site-comments/1/show/",
    "platforms:site-comment-hide": "POST site-comments/1/hide/",
    # campaigns
    "campaigns:campaign-new": "POST campaigns/",
    "campaigns:campaign-edit": "PATCH campaigns/1/",
    "campaigns:campaign-move": "POST campaigns/1/move/",
    "campaigns:campaign-phase-new": "POST campaigns/1/phases/",
    "campaigns:campaign-phase-edit": "PATCH campaigns/1/phases/1/",
    "campaigns:campaign-phase-drop": "DELETE campaigns/1/phases/1/",
    "campaigns:campaign-line-new": "POST campaigns/1/budget/",
    "campaigns:campaign-line-drop": "DELETE campaigns/1/budget/1/",
    "campaigns:campaign-expense-new": "POST campaigns/1/expenses/",
    "campaigns:campaign-expense-drop": "DELETE campaigns/1/expenses/1/",
    "campaigns:task-new": "POST tasks/",
    "campaigns:task": "PATCH tasks/1/",
    "campaigns:task-move": "POST tasks/1/move/",
    "campaigns:partner-new": "POST partners/",
    "campaigns:partner-edit": "PATCH partners/1/",
    "campaigns:partner-channel-new": "POST partners/1/channels/",
    "campaigns:partner-channel-drop": "DELETE partners/1/channels/1/",
    "campaigns:collaboration-new": "POST collaborations/",
    "campaigns:collaboration-edit": "PATCH collaborations/1/",
    "campaigns:collaboration-move": "POST collaborations/1/move/",
    "campaigns:deliverable-new": "POST deliverables/",
    "campaigns:deliverable-deliver": "POST deliverables/1/deliver/",
    "campaigns:deliverable-drop": "DELETE deliverables/1/",
    "campaigns:link-new": "POST links/",
    "campaigns:link-close": "POST links/1/close/",
    # content
    "content:asset-upload": "POST media/",
    "content:asset-fetch": "POST media/",
    "content:asset-edit": "PATCH media/1/",
    "content:asset-remove": "DELETE media/1/",
    "content:variant-add": "POST items/1/variants/",
    "content:variant-save": "PATCH items/1/variants/1/",
    "content:variant-companions": "PUT items/1/variants/1/companions/",
    "content:variant-show": "POST items/1/variants/1/preview/",
    "content:variant-check": "POST publications/validate/",
    "content:variant-mend": "POST variants/1/mend/",
    "content:item-mend": "POST items/1/mend/",
    "content:variant-drop": "DELETE items/1/variants/1/",
    "content:idea-new": "POST ideas/",
    "content:idea": "PATCH ideas/1/",
    "content:idea-move": "POST ideas/1/move/",
    "content:idea-write": "POST ideas/1/write/",
    "content:strategy-new": "POST pillars/",
    "content:strategy-edit": "PATCH pillars/1/",
    "content:strategy-close": "POST pillars/1/close/",
    "content:brand-checks": "PATCH brand/checks/",
    "content:brand-try": "POST brand/try/",
    "content:brand-rule-new": "POST brand/rules/",
    "content:brand-rule": "PATCH brand/rules/1/",
    "content:brand-rule-drop": "DELETE brand/rules/1/",
    "content:word-list-new": "POST brand/word-lists/",
    "content:word-list": "PATCH brand/word-lists/1/",
    "content:word-list-switch": "PATCH brand/word-lists/1/",
    "content:word-list-drop": "DELETE brand/word-lists/1/",
    "content:brand-allow": "POST brand/allowed/",
    "content:brand-forbid": "DELETE brand/allowed/1/",
    "content:items": "PATCH items/1/",
    "content:item-new": "POST items/",
    "content:item-save": "PATCH items/1/",
    "content:item-archive": "POST items/1/archive/",
    "content:items-unarchive": "POST items/1/bring-back/",
    "content:item-restore": "POST items/1/versions/1/restore/",
    "content:item-submit": "POST items/1/submit/",
    "content:item-take-back": "POST items/1/take-back/",
    "content:item-approve": "POST items/1/approve/",
    "content:item-request-changes": "POST items/1/request-changes/",
    "content:item-remind": "POST items/1/remind/",
    "content:item-comment": "POST items/1/comments/",
    "content:comment-resolve": "POST items/1/comments/1/resolve/",
    "content:calendar-new": "POST publish/",
    "content:calendar-fill": "POST publications/fill/",
    "content:calendar-move": "POST publications/1/reschedule/",
    "content:calendar-drop": "POST publications/",
    "content:item-schedule": "POST publications/",
    "content:publish-now": "POST publications/",
    "content:slots": "POST slots/",
    "content:slot-drop": "DELETE slots/1/",
    "content:waiting-release": "POST publications/1/send-now/",
    "content:pause": "POST pauses/",
    "content:pause-account": "POST pauses/",
    "content:publication-confirm": "POST publications/1/confirm/",
    "content:publication-not-live": "POST publications/1/not-live/",
    "content:publication-look": "POST publications/1/look/",
    "content:publication-retry": "POST publications/1/retry/",
    "content:publication-send-now": "POST publications/1/send-now/",
    "content:publication-reschedule": "POST publications/1/reschedule/",
    "content:publication-plan-again": "POST publications/1/plan-again/",
    "content:publication-cancel": "POST publications/1/cancel/",
    "content:publication-update": "POST publications/1/update/",
    "content:publication-drop": "POST publications/1/cancel/",
    # figures and reports
    "analytics:import-upload": "POST metrics/imports/",
    "analytics:import-choose": "PATCH metrics/imports/1/",
    "analytics:import-columns": "POST metrics/imports/1/columns/",
    "analytics:import-confirm": "POST metrics/imports/1/confirm/",
    "analytics:import-undo": "POST metrics/imports/1/undo/",
    "analytics:import-remove": "DELETE metrics/imports/1/",
    "analytics:import-row": "POST metrics/imports/1/rows/1/match/",
    "analytics:import-rows": "POST metrics/imports/1/rows/1/make/",
    "analytics:report-make": "POST reports/",
    "analytics:report-send": "POST reports/1/send/",
    "analytics:report-subscribe": "POST reports/subscribe/",
}
"""Page to request, both by example."""

BROWSER_ONLY = {
    "team:profile": "name, language and look are the person's in every workspace; a token speaks in one",
    "team:token-make": "a token that makes tokens would outlive its own revoking",
    "team:token-revoke": "who lost a token signs in to end it, rather than trust one",
    "team:workspace-new": "a token belongs to the one workspace that it was made in",
}

OTHER_RIGHT = {
    "content:variant-check": "a dry run saves nothing, so that reading is enough",
    "content:calendar-new": "opening the form needs WRITE; sending it asks for PUBLISH, too",
    # these pages are read by everybody and ask for the right when they are sent
    "content:idea": "WRITE",
    "content:items": "WRITE",
    "content:item-schedule": "PUBLISH",
    "content:word-list": "ADMIN",
    "content:slots": "PUBLISH",
}
"""Where page and request do not ask for the same right at the door."""

READS = {
    "team:today", "team:notices", "team:activity", "team:members", "team:chats",
    "platforms:accounts", "platforms:connect-found", "platforms:auto-replies", "platforms:contact",
    "platforms:contact-tags", "platforms:contacts", "platforms:menu", "content:variant-phone",
    "platforms:accounts-today", "platforms:connect", "platforms:account", "platforms:posts",
    "platforms:post", "platforms:inbox", "platforms:inbox-today", "platforms:conversation",
    "platforms:conversation-messages", "platforms:conversation-side", "platforms:site-comments",
    "campaigns:campaigns", "campaigns:campaign", "campaigns:tasks", "campaigns:today-tasks", "campaigns:partners",
    "campaigns:partner", "campaigns:collaboration", "campaigns:links", "campaigns:link", "campaigns:link-code",
    "content:assets", "content:asset-pick", "content:asset", "content:asset-file", "content:asset-thumb",
    "content:item-tabs", "content:item-preview", "content:item-checks", "content:variant", "content:ideas",
    "content:strategy", "content:brand", "content:item-cover", "content:item", "content:item-versions",
    "content:item-version",
    "content:today-writing", "content:campaign-items", "content:calendar", "content:calendar-feed",
    "content:calendar-agenda",
    "content:today-plan", "content:today-problems", "content:waiting", "content:pause-box", "content:post-source",
    "content:account-waiting", "content:publication",
    "analytics:dashboard", "analytics:dashboard-csv", "analytics:dashboard-xlsx", "analytics:posts-by-result",
    "analytics:posts-csv", "analytics:posts-xlsx", "analytics:post-figures", "analytics:campaign-figures",
    "analytics:campaign-deliverables", "analytics:collaboration-figures", "analytics:today-week",
    "analytics:reports", "analytics:import", "analytics:imports", "analytics:report", "analytics:report-pdf",
    "analytics:report-xlsx",
}  # fmt: skip

VIEWS = {name: entry.callback for _, name, entry in TEAM}


def takes_a_form(view):
    """Say whether the view reads what somebody sent: it, or the decorators above it, speak of POST."""
    source = inspect.getsource(inspect.unwrap(view))
    return "POST" in source or "take_form(" in source


def twin_of(name):
    """The API view behind a twin, with the right that its request needs."""
    method, _, address = TWINS[name].partition(" ")
    view = resolve(f"/api/v1/{address}").func
    actions = getattr(view, "actions", None)
    verb = method.lower()
    does = actions.get(verb) if actions is not None else (verb if hasattr(view.cls, verb) else None)
    return does, right_for_method(method, view.cls.rights, does or "")


def test_every_team_view_has_its_place():
    placed = [*TWINS, *BROWSER_ONLY, *READS]
    assert len(placed) == len(set(placed))
    assert set(VIEWS) == set(placed), set(VIEWS) ^ set(placed)


def test_every_view_that_is_said_to_read_takes_no_form():
    wrong = sorted(name for name in READS if takes_a_form(VIEWS[name]))
    assert not wrong, wrong


def test_every_view_with_a_twin_takes_a_form():
    """So that nothing stands here only because its name looks like an action."""
    wrong = sorted(name for name in [*TWINS, *BROWSER_ONLY] if not takes_a_form(VIEWS[name]))
    assert not wrong, wrong


@pytest.mark.parametrize("name", TWINS)
def test_the_twin_is_there_and_asks_for_the_same_right(name):
    does, right = twin_of(name)
    assert does, f"{TWINS[name]} is not answered"
    if name not in OTHER_RIGHT:
        assert right == VIEWS[name].needs
    else:
        assert right != VIEWS[name].needs, f"{name} need not be in OTHER_RIGHT"


def test_reasons_are_given():
    assert all(BROWSER_ONLY.values()) and all(OTHER_RIGHT.values())
    assert set(OTHER_RIGHT) <= set(TWINS)
    assert {right for _, right in map(twin_of, TWINS)} <= set(Right)
