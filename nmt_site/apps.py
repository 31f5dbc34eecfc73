from django.contrib.admin.apps import AdminConfig


class SiteAdminConfig(AdminConfig):
    default_site = "nmt_site.admin.RegisterAdminSite"

    def ready(self) -> None:
        super().ready()
        import nmt_site.checks  # noqa: F401 - registers them
        from nmt_site.commands import guard

        guard()
