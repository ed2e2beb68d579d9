"""Forms of imports: which files, whose figures, what the columns hold."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analytics.actions import importing
from analytics.imports.fields import FIELDS
from analytics.models import ImportedFile
from analytics.models.imported_file import TableKind
from analytics.overview import named
from content.forms.publications import MomentField
from mediaops.lib.choices import RowChoiceField


class ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """Any number of files; cleaned to a list."""

    widget = ManyFiles

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        given = (
            data if isinstance(data, list | tuple) and data else [None if isinstance(data, list | tuple) else data]
        )
        return [super(ManyFilesField, self).clean(one, initial) for one in given]


class UploadForm(forms.Form):
    file = ManyFilesField(allow_empty_file=True)


class ChooseForm(forms.Form):
    """Whose figures a file holds, of when, and whether unknown rows become posts."""

    account = RowChoiceField(label=gettext_lazy("Account"), empty_label=gettext_lazy("Choose an account"))
    as_of = MomentField(label=gettext_lazy("Figures as of"))
    makes_posts = forms.BooleanField(label=gettext_lazy("Make posts of rows we do not know"), required=False)
    was = forms.CharField(widget=forms.HiddenInput, required=False)
    """The account that the page showed: with another one, `makes_posts` is what is usual there."""

    def __init__(self, *args: Any, imported: ImportedFile, **kwargs: Any) -> None:
        kwargs.setdefault(
            "initial",
            {
                "account": imported.account_id,
                "as_of": imported.as_of,
                "makes_posts": imported.makes_posts,
                "was": str(imported.account_id or ""),
            },
        )
        super().__init__(*args, **{"auto_id": "import_%s", **kwargs})
        self.offered = importing.accounts_for(imported)
        account: Any = self.fields["account"]
        account.offer(self.offered, named)
        account.hide_optional = True

    @property
    def wants_posts(self) -> bool | None:
        account = self.cleaned_data.get("account")
        if account and str(account.pk) != self.cleaned_data.get("was"):
            return None
        return bool(self.cleaned_data.get("makes_posts"))


class ColumnsForm(forms.Form):
    """What each column of an unknown table holds: one choice per column, by its place."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Each row is"),
        choices=TableKind.choices,
        widget=forms.RadioSelect,
        initial=TableKind.POSTS,
    )

    def __init__(
        self, *args: Any, headers: list[str], samples: list[list[str]], known: dict[str, str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **{"auto_id": "columns_%s", **kwargs})
        self.headers, self.samples = headers, samples
        choices = [("", _("Leave out")), *_grouped()]
        for at, header in enumerate(headers):
            if header:
                self.fields[f"column_{at}"] = forms.ChoiceField(
                    label=header, choices=choices, required=False, initial=known.get(header, "")
                )

    def columns(self) -> dict[str, str]:
        """Return the chosen field names by header."""
        return {
            header: self.cleaned_data[f"column_{at}"]
            for at, header in enumerate(self.headers)
            if self.cleaned_data.get(f"column_{at}")
        }

    def rows(self) -> list[dict[str, Any]]:
        """Return the columns as the page lists them: header, samples of its cells, the choice."""
        return [
            {
                "header": header,
                "samples": self.samples[at] if at < len(self.samples) else [],
                "field": self[f"column_{at}"],
            }
            for at, header in enumerate(self.headers)
            if header
        ]


def _grouped() -> list[tuple[str, list[tuple[str, Any]]]]:
    """Return the choices of a column in groups: what a row is about, what counts, what is told beside."""
    about = [(one.name, one.label) for one in FIELDS.values() if not one.is_figure]
    counts = [(one.name, one.label) for one in FIELDS.values() if one.unit in ("count", "change")]
    rates = [(one.name, one.label) for one in FIELDS.values() if one.unit in ("rate", "seconds", "amount")]
    return [(_("What the row is about"), about), (_("Counts"), counts), (_("Rates and lengths"), rates)]


class RowForm(forms.Form):
    """What a person says about one waiting row."""

    how = forms.ChoiceField(choices=[("match", ""), ("make", ""), ("ignore", "")])
    post = forms.CharField(required=False)
    """The id of an offered post."""
    words = forms.CharField(required=False, max_length=1000, strip=True)
    """Or the address or title of another one."""


class RowsForm(forms.Form):
    """What a person says about all waiting rows at once."""

    how = forms.ChoiceField(choices=[("make", ""), ("ignore", "")])
