from django.http import HttpResponse
from django.shortcuts import render


def bad_request(request, exception=None) -> HttpResponse:
    return render(request, "errors/400.html", status=400)


def forbidden(request, exception=None) -> HttpResponse:
    return render(request, "errors/403.html", status=403)


def not_found(request, exception=None) -> HttpResponse:
    return render(request, "errors/404.html", status=404)


def server_error(request) -> HttpResponse:
    return render(request, "errors/500.html", status=500)


def csrf_failure(request, reason="") -> HttpResponse:
    return render(request, "errors/csrf.html", status=403)
