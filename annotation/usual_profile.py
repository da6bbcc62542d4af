"""The persona fields that studies usually ask for, in our own words (PJ, Table 6, without Big Five).

The texts are stored in English and shown in the reader's language; judges read the English ones.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_noop as _


@dataclass(frozen=True, slots=True)
class Usual:
    """A field as it is made: without choices its answer is free text."""

    key: str
    label: str
    sentence: str
    choices: Sequence[str] = ()
    sensitive: bool = False


USUAL = (
    Usual(
        "age",
        _("How old are you?"),
        _("The person's age is {value}."),
        (
            _("18 to 24"),
            _("25 to 34"),
            _("35 to 44"),
            _("45 to 54"),
            _("55 to 64"),
            _("65 to 74"),
            _("75 or more"),
        ),
    ),
    Usual(
        "gender",
        _("What is your gender?"),
        _("The person's gender: {value}."),
        (_("woman"), _("man"), _("non-binary"), _("another gender")),
        sensitive=True,
    ),
    Usual("born_in", _("In which country were you born?"), _("The person was born in {value}.")),
    Usual("lives_in", _("In which country do you live?"), _("The person lives in {value}.")),
    Usual(
        "education",
        _("What is the highest level of education that you have finished?"),
        _("The person's highest finished education: {value}."),
        (
            _("no school"),
            _("primary school"),
            _("secondary school"),
            _("vocational training"),
            _("bachelor's degree"),
            _("master's degree"),
            _("doctorate"),
        ),
    ),
    Usual(
        "employment",
        _("What do you do at present?"),
        _("The person's situation at work: {value}."),
        (
            _("full-time work"),
            _("part-time work"),
            _("self-employed"),
            _("looking for work"),
            _("looking after family or home"),
            _("in school or studying"),
            _("retired"),
            _("unable to work"),
        ),
    ),
    Usual("occupation", _("What is your occupation?"), _("The person's occupation: {value}.")),
    Usual(
        "income",
        _("How is the income of your household, compared with others in your country?"),
        _("The income of the person's household, compared with others in the country: {value}."),
        (
            _("well below average"),
            _("below average"),
            _("about average"),
            _("above average"),
            _("well above average"),
        ),
    ),
    Usual(
        "marital_status",
        _("What is your marital status?"),
        _("The person's marital status: {value}."),
        (
            _("never married"),
            _("living with a partner"),
            _("married"),
            _("separated or divorced"),
            _("widowed"),
        ),
    ),
    Usual(
        "ethnicity",
        _("How would you describe your ethnic background?"),
        _("The person's ethnic background: {value}."),
        sensitive=True,
    ),
    Usual(
        "religion",
        _("What is your religion, if any?"),
        _("The person's religion: {value}."),
        sensitive=True,
    ),
    Usual(
        "party",
        _("Which political party is closest to you, if any?"),
        _("The political party closest to the person: {value}."),
        sensitive=True,
    ),
    Usual(
        "ideology",
        _("Where do you stand in politics?"),
        _("The person's place in politics: {value}."),
        (
            _("on the far left"),
            _("on the left"),
            _("in the middle"),
            _("on the right"),
            _("on the far right"),
            _("not on this scale"),
        ),
        sensitive=True,
    ),
)
