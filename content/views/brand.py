"""The brand guide: rules of wording, word lists, phrases that pass, and a place to try a text."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from content import wording
from content.actions import branding
from content.forms.brand import (
    ChecksForm,
    FindWordsForm,
    ListForm,
    NameForm,
    PhraseForm,
    RuleForm,
    TrialForm,
    words_of,
)
from content.guide import guide_of
from content.models import AllowedPhrase, BrandRule, WordList
from content.word_files import FILE_MAX, read_words
from mediaops.access import demand, get_own, team_url, team_view
from mediaops.errors import UserError
from mediaops.lib.parts import done, show
from mediaops.models import Right

PAGE = "content/brand/page.html"
SHOWN = 200
"""Rows of each table; the search finds the others."""


@require_GET
@team_view(needs=Right.SEE)
def brand(request: Any) -> HttpResponse:
    return render(request, PAGE, _page(request))


@require_POST
@team_view(needs=Right.ADMIN)
def checks(request: Any) -> HttpResponse:
    """Which of the shipped checks are on."""
    form = ChecksForm(request.POST, instance=branding.guide_row(request.workspace))
    if not form.is_valid():
        return render(request, PAGE, _page(request), status=422)
    branding.change_guide(request.workspace, form.cleaned_data, by=request.member)
    return _back(request, "guide:changed", _("Saved"))


@require_POST
@team_view(needs=Right.SEE)
def trial(request: Any) -> HttpResponse:
    """What the guide says of a text that belongs to no piece. Nothing is kept."""
    form = TrialForm(request.POST)
    text = form.cleaned_data["text"] if form.is_valid() else ""
    found = wording.judge({"body": text}, guide_of(request.workspace.pk))
    context = {"trial": form, "problems": found, "is_tried": bool(text.strip())}
    return show(request, PAGE, "content/brand/_trial.html", _page(request) | context)


@team_view(needs=Right.ADMIN)
def rule_new(request: Any) -> HttpResponse:
    form = RuleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            row = branding.add_rule(request.workspace, form.cleaned_data, by=request.member, now=timezone.now())
            return _back(request, "rule:made", _("“%(row)s” is watched now") % {"row": row})
        except UserError as error:
            _tell(form, error)
    return _form(request, form, "content/brand/rule.html")


@team_view(needs=Right.ADMIN)
def rule(request: Any, pk: int) -> HttpResponse:
    row = get_own(BrandRule.objects.select_related("workspace"), request, pk=pk)
    form = RuleForm(request.POST or None, initial={name: getattr(row, name) for name in RuleForm.base_fields})
    if request.method == "POST" and form.is_valid():
        try:
            branding.change_rule(row, form.cleaned_data, by=request.member)
            return _back(request, "rule:changed", _("“%(row)s” saved") % {"row": row})
        except UserError as error:
            _tell(form, error)
            row.refresh_from_db()
    return _form(request, form, "content/brand/rule.html", row=row)


@require_POST
@team_view(needs=Right.ADMIN)
def rule_drop(request: Any, pk: int) -> HttpResponse:
    row = get_own(BrandRule.objects.select_related("workspace"), request, pk=pk)
    branding.drop_rule(row, by=request.member)
    return _back(request, "rule:dropped", _("“%(row)s” is not watched any more") % {"row": row})


@team_view(needs=Right.ADMIN)
def list_new(request: Any) -> HttpResponse:
    form = ListForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            words = read_words(form.cleaned_data["file"].read(FILE_MAX + 1))
            given = words_of(form)
            row = branding.import_list(request.workspace, words, **given, by=request.member, now=timezone.now())
            return _back(request, "list:imported", _imported(row, words.left_out))
        except UserError as error:
            _tell(form, error, otherwise="file")
    return _form(request, form, "content/brand/list_new.html")


def _imported(row: WordList, left_out: int) -> str:
    said = _("“%(row)s”: %(count)s words are watched now.") % {"row": row, "count": f"{row.size:,}"}
    if not left_out:
        return said
    return said + " " + _("%(count)s lines were left out: repeats, single signs, too long.") % {"count": left_out}


@team_view(needs=Right.SEE)
def word_list(request: Any, pk: int) -> HttpResponse:
    """The words of a list, as far as they are looked for; the owner may rename it."""
    row = get_own(WordList.objects.select_related("workspace", "made_by__user"), request, pk=pk)
    posted = request.POST if request.method == "POST" else None
    if posted is not None:
        demand(request.member, Right.ADMIN)
    form, find = NameForm(posted, initial={"name": row.name, "source": row.source}), FindWordsForm(request.GET)
    if posted is not None and form.is_valid():
        try:
            branding.change_list(row, form.cleaned_data, by=request.member)
            return _back(request, "list:changed", _("“%(row)s” saved") % {"row": row})
        except UserError as error:
            _tell(form, error)
            row.refresh_from_db()
    q = find.cleaned_data["q"] if find.is_valid() else ""
    lines = [line.split("\t") for line in row.words.splitlines() if q.lower() in line.lower()]
    words = [dict(zip(("word", "category", "advice"), line, strict=False)) for line in lines[:SHOWN]]
    context = {"row": row, "form": form, "q": q, "words": words, "found": len(lines)}
    return render(request, "content/brand/list.html", context, status=422 if posted is not None else 200)


@require_POST
@team_view(needs=Right.ADMIN)
def list_switch(request: Any, pk: int) -> HttpResponse:
    """Switch a list on or off."""
    row = get_own(WordList.objects.defer("words").select_related("workspace"), request, pk=pk)
    branding.change_list(row, {"is_on": not row.is_on}, by=request.member)
    said = _("“%(row)s” is in use again") if row.is_on else _("“%(row)s” is switched off")
    return _back(request, "list:changed", said % {"row": row})


@require_POST
@team_view(needs=Right.ADMIN)
def list_drop(request: Any, pk: int) -> HttpResponse:
    row = get_own(WordList.objects.defer("words").select_related("workspace"), request, pk=pk)
    branding.drop_list(row, by=request.member)
    return _back(request, "list:dropped", _("“%(row)s” is deleted") % {"row": row})


@require_POST
@team_view(needs=Right.APPROVE)
def allow(request: Any) -> HttpResponse:
    """From the guide's page, or with one press beside a warning."""
    form = PhraseForm(request.POST)
    if form.is_valid():
        try:
            row = branding.allow_phrase(request.workspace, **form.cleaned_data, by=request.member, now=timezone.now())
            said = _("“%(row)s” passes now") % {"row": row}
            to = team_url(request, "content:brand")
            return done(request, "content/brand/_passes.html", {"row": row}, event="phrase:allowed", to=to, said=said)
        except UserError as error:
            _tell(form, error)
    return render(request, PAGE, _page(request) | {"phrase_form": form}, status=422)


@require_POST
@team_view(needs=Right.APPROVE)
def forbid(request: Any, pk: int) -> HttpResponse:
    row = get_own(AllowedPhrase.objects.select_related("workspace"), request, pk=pk)
    branding.forbid_phrase(row, by=request.member)
    return _back(request, "phrase:forbidden", _("“%(row)s” is warned of again") % {"row": row})


def _page(request: Any) -> dict[str, Any]:
    find = FindWordsForm(request.GET)
    q = find.cleaned_data["q"] if find.is_valid() else ""
    rules = BrandRule.objects.in_workspace(request.workspace)
    allowed = AllowedPhrase.objects.in_workspace(request.workspace).select_related("made_by__user")
    if q:
        rules, allowed = rules.filter(phrase__icontains=q), allowed.filter(phrase__icontains=q)
    guide = branding.guide_row(request.workspace)
    return {
        "q": q,
        "rules": rules[:SHOWN],
        "rule_count": rules.count(),
        "allowed": allowed[:SHOWN],
        "allowed_count": allowed.count(),
        "lists": WordList.objects.in_workspace(request.workspace).defer("words"),
        "guide": guide,
        "checks": ChecksForm(instance=guide),
        "phrase_form": PhraseForm(),
        "trial": TrialForm(),
        "law_count": len(wording.law()),
    }


def _form(request: Any, form: Any, template: str, **context: Any) -> HttpResponse:
    status = 422 if request.method == "POST" else 200
    return render(request, template, {"form": form, **context}, status=status)


def _back(request: Any, event: str, said: str) -> HttpResponse:
    return done(request, event=event, to=team_url(request, "content:brand"), said=said)


def _tell(form: Any, error: UserError, *, otherwise: str | None = None) -> None:
    for name, sentences in (error.fields or {otherwise: [str(error)]}).items():
        form.add_error(name if name in form.fields else None, sentences)
