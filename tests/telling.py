"""People who have said something of themselves."""

from annotation import models as m


def field(study: m.Study, key: str, **columns: object) -> m.ProfileField:
    """Make a field of a study, or return the one of this key; `About KEY: ...` is its sentence."""
    usual = {"label": f"Your {key}?", "sentence": f"About {key}: {{value}}."}
    place = {"position": study.profile_fields.count()}
    found, _ = m.ProfileField.objects.get_or_create(
        study=study, key=key, defaults={**usual, **place, **columns}
    )
    return found


def telling(person: m.Enrollment, **said: tuple[str, bool]) -> None:
    """Let a person say something to fields of these keys: the answer, and whether it is shared."""
    for key, (value, shared) in said.items():
        field(person.study, key).answers.create(
            participant=person.participant, value=value, shared=shared
        )
