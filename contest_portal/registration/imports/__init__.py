"""Bring the lists of schools and units into an edition: planned row by row, then written as one act."""

from contest_portal.registration.imports.applying import apply_plan
from contest_portal.registration.imports.model import Action, Change, ImportPlan, PlanRow
from contest_portal.registration.imports.planning import plan_import
from contest_portal.registration.imports.scope import ImportScope, import_scope

__all__ = [
    "Action",
    "Change",
    "ImportPlan",
    "ImportScope",
    "PlanRow",
    "apply_plan",
    "import_scope",
    "plan_import",
]
