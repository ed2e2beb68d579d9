"""The brand guide of a workspace, compiled and kept while nothing changes in it."""

from functools import lru_cache

from content import wording
from content.models import AllowedPhrase, BrandGuide, BrandRule, WordList
from content.models.brand import RuleKind
from content.wording import Entry, Guide, Matcher, Required

KEPT_GUIDES, KEPT_LISTS = 32, 12
"""How many compiled guides and lists a process keeps; a list of 200,000 words takes some 60 MB."""


def guide_of(workspace_id: int) -> Guide:
    """Return the workspace's guide; one short query while nothing changed."""
    row = BrandGuide.objects.in_workspace(workspace_id).first()
    if row is None:
        return _plain()
    return _compiled(workspace_id, row.stamp, row.checks_law, row.checks_personal, row.checks_email)


@lru_cache(maxsize=1)
def _plain() -> Guide:
    """What a team looks for that set nothing."""
    return wording.guide(matchers=[wording.law()])


@lru_cache(maxsize=KEPT_GUIDES)
def _compiled(workspace_id: int, stamp: str, law: bool, personal: bool, emails: bool) -> Guide:
    rules = list(BrandRule.objects.in_workspace(workspace_id))
    lists = WordList.objects.in_workspace(workspace_id).filter(is_on=True).values_list("pk", "name", "digest")
    allowed = AllowedPhrase.objects.in_workspace(workspace_id)
    return wording.guide(
        [_entry(rule) for rule in rules if rule.kind != RuleKind.REQUIRED],
        matchers=[*([wording.law()] if law else []), *(_list(pk, name, digest) for pk, name, digest in lists)],
        required=[
            Required(rule.phrase, rule.only_with, rule.reason) for rule in rules if rule.kind == RuleKind.REQUIRED
        ],
        allowed=[row.context or row.phrase for row in allowed],
        personal=personal,
        emails=emails,
    )


@lru_cache(maxsize=KEPT_LISTS)
def _list(pk: int, name: str, digest: str) -> Matcher:
    """Compile one list; `digest` makes a row with other words another list."""
    words = WordList.objects.values_list("words", flat=True).get(pk=pk)
    return Matcher(_listed(line, name) for line in words.splitlines())


def _listed(line: str, name: str) -> Entry:
    word, category, advice = (*line.split("\t"), "", "")[:3]
    return Entry(word, "list", category or name, advice, name=name)


def _entry(rule: BrandRule) -> Entry:
    return Entry(rule.phrase, "brand", RuleKind(rule.kind).label, rule.reason, suggestion=rule.instead)
