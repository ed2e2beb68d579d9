"""The outward guard: every request that leaves this machine goes through here.

People type addresses (a blog, a feed, a webhook). Without a guard such an address can point at the
database, the router or a cloud's metadata service. So the name is resolved here, every address it
has must be a public one, and the connection is made to the very address that was checked: asking
the name a second time (DNS rebinding) cannot help. TLS and the Host header keep the name.

`settings.ALLOW_LOCAL_SERVERS` lets private addresses through (tests, a WordPress on the intranet);
the origin of `settings.SITE_URL`, our own public site, is always allowed.
"""

import functools
import ipaddress
import socket
import ssl
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from urllib.parse import urlsplit

import httpcore
import httpx
from django.conf import settings
from django.utils.translation import gettext as _

from mediaops.errors import UserError

SCHEMES = {"http": 80, "https": 443}
MORE_FORBIDDEN = [
    ipaddress.ip_network(network)
    for network in (
        "168.63.129.16/32",  # Azure's platform service: a public number, but not a public host
        "192.88.99.0/24",  # 6to4 relays
        # what the special-purpose registries of IANA hold and Python 3.11 does not know yet
        "192.0.0.0/24",
        "64:ff9b:1::/48",
        "3fff::/20",
        "5f00::/16",
    )
]
NAT64 = ipaddress.ip_network("64:ff9b::/96")
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_end: ContextVar[float | None] = ContextVar("end of the call", default=None)


class OutwardRefused(UserError):
    """The address is not one that this server may call; the text says why."""

    code = "outward_refused"


class AddressUnknown(OutwardRefused):
    """The host name has no address (DNS)."""


def check_address(url: str) -> None:
    """Raise OutwardRefused unless `url` is http(s) and its host has only public addresses.

    For forms: it tells early. The guarantee is `OutwardTransport`, which checks what it connects to.
    """
    host, port = _host_and_port(url)
    allowed_addresses(host, port)


def allowed_addresses(host: str, port: int) -> list[str]:
    """Return the addresses of `host` in the resolver's order, or raise OutwardRefused.

    One private address among public ones is enough to refuse.
    """
    found = _resolve(host, port)
    if settings.ALLOW_LOCAL_SERVERS or _is_our_site(host, port):
        return found
    if not all(is_public(address) for address in found):
        raise OutwardRefused(
            _("“%(host)s” is not a public address on the internet, so this server does not call it.") % {"host": host}
        )
    return found


def is_public(address: str) -> bool:
    """Say whether `address` (as the resolver writes it) is a host on the open internet.

    IPv4 addresses wrapped in IPv6 (mapped, NAT64, 6to4) are judged by what they wrap.
    """
    ip = _unwrapped(ipaddress.ip_address(address))
    return (
        ip.is_global
        and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified or ip.is_link_local or ip.is_loopback)
        and not any(ip in network for network in MORE_FORBIDDEN if network.version == ip.version)
    )


class OutwardTransport(httpx.HTTPTransport):
    """httpx's transport, connecting only to checked addresses; redirects pass it like first calls."""

    def __init__(self, *, verify: ssl.SSLContext | None = None, **options: Any) -> None:
        super().__init__(verify=verify or _certificates(), trust_env=False, **options)
        # httpx has no public door to its pool's network backend; a test fails should this one close
        self._pool._network_backend = _CheckedNetwork()  # type: ignore[attr-defined]

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        _host_and_port(str(request.url))
        return super().handle_request(request)


def client(**options: Any) -> httpx.Client:
    """Return an httpx client behind the guard: no proxies or passwords from the environment, no
    redirects unless `follow_redirects=True` is given (each hop is then checked as well)."""
    options.setdefault("timeout", httpx.Timeout(20.0, connect=5.0))
    return httpx.Client(transport=OutwardTransport(), trust_env=False, **options)


@contextmanager
def until(moment: float) -> Iterator[None]:
    """End the calls made inside at `moment` (of `time.monotonic`), as a timeout.

    A read timeout begins anew with every byte, so that an answer, or its headers, dripping in would
    hold the caller for as long as the other side likes.
    """
    before = _end.set(moment)
    try:
        yield
    finally:
        _end.reset(before)


def _left(timeout: float | None, error: type[Exception]) -> float | None:
    end = _end.get()
    if end is None:
        return timeout
    left = end - time.monotonic()
    if left <= 0:
        raise error("the whole call took too long")
    return left if timeout is None else min(left, timeout)


class _Timed(httpcore.NetworkStream):
    """A connection that keeps to `until`."""

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Timed(self._stream.start_tls(ssl_context, server_hostname, timeout))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _CheckedNetwork(httpcore.NetworkBackend):
    """Open sockets to the addresses that passed the check, and to nothing else."""

    def __init__(self) -> None:
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        try:
            addresses = allowed_addresses(host, port)
        except AddressUnknown as error:
            raise httpcore.ConnectError(str(error)) from error
        trouble: Exception | None = None
        for address in addresses[:4]:
            try:
                return _Timed(self._sockets.connect_tcp(address, port, timeout, local_address, socket_options))
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                trouble = error
        raise trouble or httpcore.ConnectError(f"{host} has no address")

    def connect_unix_socket(self, *_args: Any, **_options: Any) -> httpcore.NetworkStream:
        raise OutwardRefused(_("This address cannot be called."))

    def sleep(self, seconds: float) -> None:
        self._sockets.sleep(seconds)


@functools.cache
def _certificates() -> ssl.SSLContext:
    """Return the trusted authorities; reading them takes longer than many a request."""
    return httpx.create_ssl_context(trust_env=False)


def _host_and_port(url: str) -> tuple[str, int]:
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise OutwardRefused(_("“%(url)s” is not a complete address.") % {"url": url[:200]}) from None
    if parts.scheme not in SCHEMES:
        raise OutwardRefused(_("Only addresses that start with http:// or https:// can be called."))
    if not host:
        raise OutwardRefused(_("“%(url)s” is not a complete address.") % {"url": url[:200]})
    if parts.username or parts.password:
        raise OutwardRefused(_("The address must not contain a user name or password."))
    return host, port or SCHEMES[parts.scheme]


def _resolve(host: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise AddressUnknown(_("The address “%(host)s” cannot be found.") % {"host": host}) from None
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def _unwrapped(ip: Address) -> Address:
    if isinstance(ip, ipaddress.IPv4Address):
        return ip
    if ip in NAT64:
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour or ip


def _is_our_site(host: str, port: int) -> bool:
    ours = urlsplit(settings.SITE_URL)
    return (host.lower(), port) == ((ours.hostname or "").lower(), ours.port or SCHEMES.get(ours.scheme, 0))
