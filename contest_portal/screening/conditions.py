"""In what state a model was when somebody took it over."""

from enum import StrEnum
from typing import Any, Final

from contest_portal.core.i18n import lazy


class Condition(StrEnum):
    """Name the state of a model."""

    GOOD = "good"
    FLAWED = "flawed"
    BROKEN = "broken"
    ABSENT = "absent"


WORDS: Final[dict[Condition, Any]] = {
    Condition.GOOD: lazy("Nguyên vẹn, hoạt động tốt"),
    Condition.FLAWED: lazy("Có lỗi nhỏ, trầy xước"),
    Condition.BROKEN: lazy("Hỏng, không hoạt động"),
    Condition.ABSENT: lazy("Không có mô hình kèm theo"),
}
