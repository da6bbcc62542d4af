"""Items: what every rater answers."""

from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from annotation.models import Evidence, Item
from annotation.models.conversation import Speaker
from personalization.agreement.report import question_name
from personalization.api.errors import problems
from personalization.api.fields import Parameters
from personalization.api.pagination import PageParameters, next_link, page
from personalization.api.subjects import JOINS, SubjectSerializer, subject
from personalization.api.views import ApiView, question_named
from personalization.releases.kept import Kept

LONGEST_FILTER = 200


class ItemSerializer(serializers.Serializer[Item]):
    """One (subject, question)."""

    id = serializers.IntegerField()
    question = serializers.SerializerMethodField(help_text="Name of the question.")
    stage = serializers.CharField(source="sheet.stage", help_text="Stage of the study.")
    owner = serializers.SerializerMethodField(
        help_text="Pseudonym of the person it is about; null where nobody is known."
    )
    subject = serializers.SerializerMethodField()

    def get_question(self, item: Item) -> str:
        """Return the name of the question."""
        return question_name(item.question)

    def get_owner(self, item: Item) -> str | None:
        """Return the owner's name in this study."""
        owner = item.sheet.owner
        if owner is None or owner.participant_id is None:
            return None
        kept: Kept = self.context["kept"]
        return kept.pseudonym(owner.participant_id)

    @extend_schema_field(SubjectSerializer)
    def get_subject(self, item: Item) -> dict[str, Any]:
        """Return what the item is about."""
        return subject(item)


class TurnSerializer(serializers.Serializer[Any]):
    """One message."""

    position = serializers.IntegerField()
    speaker = serializers.ChoiceField(Speaker.choices)
    text = serializers.CharField()
    evidence = serializers.BooleanField(
        help_text="True where the attribute is said to stem from it."
    )


class ConversationSerializer(serializers.Serializer[Any]):
    """A chat that raters of the item see."""

    id = serializers.IntegerField()
    turns = TurnSerializer(many=True)


class WholeItemSerializer(ItemSerializer):
    """One item with all that its raters see."""

    study = serializers.CharField(source="study.name")
    conversations = serializers.SerializerMethodField()

    @extend_schema_field(ConversationSerializer(many=True))
    def get_conversations(self, item: Item) -> list[dict[str, Any]]:
        """Return the chats that the item's sheet shows."""
        kept: Kept = self.context["kept"]
        shown = item.sheet.shown.get("conversations", [])
        evidence = set(
            Evidence.objects.filter(attribute=item.attribute_id).values_list("turn_id", flat=True)
        )
        chats = kept.conversations().filter(pk__in=shown).order_by("pk").prefetch_related("turns")
        return [
            {
                "id": chat.pk,
                "turns": [
                    {
                        "position": turn.position,
                        "speaker": turn.speaker,
                        "text": turn.text,
                        "evidence": turn.pk in evidence,
                    }
                    for turn in chat.turns.all()
                ],
            }
            for chat in chats
        ]


class ItemsSerializer(serializers.Serializer[Any]):
    """A page of items."""

    results = ItemSerializer(many=True)
    next = serializers.URLField(allow_null=True, help_text="The next page; null on the last one.")


class ItemParameters(PageParameters):
    """What items to list."""

    question = serializers.CharField(
        required=False, max_length=LONGEST_FILTER, help_text="Name of a question."
    )
    stage = serializers.CharField(
        required=False, max_length=LONGEST_FILTER, help_text="Name of a stage."
    )


class Items(ApiView):
    """The items of a study."""

    @extend_schema(
        operation_id="items",
        parameters=[ItemParameters],
        responses={200: ItemsSerializer, **problems(400, 404)},
    )
    def get(self, request: Request, name: str) -> Response:
        """List a study's items, oldest first."""
        asked = ItemParameters.of(request)
        study = self.study_named(name)
        kept = Kept.of(study)
        items = kept.items().select_related("question", "sheet__owner", *JOINS)
        if "question" in asked:
            items = items.filter(question=question_named(study, asked["question"]))
        if "stage" in asked:
            items = items.filter(sheet__stage=asked["stage"])
        rows, more = page(items, asked)
        content = {"results": rows, "next": next_link(request, rows, more)}
        return Response(ItemsSerializer(content, context={"kept": kept}).data)


class OneItem(ApiView):
    """One item."""

    @extend_schema(operation_id="item", responses={200: WholeItemSerializer, **problems(400, 404)})
    def get(self, request: Request, pk: int) -> Response:
        """Read one item, with the conversations that its raters see."""
        Parameters.of(request)
        found = Item.objects.select_related("study").filter(pk=pk).first()
        if found is None:
            raise Http404
        self.check_object_permissions(request, found.study)
        kept = Kept.of(found.study)
        rows = kept.items().select_related("study", "question", "sheet__owner", *JOINS)
        item = rows.filter(pk=pk).first()
        if item is None:
            raise Http404
        return Response(WholeItemSerializer(item, context={"kept": kept}).data)
