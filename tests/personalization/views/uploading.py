"""Upload label files the way a browser does."""

from dataclasses import dataclass, field
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from annotation.models import Study
from personalization.models import LabelImport

LABELS = "item,rater,value\n" + "".join(
    f"i{number},{rater},{value}\n"
    for number in range(12)
    for rater, value in (("Ann", "yes"), ("Ben", "no" if number % 3 else "yes"))
)
TOML = """
key = "true"
wording = "Is this true?"
level = "nominal"
options = ["yes", "no"]
"""
ANSWERS: dict[str, Any] = {
    "key": "true", "wording": "Is this true?", "level": "nominal", "options": "yes\nno",
    "invalid": "", "item": ["item"], "rater": ["rater"], "value": "value", "identity": "people",
}  # fmt: skip


def file(name: str, content: str | bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content if isinstance(content, bytes) else content.encode())


@dataclass
class Upload:
    """An upload on its way, seen through its page."""

    client: Client
    study: Study
    files: dict[str, str | bytes] = field(default_factory=lambda: {"human": LABELS})
    names: dict[str, str] = field(default_factory=dict)

    def send(self) -> Any:  # noqa: ANN401 - the test client's response
        """Send the files; the response leads to the import's page."""
        given = {
            kind: file(self.names.get(kind, f"{kind}.csv"), content)
            for kind, content in self.files.items()
        }
        return self.client.post(f"/studies/{self.study.name}/import/", given)

    def sent(self) -> LabelImport:
        """Send the files and return the import that came of it."""
        response = self.send()
        assert response.status_code == 302, response.content.decode()
        return LabelImport.objects.get(pk=response["Location"].split("/")[2])

    def started(self, **answers: object) -> LabelImport:
        """Send the files, confirm the mapping, and start."""
        one = self.sent()
        path = f"/imports/{one.pk}/"
        response = self.client.post(path, {**ANSWERS, **answers, "start": "1"})
        assert response["Location"] == path, response.content.decode()
        return one
