"""The words of the text in Swedish."""

from __future__ import annotations

from typing import Final

from summaries.text.proved import Proved
from summaries.text.sentences import EVERYBODY, GIRLS_AND_BOYS, WOMEN_AND_MEN, Sentences

PURPOSES: Final = {
    "sexual": "sexuella ändamål",
    "labour": "arbetskraftsexploatering",
    "begging": "tiggeri",
    "crime": "kriminella ändamål",
    "marriage": "tvångsäktenskap",
    "organs": "avlägsnande av organ",
    "military": "krigstjänst",
    "other": "andra ändamål",
    "other_purposes": "tvångsäktenskap eller andra ändamål",
}
ONE: Final = {"women": "en kvinna", "men": "en man", "girls": "en flicka", "boys": "en pojke"}
VICTIMS: Final = "som förmodas vara offer för människohandel eller liknande utnyttjande"


class Swedish(Sentences):
    phrases = {
        "thousands": "\u00a0",
        "and": "och",
        "and_last": "samt",
        "or": "eller",
        "one": "en",
        "one_child": "ett",
        "months": "januari februari mars april maj juni juli augusti september oktober november december",
        "on": "Den {day}",
        "at_the_end": "Vid slutet av {year}",
        "members": "{when} ingick i nätverket {agencies}.",
        "no_total": "För {year} redovisas inget sammanlagt antal personer.",
        "no_total_so_far": "Hittills under året, till och med {day}, redovisas inget sammanlagt antal "
        "personer.",
        "figures_show": " Redovisade är {groups}.",
        "the_person": " Personen var {group}.",
        "both": " Båda var {group}.",
        "everybody": " Alla var {group}.",
        "of_them": " Av dem var {groups}.",
        "no_girls": " Ingen var flicka.",
        "no_boys": " Ingen var pojke.",
        "no_girls_boys": " Ingen var flicka eller pojke.",
        "broken": "Mellan de två åren är tidsserien bruten, så jämförelsen ska göras med försiktighet.",
        "not_over": "Året är inte slut, så siffrorna jämförs inte med något annat år.",
        "few_in_all": "Om så få personer redovisas inget mer.",
        "nor_then": "Det fick det inte heller {year}.",
        "number_then": "År {year} var antalet {n}.",
        "that_is": "Sammanlagt är det {than} {year}{then}.",
        "as_many": "lika många som",
        "more": "{n} fler än",
        "fewer": "{n} färre än",
        "against_none": ", mot inga {year}",
        "of_all_than": ", {than} {year}",
        "girls_and_boys_than": ", vilket är {than} {year}",
        "girls_and_boys": "Antalet flickor och pojkar var {n}{change}.",
        "one_of_all": "Av alla personer var ett barn{change}.",
        "of_all": "Av alla personer var {n} barn{change}.",
        "all_children": "Alla {n} personer var barn{change}.",
        "one_left_out": "En person ingår inte i det som följer: personens grupp är så liten att den bara "
        "räknas i siffrorna ovan.",
        "left_out": "Av personerna ingår {n} inte i det som följer: deras grupper är så små att de bara "
        "räknas i siffrorna ovan.",
        "country": "Det vanligaste medborgarskapslandet var {names}.",
        "countries": "De vanligaste medborgarskapsländerna var {names}.",
        "helped": "Av personerna fick {given}.",
        "helped_also": "Stödet omfattade också {kinds}.",
        "help": "Stödet omfattade bland annat {kinds}.",
        "shelter": "skyddat boende",
        "return": "hjälp att återvända",
        "all": "Alla {many}",
        "most": "De flesta av {the}",
        "share": ", {n} av {of},",
        "only": ", och alla dessa var {many}",
        "exploited": "utnyttjades för",
        "exploited_mainly": "utnyttjades främst för",
        "some_of": "En del av {the}",
        "most_often": "{the} utnyttjades oftast för",
        "most_often_of_all": "Räknat efter alla ändamål utnyttjades {the} oftast för",
        "tied": "{start} {names} ({n} vardera).",
        "followed": ", därefter för {names}",
        "after": " Därefter kom {names}.",
        "other": "Andra {many}",
        "the_other": "övriga {many}",
        "rest": "Resten",
        "purposes_also": "Bland {who} förekom även utnyttjande för {purposes}.",
        "unsaid": "Hur många av {the} som utnyttjades för {purposes} visas inte, men de kan vara många.",
        "shares": "Av {who} utnyttjades {shares}.",
        "first_share_of_one": "{n} främst för {purpose}",
        "first_share": "{n} främst för {purpose}",
        "further_share": "{n} för {purpose}",
    }
    purposes = PURPOSES
    many = {
        "women": "kvinnor",
        "men": "män",
        "girls": "flickor",
        "boys": "pojkar",
        "children": "barn",
        "adults": "vuxna",
        EVERYBODY: "personer",
        WOMEN_AND_MEN: "kvinnor och män",
        GIRLS_AND_BOYS: "flickor och pojkar",
    }
    the = {
        "women": "kvinnorna",
        "men": "männen",
        "girls": "flickorna",
        "boys": "pojkarna",
        "children": "barnen",
        "adults": "de vuxna",
        EVERYBODY: "personerna",
        WOMEN_AND_MEN: "kvinnorna och männen",
        GIRLS_AND_BOYS: "flickorna och pojkarna",
    }
    one = ONE
    counted = ONE
    of = {
        "other": "av annat kön",
        "unknown": "utan uppgift om kön eller ålder",
        "other_unknown": "av annat kön eller utan uppgift om kön eller ålder",
    }
    helped = {"shelter": ("skyddat boende",) * 2, "return": ("hjälp att återvända",) * 2}
    caveats = (
        "Siffrorna är inte heltäckande. De visar de personer som nätverket har fått kännedom om, och "
        "mörkertalet bedöms vara stort. Fler identifierade personer betyder inte att fler är utsatta.",
        "Samma person kan ha utnyttjats för flera ändamål. Uppgifterna ska inte läggas ihop med andra "
        "myndigheters statistik, eftersom samma person kan finnas i flera av dem.",
    )

    def _identified(self, facts: Proved, total: int) -> str:
        negated = "" if total else "inte "
        start = f"År {facts.year} fick nätverket {negated}"
        if facts.so_far:
            day = self._day(facts.so_far)
            start = f"Hittills under året, till och med {day}, har nätverket {negated}fått "
        persons = f"{self._few(total)} {'person' if total == 1 else 'personer'}" if total else "någon person"
        return f"{start}kännedom om {persons} {VICTIMS}."
