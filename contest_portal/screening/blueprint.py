"""The blueprint that every page of screening hangs on."""

from flask import Blueprint

bp = Blueprint("screening", __name__, url_prefix="/screening")
