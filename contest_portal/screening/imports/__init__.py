"""Import a list with what its unit found: scores, prizes and which entries go on, as one act with the entries."""

from contest_portal.screening.imports.applying import apply_screened
from contest_portal.screening.imports.batches import (
    UploadGone,
    choose_columns,
    choose_letters,
    chosen,
    confirm,
    examine_batch,
    examined,
    forget_columns,
    get_batch,
    is_large,
    mark_batch,
    marked,
    stage,
)
from contest_portal.screening.imports.examining import Choices, Examination, examine
from contest_portal.screening.imports.meanings import MEANINGS
from contest_portal.screening.imports.planning import Finding, ScreenedPlan, plan_screened
from contest_portal.screening.imports.workbooks import Outcome, import_workbook

__all__ = [
    "MEANINGS",
    "Choices",
    "Examination",
    "Finding",
    "Outcome",
    "ScreenedPlan",
    "UploadGone",
    "apply_screened",
    "choose_columns",
    "choose_letters",
    "chosen",
    "confirm",
    "examine",
    "examine_batch",
    "examined",
    "forget_columns",
    "get_batch",
    "import_workbook",
    "is_large",
    "mark_batch",
    "marked",
    "plan_screened",
    "stage",
]
