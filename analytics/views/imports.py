"""Files of figures: the list, one file from preview to result, the rows that wait."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from analytics.actions import importing, sorting, undoing
from analytics.imports import layouts
from analytics.imports.fields import FIELDS
from analytics.imports.forms import ChooseForm, ColumnsForm, RowForm, RowsForm, UploadForm
from analytics.models import ImportedFile, ImportedRow
from analytics.models.imported_file import ImportState
from mediaops.access import get_own, team_url, team_view
from mediaops.errors import UserError
from mediaops.lib.parts import done, show
from mediaops.models import Right
from platforms.connectors.exports import BY_KEY
from platforms.models import Post

LIST_PAGE, LIST = "analytics/imports/list.html", "analytics/imports/_list.html"
PAGE, FILE = "analytics/imports/page.html", "analytics/imports/_file.html"
PER_PAGE = 30
ROWS_PER_PAGE = 20


@team_view(needs=Right.FIGURES)
@require_GET
def imports(request: Any) -> HttpResponse:
    return show(request, LIST_PAGE, LIST, _listed(request))


@team_view(needs=Right.FIGURES)
@require_POST
def import_upload(request: Any) -> HttpResponse:
    """Take one file or several. Answers JSON where the caller accepts it, else the list."""
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _upload_answer(request, [], [_("Choose a file first.")])
    taken, problems = [], []
    for file in form.cleaned_data["file"]:
        try:
            taken.append(importing.add_file(file, file.name, file.size, by=request.member, now=timezone.now()))
        except UserError as error:
            problems.append(str(error) if len(form.cleaned_data["file"]) == 1 else f"{file.name}: {error}")
    return _upload_answer(request, taken, problems)


@team_view(needs=Right.FIGURES)
@require_GET
def import_page(request: Any, pk: int) -> HttpResponse:
    return show(request, PAGE, FILE, _about(request, _own(request, pk)))


@team_view(needs=Right.FIGURES)
@require_POST
def import_choose(request: Any, pk: int) -> HttpResponse:
    row = _own(request, pk)
    form = ChooseForm(request.POST, imported=row)
    if not form.is_valid():
        return show(request, PAGE, FILE, _about(request, row, form=form), status=422)
    chosen = form.cleaned_data
    try:
        importing.choose(
            row, account=chosen["account"], as_of=chosen["as_of"], makes_posts=form.wants_posts, now=timezone.now()
        )
    except UserError as error:
        return show(request, PAGE, FILE, _about(request, row, form=_blamed(form, error)), status=422)
    return done(request, FILE, _about(request, row), event="import:changed", to=row.get_absolute_url())


@team_view(needs=Right.FIGURES)
@require_POST
def import_columns(request: Any, pk: int) -> HttpResponse:
    row = _own(request, pk)
    form = _columns_form(row, request.POST)
    if form is None or not form.is_valid():
        return show(request, PAGE, FILE, _about(request, row, columns=form), status=422)
    try:
        importing.map_columns(
            row, kind=form.cleaned_data["kind"], columns=form.columns(), by=request.member, now=timezone.now()
        )
    except UserError as error:
        form.add_error(None, str(error))
        return show(request, PAGE, FILE, _about(request, row, columns=form), status=422)
    return done(request, FILE, _about(request, row), event="import:changed", to=row.get_absolute_url())


@team_view(needs=Right.FIGURES)
@require_POST
def import_confirm(request: Any, pk: int) -> HttpResponse:
    row = _own(request, pk)
    try:
        importing.confirm(row, by=request.member, now=timezone.now())
    except UserError as error:
        form = ChooseForm(ChooseForm(imported=row).initial, imported=row)
        form.is_valid()
        return show(request, PAGE, FILE, _about(request, row, form=_blamed(form, error)), status=422)
    return done(request, FILE, _about(request, row), event="import:changed", to=row.get_absolute_url())


@team_view(needs=Right.FIGURES)
@require_POST
def import_undo(request: Any, pk: int) -> HttpResponse:
    row = _own(request, pk)
    undoing.start_undo(row, by=request.member)
    return done(request, FILE, _about(request, row), event="import:changed", to=row.get_absolute_url())


@team_view(needs=Right.FIGURES)
@require_POST
def import_remove(request: Any, pk: int) -> HttpResponse:
    row = _own(request, pk)
    importing.remove(row, by=request.member)
    said = _("“%(name)s” is gone from the list.") % {"name": row.name}
    return done(request, event="import:removed", to=team_url(request, "analytics:imports"), said=said)


@team_view(needs=Right.FIGURES)
@require_POST
def import_row(request: Any, pk: int, row: int) -> HttpResponse:
    imported = _own(request, pk)
    waiting = get_own(ImportedRow.objects.filter(imported=imported), request, pk=row)
    waiting.imported = imported
    form = RowForm(request.POST)
    if not form.is_valid():
        raise UserError(_("Say what to do with the row."))
    said = _settled(request, waiting, form.cleaned_data)
    return done(
        request, FILE, _about(request, imported), event="import:sorted", to=_back(request, imported), said=said
    )


@team_view(needs=Right.FIGURES)
@require_POST
def import_rows(request: Any, pk: int) -> HttpResponse:
    imported = _own(request, pk)
    form = RowsForm(request.POST)
    if not form.is_valid():
        raise UserError(_("Say what to do with the rows."))
    rows = sorting.waiting_rows(imported)
    if form.cleaned_data["how"] == "make":
        count = sorting.make_posts(rows, by=request.member, now=timezone.now())
        said = ngettext("%(n)d post made", "%(n)d posts made", count) % {"n": count}
    else:
        count = sorting.ignore_rows(rows, by=request.member)
        said = ngettext("%(n)d row left out", "%(n)d rows left out", count) % {"n": count}
    return done(
        request, FILE, _about(request, imported), event="import:sorted", to=_back(request, imported), said=said
    )


def _settled(request: Any, row: ImportedRow, chosen: dict[str, Any]) -> str:
    now = timezone.now()
    if chosen["how"] == "make":
        sorting.make_posts([row], by=request.member, now=now)
        return _("Line %(line)s is a post now.") % {"line": row.line}
    if chosen["how"] == "ignore":
        sorting.ignore_rows([row], by=request.member)
        return _("Line %(line)s is left out, also next time.") % {"line": row.line}
    if chosen["words"]:
        post = sorting.find_post(row.imported.account, chosen["words"])
    elif chosen["post"].isdigit() and len(chosen["post"]) < 19:
        post = get_own(Post.objects.filter(account=row.imported.account_id), request, pk=int(chosen["post"]))
    else:
        raise UserError(_("Choose the post that line %(line)s is about.") % {"line": row.line})
    sorting.match_row(row, post, by=request.member, now=now)
    return _("Line %(line)s is put to “%(post)s”.") % {"line": row.line, "post": str(post)[:40]}


def _own(request: Any, pk: int) -> ImportedFile:
    rows = ImportedFile.objects.select_related("workspace", "account__workspace", "made_by__user")
    return get_own(rows, request, pk=pk)


def _back(request: Any, imported: ImportedFile) -> str:
    return f"{imported.get_absolute_url()}#rows"


def _listed(request: Any) -> dict[str, Any]:
    rows = ImportedFile.objects.in_workspace(request.workspace).with_waiting()
    rows = rows.select_related("account", "made_by__user").defer("sample", "unknown")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    page.object_list = list(page.object_list)
    return {
        "page": page,
        "is_moving": any(row.is_moving for row in page.object_list),
        "labels": {row.pk: _kind_words(row) for row in page.object_list},
        "limit_mb": importing.largest_mb(),
    }


def _kind_words(row: ImportedFile) -> list[str]:
    """Return what was recognised in a file, in words."""
    found = [
        str(BY_KEY[memo["layout"]].label) if memo["layout"] in BY_KEY else _("Columns mapped by the team")
        for memo in row.parts
    ]
    return found or ([_("Unknown columns")] if row.needs_columns else [])


def _about(
    request: Any, row: ImportedFile, *, form: ChooseForm | None = None, columns: ColumnsForm | None = None
) -> dict[str, Any]:
    context: dict[str, Any] = {
        "row": row,
        "counts": row.counts,
        "labels": _kind_words(row),
        "columns": columns or _columns_form(row),
    }
    if row.state == ImportState.PREVIEWED and row.parts:
        context |= {"form": form or ChooseForm(imported=row), "tables": _tables(row)}
    if row.state == ImportState.DONE:
        context |= _result(request, row)
    return context


def _tables(row: ImportedFile) -> list[dict[str, Any]]:
    """Return the first rows of each table with what becomes of them, titles of matched posts included."""
    posts = Post.objects.in_bulk({one["post"] for part in row.sample for one in part["rows"] if one["post"]})
    tables = []
    for part in row.sample_text:
        names = list(dict.fromkeys(part["columns"].values()))
        rows = [
            {
                **one,
                "cells": [_cell(one, name) for name in names],
                "target": posts.get(one["post"]),
            }
            for one in part["rows"]
        ]
        layout = BY_KEY.get(part["layout"])
        tables.append(
            {
                "label": layout.label if layout else _("Columns mapped by the team"),
                "fields": [FIELDS[name] for name in names],
                "headers": [part["headers"][int(at)] for at in part["columns"]],
                "rows": rows,
                "kind": part["kind"],
            }
        )
    return tables


def _cell(one: dict[str, Any], name: str) -> tuple[str, Any]:
    """Return how a cell is shown (by its field's unit) and its value."""
    unit = FIELDS[name].unit
    value = layouts.values_of({name: one["values"][name]})[name] if name in one["values"] else None
    if unit == "moment" and one["is_day_only"] and value is not None:
        return "day", value.date()
    return unit, value


def _result(request: Any, row: ImportedFile) -> dict[str, Any]:
    waiting = Paginator(row.rows.waiting(), ROWS_PER_PAGE).get_page(request.GET.get("page"))
    waiting.object_list = list(waiting.object_list)
    offered = sorting.offers(row.account, waiting.object_list) if row.account and waiting.object_list else {}
    return {
        "waiting": waiting,
        "offers": offered,
        "bad": list(row.rows.bad()[:200]),
        "takes": undoing.what_undoing_takes(row),
    }


def _columns_form(row: ImportedFile, data: Any = None) -> ColumnsForm | None:
    if row.state != ImportState.PREVIEWED:
        return None
    headers = importing.own_headers(row)
    if not headers:
        return None
    part = next((memo for memo in row.parts if not memo["layout"]), None)
    known = {part["headers"][int(at)]: name for at, name in part["columns"].items()} if part else {}
    initial = {"kind": part["kind"]} if part else {}
    return ColumnsForm(data, headers=headers, samples=row.unknown.get("samples", []), known=known, initial=initial)


def _blamed(form: ChooseForm, error: UserError) -> ChooseForm:
    for name, sentences in (error.fields or {"": [str(error)]}).items():
        form.add_error(name if name in form.fields else None, sentences)
    return form


def _upload_answer(request: Any, taken: list[importing.Uploaded], problems: list[str]) -> HttpResponse:
    status = 422 if problems else 200
    if request.accepts("application/json") and not request.accepts("text/html"):
        told = [
            {
                "id": one.imported.pk,
                "name": one.imported.name,
                "known": one.is_known,
                "to": one.imported.get_absolute_url(),
            }
            for one in taken
        ]
        return JsonResponse({"problem": " ".join(problems), "files": told}, status=status)
    for one in taken:
        messages.success(request, _said(one))
    if not problems:
        first = taken[0].imported if len(taken) == 1 else None
        return redirect(first.get_absolute_url() if first else team_url(request, "analytics:imports"))
    return render(request, LIST_PAGE, _listed(request) | {"problems": problems}, status=status)


def _said(one: importing.Uploaded) -> str:
    if not one.is_known:
        return _("“%(name)s” is here and being read.") % {"name": one.imported.name}
    if one.imported.state == ImportState.DONE:
        return _("“%(name)s” was imported before, byte for byte; nothing changes.") % {"name": one.imported.name}
    return _("“%(name)s” is here already.") % {"name": one.imported.name}
