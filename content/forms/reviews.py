from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from content.models import Comment, ContentItem


class CommentForm(forms.Form):
    text = forms.CharField(
        label=_("Comment"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Write what you want to say.")},
    )
    quote = forms.CharField(required=False, max_length=300, widget=forms.HiddenInput)
    parent = forms.ModelChoiceField(Comment.objects.none(), required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, item: ContentItem, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parent"].queryset = Comment.objects.filter(item=item)


class DecisionForm(forms.Form):
    """Approve or ask for changes. `seen` is the digest of what the page showed."""

    note = forms.CharField(label=_("Note"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))
    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
