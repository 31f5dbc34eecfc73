"""The words in which agencies, codes and coordinators are asked for. Dates are passed in."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import models
from django.db.models import OuterRef, Q, Subquery

from accounts.models import User


class CodeQuerySet(models.QuerySet[Any]):
    def of(self, name: str) -> CodeQuerySet:
        """The words of one list, in order."""
        return self.filter(list=name).order_by("position", "key")

    def valid_on(self, day: date) -> CodeQuerySet:
        return self.filter(
            Q(valid_from__isnull=True) | Q(valid_from__lte=day),
            Q(valid_to__isnull=True) | Q(valid_to__gte=day),
        )


class CountyRegionQuerySet(models.QuerySet[Any]):
    def on(self, day: date) -> CountyRegionQuerySet:
        """One row a county: the latest that has begun on `day`."""
        latest = self.model.objects.filter(county=OuterRef("county"), valid_from__lte=day).order_by(
            "-valid_from"
        )
        return self.filter(pk=Subquery(latest.values("pk")[:1]))


class CoordinatorQuerySet(models.QuerySet[Any]):
    def valid_on(self, day: date) -> CoordinatorQuerySet:
        return self.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=day), valid_from__lte=day)

    def own(self, user: User, day: date) -> CoordinatorQuerySet:
        """Somebody's cards of that day and of days to come."""
        return self.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=day), user=user).order_by(
            "valid_from", "pk"
        )


class AgencyQuerySet(models.QuerySet[Any]):
    def members_on(self, day: date) -> AgencyQuerySet:
        """The network as it was."""
        return self.filter(Q(member_to__isnull=True) | Q(member_to__gte=day), member_from__lte=day)
