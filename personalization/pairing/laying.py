"""Put a person's attributes beside the queries that were chosen: relevance pairs, and their sheets."""

from collections.abc import Sequence

from annotation.models import Attribute, Enrollment, RelevancePair
from annotation.sheets import lay_relevance


def lay(enrollment: Enrollment, attributes: Sequence[Attribute], queries: Sequence[int]) -> int:
    """Lay a sheet for each query; return how many pairs they ask about. Harmless twice."""
    laid = 0
    for query in queries:
        RelevancePair.objects.bulk_create(
            [RelevancePair(attribute=one, query_id=query) for one in attributes],
            ignore_conflicts=True,
        )
        pairs = RelevancePair.objects.filter(query=query, attribute__in=attributes)
        laid += len(found := list(pairs.order_by("attribute")))
        lay_relevance(enrollment, found)
    return laid
