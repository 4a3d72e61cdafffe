"""Papers as PDF, read by a second program: every script, every figure, the same bytes again."""

import shutil
import struct
import subprocess
import time
import zlib
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from oms_tui.documents.figures import Figures, locale_of
from oms_tui.documents.labels import LANGUAGES, words_in
from oms_tui.documents.letters import REPLACEMENT, font_of, printable
from oms_tui.documents.render import render
from oms_tui.documents.words import Told
from oms_tui.domain.money import Money
from oms_tui.domain.papers import Seller
from oms_tui.domain.positions import position
from oms_tui.domain.totals import order_total
from tests.build import line, order
from tests.documents.papers import (
    SELLER,
    invoice,
    pages_of,
    random_order,
    receipt,
    sold,
    somewhere,
    text_of,
)
from tests.seeds import seeded
from tests.support import IS_RELEASE, scaled

NAMES = {
    "Latin": "Zoë Łącka-Nguyễn",
    "Greek": "Γιώργος Παπαδόπουλος",
    "Cyrillic": "Сергей Щёлоков",
    "Japanese": "山田 太郎 ヤマダ",
    "Chinese": "李雷 韩梅梅",
    "Korean": "홍길동",
    "Hebrew": "שלום",
    "Thai": "สมชาย ใจดี",
}
"""Scripts whose letters come out of a PDF as they went in."""
SHAPED = {"Arabic": "محمد", "Devanagari": "राम कुमार", "Bengali": "রবি", "Tamil": "கண்ணன்"}
"""Scripts whose letters are joined, so that a reader may tell them in another order."""


def test_names_in_any_script_are_printed():
    """Read again by a second program; joined letters are counted, for readers order them as they like."""
    names = [*NAMES.values(), *SHAPED.values()]
    address = replace(somewhere(""), street=tuple(names))
    text = text_of(render(invoice(sold(bill_to=address))))
    for name in names:
        assert all(font_of(letter) for letter in name), name
        if name in NAMES.values():
            assert name in text or name[::-1] in text, name
        else:
            assert set(text) >= {letter for letter in name if letter.isalpha()}, name
    assert REPLACEMENT not in text


def test_the_total_on_the_paper_is_the_one_on_screen():
    """500 random orders: total, every row, every sum and tax, to the last decimal; every twentieth is printed
    and read again."""
    pick = seeded()
    for turn in range(scaled(500, 40)):
        value = random_order(pick)
        paper = invoice(value)
        assert paper.total == order_total(value) == position(value, "S-1").due
        told = Told(paper, 0)
        carried = sum(entry.sum for entry in told.entries)
        assert carried + paper.tax_added.minor == paper.total.minor
        assert sum(net + tax for _, net, tax, _ in told.taxes) == paper.total.minor
        assert sum(gross for *_, gross in told.taxes) == paper.total.minor
        assert sum(minor for _, minor in told.sums) in (0, paper.total.minor)
        if turn % 20 == 0:
            _every_figure_is_printed(told, text_of(render(paper)))


def _every_figure_is_printed(told, text):
    figures = [
        told.paper.total.minor,
        *(minor for _, minor in told.sums),
        *(x for _, *t in told.taxes for x in t),
    ]
    for entry in told.entries:
        figures += [entry.amount, *(minor for _, minor in entry.changes)]
    for minor in figures:
        assert " ".join(printable(told.money(minor)).split()) in text, minor


def test_the_same_bytes_again_whenever_it_is_printed(monkeypatch):
    paper = invoice(sold(bill_to=somewhere("山田 محمد")))
    first = render(paper)
    later = time.time() + 10**6
    monkeypatch.setattr(time, "time", lambda: later)
    assert render(paper) == first
    assert render(paper, copy=1) == render(paper, copy=2) != first


@pytest.mark.parametrize("language", LANGUAGES if IS_RELEASE else ("de", "ja"))
def test_a_copy_says_so_in_the_language_of_the_order(language):
    words = words_in(language)
    paper = receipt(sold(language=language))
    assert words["copy"] in text_of(render(paper, copy=1))
    original = text_of(render(paper))
    assert words["copy"] not in original.replace(words["receipt"], "")
    assert words["receipt"] in original
    assert words["received"] in original


def test_a_japanese_address_goes_from_the_large_to_the_small_and_the_yen_is_bold():
    address = replace(
        somewhere("山田 太郎"), area="東京都", city="千代田区", postal_code="100-6701", country="JP"
    )
    told = Told(receipt(sold(currency="JPY", language="ja", bill_to=address)), 0)
    assert [text for text in told.bill_to if text] == ["〒100-6701", "東京都千代田区", "1", "山田 太郎"]
    assert told.money(3000) == "¥3,000"
    plain = Told(receipt(sold(language="ja", bill_to=replace(address, area="Tokyo", city="Chiyoda"))), 0)
    assert "Tokyo Chiyoda" in plain.bill_to
    assert Told(receipt(sold(language="de", bill_to=address)), 0).bill_to[-1] == "Japan"


def test_a_long_list_carries_its_totals_from_page_to_page():
    value = sold(60)
    paper = invoice(value)
    pages = pages_of(render(paper, copy=1))
    told = Told(paper, 1)
    assert len(pages) > 2
    entries, running = list(told.entries), 0
    for number, page in enumerate(pages, 1):
        assert f"Seite {number} von {len(pages)}" in page
        if number > 1:
            assert page.index("LHG-2026-000017") < page.index("Kopie".upper())
            if entries:
                assert f"Übertrag {told.money(running)}".replace("\xa0", " ") in page.replace("\xa0", " ")
        while entries and f"SKU-{entries[0].place} " in f"{page} ":
            running += entries.pop(0).sum
    assert not entries
    assert running == paper.total.minor


_PIECES = (
    *(
        "\x1b]52;c;cHduZWQ=\x07",
        "\x00",
        "\x9b31m",
        "\r\n\t",
        "\u202e\u2066",
        "\u200b\ufeff",
        "\ud800",
        "\uffff",
    ),
    *(
        "🦄👩‍👩‍👧",
        "\U0001d518\U0001d52b",
        "\U000e0041",
        "a" + "\u0301" * 40,
        "%n%s{0}",
        "(\\)<</>>endobj",
        "[b]x[/]",
        "{nb}",
    ),
    *("**x** __y__", "W" * 300, "漢" * 200, "שלום (a) 1", "ﷺ" * 30, "x " * 200, " ", "\u2028\u0085", "𠀀鿿"),
)
HOSTILE = [*_PIECES, *(one + other for one in _PIECES for other in _PIECES)]
"""Over 500 texts that want to break a paper."""


def test_what_cannot_be_printed_is_seen_and_breaks_nothing():
    """Hostile texts in every field at once, some dozens to a paper."""
    assert "\x1b" not in printable("a\x1b[31m\x00b")
    assert printable("🦄") == REPLACEMENT
    many = 60 if IS_RELEASE else 25
    start = 0 if IS_RELEASE else seeded().randrange(len(HOSTILE) - many)
    for first in range(start, len(HOSTILE), many if IS_RELEASE else len(HOSTILE)):
        some = HOSTILE[first : first + many]
        one, two, three, four = (some[(place * 7) % len(some)] for place in range(4))
        seller = Seller(name=one, address=tuple(some[:8]), vat_id=two, footer=tuple(some[8:12]))
        lines = [
            replace(line(number, shipment="S-1"), name=text, sku=text, size=text)
            for number, text in enumerate(some, 1)
        ]
        value = order(*lines, shipments=sold().shipments, payments=(), language=two, currency="EUR")
        address = somewhere(three, company=four, area=one, postal_code=two)
        value = replace(value, bill_to=address, ship_to=address, id=three)
        text = text_of(render(invoice(value, seller), copy=3))
        assert "\x1b" not in text


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="no pdftotext here")
def test_another_program_reads_the_same(tmp_path):
    file = tmp_path / "paper.pdf"
    file.write_bytes(render(invoice(sold())))
    program = str(shutil.which("pdftotext"))
    read = subprocess.run([program, "-layout", str(file), "-"], capture_output=True, text=True, check=True)
    assert "LHG-2026-000017" in read.stdout


def test_a_logo_stands_on_the_paper_in_its_own_shape():
    logo = _png(30, 10)
    paper = invoice(sold())
    with_logo = render(paper, logo=logo)
    assert with_logo == render(paper, logo=logo)
    assert b"/XObject" in with_logo
    assert SELLER.name in text_of(with_logo)
    broken = b"\x89PNG\r\n\x1a\n no image"
    assert text_of(render(paper, logo=broken)) == text_of(render(paper))


def _png(width: int, height: int) -> bytes:
    """A red image."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    rows = (b"\0" + b"\xc8\x1e\x1e" * width) * height
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def test_figures_keep_every_decimal_of_the_currency():
    """Languages leave decimals of some currencies out (RSD, IQD); papers never do."""
    shown = Figures(locale_of("de-AT"), ZoneInfo("Europe/Vienna"))
    assert "123,45" in shown.money(Money(12345, "RSD"))
    assert "12,345" in shown.money(Money(12345, "KWD"))
    assert "12.345" in shown.money(Money(12345, "JPY")).replace("\xa0", ".")
    assert shown.rate(72_500) == "7,25 %"
    assert shown.day(datetime(2026, 12, 31, 23, 30, tzinfo=UTC)) == "1. Jänner 2027"
    assert locale_of("ar-SA").language == "en"
    assert locale_of("nonsense \x00").language == "en"
