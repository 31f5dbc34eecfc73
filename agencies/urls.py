from django.urls import path

from agencies import stand_ins, views
from agencies import views as approval_views
from agencies import views as review_views

app_name = "agencies"
urlpatterns = [
    path("coordinators/", views.directory, name="directory"),
    path("coordinators/duty/", views.duty, name="duty"),
    path("coordinators/mine/", views.own_card, name="own_card"),
    path("coordinators/deputy/", approval_views.deputy, name="deputy"),
    path("coordinators/deputy/<int:pk>/stop/", approval_views.stop, name="stop_deputy"),
    path("users/stand-in/", stand_ins.stand_in, name="stand_in"),
    path("users/stand-in/<uuid:code>/end/", stand_ins.end, name="end_stand_in"),
    path("approvals/", approval_views.approvals, name="approvals"),
    path("approvals/<uuid:code>/", approval_views.approval, name="approval"),
    path("approvals/<uuid:code>/withdraw/", approval_views.withdraw_question, name="withdraw_question"),
    path("approvals/<uuid:code>/code/", approval_views.code_again, name="code_again"),
    path("users/review/", review_views.review, name="review"),
    path("agency/", views.own_agency, name="own_agency"),
]
