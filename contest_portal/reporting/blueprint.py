"""The blueprint that the pages of reporting hang on."""

from flask import Blueprint

bp = Blueprint("reporting", __name__)
