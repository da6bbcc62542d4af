"""Whether what a selection names exists: a typing error must not look like an empty panel."""

from collections.abc import Iterable, Mapping

from django.db.models import Exists, OuterRef
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, ngettext, pgettext

from annotation.models import Judgment, Question, Rater
from annotation.models.rater import RaterKind
from personalization.agreement.frames.reading import Parameter, rows
from personalization.agreement.frames.selection import Selection, SelectionError

MOST_NAMED = 20
# What there is to choose from, by filter: by the kind of arm, too.
KNOWN = {
    "author": """
        SELECT CASE w.kind WHEN 'human' THEN 'human' ELSE w.name END FROM annotation_item i
        JOIN annotation_responsepair p ON p.id = i.response_pair_id
        JOIN annotation_response x ON x.id IN (p.a_id, p.b_id)
        JOIN annotation_author w ON w.id = x.author_id
        WHERE i.question_id = %(question)s
        UNION
        SELECT CASE w.kind WHEN 'human' THEN 'human' ELSE w.name END FROM annotation_item i
        JOIN annotation_response x ON x.id = i.response_id
        JOIN annotation_author w ON w.id = x.author_id
        WHERE i.question_id = %(question)s""",
    "extractor": """
        SELECT DISTINCT a.name FROM personalization_arm a
        WHERE a.study_id = %(study)s AND a.step IN ('extraction', 'revision')""",
    "language": """
        SELECT DISTINCT r.fields ->> 'language' FROM annotation_record r
        WHERE r.study_id = %(study)s AND r.fields ->> 'language' IS NOT NULL
        UNION
        SELECT d.value FROM annotation_demographic d
        WHERE d.study_id = %(study)s AND d.key = 'language'""",
    "category": """
        SELECT DISTINCT r.fields ->> 'category' FROM annotation_record r
        WHERE r.study_id = %(study)s AND r.fields ->> 'category' IS NOT NULL""",
    "demographic": """
        SELECT DISTINCT d.key FROM annotation_demographic d WHERE d.study_id = %(study)s""",
    "rater": """
        SELECT DISTINCT r.name FROM annotation_rater r WHERE EXISTS (
            SELECT FROM annotation_judgment j
            WHERE j.rater_id = r.id AND j.question_id = %(question)s
        )""",
}
NOT_HERE: Mapping[str, str | Promise] = {
    "author": gettext_lazy("There is no author %(names)s here. There are: %(known)s."),
    "extractor": gettext_lazy("There is no extractor %(names)s here. There are: %(known)s."),
    "language": gettext_lazy("There is no language %(names)s here. There are: %(known)s."),
    "category": gettext_lazy("There is no category %(names)s here. There are: %(known)s."),
    "demographic": gettext_lazy("There is no demographic %(names)s here. There are: %(known)s."),
    "rater": gettext_lazy("There is no rater %(names)s here. There are: %(known)s."),
}
HOW_TO_MEND: Mapping[str, str | Promise] = {
    "language": gettext_lazy(
        "An imported item has a language as its field `language`, a person as the demographic"
        " `language`."
    ),
    "category": gettext_lazy("Give imported items a field `category`."),
    "demographic": gettext_lazy("Import them: manage.py import_demographics."),
}

ALWAYS_THERE = gettext_lazy("Baselines stand beside every judge: %(names)s cannot be left out.")


def check(question: Question, selection: Selection) -> None:
    """Raise SelectionError where a filter names an arm, property or rater that is not there."""
    parameters: Mapping[str, Parameter] = {
        "question": question.pk,
        "study": question.study_id,
    }
    kind, _, arm = selection.arm.partition(":")
    asked: list[tuple[str, str, Iterable[str]]] = [
        ("arm", kind, [arm]),
        ("language", "language", [selection.language]),
        ("category", "category", [selection.category]),
        ("demographic", "demographic", [selection.demographic]),
        ("rater", "rater", selection.raters),
        ("without_rater", "rater", selection.without_raters),
    ]
    faults = {}
    for name, what, values in asked:
        wanted = {value for value in values if value}
        if not wanted or what not in KNOWN:
            continue
        known = sorted(value for (value,) in rows(KNOWN[what], parameters))
        if missing := sorted(wanted - {*known}):
            faults[name] = _fault(what, missing, known)
        elif name == "without_rater" and (fixed := sorted(wanted & _baselines(question))):
            names = {"names": ", ".join(map(repr, fixed))}
            faults[name] = ALWAYS_THERE % names
    if faults:
        raise SelectionError(faults)


def _baselines(question: Question) -> set[str]:
    """Return the names that only baselines have here."""
    answered = Rater.objects.filter(
        Exists(Judgment.objects.filter(rater=OuterRef("pk"), question=question))
    )
    baselines = answered.filter(kind=RaterKind.BASELINE).values_list("name", flat=True)
    others = answered.exclude(kind=RaterKind.BASELINE).values_list("name", flat=True)
    return {*baselines} - {*others}


def _fault(what: str, missing: list[str], known: list[str]) -> str:
    names = {"names": ", ".join(map(repr, missing)), "known": _listed(known)}
    text = NOT_HERE[what] % names
    return f"{text} {HOW_TO_MEND[what]}" if not known and what in HOW_TO_MEND else text


def _listed(known: list[str]) -> str:
    """Return what there is in one line; of many, the first ones and how many more."""
    if not known:
        return pgettext("what there is", "none")
    shown, more = ", ".join(known[:MOST_NAMED]), len(known) - MOST_NAMED
    if more <= 0:
        return shown
    text = ngettext("%(known)s and %(count)d more", "%(known)s and %(count)d more", more)
    return text % {"known": shown, "count": more}


assert set(NOT_HERE) == set(KNOWN)  # noqa: S101 - none forgotten
