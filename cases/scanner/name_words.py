"""What single words say about a name: who is named so, what a person does, what is no name. Pure.

Names are those that `scripts.names` has listed.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final
from zoneinfo import available_timezones


def words_in(text: str) -> frozenset[str]:
    return frozenset(text.split())


def plain(word: str) -> str:
    """Return the word without case and accents, but for å, ä and ö, which are letters of their own."""
    folded = word.casefold()
    if folded.isascii():
        return folded
    plain = (letter if letter in "åäöй" else unicodedata.normalize("NFD", letter)[0] for letter in folded)
    return "".join(plain)


ORDINARY: Final = words_in(
    """
    advokat agent akut aldrig alla allt alltid alma alternativ ana and annan antal any april are art ask
    august augusti autumn baker bank banks bar bara barn barnahus be beauty bell berg bergen best bibel
    bilaga bio bishop black blessing blue bok bor brooks brown brå bup but by både can caritas case cash
    center centrum chad chambers chance charity chase chef child china church city close cook coordinator
    court cross csn cuba dag dal dam dan day de dean del den denna der des det din dina dollar dom domen
    don du each early east efter elektra en england english ens era ett eva-kliniken even every faith far
    fast father fem fest field fin fisher fler flicka for ford forum fra france fred french frida friday
    from frälsningsarmén för förra gambia gang gay georgia ger german ghana gift given god goda gods good
    grace gray green grupp gud gul gula guy gång göta hall han hand hans hard has hela hem her here hill
    him his holland home hon hope hos house hov hunter hus hvb här i ibland idag igår in india inga ingen
    ingenting inte irak iran iraq ireland is isak island israel ivo jaga jan januari jordan jourhavande
    joy juli july june juni just jämy kall kan karta kenya kick kind king klar klient knife knight know
    kom kosta kris kund kvinna lake lane lang last latin law le lead lee leka liga lika lin little liv
    long los love lovisa lucky lukas lund läkare lång made mai maj major malta mamma man many mar march
    maria-kyrkan marks mars mason mat max may mer mercy mest metod mid migrationsverket mika milda miller
    mina miss mitt mo monday more most mot mucf muf muslim my mycket mål nej new ni nigeria noomi nor
    nord norr norway not nova novahuset now npm nurse ny nya när obs ofta old olika on only or order
    origo other our out over page pappa par park part patience pay peace per person pojke poland police
    polis polisen poor pope porter post potter pray precious price prima prince prov quick real red reda
    reed region rena rice rich right rik rika rim ris risk rivers road roks romania room ros rose
    rosenlund röda said sak same san sankt sant santa sara-testet sea sedan see sen senare server she
    shepherd short sidor sin sina sis ska skatteverket slav small smith socialtjänsten som somalia son
    song south spain stad stadsmissionen stan star sten still stone stor street stål summer sun sunday
    support svart svea swan sweden sweet syria sätt tack tal talat talita tan taylor temple terrafem that
    the then there they this tidigare till time tingsrätten to today tolk tom town tro true turkey turner
    två uganda um under unicef union unizon up upp ute vad van vem very veta vi via vid viktig vill ville
    vision vit vita walker ward was water way we well west what when white who wide will wine winter wise
    with wood worker year years yet young your ännu är åklagaren åt ö öst över
    """
)
# Names that are words as well: in lower case they name nobody.
NO_NAME_IN_LOWER_CASE: Final = words_in(
    """
    alva anders andra andre angel angeles annan arg asta axel berg bert billy bo boka bror bruna chefer
    clas dag dana deras dessa donna droga eder edit eftermiddag eller era ernst falk fan festen finn
    flickan flora frank fri frid gala gav glad gun gäst hall hans hennes holm hopp ina inga inge ingen
    ingår jagad jobbet jul junior kaj kaja kaka kant kari karl katten kent kit klara klas lady lan las
    lev leva lilja lill lilla linda linje linn liv lova love lura lycka maj male manda mannen mara mari
    marin mark med medan mera mila milla mille milo min mina minna mot måns nada nick norma nova nära ola
    ole olja orm ort ost ove para patron per pina pink polly pär queen rama rand rasa ray rena resa rida
    rik rita roll roman ron rosa rosen rut ruta saga sak saker sann sanna sena sep sidan sin sista siv
    skilda sol sonen spel stark stella sten stig stina stor tage tala tanken tara tenn tess tim tom tor
    tora tova tove troy tur tusen tuva ty tyra uno urban vaken vale vanja varma vega vera vida viking
    vilda vilja villa viola virke viv vän ylva yoga
    """
)
# Words that are names as well: they are asked about where more says that it is a person.
WORDS_TOO: Final = words_in(
    """
    angel beatitude blessing charity cherry clement comfort destiny divine endurance faith favor favour
    favoured fe fon fortune gift glory god'sgift godsgift godspower goodluck goodness grace happiness
    happy hope innocent joy joyce justice lek love loveline lovely loveth lucky mabel mali marvellous
    marvelous mercy miracle patience peace perpetual pim praise precious prince princely princess
    progress promise prosper purity queen rejoice success sunday sweet sweetness testimony treasure trust
    victory vision wisdom
    """
)
_CITIES: Final = frozenset(
    word.casefold()
    for zone in available_timezones()
    for word in zone.partition("/")[2].replace("/", "_").split("_")
)
# Beside the cities of the time zones.
_TOWNS: Final = words_in(
    """
    abeba addis alingsås alvesta ankara arboga arvika asmara avesta bacau bagdad bangkok banjul barcelona
    bator benin bergen berlin blekinge boden bogotá bollnäs borlänge borås botkyrka brasov bukarest
    burgas chiang cluj constanța dakar dalarna danmark doha dubai edo enköping erbil eskilstuna eslöv
    falkenberg falköping falun finland gdansk gotland gävle götaland göteborg halland halmstad hamburg
    haninge hanoi haparanda helsingborg huddinge hudiksvall härnösand hässleholm höör iași isaan istanbul
    jämtland järfälla jönköping kalmar kampala karlshamn karlskoga karlskrona karlstad kaunas khai kiev
    kiruna krakow kramfors kristianstad kumla kungsbacka kyiv köpenhamn köping lagos landskrona lappland
    lidingö lidköping lindesberg linköping ljungby london ludvika luleå lund lviv madrid mai malmö manila
    mariestad medellín milano mjölby mora mosul motala märsta mölndal nacka neapel nong norge norrköping
    norrland norrtälje nyköping nässjö odessa oskarshamn oslo palermo paris partille pattaya phuket piteå
    plovdiv pristina riga rom ronneby sala sandviken sigtuna simrishamn skara skellefteå skåne skövde
    småland sofia sollefteå sollentuna solna strängnäs sundbyberg sundsvall svealand sweden säffle säter
    sävsjö söderhamn södertälje tallinn teheran thani tidaholm tierp tirana torino trelleborg trollhättan
    trosa täby uddevalla udon ulan ulricehamn umeå uppsala vara varberg varna vetlanda vilnius vimmerby
    vänersborg värnamo västervik västerås västmanland växjö warszawa wien ystad ängelholm åmål åre åstorp
    öland örebro örnsköldsvik östersund östhammar
    """
)
PLACES: Final = _CITIES | _TOWNS
# Right after a word in capitals: it is a place or a house.
NO_PERSON: Final = words_in(
    """
    ab airport bank center centralen centrum city county direktivet flygplats folkhögskola församling
    gymnasium hb hospital hotel hotell institut institutet kb kliniken kommun konventionen kyrka kyrkan
    ltd län mottagningen protokollet sjukhus sjukhuset skola skolan stad station stationen universitet
    university verket
    """
)
AGENCIES: Final = words_in(
    """
    akut amnesty arlanda beauty bolt borås bosse bris brå byggnads coop ecpat ericsson eurojust europol
    facebook fedasil foodora frontex google hemköp ica ikea instagram interpol iom ivo jämy kommunal
    kronofogden landvetter lidl malmö messenger nmt noaks noomi nordea roks rädda samsam scania securitas
    sj skavsta skyddsvärnet snapchat swedbank talita teams telegram uber umeå unhcr unicef unizon viber
    vita volvo whatsapp willys wolt zoom
    """
)
# What follows *is called* where nobody is named.
NOBODY: Final = words_in(
    """
    a an and andra anges annan annat anyone as at att av by bör de dem den det dig där då egentligen ej
    eller en enligt er ett finns flera for framgår för förhör han hemma henne her her's him his hon honom
    här idag igen in ingen ingenting inte is it kallelse kan lämnas men mig missing möte nobody not nu
    nämndes nämns någon något och också of offer okänd okänt olika om on or oss på registered saknas
    samma samtal sig ska skall som somebody someone stored sätt så the their them till to unknown upp
    uppgavs uppges ut var vet vittne vittnen was withheld är
    """
)

# Right before a place.
OF_PLACE: Final = words_in(
    """
    at city from från genom i in kring mot near norr nära of ort runt staden söder till to town ur
    utanför via vid
    """
)
# Right before a word in capitals: it is the name of that person.
OF_PERSON: Final = words_in(
    """
    advokat advokaten anhörig anhöriga anmälare anmälaren arbetsgivare arbetsgivaren arbetsledare
    arbetsledaren aunt auntie auntien aunty barnet barnmorska barnmorskan bonusmamma bonuspappa boss boy
    boyfriend brodern bror brorsdotter brorson brother brottsoffer brottsoffret brukaren buyer called
    caller chaufför chauffören chefen client colleague complainant cousin customer daughter dotter
    dottern dr dr. employer exman exmannen expojkvän fader fadern far farbror farfar farmor faster father
    flickan flickvän flickvännen friend fru frun fästman fästmannen fästmö förman förmannen förövare
    förövaren girl girlfriend granne grannen gärningsman gärningsmannen hallick hallicken handläggare
    handläggaren herr husband hustru hustrun hyresvärd hyresvärden imam interpreter killen klient
    klienten kollegan kompis kompisen kontaktperson kontaktpersonen kund kunden kuratorn kusin kusinen
    kvinnan köpare köparen landlord langare lawyer lillasyster lillebror läkaren madam madame makan make
    maken mama mami mamma mamman man mannen miss misstänkt misstänkte moder modern mor morbror morfar
    mormor moster mother mr mr. mrs mrs. ms ms. människohandlare målsägande målsäganden named neighbour
    offer offret oga owner pappa pappan partner partnern pastor personen pimp pojken pojkvän pojkvännen
    recruiter rekryterare rekryteraren rumskamrat rumskamraten sambo sambon sexköpare sexköparen sister
    sköterskan smugglare smugglaren socialsekreterare socialsekreteraren son sonen storasyster storebror
    styvfar styvmor suspect svägerska svärfar svärmor svåger syster systerdotter systern systerson
    sökande sökanden tjejen tolk tolken torsk torsken trafficker traffickern uncle uppgiftslämnare
    uppgiftslämnaren uppringare uppringaren victim vittne vittnet vän väninna väninnan vännen wife
    witness woman ägare ägaren åklagare åklagaren
    """
)
# The same, of several.
OF_FAMILY: Final = words_in(
    """
    brothers bröder bröderna fam familj familjen family klanen makarna paret sisters släkten syskonen
    systrarna tvillingarna
    """
)
# What a person does, and seldom a thing: before it an unknown word may be a name.
ACTS: Final = words_in(
    """
    arbetade arbetar asked berättade berättar berättat betalade betalar bodde bor called calls cried dog
    erkänner escaped fick fled flydde flyttade får födde gifte grät gråter heter hette hittade hotade
    hotar hämtade hämtar jobbade jobbar kom köpte kör körde lived lives lurade lämnade mådde mår nekar
    reste ringde ringer rymde sa sade said says sent skickade skrev skriver sköter slog slår sov sover
    sprang städar svarade svarar säger sålde tar tells tog told träffade tvingade tvingar undrade undrar
    uppgav uppger vill ville väntade väntar vågade vågar wants worked works åkte
    """
)
# What else somebody does whose name is known.
VERBS: Final = ACTS | words_in(
    """
    and bad bar behövde behöver ber bjuder bjöd blev blir bär came can could cries delar did does drar
    drog dör fanns finns flyr försvann gav ger gick gjorde gråtit går gör had hade har has hjälper här
    hördes hörs is jobbat kan kommer kontaktade kunde köper led ler levde lever lider ligger litar log
    låg låter lämnar lät may medger mejlade mejlar måste needs nekade ran rymmer saknade saknar satt
    sends ser sitter ska skall skrek skriker skär sleeps slept sms:ade sms:ar springer stod står såg
    såldes säljer tackade tackar tvingades var vet visste was went will would åt är äter
    """
)
# What is done before the name.
ACTED: Final = words_in(
    """
    berättade berättar betalade called fruktar grät hatar hittade hotade hämtade kontaktade lurade
    lämnade met mötte ringde sa sade said saknar saw says skrev slog säger såg sökte told träffade
    tvingade undrade undrar älskar
    """
)


_NO_NAME: Final = PLACES | NO_NAME_IN_LOWER_CASE  # in lower case
LISTED: Final = Path(__file__).with_name("listed_names.txt")


@dataclass(frozen=True, slots=True)
class ListedNames:
    """Names as `plain` writes them."""

    first: frozenset[str]
    last: frozenset[str]

    def is_known(self, word: str) -> bool:
        return word in self.first or word in self.last

    def may_be_first(self, word: str) -> bool:
        return word in self.first or word in WORDS_TOO

    def is_likely(self, word: str) -> bool:
        """Return whether a word in capitals may be a name, wherever it stands."""
        return (self.is_known(word) or word in WORDS_TOO) and word not in PLACES

    def is_first_in_lower_case(self, word: str) -> bool:
        return len(word) > 3 and word in self.first and word not in _NO_NAME

    def is_last_in_lower_case(self, word: str) -> bool:
        return word in self.last and word not in _NO_NAME


@lru_cache(maxsize=1)
def names() -> ListedNames:
    """Return all names that are no ordinary words."""
    _made_of, *listed = LISTED.read_text("utf-8").splitlines()
    return ListedNames(*(words_in(one) for one in listed))
