"""What organisers do with panels, and judges with their sheets."""

from contest_portal.judging.services.assigning import assign, remove_assignment
from contest_portal.judging.services.panels import NewPanel, change_judges, create_panel
from contest_portal.judging.services.sheets import Marks, reopen_sheet, save_sheet

__all__ = [
    "Marks",
    "NewPanel",
    "assign",
    "change_judges",
    "create_panel",
    "remove_assignment",
    "reopen_sheet",
    "save_sheet",
]
