from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from content.models import AllowedPhrase, BrandGuide, BrandRule, WordList
from content.word_files import FILE_MAX, WORDS_MAX


class ChecksForm(forms.ModelForm):
    class Meta:
        model = BrandGuide
        fields = ["checks_law", "checks_personal", "checks_email"]


class RuleForm(forms.Form):
    """A rule of wording; the action judges whether it makes sense."""

    kind = forms.ChoiceField(label=_("Kind"), choices=BrandRule._meta.get_field("kind").choices)
    phrase = forms.CharField(
        label=_("Words"),
        max_length=100,
        help_text=_("Case and width are looked through. A * stands for up to ten signs: 全国*第一."),
    )
    instead = forms.CharField(
        label=_("Write instead"),
        max_length=100,
        required=False,
        help_text=_("Offered with one press. Not for wording that must be there."),
    )
    only_with = forms.CharField(
        label=_("Only where these words stand"),
        max_length=100,
        required=False,
        help_text=_("For wording that must be there: 抽奖 asks for 活动规则. Blank: in every piece."),
    )
    reason = forms.CharField(
        label=_("Reason"), max_length=300, required=False, help_text=_("Shown to whoever writes the words.")
    )


class ListForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=80)
    source = forms.CharField(
        label=_("Source"), max_length=200, required=False, help_text=_("Where it comes from, and from when.")
    )
    file = forms.FileField(
        label=_("File"),
        help_text=format_lazy(
            _(
                "Text, CSV or XLSX: one word a line, or columns word, category, advice. UTF-8 or GB18030, up to "
                "{words} words and {size} MB."
            ),
            words=f"{WORDS_MAX:,}",
            size=FILE_MAX // 1_000_000,
        ),
    )


class PhraseForm(forms.ModelForm):
    class Meta:
        model = AllowedPhrase
        fields = ["phrase", "context", "reason"]
        help_texts = {"context": _("Blank: everywhere. Else it passes only within these words: 最好的时光.")}


class TrialForm(forms.Form):
    text = forms.CharField(
        label=_("Text"),
        max_length=20_000,
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class FindWordsForm(forms.Form):
    q = forms.CharField(required=False, max_length=60)


class NameForm(forms.ModelForm):
    class Meta:
        model = WordList
        fields = ["name", "source"]


def words_of(form: forms.Form) -> dict[str, Any]:
    """Return what was given, as the actions take it."""
    return {name: value for name, value in form.cleaned_data.items() if name != "file"}
