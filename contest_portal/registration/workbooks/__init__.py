"""Workbooks of the portal's own: an empty one to fill in, and the entries in the shape that is read again unchanged."""

from contest_portal.registration.workbooks.exporting import export_of
from contest_portal.registration.workbooks.templates import template_of

__all__ = ["export_of", "template_of"]
