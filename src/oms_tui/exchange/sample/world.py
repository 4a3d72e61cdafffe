"""The world that sample orders come from: channels, locations, articles, people and places, all made up.

Prices are in euro cents and turned into other currencies by fixed, rounded rates. Names and addresses are
written in the
scripts of their countries.
"""

from dataclasses import dataclass
from typing import Final

from oms_tui.domain.order import Channel
from oms_tui.domain.people import Person, Role
from oms_tui.domain.status import ChannelType

SEED: Final = 20_261_122

SAMPLE_PEOPLE: Final = (
    Person(name="olga", display_name="Olga Petrenko", roles=frozenset({Role.OP, Role.AD})),
    Person(name="ana", display_name="Ana Costa", roles=frozenset({Role.CS})),
    Person(name="noor", display_name="Noor Haddad", roles=frozenset({Role.NM})),
)
"""One person for each desk role. They need no password, in sample data only."""


def _channel(code: str, name: str, kind: ChannelType, place: str, money: str, entity: str) -> Channel:
    region, country, language, zone = place.split(" ")
    return Channel(
        code=code,
        name=name,
        type=kind,
        region=region,
        country=country,
        language=language,
        currency=money,
        time_zone=zone,
        selling_entity=entity,
        ships_complete=code == "web-br",
    )


_W, _S, _M = ChannelType.WEB, ChannelType.STORE, ChannelType.MARKETPLACE
CHANNELS: Final = (
    _channel("web-de", "Web Germany", _W, "EMEA DE de Europe/Berlin", "EUR", "Linden Home GmbH"),
    _channel("web-ie", "Web Ireland", _W, "EMEA IE en Europe/Dublin", "EUR", "Linden Home GmbH"),
    _channel("web-gb", "Web United Kingdom", _W, "EMEA GB en Europe/London", "GBP", "Linden Home Ltd"),
    _channel("web-us", "Web United States", _W, "AMER US en America/New_York", "USD", "Linden Home Inc"),
    _channel("web-jp", "Web Japan", _W, "APAC JP ja Asia/Tokyo", "JPY", "Linden Home KK"),
    _channel("web-kw", "Web Kuwait", _W, "EMEA KW ar Asia/Kuwait", "KWD", "Linden Home WLL"),
    _channel("web-br", "Web Brazil", _W, "AMER BR pt America/Sao_Paulo", "BRL", "Linden Home Ltda"),
    _channel("store-01", "Store Berlin Mitte", _S, "EMEA DE de Europe/Berlin", "EUR", "Linden Home GmbH"),
    _channel("store-02", "Store New York SoHo", _S, "AMER US en America/New_York", "USD", "Linden Home Inc"),
    _channel("mkt-eu", "Marketplace Europe", _M, "EMEA DE de Europe/Berlin", "EUR", "Linden Home GmbH"),
)
CHANNEL_WEIGHTS: Final = (26, 6, 14, 20, 9, 4, 7, 5, 4, 5)


@dataclass(frozen=True, slots=True)
class Country:
    """What a made-up address of one country draws on. `postal` is a pattern: # stands for a digit."""

    code: str
    first: tuple[str, ...]
    last: tuple[str, ...]
    streets: tuple[str, ...]
    """{} stands for the house number."""
    places: tuple[tuple[str, str, str], ...]
    """(city, area, postal pattern)."""
    phone: str
    """# stands for a digit."""
    family_first: bool = False


def _words(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split("|"))


def _places(text: str) -> tuple[tuple[str, str, str], ...]:
    return tuple((city, area, code) for city, area, code in (part.split("/") for part in _words(text)))


COUNTRIES: Final = {
    country.code: country
    for country in (
        Country(
            "DE",
            _words("Hans|Jürgen|Anke|Sabine|Björn|Mia|Leon|Käthe|Uwe|Zoë|Ayşe|Emre"),
            _words("Müller|Schröder|Weiß|Groß|Krüger|Schäfer|Yılmaz|von der Heide|Vogel|Lange|Köhler|Busch"),
            _words("Hauptstraße {}|Goethestr. {}|Am Mühlenbach {}|Lindenallee {}|Königsweg {}"),
            _places("Berlin//10###|München//80###|Köln//506##|Görlitz//0282#|Hamburg//20###"),
            "+49 30 #######",
        ),
        Country(
            "AT",
            _words("Franz|Leni|Maximilian|Theresia"),
            _words("Gruber|Höfer|Pichler|Österreicher"),
            _words("Ringstraße {}|Mozartgasse {}"),
            _places("Wien//10#0|Graz//80#0"),
            "+43 1 #######",
        ),
        Country(
            "FR",
            _words("Zoé|François|Hélène|Léa|Maël|Agnès"),
            _words("Lefèvre|Garçon|D'Aubigné|Noël|Benoît|Castañer"),
            _words("{} rue de l'Église|{} bd Voltaire|{} allée des Tilleuls"),
            _places("Paris//7501#|Lyon//6900#|Nîmes//30###"),
            "+33 1 ## ## ## ##",
        ),
        Country(
            "IT",
            _words("Giulia|Niccolò|Luca|Chiara|Matteo"),
            _words("D'Angelo|Esposito|Rossi|De Santis|Lo Bianco"),
            _words("Via Roma {}|Corso Garibaldi {}|Piazza Dante {}"),
            _places("Milano/MI/201##|Napoli/NA/801##|Forlì/FC/4712#"),
            "+39 02 #######",
        ),
        Country(
            "CZ",
            _words("Jana|Jiří|Ondřej|Žofie|Tereza"),
            _words("Novák|Dvořáková|Říha|Šťastný|Černá"),
            _words("Dlouhá {}|Náměstí Míru {}"),
            _places("Praha//1#0 00|Brno//602 00|Plzeň//301 00"),
            "+420 604 ### ###",
        ),
        Country(
            "GR",
            _words("Γιώργος|Ελένη|Νίκος|Κατερίνα"),
            _words("Παπαδόπουλος|Γεωργίου|Οικονόμου|Βλάχου"),
            _words("Ερμού {}|Λεωφόρος Κηφισίας {}"),
            _places("Αθήνα//105 ##|Θεσσαλονίκη//546 ##"),
            "+30 21# ### ####",
        ),
        Country(
            "UA",
            _words("Оксана|Тарас|Іван|Леся"),
            _words("Шевченко|Коваленко|Мельник|Їжакевич"),
            _words("вул. Хрещатик, {}|вул. Франка, {}"),
            _places("Київ//010##|Львів//790##"),
            "+380 44 ### ####",
        ),
        Country(
            "IE",
            _words("Siobhán|Aoife|Liam|Seán|Niamh|Oisín"),
            _words("O'Brien|Ní Dhomhnaill|Murphy|Mac Giolla|O'Sullivan"),
            _words("{} Main Street|{} Seaview Terrace|{} Grafton Street"),
            _places("Dublin/Co. Dublin/D0# X#Y#|Cork/Co. Cork/T12 A#B#"),
            "+353 1 ### ####",
        ),
        Country(
            "GB",
            _words("Oliver|Amelia|Harry|Priya|Mohammed|Isla|Rhys|Zara"),
            _words("Smith|Taylor-Jones|Patel|MacDonald|Evans|Okafor|Khan|St John"),
            _words("{} High Street|Flat {}, Rose Court|{} Station Road"),
            _places("London//SW1A #AA|Leeds//LS1 #AB|Cardiff//CF10 #AA|Glasgow//G1 #AA"),
            "+44 20 #### ####",
        ),
        Country(
            "US",
            _words("James|Maria|Robert|Jennifer|José|Aaliyah|Wei|Dakota|Renée|Tyrone"),
            _words("Johnson|Williams|García|Nguyen|O'Neil|Lee|Washington|Begay|Kowalski|Fernández"),
            _words("{} Main St|{} Elm Ave Apt 4|{} N Lake Shore Dr|{} Broadway"),
            _places("New York/NY/100##|Chicago/IL/606##|Los Angeles/CA/900##|Austin/TX/787##|Boise/ID/837##"),
            "+1 212 555 ####",
        ),
        Country(
            "JP",
            _words("太郎|花子|健一|美咲|翔|さくら|大輔|結衣"),
            _words("山田|佐藤|鈴木|高橋|渡邉|小林|斎藤|中村"),
            _words("丸の内{}丁目2番1号|本町{}-5|北{}条西4丁目"),
            _places("千代田区/東京都/100-00##|大阪市中央区/大阪府/541-00##|札幌市/北海道/060-00##"),
            "+81 3 #### ####",
            family_first=True,
        ),
        Country(
            "KR",
            _words("서연|민준|지우|하은"),
            _words("김|이|박|최"),
            _words("세종대로 {}|테헤란로 {}"),
            _places("중구/서울특별시/045##|해운대구/부산광역시/480##"),
            "+82 2 #### ####",
            family_first=True,
        ),
        Country(
            "KW",
            _words("محمد|فاطمة|عبدالله|نورة|يوسف"),
            _words("العتيبي|المطيري|الصباح|الرشيدي"),
            _words("شارع الخليج {}|قطعة {}"),
            _places("مدينة الكويت//130##|السالمية//220##"),
            "+965 #### ####",
        ),
        Country(
            "BR",
            _words("João|Conceição|Luíza|Antônio|Thaís"),
            _words("da Silva|Gonçalves|Araújo|dos Santos|Assunção"),
            _words("Rua das Flores, {}|Av. Paulista, {}|Travessa São João, {}"),
            _places("São Paulo/SP/01###-0##|Belém/PA/66###-0##|Brasília/DF/70###-0##"),
            "+55 11 9#### ####",
        ),
    )
}
SHIP_COUNTRIES: Final = {
    "web-de": "DE DE DE DE DE AT AT CZ IT",
    "web-ie": "IE IE IE IE GB",
    "web-gb": "GB GB GB GB GB IE",
    "web-us": "US US US US US US US BR",
    "web-jp": "JP JP JP JP KR",
    "web-kw": "KW",
    "web-br": "BR",
    "store-01": "DE",
    "store-02": "US",
    "mkt-eu": "FR IT CZ GR UA DE",
}
"""Where each channel's orders go, one word for each share."""

LOCATIONS: Final = {
    "EMEA": ("BER-1", "MXP-1", "LDS-2"),
    "AMER": ("EWR-1", "ONT-3", "GRU-1"),
    "APAC": ("NRT-1", "NRT-1", "ICN-1"),
}
LOCATION_COUNTRY: Final = {
    "BER-1": "DE",
    "MXP-1": "IT",
    "LDS-2": "GB",
    "EWR-1": "US",
    "ONT-3": "US",
    "GRU-1": "BR",
    "NRT-1": "JP",
    "ICN-1": "KR",
}
LOCATION_NAMES: Final = {
    "BER-1": "Berlin",
    "MXP-1": "Milano",
    "LDS-2": "Leeds",
    "EWR-1": "Newark",
    "ONT-3": "Ontario, California",
    "GRU-1": "Guarulhos",
    "NRT-1": "Narita",
    "ICN-1": "Incheon",
}
FAR_FROM: Final = {"EMEA": "web-us", "AMER": "web-jp", "APAC": "web-de"}
"""Region of a channel -> a channel whose customers live in another part of the world."""
METHODS: Final = {
    "EMEA": (("Standard", "DHL", 490), ("Express", "UPS", 1290), ("Pickup", "", 0)),
    "AMER": (("Standard", "USPS", 590), ("Express", "FedEx", 1490), ("Pickup", "", 0)),
    "APAC": (("Standard", "Yamato", 500), ("Express", "Sagawa", 1200), ("Pickup", "", 0)),
}
"""Method, carrier, price in euro cents."""

RATES: Final = {
    "EUR": (1, 1),
    "GBP": (85, 100),
    "USD": (110, 100),
    "BRL": (6, 1),
    "JPY": (8, 5),
    "KWD": (10, 3),
}
"""Minor units of a currency for one euro cent, as a fraction: 1 cent is 1.6 yen and 3.3 fils."""
TAX_RATES: Final = {
    "DE": 190_000, "AT": 200_000, "FR": 200_000, "IT": 220_000, "CZ": 210_000, "GR": 240_000, "UA": 200_000,
    "IE": 230_000, "GB": 200_000, "US": 88_750, "JP": 100_000, "KR": 100_000, "KW": 0, "BR": 170_000,
}  # fmt: skip
"""Parts per million. US tax is added to the price, every other is in it."""


@dataclass(frozen=True, slots=True)
class Article:
    """An article of the catalogue; `price` in euro cents."""

    sku: str
    name: str
    size: str
    category: str
    price: int


def _catalogue() -> tuple[Article, ...]:
    kinds = (
        ("LS", "Shirts", 4990, "XS S M L XL", "Linen shirt, {}|Oxford shirt, {}|Flannel shirt, {}"),
        ("WS", "Scarves", 5750, "–", "Wool scarf, {}|Silk scarf, {}"),
        ("DL", "Lamps", 8900, "–", "Desk lamp, {}|Floor lamp, {}|Paper lantern, {}"),
        ("MU", "Kitchen", 1290, "–", "Stoneware mug, {}|Tea pot, {}|Butter dish, {}"),
        ("TW", "Bath", 2490, "50×100 70×140", "Waffle towel, {}|Bath mat, {}"),
        ("BL", "Bedding", 11900, "135×200 155×220", "Linen duvet cover, {}|Wool blanket, {}"),
        ("CN", "Candles", 1890, "–", "Beeswax candle, {}|Scented candle, {}"),
        ("BK", "Stationery", 790, "A5 A6", "Notebook, {}|Greeting cards, {}"),
    )
    colours = ("white", "grey", "navy", "ochre", "sage", "rust", "black")
    articles = []
    for prefix, category, base, sizes, names in kinds:
        for n, name in enumerate(names.split("|")):
            for c, colour in enumerate(colours):
                for size in sizes.split():
                    sku = f"{prefix}-{200 + 10 * n + c}" + (
                        f"-{size.replace('×', 'X')}" if size != "–" else ""
                    )
                    price = base + 700 * n + 100 * (c % 3)
                    articles.append(
                        Article(sku, name.format(colour), "" if size == "–" else size, category, price)
                    )
    return tuple(articles)


ARTICLES: Final = _catalogue()
