from django.contrib.admin.apps import AdminConfig


class SiteAdminConfig(AdminConfig):
    default_site = "nmt_site.admin.RegisterAdminSite"
