"""The project's translatable strings: find, merge, check and compile them without GNU gettext."""

import ast
import os
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from gettext import GNUTranslations, c2py
from io import BytesIO
from pathlib import Path
from typing import cast

import django
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_javascript
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po, write_po
from django.template import TemplateSyntaxError
from django.template.base import FilterExpression, Lexer, Parser, Token, TokenType, Variable
from django.templatetags.i18n import BlockTranslateNode, do_block_translate, do_translate
from django.utils.translation import to_locale

PYTHON_FOLDERS = ("annotation", "personalization", "config")
TEMPLATE_FOLDER, SCRIPT_FOLDER = "templates", "static/js"
COMMENT_MARK = "Translators:"
# Where each function keeps its context, its text and its plural.
ARGUMENTS: dict[str, tuple[int | None, int, int | None]] = {
    "_": (None, 0, None),
    "gettext": (None, 0, None),
    "gettext_lazy": (None, 0, None),
    "gettext_noop": (None, 0, None),
    "ngettext": (None, 0, 1),
    "ngettext_lazy": (None, 0, 1),
    "pgettext": (0, 1, None),
    "pgettext_lazy": (0, 1, None),
    "npgettext": (0, 1, 2),
    "npgettext_lazy": (0, 1, 2),
}
SCRIPT_FUNCTIONS = ("gettext", "ngettext", "pgettext", "npgettext")

QUOTED = r'"[^"\\]*(?:\\.[^"\\]*)*"' + "|" + r"'[^'\\]*(?:\\.[^'\\]*)*'"
CONSTANT = re.compile(rf"(_\((?:{QUOTED})\))|{QUOTED}")
PERCENT = re.compile(r"%%|%\(\w+\)[-#0 +]*\d*(?:\.\d+)?[a-zA-Z]|%(?:\.\d+)?[a-zA-Z]")
BRACES = re.compile(r"\{[\w.\[\]]*(?:![ras])?(?::[^{}]*)?\}")
TAG = re.compile(r"</?[a-zA-Z][\w-]*")

Key = tuple[str | None, str]


class CatalogueError(Exception):
    """A source or catalogue file that cannot be read as it is written."""


@dataclass
class Entry:
    """A string to translate, and the files it is written in."""

    text: str
    plural: str | None = None
    context: str | None = None
    files: set[str] = field(default_factory=set)
    comments: dict[str, None] = field(default_factory=dict)

    @property
    def key(self) -> Key:
        """Return what gettext looks the string up by."""
        return self.context, self.text


Entries = dict[Key, Entry]


# Finding strings


def extract(root: Path) -> Entries:
    """Return every translatable string of the project in `root`."""
    entries: Entries = {}
    for file, reader in _sources(root):
        name = file.relative_to(root).as_posix()
        source = file.read_text(encoding="utf-8")
        try:
            for entry in reader(source, name):
                entry.files.add(name)
                _collect(entries, entry, name)
        except SyntaxError as error:
            raise CatalogueError(f"{name}:{error.lineno}: {error.msg}") from error
    return entries


def _sources(root: Path) -> Iterator[tuple[Path, Callable[[str, str], Iterator[Entry]]]]:
    for folder in PYTHON_FOLDERS:
        for file in sorted((root / folder).rglob("*.py")):
            yield file, python_strings
    for file in sorted((root / TEMPLATE_FOLDER).rglob("*")):
        if file.is_file() and not file.name.startswith("."):
            yield file, template_strings
    for file in sorted((root / SCRIPT_FOLDER).rglob("*.*js")):
        if not file.name.endswith(".min.js"):
            yield file, script_strings


def _collect(entries: Entries, entry: Entry, name: str) -> None:
    if not entry.text:
        raise CatalogueError(f"{name}: an empty string cannot be translated.")
    known = entries.setdefault(entry.key, entry)
    if known.plural and entry.plural and known.plural != entry.plural:
        raise CatalogueError(
            f"{name}: {entry.text!r} has the plurals {known.plural!r} and {entry.plural!r}; "
            "gettext keeps one: use the same, or give one a context."
        )
    known.plural = known.plural or entry.plural
    known.files |= entry.files
    known.comments |= entry.comments


def python_strings(source: str, name: str) -> Iterator[Entry]:
    """Yield the strings that Python code hands to gettext; CatalogueError where it cannot work."""
    tree = ast.parse(source, filename=name)
    functions = {word: word for word in ARGUMENTS}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation":
            functions |= {
                alias.asname: alias.name
                for alias in node.names
                if alias.asname and alias.name in ARGUMENTS
            }
    lines = source.splitlines()
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        function = _called(node.func, functions)
        if function is None:
            continue
        texts = [_argument(node, index, name) for index in ARGUMENTS[function]]
        context, text, plural = texts
        if text is not None and (ARGUMENTS[function][2] is None or plural is not None):
            yield Entry(text, plural, context, comments=_notes_above(lines, node.lineno))


def _called(function: ast.expr, functions: dict[str, str]) -> str | None:
    if isinstance(function, ast.Name):
        return functions.get(function.id)
    if isinstance(function, ast.Attribute) and function.attr != "_":
        return function.attr if function.attr in ARGUMENTS else None
    return None


def _argument(call: ast.Call, index: int | None, name: str) -> str | None:
    if index is None:
        return None
    where = f"{name}:{call.lineno}"
    if index >= len(call.args):
        raise CatalogueError(f"{where}: give gettext its strings as positional arguments.")
    value = call.args[index]
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        return value.value
    if isinstance(value, ast.Name | ast.Attribute | ast.Subscript):
        return None  # A string that is marked where it is written.
    raise CatalogueError(
        f"{where}: gettext gets {ast.unparse(value)}, which no catalogue can hold: "
        "translate a plain string and format the result."
    )


def _notes_above(lines: list[str], number: int) -> dict[str, None]:
    notes: list[str] = []
    for line in reversed(lines[: number - 1]):
        if not line.strip().startswith("#"):
            break
        notes.insert(0, line.strip().lstrip("# "))
    starts = [index for index, note in enumerate(notes) if note.startswith(COMMENT_MARK)]
    return {" ".join(notes[starts[0] :]): None} if starts else {}


class _TolerantParser(Parser):
    """Django's parser, for the i18n tags alone: it knows every filter."""

    def find_filter(self, filter_name: str) -> Callable[..., object]:
        def accept(value: object, argument: object = None) -> object:
            return value

        return accept


def template_strings(source: str, name: str) -> Iterator[Entry]:
    """Yield the strings of a Django template, read by Django's own tags as it does to render."""
    parser = _TolerantParser(Lexer(source).tokenize())
    notes: dict[str, None] = {}
    while parser.tokens:
        token = parser.next_token()
        try:
            found = list(_token_strings(parser, token))
        except (TemplateSyntaxError, CatalogueError) as error:
            raise CatalogueError(f"{name}:{token.lineno}: {error}") from error
        for entry in found:
            entry.comments |= notes
            yield entry
        if token.token_type == TokenType.COMMENT and token.contents.startswith(COMMENT_MARK):
            notes = {" ".join(token.contents.split()): None}
        elif token.token_type != TokenType.TEXT or token.contents.strip():
            notes = {}


def _token_strings(parser: Parser, token: Token) -> Iterator[Entry]:
    if token.token_type not in (TokenType.BLOCK, TokenType.VAR):
        return
    tag = token.contents.split()[0] if token.token_type == TokenType.BLOCK else ""
    if tag == "comment":
        parser.skip_past("endcomment")
        return
    for match in CONSTANT.finditer(token.contents):
        if match[1]:
            literal = Variable(match[1]).literal
            yield Entry(str(literal).replace("%", "%%"))
    if tag in {"translate", "trans"}:
        node = do_translate(parser, token)
        literal = getattr(node.filter_expression.var, "literal", None)
        if isinstance(literal, str):
            yield Entry(literal.replace("%", "%%"), None, _context(node.message_context))
    elif tag in {"blocktranslate", "blocktrans"}:
        block = do_block_translate(parser, token)
        text, plural = _block_text(block, block.singular), None
        if block.plural:
            plural = _block_text(block, block.plural)
        yield Entry(text, plural, _context(block.message_context))


def _block_text(block: BlockTranslateNode, tokens: list[Token]) -> str:
    text, names = block.render_token_list(tokens)
    for variable in names:
        if not variable.isidentifier():
            raise CatalogueError(
                f"{{{{ {variable} }}}} in a blocktranslate: name it in the tag, "
                f"{{% blocktranslate with name={variable} %}}."
            )
    return text


def _context(expression: FilterExpression | None) -> str | None:
    if expression is None:
        return None
    if not isinstance(expression.var, str) or expression.filters:
        raise CatalogueError(f"context {expression.token}: write it as a plain string.")
    return str(expression.var)


def script_strings(source: str, name: str) -> Iterator[Entry]:
    """Yield the strings that a script hands to the functions of Django's JavaScriptCatalog."""
    keywords = dict.fromkeys(SCRIPT_FUNCTIONS)
    # Babel annotates what its callers make of these, not what it yields here.
    calls = cast(
        Iterator[tuple[int, str, str | tuple[str | None, ...], list[str]]],
        extract_javascript(
            BytesIO(source.encode()), keywords, [COMMENT_MARK], {"encoding": "utf-8"}
        ),
    )
    for line, function, found, notes in calls:
        texts = [found] if isinstance(found, str) else list(found)
        where = ARGUMENTS[function]
        needed = [index for index in where if index is not None]
        if max(needed) >= len(texts) or not all(texts[index] for index in needed):
            raise CatalogueError(f"{name}:{line}: {function} needs plain strings.")
        context, text, plural = (None if index is None else texts[index] for index in where)
        yield Entry(str(text), plural, context, comments=dict.fromkeys(notes))


# The catalogue of one language


@dataclass(frozen=True)
class Language:
    """One language's catalogue; its plural rule is that of Django's own translation."""

    code: str
    folder: Path

    @property
    def po(self) -> Path:
        """Return the file people edit."""
        return self.folder / to_locale(self.code) / "LC_MESSAGES" / "django.po"

    @property
    def mo(self) -> Path:
        """Return the file Django reads."""
        return self.po.with_suffix(".mo")

    @cached_property
    def plural_forms(self) -> str:
        """Return the Plural-Forms header: the same as Django's, so that both agree on a form."""
        shipped = Path(django.__file__).parent / "conf" / "locale" / to_locale(self.code)
        try:
            with (shipped / "LC_MESSAGES" / "django.mo").open("rb") as file:
                header = GNUTranslations(file).info()["plural-forms"]
        except FileNotFoundError as error:
            raise CatalogueError(f"{self.code}: Django has no such language.") from error
        return header.strip().rstrip(";") + ";"

    @cached_property
    def lone_forms(self) -> set[int]:
        """Return the plural forms that stand for one number, which they may leave unsaid."""
        rule = c2py(self.plural_forms.split("plural=")[-1].rstrip(";"))
        uses = Counter(int(rule(number)) for number in range(1000))
        return {form for form, count in uses.items() if count == 1}

    def read(self) -> Catalog:
        """Return the catalogue as it is written; an empty one without a file."""
        if not self.po.exists():
            return self._empty()
        with self.po.open("rb") as file:
            try:
                return read_po(file, locale=to_locale(self.code), abort_invalid=True)
            except PoFileError as error:
                line = getattr(error, "lineno", 0) + 1
                raise CatalogueError(
                    f"{self.code}: {self.po}: near line {line}: {error}"
                ) from error

    def _empty(self) -> Catalog:
        catalog = Catalog(locale=to_locale(self.code))
        catalog.mime_headers = [("Plural-Forms", self.plural_forms)]
        return catalog

    def update(self, entries: Entries) -> bool:
        """Merge `entries`: keep translations, drop obsolete ones; return if the file changed."""
        old, new = self.read(), self._empty()
        for entry in entries.values():
            kept = old.get(entry.text, entry.context)
            message = Message(
                (entry.text, entry.plural) if entry.plural else entry.text,
                _kept_string(kept, bool(entry.plural), new.num_plurals),
                locations=[(name, 0) for name in sorted(entry.files)],
                flags=kept.flags & {"fuzzy"} if kept else (),
                auto_comments=list(entry.comments),
                user_comments=kept.user_comments if kept else (),
                context=entry.context,
            )
            new[message.id] = message
        text = self._header() + _po_text(new)
        if self.po.exists() and self.po.read_text(encoding="utf-8") == text:
            return False
        self.po.parent.mkdir(parents=True, exist_ok=True)
        self.po.write_text(text, encoding="utf-8", newline="\n")
        return True

    def _header(self) -> str:
        lines = [
            f"Language: {to_locale(self.code)}",
            "MIME-Version: 1.0",
            "Content-Type: text/plain; charset=utf-8",
            "Content-Transfer-Encoding: 8bit",
            f"Plural-Forms: {self.plural_forms}",
        ]
        return 'msgid ""\nmsgstr ""\n' + "".join(f'"{line}\\n"\n' for line in lines) + "\n"

    def counts(self) -> tuple[int, int, int]:
        """Return how many strings there are, how many are untranslated, and how many fuzzy."""
        messages = [message for message in self.read() if message.id]
        untranslated = [message for message in messages if not all(_forms(message))]
        return len(messages), len(untranslated), sum(message.fuzzy for message in messages)

    def compile(self) -> bool:
        """Write the binary file where it is older than the text; return if it was written."""
        if not self.po.exists():
            return False
        if self.mo.exists() and self.mo.stat().st_mtime_ns >= self.po.stat().st_mtime_ns:
            return False
        # Servers and tests may start at once: each sees a whole file, the old or the new.
        part = self.mo.with_name(f"{self.mo.name}.{os.getpid()}")
        with part.open("wb") as file:
            write_mo(file, self.read())
        part.replace(self.mo)
        return True

    def problems(self, entries: Entries) -> Iterator[str]:
        """Yield each reason why this catalogue does not translate `entries` completely."""
        if not self.po.exists() and entries:
            yield f"{self.code}: {self.po}: there is no catalogue: run catalogue --update"
            return
        try:
            catalog = self.read()
        except CatalogueError as error:
            yield str(error)
            return
        written = f"nplurals={catalog.num_plurals}; plural={catalog.plural_expr};"
        if written != self.plural_forms:
            yield f"{self.code}: {self.po}: Plural-Forms must be {self.plural_forms}"
        for entry in sorted(entries.values(), key=lambda entry: (entry.text, entry.context or "")):
            for problem in self._entry_problems(entry, catalog.get(entry.text, entry.context)):
                yield f"{self.code}: {', '.join(sorted(entry.files))}: {entry.text!r}: {problem}"
        for message in catalog:
            text = _texts(message)[0]
            if text and (message.context, text) not in entries:
                yield f"{self.code}: {self.po}: {text!r}: obsolete: run catalogue --update"

    def _entry_problems(self, entry: Entry, message: Message | None) -> Iterator[str]:
        sources = [entry.text, entry.plural] if entry.plural else [entry.text]
        if message is None:
            yield "missing: run catalogue --update"
            return
        if _texts(message) != sources:
            yield "the plural has changed: run catalogue --update"
            return
        if message.fuzzy:
            yield "fuzzy: check it, then delete the mark"
        forms = _forms(message)
        if not any(forms):
            yield "untranslated"
            return
        for number, form in enumerate(forms):
            place = f"msgstr[{number}]: " if message.pluralizable else ""
            if not form:
                yield f"{place}missing plural form ({self.code} has {len(forms)})"
            else:
                lone = message.pluralizable and number in self.lone_forms
                for problem in form_problems([str(text) for text in sources], form, lone):
                    yield place + problem


def _kept_string(message: Message | None, plural: bool, count: int) -> str | tuple[str, ...]:
    forms = _forms(message) if message and message.pluralizable == plural else []
    if not plural:
        return forms[0] if forms else ""
    return tuple((forms + [""] * count)[:count])


def _forms(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string or ())


def _texts(message: Message) -> list[str]:
    return [message.id] if isinstance(message.id, str) else list(message.id)


def _po_text(catalog: Catalog) -> str:
    out = BytesIO()
    write_po(out, catalog, width=0, omit_header=True, sort_output=True, include_lineno=False)
    return out.getvalue().decode("utf-8").rstrip("\n") + "\n"


# What a translation must carry over


def form_problems(sources: list[str], form: str, lone: bool) -> Iterator[str]:
    """Yield what `form` loses or invents; a form for one number may leave that number out."""
    marks, expected = placeholders(form), placeholders(sources[-1])
    optional: set[str] = set()
    if lone:
        optional = expected ^ placeholders(sources[0])
        expected |= optional
        values = {mark for mark in expected - optional - marks if not mark.startswith("<")}
        optional |= values if len(values) == 1 else set()
    for title, difference in (
        ("missing", expected - optional - marks),
        ("unknown", marks - expected),
    ):
        if difference:
            yield f"placeholder mismatch: {title} {' '.join(sorted(difference))}"
    if "%" in PERCENT.sub("", form) and not any("%" in PERCENT.sub("", text) for text in sources):
        yield "a lone %: write %%"


def placeholders(text: str) -> set[str]:
    """Return what formatting fills in, and HTML tags; a repeated unnamed one counts again.

    >>> sorted(placeholders("<b>%(n)s</b> of {total}: %s, %s, 5%%"))
    ['%(n)s', '%s', '%s (2)', '</b', '<b', '{total}']
    """
    found: set[str] = set()
    seen: Counter[str] = Counter()
    for match in (*PERCENT.finditer(text), *BRACES.finditer(text), *TAG.finditer(text)):
        mark = match[0]
        if mark == "%%":
            continue
        seen[mark] += 1
        named = mark.startswith("%(") or (mark[0] == "{" and mark[1:2].isidentifier())
        found.add(mark if named or seen[mark] == 1 else f"{mark} ({seen[mark]})")
    return found
