"""What is encrypted opens in its own row and column, and nowhere else: what whoever writes to the database
gets of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from accounts.models import User
from accounts.roles import Role
from cases.integrity import first_fault
from cases.models import Case, Draft, Identification
from encryption.fields import EncryptedText, Unreadable
from encryption.tokens import KeyMissing, Misplaced
from exchange.models import ImportRun, ImportUpload
from tests.actors import NOON, PASSWORD, access, user
from tests.cases.pages import signed_in
from tests.makers import new_case, new_person

pytestmark = pytest.mark.django_db
NOTE: Final = "Kontakt genom socialtjänsten."
SECRET: Final = "JBSWY3DPEHPK3PXP"
CODE: Final = "00000000-0000-0000-0000-000000000001"
# Under the key of the tests. That of NOW was not made by the register's own code.
NOW: Final = "s1.czE6PiGTmTEyMzQ1Njc4OTAxMrTjae2ut9FHYRFbeXMlOpLm7_ZjsesO8YzdUJNyBdwwp2ANVVOF8d9kZZwvwdI="


def sql(statement: str, *values: object) -> list[Any]:
    """As whoever holds the database without the keys."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


def stored_code() -> str:
    """As the database writes it."""
    return CODE if connection.vendor == "postgresql" else CODE.replace("-", "")


def move(table: str, name: str, source: object, target: object) -> None:
    sql(f"UPDATE {table} SET {name} = (SELECT {name} FROM {table} WHERE id = %s) WHERE id = %s",
        source, target)  # fmt: skip


def column(table: str, name: str, key: object) -> Any:
    return sql(f"SELECT {name} FROM {table} WHERE id = %s", key)[0][0]


@pytest.fixture
def hidden() -> Case:
    """A case of another region."""
    syd = access(user("Sune", Role.COORDINATOR, region="SY"))
    return new_case(new_person(reference="K-17"), by=syd, region="SY", note=NOTE)


@pytest.fixture
def own(karin: User) -> Case:
    return new_case(new_person(reference="K-18"), by=access(karin), note="Egen anteckning.")


class TestTexts:
    def test_a_row_shows_its_text_whether_it_was_made_or_loaded(self, own: Case) -> None:
        made = Case(note="x")
        made.note = "y"
        assert (made.note, own.note) == ("y", "Egen anteckning.")
        assert Case.objects.get().note == Case.objects.defer("note").get().note == "Egen anteckning."
        assert Case.objects.only("note").get().note == "Egen anteckning."
        stored = Case.objects.values_list("note", flat=True).get()
        assert isinstance(stored, EncryptedText)
        assert "Egen" not in stored

    def test_what_nobody_has_changed_stays_as_it_was_encrypted(self, own: Case) -> None:
        before = column("cases_case", "note", own.pk)
        row = Case.objects.get()
        row.registry_number = "2018/1"
        row.save()
        assert column("cases_case", "note", own.pk) == before
        row.note = "Ny."
        row.save()
        assert Case.objects.get().note == "Ny."

    def test_a_note_moved_to_an_own_case_is_not_read(self, karin: User, own: Case, hidden: Case) -> None:
        move("cases_case", "note", hidden.pk, own.pk)
        client = signed_in(karin)
        client.cookies["django_language"] = "en"
        page = client.get(own.get_absolute_url()).content.decode()
        assert NOTE not in page
        assert "it was moved here, or changed" in page
        row = Case.objects.get(pk=own.pk)
        assert isinstance(row.note, Unreadable)
        row.save()
        assert column("cases_case", "note", own.pk) == column("cases_case", "note", hidden.pk)

    def test_nor_to_another_column_of_the_same_row(self, own: Case) -> None:
        sql("UPDATE cases_case SET reference = note WHERE id = %s", own.pk)
        assert isinstance(Case.objects.get().reference, Unreadable)

    @pytest.mark.parametrize("first", ["own", "hidden"])
    def test_nor_in_whichever_order_they_were_written(
        self, first: str, request: pytest.FixtureRequest
    ) -> None:
        cases = {name: request.getfixturevalue(name) for name in (first, "own", "hidden")}
        ids = [cases[name].persons.get().identifications.get().pk for name in ("own", "hidden")]
        move("cases_identification", "reference", ids[1], ids[0])
        moved, left = (Identification.objects.get(pk=key).reference for key in ids)
        assert isinstance(moved, Unreadable)
        assert left == "K-17"

    def test_the_register_names_it_and_does_not_show_it(self, own: Case, hidden: Case) -> None:
        assert first_fault() is None
        move("cases_case", "note", hidden.pk, own.pk)
        with pytest.raises(CommandError) as error:
            call_command("check_register")
        said = str(error.value)
        assert f"text that cannot be read: cases_case.note {own.pk}, which was moved or changed" in said
        assert "Kontakt" not in said

    def test_a_row_that_does_not_open_holds_nothing_of_how_it_was_read(self, own: Case) -> None:
        """Neither what stood beside it, nor the cursor: that was closed in the midst of a later transaction,
        which failed."""
        sql("UPDATE cases_case SET note = 's1.!!' WHERE id = %s", own.pk)
        Authenticator.objects.create(user=own.opened_by, type="totp", data={})
        Authenticator.objects.update(data={"secret": SECRET})
        note: Any = Case.objects.get(pk=own.pk).note
        data = Authenticator.objects.get().data
        with pytest.raises(Misplaced):
            _read = data["secret"]
        for why in (note.why, data.why):
            assert (why.__traceback__, why.__context__, why.__cause__) == (None, None, None)

    def test_a_draft_is_its_owners_alone(self, karin: User) -> None:
        sune = user("Sune", Role.COORDINATOR, region="SY")
        for owner, body in ((karin, '{"note": ["a"]}'), (sune, '{"note": ["b"]}')):
            Draft.objects.create(owner=owner, kind="case", subject=CODE, body=body, updated_at=NOON)
        theirs, mine = (Draft.objects.get(owner=one).pk for one in (sune, karin))
        move("cases_draft", "body", theirs, mine)
        assert isinstance(Draft.objects.get(owner=karin).body, Unreadable)

    def test_a_row_that_is_given_away_whole_opens(self, own: Case, hidden: Case) -> None:
        """docs/security.md says so: which region a row is of is not encrypted."""
        sql("UPDATE cases_case SET region_id = 'V' WHERE id = %s", hidden.pk)
        assert Case.objects.get(pk=hidden.pk).note == NOTE

    def test_it_is_not_written_past_its_row(self, own: Case) -> None:
        with pytest.raises(TypeError, match="through its row"):
            Case.objects.update(note="x")
        own.note = "x"
        with pytest.raises(TypeError, match="through its row"):
            Case.objects.bulk_update([own], ["note"])

    @pytest.mark.parametrize(
        "written",
        [
            pytest.param("s1.", marks=pytest.mark.long),
            "s1.czE6",
            pytest.param("s1.!!", marks=pytest.mark.long),
            "text",
            pytest.param("gAAAA", marks=pytest.mark.long),
        ],
    )
    def test_what_is_no_token_breaks_no_page(self, karin: User, own: Case, written: str) -> None:
        sql("UPDATE cases_case SET note = %s WHERE id = %s", written, own.pk)
        assert signed_in(karin).get(own.get_absolute_url()).status_code == 200


class TestFiles:
    def uploads(self, karin: User) -> tuple[ImportUpload, ImportUpload]:
        kept = {"importer": "persons", "name": "a.csv", "created_at": NOON,
                "expires_at": NOON + timedelta(minutes=30)}  # fmt: skip
        upload, other = (
            ImportUpload.objects.create(owner=owner, content=content, **kept)
            for owner, content in ((karin, b"mine"), (user("Sune", Role.COORDINATOR, region="SY"), b"theirs"))
        )
        return upload, other

    def test_a_waiting_file_opens_in_its_row_alone(self, karin: User) -> None:
        upload, other = self.uploads(karin)
        assert (ImportUpload.objects.get(pk=upload.pk).content, other.content) == (b"mine", b"theirs")
        assert b"mine" not in bytes(column("exchange_importupload", "content", upload.pk))
        move("exchange_importupload", "content", other.pk, upload.pk)
        with pytest.raises(Misplaced, match=r"moved here|flyttats hit"):
            _read = ImportUpload.objects.get(pk=upload.pk).content
        assert f"exchange_importupload.content {upload.pk}, which was moved" in str(first_fault())

    def test_a_journal_does_too(self, karin: User) -> None:
        counts = {name: 0 for name in ("new", "changed", "unchanged", "failed")}
        run = ImportRun.objects.create(importer="persons", by=karin, at=NOON, journal=b"{}", **counts)
        assert ImportRun.objects.get().journal == b"{}"
        sql("UPDATE exchange_importrun SET code = %s WHERE id = %s", stored_code(), run.pk)
        with pytest.raises(Misplaced):
            _read = ImportRun.objects.get().journal


class TestSecondFactors:
    @pytest.fixture
    def dpo(self) -> User:
        return user("Dana", Role.DPO)

    @pytest.fixture
    def anna(self) -> User:
        return user("Anna", Role.ANALYST)

    def code(self) -> str:
        return format_hotp_value(hotp_value(SECRET, int(NOON.timestamp()) // 30))

    def signs_in(self, person: User, code: str) -> tuple[bool, int]:
        """Whether they are in, and how the second step was answered."""
        with time_machine.travel(NOON, tick=False):
            client = Client()
            client.post("/accounts/login/", {"login": person.email, "password": PASSWORD})
            answer = client.post("/accounts/2fa/authenticate/", {"code": code})
            return client.get("/account/").status_code == 200, answer.status_code

    def test_ones_own_signs_in(self, anna: User) -> None:
        Authenticator.objects.create(user=anna, type="totp", data={"secret": SECRET})
        assert self.signs_in(anna, self.code()) == (True, 302)

    @pytest.mark.parametrize("how", ["data", "row"])
    def test_one_that_was_moved_signs_nobody_in(self, anna: User, dpo: User, how: str) -> None:
        """The analyst's own telephone, and the password of the officer overwritten with a known one."""
        mine = Authenticator.objects.create(user=anna, type="totp", data={"secret": SECRET})
        theirs = Authenticator.objects.create(user=dpo, type="totp", data={"secret": "KRSXG5CTMVRXEZLU"})
        if how == "data":
            move("mfa_authenticator", "data", mine.pk, theirs.pk)
        else:
            sql("DELETE FROM mfa_authenticator WHERE id = %s", theirs.pk)
            sql("UPDATE mfa_authenticator SET user_id = %s WHERE id = %s", dpo.pk, mine.pk)
        assert self.signs_in(dpo, self.code()) == (False, 403)
        assert str(first_fault()).startswith("second factor that cannot be read: mfa_authenticator.data ")

    @pytest.mark.parametrize(
        ("kind", "data"),
        [
            ("totp", {"secret": SECRET}),
            ("totp", {"sealed": "00"}),
            ("recovery_codes", {"seed": "seed", "used_mask": 0}),
            ("webauthn", {"name": "key", "credential": {"id": "x"}}),
        ],
    )
    def test_one_that_somebody_wrote_into_the_database_signs_nobody_in(
        self, dpo: User, kind: str, data: dict[str, Any]
    ) -> None:
        """Also the public half of a key, which is no secret."""
        row = Authenticator.objects.create(user=dpo, type=kind, data={"name": "own"})
        Authenticator.objects.filter(pk=row.pk).update(data=data)
        if kind != "recovery_codes":  # which are no second factor by themselves
            assert self.signs_in(dpo, self.code()) == (False, 403)
        with pytest.raises(Misplaced):
            _read = Authenticator.objects.get().data["secret"]

    def test_a_recovery_code_works_once(self, anna: User) -> None:
        Authenticator.objects.create(user=anna, type="totp", data={"secret": SECRET})
        codes = Authenticator.objects.create(
            user=anna, type="recovery_codes", data={"seed": "seed", "used_mask": 0}
        )
        code = Authenticator.objects.get(pk=codes.pk).wrap().get_unused_codes()[0]
        assert self.signs_in(anna, code) == (True, 302)
        assert self.signs_in(anna, code)[0] is False
        assert Authenticator.objects.get(pk=codes.pk).data["used_mask"] == 1
        assert "seed" not in str(Authenticator.objects.values_list("data", flat=True).get(pk=codes.pk))


class TestIndex:
    def test_it_differs_between_agencies_and_regions(self, karin: User) -> None:
        for region, agency in (("V", "police"), ("V", "migration"), ("V", "police")):
            new_case(new_person(reference="K-17", agency=agency), by=access(karin), region=region)
        found = Identification.objects.order_by("pk").values_list("reference_index", flat=True)
        assert (found[0] == found[2], found[0] == found[1], "" in found) == (True, False, False)

    def test_who_searches_names_no_agency(self, karin: User, own: Case) -> None:
        response = signed_in(karin).post("/cases/find/", {"find": "k-18"})
        assert response.headers["Location"] == own.get_absolute_url()


class TestKeys:
    def test_a_text_of_today_opens_as_long_as_this_test_stands(self, own: Case) -> None:
        sql("UPDATE cases_case SET note = %s, code = %s", NOW, stored_code())
        assert Case.objects.get().note == NOTE

    def test_without_its_key_it_is_told_apart_from_what_was_moved(self, settings: Any, own: Case) -> None:
        settings.NOTES_KEYS = ["bmV3IGtleSBmb3IgdGhlIHRlc3RzIGFsb25lLCAyISE="]
        note = Case.objects.get().note
        assert isinstance(note, Unreadable)
        assert isinstance(note.why, KeyMissing)
        assert "whose key is not in NOTES_KEY" in str(first_fault())
