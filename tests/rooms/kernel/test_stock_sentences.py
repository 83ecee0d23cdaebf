"""What a form says of a field that is wrong, in the house's words and not in the framework's."""

import pytest
from django import forms
from django.utils.translation import override

from tongxin.kernel.forms import MoveForm


class _Asked(MoveForm):
    code = forms.SlugField()
    number = forms.IntegerField(min_value=1)
    kind = forms.ChoiceField(choices=[("a", "A")])


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("code", "", "请填写这一项。"),
        ("code", "元旦", "只能用英文字母、数字、下划线和短横线。"),
        ("number", "0", "不能小于 1。"),
        ("number", "x", "请填整数。"),
        ("kind", "b", "没有“b”这一项，请从给出的各项中选择。"),
    ],
)
def test_forms_and_formsets_speak_as_people_do(field, typed, said):
    with override("zh-hans"):
        assert _Asked({field: typed}).errors[field] == [said]
        rows = forms.formset_factory(_Asked, extra=0)(
            {"form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 1, f"form-0-{field}": typed}
        )
        assert rows.errors[0][field] == [said]
