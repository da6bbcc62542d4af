"""The form of an endpoint. Its key goes in and never comes out again."""

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from personalization.endpoints import RESERVED
from personalization.llm import guard
from personalization.models import Endpoint
from personalization.sealing import seal

PATH = "/chat/completions"  # people copy it from examples
MOST_AT_ONCE, LONGEST = 512, 600


class EndpointForm(forms.ModelForm):  # type: ignore[type-arg]
    """Where models are asked, with which key, and how hard."""

    key = forms.CharField(
        label=gettext_lazy("Key"),
        required=False,
        max_length=4096,
        widget=forms.PasswordInput(
            render_value=False, attrs={"autocomplete": "new-password", "spellcheck": "false"}
        ),
    )
    forget_key = forms.BooleanField(label=gettext_lazy("Forget the stored key"), required=False)
    concurrency = forms.IntegerField(
        label=gettext_lazy("Requests at a time"),
        min_value=1,
        max_value=MOST_AT_ONCE,
        initial=8,
        help_text=gettext_lazy("Of all workers together in runs of judges; else of each worker."),
    )
    timeout_s = forms.FloatField(
        label=gettext_lazy("Seconds to wait for an answer"),
        min_value=1,
        max_value=LONGEST,
        initial=60,
    )

    class Meta:
        model = Endpoint
        fields = [
            "name",
            "url",
            "key",
            "forget_key",
            "model",
            "provider",
            "concurrency",
            "timeout_s",
        ]
        labels = {
            "name": gettext_lazy("Name"),
            "url": gettext_lazy("Address"),
            "model": gettext_lazy("Model"),
            "provider": gettext_lazy("Provider"),
        }
        help_texts = {
            "name": gettext_lazy(
                "For lists and records, such as lab-server. It cannot change later."
            ),
            "url": gettext_lazy(
                "Of anything that speaks the OpenAI protocol, mostly ending in /v1."
            ),
            "model": gettext_lazy("As the endpoint calls it. Asked where a study names no other."),
            "provider": gettext_lazy(
                "Who runs it, as people read it in the consent text. Empty if you do."
            ),
        }
        widgets = {
            "name": forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
            "url": forms.TextInput(attrs={"inputmode": "url", "spellcheck": "false", "dir": "ltr"}),
            "model": forms.TextInput(attrs={"spellcheck": "false", "dir": "ltr"}),
            "provider": forms.TextInput,
        }

    def __init__(self, data: QueryDict | None = None, instance: Endpoint | None = None) -> None:
        super().__init__(data, instance=instance)
        self.known = self.instance.pk is not None
        self.has_key = self.instance.sealed_key is not None
        self.kept_url = self.instance.url
        self.fields["url"].required = self.fields["model"].required = True
        if self.known:
            del self.fields["name"]
        if self.has_key:
            self.fields["key"].help_text = _("A key is stored. Leave this empty to keep it.")
        else:
            del self.fields["forget_key"]
            self.fields["key"].help_text = _("Stored encrypted, and never shown again.")

    def clean_name(self) -> str:
        """Refuse names that mean endpoints of our own."""
        name = str(self.cleaned_data["name"])
        if name in RESERVED:
            raise forms.ValidationError(_("This name is taken. Choose another one."))
        return name

    def clean_url(self) -> str:
        """Refuse addresses that endpoints may not have; names are looked up when they are asked."""
        url = str(self.cleaned_data["url"]).strip().rstrip("/").removesuffix(PATH)
        try:
            guard.check(url, settings.ENDPOINT_HOSTS)
        except guard.MalformedError:
            raise forms.ValidationError(
                _("Write an address that begins with http:// or https://, without a password.")
            ) from None
        except guard.ForbiddenError:
            raise forms.ValidationError(
                _(
                    "This address lies in the server's own network. Whoever runs this site can "
                    "allow it with CONCORD_ENDPOINT_HOSTS."
                )
            ) from None
        return url

    def clean_key(self) -> str:
        """Refuse what no header can carry."""
        key = str(self.cleaned_data["key"]).strip()
        if not key.isascii() or not key.isprintable() or " " in key:
            raise forms.ValidationError(_("A key has no spaces and only plain letters and signs."))
        return key

    def clean(self) -> dict[str, Any]:
        """Send a stored key nowhere but to the address that it was entered for."""
        data = super().clean() or {}
        stays = self.has_key and not data.get("key") and not data.get("forget_key")
        if stays and "url" in data and _origin(data["url"]) != _origin(self.kept_url):
            self.add_error(
                "key", _("Enter the key again: it is sent to no other address than its own.")
            )
        return data

    def save(self, commit: bool = True) -> Endpoint:
        """Save the endpoint, and seal a new key."""
        endpoint: Endpoint = super().save(commit=False)
        if key := self.cleaned_data["key"]:
            endpoint.sealed_key = seal(key)
        elif self.cleaned_data.get("forget_key"):
            endpoint.sealed_key = None
        endpoint.save()
        return endpoint


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc.lower()
