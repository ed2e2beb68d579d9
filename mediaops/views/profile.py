from datetime import timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from mediaops.access import get_own, team_url, team_view
from mediaops.actions import tokens
from mediaops.forms import ProfileForm, TokenForm
from mediaops.models import ApiToken, Right, User
from mediaops.models.user import LANGUAGES


@team_view(needs=Right.SEE)
def profile(request) -> HttpResponse:
    form = ProfileForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Profile saved"))
        return redirect(team_url(request, "team:profile"))
    return _page(request, form=form, status=422 if request.method == "POST" else 200)


@team_view(needs=Right.SEE)
@require_POST
def make_token(request) -> HttpResponse:
    form = TokenForm(request.POST, member=request.member)
    if not form.is_valid():
        return _page(request, token_form=form, status=422)
    now, days = timezone.now(), form.cleaned_data["days"]
    token, secret = tokens.make_token(
        request.member,
        name=form.cleaned_data["name"],
        scopes=form.cleaned_data["scopes"],
        expires_at=now + timedelta(days=days) if days else None,
        by=request.member,
        now=now,
    )
    return _page(request, made={"token": token, "secret": secret})


@team_view(needs=Right.SEE)
@require_POST
def revoke_token(request, pk) -> HttpResponse:
    rows = ApiToken.objects.all() if request.member.may(Right.ADMIN) else request.member.tokens.all()
    tokens.revoke_token(get_own(rows, request, pk=pk), by=request.member, now=timezone.now())
    messages.success(request, _("Token revoked"))
    return redirect(team_url(request, "team:profile"))


@login_required
@require_POST
def look(request) -> HttpResponse:
    """Change theme or language from the member's menu; htmx or plain form."""
    changes = {}
    if request.POST.get("theme", "") in User.Theme.values:
        changes["theme"] = request.POST["theme"]
    if request.POST.get("language", "") in dict(LANGUAGES):
        changes["language"] = request.POST["language"]
    if changes:
        User.objects.filter(pk=request.user.pk).update(**changes)
    return redirect(request.META.get("HTTP_REFERER") or "home")


def _page(request, *, form=None, token_form=None, made=None, status=200) -> HttpResponse:
    mine = request.member.tokens.alive(timezone.now())
    if request.member.may(Right.ADMIN):
        mine = ApiToken.objects.in_workspace(request.workspace).alive(timezone.now())
    context = {
        "form": form or ProfileForm(instance=request.user),
        "token_form": token_form or TokenForm(member=request.member),
        "tokens": mine.select_related("member__user"),
        "made": made,
    }
    return render(request, "team/profile/page.html", context, status=status)
