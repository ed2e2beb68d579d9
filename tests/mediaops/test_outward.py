import datetime
import socket
import ssl
import threading

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.utils import translation

from mediaops.lib import outward
from mediaops.lib.outward import AddressUnknown, OutwardRefused, OutwardTransport, check_address, is_public
from tests.platforms.connectors.servers import serve

PUBLIC = "93.184.215.14"


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def names(monkeypatch):
    """A name service of the test: name → addresses, or a list of such answers, one per question."""
    known = {}
    asked = socket.getaddrinfo

    def resolve(host, port, *args, **kwargs):
        told = known.get(host)
        if told is None:
            if not str(host).replace(".", "").replace(":", "").isalnum() or str(host).endswith("example"):
                raise socket.gaierror(socket.EAI_NONAME, "unknown")
            return asked(host, port, *args, **kwargs)
        addresses = told.pop(0) if told and isinstance(told[0], list) else told
        return [(socket.AF_INET6 if ":" in a else socket.AF_INET, 1, 6, "", (a, port)) for a in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    return known


@pytest.mark.parametrize("address", [PUBLIC, "1.1.1.1", "2606:4700:4700::1111", "64:ff9b::101:101", "::ffff:1.1.1.1"])
def test_hosts_of_the_internet_are_public(address):
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.8.8.8",
        "0.0.0.0",
        "10.0.0.7",
        "172.16.4.4",
        "192.168.1.1",
        "169.254.169.254",  # metadata service of most clouds
        "100.100.100.200",  # Alibaba's
        "168.63.129.16",  # Azure's
        "192.0.0.192",  # Oracle's
        "100.64.0.1",
        "198.18.0.1",
        "203.0.113.9",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "fe80::1",
        "fe80::1%eth0",
        "fc00::1",
        "fd00:ec2::254",  # Amazon's over IPv6
        "ff02::1",
        "2001:db8::1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "::127.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "2002:7f00:1::",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    ],
)
def test_inner_addresses_are_not_public(address):
    assert not is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://localhost:6379/",
        "http://127.1/",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://0177.0.0.1/",
        "http://0/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[::ffff:7f00:1]/",
        "http://169.254.169.254/latest/meta-data/",
    ],
)
def test_odd_ways_of_writing_an_inner_address_are_refused(url):
    with pytest.raises(OutwardRefused, match="not a public address"):
        check_address(url)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("file:///etc/passwd", "http"),
        ("gopher://tea.example/", "http"),
        ("redis://tea.example/", "http"),
        ("tea.example", "http"),
        ("http://", "complete address"),
        ("http://tea.example:99999/", "complete address"),
        ("http://[::1/", "complete address"),
        ("http://user:pass@tea.example/", "user name or password"),
    ],
)
def test_other_addresses_are_refused_with_a_sentence(url, words):
    with pytest.raises(OutwardRefused, match=words):
        check_address(url)


def test_one_inner_address_among_public_ones_is_enough(names):
    names["tea.example"] = [PUBLIC, "10.0.0.1"]
    with pytest.raises(OutwardRefused, match="tea.example"):
        check_address("https://tea.example/")


def test_unknown_name_is_told(names):
    with pytest.raises(AddressUnknown, match="cannot be found"):
        check_address("https://nowhere.example/")


def test_public_name_passes(names):
    names["tea.example"] = [PUBLIC]
    check_address("https://tea.example/")


def test_local_servers_may_be_allowed(settings):
    settings.ALLOW_LOCAL_SERVERS = True
    check_address("http://127.0.0.1:8081/")


def test_our_own_site_is_always_allowed_and_only_it(settings):
    with serve(lambda _request: httpx.Response(200, text="ours")) as site:
        settings.SITE_URL = site.address
        assert outward.client().get(site.address).text == "ours"
        with serve(lambda _request: httpx.Response(200, text="other")) as other, pytest.raises(OutwardRefused):
            outward.client().get(other.address)
        assert other.asked == []


def test_connection_goes_to_the_address_that_was_checked(names, monkeypatch):
    """The name turns inward after the check: the second answer is never asked for."""
    names["tea.example"] = [[PUBLIC], ["127.0.0.1"]]
    tried = []

    def connect(address, *args, **kwargs):
        tried.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(httpx.ConnectError):
        outward.client().get("http://tea.example/")
    assert tried == [(PUBLIC, 80)]
    with pytest.raises(OutwardRefused):
        outward.client().get("http://tea.example/")
    assert len(tried) == 1


def test_next_address_is_tried_when_the_first_is_dead(names, settings):
    settings.ALLOW_LOCAL_SERVERS = True
    with serve(lambda request: httpx.Response(200, text=request.url.host)) as server:
        names["tea.example"] = ["::1", "127.0.0.1"]
        port = server.server_port
        assert outward.client().get(f"http://tea.example:{port}/").text == "tea.example"


def test_redirect_inwards_is_refused(settings):
    with serve(lambda _request: httpx.Response(200, text="secret")) as inner:
        target = httpx.Response(302, headers={"Location": inner.address})
        with serve(lambda _request: target) as site:
            settings.SITE_URL = site.address
            assert outward.client().get(site.address).status_code == 302
            with pytest.raises(OutwardRefused):
                outward.client(follow_redirects=True).get(site.address)
        assert inner.asked == []


def test_proxies_of_the_environment_are_not_used(monkeypatch, settings):
    settings.ALLOW_LOCAL_SERVERS = True
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    with serve(lambda _request: httpx.Response(200, text="straight")) as server:
        assert outward.client().get(server.address).text == "straight"


def test_certificate_is_checked_against_the_name(names, settings, tmp_path):
    settings.ALLOW_LOCAL_SERVERS = True
    names["tea.example"] = names["other.example"] = ["127.0.0.1"]
    certificate, key = _certificate("tea.example", tmp_path)
    trusting = ssl.create_default_context(cafile=certificate)
    asked = []
    with _tls_server(certificate, key, asked) as port:
        client = httpx.Client(transport=OutwardTransport(verify=trusting), trust_env=False)
        assert client.get(f"https://tea.example:{port}/").text == "ok"
        with pytest.raises(httpx.ConnectError, match="(?i)certificate"):
            client.get(f"https://other.example:{port}/")
        with pytest.raises(httpx.ConnectError, match="(?i)certificate"):
            outward.client().get(f"https://tea.example:{port}/")
    assert asked[0] == "tea.example"


def _certificate(name, folder):
    key = ec.generate_private_key(ec.SECP256R1())
    now = datetime.datetime.now(datetime.UTC)
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return str(folder / "cert.pem"), str(folder / "key.pem")


class _tls_server:  # noqa: N801 - reads as a function
    """A TLS server that answers "ok" and notes the names it is asked for."""

    def __init__(self, certificate, key, asked):
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(certificate, key)
        self.context.sni_callback = lambda _socket, name, _context: asked.append(name)

    def __enter__(self):
        self.socket = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._run, daemon=True).start()
        return self.socket.getsockname()[1]

    def _run(self):
        while True:
            try:
                plain, _address = self.socket.accept()
            except OSError:
                return
            try:
                with self.context.wrap_socket(plain, server_side=True) as secure:
                    secure.recv(4096)
                    secure.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
            except OSError:
                plain.close()

    def __exit__(self, *_error):
        self.socket.close()
