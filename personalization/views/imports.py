"""Labels in through the browser: upload, check how the file is read, import, look at the outcome."""

import json
import tomllib
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from annotation.models import Study
from annotation.models.question import Level
from annotation.permissions import StaffRequest, researcher_required
from personalization.imports import specification, upload
from personalization.imports.errors import ImportRefusedError
from personalization.imports.mapping import MOST_OPTIONS, Layout, layout
from personalization.imports.outcome import Counts, Faults
from personalization.imports.reading import no_progress
from personalization.imports.staging import Staging
from personalization.models import LabelImport
from personalization.tasks import import_uploaded_labels
from personalization.views import wording
from personalization.views.lookup import study_named

CHECKED_LINES = 500
SHOWN_FAULTS = 200
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
    item = forms.MultipleChoiceField(label=gettext_lazy("Column of the item"))
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
        known = {_option_key(option): option for option in base.get("options", [])}
        return {
            **base,
            **{name: data[name] for name in ("key", "wording", "level", "identity")},
            "options": [known.get(line, line) for line in _lines(data["options"])],
            "invalid": _lines(data["invalid"]),
            "columns": {**base.get("columns", {}), **columns},
        }


@require_http_methods(["GET", "HEAD", "POST"])
@researcher_required
def import_new(request: StaffRequest, name: str) -> HttpResponse:
    """Take the files and go on to the mapping."""
    study = study_named(name)
    sent = request.method == "POST"
    form = UploadForm(request.POST, request.FILES) if sent else UploadForm()
    if sent and form.is_valid():
        return redirect("import", _kept(study, request, form.cleaned_data).pk)
    status = 422 if sent else 200
    return render(request, "import_new.html", {"study": study, "form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@researcher_required
def import_one(request: StaffRequest, pk: int) -> HttpResponse:
    """Show an import: how it will be read, how far it is, or what came of it."""
    one = get_object_or_404(LabelImport.objects.select_related("study", "question"), pk=pk)
    if one.confirmed_at is None:
        return _mapping(request, one)
    context = {
        "study": one.study,
        "import": one,
        "faults": one.bad_lines.all()[:SHOWN_FAULTS],
        "running": one.finished_at is None,
    }
    part = "#progress" if request.htmx else ""  # type: ignore[attr-defined]
    return render(request, f"import.html{part}", context)


def _kept(study: Study, request: StaffRequest, data: dict[str, Any]) -> LabelImport:
    files = {kind: data[kind] for kind in upload.KINDS if data[kind]}
    return LabelImport.objects.create(
        study=study,
        by=request.user,
        names={kind: file.name for kind, file in files.items()},
        specification=json.dumps(data["question"]),
        language=get_language() or "en",
        **files,
    )


def _mapping(request: StaffRequest, one: LabelImport) -> HttpResponse:
    """Ask how to read the files, show what that gives, and start on confirmation."""
    try:
        layouts = _layouts(one)
    except ImportRefusedError as error:
        return _refused(one, str(error))
    except FileNotFoundError:
        return _refused(one, _("The uploaded file is gone: upload it again."))
    base = json.loads(one.specification)
    columns = list(dict.fromkeys(name for one in layouts.values() for name in one.columns))
    sent = request.POST if request.method == "POST" else None
    form = MappingForm(sent, columns=columns, initial=_initial(base, layouts))
    faults, good = Faults(), 0
    if form.is_valid():
        mapping = form.mapping(base)
        try:
            faults, good = _check(one, mapping)
        except ImportRefusedError as error:
            form.add_error(None, list(error.messages))
        else:
            if "start" in request.POST:
                _start(one, mapping, form.cleaned_data["strict"])
                return redirect("import", one.pk)
    context = {
        "study": one.study,
        "import": one,
        "form": form,
        "layouts": layouts,
        "checked": form.is_valid(),
        "good": good,
        "bad": faults.count,
        "faults": faults.kept[:SHOWN_FAULTS],
        "limit": CHECKED_LINES,
    }
    status = 422 if form.is_bound and not form.is_valid() else 200
    return render(request, "import_mapping.html", context, status=status)


def _refused(one: LabelImport, failure: str) -> HttpResponse:
    """Say why the files cannot be used; there is nothing left to confirm."""
    upload.finish(one, failure=failure)
    LabelImport.objects.filter(pk=one.pk).update(confirmed_at=timezone.now())
    return redirect("import", one.pk)


def _layouts(one: LabelImport) -> dict[str, Layout]:
    with upload.opened(one) as files:
        return {kind: layout(file) for kind, file in files.items()}


def _initial(base: dict[str, Any], layouts: dict[str, Layout]) -> dict[str, Any]:
    """Return what the form starts with: question.toml where given, guesses elsewhere."""
    labels = layouts.get("human") or layouts.get("judges")
    if labels is None:
        return {}
    columns = base.get("columns", {})
    value = columns.get("value") or labels.guess("value")
    judges = layouts.get("judges")
    guessed = {
        "item": _listed(columns.get("item") or labels.guess("item")),
        "rater": _listed(columns.get("rater") or labels.guess("rater")),
        "judge": _listed(columns.get("judge") or (judges.guess("judge") if judges else "")),
        "value": value,
        "certainty": columns.get("certainty", "") or labels.guess("certainty"),
        "owner": columns.get("owner", ""),
    }
    options = [_option_key(one) for one in base.get("options", [])]
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


def _check(one: LabelImport, mapping: dict[str, Any]) -> tuple[Faults, int]:
    """Read the first lines of each file as the mapping says; keep nothing."""
    spec = specification.from_mapping(mapping)
    faults, good = Faults(), 0
    staging = Staging(None, spec, Counts(), faults, no_progress)
    with upload.opened(one) as files:
        for kind, file in files.items():
            good += staging.check(kind, file, CHECKED_LINES)
    return faults, good


def _start(one: LabelImport, mapping: dict[str, Any], strict: bool) -> None:
    """Confirm and hand over to the worker, both or neither, and once."""
    waiting = LabelImport.objects.filter(pk=one.pk, confirmed_at=None)
    with transaction.atomic():
        # A second press of the button, even at the same moment, finds nothing to confirm.
        if waiting.update(
            specification=json.dumps(mapping), strict=strict, confirmed_at=timezone.now()
        ):
            import_uploaded_labels.defer(import_id=one.pk)


def _option_key(option: object) -> str:
    return str(option["key"]) if isinstance(option, dict) else str(option)


def _listed(names: str | list[str]) -> list[str]:
    return ([names] if names else []) if isinstance(names, str) else names


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]
