"""What the register leans on in its packages without a promise that it stays.

An upgrade that takes it away is seen here, and not by somebody who signs in.
"""

from __future__ import annotations

import ast
import inspect
from pathlib import Path
from typing import Final

from allauth.account import adapter, views
from allauth.core import context
from allauth.core.internal import ratelimit
from allauth.mfa.base.internal import flows
from allauth.usersessions import signals
from allauth.usersessions.models import UserSessionManager
from allauth.usersessions.views import ListUserSessionsView
from django.contrib.admin.helpers import AdminReadonlyField

from accounts import allauth_seams
from tests.ours import APPS, ROOT

SEAMS: Final = ROOT / "accounts/allauth_seams.py"


def test_the_library_still_counts_failed_attempts_under_the_key_that_is_replaced() -> None:
    source = inspect.getsource(adapter)
    assert "_get_login_attempts_cache_key(" in source
    assert "self._login_failed_rl_usage" in source
    assert "def pre_authenticate(self, request" in source
    assert {"request", "action", "key"} <= set(inspect.signature(ratelimit.consume).parameters) | {"app"}
    assert hasattr(context, "request")
    assert callable(views.login)


def test_the_library_still_counts_by_the_function_that_is_replaced() -> None:
    assert "_consume_single_rate(" in inspect.getsource(ratelimit.consume)
    assert ratelimit._consume_single_rate is allauth_seams._counted
    assert ratelimit.clear is allauth_seams._cleared
    assert allauth_seams.SECOND_STEP in inspect.getsource(flows.check_rate_limit)
    assert "ratelimit.consume" in inspect.getsource(flows.check_rate_limit)


def test_the_library_still_ends_sessions_at_a_sign_in_by_the_method_that_is_replaced() -> None:
    """And asks for those that still hold where it lists them alone."""
    assert "UserSession.objects.purge_and_list(" in inspect.getsource(signals.on_user_logged_in)
    assert "UserSession.objects.purge_and_list(" in inspect.getsource(ListUserSessionsView)
    assert UserSessionManager.purge_and_list is allauth_seams._purge_and_list


def test_the_admin_still_links_a_related_row_by_the_method_that_is_replaced() -> None:
    """Replaced by nmt_site/admin.py, which links nowhere: an admin that no longer asks it would link
    again."""
    assert "self.get_admin_url(" in inspect.getsource(AdminReadonlyField.contents)
    assert AdminReadonlyField.get_admin_url.__module__ == "nmt_site.admin"


def imports(file: Path) -> set[str]:
    text = file.read_text()
    nodes = ast.walk(ast.parse(text)) if "allauth.core" in text else ()
    return {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}


def test_no_other_file_uses_what_is_not_promised() -> None:
    private = {"allauth.core", "allauth.core.internal", "allauth.core.context"}
    found = {
        str(file.relative_to(ROOT))
        for app in APPS
        for file in (ROOT / app).rglob("*.py")
        if private & imports(file) and file != SEAMS
    }
    assert found == set()
    assert allauth_seams.SlowedAdapter.__mro__[1] is adapter.DefaultAccountAdapter


def test_the_library_is_held_below_its_next_major_version() -> None:
    lines = (ROOT / "requirements.in").read_text().splitlines()
    (held,) = [line for line in lines if line.startswith("django-allauth")]
    assert held.endswith(",<66")
