"""Lists of queries: where they come from, under which licence, and what of them is used."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, ProtectedError, Q, QuerySet
from django.utils.translation import gettext as _

from annotation.models import Query, QueryList, RelevancePair, Response, Study
from annotation.preparation import hold, next_keys
from annotation.query_files import Fault, Read


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a list comes from; a licence is required, as nobody may use texts without one."""

    name: str
    licence: str
    source: str = ""
    url: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class AddedList:
    """How many queries are new, and how many the study, or the file itself, had already."""

    of_list: QueryList
    new: int
    known: int


class ListRefusedError(ValueError):
    """A list that cannot be added; says why, by line. Nothing of it was added."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__(" ".join(one.said for one in faults))


@transaction.atomic
def add_list(study: Study, about: Provenance, queries: Sequence[Read]) -> AddedList:
    """Add a list, or what is new of it: a text that the study has already stays where it is.

    The same list again adds nothing. ListRefusedError where a key is another query's, or where a
    list of this name has another origin.
    """
    hold(study)
    faults = [*_no_address(about), *_other_origin(study, about), *_taken(study, queries)]
    if faults:
        raise ListRefusedError(faults)
    of_list, _new = QueryList.objects.get_or_create(
        study=study,
        name=about.name,
        defaults={
            "source": about.source,
            "licence": about.licence,
            "url": about.url,
            "note": about.note,
        },
    )
    known = set(study.queries.values_list("text", flat=True))
    new = {one.text: one.key for one in reversed(queries) if one.text not in known}
    texts = [text for text in dict.fromkeys(one.text for one in queries) if text in new]
    taken = set(study.queries.values_list("key", flat=True)) | set(new.values())
    keys = (key for key in next_keys(study) if key not in taken)
    Query.objects.bulk_create(
        Query(
            study=study,
            list=of_list,
            key=new[text] or next(keys),
            text=text,
            source=about.source,
            licence=about.licence,
        )
        for text in texts
    )
    return AddedList(of_list, len(texts), len(queries) - len(texts))


def lists(study: Study) -> QuerySet[Any]:
    """Return a study's lists with how many queries each has (`count`), and has in use (`used`)."""
    used = [
        Exists(one._default_manager.filter(query=OuterRef("queries__pk")))
        for one in (RelevancePair, Response)
    ]
    return study.query_lists.annotate(
        count=Count("queries"), used=Count("queries", filter=Q(used[0]) | Q(used[1]))
    ).order_by("name")


@transaction.atomic
def delete_list(of_list: QueryList) -> bool:
    """Delete a list with its queries; return False where one of them is used: then all of it stays."""
    # Whoever is about to use a query waits for these locks, and then finds no query.
    list(Query.objects.select_for_update().filter(list=of_list).values_list("pk"))
    try:
        with transaction.atomic():
            of_list.queries.all().delete()
            of_list.delete()
    except ProtectedError:
        return False
    return True


def _no_address(about: Provenance) -> Iterator[Fault]:
    """Yield that an address is none: it becomes a link on a page."""
    if about.url and not about.url.startswith(("https://", "http://")):
        yield Fault(0, _("An address begins with https:// or http://."))


def _other_origin(study: Study, about: Provenance) -> Iterator[Fault]:
    """Yield that there is a list of this name which comes from elsewhere."""
    there = study.query_lists.filter(name=about.name).first()
    if there is None or (there.licence, there.source) == (about.licence, about.source):
        return
    said = _(
        "There is a list %(name)s with another source or licence (%(source)s, %(licence)s). Give"
        " this one another name, or write the same."
    )
    origin = {"name": about.name, "source": there.source or "-", "licence": there.licence or "-"}
    yield Fault(0, said % origin)


def _taken(study: Study, queries: Iterable[Read]) -> Iterator[Fault]:
    """Yield the lines whose key is another query's, in the study or in the file itself."""
    known = dict(study.queries.values_list("key", "text"))
    for one in queries:
        if one.key and known.setdefault(one.key, one.text) != one.text:
            said = _("The key %(key)s is another query's already. Leave it out, or choose another.")
            yield Fault(one.line, said % {"key": one.key})
