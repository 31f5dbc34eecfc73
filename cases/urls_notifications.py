"""Included by cases.urls_cases, in its namespace."""

from __future__ import annotations

from django.urls import path

from cases.views import notification

urlpatterns = [
    path("notify/", notification.notify, name="notify"),
    path("notifications/", notification.notifications, name="notifications"),
    path("notifications/<uuid:code>/", notification.notification, name="notification"),
    path("notifications/<uuid:code>/state/", notification.move_notification, name="move_notification"),
]
