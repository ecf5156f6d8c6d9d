"""The judging pages' blueprint, apart from the pages, so that their modules need not import one another."""

from flask import Blueprint

bp = Blueprint("judging", __name__, url_prefix="/judging")
