"""Whether each judge favours its own model family, beyond what people and other judges do."""

from personalization.agreement.estimate import Reason
from personalization.agreement.frames import Frame, JudgeAnswers, Sides, identity_known
from personalization.agreement.judges.accuracy import NOT_ASKED
from personalization.agreement.judges.own_side import Pairs, Preferences, own_side
from personalization.agreement.judges.self_preference import self_preference
from personalization.agreement.report.judges import judge_name
from personalization.agreement.report.preferences import CANDIDATES, Ballot, ballot_of, judge_credit
from personalization.agreement.report.records import Collection, nothing, shown


def add_self_preference(out: Collection, frame: Frame) -> None:
    """Add the self-preference of each judge whose family wrote one side of some pair."""
    ballot, sides = ballot_of(frame), frame.sides
    if ballot is None or sides is None:
        return
    for judge in frame.judges:
        own = own_side(sides.family_a, sides.family_b, judge.family)
        if judge.family < 0 or not (own >= 0).any():
            continue
        for role in frame.panels:
            _add(out, frame, role, judge, ballot, sides)
        if not frame.panels:
            # Without people there is no zero, and how often a judge's own side wins says nothing.
            missing = nothing(Reason.NO_OVERLAP)
            out.add(judge_name(frame, judge), None, "self_preference_excess", missing)


def _add(
    out: Collection, frame: Frame, role: str, judge: JudgeAnswers, ballot: Ballot, sides: Sides
) -> None:
    name, labels = judge_name(frame, judge), frame.panels[role]
    found = self_preference(
        _preferences(ballot, judge),
        [_preferences(ballot, other) for other in frame.judges if other is not judge],
        Pairs(sides.family_a, sides.family_b, ballot.histogram(labels.histogram), CANDIDATES),
        frame.owner,
        len(labels.rater_ids) if identity_known(frame, role) else None,
        seed=out.seed_of(name, role),
    )
    for statistic, estimate in {
        "self_preference_excess": found.excess,
        "self_preference_others": found.others,
        "self_preference_did": found.did,
        "self_preference_second_reading": found.second_reading,
        "self_preference_own_win": found.own_credit,
        "self_preference_human": found.human_credit,
    }.items():
        out.add(name, role, statistic, shown(estimate))


def _preferences(ballot: Ballot, judge: JudgeAnswers) -> Preferences:
    return Preferences(judge_credit(ballot, judge), judge.value != NOT_ASKED, judge.family)
