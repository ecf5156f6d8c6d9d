"""Words to make up people, schools, teams and works from; always the same for the same seed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Final

from contest_portal.registration.people import Person

FAMILY: Final = (
    "Nguyễn Trần Lê Phạm Hoàng Vũ Đặng Bùi Đỗ Ngô Dương Lý Thân Giáp Vi Nông Lăng Hà Tống Chu La Trịnh Đào Võ Hồ"
).split()
MIDDLE_BOYS: Final = "Văn Đức Minh Quang Hữu Xuân Gia Tiến Công Hải".split()
MIDDLE_GIRLS: Final = "Thị Thu Ngọc Khánh Phương Thảo Hà Bảo Thanh Mai".split()
GIVEN_BOYS: Final = (
    "An Bình Cường Dũng Đăng Hiếu Hoàng Hưng Khoa Kiên Long Nam Nghĩa Phong Phúc Quân Sơn Thịnh Tuấn Việt".split()
)
GIVEN_GIRLS: Final = (
    "Anh Chi Diệp Giang Hạnh Hiền Hoa Huyền Lan Linh My Nga Ngân Nhung Oanh Quỳnh Thủy Trâm Vân Yến".split()
)

LOCALITIES: Final[dict[str, Sequence[str]]] = {
    "213": ("Dĩnh Kế", "Ngô Quyền", "Xương Giang", "Lê Lợi", "Song Khê"),
    "222": ("Tăng Tiến", "Hồng Thái", "Vân Trung", "Nếnh", "Bích Động"),
    "223": ("Mai Trung", "Bắc Lý", "Hoàng An", "Thắng", "Đông Lỗ"),
    "217": ("Kép", "Mỹ Thái", "Vôi", "Tân Dĩnh", "Tiên Lục"),
    "218": ("Phương Sơn", "Bảo Đài", "Đồi Ngô", "Cẩm Lý", "Bảo Sơn"),
    "219": ("Quý Sơn", "Tân Sơn", "Hồng Giang", "Phượng Sơn", "Chũ"),
    "220": ("Long Sơn", "Tây Yên Tử", "Vân Sơn", "An Châu", "Yên Định"),
    "216": ("Nhã Nam", "Ngọc Thiện", "Việt Lập", "Cao Thượng", "Liên Chung"),
    "221": ("Nham Biền", "Tân An", "Tiền Phong", "Cảnh Thụy", "Nội Hoàng"),
    "215": ("Bố Hạ", "Xuân Lương", "Phồn Xương", "Đồng Kỳ", "Tam Tiến"),
}

TEAM_WORDS: Final = (
    "Sao Băng",
    "Tia Chớp",
    "Phượng Hoàng",
    "Đại Bàng",
    "Khát Vọng",
    "Bước Nhảy",
    "Niềm Tin",
    "Cánh Diều",
    "Thần Tốc",
    "Mặt Trời Đỏ",
    "Kỷ Nguyên Số",
    "Hoàng Hoa Thám",
    "Tây Yên Tử",
    "Vải Thiều",
    "Sông Thương",
)
THINGS: Final = ("Mô hình", "Thiết bị", "Hệ thống", "Xe", "Robot", "Phần mềm", "Tủ", "Máy", "Bộ đồ dùng", "Giải pháp")
PURPOSES: Final = (
    "tưới nước tự động",
    "phân loại rác",
    "cảnh báo cháy rừng",
    "sấy nông sản bằng năng lượng mặt trời",
    "chống đuối nước",
    "hỗ trợ người khiếm thị",
    "học từ vựng tiếng Tày",
    "lọc nước từ tro trấu",
    "đo chất lượng không khí lớp học",
    "điểm danh học sinh",
    "ôn tập lịch sử địa phương",
    "phân loại vải thiều",
    "cảnh báo ngủ gật cho lái xe",
    "dạy hình học không gian",
    "gieo hạt trên đất dốc",
)
ENDINGS: Final = ("", " thông minh", " mini", " phiên bản 2", " từ vật liệu tái chế", " cho vùng cao")
WORKPLACES: Final = (
    "Bệnh viện Đa khoa khu vực",
    "Hợp tác xã Nông nghiệp sạch",
    "Công ty Cơ khí Sông Thương",
    "Trung tâm Khuyến nông",
    "Trường Cao đẳng nghề",
    "Công ty Điện tử Quang Châu",
)


@dataclass(frozen=True)
class Level:
    """Be one level of schools: what it is called, its division, its grades."""

    name: str
    division: str
    grades: tuple[int, ...]


LEVELS: Final = (
    Level("Tiểu học", "A", (3, 4, 5)),
    Level("THCS", "B", (6, 7, 8, 9)),
    Level("THPT", "C", (10, 11, 12)),
)


class Inventor:
    """Make up people and works, the same ones for the same seed."""

    def __init__(self, seed: int) -> None:
        """Begin at a seed."""
        self.random = Random(seed)
        self._used: set[str] = set()

    def person(self) -> str:
        """Return a full name."""
        pick = self.random.choice
        boy = self.random.random() < 0.55
        middle, given = (MIDDLE_BOYS, GIVEN_BOYS) if boy else (MIDDLE_GIRLS, GIVEN_GIRLS)
        return f"{pick(FAMILY)} {pick(middle)} {pick(given)}"

    def pupil_birth(self, grade: int, year: int) -> date:
        """Return a day of birth that fits a grade in the school year that ends in `year`."""
        return date(year - 6 - grade, 1, 1) + timedelta(days=self.random.randrange(365))

    def pupil(self, role: str, level: Level, year: int) -> Person:
        """Return a pupil of a level in the school year that ends in `year`."""
        grade = self.random.choice(level.grades)
        return Person(
            role=role,
            full_name=self.person(),
            birth_date=self.pupil_birth(grade, year),
            class_name=f"{grade}{self.random.choice('ABCD')}{self.random.randint(1, 5)}",
        )

    def coach(self) -> Person:
        """Return a teacher who can be called."""
        return Person(role="coach", full_name=self.person(), phone=self.phone())

    def adult(self, role: str, workplace: str) -> Person:
        """Return somebody at work."""
        return Person(role=role, full_name=self.person(), workplace=workplace, phone=self.phone())

    def phone(self) -> str:
        """Return a made-up number."""
        return f"0900{self.random.randrange(10**6):06d}"

    def team(self) -> str:
        """Return a team's name that was not used before."""
        return self._new(lambda: f"{self.random.choice(TEAM_WORDS)} {self.random.randint(1, 999):03d}")

    def work(self) -> str:
        """Return a work's title that was not used before."""
        pick = self.random.choice
        return self._new(lambda: f"{pick(THINGS)} {pick(PURPOSES)}{pick(ENDINGS)}")

    def school(self, unit_code: str, level: Level) -> str:
        """Return a school's name in a unit."""
        return f"Trường {level.name} {self.random.choice(LOCALITIES[unit_code])} số {self.random.randint(1, 2)}"

    def _new(self, make: Callable[[], str]) -> str:
        name = make()
        while name in self._used:
            name = make()
            if len(self._used) > 800:
                name += f" {len(self._used)}"
        self._used.add(name)
        return name
