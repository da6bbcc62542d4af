"""From an item's material to a request: the wording, the answers on offer, one order."""

from collections.abc import Mapping
from typing import Any

from annotation.models import Question
from personalization.judge.choices import Scale, Side
from personalization.judge.material import Material
from personalization.llm.backend import Ask
from personalization.llm.fences import options
from personalization.prompts import prompt


def request(
    material: Material,
    question: Question,
    scale: Scale,
    side: Side,
    configuration: Mapping[str, Any],
) -> Ask:
    """Return what to ask a judge of this configuration about one item in one order.

    The judge is a stranger to the person, and reads the strangers' wording of the question.
    """
    wording = question.wording_third_party or question.wording
    if question.worse:
        wording = f"{wording} (The question asks for the worse one.)"
    asked = prompt(material.prompt, configuration["prompts"][material.prompt]["version"])
    messages = asked.fill(
        question=wording,
        options=options({one.key: one.label for one in scale.offered}),
        **material.shown(side),
    )
    return Ask(configuration["model"], messages, configuration["sampling"])
