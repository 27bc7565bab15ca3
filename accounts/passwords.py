"""The rule for passwords that Django does not ship."""

from __future__ import annotations

import secrets
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.crypto import salted_hmac


class FourClassesValidator:
    """A password has lower and upper case letters, digits and signs (domain notes, "Secrets")."""

    help = "Mật khẩu phải có chữ thường, chữ hoa, chữ số và ký tự đặc biệt (như @ - _ !)."

    def validate(self, password: str, user: Any = None) -> None:
        """Raise `ValidationError` naming the classes that are missing."""
        missing = [
            name
            for name, found in (
                ("chữ thường", any(c.islower() for c in password)),
                ("chữ hoa", any(c.isupper() for c in password)),
                ("chữ số", any(c.isdigit() for c in password)),
                ("ký tự đặc biệt", any(not c.isalnum() and not c.isspace() for c in password)),
            )
            if not found
        ]
        if missing:
            raise ValidationError(
                f"Mật khẩu còn thiếu: {', '.join(missing)}.", code="password_classes"
            )

    def get_help_text(self) -> str:
        """The rule, for the form."""
        return self.help


# Letters and digits that nobody takes for one another when reading them out.
_UPPER, _LOWER, _DIGITS = "ACDEFGHJKLMNPQRTUVWXY", "abcdefghijkmnpqrtuvwxy", "346789"


def new_seed() -> str:
    """What a temporary password is made from: of no use to anybody without `SECRET_KEY`."""
    return secrets.token_urlsafe(24)


def temporary_password(seed: str) -> str:
    """The password of that seed, such as `Kxm7-Qtp4-Rwh9-Zdc3`; it has all four classes.

    Whoever set it must be able to see it again after a reload; kept for that is the seed alone.
    """
    number = int.from_bytes(
        salted_hmac("accounts.temporary_password", seed, algorithm="sha256").digest(), "big"
    )
    letters = []
    for alphabet in (_UPPER, _LOWER, _LOWER, _DIGITS) * 4:
        number, place = divmod(number, len(alphabet))
        letters.append(alphabet[place])
    return "-".join("".join(letters[start : start + 4]) for start in range(0, 16, 4))
