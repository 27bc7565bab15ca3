"""The rule for passwords that Django does not ship."""

from __future__ import annotations

import secrets
from typing import Any

from django.core.exceptions import ValidationError


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


def temporary_password() -> str:
    """A password to be told once, such as `Kxm7-Qtp4-Rwh9-Zdc3`; it has all four classes."""
    groups = (
        secrets.choice(_UPPER)
        + secrets.choice(_LOWER)
        + secrets.choice(_LOWER)
        + secrets.choice(_DIGITS)
        for _ in range(4)
    )
    return "-".join(groups)
