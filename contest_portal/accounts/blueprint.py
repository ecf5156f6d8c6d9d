"""The blueprint that the pages of accounts hang on."""

from flask import Blueprint

from contest_portal.accounts.acts import act_name
from contest_portal.accounts.words import role_name

bp = Blueprint("accounts", __name__)
bp.add_app_template_filter(role_name)
bp.add_app_template_filter(act_name)
