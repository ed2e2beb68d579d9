from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import translation


def bad_request(request, exception=None) -> HttpResponse:
    return render(request, "errors/400.html", status=400)


def forbidden(request, exception=None) -> HttpResponse:
    return render(request, "errors/403.html", status=403)


def not_found(request, exception=None) -> HttpResponse:
    return render(request, "errors/404.html", status=404)


def server_error(request) -> HttpResponse:
    """Answer without the request's context: the database may be what failed."""
    known = {
        "number": getattr(request, "number", ""),
        "path": request.path if request.method == "GET" else "/",
        "LANGUAGE_CODE": translation.get_language() or "zh-hans",
    }
    return HttpResponse(render_to_string("errors/500.html", known), status=500)


def csrf_failure(request, reason="") -> HttpResponse:
    return render(request, "errors/csrf.html", status=403)
