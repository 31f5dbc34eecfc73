from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class SiteAdminConfig(AdminConfig):
    default_site = "nmt_site.admin.RegisterAdminSite"


class SiteConfig(AppConfig):
    name = "nmt_site"

    def ready(self) -> None:
        from nmt_site.checks import guard, guard_migrate  # which registers the checks too

        guard()
        guard_migrate()
