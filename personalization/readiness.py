"""What a study needs before people can take part, and what of it is there."""

from dataclasses import dataclass

from django.db.models import F, Q
from django.utils import timezone

from annotation.models import ConsentText, Study
from personalization.endpoints import Asked, usual
from personalization.models.endpoint import EndpointKind, Step


@dataclass(frozen=True, slots=True)
class Readiness:
    """The newest consent text, how many queries and open invites, and the model of each step."""

    study: Study
    consent: ConsentText | None
    queries: int
    invites: int
    asked: dict[Step, Asked]

    @property
    def has_queries(self) -> bool:
        """Return whether each person can be given as many queries as the study says."""
        return self.queries >= self.study.queries_each

    @property
    def stand_in(self) -> bool:
        """Return whether some step is left to the stand-in, which is no model."""
        return any(one.endpoint.kind == EndpointKind.OFFLINE for one in self.asked.values())

    @property
    def models(self) -> list[str]:
        """Return the names of the models, each once."""
        return list(dict.fromkeys(one.model for one in self.asked.values()))

    @property
    def unnamed(self) -> list[str]:
        """Return who would get people's texts without being named in the consent text."""
        return unnamed_providers(self.asked, self.consent.provider if self.consent else "")

    @property
    def complete(self) -> bool:
        """Return whether nothing is missing."""
        return bool(
            self.consent
            and not self.unnamed
            and self.study.chat_task
            and self.has_queries
            and self.invites
        )


def readiness(study: Study) -> Readiness:
    """Look at what a study has."""
    usable = Q(expires_at=None) | Q(expires_at__gt=timezone.now())
    places = Q(most=None) | Q(used__lt=F("most"))
    return Readiness(
        study,
        study.consent_texts.first(),
        study.queries.count(),
        study.invites.filter(usable, places, closed_at=None).count(),
        models_asked(study),
    )


def models_asked(study: Study) -> dict[Step, Asked]:
    """Return the model that each step asks now, as `model_for` does for one step."""
    chosen = {
        one.step: Asked(one.endpoint, one.model, dict(one.sampling))
        for one in study.step_models.select_related("endpoint")
    }
    endpoint = usual()
    return {step: chosen.get(step, Asked(endpoint, endpoint.model, {})) for step in Step}


def unnamed_providers(asked: dict[Step, Asked], named: str) -> list[str]:
    """Return the providers that `named`, what the consent text says, does not mention."""
    providers = dict.fromkeys(one.endpoint.provider for one in asked.values())
    return [one for one in providers if one and one.casefold() not in named.casefold()]
