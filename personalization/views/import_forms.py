"""Forms of an import: the files, and how to read them."""

import tomllib
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from annotation.models.question import Level
from personalization.imports import specification
from personalization.imports.errors import ImportRefusedError
from personalization.imports.mapping import MOST_OPTIONS, Layout
from personalization.views import wording

MOST_TOML = 1024 * 1024  # bytes; cut off there, the file is not valid


class UploadForm(forms.Form):
    """The files, and perhaps a question.toml that says how to read them."""

    human = forms.FileField(
        label=gettext_lazy("People's labels"),
        required=False,
        help_text=gettext_lazy("CSV, TSV or JSONL: one line per rater and item."),
    )
    judges = forms.FileField(
        label=gettext_lazy("Judges' answers"),
        required=False,
        help_text=gettext_lazy("CSV, TSV or JSONL: one line per judge and item."),
    )
    items = forms.FileField(
        label=gettext_lazy("Items"),
        required=False,
        help_text=gettext_lazy("CSV, TSV or JSONL with the texts, one line per item."),
    )
    question = forms.FileField(
        label=gettext_lazy("question.toml"),
        required=False,
        help_text=gettext_lazy("Says how to read the files. Without it, you are asked next."),
    )

    def clean(self) -> dict[str, Any]:
        """Require labels or answers, and a readable question.toml where there is one."""
        data = super().clean() or {}
        if not data.get("human") and not data.get("judges") and not self.errors:
            raise forms.ValidationError(_("Choose a file with people's labels or judges' answers."))
        return data

    def clean_question(self) -> dict[str, Any]:
        """Return the content of question.toml."""
        file: UploadedFile[bytes] | None = self.cleaned_data["question"]
        if file is None:
            return {}
        try:
            raw = tomllib.loads(file.read(MOST_TOML).decode())
            specification.from_mapping(raw)
        except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
            raise forms.ValidationError(
                _("question.toml is not valid TOML: %(why)s.") % {"why": error}
            ) from error
        except ImportRefusedError as error:
            raise forms.ValidationError(list(error.messages)) from error
        return raw


class MappingForm(forms.Form):
    """What was asked, and which column holds what."""

    key = forms.CharField(
        label=gettext_lazy("Name of the question"),
        help_text=gettext_lazy("One word for tables and commands, such as preference."),
    )
    wording = forms.CharField(
        label=gettext_lazy("Wording"),
        required=False,
        help_text=gettext_lazy("What raters were asked, word for word."),
    )
    level = forms.ChoiceField(
        label=gettext_lazy("Level of measurement"),
        help_text=gettext_lazy("Do the answers have an order? Then choose ordinal."),
    )
    options = forms.CharField(
        label=gettext_lazy("Answers, in their order"),
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy("One on each line, written as in the file."),
    )
    invalid = forms.CharField(
        label=gettext_lazy("Values that mean: unreadable"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy(
            "One on each line. They are counted, and never taken for an answer."
        ),
    )
    item = forms.MultipleChoiceField(
        label=gettext_lazy("Column of the item"),
        help_text=gettext_lazy("Several columns can name it together: hold Ctrl and choose them."),
    )
    rater = forms.MultipleChoiceField(label=gettext_lazy("Column of the rater"), required=False)
    value = forms.ChoiceField(label=gettext_lazy("Column of the answer"), required=False)
    judge = forms.MultipleChoiceField(label=gettext_lazy("Column of the judge"), required=False)
    certainty = forms.ChoiceField(label=gettext_lazy("Column of the certainty"), required=False)
    owner = forms.ChoiceField(
        label=gettext_lazy("Column of the owner"),
        required=False,
        help_text=gettext_lazy("The person whom the item is about, where there is one."),
    )
    identity = forms.ChoiceField(
        label=gettext_lazy("Who are the raters?"),
        choices=[
            ("people", gettext_lazy("People: the same name is the same person")),
            ("positions", gettext_lazy("Positions in a list: nobody knows who they are")),
        ],
        widget=forms.RadioSelect,
        initial="people",
    )
    strict = forms.BooleanField(
        label=gettext_lazy("All or nothing: import no line if one is bad"), required=False
    )

    def __init__(
        self, data: QueryDict | None, *, columns: list[str], initial: dict[str, Any]
    ) -> None:
        super().__init__(data, initial=initial)
        named = [(column, column) for column in columns]
        for name in ("item", "rater", "judge"):
            self._field(name).choices = named
        for name in ("value", "certainty", "owner"):
            self._field(name).choices = [("", _("none")), *named]
        self._field("level").choices = [(one, wording.level(one)) for one in Level.values]

    def _field(self, name: str) -> forms.ChoiceField:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
        return field

    def mapping(self, base: dict[str, Any]) -> dict[str, Any]:
        """Return the answers with the keys of question.toml; `base` keeps what is not asked here."""
        data = self.cleaned_data
        columns = {
            name: data[name]
            for name in ("item", "rater", "judge", "value", "certainty", "owner")
            if data[name]
        }
        known = {option_key(option): option for option in base.get("options", [])}
        return {
            **base,
            **{name: data[name] for name in ("key", "wording", "level", "identity")},
            "options": [known.get(line, line) for line in lines_of(data["options"])],
            "invalid": lines_of(data["invalid"]),
            "columns": {**base.get("columns", {}), **columns},
        }


def first_values(base: dict[str, Any], layouts: dict[str, Layout]) -> dict[str, Any]:
    """Return what the form starts with: question.toml where given, guesses elsewhere."""
    labels = layouts.get("human") or layouts.get("judges")
    if labels is None:
        return {}
    columns = base.get("columns", {})
    value = columns.get("value") or labels.guess("value")
    judges = layouts.get("judges")
    guessed = {
        "item": listed(columns.get("item") or labels.guess("item")),
        "rater": listed(columns.get("rater") or labels.guess("rater")),
        "judge": listed(columns.get("judge") or (judges.guess("judge") if judges else "")),
        "value": value,
        "certainty": columns.get("certainty", "") or labels.guess("certainty"),
        "owner": columns.get("owner", ""),
    }
    options = [option_key(one) for one in base.get("options", [])]
    seen = labels.values(value) if value else []
    return {
        **guessed,
        "key": base.get("key", ""),
        "wording": base.get("wording", ""),
        "level": base.get("level", Level.NOMINAL),
        "options": "\n".join(options or (seen if len(seen) <= MOST_OPTIONS else [])),
        "invalid": "\n".join(base.get("invalid", [])),
        "identity": base.get("identity", "people"),
    }


def option_key(option: object) -> str:
    """Return how the file writes an option of question.toml."""
    return str(option["key"]) if isinstance(option, dict) else str(option)


def listed(names: str | list[str]) -> list[str]:
    """Return the name of a column, or of several, as a list."""
    return ([names] if names else []) if isinstance(names, str) else names


def lines_of(text: str) -> list[str]:
    """Return the lines of a text field that hold something."""
    return [line.strip() for line in text.splitlines() if line.strip()]
