"""Articles are read beside the call and on pages of their own, searched, and edited without a release."""

from __future__ import annotations

from datetime import date

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.roles import Role
from audit.models import Event
from exchange.lists import Planner
from knowledge import stored_texts
from knowledge.admin import ArticleResource
from knowledge.models import Article, found
from knowledge.shipped import line_with
from knowledge.views import as_html
from tests.actors import NOON, access, user
from tests.nmt_site.admin_pages import client_of
from tests.weights import mostly_long

pytestmark = pytest.mark.django_db
INDEX, BESIDE = "/knowledge/", "/knowledge/beside/"


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def olle() -> Client:
    return client_of(user("Olle", Role.OPERATOR))


@pytest.fixture
def anna() -> Client:
    return client_of(user("Anna", Role.ADMINISTRATOR))


def shown(response) -> list[str]:
    return [one["article"].key for one in response.context["articles"]]


def change(client: Client, article: Article, **facts: object):
    """As the form of the admin sends it."""
    sent = {
        name: getattr(article, name) or ""
        for name in ("title_sv", "title_en", "text_sv", "text_en", "sources", "position", "reviewed_on")
    }
    sent |= {"topics": article.topics.split(), "counties": article.counties.split()}
    return client.post(reverse("admin:knowledge_article_change", args=[article.pk]), {**sent, **facts})


class TestReading:
    def test_a_topic_and_a_county_choose_among_them(self, olle):
        assert len(shown(olle.get(INDEX))) == 25
        assert "atervandande" in shown(olle.get(f"{INDEX}?topic=topic:return"))
        assert shown(olle.get(f"{INDEX}?county=12")) == ["syd"]

    def test_it_is_found_by_words_of_its_text_in_either_language_and_no_word_is_in_an_address(self, olle):
        answer = olle.post(INDEX, {"q": "195011"})
        assert shown(answer) == ["betanketid"]
        assert "195011" in answer.content.decode()
        assert "betanketid" in shown(olle.post(INDEX, {"q": "reflection PERIOD"}))
        assert shown(olle.post(INDEX, {"q": "zebra"})) == []
        assert 'method="post"' in answer.content.decode().partition('role="search"')[0].rpartition("<form")[2]

    def test_what_is_true_of_all_articles_is_said_once(self, olle):
        assert olle.get(INDEX).content.decode().count("Ska granskas av myndigheten") == 1
        Article.objects.filter(key="betanketid").update(reviewed_on=date(2019, 3, 1))
        assert olle.get(INDEX).content.decode().count("Ska granskas av myndigheten") == 24

    def test_a_page_says_what_it_rests_on_and_that_the_authority_has_not_reviewed_it(self, olle):
        olle.cookies["django_language"] = "en"
        page = olle.get(f"{INDEX}betanketid/").content.decode()
        assert "To be reviewed by the authority" in page
        assert "migrationsverket.se/Andra-aktorer/Socialnamnden" in page
        assert "Chapter 5" not in page
        assert "chapter 5, section 15" in page

    def test_the_days_of_an_article_decide_whether_it_is_there(self, olle):
        Article.objects.filter(key="tolk").update(valid_to="2019-02-28")
        assert "tolk" not in shown(olle.get(INDEX))
        assert olle.get(f"{INDEX}tolk/").status_code == 404
        assert olle.get(f"{INDEX}tolk/text/").status_code == 404

    def test_a_review_lasts_a_year(self, olle):
        olle.cookies["django_language"] = "en"
        Article.objects.filter(key="tolk").update(reviewed_on="2018-03-02")
        assert "Reviewed on 2018-03-02<" in "".join(olle.get(f"{INDEX}tolk/").content.decode().split("\n  "))
        Article.objects.filter(key="tolk").update(reviewed_on="2018-02-28")
        assert "to be" in olle.get(f"{INDEX}tolk/").content.decode()
        Article.objects.filter(key="tolk").update(reviewed_on="9999-12-31")
        assert olle.get(INDEX).status_code == 200


class TestBesideTheCall:
    def test_the_page_of_a_new_call_holds_no_text_and_asks_the_database_for_none(
        self, olle, django_assert_num_queries
    ):
        page = olle.get("/calls/new/").content.decode()
        assert f'data-articles="{BESIDE}"' in page
        assert "195011" not in page
        assert page.index('class="panel card-articles"') > page.index("</form>", page.index('id="call"'))

    def test_the_titles_come_in_one_piece_that_no_call_is_named_in(self, olle, django_assert_max_num_queries):
        with django_assert_max_num_queries(4):
            piece = olle.get(BESIDE).content.decode()
        assert piece.count("<details>") == 25
        assert 'data-topics="topic:permit topic:person" data-counties=""' in piece
        assert 'data-counties="07 08 10 12"' in piece
        assert len(piece.encode()) < 9_000
        assert "195011" not in piece

    def test_what_is_looked_for_there_is_posted(self, olle):
        piece = olle.post(BESIDE, {"q": "195011"}).content.decode()
        assert piece.count("<details>") == 1
        assert "zebra" in olle.post(BESIDE, {"q": "zebra"}).content.decode()

    def test_a_text_is_fetched_by_itself(self, olle):
        text = olle.get(f"{INDEX}betanketid/text/").content.decode()
        assert "195011" in text
        assert "<html" not in text
        assert "<h4>" in text


class TestWriting:
    def test_who_edits_makes_a_version_and_the_event_names_the_fields(self, anna, olle):
        article = Article.objects.get(key="tolk")
        assert change(anna, article, text_sv="Ny **text**.", reviewed_on="2019-03-01").status_code == 302
        article.refresh_from_db()
        assert (article.text_sv, str(article.reviewed_on)) == ("Ny **text**.", "2019-03-01")
        assert [one.text_sv[:8] for one in article.history.order_by("history_id")] == ["## Innan", "Ny **tex"]
        event = Event.objects.get(action="article.change")
        assert sorted(event.fields) == ["reviewed_on", "text_sv"]
        assert "<strong>text</strong>" in olle.get(f"{INDEX}tolk/text/").content.decode()

    def test_a_changed_text_is_to_be_reviewed_again_unless_the_day_is_given_too(self, anna):
        Article.objects.filter(key="tolk").update(reviewed_on="2019-02-01")
        change(anna, Article.objects.get(key="tolk"), text_sv="Ny text.")
        assert Article.objects.get(key="tolk").reviewed_on is None
        assert sorted(Event.objects.get(action="article.change").fields) == ["reviewed_on", "text_sv"]

    def test_the_ends_of_lines_that_a_browser_sends_are_no_change_of_the_text(self, anna):
        Article.objects.filter(key="tolk").update(reviewed_on="2019-02-01")
        article = Article.objects.get(key="tolk")
        sent = {name: getattr(article, name).replace("\n", "\r\n") for name in ("text_sv", "text_en")}
        change(anna, article, **sent, valid_to="2019-12-31")
        assert str(Article.objects.get(key="tolk").reviewed_on) == "2019-02-01"
        assert sorted(Event.objects.get(action="article.change").fields) == ["valid_to"]

    def test_a_file_is_read_as_the_form_is(self):
        resource = ArticleResource(access=access(user("Anna", Role.ADMINISTRATOR)))
        row = Article(key="x", title_sv="X", title_en="X", text_sv="Storgatan 12", text_en="X")
        assert sorted(resource.check(row)) == ["text_sv"]
        with pytest.raises(ValueError, match="zzz"):
            resource.fields["topics"].widget.clean("topic:zzz")

    def test_a_file_asks_as_often_for_many_rows_as_for_one_and_no_row_keeps_a_review_that_is_over(self):
        Article.objects.update(reviewed_on="2019-02-01")
        by = access(user("Anna", Role.ADMINISTRATOR))
        header = ["key", "text_sv", "text_en", "reviewed_on"]
        rows = [[article.key, "Ny text.", article.text_en, "2019-02-01"] for article in Article.objects.all()]
        asked = []
        for some in (rows[:1], rows):
            with CaptureQueriesContext(connection) as queries:
                planned = list(Planner(ArticleResource(access=by), header).chunk(enumerate(some, 2)))
            asked.append(len(queries))
            assert [one.instance.reviewed_on for one in planned] == [None] * len(some)
        assert asked[0] == asked[1]
        given = Planner(ArticleResource(access=by), header).chunk(
            [(2, ["tolk", "Ny.", "New.", "2019-02-28"])]
        )
        assert [str(one.instance.reviewed_on) for one in given] == ["2019-02-28"]

    def test_no_article_takes_the_address_of_the_panel_beside_the_call(self, anna):
        sent = {
            "key": "beside",
            "title_sv": "X",
            "title_en": "X",
            "text_sv": "X",
            "text_en": "X",
            "position": 1,
        }
        page = anna.post(reverse("admin:knowledge_article_add"), sent)
        assert [*page.context["adminform"].form.errors] == ["key"]
        row = Article(**sent)
        assert "key" in ArticleResource(access=access(user("Bo", Role.ADMINISTRATOR))).check(row)

    @pytest.mark.parametrize(
        "role",
        mostly_long(
            [role for role in Role if role is not Role.ADMINISTRATOR], usual=[Role.COORDINATOR, Role.DPO]
        ),
    )
    def test_nobody_else_edits(self, role):
        article = Article.objects.get(key="tolk")
        person = client_of(user("Någon", role, region="V" if role is Role.COORDINATOR else ""))
        assert change(person, article, text_sv="Ny text.").status_code in {302, 403}
        assert "Ny text" not in Article.objects.get(key="tolk").text_sv
        assert person.get(INDEX).status_code == 200

    def test_loading_again_leaves_what_the_authority_wrote_and_brings_back_what_is_missing(self):
        Article.objects.filter(key="tolk").update(text_sv="Vår egen text.")
        Article.objects.filter(key="barn").delete()
        assert stored_texts.load() == {"article": 25, "remark": 17}
        assert Article.objects.get(key="tolk").text_sv == "Vår egen text."
        assert Article.objects.get(key="barn").history.count() >= 1


class TestText:
    def test_nothing_that_is_typed_becomes_code(self):
        links = '[a](javascript:alert(1)) [c](javascript:alert`1`) [b](https://x.se/"><i>)'
        text = f"<script>alert(1)</script>\n\n- <b>x</b> {links}\n\n## <u>y</u>"
        page = as_html(text)
        assert "<script" not in page
        assert "<b>" not in page
        assert "<i>" not in page
        assert "<u>" not in page
        assert 'href="javascript' not in page
        assert 'href="https://x.se/&quot;&gt;&lt;i&gt;"' in page

    def test_headings_lists_bold_and_links_are_what_it_knows(self):
        text = "## Rubrik\nEn **fet** rad\noch en till.\n- ett\n- [två](https://exempel.se/)\n\nSlut."
        assert as_html(text, level=3) == (
            "<h3>Rubrik</h3>\n<p>En <strong>fet</strong> rad och en till.</p>\n"
            '<ul><li>ett</li><li><a href="https://exempel.se/" rel="noopener noreferrer">två</a></li></ul>\n'
            "<p>Slut.</p>"
        )

    def test_titles_come_first_and_every_word_must_be_there(self):
        pages = [
            Article(key="a", title_sv="Annat", text_sv="Om tolkförmedling."),
            Article(key="b", title_sv="Tolk", text_sv="Språk."),
        ]
        assert [article.key for article in found("TOLK", pages)] == ["b", "a"]
        assert found("tolk språk", pages) == [pages[1]]
        assert found("  ", pages) == []
        assert line_with("språk", "## Språk\n\n- Ett språk.\n- Två.") == "Ett språk."
