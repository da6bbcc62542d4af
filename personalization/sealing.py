"""Keep the keys of endpoints so that the database alone does not give them away."""

import base64

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

PURPOSE = b"concord endpoint keys"


class UnreadableKeyError(Exception):
    """A key that was sealed under another secret key: it has to be entered again."""


def seal(key: str) -> bytes:
    """Return a key as it is stored."""
    return _fernet().encrypt(key.encode())


def unseal(sealed: bytes | memoryview) -> str:
    """Return a stored key; UnreadableKeyError where it cannot be read any more."""
    try:
        return _fernet().decrypt(bytes(sealed)).decode()
    except InvalidToken:
        raise UnreadableKeyError from None


def _fernet() -> Fernet:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE)
    return Fernet(base64.urlsafe_b64encode(derived.derive(settings.SECRET_KEY.encode())))
