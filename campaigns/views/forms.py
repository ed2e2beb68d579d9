"""One way to show and take a form: page, door's data, action, answer."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render

from mediaops.lib.parts import done

PAGE = "campaigns/form.html"


def take_form(
    request: Any,
    form: forms.BaseForm,
    act: Callable[[dict[str, Any]], str],
    *,
    title: object,
    verb: object,
    back: str,
    event: str,
    said: str,
    drop: str = "",
) -> HttpResponse:
    """Show `form`; when it is sent and valid, `act` on its data and go where `act` says.

    `drop` is where a row that is edited can be removed, by a button of its own.
    """
    if request.method == "POST" and form.is_valid():
        return done(request, event=event, to=act(form.cleaned_data), said=said)
    context = {"form": form, "title": title, "verb": verb, "back": back, "drop": drop}
    return render(request, PAGE, context, status=422 if request.method == "POST" else 200)
