"""Errors of the API, as RFC 9457 problem documents."""

from rest_framework.views import exception_handler


def problem(error, context):
    return exception_handler(error, context)
