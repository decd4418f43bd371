"""What a password must be (RM-955), and passwords that the house makes up.

The classes stand in AUTH_PASSWORD_VALIDATORS, so that a page, a command and an action ask the same.
"""

from __future__ import annotations

import secrets
import string
from collections.abc import Iterator

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.hashers import check_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from tangthu.signin import rules
from tangthu.signin.models import PastPassword
from tangthu.standards.vietnamese import fold

_SIGNS = "-._!?+=@#%"
_MADE = 18
_LETTERS_OF_ONES_OWN = 4


def classes(password: str) -> int:
    """How many of the four classes occur: small letters, capitals, digits, anything else."""
    return sum(
        any(test(one) for one in password)
        for test in (str.islower, str.isupper, str.isdigit, lambda one: not one.isalnum())
    )


class FourClasses:
    """Long enough, and of enough classes of characters."""

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:
        """Raises ValidationError with one sentence for each rule that is broken."""
        least, wanted = rules.number("password_length"), rules.number("password_classes")
        found = []
        if len(password) < least:
            words = _("Mật khẩu cần ít nhất %(n)s ký tự.") % {"n": least}
            found.append(ValidationError(words, code="password_too_short"))
        if classes(password) < wanted:
            words = _("Mật khẩu cần đủ chữ thường, chữ hoa, chữ số và ký tự khác (như . - ! ?).")
            found.append(ValidationError(words, code="password_few_classes"))
        if found:
            raise ValidationError(found)

    def get_help_text(self) -> str:
        """The rule in words."""
        return _("Ít nhất %(n)s ký tự, đủ chữ thường, chữ hoa, chữ số và ký tự khác.") % {
            "n": rules.number("password_length")
        }


class NotOfTheHouse:
    """No password that is little more than a word which everybody here knows (`password_words`)."""

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:
        """Raises ValidationError where a word of the house leaves fewer than four other letters."""
        letters = "".join(one for one in fold(password) if one.isalpha())
        bare = letters
        for word in sorted(rules.words("password_words"), key=len, reverse=True):
            bare = bare.replace(word, "")
        if bare != letters and len(bare) < _LETTERS_OF_ONES_OWN:
            words = _("Mật khẩu này chỉ là tên gọi quen thuộc của cơ quan hoặc phần mềm, dễ đoán.")
            raise ValidationError(words, code="password_of_the_house")

    def get_help_text(self) -> str:
        """The rule in words."""
        return _("Không chỉ là tên cơ quan, tên phần mềm hay tên công việc.")


class NotAgain:
    """None of the last passwords of this account, the present one included."""

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:
        """Raises ValidationError for a password that the account had."""
        if any(check_password(password, one) for one in _hashes(user)):
            words = _("Mật khẩu này đã dùng rồi. %(n)s mật khẩu gần nhất không được dùng lại.")
            raise ValidationError(
                words % {"n": rules.number("password_history")}, code="password_used"
            )

    def get_help_text(self) -> str:
        """The rule in words."""
        return _("Không dùng lại %(n)s mật khẩu gần nhất.") % {
            "n": rules.number("password_history")
        }


def _hashes(user: AbstractBaseUser | None) -> Iterator[str]:
    if user is None or user.pk is None:
        return
    if user.password:
        yield user.password
    kept = PastPassword.objects.filter(account_id=user.pk).order_by("-at")
    yield from kept.values_list("password", flat=True)[: rules.number("password_history")]


def make() -> str:
    """A random password of all four classes, for handing over once."""
    kinds = (string.ascii_lowercase, string.ascii_uppercase, string.digits, _SIGNS)
    every = string.ascii_letters + string.digits
    letters = [secrets.choice(kind) for kind in kinds]
    letters += [secrets.choice(every) for _number in range(_MADE - len(letters))]
    # It begins with a letter, so that no terminal takes it for an option.
    first, rest = letters[0], letters[1:]
    secrets.SystemRandom().shuffle(rest)
    return first + "".join(rest)
