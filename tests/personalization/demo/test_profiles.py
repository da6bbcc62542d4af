"""What the demo's people say of themselves: the same for a seed, some of it shared."""

from annotation import models as m
from annotation.profiles import fault_of, shared_sentences
from annotation.usual_profile import USUAL
from personalization.demo import people, profiles
from tests.personalization.demo.conftest import Demo


def test_the_same_seed_says_the_same() -> None:
    """Every answer is one of those on offer, and only answers are shared."""
    persons = people.draw(7)
    said, again = (list(profiles.say(7, persons).values()) for _ in range(2))
    assert said == again
    assert said != list(profiles.say(8, persons).values())
    usual = {one.key: one for one in USUAL}
    for answers in said:
        assert answers.keys() == profiles.SAYS.keys() <= usual.keys()
        for key, (value, shared) in answers.items():
            field = m.ProfileField(key=key, choices=list(usual[key].choices))
            assert fault_of(field, value) == ""
            assert value or not shared
    assert {key for key in profiles.SAYS if usual[key].sensitive} == profiles.PROTECTED


def test_some_share_and_some_do_not(demo: Demo) -> None:
    """Everybody was asked; protected answers are shared less often."""
    assert not m.Enrollment.objects.filter(study=demo.study, profile_at=None).exists()
    everybody = set(demo.study.enrollments.values_list("participant", flat=True))
    shared = shared_sentences(demo.study.pk, everybody)
    told = [key for sentences in shared.values() for key, _sentence in sentences]
    usual = [key for key in told if key not in profiles.PROTECTED]
    assert 0 < len(told) - len(usual) < len(usual) < 3 * len(everybody)
    assert all("{" not in text for sentences in shared.values() for _key, text in sentences)
