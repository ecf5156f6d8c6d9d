"""Hold what the contest's own form asks against an entry: shares, the organisation, the summary, the day; pure."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

from contest_portal.contests.facts import EntryFacts, RuleProblem, problem_of
from contest_portal.contests.rulebook import Need, Rulebook
from contest_portal.core.i18n import lazy
from contest_portal.core.vietnamese import format_date

WHOLE: Final = Decimal(100)
ORGANISATION: Final = "organisation"


def check_forms(rules: Rulebook, entry: EntryFacts) -> Iterator[RuleProblem]:
    """Return what the form asks and the entry does not say, or says wrongly."""
    yield from _check_shares(rules, entry)
    yield from _check_entrant(rules, entry)
    yield from _check_made_on(rules, entry)
    if entry.texts is not None:
        yield from _check_sections(rules, entry.summary, entry.texts)
        yield from check_summary(rules, entry.summary, entry.texts)


def check_summary(rules: Rulebook, summary: str | None, texts: Mapping[str, str]) -> Iterator[RuleProblem]:
    """Return the problem of a summary that needs more than its pages, with how much to take out."""
    size = summary_length(summary, texts)
    if size > rules.summary_most:
        fact = lazy(
            "Tóm tắt dài %(size)s ký tự; hai trang A4 chứa được %(most)s ký tự.",
            size=grouped(size),
            most=grouped(rules.summary_most),
        )
        remedy = lazy("Hãy bớt %(count)s ký tự.", count=grouped(size - rules.summary_most))
        yield problem_of(fact, remedy, "summary_length", value=str(size), field="summary")


def summary_length(summary: str | None, texts: Mapping[str, str]) -> int:
    """Return how many characters the whole summary has, all its parts together."""
    return len(summary or "") + sum(len(text) for text in texts.values())


def share_sum(shares: list[Decimal]) -> Decimal:
    """Return what the shares come to, exactly."""
    return sum(shares, Decimal(0))


def written(number: Decimal) -> str:
    """Write a share the Vietnamese way: 33,33."""
    text = f"{number:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text).replace(".", ",")


def grouped(number: int) -> str:
    """Write a whole number the Vietnamese way: 6.000."""
    return f"{number:,}".replace(",", ".")


def _check_shares(rules: Rulebook, entry: EntryFacts) -> Iterator[RuleProblem]:
    """Ask for shares that come to the whole, once one of them was given or all are needed."""
    if rules.needs.share is Need.ABSENT:
        return
    own = [(index, person) for index, person in enumerate(entry.people) if person.role == rules.person_role]
    given = [person.share for _, person in own if person.share is not None]
    missing = [(index, person) for index, person in own if person.share is None]
    if missing and (given or rules.needs.share is Need.REQUIRED):
        for index, person in missing:
            fact = lazy("%(name)s chưa có tỷ lệ đóng góp.", name=person.full_name)
            yield problem_of(fact, lazy("Ghi phần trăm, ví dụ 50 hoặc 33,5."), "share", field="share", person=index)
    elif given and share_sum(given) != WHOLE:
        total = written(share_sum(given))
        fact = lazy("Tỷ lệ đóng góp của các tác giả cộng lại là %(sum)s %%, không phải 100 %%.", sum=total)
        yield problem_of(
            fact, lazy("Sửa tỷ lệ của từng người cho tổng bằng 100."), "share_sum", value=total, field="share"
        )


def _check_entrant(rules: Rulebook, entry: EntryFacts) -> Iterator[RuleProblem]:
    if entry.entrant != ORGANISATION:
        return
    if not rules.organisation_may_enter:
        fact, remedy = lazy("Cuộc thi này không nhận tổ chức dự thi."), lazy("Chọn cá nhân hoặc nhóm tác giả.")
        yield problem_of(fact, remedy, "entrant", value=entry.entrant, field="entrant")
        return
    if entry.school is None:
        fact, remedy = lazy("Chưa có tên tổ chức dự thi."), lazy("Chọn trường, cơ quan hoặc doanh nghiệp dự thi.")
        yield problem_of(fact, remedy, "entrant_school", field="school")
    if not entry.contact_name:
        fact, remedy = lazy("Tổ chức dự thi chưa có người đại diện."), lazy("Ghi họ tên người đại diện.")
        yield problem_of(fact, remedy, "entrant_contact", field="contact_name")


def _check_made_on(rules: Rulebook, entry: EntryFacts) -> Iterator[RuleProblem]:
    # None of texts: only a list is known, and a list does not say when a work was made.
    if rules.needs.made_on is Need.REQUIRED and entry.made_on is None and entry.texts is not None:
        fact, remedy = lazy("Chưa có ngày tạo ra."), lazy("Ghi ngày, ví dụ 15/03/2026.")
        yield problem_of(fact, remedy, "made_on", field="made_on")
    if rules.made_since and entry.made_on and entry.made_on < rules.made_since:
        made = format_date(entry.made_on)
        fact = lazy(
            "Tạo ra ngày %(value)s; thể lệ nhận từ ngày %(since)s.", value=made, since=format_date(rules.made_since)
        )
        remedy = lazy("Sửa ngày nếu ghi nhầm, hoặc dự thi bằng bài khác.")
        yield problem_of(fact, remedy, "made_since", value=made, field="made_on")


def _check_sections(rules: Rulebook, summary: str | None, texts: Mapping[str, str]) -> Iterator[RuleProblem]:
    if rules.needs.summary is Need.REQUIRED and not summary and not any(texts.values()):
        yield problem_of(
            lazy("Chưa có tóm tắt."), lazy("Viết tóm tắt không quá hai trang A4."), "summary", field="summary"
        )
    for section in rules.sections:
        text, label = texts.get(section.code) or "", _quoted(section.name)
        if not text and section.need is Need.REQUIRED:
            fact = lazy("Phần %(name)s của tóm tắt còn trống.", name=label)
            yield problem_of(
                fact, lazy("Hãy viết phần này."), "section", value=section.code, field=f"text_{section.code}"
            )
        if len(text) > section.most:
            fact = lazy(
                "Phần %(name)s dài %(size)s ký tự; nhiều nhất %(most)s ký tự.",
                name=label,
                size=grouped(len(text)),
                most=grouped(section.most),
            )
            remedy = lazy("Hãy bớt %(count)s ký tự.", count=grouped(len(text) - section.most))
            yield problem_of(fact, remedy, "section_length", value=section.code, field=f"text_{section.code}")


def _quoted(name: Any) -> Any:
    return lazy("“%(name)s”", name=name)
