"""Judgments: read everybody's, post a judge's."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from annotation.models import Judgment, Question
from annotation.models.judgment import DistributionSource, Reason, Role, Use
from annotation.models.rater import RaterKind
from personalization.agreement.report import question_name
from personalization.api.errors import problems
from personalization.api.fields import LARGEST, Digits
from personalization.api.items import LONGEST_FILTER
from personalization.api.pagination import PageParameters, next_link
from personalization.api.posts import PostedSerializer, PostSerializer, take
from personalization.api.views import ApiView, question_named
from personalization.releases.kept import Kept


class JudgmentSerializer(serializers.Serializer[Judgment]):
    """A rater's current answer to an item: a value or a reason."""

    id = serializers.IntegerField()
    item = serializers.IntegerField(source="item_id")
    question = serializers.SerializerMethodField(help_text="Name of the question.")
    rater = serializers.SerializerMethodField(
        help_text="A person's pseudonym in this study, or kind and number of a machine."
    )
    rater_kind = serializers.ChoiceField(RaterKind.choices, source="rater.kind")
    rater_name = serializers.SerializerMethodField(help_text="Name of a machine; null for people.")
    role = serializers.ChoiceField(
        Role.choices, help_text="The rater's relation to the item; never pool the roles."
    )
    use = serializers.ChoiceField(Use.choices, help_text="What it counts for; panels use labels.")
    occasion = serializers.IntegerField(help_text="0, or the number of the repetition.")
    value = serializers.SerializerMethodField("get_option", help_text="Key of the chosen option.")
    reason = serializers.ChoiceField(
        Reason.choices, allow_null=True, help_text="Why there is no value."
    )
    score = serializers.FloatField(allow_null=True, help_text="Mean of both orders; machines only.")
    certainty = serializers.IntegerField(allow_null=True, help_text="1 to 100.")
    distribution = serializers.ListField(
        child=serializers.FloatField(), allow_null=True, help_text="Shares of the options."
    )
    distribution_source = serializers.ChoiceField(DistributionSource.choices, allow_null=True)
    at = serializers.DateTimeField()

    def get_question(self, judgment: Judgment) -> str:
        """Return the name of the question."""
        return question_name(self._question(judgment))

    def get_rater(self, judgment: Judgment) -> str:
        """Return the rater's name in this study, as exports write it."""
        kept: Kept = self.context["kept"]
        rater = judgment.rater
        person = rater.participant_id
        return f"{rater.kind}-{rater.pk}" if person is None else kept.pseudonym(person)

    def get_rater_name(self, judgment: Judgment) -> str | None:
        """Return what a machine is called."""
        return None if judgment.rater.kind == RaterKind.PERSON else judgment.rater.name

    def get_option(self, judgment: Judgment) -> str | None:
        """Return the key of the chosen option."""
        options = self._question(judgment).options.all()
        return next((one.key for one in options if one.code == judgment.value), None)

    def _question(self, judgment: Judgment) -> Question:
        questions: dict[int, Question] = self.context["questions"]
        return questions[judgment.question_id]


class JudgmentsSerializer(serializers.Serializer[Any]):
    """A page of judgments."""

    results = JudgmentSerializer(many=True)
    next = serializers.URLField(allow_null=True, help_text="The next page; null on the last one.")


class JudgmentParameters(PageParameters):
    """What judgments to list."""

    question = serializers.CharField(
        required=False, max_length=LONGEST_FILTER, help_text="Name of a question."
    )
    role = serializers.ChoiceField(Role.choices, required=False)
    rater_kind = serializers.ChoiceField(RaterKind.choices, required=False)
    item = Digits(required=False, min_value=1, max_value=LARGEST, help_text="Number of an item.")


class Judgments(ApiView):
    """The judgments of a study."""

    @extend_schema(
        operation_id="judgments",
        parameters=[JudgmentParameters],
        responses={200: JudgmentsSerializer, **problems(400, 404)},
    )
    def get(self, request: Request, name: str) -> Response:
        """List the current answers of people and machines, oldest first."""
        asked = JudgmentParameters.of(request)
        study = self.study_named(name)
        questions = {one.pk: one for one in study.questions.prefetch_related("options")}
        chosen = list(questions)
        if "question" in asked:
            chosen = [question_named(study, asked["question"]).pk]
        kept = Kept.of(study)
        rows, more = _page(_filtered(kept.judgments(), asked), chosen, asked)
        content = {"results": rows, "next": next_link(request, rows, more)}
        context = {"kept": kept, "questions": questions}
        return Response(JudgmentsSerializer(content, context=context).data)

    @extend_schema(
        operation_id="post_judgments",
        request=PostSerializer,
        responses={
            200: PostedSerializer,
            201: PostedSerializer,
            **problems(400, 404, 409, 413, 415),
        },
    )
    def post(self, request: Request, name: str) -> Response:
        """Post a judge's answers to up to 1000 rows at once: all are saved, or none.

        The same answers again change nothing (200). Another answer of the same judge to the same
        item is refused (409): another configuration is another judge.
        """
        return take(request, self.user, self.study_named(name))


def _filtered(judgments: QuerySet[Judgment], asked: dict[str, Any]) -> QuerySet[Judgment]:
    columns = {"role": "role", "rater_kind": "rater__kind", "item": "item_id"}
    given = {column: asked[name] for name, column in columns.items() if name in asked}
    return judgments.filter(**given)


def _page(
    judgments: QuerySet[Judgment], questions: list[int], asked: dict[str, Any]
) -> tuple[list[Judgment], bool]:
    """Return the page asked for, and whether another one follows.

    Each question is read in the order of its own index and merged, so that a page never walks
    over the answers of other studies.
    """
    limit: int = asked["limit"]
    after = judgments.filter(pk__gt=asked["after"]).order_by("pk").values_list("pk", flat=True)
    parts = [after.filter(question=one)[: limit + 1] for one in questions]
    if not parts:
        return [], False
    merged = parts[0].union(*parts[1:], all=True).order_by("pk") if parts[1:] else parts[0]
    found = list(merged[: limit + 1])
    rows = Judgment.objects.filter(pk__in=found[:limit]).select_related("rater").order_by("pk")
    return list(rows), len(found) > limit
