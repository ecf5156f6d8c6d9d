"""Put the portal together: settings, extensions, stages, errors."""

import logging
from functools import partial
from pathlib import Path
from typing import Any

from flask import Flask, Response, flash, g, redirect, render_template, request, session, url_for
from flask_migrate import Migrate
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge, SecurityError
from werkzeug.routing import IntegerConverter, Map

from contest_portal.accounts import guards
from contest_portal.accounts import sessions as sign_ins
from contest_portal.accounts.actor import NOBODY
from contest_portal.accounts.queries_messages import count_unread
from contest_portal.accounts.views import bp as accounts_pages
from contest_portal.config import Settings, load_settings
from contest_portal.contests.queries import posts_of
from contest_portal.contests.views import bp as contests_pages
from contest_portal.core import clock, filters, web
from contest_portal.core.database import db, writes_refused
from contest_portal.core.errors import Expired, NotFound, PortalError, TooLarge
from contest_portal.core.i18n import lazy
from contest_portal.dashboard.menu import menu_for
from contest_portal.dashboard.views import bp as dashboard_pages
from contest_portal.judging.views import bp as judging_pages
from contest_portal.registration.consent.views_public import bp as consent_pages
from contest_portal.registration.views import bp as registration_pages
from contest_portal.reporting.views import bp as reporting_pages
from contest_portal.results.views import bp as results_pages
from contest_portal.screening.views import bp as screening_pages

log = logging.getLogger(__name__)

MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"
LARGEST_ID = 2**31 - 1
LARGEST_FORM = 1024 * 1024

BLUEPRINTS = (
    dashboard_pages,
    accounts_pages,
    contests_pages,
    registration_pages,
    consent_pages,
    screening_pages,
    judging_pages,
    results_pages,
    reporting_pages,
)

TITLES: dict[int, Any] = {
    400: lazy("Yêu cầu chưa thực hiện được"),
    403: lazy("Bạn không có quyền vào trang này"),
    404: lazy("Không tìm thấy trang"),
    405: lazy("Trang này không nhận yêu cầu kiểu đó"),
    409: lazy("Việc này chưa thực hiện được"),
    413: lazy("Tệp quá lớn"),
    422: lazy("Có thông tin chưa hợp lệ"),
    429: lazy("Quá nhiều lần thử"),
    500: lazy("Hệ thống gặp lỗi"),
    503: lazy("Hệ thống đang bận"),
}


def create_app(settings: Settings | None = None) -> Flask:
    """Return the portal, ready to serve."""
    settings = settings or load_settings()
    app = Flask(__name__)
    _configure(app, settings)
    app.url_map.converters["int"] = BoundedInteger
    clock.set_zone(settings.zone)
    db.init_app(app)
    Migrate(app, db, directory=str(MIGRATIONS))
    web.csrf.init_app(app)
    web.versioned_static(app)
    filters.install(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    _install_hooks(app)
    _install_errors(app)
    guards.declare(app.view_functions["static"])
    return app


class BoundedInteger(IntegerConverter):
    """Answer 404 for a number no id can have, instead of asking the database about it."""

    def __init__(self, url_map: Map, **options: Any) -> None:
        """Bound what the address may hold."""
        options.setdefault("max", LARGEST_ID)
        super().__init__(url_map, **options)


def _configure(app: Flask, settings: Settings) -> None:
    app.config.update(
        SETTINGS=settings,
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS={"pool_pre_ping": not settings.database_url.startswith("sqlite")},
        MAX_CONTENT_LENGTH=settings.max_upload,
        MAX_FORM_MEMORY_SIZE=LARGEST_FORM,
        MAX_FORM_PARTS=2_000,
        WTF_CSRF_CHECK_DEFAULT=False,
        WTF_CSRF_TIME_LIMIT=settings.absolute_hours * 3600,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.https,
        SESSION_COOKIE_NAME="session",
        TRUSTED_HOSTS=list(settings.hosts),
        TESTING=settings.testing,
    )


def _install_hooks(app: Flask) -> None:
    @app.before_request
    def prepare() -> Response | None:
        if isinstance(request.routing_exception, SecurityError):
            # Under a host that is not ours no address can be built, so this answer wears no dress.
            return Response("400 Bad Request\n", 400, mimetype="text/plain")
        web.choose_language()
        g.actor = NOBODY
        if request.mimetype != "multipart/form-data":
            # Only files are heavy; a form without one is read whole at once and may hold a million fields.
            request.max_content_length = LARGEST_FORM
        if request.endpoint == "static":
            return None
        # PostgreSQL cannot store NUL, so no address can be right that holds one.
        if "\0" in request.path or b"%00" in request.query_string:
            raise NotFound
        sign_in = sign_ins.resume()
        if sign_in is not None:
            g.actor = sign_ins.actor_of(sign_in, posts_of(sign_in.user_id))
        if request.endpoint is not None:
            view = app.view_functions[request.endpoint]
            guards.check(view, g.actor)
            web.raise_limit(view)
            web.check_csrf()
        return None

    app.after_request(web.set_headers)
    # Runs before the one above: Flask goes through them from the last to the first.
    app.after_request(_stay_where_the_token_was_bad)

    @app.teardown_request
    def forget(_error: BaseException | None) -> None:
        # The thread serves others next, and the last use of a sign-in is written before any token is read.
        writes_refused.set(False)

    @app.context_processor
    def shared() -> dict[str, Any]:
        actor = g.get("actor", NOBODY)
        return {
            "actor": actor,
            "menu": menu_for(actor, request.endpoint, request.path),
            "unread": partial(_unread, actor.user_id),
        }


def _stay_where_the_token_was_bad(response: Response) -> Response:
    """Lead nobody onward after a form with a bad token: nothing was written, and the next page would say otherwise."""
    if writes_refused.get() and 300 <= response.status_code < 400:
        return _answer(Expired())
    return response


def _unread(user_id: int) -> int:
    # A page that tells of a failure asks the database nothing more.
    return 0 if g.get("failed") else count_unread(user_id)


def _install_errors(app: Flask) -> None:
    app.register_error_handler(guards.SignInNeeded, _to_sign_in)
    app.register_error_handler(PortalError, _answer)
    app.register_error_handler(HTTPException, _answer_http)
    app.register_error_handler(OperationalError, _answer_database)
    app.register_error_handler(Exception, _answer_crash)


def _to_sign_in(_error: guards.SignInNeeded) -> Any:
    flash(str(lazy("Hãy đăng nhập để tiếp tục.")), "info")
    target = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("accounts.sign_in", next=target))


def _answer(error: PortalError) -> Response:
    return _page(error.code, str(error))


def _answer_http(error: HTTPException) -> Any:
    code = error.code or 500
    if code < 400:
        return error
    if isinstance(error, RequestEntityTooLarge):
        megabytes = (request.max_content_length or web.settings().max_upload) // 1024 // 1024
        return _page(413, str(TooLarge(lazy("Tệp hoặc nội dung gửi lên vượt quá %(size)s MB.", size=megabytes))))
    return _page(code, None)


def _answer_database(error: OperationalError) -> Response:
    _calm_down()
    reference = web.page_reference()
    log.error("database unavailable, reference %s: %s", reference, error.orig)
    return _page(
        503,
        str(lazy("Cơ sở dữ liệu đang bận hoặc không ghi được. Chưa có gì bị mất; hãy thử lại sau ít phút.")),
        reference,
    )


def _calm_down() -> None:
    g.failed = True
    db.session.rollback()


def _answer_crash(error: Exception) -> Response:
    _calm_down()
    reference = web.page_reference()
    log.exception("unexpected error, reference %s", reference)
    return _page(
        500,
        str(lazy("Chúng tôi đã ghi lại lỗi này. Hãy thử lại, hoặc báo cho Ban Tổ chức mã tra cứu bên dưới.")),
        reference,
    )


def _page(code: int, message: str | None, reference: str | None = None) -> Response:
    shown = TITLES.get(code, TITLES[400])
    body = render_template("errors/error.html", code=code, title=shown, message=message, reference=reference)
    response = Response(body, code, mimetype="text/html")
    if code == 429:
        response.headers["Retry-After"] = str(session.get("retry_after", 60))
    return response
