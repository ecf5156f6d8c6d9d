"""The blueprint that the pages of contests hang on."""

from flask import Blueprint

bp = Blueprint("contests", __name__)
