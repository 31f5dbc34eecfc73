from django.urls import path

from agencies import stand_ins, views

app_name = "agencies"
urlpatterns = [
    path("coordinators/", views.directory, name="directory"),
    path("coordinators/duty/", views.duty, name="duty"),
    path("coordinators/mine/", views.own_card, name="own_card"),
    path("coordinators/deputy/", views.deputy, name="deputy"),
    path("coordinators/deputy/<int:pk>/stop/", views.stop, name="stop_deputy"),
    path("users/stand-in/", stand_ins.stand_in, name="stand_in"),
    path("users/stand-in/<uuid:code>/end/", stand_ins.end, name="end_stand_in"),
    path("approvals/", views.approvals, name="approvals"),
    path("approvals/<uuid:code>/", views.approval, name="approval"),
    path("approvals/<uuid:code>/withdraw/", views.withdraw_question, name="withdraw_question"),
    path("approvals/<uuid:code>/code/", views.code_again, name="code_again"),
    path("users/review/", views.review, name="review"),
    path("agency/", views.own_agency, name="own_agency"),
]
