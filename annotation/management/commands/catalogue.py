"""Translations: find the strings, merge them into locale/, check and compile (docs/translating.md)."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from annotation.catalogue import CatalogueError, Entries, Language, extract


class Command(BaseCommand):
    """Update, check and compile the catalogues; without an option, say how complete they are."""

    help = "Update, check and compile the translations; alone, say how complete they are."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the three steps, which run in this order."""
        parser.add_argument(
            "--update", action="store_true", help="merge the project's strings into locale/"
        )
        parser.add_argument(
            "--check", action="store_true", help="fail unless every string is translated"
        )
        parser.add_argument(
            "--compile", action="store_true", help="write the .mo files that are out of date"
        )

    def handle(self, *, update: bool, check: bool, **options: object) -> None:
        """Run the chosen steps on every language but the source's."""
        folder = Path(settings.LOCALE_PATHS[0])
        languages = [
            Language(code, folder)
            for code, _name in settings.LANGUAGES
            if code != settings.LANGUAGE_CODE
        ]
        try:
            entries = extract(Path(settings.BASE_DIR)) if update or check else {}
            if update:
                for language in languages:
                    language.update(entries)
            if update or not (check or options["compile"]):
                self._say_counts(languages)
            if check:
                self._check(languages, entries)
            if options["compile"]:
                self._compile(languages)
        except CatalogueError as error:
            raise CommandError(str(error)) from error

    def _say_counts(self, languages: list[Language]) -> None:
        for language in languages:
            total, untranslated, fuzzy = language.counts()
            self.stdout.write(
                f"{language.code}: {total} strings, {untranslated} untranslated, {fuzzy} fuzzy"
            )

    def _check(self, languages: list[Language], entries: Entries) -> None:
        problems = [line for language in languages for line in language.problems(entries)]
        if problems:
            raise CommandError("\n".join([*problems, f"{len(problems)} problems in locale/"]))

    def _compile(self, languages: list[Language]) -> None:
        for language in languages:
            if language.compile():
                self.stdout.write(f"wrote {language.mo}")
