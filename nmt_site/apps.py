from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class SiteAdminConfig(AdminConfig):
    default_site = "nmt_site.admin.RegisterAdminSite"


class SiteConfig(AppConfig):
    name = "nmt_site"

    def ready(self) -> None:
        import nmt_site.checks  # noqa: F401 - registers them
        from nmt_site import migration_guard
        from nmt_site.checks import guard

        guard()
        migration_guard.listen()
