"""A browser for tests that looks at every page it is shown and fails where the page is not well made."""

import secrets
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup, Tag
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from contest_portal.accounts.models import SignIn
from contest_portal.accounts.sessions import TOKEN, hash_token
from contest_portal.core.database import db, transaction
from tests.form_filling import fill, find_form
from tests.page_rules import attribute, faults, parse, visible_words, words

REDIRECTS = (301, 302, 303, 307, 308)


@dataclass(frozen=True)
class Page:
    """Hold a page as a person sees it, and the answer it came in."""

    soup: BeautifulSoup
    text: str
    response: TestResponse

    @property
    def status(self) -> int:
        """Return the status code."""
        return self.response.status_code

    @property
    def path(self) -> str:
        """Return the address the browser ended at, with its query."""
        parts = urlsplit(self.response.request.url)
        return parts.path + (f"?{parts.query}" if parts.query else "")

    @property
    def h1(self) -> str:
        """Return the heading's words."""
        return words(cast("Tag", self.soup.h1))

    @property
    def errors(self) -> list[str]:
        """Return the sentences of the error summary."""
        return [words(item) for item in self.soup.select(".error-summary li")]

    @property
    def flashes(self) -> list[str]:
        """Return the messages at the top of the page."""
        return [words(item) for item in self.soup.select(".flashes .notice")]

    def rows(self, index: int = 0) -> list[list[str]]:
        """Return the words of each body row of the page's tables, the first by default."""
        table = self.soup.select("table")[index]
        return [[words(cell) for cell in row.select("th, td")] for row in table.select("tbody tr")]

    def link(self, label: str) -> str:
        """Return the address behind a link's words, which may leave out what is only read aloud."""
        for link in self.soup.find_all("a", href=True):
            if label in (words(link), visible_words(link)):
                return attribute(link, "href")
        raise AssertionError(f"no link {label!r} among {[words(a) for a in self.soup.find_all('a')]}")


class CheckingClient(FlaskClient):
    """Check each page of HTML that comes back, whatever asked for it."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Send a request; fail with every fault of the page."""
        response = super().open(*args, **kwargs)
        # The end of a redirect comes through here twice; the first time it has no history yet.
        if response.mimetype == "text/html" and response.status_code not in REDIRECTS and not response.history:
            found = faults(response.get_data(as_text=True)) if response.data else []
            assert not found, f"{response.request.path}: " + "; ".join(found)
        return response

    def get_page(self, url: str, status: int = 200, **kwargs: Any) -> Page:
        """Open an address, following redirects."""
        return self._page(self.get(url, follow_redirects=True, **kwargs), status)

    def follow(self, page: Page, label: str, status: int = 200) -> Page:
        """Press a link by its words."""
        return self.get_page(urljoin(page.path, page.link(label)), status)

    def submit(
        self,
        page: Page,
        form: str | None = None,
        *,
        status: int = 200,
        fields: dict[str, Any] | None = None,
        **typed: Any,
    ) -> Page:
        """Fill and send a form, named by its button's words or by a selector, following redirects.

        True ticks a box, None leaves a control out, a list chooses several, (stream, name) is a file.
        Fields whose names are no keywords, or are the names of these arguments, come in fields.
        """
        found, button = find_form(page.soup, form)
        values = fill(found, button, {**(fields or {}), **typed})
        target = urljoin(page.path, attribute(found, "action") or page.path)
        if attribute(found, "method").lower() != "post":
            response = self.get(target, query_string=values, follow_redirects=True)
        else:
            response = self.post(target, data=values, follow_redirects=True)
        return self._page(response, status)

    def sign_in(self, user: Any) -> None:
        """Carry a fresh sign-in of this account, without the price of a password."""
        token = secrets.token_urlsafe(32)
        with self.application.app_context(), transaction():
            db.session.add(SignIn(token_hash=hash_token(token), user_id=getattr(user, "id", user)))
        with self.session_transaction() as session:
            session.clear()
            session[TOKEN] = token

    def _page(self, response: TestResponse, status: int) -> Page:
        soup = parse(response.get_data(as_text=True))
        page = Page(soup, words(soup.main or soup), response)
        assert page.status == status, f"{page.path}: {page.status} instead of {status}: {page.text[:300]}"
        return page
