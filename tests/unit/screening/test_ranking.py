"""Places, ties and lines of a unit's ranking, and the score that sheets give."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contest_portal.screening.round.criteria import CriterionLine
from contest_portal.screening.round.ranking import Candidate, Decided, Ranking, rank, split_ties
from contest_portal.screening.round.scoring import mean_of, sheet_problems, spread_of

SCORES = st.integers(0, 6).map(lambda half: Decimal(half) / 2)
REFERENCES = [f"TN{number:02d}" for number in range(12)]


@st.composite
def fields(draw: st.DrawFn) -> list[Candidate]:
    """Draw entries of few scores, so that there are ties, in two groups."""
    references = draw(st.lists(st.sampled_from(REFERENCES), unique=True, max_size=12))
    return [
        Candidate(name, draw(SCORES), draw(st.sampled_from("AB")), draw(st.integers(0, 4)) == 0) for name in references
    ]


def _rows(**scores: str) -> list[Candidate]:
    return [Candidate(reference, Decimal(score)) for reference, score in scores.items()]


def _tie(ranking: Ranking, reference: str) -> tuple[str, ...]:
    tie = ranking.tie_of(reference)
    return tie.references if tie else (reference,)


def test_equal_scores_share_a_place_and_leave_the_next_ones_free() -> None:
    ranking = rank(_rows(C="80", A="90", B="80", D="70"))
    assert dict(ranking.places) == {"A": 1, "B": 2, "C": 2, "D": 4}
    assert ranking.order == ("A", "B", "C", "D")
    assert [(tie.place, tie.references, tie.decided) for tie in ranking.ties] == [(2, ("B", "C"), False)]


def test_groups_are_ranked_each_by_itself_and_no_line_is_drawn_across_them() -> None:
    rows = [Candidate("A", Decimal(90), "x"), Candidate("B", Decimal(80), "y"), Candidate("C", Decimal(80), "x")]
    ranking = rank(rows, within="group", quota=1, prizes=[("Nhất", 1)])
    assert dict(ranking.places) == {"A": 1, "C": 2, "B": 1}
    assert (ranking.ties, ranking.above, ranking.prizes) == ((), frozenset(), {})


def test_a_decided_tie_has_a_place_for_each_in_the_decided_order() -> None:
    ranking = rank(_rows(A="90", B="80", C="80", D="70"), [Decided(Decimal(80), ("C", "B"))])
    assert dict(ranking.places) == {"A": 1, "C": 2, "B": 3, "D": 4}
    assert ranking.void == ()


def test_the_newest_decision_of_the_same_entries_holds() -> None:
    decisions = [Decided(Decimal(80), ("C", "B")), Decided(Decimal(80), ("B", "C"))]
    ranking = rank(_rows(B="80", C="80"), decisions)
    assert (ranking.order, ranking.void) == (("B", "C"), ())


@pytest.mark.parametrize(
    ("scores", "why"),
    [
        ({"A": "81", "B": "80"}, "moved"),
        ({"A": "81", "B": "81"}, "moved"),
        ({"A": "80", "B": "80", "C": "80"}, "joined"),
        ({"A": "80"}, "gone"),
    ],
)
def test_a_decision_that_matches_no_more_is_void_and_says_why(scores: dict[str, str], why: str) -> None:
    decision = Decided(Decimal(80), ("B", "A"))
    ranking = rank(_rows(**scores), [decision])
    assert [(void.decision, void.why) for void in ranking.void] == [(decision, why)]
    assert not any(tie.decided for tie in ranking.ties)


def test_a_newer_decision_about_one_of_the_entries_takes_the_place_of_a_void_one() -> None:
    decisions = [Decided(Decimal(80), ("B", "A")), Decided(Decimal(80), ("C", "A", "B"))]
    ranking = rank(_rows(A="80", B="80", C="80"), decisions)
    assert (ranking.order, ranking.void) == (("C", "A", "B"), ())


@pytest.mark.parametrize(
    ("quota", "above", "crosses"),
    [(0, "", False), (1, "A", False), (2, "A", True), (3, "ABC", False), (4, "ABCD", False), (None, "ABCD", False)],
)
def test_a_tie_crosses_the_line_when_only_a_part_of_it_has_room(quota: int | None, above: str, crosses: bool) -> None:
    ranking = rank(_rows(A="90", B="80", C="80", D="70"), quota=quota)
    assert ranking.above == set(above)
    assert [tie.crosses_quota for tie in ranking.ties] == [crosses]
    assert [tie.matters for tie in ranking.ties] == [crosses]


def test_a_decision_lets_its_first_ones_over_the_line() -> None:
    ranking = rank(_rows(A="90", B="80", C="80"), [Decided(Decimal(80), ("C", "B"))], quota=2)
    assert ranking.above == {"A", "C"}
    assert [(tie.crosses_quota, tie.matters) for tie in ranking.ties] == [(True, False)]


def test_whoever_is_kept_back_or_below_the_pass_mark_leaves_the_room_to_the_next() -> None:
    rows = [replace(row, kept=row.reference == "A") for row in _rows(A="90", B="80", C="70", D="40")]
    assert rank(rows, quota=2).above == {"B", "C"}
    assert rank(rows, quota=3, pass_mark=Decimal(50)).above == {"B", "C"}


def test_prizes_go_down_the_order_and_wait_where_a_tie_lies_across_them() -> None:
    rows = _rows(A="90", B="80", C="80", D="70")
    prizes = [("Nhất", 1), ("Nhì", 1), ("Ba", 2)]
    ranking = rank(rows, prizes=prizes)
    assert ranking.prizes == {"A": "Nhất", "D": "Ba"}
    assert [(tie.crosses_prize, tie.matters) for tie in ranking.ties] == [(True, True)]
    decided = rank(rows, [Decided(Decimal(80), ("C", "B"))], prizes=prizes)
    assert decided.prizes == {"A": "Nhất", "C": "Nhì", "B": "Ba", "D": "Ba"}


def test_a_tie_within_one_prize_is_only_told() -> None:
    ranking = rank(_rows(A="80", B="80"), prizes=[("Nhì", 2)])
    assert ranking.prizes == {"A": "Nhì", "B": "Nhì"}
    assert [(tie.crosses_prize, tie.matters) for tie in ranking.ties] == [(False, False)]


def test_forwarding_a_part_of_a_tie_counts_only_where_the_rest_has_no_room() -> None:
    ranking = rank(_rows(A="90", B="80", C="80"), quota=2)
    assert [tie.references for tie in split_ties(ranking, {"A", "B"}, 2)] == [("B", "C")]
    assert split_ties(ranking, {"A", "B"}, 3) == []
    assert split_ties(ranking, {"A", "B"}, None) == []
    assert split_ties(ranking, {"A"}, 1) == []
    assert split_ties(ranking, {"A", "B", "C"}, 3) == []
    decided = rank(_rows(A="90", B="80", C="80"), [Decided(Decimal(80), ("C", "B"))], quota=2)
    assert split_ties(decided, {"A", "C"}, 2) == []


@given(fields(), st.randoms(), st.sampled_from(["unit", "group"]), st.none() | st.integers(0, 13))
def test_the_order_entries_come_in_changes_nothing(
    rows: list[Candidate], mixed: object, within: str, quota: int
) -> None:
    shuffled = list(rows)
    mixed.shuffle(shuffled)  # type: ignore[attr-defined]
    prizes = [("Nhất", 1), ("Nhì", 2)]
    assert rank(shuffled, within=within, quota=quota, prizes=prizes) == rank(
        rows, within=within, quota=quota, prizes=prizes
    )


@given(fields(), st.sampled_from(["unit", "group"]))
def test_places_follow_scores(rows: list[Candidate], within: str) -> None:
    places = rank(rows, within=within).places
    assert places.keys() == {row.reference for row in rows}
    for row in rows:
        better = [o for o in rows if o.score > row.score and (within == "unit" or o.group == row.group)]
        assert places[row.reference] == len(better) + 1


@given(fields(), st.data(), st.sampled_from(["unit", "group"]))
def test_a_decision_orders_exactly_its_own_entries(rows: list[Candidate], data: st.DataObject, within: str) -> None:
    before = rank(rows, within=within)
    if not before.ties:
        return
    tie = data.draw(st.sampled_from(before.ties))
    chosen = tuple(data.draw(st.permutations(tie.references)))
    after = rank(rows, [Decided(tie.score, chosen)], within=within)
    assert _tie(after, chosen[0]) == chosen
    assert [after.places[name] for name in chosen] == list(range(tie.place, tie.place + len(chosen)))
    others = before.places.keys() - set(chosen)
    assert {name: after.places[name] for name in others} == {name: before.places[name] for name in others}
    assert [t for t in after.ties if t.references != chosen] == [t for t in before.ties if t != tie]
    assert after.void == ()


@given(fields(), st.integers(0, 13))
def test_nobody_above_the_line_has_less_than_somebody_below_who_might_go(rows: list[Candidate], quota: int) -> None:
    ranking = rank(rows, quota=quota)
    scores = {row.reference: row.score for row in rows if not row.kept}
    assert len(ranking.above) <= quota
    below = [score for reference, score in scores.items() if reference not in ranking.above]
    assert all(scores[reference] > max(below, default=Decimal(-1)) for reference in ranking.above)


@given(st.lists(st.integers(0, 10_000).map(lambda cents: Decimal(cents) / 100), min_size=1, max_size=50))
def test_a_score_is_the_exact_mean_rounded_once(totals: list[Decimal]) -> None:
    exact = Fraction(sum(totals)) / len(totals)
    score = mean_of(totals)
    assert score is not None
    assert score == score.quantize(Decimal("0.01"))
    # A half goes upwards: the mean lies within [score - 0.005, score + 0.005).
    assert Fraction(score) - Fraction(1, 200) <= exact < Fraction(score) + Fraction(1, 200)


def test_a_half_is_rounded_upwards_and_no_sheets_give_no_score() -> None:
    assert mean_of([Decimal("80.01"), Decimal("80.02")]) == Decimal("80.02")
    assert mean_of([Decimal(80), Decimal(81), Decimal(81)]) == Decimal("80.67")
    assert mean_of([]) is None


def test_the_spread_needs_two_sheets() -> None:
    assert spread_of([Decimal(70), Decimal("82.5"), Decimal(75)]) == Decimal("12.5")
    assert spread_of([Decimal(70)]) is None


def test_a_sheet_says_of_each_line_what_is_wrong() -> None:
    lines = [
        CriterionLine("new", "Tính mới", None, Decimal(30)),
        CriterionLine("use", "Tính hữu ích", None, Decimal(20)),
    ]
    problems = sheet_problems(lines, {"new": Decimal(31), "odd": Decimal(1)}, whole=True)
    assert [(p.field, str(p.message)) for p in problems] == [
        ("points_new", "Điểm phải từ 0 đến 30."),
        ("points_use", "Chưa chấm tiêu chí “Tính hữu ích”."),
        (None, "Có tiêu chí không thuộc phiếu này."),
    ]
    assert sheet_problems(lines, {"new": Decimal("7.5")}) == []
    assert [str(p.message) for p in sheet_problems(lines, {"new": Decimal("7.3")})] == ["Điểm phải là bội số của 0,5."]
