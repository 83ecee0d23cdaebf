"""Addresses of duty: under /desk/duty/, and the calendars at /calendar/<secret>.ics, which need no account."""

from django.urls import path

from ..views import appointments, away, duty, feeds, keeping, rota

app_name = "duty"
urlpatterns = [
    path("desk/duty/", rota.calendar, name="calendar"),
    path("desk/duty/mine/", duty.mine, name="mine"),
    path("desk/duty/away/", away.away, name="away"),
    path("desk/duty/away/<int:pk>/drop/", away.back, name="back"),
    path("desk/duty/book/", appointments.book, name="book"),
    path("desk/duty/appointments/", appointments.listing, name="appointments"),
    path("desk/duty/appointments/<int:pk>/", appointments.appointment, name="appointment"),
    path("desk/duty/appointments/<int:pk>/reveal/", appointments.reveal, name="appointment_reveal"),
    path("desk/duty/appointments/<int:pk>/<slug:move>/", appointments.move, name="appointment_move"),
    path("desk/duty/feed/", feeds.feed, name="feed"),
    path("desk/duty/leaders/", rota.leaders, name="leaders"),
    path("desk/duty/rotas/", rota.rotas, name="rotas"),
    path("desk/duty/rotas/new/", rota.new, name="rota_new"),
    path("desk/duty/rotas/<int:pk>/", rota.rota, name="rota"),
    path("desk/duty/rotas/<int:pk>/print/", rota.sheet, name="rota_print"),
    path("desk/duty/rotas/<int:pk>/away/", away.enter, name="rota_away"),
    path("desk/duty/rotas/<int:pk>/away/<int:absence>/drop/", away.drop, name="rota_back"),
    path("desk/duty/rotas/<int:pk>/<slug:move>/", rota.move, name="rota_move"),
    path("desk/duty/turns/<int:pk>/", duty.turn, name="turn"),
    path("desk/duty/turns/<int:pk>/visit/", duty.visit, name="visit"),
    path("desk/duty/turns/<int:pk>/count/", duty.count, name="count"),
    path("desk/duty/turns/<int:pk>/<slug:move>/", duty.move, name="move"),
    path("desk/duty/arrive/<int:pk>/<str:code>/", duty.arrive, name="arrive"),
    path("desk/duty/stations/<int:pk>/", rota.station, name="station"),
    path("desk/duty/stations/<int:pk>/rules/", rota.rules, name="rules"),
    path("desk/duty/stations/<int:pk>/rules/<int:rule>/end/", rota.end_rule, name="rule_end"),
    path("desk/duty/stations/<int:pk>/screen/", duty.screen, name="screen"),
    path("desk/duty/stations/<int:pk>/feed/", feeds.station_feed, name="station_feed"),
    path("desk/duty/stations/<int:pk>/ledger/", keeping.ledger, name="ledger"),
    path("desk/duty/stations/<int:pk>/ledger/<slug:number>/", keeping.ledger_rows, name="ledger_rows"),
    path("desk/duty/stations/<int:pk>/ledger.xlsx", keeping.ledger_file, name="ledger_file"),
    path("desk/duty/stations/<int:pk>/review/", keeping.review, name="review"),
    path("desk/duty/stations/<int:pk>/checks/", keeping.checks, name="checks"),
    path("desk/duty/stations/<int:pk>/checks/file/<int:check>/", keeping.evidence, name="evidence"),
    path("desk/duty/stations/<int:pk>/checks/<str:list>/<slug:code>/", keeping.check, name="check"),
    path("calendar/<str:secret>.ics", feeds.calendar_file, name="calendar_file"),
]
