"""Pages of reporting."""

from contest_portal.reporting.blueprint import bp

__all__ = ["bp"]
