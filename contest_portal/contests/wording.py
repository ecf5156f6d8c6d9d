"""Put an edition's rules into sentences."""

from contest_portal.contests.asking import DocumentRule
from contest_portal.contests.rulebook import Need, ParticipantRule, Rulebook
from contest_portal.core.i18n import _


def describe_people(rules: Rulebook) -> list[str]:
    """Say how many people of each role an entry has."""
    return [_count(rule) for rule in rules.roles]


def describe_needs(rules: Rulebook) -> list[str]:
    """Say what must be at hand to register."""
    wanted = (
        (rules.needs.birth_date, _("Ngày sinh của từng %(person)s", person=str(rules.people.word))),
        (rules.needs.class_name, _("Lớp của từng %(person)s", person=str(rules.people.word))),
        (rules.needs.unit, _("Đơn vị (huyện, thành phố, xã, phường) của %(entry)s", entry=str(rules.entry_word))),
    )
    asked = [sentence for need, sentence in wanted if need is Need.REQUIRED]
    name = _("Tên %(entry)s", entry=str(rules.entry_word))
    return [name, _("Họ và tên của từng người"), *asked, _("Số điện thoại để Ban Tổ chức liên hệ")]


def describe_document(rule: DocumentRule) -> str:
    """Say how much of one kind of document is asked for."""
    need = _("bắt buộc") if rule.need is Need.REQUIRED else _("không bắt buộc")
    if rule.per_person:
        return _("%(word)s của từng người (%(need)s)", word=str(rule.word), need=need)
    return _("%(word)s, nhiều nhất %(most)s tệp (%(need)s)", word=str(rule.word), most=rule.most, need=need)


def _count(rule: ParticipantRule) -> str:
    word = str(rule.word)
    if rule.least == rule.most:
        return _("Đúng %(most)s %(word)s", most=rule.most, word=word)
    if rule.least == 0:
        return _("Nhiều nhất %(most)s %(word)s", most=rule.most, word=word)
    return _("Từ %(least)s đến %(most)s %(word)s", least=rule.least, most=rule.most, word=word)
