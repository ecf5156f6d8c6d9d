"""The blueprint that the pages crossing the stages hang on."""

from flask import Blueprint

bp = Blueprint("pages", __name__)
