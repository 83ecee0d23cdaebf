"""Fields that every room uses: encrypted text in tables; plain text, phone numbers and files in forms."""

import re
import unicodedata
from typing import Any

import phonenumbers
from django import forms
from django.core.exceptions import FieldError, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import models
from django.utils.translation import gettext_lazy as _

from tongxin.kernel import crypto, text
from tongxin.kernel.files import DOCUMENTS, PICTURES, Kinds, Prepared, prepare


class EncryptedTextField(models.TextField):
    """Text that is never plain in the database. "" and None are stored as they are.

    It cannot be searched: keep a `crypto.blind_index` beside it. Reading it under other keys raises
    `crypto.Unreadable`.
    """

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        return crypto.encrypt(value) if value else value

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        return crypto.decrypt(value) if value else value

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name != "isnull":
            raise FieldError(f"{self.name} is encrypted and cannot be searched: use its blind index.")
        return super().get_lookup(lookup_name)


class PlainTextField(forms.CharField):
    """One line as typed; outer white space goes. Emoji and rare characters stay exactly as they are.

    `max_length` counts characters (code points). The browser is not told to cut at it, since that would lose pasted
    text without a word: the widget carries `data-limit` for a counter, and an over-long text is a field error.
    """

    lines = False
    default_error_messages = {
        "max_length": _("Please shorten it: at most %(limit_value)d characters, you wrote %(show_value)d."),
        "min_length": _("Please write a little more: at least %(limit_value)d characters."),
    }

    def __init__(self, **kwargs: Any) -> None:
        self.trimmed = not self.lines
        super().__init__(strip=False, **kwargs)

    def to_python(self, value: Any) -> str:
        cleaned = text.clean(super().to_python(value) or "", lines=True)
        cleaned = cleaned.strip() if self.trimmed else cleaned
        if not text.has_content(cleaned):
            return self.empty_value or ""
        return text.clean(cleaned, lines=self.lines)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        attrs = super().widget_attrs(widget)
        for limit in ("maxlength", "minlength"):
            attrs.pop(limit, None)
        if self.max_length is not None:
            attrs["data-limit"] = str(self.max_length)
        return attrs


class PlainTextAreaField(PlainTextField):
    """Several lines, kept exactly (leading spaces of a paragraph too); only line ends are made one kind."""

    lines = True
    widget = forms.Textarea


# What stands before a number: 电话, 固定电话, 手机号：; and behind it the extension of a switchboard.
_CALLED = re.compile(
    r"^(?:联系|办公|家庭|单位|固定|移动|住宅)?(?:固话|电话|手机|座机|tel|phone|mobile)(?:号码|号)?[\s:.]*",
    re.IGNORECASE,
)
_EXTENDED = re.compile(
    r"(?P<main>.*\d\)?)\s*(?P<sign>[,;]?\s*(?:转分机|转|分机号?|ext\.?|x|#)|-)[\s:]*(?P<extension>\d{1,6})",
    re.ASCII | re.IGNORECASE,
)


def _several(number: str) -> bool:
    """Whether two whole numbers stand in the text; seven digits are the least a number has."""
    parts = re.split(r"[\s,;/、或和与及]+|-(?=1\d{10}(?!\d))", number)
    return sum(len(re.findall(r"\d", part, re.ASCII)) >= 7 for part in parts) > 1


def _valid(number: str) -> bool:
    if re.search(r"[^\d\s+()./-]", number, re.ASCII):
        return False
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(number, "CN"))
    except phonenumbers.NumberParseException:
        return False


class PhoneField(forms.CharField):
    """A phone number in E.164 form (+8613912342261); an extension follows a dash (+864694222222-801).

    Accepts mobiles and landlines with area code the way people write them: +86, spaces, dashes, brackets, full-width
    digits, 电话 before them, 转801 or -801 behind; numbers of other countries with their +code.
    """

    widget = forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"})
    default_error_messages = {
        "letters": _("A phone number has only digits. Please check “%(number)s”."),
        "mobile": _("A mobile number has 11 digits, this one has %(count)d. Please check “%(number)s”."),
        "landline": _("Please write a landline with its area code, like 0469-4222222."),
        "several": _("Please give one number only, “%(number)s” is more than one."),
        "invalid": _("“%(number)s” is no phone number that can be called. Please check it."),
    }

    def clean(self, value: Any) -> str:
        typed = text.clean(self.to_python(value) or "", lines=False)
        number = re.sub(r"[‐-―−－—]", "-", unicodedata.normalize("NFKC", typed)).strip()
        self.validate(number)
        return self._e164(_CALLED.sub("", number)) if number else ""

    def _e164(self, number: str) -> str:
        if len(number) <= 80 and _several(number):
            raise self._error("several", number)
        extended = _EXTENDED.fullmatch(number) if len(number) <= 40 else None
        # A dash stands inside numbers too: it begins an extension only where the whole is no number.
        if extended and not (extended["sign"] == "-" and _valid(number)) and _valid(extended["main"]):
            return f"{self._e164(extended['main'])}-{extended['extension']}"
        if re.search(r"[^\d\s+()./-]", number, re.ASCII) or len(number) > 40:
            raise self._error("letters", number)
        try:
            parsed = phonenumbers.parse(number, "CN")
        except phonenumbers.NumberParseException:
            raise self._error("invalid", number) from None
        if phonenumbers.is_valid_number(parsed):
            return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
        digits = str(parsed.national_number)
        if parsed.country_code == 86 and digits.startswith("1") and len(digits) != 11:
            raise self._error("mobile", number, count=len(digits))
        if parsed.country_code == 86 and len(digits) in (7, 8):
            raise self._error("landline", number)
        raise self._error("invalid", number)

    def _error(self, code: str, number: str, **params: Any) -> ValidationError:
        shortened = number if len(number) <= 40 else number[:39] + "…"
        return ValidationError(self.error_messages[code], code=code, params={"number": shortened, **params})


class _FilesInput(forms.FileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files, each examined and made ready: cleans to a list of `files.Prepared` for `files.accept`.

    `max_files` at most, `max_total` bytes together; every refusal names its file.
    """

    widget = _FilesInput
    default_error_messages = {
        "count": _("At most %(limit)d files can be sent at once, you chose %(count)d."),
        "total": _("The files are too large together: at most %(limit)d MB."),
    }

    def __init__(
        self, *, kinds: Kinds = PICTURES, max_files: int = 6, max_total: int = 60 * 1024 * 1024, **kwargs: Any
    ) -> None:
        self.kinds, self.max_files, self.max_total = kinds, max_files, max_total
        super().__init__(**kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[Prepared]:
        uploads: list[UploadedFile] = [each for each in (data if isinstance(data, list | tuple) else [data]) if each]
        if not uploads and self.required:
            raise ValidationError(self.error_messages["required"], code="required")
        if len(uploads) > self.max_files:
            params = {"limit": self.max_files, "count": len(uploads)}
            raise ValidationError(self.error_messages["count"], code="count", params=params)
        if sum(upload.size or 0 for upload in uploads) > self.max_total:
            params = {"limit": self.max_total // (1024 * 1024)}
            raise ValidationError(self.error_messages["total"], code="total", params=params)
        prepared, problems = [], []
        for upload in uploads:
            try:
                prepared.append(self._ready(upload))
            except ValidationError as problem:
                problems.append(problem)
        if problems:
            raise ValidationError(problems)
        return prepared

    def _ready(self, upload: Any) -> Prepared:
        """The file made ready; remembered with it, since the door cleans a form before the lock and again behind it."""
        if not hasattr(upload, "prepared"):
            upload.prepared = prepare(upload, kinds=self.kinds)
        return upload.prepared

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        accepted = "image/*" if self.kinds == PICTURES else ".pdf,.doc,.docx,.xls,.xlsx,.txt,.ofd"
        return {"accept": accepted if self.kinds in (PICTURES, DOCUMENTS) else f"image/*,{accepted}"}
