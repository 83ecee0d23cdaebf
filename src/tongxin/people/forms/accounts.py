"""What is asked when accounts and assemblies are changed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tongxin.kernel.actor import Actor
from tongxin.kernel.fields import PhoneField, PlainTextField
from tongxin.kernel.personal import mask_phone

from .. import convening, phones, queries, roles
from ..models import Assembly, User


class PersonForm(forms.Form):
    """Name, telephone and e-mail of an account."""

    name = PlainTextField(label=_("name"), max_length=60)
    phone = PhoneField(label=_("telephone"), required=False, help_text=_("Can be used to sign in, like the name."))
    email = forms.EmailField(label=_("e-mail"), required=False, help_text=_("Only for a daily summary of news."))

    def __init__(self, *args: Any, user: User | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        if user and user.phone:
            self.fields["phone"].help_text = _("Now %(number)s. Empty leaves it as it is.") % {
                "number": mask_phone(user.phone)
            }

    def clean_phone(self) -> str:
        phone = self.cleaned_data["phone"] or (self.user.phone if self.user else "")
        taken = User.objects.filter(phone_index=phones.index_of(phone)) if phone else User.objects.none()
        if self.user:
            taken = taken.exclude(pk=self.user.pk)
        if taken.exists():
            raise forms.ValidationError(_("Another account has this telephone number."))
        return phone


class AccountForm(PersonForm):
    """A new account."""

    username = PlainTextField(
        label=_("sign-in name"), max_length=60, help_text=_("Short and easy to remember; letters, digits or Chinese.")
    )
    field_order = ("name", "username", "phone", "email")

    def clean_username(self) -> str:
        username = self.cleaned_data["username"]
        if any(character.isspace() for character in username):
            raise forms.ValidationError(_("A sign-in name has no spaces."))
        if phones.normalised(username):
            raise forms.ValidationError(_("This looks like a telephone number. Enter it under telephone."))
        if User.objects.filter(username__iexact=username).exists():
            raise forms.ValidationError(_("This sign-in name is taken. Add a place or a number, for example."))
        return username


class RoleForm(forms.Form):
    """A role and, where it has one, what it is limited to. Which scopes are offered follows from the role."""

    role = forms.ChoiceField(label=_("role"))
    scope = forms.ModelChoiceField(label=_("limited to"), queryset=User.objects.none(), empty_label="—")

    def __init__(
        self, data: Any = None, *, actor: Actor, role: str = "", user: User | None = None, **kwargs: Any
    ) -> None:
        super().__init__(data, **kwargs)
        self.user = user
        offered: Any = self.fields["role"]
        offered.choices = [("", "—"), *((each.code, each.label) for each in roles.every())]
        chosen = next((each for each in roles.every() if each.code == role), None)
        rows = queries.scope_choices(actor, chosen) if chosen else None
        if rows is None:
            del self.fields["scope"]
        else:
            scope: Any = self.fields["scope"]
            scope.queryset = rows
            scope.label = rows.model._meta.verbose_name

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("role") == roles.CONVENER and not convening.holds(self.user, self.scope_id):
            self.add_error(
                "role",
                _("The register of conveners does not name this person for this sector. Enter it there: who has an "
                  "account has the role with it."),
            )  # fmt: skip
        return cleaned

    @property
    def scope_id(self) -> int | None:
        scope = self.cleaned_data.get("scope")
        return scope.pk if scope else None


class AssemblyForm(forms.ModelForm):
    """An assembly's names, code and level, as the administrator of `by` may write them.

    Level and code decide for whom the public pages speak. So what stands below has a lower level, and an assembly does
    not choose its own while another stands above it.
    """

    def __init__(self, *args: Any, by: Assembly, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk != by.pk:
            level: Any = self.fields["level"]
            lower = levels_below(by)
            level.choices = [choice for choice in Assembly.Level.choices if choice[0] in lower]
        elif by.parent_id:
            del self.fields["level"], self.fields["code"]

    class Meta:
        model = Assembly
        fields = ("name", "name_en", "short", "short_en", "code", "level")
        help_texts = {
            "short": _("The place it speaks for, like 尖山区."),
            "code": _("The administrative code, like 230502."),
        }


def levels_below(assembly: Assembly) -> list[str]:
    """The levels that an assembly below this one may have, the highest first; below a county stand only its like."""
    order = list(Assembly.Level.values)
    return order[order.index(assembly.level) + 1 :] or order[-1:]
