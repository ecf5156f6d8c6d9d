"""Say what an edition asks for besides people: documents, written parts, consent."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, Self

from contest_portal.contests.reading import Table
from contest_portal.core.i18n import current_language, lazy


class Need(StrEnum):
    """Say whether something is asked for, and whether an entry may do without."""

    REQUIRED = "required"
    OPTIONAL = "optional"
    ABSENT = "absent"


@dataclass(frozen=True)
class Words:
    """Be a word in both languages; printed, it is the reader's."""

    vi: str
    en: str

    def __str__(self) -> str:
        return self.en if current_language() == "en" else self.vi


class DocumentKind(StrEnum):
    """Name what kind of document belongs to an entry; there is none for identity cards."""

    APPLICATION = "application"
    DESCRIPTION = "description"
    PHOTO = "photo"
    DRAWING = "drawing"
    VIDEO = "video"
    PORTRAIT = "portrait"
    BIRTH_CERTIFICATE = "birth_certificate"
    OTHER = "other"


class ConsentRule(StrEnum):
    """Say how an edition knows that parents agree: the school's word, or each answer in the portal."""

    DECLARED = "declared"
    RECORDED = "recorded"


DOCUMENT_WORDS: Final[dict[DocumentKind, Any]] = {
    DocumentKind.APPLICATION: lazy("Phiếu dự thi có chữ ký, đóng dấu"),
    DocumentKind.DESCRIPTION: lazy("Bản thuyết minh"),
    DocumentKind.PHOTO: lazy("Ảnh mô hình, sản phẩm"),
    DocumentKind.DRAWING: lazy("Bản vẽ, sơ đồ"),
    DocumentKind.VIDEO: lazy("Video giới thiệu"),
    DocumentKind.PORTRAIT: lazy("Ảnh 4×6"),
    DocumentKind.BIRTH_CERTIFICATE: lazy("Giấy khai sinh"),
    DocumentKind.OTHER: lazy("Tài liệu khác"),
}

# Documents of which each person brings their own.
PERSONAL: Final = frozenset({DocumentKind.PORTRAIT, DocumentKind.BIRTH_CERTIFICATE})
# Characters that fill two A4 pages in 13 or 14 points: what "tóm tắt không quá 02 trang A4" comes to.
TWO_PAGES: Final = 6000


@dataclass(frozen=True)
class DocumentRule:
    """Bound the documents of one kind that an entry has, or each of its people."""

    kind: DocumentKind
    need: Need = Need.OPTIONAL
    most: int = 1
    # A link to a video stands for the file.
    link: bool = False
    megabytes: int = 10

    @property
    def per_person(self) -> bool:
        """Tell whether each person brings their own."""
        return self.kind in PERSONAL

    @property
    def word(self) -> Any:
        """Return what the document is called."""
        return DOCUMENT_WORDS[self.kind]

    def to_dict(self) -> dict[str, Any]:
        """Return the rule as it is stored."""
        return {
            "kind": self.kind.value,
            "need": self.need.value,
            "most": self.most,
            "link": self.link,
            "megabytes": self.megabytes,
        }

    @classmethod
    def read(cls, table: Table) -> Self:
        """Take a rule out of its table; raises BadRules."""
        rule = cls(
            kind=table.choice("kind", DocumentKind),
            need=table.choice("need", Need, Need.OPTIONAL),
            most=table.number("most", 1, least=1),
            link=table.flag("link", default=False),
            megabytes=table.number("megabytes", 10, least=1),
        )
        table.finish()
        if rule.link and rule.kind is not DocumentKind.VIDEO:
            raise table.refuse("link", lazy("chỉ dùng cho video"))
        return rule


@dataclass(frozen=True)
class SectionRule:
    """Bound one part of the written summary."""

    code: str
    name: Words
    need: Need = Need.OPTIONAL
    most: int = TWO_PAGES

    def to_dict(self) -> dict[str, Any]:
        """Return the rule as it is stored."""
        return {
            "code": self.code,
            "name": self.name.vi,
            "name_en": self.name.en,
            "need": self.need.value,
            "most": self.most,
        }

    @classmethod
    def read(cls, table: Table) -> Self:
        """Take a rule out of its table; raises BadRules."""
        rule = cls(
            code=table.text("code"),
            name=Words(table.text("name"), table.text("name_en")),
            need=table.choice("need", Need, Need.OPTIONAL),
            most=table.number("most", TWO_PAGES, least=1),
        )
        table.finish()
        return rule


def read_documents(table: Table) -> tuple[DocumentRule, ...]:
    """Take the rules of an edition's documents out of a table; raises BadRules."""
    rules = tuple(DocumentRule.read(part) for part in table.tables("documents"))
    _refuse_twice(table, "documents", [rule.kind for rule in rules])
    return rules


def read_sections(table: Table) -> tuple[SectionRule, ...]:
    """Take the parts of an edition's written summary out of a table; raises BadRules."""
    rules = tuple(SectionRule.read(part) for part in table.tables("sections"))
    _refuse_twice(table, "sections", [rule.code for rule in rules])
    return rules


def _refuse_twice(table: Table, key: str, values: list[Any]) -> None:
    twice = next((value for place, value in enumerate(values) if value in values[:place]), None)
    if twice is not None:
        raise table.refuse(key, lazy("“%(value)s” có hai lần", value=str(twice)))
