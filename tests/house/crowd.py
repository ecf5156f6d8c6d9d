"""Many browsers at once: each in its own thread, all let go at the same moment."""

import threading
from collections.abc import Callable, Sequence
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.client import CheckingClient, Page
from tests.form_filling import fill, find_form
from tests.house.visiting import QuickClient
from tests.page_rules import attribute


def at_once(acts: Sequence[Callable[[], Any]]) -> list[Any]:
    """Do these at the same moment; return what came of each, in their order."""
    gate = threading.Barrier(len(acts))
    answers: dict[int, Any] = {}
    errors: list[BaseException] = []

    def run(number: int) -> None:
        gate.wait(timeout=30)
        try:
            answers[number] = acts[number]()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(number,), name=f"visitor-{number}") for number in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert errors == []
    return [answers[number] for number in range(len(acts))]


def twin(app: Flask, client: FlaskClient) -> CheckingClient:
    """Return another window of the same browser."""
    other = QuickClient(app, app.response_class, use_cookies=True)
    cookie = client.get_cookie("session")
    assert cookie is not None
    other.set_cookie("session", cookie.value)
    return other


def sender(
    app: Flask, client: CheckingClient, page: Page, form: str | None = None, **typed: Any
) -> Callable[[], TestResponse]:
    """Return an act that sends a page's form from another window of the same browser."""
    found, button = find_form(page.soup, form)
    values = fill(found, button, typed)
    target = attribute(found, "action") or page.path
    window = twin(app, client)
    return lambda: window.post(target, data=values)
