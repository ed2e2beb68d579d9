"""The form visitors write comments in."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from platforms.actions.site import COMMENT_MAX, NAME_MAX


class CommentForm(forms.Form):
    """A name and words. `website` is a trap: people do not see it, programs fill it in."""

    name = forms.CharField(
        label=pgettext_lazy("of a visitor", "Name"),
        max_length=NAME_MAX,
        widget=forms.TextInput(attrs={"autocomplete": "nickname"}),
    )
    text = forms.CharField(label=_("Comment"), max_length=COMMENT_MAX, widget=forms.Textarea(attrs={"rows": 4}))
    website = forms.CharField(
        label=_("Leave this empty"),
        required=False,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, auto_id="comment_%s", **kwargs)

    @property
    def is_trap(self) -> bool:
        """Say whether a program filled the field that people do not see."""
        return bool(self.cleaned_data.get("website"))
