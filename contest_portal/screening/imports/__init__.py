"""Import a list with what its unit found: scores, prizes and which entries go on, as one act with the entries."""

from contest_portal.screening.imports.applying import apply_screened
from contest_portal.screening.imports.batches import UploadGone, confirm, get_batch, preview, stage
from contest_portal.screening.imports.planning import Finding, ScreenedPlan, plan_screened
from contest_portal.screening.imports.workbooks import Outcome, import_workbook, read_plan

__all__ = [
    "Finding",
    "Outcome",
    "ScreenedPlan",
    "UploadGone",
    "apply_screened",
    "confirm",
    "get_batch",
    "import_workbook",
    "plan_screened",
    "preview",
    "read_plan",
    "stage",
]
