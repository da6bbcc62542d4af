"""Who wrote a response: the model that was asked, its family, and how it was asked."""

from annotation.models import Author
from annotation.models.response import AuthorKind
from personalization.models import ModelCall

NO_SAMPLING = ("model", "messages")


def author_of(call: ModelCall) -> Author:
    """Return the author of a model's answer, made now if there is none of this sampling yet."""
    said = {key: value for key, value in call.request.items() if key not in NO_SAMPLING}
    author, _new = Author.objects.get_or_create(
        kind=AuthorKind.MODEL,
        name=call.model,
        sampling=said,
        defaults={"family": family(call.model)},
    )
    return author


def family(model: str) -> str:
    """Return the family of a model, as far as its name tells.

    >>> family("meta-llama/Llama-3.3-70B-Instruct"), family("gpt-5.4")
    ('llama', 'gpt')
    """
    return model.rpartition("/")[2].partition("-")[0].casefold()
