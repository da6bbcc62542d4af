"""What the people of the demo say of themselves, as rows."""

from django.db.models import F

from annotation.models import Enrollment, ProfileAnswer, ProfileField, Study
from annotation.usual_profile import USUAL
from personalization.demo import profiles as plan
from personalization.demo.people import Person
from personalization.demo.rows import times
from personalization.demo.rows.people import Crowd


def add(study: Study, crowd: Crowd, said: dict[Person, plan.Said]) -> None:
    """Add the fields of which the demo's people say something, and what they say."""
    fields = ProfileField.objects.bulk_create(
        ProfileField(
            study=study,
            key=one.key,
            label=one.label,
            sentence=one.sentence,
            choices=list(one.choices),
            sensitive=one.sensitive,
            position=place,
        )
        for place, one in enumerate(one for one in USUAL if one.key in plan.SAYS)
    )
    by_key = {one.key: one for one in fields}
    ProfileAnswer.objects.bulk_create(
        ProfileAnswer(
            field=by_key[key],
            participant=crowd.participant(person),
            value=value,
            shared=shared,
            at=times.joined(person.number),
        )
        for person, answers in said.items()
        for key, (value, shared) in answers.items()
    )
    Enrollment.objects.filter(study=study).update(profile_at=F("joined_at"))
