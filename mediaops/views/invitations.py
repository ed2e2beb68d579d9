from django.contrib.auth import login
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation

from mediaops.actions import team
from mediaops.forms import JoinForm
from mediaops.models import User


def invitation(request, token) -> HttpResponse:
    """Follow an invitation's link: join as who is signed in, sign in first, or set name and password."""
    found = team.find_invitation(token, timezone.now())
    if found is None:
        return render(request, "team/invitation/gone.html", status=404)
    known = User.objects.filter(email__iexact=found.email).first()
    context = {"invitation": found, "known": known}
    if request.user.is_authenticated:
        if request.method == "POST":
            team.accept(found, request.user, timezone.now())
            return redirect("team:today", found.workspace.slug)
        return render(request, "team/invitation/page.html", context)
    if known:
        return render(request, "team/invitation/page.html", context)
    form = JoinForm(request.POST or None, email=found.email)
    if request.method == "POST" and form.is_valid():
        user = User.objects.create_user(
            found.email,
            form.cleaned_data["password"],
            name=form.cleaned_data["name"],
            language=translation.get_language() or "",
        )
        team.accept(found, user, timezone.now())
        login(request, user, backend="django.contrib.auth.backends.ModelBackend")
        return redirect("team:today", found.workspace.slug)
    status = 422 if request.method == "POST" else 200
    return render(request, "team/invitation/page.html", context | {"form": form}, status=status)
