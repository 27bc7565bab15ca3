"""Forms of signing in, of passwords, and of accounts."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import User
from accounts.passwords import new_seed, temporary_password
from congvu.forms import RecordForm
from units.forms import UnitField, offer
from units.models import Unit

_ASK = "Hãy liên hệ người quản trị tài khoản của đơn vị bạn để được mở lại."


class SignInForm(AuthenticationForm):
    """User name and password; says whom to ask when the account is closed or was idle too long."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "Tên đăng nhập"
        self.fields["username"].widget.attrs |= {"autocapitalize": "none", "spellcheck": "false"}
        self.fields["password"].label = "Mật khẩu"

    def confirm_login_allowed(self, user: Any) -> None:
        """Refuse an account that nobody has used for too long (`ACCOUNT_IDLE_DAYS`)."""
        super().confirm_login_allowed(user)
        if user.is_idle:
            raise ValidationError(
                f"Tài khoản này đã lâu không dùng nên tạm khóa. {_ASK}", code="idle"
            )

    def get_invalid_login_error(self) -> ValidationError:
        """The same sentence for a wrong name and a wrong password.

        Only whoever knows the password of a disabled account is told that it is disabled.
        """
        name = self.cleaned_data.get("username") or ""
        user = User.objects.disabled().filter(username=User.normalize_username(name)).first()
        if user and user.check_password(self.cleaned_data.get("password") or ""):
            return ValidationError(f"Tài khoản này đang bị khóa. {_ASK}", code="disabled")
        return super().get_invalid_login_error()


class OwnPasswordForm(PasswordChangeForm):
    """A new password for the own account, other than the one it replaces."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["old_password"].label = "Mật khẩu hiện tại"
        self.fields["new_password1"].label = "Mật khẩu mới"
        self.fields["new_password2"].label = "Nhập lại mật khẩu mới"

    def clean_new_password1(self) -> str:
        """The new password; raises `ValidationError` when it is the old one."""
        password: str = self.cleaned_data["new_password1"]
        if self.user.check_password(password):
            raise ValidationError("Mật khẩu mới phải khác mật khẩu hiện tại.", code="same")
        return password


class AccountForm(RecordForm):
    """Who an account is for, what it may do, and for which unit."""

    groups = (
        ("Người dùng", ("full_name", "post", "email", "username")),
        ("Quyền", ("role", "unit", "sees_names")),
    )

    unit = UnitField(
        label="Đơn vị",
        help_text="Người dùng làm việc trong phạm vi đơn vị này và các đơn vị trực thuộc. Gõ mã "
        "hoặc tên, không cần dấu: “dai tu”.",
    )
    sees_names = forms.BooleanField(
        label="Lãnh đạo này được xem tên cá nhân bị xử lý",
        required=False,
        help_text="Chỉ dùng cho vai trò Lãnh đạo; không chọn thì tên được che.",
    )

    class Meta(RecordForm.Meta):
        model = User
        fields = ("full_name", "post", "email", "username", "role", "unit")
        help_texts = {
            "full_name": "Như trong hồ sơ cán bộ, ví dụ: Nguyễn Thị Hòa.",
            "post": "Ví dụ: Phó Trưởng phòng Cải cách hành chính.",
            "username": "Chữ không dấu và số, không có khoảng trống, ví dụ: hoa.nguyen.",
        }

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by
        self.seed = ""
        offer(self, Unit.objects.visible_to(by), "unit")
        self.fields["sees_names"].initial = bool(self.instance.pk and self.instance.names_granted)
        if self.instance.pk == by.pk:
            # Shown, but not to be changed: whoever could raise the own role could raise any.
            self.fields["role"].disabled = True
            self.fields["role"].help_text = "Bạn không thể tự đổi vai trò của mình."

    def clean_email(self) -> str:
        """One address for one person; raises `ValidationError` when another account has it."""
        email: str = self.cleaned_data["email"]
        if email and User.objects.others_with(email, self.instance).exists():
            raise ValidationError("Đã có tài khoản khác dùng thư điện tử này.", code="taken")
        return email

    def save_as(self, by: User) -> bool:
        """Save the account; a new one gets a temporary password, made from `seed`."""
        if self.instance.pk is None:
            self.seed = new_seed()
            self.instance.set_password(temporary_password(self.seed))
        with transaction.atomic():
            if not super().save_as(by):
                return False
            wanted = self.cleaned_data["sees_names"]
            self.instance.let_see_names(wanted, by=by)
        return True
