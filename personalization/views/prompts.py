"""Prompts: what is said to models, version by version; own versions, and what sets them apart."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from annotation.permissions import StaffRequest, researcher_required
from personalization import prompt_versions as verbs
from personalization.judge.trials import runs_of, trials_of
from personalization.models import PromptVersion
from personalization.prompt_rules import Rules, rules_of
from personalization.prompts import body_of
from personalization.views.arm_trials import arm_trials_of, arms_of
from personalization.views.prompt_diff import counts, difference
from personalization.views.prompt_forms import TextForm
from personalization.views.prompt_wording import about

MOST_RUNS = 20
GROUPS = (
    (("judge_",), gettext_lazy("Judges")),
    (("form_",), gettext_lazy("How judges answer")),
    (verbs.ARMS, gettext_lazy("Arms of the pipeline")),
    (("",), gettext_lazy("Other steps")),
)


@dataclass(slots=True)
class Listed:
    """One prompt of the list: its versions, the newest first."""

    name: str
    about: str
    versions: list[PromptVersion] = field(default_factory=list)

    @property
    def newest(self) -> PromptVersion:
        """Return the newest version."""
        return self.versions[0]

    @property
    def own(self) -> bool:
        """Return whether there can be versions of one's own: judges or arms use it."""
        return verbs.own(self.name)


@require_safe
@researcher_required
def prompts(request: StaffRequest) -> HttpResponse:
    """List all prompts with their newest versions."""
    found: dict[str, Listed] = {}
    rows = PromptVersion.objects.defer("text").select_related("by").order_by("name", "-version")
    for one in rows:
        found.setdefault(one.name, Listed(one.name, about(one.name))).versions.append(one)
    prefixes = [prefix for prefix, _title in GROUPS]
    groups = [
        (title, [one for one in found.values() if _group(one.name, prefixes) == prefix])
        for prefix, title in GROUPS
    ]
    return render(request, "prompts.html", {"groups": groups})


@require_safe
@researcher_required
def prompt(request: StaffRequest, name: str) -> HttpResponse:
    """Show one prompt with all its versions."""
    versions = _versions(name)
    context = {
        "name": name,
        "about": about(name),
        "versions": versions,
        "own": verbs.own(name),
        "newest": versions[0],
        "before": versions[1] if len(versions) > 1 else None,
    }
    return render(request, "prompt.html", context)


@require_safe
@researcher_required
def prompt_version(request: StaffRequest, name: str, version: int) -> HttpResponse:
    """Show the text of one version, and who has used it."""
    one = _version(name, version)
    context = {
        "version": one,
        "about": about(name),
        "own": verbs.own(name),
        "changeable": verbs.changeable(one),
        "older": PromptVersion.objects.filter(name=name, version__lt=version).first(),
        "of_arms": verbs.of_arms(name),
        "runs": runs_of(one)[:MOST_RUNS],
        "trials": trials_of(one)[:MOST_RUNS],
        "arms": arms_of(one)[:MOST_RUNS],
        "arm_trials": arm_trials_of(one)[:MOST_RUNS],
    }
    return render(request, "prompt_version.html", context)


@require_safe
@researcher_required
def prompt_file(request: StaffRequest, name: str, version: int) -> HttpResponse:
    """Give one version out as the file that it would be."""
    one = _version(name, version)
    return HttpResponse(
        one.text,
        content_type="text/markdown; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}-v{version}.md"'},
    )


@require_safe
@researcher_required
def prompt_difference(request: StaffRequest, name: str) -> HttpResponse:
    """Show what sets two versions of a prompt apart."""
    versions = _versions(name)
    old, new = (_chosen(request, which, versions) for which in ("old", "new"))
    lines = difference(body_of(old.text), body_of(new.text))
    removed, added = counts(lines)
    context = {
        "name": name, "versions": versions, "old": old, "new": new, "lines": lines,
        "removed": removed, "added": added,
    }  # fmt: skip
    return render(request, "prompt_difference.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@researcher_required
def prompt_edit(request: StaffRequest, name: str, version: int) -> HttpResponse:
    """Write a new version of a prompt from an old one, or change one that nobody has used."""
    one = _version(name, version)
    rules = _rules(name)
    here = verbs.changeable(one)
    form = TextForm(
        request.POST if request.method == "POST" else None,
        name=name,
        initial={"text": body_of(one.text), "note": one.note if here else ""},
    )
    late = False
    if form.is_bound and form.is_valid():
        text, note = form.cleaned_data["text"], form.cleaned_data["note"]
        if request.POST.get("to") != "here":
            kept = verbs.add(name, text, note, request.user)
            messages.success(request, _("This is version %(n)s.") % {"n": kept.version})
            return redirect("prompt_version", name, kept.version)
        if verbs.change(one, text, note):
            messages.success(request, _("The version is changed."))
            return redirect("prompt_version", name, version)
        # A judge has taken it meanwhile: what was written stays on the page.
        late, here = True, False
    context = {
        "version": one, "form": form, "here": here, "late": late, "rules": rules,
    }  # fmt: skip
    status = 409 if late else 422 if form.errors else 200
    return render(request, "prompt_edit.html", context, status=status)


def _rules(name: str) -> Rules:
    """Return what own versions of a prompt must hold; 404 where there can be none."""
    try:
        if verbs.own(name):
            return rules_of(name)
    except LookupError:
        pass  # a prompt of another version of Concord: its rows are there, its files are not
    raise Http404


def _group(name: str, prefixes: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    return next(each for each in prefixes if name.startswith(each))


def _versions(name: str) -> list[PromptVersion]:
    rows = PromptVersion.objects.filter(name=name).select_related("by").order_by("-version")
    if not rows:
        raise Http404
    return list(rows)


def _version(name: str, version: int) -> PromptVersion:
    rows = PromptVersion.objects.select_related("by")
    return get_object_or_404(rows, Q(name=name, version=version))


def _chosen(request: StaffRequest, which: str, versions: list[PromptVersion]) -> PromptVersion:
    """Return the version that the address names; without one, the last two are compared."""
    said = request.GET.get(which)
    if said is None:
        return versions[0] if which == "new" else versions[min(1, len(versions) - 1)]
    found = next((one for one in versions if str(one.version) == said), None)
    if found is None:
        raise Http404
    return found
