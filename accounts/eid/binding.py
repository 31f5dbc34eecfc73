"""An e-ID is connected to an account by its owner, and by nobody else: neither by an address nor by what the
e-ID service tells of somebody."""

from __future__ import annotations

from secrets import compare_digest

from django.db import transaction
from django.utils.crypto import salted_hmac

from accounts.access import Access
from accounts.eid.proof import Proof
from accounts.eid.refusals import Refused
from accounts.models import BoundEid, User
from audit.writer import record


def owner_of(proof: Proof) -> User | None:
    """Whose account it opens; None where it was connected to none, or not by its owner."""
    row = BoundEid.objects.select_related("user").filter(subject=_subject(proof)).first()
    return row.user if row is not None and _holds(row) else None


@transaction.atomic
def bind(proof: Proof, *, by: Access) -> None:
    """Raises Refused where it is another's, or there is one already."""
    subject = _subject(proof)
    row = BoundEid.objects.filter(subject=subject).select_related("user").first()
    if row is not None and not _holds(row):
        row.delete()
        row = None
    if row is not None or bound(by.user) is not None:
        raise Refused("taken")
    BoundEid.objects.filter(user=by.user).delete()  # one that does not hold any more
    BoundEid.objects.create(user=by.user, subject=subject, owner=_owner(subject, by.user), bound_at=by.at)
    record(by, "user.eid_bind", by.user)


@transaction.atomic
def unbind(*, by: Access) -> bool:
    """Whether there was one. Doing it twice is doing it once."""
    if not BoundEid.objects.filter(user=by.user).delete()[0]:
        return False
    record(by, "user.eid_unbind", by.user)
    return True


def bound(user: User) -> BoundEid | None:
    """The e-ID that opens somebody's account."""
    row = BoundEid.objects.select_related("user").filter(user=user).first()
    return row if row is not None and _holds(row) else None


def _holds(row: BoundEid) -> bool:
    return compare_digest(row.owner, _owner(row.subject, row.user))


def _subject(proof: Proof) -> str:
    return salted_hmac(
        "accounts.eid.subject", f"{proof.issuer}\n{proof.subject}", algorithm="sha256"
    ).hexdigest()


def _owner(subject: str, user: User) -> str:
    whose = f"{subject}:{user.pk}:{user.email.lower()}"
    return salted_hmac("accounts.eid.owner", whose, algorithm="sha256").hexdigest()
