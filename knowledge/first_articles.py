"""The articles and remarks that the register ships. Repeatable: what is missing is added, what is there stays
as it is, since the authority edits it."""

from __future__ import annotations

from django.db import transaction

from agencies.reference_data import add_missing
from knowledge.models import Article, Remark
from knowledge.remarks import ShippedRemark, shipped
from knowledge.shipped import Shipped, articles


@transaction.atomic
def load() -> dict[str, int]:
    """Returns how many rows there are now, by name of the model."""
    add_missing([_article(shipped, 10 * place) for place, shipped in enumerate(articles(), 1)])
    add_missing([_remark(one) for one in shipped().values()])
    return {"article": Article.objects.count(), "remark": Remark.objects.count()}


def _remark(one: ShippedRemark) -> Remark:
    return Remark(key=one.key, text_sv=one.sv, text_en=one.en, sources=" ".join(one.sources))


def _article(shipped: Shipped, position: int) -> Article:
    """Not reviewed yet: whoever ships it is not the authority."""
    return Article(
        key=shipped.key,
        title_sv=shipped.title_sv,
        title_en=shipped.title_en,
        text_sv=shipped.text("sv"),
        text_en=shipped.text("en"),
        topics=" ".join(shipped.topics),
        counties=" ".join(shipped.counties),
        sources=" ".join(shipped.sources),
        position=position,
    )
