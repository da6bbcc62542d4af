"""Forms by which queries come into a study: a few at once, or a list with its origin."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from annotation.preparation import split_queries
from annotation.query_files import MOST_BYTES, Fault, Found, read
from annotation.query_lists import Provenance

MOST_TEXT = 100_000
MOST_PASTED = 500_000
MOST_QUERIES = 1000
MOST_QUERY = 10_000
SHOWN_FAULTS = 20


class QueriesForm(forms.Form):
    """Many queries at once."""

    texts = forms.CharField(
        label=gettext_lazy("Queries"),
        max_length=MOST_TEXT,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=gettext_lazy(
            "One on each line. If a query has several lines, put an empty line between queries."
        ),
    )
    source = forms.CharField(
        label=gettext_lazy("Source"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("Where they come from: a data set, a paper, or yourselves."),
    )
    licence = forms.CharField(
        label=gettext_lazy("Licence"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("Under which terms they may be used, such as CC BY 4.0."),
    )

    def clean_texts(self) -> list[str]:
        """Return the queries one by one."""
        texts = split_queries(self.cleaned_data["texts"])
        if len(texts) > MOST_QUERIES:
            raise forms.ValidationError(
                _("Add at most %(most)s queries at once.") % {"most": MOST_QUERIES}
            )
        if any(len(text) > MOST_QUERY for text in texts):
            raise forms.ValidationError(
                _("A query has at most %(most)s letters.") % {"most": MOST_QUERY}
            )
        return texts


class QueryListForm(forms.Form):
    """A list of queries with its origin: a file, or pasted."""

    prefix = "list"

    name = forms.CharField(
        label=gettext_lazy("Name of the list"),
        max_length=100,
        help_text=gettext_lazy("As you write it in a paper, such as LIMA, test part."),
    )
    licence = forms.CharField(
        label=gettext_lazy("Licence"),
        max_length=300,
        help_text=gettext_lazy("Under which terms the list may be used, such as CC BY 4.0."),
    )
    source = forms.CharField(
        label=gettext_lazy("Source"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("Where it comes from: a data set, a paper, or yourselves."),
    )
    url = forms.URLField(
        label=gettext_lazy("Address"),
        required=False,
        max_length=500,
        assume_scheme="https",
        help_text=gettext_lazy("Where others find it."),
    )
    note = forms.CharField(
        label=gettext_lazy("How it was chosen"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Such as: 200 at random, without requests for code."),
    )
    file = forms.FileField(
        label=gettext_lazy("File"),
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": ".jsonl,.ndjson,.json,.csv,.txt,.md"}),
        help_text=gettext_lazy(
            'JSONL with "text" and perhaps "key" on each line, CSV with these columns, or plain'
            " text with a query on each line. UTF-8, at most 5 MB."
        ),
    )
    pasted = forms.CharField(
        label=gettext_lazy("Or paste it"),
        required=False,
        max_length=MOST_PASTED,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy("Plain text or JSONL; long lists come as a file."),
    )

    found: Found | None = None

    def clean(self) -> dict[str, Any]:
        """Read the queries; what is wrong with them is said by line."""
        data = super().clean() or {}
        file, pasted = data.get("file"), data.get("pasted", "")
        if {"file", "pasted"} & self.errors.keys():
            return data
        if bool(file) == bool(pasted.strip()):
            self.add_error("file", _("Choose a file, or paste the list: one of the two."))
        elif file:
            # No more of it than a list may have is read into memory.
            self._take("file", read(file.read(MOST_BYTES + 1), file.name))
        else:
            self._take("pasted", read(pasted.encode()))
        return data

    def refuse(self, faults: tuple[Fault, ...]) -> None:
        """Say what is wrong, by line, at the field that the list came by."""
        field = "file" if self.cleaned_data.get("file") else "pasted"
        for fault in faults[:SHOWN_FAULTS]:
            self.add_error(field, told(fault))
        if (more := len(faults) - SHOWN_FAULTS) > 0:
            self.add_error(field, _("And %(count)s more.") % {"count": more})

    def provenance(self) -> Provenance:
        """Return where the list comes from."""
        data = self.cleaned_data
        return Provenance(
            name=data["name"],
            licence=data["licence"],
            source=data["source"],
            url=data["url"],
            note=data["note"],
        )

    def _take(self, field: str, found: Found) -> None:
        self.found = found
        if found.faults:
            self.refuse(found.faults)


def told(fault: Fault) -> str:
    """Return a fault with its line."""
    if not fault.line:
        return fault.said
    return _("Line %(line)s: %(said)s") % {"line": fault.line, "said": fault.said}
