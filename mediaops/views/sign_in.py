from typing import Any

from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from mediaops.forms import SignInForm

REMEMBERED = "last_address"
YEAR_S = 365 * 24 * 3600


class SignIn(LoginView):
    """Django's sign-in, with the last address filled in."""

    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get_initial(self) -> dict[str, Any]:
        return {"username": self.request.COOKIES.get(REMEMBERED, "")}

    def form_valid(self, form: SignInForm) -> HttpResponse:
        answer = super().form_valid(form)
        answer.set_cookie(
            REMEMBERED,
            form.cleaned_data["username"],
            max_age=YEAR_S,
            httponly=True,
            samesite="Lax",
            secure=self.request.is_secure(),
        )
        return answer

    def form_invalid(self, form: SignInForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)


sign_in = SignIn.as_view()


def locked_out(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    """Too many wrong passwords for this address from this place."""
    return render(request, "errors/locked_out.html", status=429)
