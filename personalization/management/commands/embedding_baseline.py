"""Let another embedding than the usual one stand beside judges, as a baseline."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from annotation.models import Question, Study
from personalization.embedding.choosing import choices
from personalization.embedding.errors import EmbedError
from personalization.judge.baselines import makes_sense
from personalization.judge.runs import start_embedding
from personalization.judge.scales import scale_of
from personalization.llm.backend import AskError


class Command(BaseCommand):
    """Measure a question's texts by an embedder, choose a threshold, and let workers answer all items.

    The embedding by word counts (tf-idf) comes by itself; this one stays another rater beside it.
    """

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Name the question and the embedder."""
        parser.add_argument("--study", required=True)
        parser.add_argument("--question", required=True, help="its key")
        parser.add_argument(
            "--embedder",
            required=True,
            help="endpoint:<name>/<model>, or local:<folder below CONCORD_MODELS>",
        )

    def handle(self, *, study: str, question: str, embedder: str, **options: Any) -> None:
        """Start the run; the same one again where it is under way."""
        if not Study.objects.filter(name=study).exists():
            raise CommandError(f"There is no study {study}.")
        asked = Question.objects.filter(study__name=study, key=question).order_by("-version")
        one = asked.select_related("study").prefetch_related("options").first()
        if one is None:
            raise CommandError(f"The study {study} has no question {question}.")
        if not makes_sense("embedding", scale_of(one), one.kind):
            raise CommandError(f"Closeness says nothing about {question}.")
        try:
            run = start_embedding(one.study, one, embedder)
        except EmbedError as error:
            known = ", ".join(choices())
            raise CommandError(f"{error} Known here: {known}.") from error
        except AskError as error:
            raise CommandError(f"The embedder does not answer: {error}.") from error
        self.stdout.write(f"{run.rater.name}: run {run.pk}")
