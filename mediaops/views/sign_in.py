from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.shortcuts import render

sign_in = LoginView.as_view(authentication_form=AuthenticationForm, redirect_authenticated_user=True)


def locked_out(request, credentials=None, *args, **kwargs):
    return render(request, "errors/locked_out.html", status=429)
