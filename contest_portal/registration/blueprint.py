"""The blueprint that every page of registration hangs on."""

from flask import Blueprint

bp = Blueprint("registration", __name__, url_prefix="/entries")
