import pytest
from django.utils import translation


@pytest.fixture(autouse=True)
def _english():
    """Sentences that actions say are compared in English."""
    with translation.override("en"):
        yield
