"""Writing a piece: the editor, saving, clashes."""

from typing import Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from content import diff, markdown
from content.actions import drafting, mending
from content.actions.drafting import EditedMeanwhile
from content.digest import digest
from content.forms.items import ChoiceForm, ItemForm
from content.forms.reviews import CommentForm, DecisionForm
from content.forms.variants import MendForm
from content.models import Asset, ContentItem, ItemVersion, Review
from content.models.review import ReviewState
from content.models.version import Reason
from content.tabs import accounts_left, tabs_of
from content.timeline import timeline
from content.views.items import unarchive
from mediaops.access import get_own, team_url, team_view
from mediaops.lib.parts import done
from mediaops.models import Membership, Right

FULL = (
    "workspace",
    "cover",
    "video",
    "pillar",
    "campaign",
    "idea",
    "owner__user",
    "changed_by__user",
    "made_by__user",
)


@team_view(needs=Right.WRITE)
def item_new(request) -> HttpResponse:
    """An empty editor; the first save makes the piece."""
    if request.method == "GET":
        initial = {name: request.GET.get(name, "") for name in ("title", "campaign", "pillar")}
        initial |= {"owner": request.member.pk, "revision": 0}
        form = ItemForm(workspace=request.workspace, initial=initial)
        return render(request, "content/item/page.html", {"form": form, "item": None})
    form = ItemForm(request.POST, workspace=request.workspace)
    if not form.is_valid():
        return _refused(request, form, None)
    item = drafting.create_item(request.workspace, by=request.member, now=timezone.now(), **form.values)
    return _saved(request, item)


@team_view(needs=Right.SEE)
def item(request, pk) -> HttpResponse:
    row = get_own(ContentItem.objects.select_related(*FULL), request, pk=pk)
    if request.member.may(Right.WRITE) and row.archived_at is None:
        form = ItemForm(workspace=request.workspace, item=row)
        return render(request, "content/item/page.html", editor_context(request, row) | {"form": form})
    context = editor_context(request, row) | {"html": markdown.to_html(row.body)}
    return render(request, "content/item/read.html", context)


@team_view(needs=Right.WRITE)
@require_POST
def item_save(request, pk) -> HttpResponse:
    """Autosave (JSON) and the plain form's save button."""
    row = get_own(ContentItem.objects.select_related(*FULL), request, pk=pk)
    form, choice = ItemForm(request.POST, workspace=request.workspace, item=row), ChoiceForm(request.POST)
    if not form.is_valid() or not choice.is_valid():
        return _refused(request, form, row)
    try:
        return _saved(request, save_form(row, form, choice.cleaned_data["choice"], request.member))
    except EditedMeanwhile as error:
        return clash(request, form, error)


@team_view(needs=Right.WRITE)
@require_POST
def item_mend(request, pk) -> HttpResponse:
    """Put risky words of the piece right; the page saves what is typed before it sends this."""
    row = get_own(ContentItem.objects.select_related(*FULL), request, pk=pk)
    form = MendForm(request.POST)
    if form.is_valid():
        fix, now = form.cleaned_data["fix"], timezone.now()
        mending.mend_piece(row, fix, revision=row.revision, by=request.member, now=now)
        said = _("Done. The words before are kept under Versions.")
        return done(request, event="item:saved", to=row.get_absolute_url(), said=said)
    return done(request, event="item:unchanged", to=row.get_absolute_url())


def save_form(row: ContentItem, form: ItemForm, choice: str, member: Membership) -> ContentItem:
    """Save what the form holds, in the way the writer chose after a clash, if there was one."""
    now, revision = timezone.now(), form.cleaned_data["revision"]
    if choice == "theirs":
        drafting.set_aside(row, form.values, by=member, now=now)
        return row
    if choice == "mine":
        return drafting.save_over(row, form.values, revision=revision, by=member, now=now)
    return drafting.save_item(row, form.values, revision=revision, by=member, now=now)


def editor_context(request: Any, row: ContentItem) -> dict[str, Any]:
    """What every page of a piece shows around its own part: state, review, one timeline."""
    reviews = list(Review.objects.filter(item=row).select_related("asked_by__user", "decided_by__user")[:20])
    line = timeline(row)
    return {
        "item": row,
        "review": reviews[0] if reviews else None,
        "open_review": next((review for review in reviews if review.state == ReviewState.OPEN), None),
        "approval": next((review for review in reviews if review.state == ReviewState.APPROVED), None),
        "timeline": line,
        "open_comments": sum(1 for entry in line if entry.comment and not entry.comment.resolved_at),
        "version_count": row.versions.count(),
        "judged": _last_judged(row),
        "reviewers": _reviewers(request, row),
        "decision": DecisionForm(initial={"seen": digest(row)}),
        "comment_form": CommentForm(item=row),
        "is_first_round": not reviews,
        "tabs": tabs_of(row),
        "left": accounts_left(row),
        "chosen_id": None,
    }


def _last_judged(row: ContentItem) -> ItemVersion | None:
    """The text that was last sent to review or approved, when another one stands there now."""
    judged = row.versions.filter(reason__in=[Reason.SUBMITTED, Reason.APPROVED]).exclude(revision=row.revision)
    return judged.defer("body", "variants").order_by("-number").first()


def _reviewers(request: Any, row: ContentItem) -> list[Membership]:
    people = Membership.objects.in_workspace(request.workspace).with_right(Right.APPROVE).select_related("user")
    return [member for member in people.order_by("role") if member != request.member]


def wants_json(request: Any) -> bool:
    return request.headers.get("Accept", "").startswith("application/json")


def _saved(request: Any, row: ContentItem) -> HttpResponse:
    if not wants_json(request):
        return done(request, event="item:saved", to=row.get_absolute_url(), said=_("Saved"))
    saved_at = timezone.localtime(row.changed_at)
    return JsonResponse(
        {
            "id": row.pk,
            "revision": row.revision,
            "clock": f"{saved_at:%H:%M}",
            "state": row.state,
            "seen": digest(row),
            "url": row.get_absolute_url(),
            "save_url": team_url(request, "content:item-save", row.pk),
        }
    )


def _refused(request: Any, form: ItemForm, row: ContentItem | None) -> HttpResponse:
    if wants_json(request):
        fields = {name: [str(sentence) for sentence in sentences] for name, sentences in form.errors.items()}
        problem = " ".join(sentence for sentences in fields.values() for sentence in sentences)
        return JsonResponse({"problem": problem, "fields": fields}, status=422)
    context = editor_context(request, row) if row else {"item": None}
    return render(request, "content/item/page.html", context | {"form": form}, status=422)


def clash(request: Any, form: ItemForm, error: EditedMeanwhile) -> HttpResponse:
    """Somebody saved meanwhile: show both texts, keep the writer's in the form, let them choose."""
    theirs = error.theirs
    context = {
        "item": theirs,
        "error": error,
        "differences": differences(theirs, form.values),
        "theirs": theirs,
        "mine": form,
        "at": theirs.changed_at,
    }
    if not wants_json(request):
        return render(request, "content/item/clash.html", context, status=409)
    html = render(request, "content/item/_clash.html", context).content.decode()
    words = {"problem": str(error), "revision": theirs.revision, "html": html}
    return JsonResponse(words | {"clock": date_format(timezone.localtime(theirs.changed_at), "H:i")}, status=409)


def differences(theirs: ContentItem, mine: dict[str, Any]) -> list[dict[str, Any]]:
    """Return per field how the stored text would become the writer's."""
    found = []
    for name in ("title", "summary", "body"):
        old, new = getattr(theirs, name), mine[name]
        if old != new:
            found.append({"label": theirs._meta.get_field(name).verbose_name, "blocks": diff.blocks(old, new)})
    old_tags, new_tags = "、".join(theirs.tags), "、".join(mine["tags"])
    if old_tags != new_tags:
        found.append({"label": _("Tags"), "blocks": diff.blocks(old_tags, new_tags)})
    for name in ("cover", "video", "pillar", "campaign", "owner"):
        old, new = getattr(theirs, name), mine[name]
        if old != new:
            words = [str(row) if row else "–" for row in (old, new)]
            found.append({"label": _label(name), "blocks": diff.blocks(*words)})
    return found


def _label(name: str) -> str:
    return str(ItemForm.base_fields[name].label)


@team_view(needs=Right.WRITE)
@require_POST
def item_archive(request, pk) -> HttpResponse:
    """Archive a piece, or bring an archived one back."""
    row, now = get_own(ContentItem.objects.select_related("workspace"), request, pk=pk), timezone.now()
    if row.archived_at is None:
        drafting.archive([row], by=request.member, now=now)
        to = team_url(request, "content:items")
        return done(request, event="item:archived", to=to, said=_("Archived"), undo=unarchive(request, now))
    drafting.bring_back(row, by=request.member)
    return done(request, event="item:brought_back", to=row.get_absolute_url(), said=_("Taken out of the archive"))


@team_view(needs=Right.SEE)
def cover(request) -> HttpResponse:
    """The cover's picture in the editor, or with `?video` its video, after another one was chosen."""
    pk = request.GET.get("asset", "")
    rows = Asset.objects.in_workspace(request.workspace)
    asset = rows.filter(pk=pk).first() if pk.isdigit() else None
    if "video" in request.GET:
        return render(request, "content/item/_video.html", {"video": asset})
    return render(request, "content/item/_cover.html", {"cover": asset})
