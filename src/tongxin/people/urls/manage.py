"""Addresses under /manage/."""

from django.urls import path, register_converter

from ..registers import REGISTERS
from ..views import accounts, assemblies, importing, members, options, registers


class RegisterKey:
    """The key of a declared register."""

    regex = "|".join(REGISTERS)

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(RegisterKey, "register")

app_name = "people"
urlpatterns = [
    path("members/", members.directory, name="members"),
    path("members/new/", members.admit, name="member_new"),
    path("members/import/", importing.upload, name="import"),
    path("members/import/confirm/", importing.confirm, name="import_confirm"),
    path("members/import/template/", importing.template, name="import_template"),
    path("members/<int:pk>/", members.detail, name="member"),
    path("members/<int:pk>/edit/", members.edit, name="member_edit"),
    path("members/<int:pk>/phone/", members.phone, name="member_phone"),
    path("members/<int:pk>/<slug:name>/", members.move, name="member_move"),
    path("institutions/", registers.overview, name="institutions"),
    path("institutions/matrix/", registers.matrix, name="matrix"),
    path("institutions/sectors/national/", registers.national, name="national"),
    path("institutions/<register:key>/", registers.listing, name="register"),
    path("institutions/<register:key>/new/", registers.enter, name="register_new"),
    path("institutions/<register:key>/<int:pk>/", registers.correct, name="register_edit"),
    path("assemblies/", assemblies.tree, name="assemblies"),
    path("assemblies/new/", assemblies.enter, name="assembly_new"),
    path("assemblies/switch/", assemblies.switch, name="switch"),
    path("assemblies/<int:pk>/", assemblies.correct, name="assembly_edit"),
    path("assemblies/<int:pk>/administrator/", assemblies.administrator, name="assembly_administrator"),
    path("accounts/", accounts.listing, name="accounts"),
    path("accounts/new/", accounts.create, name="account_new"),
    path("accounts/<int:pk>/", accounts.detail, name="account"),
    path("accounts/<int:pk>/password/", accounts.password, name="account_password"),
    path("accounts/<int:pk>/second-step/", accounts.second_step, name="account_second_step"),
    path("accounts/<int:pk>/active/", accounts.active, name="account_active"),
    path("accounts/<int:pk>/roles/", accounts.grant, name="account_grant"),
    path("accounts/<int:pk>/roles/<int:grant_pk>/end/", accounts.revoke, name="account_revoke"),
    path("options/", options.listing, name="options"),
    path("options/lists/<str:key>/", options.edit_list, name="option_list"),
    path("options/numbers/<str:key>/", options.edit_parameter, name="option_parameter"),
]
