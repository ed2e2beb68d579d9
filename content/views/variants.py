"""A piece fitted to one account: own words, options, pictures; preview and problems."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from content.actions.fitting import (
    VariantEditedMeanwhile,
    add_variant,
    companions_left,
    drop_variant,
    save_variant,
    set_companions,
)
from content.actions.mending import mend, tools
from content.actions.previewing import may_preview, send_preview
from content.compose import companions_of, compose, note_text
from content.facts import facts_of
from content.forms.variants import OPTION, AddForm, ChosenForm, CompanionsForm, MendForm, ShowToForm, VariantForm
from content.models import Asset, ContentItem, Variant
from content.preview import preview_of
from content.tabs import accounts_left, tab_of, tabs_of
from mediaops.access import get_own, team_view
from mediaops.errors import UserError
from mediaops.lib.parts import done, show, wants_part
from mediaops.models import Right
from platforms.gateway import limits_of, spec_for

PAGE, STATE = "content/variant/page.html", "content/variant/_state.html"
COMPANIONS = "content/variant/_companions.html"
PHONE_POLICY = (
    "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox allow-same-origin"
)
ROWS = Variant.objects.select_related(
    "item__workspace", "item__cover", "account__workspace", "changed_by__user", "item__video", "video"
)


@require_GET
@team_view(needs=Right.SEE)
def variant(request: Any, pk: int) -> HttpResponse:
    row = get_own(ROWS, request, pk=pk)
    return render(request, PAGE, _page(request, row, VariantForm(instance=row)))


@require_POST
@team_view(needs=Right.WRITE)
def variant_save(request: Any, pk: int) -> HttpResponse:
    """Autosave and the Save button. 409 keeps what was typed and shows what the other wrote."""
    row, typed = get_own(ROWS, request, pk=pk), get_own(ROWS, request, pk=pk)
    form = VariantForm(request.POST, instance=typed)
    if not form.is_valid():
        return show(request, PAGE, "content/variant/_wrong.html", _page(request, row, form), status=422)
    before = _chosen(row)
    fields = form.words() | {"images": _moved_pictures(form)}
    revision = form.cleaned_data["over"] or form.cleaned_data["revision"]
    try:
        saved = save_variant(row, fields, revision=revision, by=request.member, now=timezone.now())
    except VariantEditedMeanwhile as error:
        context = _page(request, typed, form) | {"theirs": error.theirs, "sentence": str(error)}
        return _conflict(request, context)
    context = _page(request, saved, VariantForm(instance=saved)) | {
        "has_new_pictures": _chosen(saved) != before,
        "has_new_words": saved.revision != revision,
        "takes_video": _takes_video(saved),
    }
    return done(request, STATE, context, event="variant:saved", to=f"{saved.get_absolute_url()}")


@require_POST
@team_view(needs=Right.WRITE)
def variant_mend(request: Any, pk: int) -> HttpResponse:
    """Save what is typed, then take a fix; the answer is the form as it stands then, with a way back."""
    row, typed = get_own(ROWS, request, pk=pk), get_own(ROWS, request, pk=pk)
    asked, is_typed = MendForm(request.POST), "body" in request.POST
    form = VariantForm(request.POST, instance=typed) if is_typed else VariantForm(instance=typed)
    if not asked.is_valid() or (is_typed and not form.is_valid()):
        answer = show(request, PAGE, "content/variant/_wrong.html", _page(request, row, form), status=422)
        answer.headers["HX-Retarget"], answer.headers["HX-Reswap"] = "#variant-state", "outerHTML"
        return answer
    how = {"by": request.member, "now": timezone.now()}
    try:
        before = save_variant(row, form.words(), revision=form.cleaned_data["revision"], **how) if is_typed else row
        revision = before.revision if is_typed else asked.cleaned_data["known"] or 0
        made = mend(before, asked.cleaned_data["fix"], revision=revision, focus=asked.kept_part(), **how)
    except VariantEditedMeanwhile as error:
        return _conflict(request, _page(request, typed, form) | {"theirs": error.theirs, "sentence": str(error)})
    context = _page(request, made.variant, VariantForm(instance=made.variant))
    context |= {"mended": made, "before": _kept(before, form) if is_typed else []}
    to, said = made.variant.get_absolute_url(), _("Done: %(fix)s.") % {"fix": made.fix.label}
    return done(request, "content/variant/_mended.html", context, event="variant:saved", to=to, said=said)


@require_POST
@team_view(needs=Right.WRITE)
def variant_check(request: Any, pk: int) -> HttpResponse:
    """Counters and problems of what is typed, before it is saved."""
    row = get_own(ROWS, request, pk=pk)
    form = VariantForm(request.POST, instance=row)
    if form.is_valid():
        row.options = form.words()["options"]
    return render(request, "content/variant/_checked.html", _judged(row))


@require_GET
@team_view(needs=Right.SEE)
def variant_phone(request: Any, pk: int) -> HttpResponse:
    """The article as its platform shows it, for a frame: nothing in it may run or load from elsewhere."""
    row = get_own(ROWS, request, pk=pk)
    show_it = spec_for(row.account).show
    post = compose(row)
    words = {"post": post, "shown": show_it(post) if show_it else "", "account": row.account}
    answer = render(request, "content/variant/phone.html", words)
    answer.headers["Content-Security-Policy"] = PHONE_POLICY
    return answer


@require_POST
@team_view(needs=Right.WRITE)
def variant_companions(request: Any, pk: int) -> HttpResponse:
    """Add a piece to the message, take one out, or move one up."""
    row = get_own(ROWS, request, pk=pk)
    form = CompanionsForm(request.POST, left=companions_left(row))
    if form.is_valid():
        set_companions(row, form.chosen(companions_of(row)), by=request.member, now=timezone.now())
    context = {"variant": row, "item": row.item} | _companions(row)
    said = _("Saved")
    return done(request, COMPANIONS, context, event="variant:saved", to=row.get_absolute_url(), said=said)


def _companions(row: Variant) -> dict[str, Any]:
    most = spec_for(row.account).companions_max
    if not most:
        return {"companions_form": None}
    return {
        "companions": companions_of(row),
        "companions_form": CompanionsForm(left=companions_left(row)),
        "companions_most": most,
        "lead": row.companion_of.select_related("variant__item").first(),
    }


@require_POST
@team_view(needs=Right.PUBLISH)
def variant_show(request: Any, pk: int) -> HttpResponse:
    """Show the piece on the platform to one person."""
    row = get_own(ROWS, request, pk=pk)
    form = ShowToForm(request.POST)
    if not form.is_valid():
        return _show_again(request, row, form, 422)
    try:
        send_preview(row, form.cleaned_data["to"], by=request.member, now=timezone.now())
    except UserError as error:
        form.add_error("to", str(error))
        return _show_again(request, row, form, 422)
    said = _("Sent to %(to)s; it is on the phone") % {"to": form.cleaned_data["to"]}
    return done(request, event="variant:shown", to=row.get_absolute_url(), said=said)


def _show_again(request: Any, row: Variant, show_form: ShowToForm, status: int) -> HttpResponse:
    context = _page(request, row, VariantForm(instance=row)) | {"show_form": show_form}
    return show(request, PAGE, "content/variant/_show.html", context, status=status)


@require_POST
@team_view(needs=Right.WRITE)
def variant_add(request: Any, pk: int) -> HttpResponse:
    item = get_own(ContentItem.objects.select_related("workspace"), request, pk=pk)
    form = AddForm(request.POST, workspace=request.workspace)
    if not form.is_valid():
        return redirect(item.get_absolute_url())
    row = add_variant(item, form.cleaned_data["account"], by=request.member, now=timezone.now())
    return redirect(row.get_absolute_url())


@require_POST
@team_view(needs=Right.WRITE)
def variant_drop(request: Any, pk: int) -> HttpResponse:
    row = get_own(ROWS, request, pk=pk)
    item, name = row.item, row.account.name
    drop_variant(row, by=request.member, now=timezone.now())
    said = _("%(account)s is off this piece.") % {"account": name}
    return done(request, event="variant:dropped", to=item.get_absolute_url(), said=said)


@require_GET
@team_view(needs=Right.SEE)
def item_tabs(request: Any, pk: int) -> HttpResponse:
    """The row of tabs; `?chosen=` is the variant whose page it stands on."""
    item = get_own(ContentItem.objects.select_related("workspace"), request, pk=pk)
    form = ChosenForm(request.GET)
    chosen = form.cleaned_data["chosen"] if form.is_valid() else None
    context = {"item": item, "tabs": tabs_of(item), "left": accounts_left(item), "chosen_id": chosen}
    return render(request, "content/variant/_tabs.html", context)


def _page(request: Any, row: Variant, form: VariantForm) -> dict[str, Any]:
    context: dict[str, Any] = {"variant": row, "item": row.item, "form": form, "pictures": _pictures(row, form)}
    context["takes_video"] = _takes_video(row)
    if wants_part(request):
        return context | _judged(row)
    return (
        context
        | _judged(row)
        | {
            "tabs": tabs_of(row.item),
            "left": accounts_left(row.item),
            "chosen_id": row.pk,
            **_companions(row),
            "show_form": ShowToForm() if may_preview(row) else None,
            "default_text": row.item.body if row.account.spec.body_format == "article" else _default_note(row),
        }
    )


def _judged(row: Variant) -> dict[str, Any]:
    made = preview_of(row)
    spec = row.account.spec
    return {
        "variant": row, "item": row.item, "tab": tab_of(row), "count": made.count, "preview": made, "spec": spec,
        "facts": facts_of(spec, made.count) if made.count else [], "tools": tools(row),
    }  # fmt: skip


def _kept(before: Variant, form: VariantForm) -> list[tuple[str, Any]]:
    """Return the fields of the form as they were, so that one press brings them back."""
    fields: list[tuple[str, Any]] = [(name, getattr(before, name)) for name in ("title", "summary", "body")]
    fields += [("own_images", "on")] if before.own_images else []
    fields += [("images", asset.pk) for asset in form.words()["images"]]
    options = {field.name: before.options.get(field.name) for field in form.spec.option_fields}
    return [*fields, *((f"{OPTION}{name}", value) for name, value in options.items() if value not in (None, False))]


def _default_note(row: Variant) -> str:
    return note_text(Variant(item=row.item, account=row.account, title=row.title, summary=row.summary))


def _pictures(row: Variant, form: VariantForm) -> list[Asset]:
    if form.is_bound and form.is_valid():
        return form.words()["images"]
    return [pick.asset for pick in row.picks.select_related("asset").filter(asset__removed_at=None)]


def _takes_video(row: Variant) -> bool:
    return bool(limits_of(row.account).videos_max) or row.video_id is not None


def _chosen(row: Variant) -> tuple[bool, int | None, list[int]]:
    return row.own_images, row.video_id, list(row.picks.values_list("asset_id", flat=True))


def _moved_pictures(form: VariantForm) -> list[Asset]:
    """Obey the buttons beside a picture: one place earlier, or out."""
    images = list(form.words()["images"])
    for place, asset in enumerate(images):
        if place and asset.pk == form.cleaned_data["picture_earlier"]:
            images[place - 1], images[place] = images[place], images[place - 1]
            break
    return [asset for asset in images if asset.pk != form.cleaned_data["picture_out"]]


def _conflict(request: Any, context: dict[str, Any]) -> HttpResponse:
    answer = show(request, PAGE, "content/variant/_conflict.html", context, status=409)
    if wants_part(request):
        answer.headers["HX-Retarget"] = "#variant-conflict"
        answer.headers["HX-Reswap"] = "innerHTML show:top"
    return answer
