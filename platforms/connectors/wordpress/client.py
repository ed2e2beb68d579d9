"""The wire to one WordPress: where its REST interface lives, the sign-in, pages, what errors mean."""

import itertools
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import httpx

from mediaops.lib.said import said as _
from platforms.connectors.errors import ConnectorError, NeedsReconnect, NothingSent, Refused
from platforms.connectors.http import Answer, Http, Purpose

API = "wp/v2/"
PER_PAGE = 100
UPLOAD_S = 120.0
FLOOD_WAIT_S = 20.0
"""WordPress accepts one comment per author every 15 s."""

TAILS = re.compile(r"/(wp-admin|wp-json|wp-login\.php|index\.php|xmlrpc\.php)(/.*)?$")
API_LINK = re.compile(r'<([^>]+)>;\s*rel="https://api\.w\.org/"')


class NoTrash(Refused):
    """The site keeps no trash; deleting must be for good."""


class TermExists(Refused):
    """A tag or category of that name is there already: `term_id`."""

    term_id = 0


class Wire:
    """Calls to one WordPress site as one user. `root` is the address of its REST interface."""

    def __init__(self, http: Http, *, root: str, address: str, username: str, password: str) -> None:
        self._http = http
        self._root = root
        self._address = address
        self._auth = httpx.BasicAuth(username, password)
        http.hide(password, f"{username}:{password}")
        http.explain = self._explain

    @property
    def root(self) -> str:
        """The REST interface: `https://blog.example/wp-json/` or `https://blog.example/?rest_route=/`."""
        if not self._root:
            self.find_root()
        return self._root

    def find_root(self) -> tuple[str, Mapping[str, Any]]:
        """Look for the REST interface of the address that a person typed; return it with its index.

        Tries the usual path, then the form for sites without pretty links, then what the front page
        announces. Raises Refused when there is no WordPress.
        """
        home = site_address(self._address)
        trouble: ConnectorError | None = None
        for guess in (f"{home}/wp-json/", f"{home}/?rest_route=/"):
            try:
                found = self._index(guess)
            except Refused as error:
                trouble = error
                continue
            if found:
                return found
        front = self._http.read("GET", home + "/", wants_json=False, follow_redirects=True)
        if (link := API_LINK.search(front.headers.get("link", ""))) and (found := self._index(link[1])):
            return found
        sentence = _("No WordPress was found at %(address)s. Check the address.") % {"address": home}
        raise Refused(sentence, raw=trouble.raw if trouble else "")

    def get(self, path: str, **params: Any) -> Answer:
        """Read one route; `path` is relative to `wp/v2/`."""
        return self._http.read("GET", *self._target(path), params=self._params(path, params), auth=self._auth)

    def pages(self, path: str, **params: Any) -> Iterator[dict[str, Any]]:
        """Read a collection to its end, 100 rows a call."""
        for page in itertools.count(1):
            answer = self.get(path, **params, per_page=PER_PAGE, page=page)
            yield from self.rows(answer)
            if page >= number(answer.headers.get("x-wp-totalpages")):
                return

    def rows(self, answer: Answer) -> list[dict[str, Any]]:
        """Return the answer's rows, or raise when it holds something else."""
        if not isinstance(answer.data, list) or not all(isinstance(row, dict) for row in answer.data):
            raise self._http.not_understood(answer, "read")
        return answer.data

    def prepare(self, path: str, values: Mapping[str, Any]) -> dict[str, Any]:
        """Make something harmless (a tag, a picture's description); return it."""
        answer = self._http.prepare(
            "POST", *self._target(path), params=self._params(path, {}), json=values, auth=self._auth
        )
        return self._row(answer, "prepare")

    def upload(self, name: str, mime: str, content: bytes) -> dict[str, Any]:
        """Put one file into the site's media library; return its row."""
        headers = {"Content-Type": mime, "Content-Disposition": f'attachment; filename="{name}"'}
        answer = self._http.prepare(
            "POST", *self._target("media"), params=self._params("media", {}),
            content=content, headers=headers, auth=self._auth, read_s=UPLOAD_S,
        )  # fmt: skip
        return self._row(answer, "prepare")

    def write(self, path: str, values: Mapping[str, Any] | None = None, *, method: str = "POST") -> dict[str, Any]:
        """Make the deciding call; return the row it answers with."""
        is_post = method == "POST"
        query = self._params(path, {} if is_post else values or {})
        body = values if is_post else None
        answer = self._http.write(method, *self._target(path), params=query, auth=self._auth, json=body)
        row = self._row(answer, "write")
        if not row.get("id") and not row.get("deleted"):
            raise self._http.not_understood(answer, "write")
        return row

    def _target(self, path: str) -> tuple[str]:
        if "rest_route=" in self.root:
            return (self.root.partition("?")[0],)
        return (self.root + API + path,)

    def _params(self, path: str, params: Mapping[str, Any]) -> dict[str, Any]:
        if "rest_route=" in self.root:
            return {"rest_route": f"/{API}{path}", **params}
        return dict(params)

    def _row(self, answer: Answer, purpose: Purpose) -> dict[str, Any]:
        if not isinstance(answer.data, dict):
            raise self._http.not_understood(answer, purpose)
        return answer.data

    def _index(self, address: str) -> tuple[str, Mapping[str, Any]] | None:
        answer = self._http.read("GET", address, follow_redirects=True)
        index = answer.data
        if not isinstance(index, dict) or "wp/v2" not in (index.get("namespaces") or ()):
            return None
        self._root = answer.url
        return answer.url, index

    def _explain(self, answer: Answer, purpose: Purpose) -> ConnectorError | None:
        """Read WordPress's own error: JSON `code`, `message`, `data.status`."""
        code = answer.data.get("code") if isinstance(answer.data, dict) else None
        if code == "rest_not_logged_in":  # a wrong password looks like this as well (WordPress 6.1)
            return NeedsReconnect(
                _(
                    "WordPress did not accept the user name and application password. "
                    "If they are right, the site's web server drops the Authorization header."
                )
            )
        if answer.status == 401:
            return NeedsReconnect(_("WordPress did not accept the user name and application password."))
        if code == "comment_flood":
            return NothingSent(_("WordPress asks us to slow down."), wait_s=FLOOD_WAIT_S)
        if code == "rest_trash_not_supported":
            return NoTrash(_("WordPress does not let this user do that."))
        if code == "term_exists":
            error = TermExists(_("WordPress does not let this user do that."))
            error.term_id = int((answer.data.get("data") or {}).get("term_id") or 0)
            return error
        if code in SENTENCES:
            return Refused(SENTENCES[code]())
        if answer.status == 413:
            return Refused(_("A picture is larger than the site accepts."))
        if answer.status == 403:
            return Refused(_("WordPress does not let this user do that."))
        return None


SENTENCES: dict[str, Callable[[], str]] = {
    "rest_cannot_create": lambda: _("This WordPress user may not write posts."),
    "rest_cannot_publish": lambda: _("This WordPress user may not publish, only write drafts."),
    "rest_cannot_edit": lambda: _("This WordPress user may not change this post."),
    "rest_cannot_delete": lambda: _("This WordPress user may not delete this post."),
    "rest_post_invalid_id": lambda: _("The post is no longer there."),
    "rest_comment_invalid_id": lambda: _("The comment is no longer there."),
    "rest_comment_closed": lambda: _("Comments are closed under this post."),
    "comment_duplicate": lambda: _("The same answer already stands there."),
    "empty_content": lambda: _("WordPress refuses an empty post."),
    "rest_upload_file_too_big": lambda: _("A picture is larger than the site accepts."),
    "rest_upload_limited_space": lambda: _("The site's storage is full."),
    "rest_upload_unknown_error": lambda: _("The site does not accept a picture of this kind."),
    "rest_upload_sideload_error": lambda: _("The site does not accept a picture of this kind."),
    "rest_no_route": lambda: _("This WordPress has its REST interface switched off in part."),
}
"""WordPress 6.1 answers two of the upload errors with status 500 although nothing was stored."""


def site_address(typed: str) -> str:
    """Return the site's address without a trailing slash from what people type or paste."""
    address = typed.strip()
    if "://" not in address:
        address = f"https://{address}"
    parts = urlsplit(address)
    path = TAILS.sub("", parts.path.rstrip("/"))
    return urlunsplit((parts.scheme, parts.netloc, path, "", "")).rstrip("/")


def number(text: str | None) -> int:
    """Return a header's whole number, 0 when it is missing."""
    return int(text) if text and text.isdigit() else 0
