"""Personal fields at rest, what people type, phone numbers, masks and retention."""

from datetime import UTC, datetime

import pytest
from django import forms
from django.core.exceptions import FieldError, ImproperlyConfigured, ValidationError
from django.db import connection, models
from django.db.models import Q
from django.test.utils import isolate_apps
from hypothesis import given
from hypothesis import strategies as st

from tongxin.kernel import crypto, options, personal, text
from tongxin.kernel.fields import EncryptedTextField, PhoneField, PlainTextAreaField, PlainTextField

TYPED = st.text(st.characters(exclude_categories=["Cs"]))


@given(TYPED)
def test_encryption_round_trip(plain: str) -> None:
    stored = crypto.encrypt(plain)
    assert crypto.decrypt(stored) == plain
    assert stored != crypto.encrypt(plain)
    assert len(plain) < 4 or plain not in stored


def test_keys_can_be_changed(settings) -> None:
    settings.FIELD_KEYS = ["old"]
    stored, index = crypto.encrypt("13912342261"), crypto.blind_index("13912342261", "phone")
    settings.FIELD_KEYS = ["new", "old"]
    assert crypto.decrypt(stored) == "13912342261"
    assert crypto.blind_index("13912342261", "phone") == index
    rotated = crypto.rotate(stored)
    settings.FIELD_KEYS = ["new"]
    assert crypto.decrypt(rotated) == "13912342261"
    with pytest.raises(crypto.Unreadable, match="TONGXIN_FIELD_KEYS"):
        crypto.decrypt(stored)
    with pytest.raises(crypto.Unreadable):
        crypto.rotate(stored)


def test_tampering_and_plain_values_are_noticed() -> None:
    stored = crypto.encrypt("刘女士")
    for wrong in (stored[:-4] + "AAA=", stored[:20], "刘女士", "plain"):
        with pytest.raises(crypto.Unreadable):
            crypto.decrypt(wrong)


def test_index_depends_on_purpose() -> None:
    assert crypto.blind_index("1", "phone") != crypto.blind_index("1", "receipt")
    assert crypto.blind_index("", "phone") == ""


@pytest.mark.parametrize("keys", [[], [""], [" ", ""]])
def test_no_key_is_an_error_at_once(settings, keys: list[str]) -> None:
    settings.FIELD_KEYS = keys
    with pytest.raises(ImproperlyConfigured):
        crypto.encrypt("x")


@pytest.fixture
def vault(transactional_db):
    """A table with an encrypted field, for the time of one test."""

    with isolate_apps("tongxin.kernel"):

        class Vault(models.Model):
            secret = EncryptedTextField(null=True, blank=True)

            class Meta:
                app_label = "kernel"

            def __str__(self) -> str:
                return "vault"

    with connection.schema_editor() as editor:
        editor.create_model(Vault)
    yield Vault
    with connection.schema_editor() as editor:
        editor.delete_model(Vault)


def raw(model: type[models.Model]) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT secret FROM {model._meta.db_table} ORDER BY id")  # noqa: S608
        return [row[0] for row in cursor.fetchall()]


def test_field_is_never_plain_in_the_database(vault) -> None:
    for value in ("刘女士 13912342261", "", None):
        vault.objects.create(secret=value)
    assert [row.secret for row in vault.objects.order_by("id")] == ["刘女士 13912342261", "", None]
    vault.objects.filter(secret__isnull=False).update(secret="改了")
    bulk = list(vault.objects.order_by("id"))
    bulk[2].secret = "批量"
    vault.objects.bulk_update(bulk, ["secret"])
    assert list(vault.objects.order_by("id").values_list("secret", flat=True)) == ["改了", "改了", "批量"]
    assert all(stored.startswith("gAAAA") for stored in raw(vault))


def test_field_cannot_be_searched(vault) -> None:
    for lookup in ("secret", "secret__contains", "secret__in"):
        with pytest.raises(FieldError, match="blind index"):
            vault.objects.filter(**{lookup: "x"}).exists()


# What people type


@given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"])))
def test_text_is_kept_exactly_or_refused(typed: str) -> None:
    try:
        assert text.clean(typed) == typed
    except ValidationError as problem:
        assert problem.code in ("direction", "control")  # noqa: PT017


@pytest.mark.parametrize(
    "typed", ["👨‍👩‍👧‍👦👍🏽🇨🇳", "𠮷野家㐂", "　　段首空两格\n\n下一段\t完 ", "مرحبا", "e\u0301", "甲\u200e乙", "🏴󠁧󠁢󠁥󠁮󠁧󠁿"]
)
def test_kept_exactly(typed: str) -> None:
    assert PlainTextAreaField().clean(typed) == typed


def test_line_ends_become_one_kind() -> None:
    assert text.clean("a\r\nb\rc\u2028d\u2029e\x85f\ng") == "a\nb\nc\nd\ne\nf\ng"


@pytest.mark.parametrize(
    ("typed", "code", "place"),
    [
        ("第一行\n第\x07二行", "control", ("2", "2", "U+0007")),
        ("\x00", "control", ("1", "1", "U+0000")),
        ("ab\ud800", "control", ("1", "3", "U+D800")),
        ("x\ufffe", "control", ("1", "2", "U+FFFE")),
        ("照片\u202egpj.exe", "direction", ("1", "3", "U+202E")),
        ("\r\n\u2066x", "direction", ("2", "1", "U+2066")),
    ],
)
def test_refused_with_the_place(typed: str, code: str, place: tuple[str, ...]) -> None:
    for field in (PlainTextAreaField(), PlainTextField()):
        with pytest.raises(ValidationError) as caught:
            field.clean(typed)
        assert caught.value.code == code
        assert all(part in caught.value.messages[0] for part in place)


def test_a_control_character_at_the_end_is_not_dropped_silently() -> None:
    with pytest.raises(ValidationError):
        PlainTextField().clean("名字\x1f")


def test_one_line_and_trimmed() -> None:
    assert PlainTextField().clean("  刘女士　") == "刘女士"
    with pytest.raises(ValidationError) as caught:
        PlainTextField().clean("a\nb")
    assert caught.value.code == "lines"


@pytest.mark.parametrize("blank", ["", "   ", "\n\n", "\u200b\u200d", "　"])
def test_nothing_to_be_seen_is_nothing(blank: str) -> None:
    for field in (PlainTextAreaField, PlainTextField):
        assert field(required=False).clean(blank) == ""
        with pytest.raises(ValidationError) as caught:
            field().clean(blank)
        assert caught.value.code == "required"


def test_length_counts_characters_and_the_browser_cuts_nothing() -> None:
    field = PlainTextAreaField(max_length=4)
    assert field.clean("𠮷𠮷𠮷𠮷") == "𠮷𠮷𠮷𠮷"
    assert field.clean("a\r\nbc") == "a\nbc"
    with pytest.raises(ValidationError) as caught:
        field.clean("一二三四五")
    assert "4" in caught.value.messages[0]
    assert "5" in caught.value.messages[0]
    drawn = str(forms.Form().as_p()) + field.widget.render("text", "")
    assert "maxlength" not in drawn
    assert 'data-limit="4"' in drawn


# Phone numbers


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("13912342261", "+8613912342261"),
        (" 139 1234 2261 ", "+8613912342261"),
        ("+86 139-1234-2261", "+8613912342261"),
        ("0086 13912342261", "+8613912342261"),
        ("１３９１２３４２２６１", "+8613912342261"),
        ("0469-4222222", "+864694222222"),
        ("（0469）4222222", "+864694222222"),
        ("+852 2123 4567", "+85221234567"),
        ("0469-4222222-801", "+864694222222-801"),
        ("0469-4222222转801", "+864694222222-801"),
        ("（0469）4222222 转 801", "+864694222222-801"),
        ("０４６９－４２２２２２２－８０１", "+864694222222-801"),
        ("0469-4222222 分机：801", "+864694222222-801"),
        ("04694222222 ext. 801", "+864694222222-801"),
        ("010-6605-7114", "+861066057114"),
        ("139-1234-2261", "+8613912342261"),
        ("固话0469-4222222", "+864694222222"),
        ("固定电话：0469-4222222转801", "+864694222222-801"),
        ("手机：１３９ １２３４ ２２６１", "+8613912342261"),
        ("联系电话 13912342261", "+8613912342261"),
        ("", ""),
    ],
)
def test_phone(typed: str, number: str) -> None:
    assert PhoneField(required=False).clean(typed) == number


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("1391234226", "mobile"),
        ("139123422611", "mobile"),
        ("1391234226a", "letters"),
        ("13912342261或13912342262", "several"),
        ("13912342261 13912342262", "several"),
        ("13912342261、0469-4222222", "several"),
        ("手机13912342261，固话0469-4222222", "several"),
        ("13912342261/13912342262", "several"),
        ("13912342261-13912342262", "several"),
        ("0469-4222222转", "letters"),
        ("4222222-801", "invalid"),
        ("电话", "invalid"),
        ("4222222", "landline"),
        ("12345", "invalid"),
        ("+", "invalid"),
        ("0" * 300, "letters"),
        ("139\x07", "control"),
    ],
)
def test_wrong_phone_is_named(typed: str, code: str) -> None:
    with pytest.raises(ValidationError) as caught:
        PhoneField().clean(typed)
    assert caught.value.code in (code, "mobile" if code == "invalid" else code)
    assert "%(" not in caught.value.messages[0]


@given(TYPED)
def test_any_text_is_a_phone_or_a_sentence(typed: str) -> None:
    try:
        number = PhoneField(required=False).clean(typed)
    except ValidationError as problem:
        assert problem.messages  # noqa: PT017
    else:
        assert number == "" or number.startswith("+")


# Masks and retention


def test_a_number_with_an_extension_is_masked_and_blotted_out_however_it_is_written() -> None:
    assert personal.mask_phone("+864694222222-801") == "469****2222"
    for written in ("4694222222-801", "469-4222222转801", "4694222222 分机801", "469 4222222"):
        assert personal.blot_out(f"打{written}。", "", "+864694222222-801") == "打＊＊。"
    assert personal.blot_out("打4694222222-8015。", "", "+864694222222-801") == "打＊＊-8015。"


@pytest.mark.parametrize(
    ("number", "masked"),
    [("+8613812342261", "138****2261"), ("13812342261", "138****2261"), ("12345", "****"), ("", "")],
)
def test_mask_phone(number: str, masked: str) -> None:
    assert personal.mask_phone(number) == masked


@pytest.mark.parametrize(("name", "masked"), [("刘某某", "刘**"), ("刘某", "刘**"), ("刘女士", "刘女士"), ("", "")])
def test_mask_name(name: str, masked: str) -> None:
    assert personal.mask_name(name) == masked


def test_cutoff() -> None:
    now = datetime(2024, 3, 31, 12, tzinfo=UTC)
    assert personal.cutoff(now, 1, "months") == datetime(2024, 2, 29, 12, tzinfo=UTC)
    assert personal.cutoff(now, 24, "months") == datetime(2022, 3, 31, 12, tzinfo=UTC)
    assert personal.cutoff(now, 31, "days") == datetime(2024, 2, 29, 12, tzinfo=UTC)


@pytest.mark.django_db
def test_expired_data_is_erased_and_nothing_else(monkeypatch) -> None:
    from tongxin.kernel.files import StoredFile
    from tongxin.people.models import Assembly

    definition = options.ParameterDefinition("test.keep", "keep", 2, "months", "test")
    monkeypatch.setitem(options._PARAMETERS, "test.keep", definition)
    monkeypatch.setattr(personal, "_REGISTRY", [])
    personal.register(
        personal.PersonalData(
            StoredFile,
            {"name": personal.mask_name},
            "sender",
            erase=lambda rows, now: rows.update(name=""),
            keep="test.keep",
            since="created_at",
            holding=~Q(name=""),
        )
    )
    now = datetime(2024, 3, 31, tzinfo=UTC)
    place = Assembly.objects.create(code="T", name="某市政协", level="city")
    for name, month, day in (("早", 1, 30), ("晚", 2, 1)):
        moment = datetime(2024, month, day, tzinfo=UTC)
        StoredFile.objects.create(assembly=place, name=name, size=1, created_at=moment)
    assert personal.erase_expired(now) == 1
    assert set(StoredFile.objects.values_list("name", flat=True)) == {"", "晚"}
    assert personal.erase_expired(now) == 0


def test_registering_what_is_not_there_fails_at_once() -> None:
    from tongxin.kernel.files import StoredFile

    with pytest.raises(ImproperlyConfigured, match="nickname"):
        personal.register(
            personal.PersonalData(
                StoredFile, {"nickname": personal.mask_name}, "x", lambda rows, now: 0, "none", "created_at", Q()
            )
        )
