from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaigns.models import Campaign
from content.forms.fields import NOBODY, NONE, MemberField, TagsField, people
from content.models import Asset, ContentItem, Persona, Pillar
from mediaops.models import Membership, Workspace

BODY_MAX = 200_000

SAVE_FIELDS = ("title", "summary", "body", "tags", "cover", "video", "pillar", "personas", "campaign", "owner")


class ItemForm(forms.Form):
    """What the editor saves. `revision` is that of the text the writer started from."""

    title = forms.CharField(label=_("Title"), required=False, max_length=200)
    summary = forms.CharField(
        label=_("Summary"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )
    body = forms.CharField(
        label=_("Body"), required=False, max_length=BODY_MAX, strip=False, widget=forms.Textarea(attrs={"rows": 24})
    )
    tags = TagsField(label=_("Tags"), required=False, help_text=_("Commas between them, no #."))
    cover = forms.ModelChoiceField(Asset.objects.none(), label=_("Cover"), required=False, widget=forms.HiddenInput)
    video = forms.ModelChoiceField(Asset.objects.none(), label=_("Video"), required=False, widget=forms.HiddenInput)
    pillar = forms.ModelChoiceField(Pillar.objects.none(), label=_("Pillar"), required=False, empty_label=NONE)
    personas = forms.ModelMultipleChoiceField(
        Persona.objects.none(), label=_("Personas"), required=False, widget=forms.CheckboxSelectMultiple
    )
    campaign = forms.ModelChoiceField(Campaign.objects.none(), label=_("Campaign"), required=False, empty_label=NONE)
    owner = MemberField(Membership.objects.none(), label=_("Owner"), required=False, empty_label=NOBODY)
    revision = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args: Any, workspace: Workspace, item: ContentItem | None = None, **kwargs: Any) -> None:
        if item is not None:
            kwargs["initial"] = item_values(item) | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        mine = item or ContentItem()
        is_open = Q(closed_at=None)
        kept = list(mine.personas.values_list("pk", flat=True)) if item else []
        library = Asset.objects.in_workspace(workspace)
        self.fields["cover"].queryset = library.images().filter(Q(removed_at=None) | Q(pk=mine.cover_id))
        self.fields["video"].queryset = library.videos().filter(Q(removed_at=None) | Q(pk=mine.video_id))
        self.fields["pillar"].queryset = Pillar.objects.in_workspace(workspace).filter(is_open | Q(pk=mine.pillar_id))
        self.fields["personas"].queryset = Persona.objects.in_workspace(workspace).filter(is_open | Q(pk__in=kept))
        running = Campaign.objects.open().values("pk")
        self.fields["campaign"].queryset = Campaign.objects.in_workspace(workspace).filter(
            Q(pk__in=running) | Q(pk=mine.campaign_id)
        )
        self.fields["owner"].queryset = people(workspace, besides=mine.owner_id)

    def clean_body(self) -> str:
        return self.cleaned_data["body"].replace("\r\n", "\n")

    def clean_summary(self) -> str:
        return self.cleaned_data["summary"].replace("\r\n", "\n")

    @property
    def values(self) -> dict[str, Any]:
        """What drafting saves."""
        values = {name: self.cleaned_data[name] for name in SAVE_FIELDS}
        return values | {"personas": list(values["personas"])}


class ChoiceForm(forms.Form):
    """After a clash: whose text stays."""

    choice = forms.ChoiceField(choices=[("", ""), ("mine", "mine"), ("theirs", "theirs")], required=False)


class BulkForm(forms.Form):
    """What to do with the chosen rows."""

    do = forms.ChoiceField(choices=[("archive", ""), ("owner", ""), ("campaign", "")])
    pk = forms.ModelMultipleChoiceField(
        ContentItem.objects.none(), error_messages={"required": _("Choose at least one row.")}
    )
    owner = MemberField(Membership.objects.none(), required=False)
    campaign = forms.ModelChoiceField(Campaign.objects.none(), required=False)

    def __init__(self, *args: Any, workspace: Workspace, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["pk"].queryset = ContentItem.objects.in_workspace(workspace).select_related(
            "workspace", "owner__user"
        )
        self.fields["owner"].queryset = people(workspace)
        self.fields["campaign"].queryset = Campaign.objects.in_workspace(workspace)

    def clean(self) -> dict[str, Any]:
        if self.cleaned_data.get("do") == "owner" and not self.cleaned_data.get("owner"):
            self.add_error("owner", _("Choose who gets them."))
        return self.cleaned_data


class UnarchiveForm(forms.Form):
    """Which archiving is undone, known by its moment."""

    archived_at = forms.DateTimeField()


def item_values(item: ContentItem) -> dict[str, Any]:
    """Return an item as the form shows it."""
    return {
        "title": item.title,
        "summary": item.summary,
        "body": item.body,
        "tags": item.tags,
        "cover": item.cover_id,
        "video": item.video_id,
        "pillar": item.pillar_id,
        "personas": list(item.personas.values_list("pk", flat=True)),
        "campaign": item.campaign_id,
        "owner": item.owner_id,
        "revision": item.revision,
    }
