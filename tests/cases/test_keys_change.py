"""Keys: what is stored is encrypted anew under a new one, in batches; a lost key is told of and harms nothing
else."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from itertools import chain

import pytest
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection, models

from accounts.roles import Role
from agencies.models import Agency
from audit.models import Event
from cases.model_fields import OF_PERSONS, indexes
from cases.models import Case, Draft, Identification
from encryption.fields import Unreadable, encrypted_columns
from encryption.tokens import KeyMissing
from exchange.models import ExportPart, ImportUpload
from nmt_site.management.commands.rotate_keys import rotate
from summaries.release.models import OpenFile, Publication, PublicationFile
from tests.actors import NOON, access, user
from tests.at_once import at_once
from tests.cases.pages import case_facts, coordinator, signed_in
from tests.makers import new_case, new_person
from tests.ours import APPS

pytestmark = pytest.mark.django_db
OLD, NEW = (Fernet.generate_key().decode() for _ in range(2))
NOTE = "Kontakt genom socialtjänsten."
SECRET = "JBSWY3DPEHPK3PXP"


@pytest.fixture
def karin(settings):
    settings.NOTES_KEYS = [OLD]
    return coordinator()


@pytest.fixture
def case(karin):
    """With a note, a reference, a draft, a waiting file and a second factor, all under the old key."""
    case = new_case(new_person(reference="K-17"), by=access(karin), note=NOTE)
    Draft.objects.create(owner=karin, kind="case", subject=case.code, body='{"note": ["x"]}', updated_at=NOON)
    ImportUpload.objects.create(
        owner=karin,
        importer="persons",
        name="a.csv",
        content=b"file",
        created_at=NOON,
        expires_at=NOON + timedelta(minutes=30),
    )
    Authenticator.objects.create(user=karin, type="totp", data={"secret": SECRET})
    Authenticator.objects.create(user=karin, type="recovery_codes", data={"seed": "seed", "used_mask": 0})
    Authenticator.objects.create(user=karin, type="webauthn", data={"name": "key", "credential": {"id": "x"}})
    return case


def run(**options):
    out = StringIO()
    call_command("rotate_keys", stdout=out, **options)
    return out.getvalue()


def token_of(case):
    with connection.cursor() as cursor:
        cursor.execute("SELECT note FROM cases_case WHERE id = %s", [case.pk])
        return cursor.fetchone()[0]


def test_everything_is_readable_under_the_new_key_alone(settings, case):
    settings.NOTES_KEYS = [NEW, OLD]
    assert run() == "ok 8 rotated, 0 current\n"
    settings.NOTES_KEYS = [NEW]
    assert Case.objects.get().note == NOTE
    police = Agency.objects.get(code="police").pk
    identification = Identification.objects.get(reference_index=indexes(OF_PERSONS, [police], "K-17")[0])
    assert identification.reference == "K-17"
    assert Draft.objects.get().body == '{"note": ["x"]}'
    upload = ImportUpload.objects.get()
    assert (upload.name, upload.content) == ("a.csv", b"file")
    assert {row.type: row.data for row in Authenticator.objects.all()} == {
        "totp": {"secret": SECRET},
        "recovery_codes": {"seed": "seed", "used_mask": 0},
        "webauthn": {"name": "key", "credential": {"id": "x"}},
    }
    assert Event.objects.get(action="keys.rotate").rows == 8


def test_references_are_found_before_during_and_after(settings, case, karin):
    client = signed_in(karin)
    for keys, command in (([OLD], False), ([NEW, OLD], False), ([NEW, OLD], True), ([NEW], False)):
        settings.NOTES_KEYS = keys
        if command:
            run()
        assert client.post("/cases/find/", {"find": "K-17"}).headers["Location"] == case.get_absolute_url()


def test_it_may_be_stopped_and_goes_on_where_it_was(settings, case, karin):
    for number in range(5):
        new_case(by=access(karin), note=f"Anteckning {number}")
    settings.NOTES_KEYS = [NEW, OLD]

    def stop(counts):
        if counts["rotated"] >= 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rotate(batch=2, report=stop)
    again = rotate(batch=2)
    assert again["current"] >= 2
    assert again["rotated"] + again["current"] == 13
    assert rotate() == {"current": 13}


@pytest.mark.django_db(transaction=True)
def test_what_somebody_saves_meanwhile_is_not_overwritten(settings, case):
    settings.NOTES_KEYS = [NEW, OLD]

    def work(who):
        if who:
            rotate(batch=1)
        for n in range(10 * (1 - who)):
            row = Case.objects.get()
            row.note = f"Nyare {n}."
            row.save(update_fields=["note"])

    at_once(work)
    assert Case.objects.get().note == "Nyare 9."


class TestLostKey:
    @pytest.fixture
    def lost(self, settings, case):
        settings.NOTES_KEYS = [NEW]
        return case

    def test_the_command_says_how_much_and_leaves_it(self, lost):
        before = token_of(lost)
        with pytest.raises(
            CommandError, match="8 texts can be read under none of the keys and were left as they are"
        ):
            run()
        assert token_of(lost) == before

    def test_the_page_says_so_and_shows_the_rest(self, lost, karin):
        client = signed_in(karin)
        client.cookies["django_language"] = "en"
        page = client.get(lost.get_absolute_url()).content.decode()
        assert "The text cannot be read: its key is missing. Contact operations." in page
        assert lost.number in page

    def test_saving_the_row_keeps_the_text(self, lost):
        before = token_of(lost)
        row = Case.objects.get()
        assert isinstance(row.note, Unreadable)
        row.registry_number = "2018/1"
        row.save()
        assert token_of(lost) == before

    @pytest.mark.parametrize("language", ["sv", "en"])
    def test_saving_the_form_keeps_the_text(self, lost, karin, language, settings):
        """The form shows the message in place of the note and sends it back, in either language."""
        before = token_of(lost)
        client = signed_in(karin)
        client.cookies["django_language"] = language
        address = f"{lost.get_absolute_url()}edit/"
        form = client.get(address).context["form"]
        facts = case_facts(note=str(form["note"].value()), version=lost.version, registry_number="2018/99")
        client.cookies["django_language"] = "en"
        assert client.post(address, facts).status_code == 302
        assert Case.objects.get().registry_number == "2018/99"
        assert token_of(lost) == before
        settings.NOTES_KEYS = [OLD]
        assert Case.objects.get().note == NOTE

    def test_another_text_written_in_its_place_is_stored(self, lost, karin):
        client = signed_in(karin)
        facts = case_facts(note="Ny anteckning.", version=lost.version)
        client.post(f"{lost.get_absolute_url()}edit/", facts)
        assert Case.objects.get().note == "Ny anteckning."

    def test_a_waiting_file_is_refused_in_a_sentence(self, lost, karin):
        with pytest.raises(KeyMissing, match=r"Contact operations|driftansvarig|drift"):
            _read = ImportUpload.objects.get().content

    def test_a_second_factor_is_refused_in_a_sentence(self, lost, client, settings):
        """Whoever has another factor, or gets a new one from the administrator, signs in as before."""
        client.cookies["django_language"] = "en"
        person = user("Olle", Role.OPERATOR)
        settings.NOTES_KEYS = [OLD]
        Authenticator.objects.create(user=person, type="totp", data={"secret": SECRET})
        settings.NOTES_KEYS = [NEW]
        client.post("/accounts/login/", {"login": person.email, "password": "a-long-demo-password"})
        response = client.post("/accounts/2fa/authenticate/", {"code": "123456"})
        assert response.status_code == 403
        assert "What is stored cannot be read" in response.content.decode()


def of_ours(model):
    return model._meta.app_label in APPS


def test_every_encrypted_column_is_rotated():
    """Binary columns of ours are encrypted or named here as plain."""
    columns = chain(*(model._meta.concrete_fields for model in apps.get_models() if of_ours(model)))
    binary = {(column.model, column.name) for column in columns if isinstance(column, models.BinaryField)}
    plain = {(PublicationFile, "content"), (OpenFile, "content")}  # what everybody may read
    encrypted = {(model, field.name) for model, field in encrypted_columns()}
    assert binary - encrypted == plain
    assert {model._meta.label for model, _name in encrypted} >= {"cases.Case", "cases.Draft", "cases.Call"}
    assert {(ExportPart, "content"), (Publication, "sealed")} <= encrypted
