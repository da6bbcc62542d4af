"""Translations: every construct is found as Django looks it up, and no gap passes the check."""

from collections.abc import Callable, Iterable
from gettext import GNUTranslations
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.template import Context, Engine
from django.utils import translation
from django.utils.translation import trans_real
from pytest_django import Settings

from annotation.catalogue import (
    CatalogueError,
    Entry,
    Language,
    extract,
    form_problems,
    python_strings,
    script_strings,
    template_strings,
)

ARABIC = Path("ar/LC_MESSAGES/django.po")
Key = tuple[str | None, str, str | None]


def keys(entries: Iterable[Entry]) -> set[Key]:
    """Return context, text and plural of each entry."""
    return {(entry.context, entry.text, entry.plural) for entry in entries}


def run(*arguments: str) -> str:
    """Return what the command prints."""
    out = StringIO()
    call_command("catalogue", *arguments, stdout=out)
    return out.getvalue()


# Templates. Each construct, and the keys under which Django looks its strings up.

TEMPLATES: list[tuple[str, set[Key]]] = [
    ('{% translate "Hello" %}', {(None, "Hello", None)}),
    ("{% trans 'It is' as title %}{{ title }}", {(None, "It is", None)}),
    (r'{% translate "Say \"yes\"" %}', {(None, 'Say "yes"', None)}),
    ('{% translate "It\'s 50% | done" %}', {(None, "It's 50%% | done", None)}),
    ('{% translate "May" context "month" %}', {("month", "May", None)}),
    ('{% translate "hello"|upper %}', {(None, "hello", None)}),
    ("{% translate name %}", set()),
    ('{{ _("Constant") }}', {(None, "Constant", None)}),
    ('{{ _("a|b: 5%")|upper }}', {(None, "a|b: 5%%", None)}),
    (
        '{{ name|default:_("None yet")|add:_("Nor") }}',
        {(None, "None yet", None), (None, "Nor", None)},
    ),
    ('{% if name == _("Other") %}{% endif %}', {(None, "Other", None)}),
    ('{% with word=_("With it") %}{{ word }}{% endwith %}', {(None, "With it", None)}),
    ("{{ \"no _('constant')\" }}", set()),
    ("{# {% translate 'gone' %} #}", set()),
    ('{% comment %}{% translate "gone" %}{{ _("gone") }}{% endcomment %}', set()),
    ('{% verbatim %}{% translate "gone" %}{% endverbatim %}', set()),
    ("{% blocktranslate %}Plain{% endblocktranslate %}", {(None, "Plain", None)}),
    ("{% blocktrans %}Old{% endblocktrans %}", {(None, "Old", None)}),
    (
        "{% blocktranslate %}\n  Kept\n  lines {% endblocktranslate %}",
        {(None, "\n  Kept\n  lines ", None)},
    ),
    (
        "{% blocktranslate trimmed %}\n  Two\n  lines\n{% endblocktranslate %}",
        {(None, "Two lines", None)},
    ),
    (
        "{% blocktranslate with who=name|upper %}{{ who }} has 5% {name}{% endblocktranslate %}",
        {(None, "%(who)s has 5%% {name}", None)},
    ),
    (
        '{% blocktranslate context "verb" %}Judge{% endblocktranslate %}',
        {("verb", "Judge", None)},
    ),
    (
        '{% blocktranslate with who=_("You") asvar line %}{{ who }}!{% endblocktranslate %}',
        {(None, "You", None), (None, "%(who)s!", None)},
    ),
    (
        "{% blocktranslate count n=number %}{{ n }} item{% plural %}{{ n }} items (100%)"
        "{% endblocktranslate %}",
        {(None, "%(n)s item", "%(n)s items (100%%)")},
    ),
    (
        '{% blocktranslate trimmed count n=number with who=name context "list" %}\n'
        "  One item\n  of {{ who }}\n{% plural %}\n  {{ n }} items\n  of {{ who }}\n"
        "{% endblocktranslate %}",
        {("list", "One item of %(who)s", "%(n)s items of %(who)s")},
    ),
]


@pytest.mark.parametrize(("source", "expected"), TEMPLATES)
def test_template_strings_are_those_django_looks_up(
    source: str, expected: set[Key], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = keys(template_strings(source, "page.html"))
    looked_up: set[Key] = set()

    def record(name: str, call: Callable[..., Key]) -> None:
        original = getattr(trans_real, name)

        def lookup(*arguments: object) -> str:
            looked_up.add(call(*arguments))
            return str(original(*arguments))

        monkeypatch.setattr(translation._trans, name, lookup)  # type: ignore[attr-defined]

    record("gettext", lambda text: (None, text, None))
    record("pgettext", lambda context, text: (context, text, None))
    record("ngettext", lambda text, plural, _number: (None, text, plural))
    record("npgettext", lambda context, text, plural, _number: (context, text, plural))
    engine = Engine(libraries={"i18n": "django.templatetags.i18n"})
    template = engine.from_string("{% load i18n %}" + source)
    template.render(Context({"name": "", "number": 3}))

    assert found == expected
    assert looked_up - {(None, "", None)} == expected  # The empty name is translated as well.


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (
            "\n{% blocktranslate %}{{ item.name }}{% endblocktranslate %}",
            r"page.html:2: .*blocktranslate with name=item.name",
        ),
        ("{% blocktranslate %}{{ name|upper }}{% endblocktranslate %}", r"page.html:1: "),
        ("{% blocktranslate %}{% if x %}{% endif %}{% endblocktranslate %}", r"other block tags"),
        ("{% blocktranslate count n=m %}{{ n }}{% endblocktranslate %}", r"other block tags"),
        ('{% translate "x" context kind %}', r"context kind: write it as a plain string"),
    ],
)
def test_template_that_cannot_be_translated_is_refused(source: str, message: str) -> None:
    with pytest.raises(CatalogueError, match=message):
        list(template_strings(source, "page.html"))


def test_note_to_translators_belongs_to_the_next_string_alone() -> None:
    source = '{# Translators: a verb #}\n{% translate "Judge" %}{% translate "Rate" %}'
    first, second = template_strings(source, "page.html")
    assert (list(first.comments), list(second.comments)) == (["Translators: a verb"], [])


# Python and scripts


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('gettext("a")', (None, "a", None)),
        ('gettext_lazy("a")', (None, "a", None)),
        ('_("a" "b")', (None, "ab", None)),
        ('_("%(n)s of 50%") % {"n": 1}', (None, "%(n)s of 50%", None)),
        ('ngettext("%(n)s a", "%(n)s as", 2)', (None, "%(n)s a", "%(n)s as")),
        ('ngettext_lazy("a", "as", "n")', (None, "a", "as")),
        ('pgettext("c", "a")', ("c", "a", None)),
        ('pgettext_lazy("c", "a")', ("c", "a", None)),
        ('npgettext("c", "a", "as", 2)', ("c", "a", "as")),
        ('translation.gettext("a")', (None, "a", None)),
        ("from django.utils.translation import gettext as t\nt('a')", (None, "a", None)),
    ],
)
def test_python_strings(source: str, expected: Key) -> None:
    assert keys(python_strings(source, "views.py")) == {expected}


@pytest.mark.parametrize("source", ["other('a')", "gettext(label)", "'gettext(1)'", "_(row.title)"])
def test_python_without_a_string_of_its_own(source: str) -> None:
    assert not list(python_strings(source, "views.py"))


@pytest.mark.parametrize(
    "source", ['_(f"{n} items")', '_("%s" % n)', '_("{}".format(n))', '_("a" if n else "b")', "_()"]
)
def test_python_that_gettext_cannot_look_up_is_refused(source: str) -> None:
    with pytest.raises(CatalogueError, match=r"views\.py:1: "):
        list(python_strings(source, "views.py"))


def test_python_note_to_translators() -> None:
    source = "# Translators: shown on\n# a button.\n_('Send')\n_('Other')"
    notes = {entry.text: list(entry.comments) for entry in python_strings(source, "views.py")}
    assert notes == {"Send": ["Translators: shown on a button."], "Other": []}


def test_script_strings() -> None:
    source = "alert(gettext('Saved')); ngettext('a', 'as', n); pgettext('c', 'b'); _('no')"
    assert keys(script_strings(source, "app.js")) == {
        (None, "Saved", None),
        (None, "a", "as"),
        ("c", "b", None),
    }
    with pytest.raises(CatalogueError, match=r"app\.js:1: .*plain strings"):
        list(script_strings("ngettext('a', other, n)", "app.js"))


# A project of its own

PAGE = """{% load i18n %}{% translate "Hello" %}{{ _("Hello") }}
{% blocktranslate with who=name %}Dear {{ who }}{% endblocktranslate %}
{% blocktranslate count n=m %}{{ n }} item{% plural %}{{ n }} items{% endblocktranslate %}
{% translate "May" context "month" %}
"""
FORMS = ["لا عناصر", "عنصر واحد", "عنصران", "%(n)s عناصر", "%(n)s عنصرا", "%(n)s عنصر"]
FILLED = {
    'msgid "Hello"\nmsgstr ""': 'msgid "Hello"\nmsgstr "مرحبا"',
    'msgid "Dear %(who)s"\nmsgstr ""': 'msgid "Dear %(who)s"\nmsgstr "عزيزي %(who)s"',
    'msgid "May"\nmsgstr ""': 'msgid "May"\nmsgstr "أيار"',
    **{f'msgstr[{number}] ""': f'msgstr[{number}] "{form}"' for number, form in enumerate(FORMS)},
}


@pytest.fixture
def project(tmp_path: Path, settings: Settings) -> Path:
    """Return a small project with one page and one view, to be translated into Arabic."""
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates/page.html").write_text(PAGE)
    (tmp_path / "annotation").mkdir()
    (tmp_path / "annotation/views.py").write_text('_("Hello")\n')
    settings.BASE_DIR = tmp_path
    settings.LOCALE_PATHS = [tmp_path / "locale"]
    settings.LANGUAGES = [("en", "English"), ("ar", "Arabic")]
    return tmp_path


@pytest.fixture
def po(project: Path) -> Path:
    """Return the project's Arabic catalogue, completely translated."""
    run("--update")
    file = project / "locale" / ARABIC
    edit(file, FILLED)
    return file


def edit(file: Path, changes: dict[str, str]) -> None:
    """Replace texts in `file`, each of which must be there."""
    text = file.read_text(encoding="utf-8")
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    file.write_text(text, encoding="utf-8")


def test_update_writes_a_sorted_catalogue_without_lines_or_dates(project: Path) -> None:
    assert run("--update") == "ar: 4 strings, 4 untranslated, 0 fuzzy\n"
    text = (project / "locale" / ARABIC).read_text()
    assert text.count("#: annotation/views.py templates/page.html\n") == 1
    assert "Plural-Forms: nplurals=6; plural=n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : " in text
    assert "Date" not in text
    assert "page.html:" not in text
    ids = [line for line in text.splitlines() if line.startswith("msgid ")][1:]
    assert ids == sorted(ids)


def test_update_changes_nothing_twice_and_keeps_translations(po: Path) -> None:
    run("--update")
    text, stamp = po.read_text(), po.stat().st_mtime_ns
    assert run("--update") == "ar: 4 strings, 0 untranslated, 0 fuzzy\n"
    assert (po.read_text(), po.stat().st_mtime_ns) == (text, stamp)
    assert all(form in text for form in (*FORMS, "مرحبا", "أيار"))


def test_update_drops_what_is_gone_and_adds_what_is_new(po: Path, project: Path) -> None:
    edit(project / "templates/page.html", {'"May" context "month"': '"June"'})
    edit(po, {'msgid "Hello"': '# as on the sign\n#, fuzzy\nmsgid "Hello"'})
    assert run("--update") == "ar: 4 strings, 1 untranslated, 1 fuzzy\n"
    text = po.read_text()
    assert "أيار" not in text
    assert 'msgid "June"\nmsgstr ""' in text
    assert "# as on the sign" in text


def test_string_with_and_without_plural_is_one_entry(project: Path) -> None:
    (project / "annotation/views.py").write_text('_("%(n)s item")\n')
    entry = extract(project)[None, "%(n)s item"]
    assert (entry.plural, entry.files) == (
        "%(n)s items",
        {"annotation/views.py", "templates/page.html"},
    )


def test_two_plurals_of_one_string_are_refused(project: Path) -> None:
    (project / "annotation/views.py").write_text('ngettext("%(n)s item", "%(n)s pieces", 2)\n')
    with pytest.raises(CommandError, match="gettext keeps one"):
        run("--update")


@pytest.mark.parametrize("source", ['_("")', "_("])
def test_unusable_source_is_refused(project: Path, source: str) -> None:
    (project / "annotation/views.py").write_text(source)
    with pytest.raises(CommandError, match=r"annotation/views\.py"):
        run("--update")


def test_check_passes_on_a_complete_catalogue(po: Path) -> None:
    assert po.exists()
    assert run("--check") == ""


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            'msgstr "مرحبا"',
            'msgstr ""',
            "ar: annotation/views.py, templates/page.html: 'Hello': untranslated",
        ),
        ('msgid "Hello"', '#, fuzzy\nmsgid "Hello"', "'Hello': fuzzy"),
        (
            "عزيزي %(who)s",
            "عزيزي",
            "'Dear %(who)s': placeholder mismatch: missing %(who)s",
        ),
        (
            "عزيزي %(who)s",
            "%(whom)s %(who)s",
            "'Dear %(who)s': placeholder mismatch: unknown %(whom)s",
        ),
        ("عزيزي", "عزيزي 5%", "'Dear %(who)s': a lone %: write %%"),
        (
            FORMS[3],
            "عناصر",
            "'%(n)s item': msgstr[3]: placeholder mismatch: missing %(n)s",
        ),
        (
            f'msgstr[5] "{FORMS[5]}"\n',
            "",
            "'%(n)s item': msgstr[5]: missing plural form (ar has 6)",
        ),
        (
            f'msgstr[4] "{FORMS[4]}"',
            'msgstr[4] ""',
            "'%(n)s item': msgstr[4]: missing plural form (ar has 6)",
        ),
        (
            f'msgstr[5] "{FORMS[5]}"',
            f'msgstr[6] "{FORMS[5]}"',
            "more translations than num_plurals",
        ),
        ("nplurals=6", "nplurals=7", "Plural-Forms must be nplurals=6"),
        ('msgid "Hello"', 'msgid "Hallo"', "'Hello': missing: run catalogue --update"),
        ('msgid "Hello"', 'msgid "Hallo"', "'Hallo': obsolete: run catalogue --update"),
        ("%(n)s items", "%(n)s pieces", "'%(n)s item': the plural has changed"),
    ],
)
def test_check_names_each_planted_fault(po: Path, old: str, new: str, message: str) -> None:
    edit(po, {old: new})
    with pytest.raises(CommandError) as failure:
        run("--check")
    assert message in str(failure.value)
    assert "problems in locale/" in str(failure.value)


def test_check_without_a_catalogue(project: Path) -> None:
    assert project.exists()
    with pytest.raises(CommandError, match="there is no catalogue: run catalogue --update"):
        run("--check")


@pytest.mark.parametrize(
    ("sources", "form", "lone", "expected"),
    [
        (["{name} and {}"], "{} و{name}", False, []),
        (["{name} and {}"], "{nom}", False, ["missing {name} {}", "unknown {nom}"]),
        (["%s of %s"], "%s", False, ["missing %s (2)"]),
        (["<b>%(n)s</b>"], "%(n)s", False, ["missing </b <b"]),
        (["One", "%(n)s"], "اثنان", True, []),
        (["%(n)s by %(a)s", "%(n)s by %(a)s"], "اثنان %(a)s", True, []),
        (["%(n)s by %(a)s", "%(n)s by %(a)s"], "اثنان", True, ["missing %(a)s %(n)s"]),
        (["One <b>", "%(n)s <b>"], "اثنان", True, ["missing <b"]),
    ],
)
def test_placeholders(sources: list[str], form: str, lone: bool, expected: list[str]) -> None:
    found = list(form_problems(sources, form, lone))
    assert found == [f"placeholder mismatch: {problem}" for problem in expected]


def test_compile_round_trip(po: Path) -> None:
    assert run("--compile") == f"wrote {po.with_suffix('.mo')}\n"
    assert run("--compile") == ""
    assert [file.name for file in po.parent.iterdir() if file != po] == ["django.mo"]
    with translation.override("ar"):
        assert translation.gettext("Hello") == "مرحبا"
        assert translation.pgettext("month", "May") == "أيار"
        shown = [
            translation.ngettext("%(n)s item", "%(n)s items", n) for n in (0, 1, 2, 3, 11, 100)
        ]
        engine = Engine(libraries={"i18n": "django.templatetags.i18n"})
        page = engine.from_string(PAGE).render(Context({"name": "منى", "m": 11}))
    assert shown == FORMS
    assert page.split("\n")[:3] == ["مرحبامرحبا", "عزيزي منى", "11 عنصرا"]


def test_compile_leaves_fuzzy_strings_in_english(po: Path) -> None:
    edit(po, {'msgid "Hello"': '#, fuzzy\nmsgid "Hello"'})
    run("--compile")
    with po.with_suffix(".mo").open("rb") as file:
        assert GNUTranslations(file).gettext("Hello") == "Hello"


def test_compile_without_a_catalogue_is_fine(project: Path) -> None:
    assert project.exists()
    assert run("--compile") == ""


def test_language_unknown_to_django(tmp_path: Path) -> None:
    language = Language("xx", tmp_path)
    with pytest.raises(CatalogueError, match="xx: Django has no such language"):
        language.update({(None, "a"): Entry("a")})


def test_gate_own_catalogue_is_complete() -> None:
    """The gate: a new string needs its translations before `make check` passes."""
    run("--check")
