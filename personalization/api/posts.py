"""What a program posts: a judge and its answers."""

from typing import Any

from django.core.validators import RegexValidator
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from annotation.models import Study, User
from annotation.models.judgment import DistributionSource, Reason
from personalization.api.errors import Refused
from personalization.api.fields import LARGEST, Share, StrictSerializer, Text, Whole, Word
from personalization.models.verdict import Side
from personalization.posting.saving import post
from personalization.posting.shapes import (
    Answer,
    ChangedAnswersError,
    Judge,
    UnknownItemsError,
    WrongAnswersError,
)
from personalization.releases.kept import Kept

MOST_ROWS = 1000
LONGEST_NAME = 200
MOST_OPTIONS = 1000
# One line of readable text; it also keeps out the null character, which PostgreSQL refuses.
PLAIN = RegexValidator(
    r"^[^\x00-\x1f\x7f]*[^\x00-\x20\x7f][^\x00-\x1f\x7f]*\Z",
    "Write this in one line, and not with spaces alone.",
)
# Why a machine has no value; the other reasons are people's, or follow from two orders.
REASONS = (Reason.CANNOT_TELL, Reason.UNPARSED, Reason.REFUSED, Reason.FAILED)


class JudgeSerializer(StrictSerializer[Any]):
    """Who answered. Another name, model or configuration is another judge."""

    name = Text(validators=[PLAIN], max_length=LONGEST_NAME)
    model = Text(validators=[PLAIN], max_length=LONGEST_NAME, required=False)
    configuration = serializers.DictField(
        required=False, help_text="Whatever makes this judge this judge: prompt, sampling, seed."
    )


class AnswerSerializer(StrictSerializer[Any]):
    """One reading of one item: a value or a reason."""

    item = Whole(min_value=1, max_value=LARGEST)
    value = Text(required=False, allow_null=True, help_text="Key of an option open to judges.")
    reason = Word([(one.value, one.label) for one in REASONS], required=False, allow_null=True)
    certainty = Whole(min_value=1, max_value=100, required=False, allow_null=True)
    distribution = serializers.ListField(
        child=Share(),
        min_length=1,
        max_length=MOST_OPTIONS,
        required=False,
        allow_null=True,
        help_text="A share for each option of the question, in their order; they add up to 1.",
    )
    distribution_source = Word(DistributionSource.choices, required=False, allow_null=True)
    side = Word(
        Side.choices,
        required=False,
        help_text="Pairs asked in both orders: a row ab and a row ba, both mapped back to a and b.",
    )


class PostSerializer(StrictSerializer[Any]):
    """A judge and its answers."""

    judge = JudgeSerializer()
    judgments = serializers.ListField(child=AnswerSerializer(), min_length=1, max_length=MOST_ROWS)


class PostedSerializer(serializers.Serializer[Any]):
    """What a post has come to, in items."""

    rater = serializers.CharField(help_text="The judge, as judgments name it.")
    run = serializers.IntegerField(help_text="Number of the judge's run in this study.")
    new = serializers.IntegerField(help_text="Items answered for the first time.")
    unchanged = serializers.IntegerField(help_text="Items that had this answer already.")


def take(request: Request, by: User, study: Study) -> Response:
    """Check a post's form, save it, and say what it has come to."""
    read = PostSerializer(data=request.data)
    read.is_valid(raise_exception=True)
    judge, answers = _judge(read.validated_data["judge"]), _answers(read.validated_data)
    try:
        posted = post(Kept.of(study), judge, answers, by)
    except UnknownItemsError as error:
        text = "Some items are not in this study. Nothing was saved."
        raise Refused(status.HTTP_404_NOT_FOUND, "unknown_items", text, error.faults) from error
    except WrongAnswersError as error:
        text = "Some answers are not possible. Nothing was saved."
        raise Refused(status.HTTP_400_BAD_REQUEST, "invalid", text, error.faults) from error
    except ChangedAnswersError as error:
        text = "This judge has answered some items otherwise. Nothing was saved."
        raise Refused(status.HTTP_409_CONFLICT, "conflict", text, error.faults) from error
    content = {
        "rater": f"{posted.rater.kind}-{posted.rater.pk}",
        "run": posted.run.pk,
        "new": posted.new,
        "unchanged": posted.unchanged,
    }
    code = status.HTTP_201_CREATED if posted.new else status.HTTP_200_OK
    return Response(PostedSerializer(content).data, code)


def _judge(said: dict[str, Any]) -> Judge:
    model = {"model": said["model"]} if "model" in said else {}
    return Judge(said["name"], {**said.get("configuration", {}), **model})


def _answers(said: dict[str, Any]) -> list[Answer]:
    return [Answer(row, **one) for row, one in enumerate(said["judgments"])]
