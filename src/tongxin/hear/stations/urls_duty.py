"""Addresses of duty: under /desk/duty/, and the calendars at /calendar/<secret>.ics, which need no account."""

from django.urls import path

from . import views_appointments, views_away, views_duty, views_keeping, views_rota

app_name = "duty"
urlpatterns = [
    path("desk/duty/", views_rota.calendar, name="calendar"),
    path("desk/duty/mine/", views_duty.mine, name="mine"),
    path("desk/duty/away/", views_duty.away, name="away"),
    path("desk/duty/away/<int:pk>/drop/", views_duty.back, name="back"),
    path("desk/duty/book/", views_duty.book, name="book"),
    path("desk/duty/appointments/<int:pk>/", views_appointments.appointment, name="appointment"),
    path("desk/duty/appointments/<int:pk>/reveal/", views_appointments.reveal, name="appointment_reveal"),
    path("desk/duty/appointments/<int:pk>/<slug:move>/", views_appointments.move, name="appointment_move"),
    path("desk/duty/feed/", views_duty.feed, name="feed"),
    path("desk/duty/leaders/", views_rota.leaders, name="leaders"),
    path("desk/duty/rotas/", views_rota.rotas, name="rotas"),
    path("desk/duty/rotas/new/", views_rota.new, name="rota_new"),
    path("desk/duty/rotas/<int:pk>/", views_rota.rota, name="rota"),
    path("desk/duty/rotas/<int:pk>/print/", views_rota.sheet, name="rota_print"),
    path("desk/duty/rotas/<int:pk>/away/", views_away.enter, name="rota_away"),
    path("desk/duty/rotas/<int:pk>/away/<int:absence>/drop/", views_away.drop, name="rota_back"),
    path("desk/duty/rotas/<int:pk>/<slug:move>/", views_rota.move, name="rota_move"),
    path("desk/duty/turns/<int:pk>/", views_duty.turn, name="turn"),
    path("desk/duty/turns/<int:pk>/visit/", views_duty.visit, name="visit"),
    path("desk/duty/turns/<int:pk>/count/", views_duty.count, name="count"),
    path("desk/duty/turns/<int:pk>/<slug:move>/", views_duty.move, name="move"),
    path("desk/duty/arrive/<int:pk>/<str:code>/", views_duty.arrive, name="arrive"),
    path("desk/duty/stations/<int:pk>/", views_rota.station, name="station"),
    path("desk/duty/stations/<int:pk>/rules/", views_rota.rules, name="rules"),
    path("desk/duty/stations/<int:pk>/rules/<int:rule>/end/", views_rota.end_rule, name="rule_end"),
    path("desk/duty/stations/<int:pk>/screen/", views_duty.screen, name="screen"),
    path("desk/duty/stations/<int:pk>/feed/", views_duty.station_feed, name="station_feed"),
    path("desk/duty/stations/<int:pk>/ledger/", views_keeping.ledger, name="ledger"),
    path("desk/duty/stations/<int:pk>/ledger.xlsx", views_keeping.ledger_file, name="ledger_file"),
    path("desk/duty/stations/<int:pk>/review/", views_keeping.review, name="review"),
    path("desk/duty/stations/<int:pk>/checks/", views_keeping.checks, name="checks"),
    path("desk/duty/stations/<int:pk>/checks/file/<int:check>/", views_keeping.evidence, name="evidence"),
    path("desk/duty/stations/<int:pk>/checks/<str:list>/<slug:code>/", views_keeping.check, name="check"),
    path("calendar/<str:secret>.ics", views_duty.calendar_file, name="calendar_file"),
]
