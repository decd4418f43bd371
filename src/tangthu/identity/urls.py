"""Addresses of people, units, groups and delegations."""

from django.urls import path

from tangthu.identity.views import (
    bodies,
    changing,
    codes,
    delegations,
    groups,
    keepers,
    people,
    reorganising,
    units,
)

app_name = "identity"
urlpatterns = [
    path("nguoi/", people.people, name="people"),
    path("nguoi/moi/", changing.new, name="person-new"),
    path("nguoi/<uuid:person_id>/", people.person, name="person"),
    path("nguoi/<uuid:person_id>/ho-ten/", changing.rename, name="person-rename"),
    path("nguoi/<uuid:person_id>/chuc-vu/", changing.appoint_to, name="appoint"),
    path("nguoi/<uuid:person_id>/thoi-viec/", changing.leave, name="person-leave"),
    path("chuc-vu/<uuid:appointment_id>/thoi/", changing.end, name="appointment-end"),
    path("don-vi/", units.units, name="units"),
    path("don-vi/moi/", units.new, name="unit-new"),
    path("don-vi/<uuid:unit_id>/giai-the/", units.end, name="unit-end"),
    path("don-vi/to-chuc-lai/", reorganising.reorganise_units, name="units-reorganise"),
    path("co-quan/", bodies.bodies, name="bodies"),
    path("co-quan/ma-dinh-danh.csv", bodies.bodies_file, name="bodies-file"),
    path("co-quan/moi/", bodies.new, name="body-new"),
    path("co-quan/<uuid:body_id>/ten/", bodies.rename, name="body-rename"),
    path("co-quan/<uuid:body_id>/thiet-dat/", bodies.settings, name="body-settings"),
    path("quan-tri-he-thong/", keepers.keepers, name="keepers"),
    path("quan-tri-he-thong/moi/", keepers.new, name="keeper-new"),
    path("quan-tri-he-thong/<uuid:keeper_id>/thoi/", keepers.end, name="keeper-end"),
    path("ma-dinh-danh/", codes.codes, name="codes"),
    path("ma-dinh-danh/nap/", codes.load, name="codes-load"),
    path("nhom/", groups.groups, name="groups"),
    path("nhom/moi/", groups.new, name="group-new"),
    path("nhom/<uuid:group_id>/", groups.group, name="group"),
    path("nhom/<uuid:group_id>/dong/", groups.close, name="group-close"),
    path("nhom/<uuid:group_id>/nguoi/", groups.add_member, name="member-new"),
    path("nhom/nguoi/<uuid:member_id>/roi/", groups.end_member, name="member-end"),
    path("uy-quyen/", delegations.delegations, name="delegations"),
    path("uy-quyen/moi/", delegations.new, name="delegation-new"),
    path("uy-quyen/<uuid:delegation_id>/thoi/", delegations.end, name="delegation-end"),
]
