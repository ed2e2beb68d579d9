"""The vectors are public ones: several libraries for this envelope agree on them."""

import base64

import pytest

from platforms.connectors.wechat import crypto

KEY = crypto.key_of("kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR")
ECHO = "4ByGGj+sVCYcvGeQYhaKIk1o0pQRNbRjxybjTGblXrBaXlTXeOo1+bXFXDQQb1o6co6Yh9Bv41n7hOchLF6p+Q=="


def test_known_text_is_sealed_as_others_seal_it():
    assert crypto.sealed(b"test", KEY, "rust", b"1234567890123456") == "9s4gMv99m88kKTh/H8IdkNiFGeG9pd7vNWl50fGRWXY="


def test_known_envelope_opens_and_its_signature_fits():
    assert crypto.is_signed(
        "dd6b9c95b495b3f7e2901bfbc76c664930ffdb96", "123456", "1411443780", "437374425", ECHO
    )  # fmt: skip
    assert crypto.opened(ECHO, KEY, "wx49f0ab532d5d035a").isdigit()


def test_wrong_nonce_does_not_fit():
    assert not crypto.is_signed("dd6b9c95b495b3f7e2901bfbc76c664930ffdb96", "123456", "1411443780", "437374424", ECHO)


@pytest.mark.parametrize("length", [0, 1, 11, 12, 27, 28, 31, 32, 33, 5000])
def test_what_is_sealed_opens_again_at_every_length(length):
    text = ("茶" * length).encode()
    assert crypto.opened(crypto.sealed(text, KEY, "wx1"), KEY, "wx1") == text


def test_padding_fills_blocks_of_32():
    lengths = {len(base64.b64decode(crypto.sealed(b"x" * n, KEY, "wx1"))) for n in range(200)}
    assert all(length % 32 == 0 for length in lengths)


@pytest.mark.parametrize("wrong", [
    "", "?", "aGVsbG8=", ECHO[:-4] + "AAAA", ECHO[4:], base64.b64encode(b"\0" * 32).decode(), "A" * 44, "é",
])  # fmt: skip
def test_damaged_content_is_unreadable(wrong):
    with pytest.raises(crypto.Unreadable):
        crypto.opened(wrong, KEY, "wx49f0ab532d5d035a")


def test_content_for_another_account_is_unreadable():
    with pytest.raises(crypto.Unreadable, match="another account"):
        crypto.opened(ECHO, KEY, "wx0000000000000000")


@pytest.mark.parametrize("key", ["", "short", "é" * 43, "A" * 44])
def test_a_key_that_is_none_is_unreadable(key):
    with pytest.raises(crypto.Unreadable):
        crypto.key_of(key)
