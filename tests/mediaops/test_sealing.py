import pytest
from cryptography.fernet import Fernet

from mediaops.lib.sealing import CannotOpen, seal, seal_anew, unseal

SECRET = {"password": "leaf and stem"}


def test_what_was_sealed_comes_back():
    assert unseal(seal(SECRET)) == SECRET


def test_the_sealed_text_does_not_show_the_secret():
    assert "leaf" not in seal(SECRET)


def test_an_older_key_still_opens_and_the_new_one_seals(settings):
    old = seal(SECRET)
    settings.SEALING_KEYS = [Fernet.generate_key().decode(), *settings.SEALING_KEYS]
    assert unseal(old) == SECRET
    anew = seal_anew(old)
    settings.SEALING_KEYS = settings.SEALING_KEYS[:1]
    assert unseal(anew) == SECRET


def test_a_strange_key_opens_nothing(settings):
    sealed = seal(SECRET)
    settings.SEALING_KEYS = [Fernet.generate_key().decode()]
    with pytest.raises(CannotOpen):
        unseal(sealed)
