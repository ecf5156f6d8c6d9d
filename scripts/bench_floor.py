"""The floor that the portal is measured against: the least that Flask and SQLAlchemy can do.

Same server, same database settings, same number of rows; one page of 50 rows, one form of one row with CSRF.
"""

import os

from flask import Flask, redirect, render_template_string, request
from flask_sqlalchemy import SQLAlchemy
from flask_wtf.csrf import CSRFProtect
from sqlalchemy import Engine, event, select
from sqlalchemy.orm import Mapped, mapped_column

LIST = """<!doctype html><html lang="vi"><title>Danh sách</title><h1>Danh sách</h1><table>
{% for row in rows %}<tr><td>{{ row.reference }}</td><td>{{ row.title }}</td><td>{{ row.school }}</td><td>{{ row.unit }}</td>
<td>{{ row.status }}</td></tr>{% endfor %}</table></html>"""
FORM = """<!doctype html><html lang="vi"><title>Thêm</title><h1>Thêm</h1><form method="post">
<input type="hidden" name="csrf_token" value="{{ csrf_token() }}"><input name="title"><button>Lưu</button></form></html>"""

db = SQLAlchemy()


class Row(db.Model):  # type: ignore[name-defined,misc]
    """Be one row of the list."""

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str]
    title: Mapped[str]
    school: Mapped[str]
    unit: Mapped[str]
    status: Mapped[str]


@event.listens_for(Engine, "connect")
def _prepare(connection: object, _record: object) -> None:
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=15000"):
        connection.execute(f"PRAGMA {pragma}")  # type: ignore[attr-defined]


def create_app() -> Flask:
    """Return the bare application on the database that FLOOR_DATABASE names."""
    app = Flask(__name__)
    app.config.update(SQLALCHEMY_DATABASE_URI=os.environ["FLOOR_DATABASE"], SECRET_KEY="floor" * 10)
    db.init_app(app)
    CSRFProtect(app)

    @app.get("/")
    def index() -> str:
        rows = db.session.scalars(select(Row).order_by(Row.id.desc()).limit(50)).all()
        return render_template_string(LIST, rows=rows)

    @app.route("/new", methods=["GET", "POST"])
    def new() -> object:
        if request.method == "POST":
            row = Row(reference="R", title=request.form["title"], school="Trường", unit="Huyện", status="draft")
            db.session.add(row)
            db.session.commit()
            return redirect("/new")
        return render_template_string(FORM)

    return app
