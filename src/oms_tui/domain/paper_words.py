"""Words that are frozen on a paper when it is issued, in the languages that customers are written to in.

The labels around them belong to whoever prints it; what is here is part of what the paper says.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from oms_tui.domain.letters import LANGUAGES, language_of
from oms_tui.domain.order import AdjustedPart, Charge
from oms_tui.domain.status import ChargeKind

_Words = tuple[str, str, str, str, str, str]

_REDUCTION: Final[_Words] = (
    *("Price reduction", "Preisnachlass", "Réduction de prix", "Riduzione di prezzo"),
    *("Rebaja de precio", "値引き"),
)
_REASONS: Final[Mapping[str, _Words]] = MappingProxyType(
    {
        "damaged": ("Damaged", "Beschädigt", "Endommagé", "Danneggiato", "Dañado", "破損"),
        "late": ("Late", "Verspätet", "En retard", "In ritardo", "Con retraso", "遅延"),
        "wrong item": (
            *("Wrong item", "Falscher Artikel", "Mauvais article", "Articolo errato"),
            *("Artículo equivocado", "商品違い"),
        ),
        "price match": (
            *("Price match", "Preisangleichung", "Alignement de prix", "Adeguamento di prezzo"),
            *("Igualación de precio", "価格合わせ"),
        ),
        "goodwill": (
            *("Goodwill", "Kulanz", "Geste commercial", "Gesto commerciale", "Cortesía comercial"),
            "サービス対応",
        ),
        "other": ("Other", "Sonstiges", "Autre", "Altro", "Otro", "その他"),
        "issued by mistake": (
            *("Issued by mistake", "Irrtümlich ausgestellt", "Émis par erreur", "Emessa per errore"),
            *("Emitida por error", "誤発行"),
        ),
        "wrong amount": (
            *("Wrong amount", "Falscher Betrag", "Montant erroné", "Importo errato"),
            *("Importe incorrecto", "金額誤り"),
        ),
    }
)
"""The reasons of adjustments and reversals that come with the product; what a shop sets itself stays as it
is."""
_CHARGES: Final[Mapping[ChargeKind, _Words]] = MappingProxyType(
    {
        ChargeKind.SHIPPING: ("Shipping", "Versand", "Livraison", "Spedizione", "Envío", "送料"),
        ChargeKind.GIFT_WRAP: (
            *("Gift wrap", "Geschenkverpackung", "Emballage cadeau", "Confezione regalo"),
            *("Envoltorio de regalo", "ギフト包装"),
        ),
    }
)


def reason_in(language: str, reason: str) -> str:
    """A reason in the language of a customer's tag; one that is not known as it is."""
    return _in(language, _REASONS[reason]) if reason in _REASONS else reason


def charge_name_in(language: str, charge: Charge) -> str:
    """The name of a charge: its kind in the customer's language where the shop wrote it in English."""
    words = _CHARGES.get(charge.kind)
    name = charge.name or charge.code
    if words is None:
        return name
    if not name or not name.casefold().startswith(words[0].casefold()):
        return name or _in(language, words)
    return _in(language, words) + name[len(words[0]) :]


def reduction_in(language: str, name: str, part: AdjustedPart | None) -> str:
    """What a row says whose price was reduced: "Price reduction 15 % – Linen shirt"."""
    percent = 0 if part is None else _percent(part)
    words = f"{_in(language, _REDUCTION)} {percent} %" if percent else _in(language, _REDUCTION)
    return f"{words} – {name}"


def _percent(part: AdjustedPart) -> int:
    """The whole percentage that came off; 0 where it was none, to the nearest unit of money."""
    before, off = part.before.minor, part.before.minor - part.after.minor
    if before <= 0:
        return 0
    percent = (200 * off + before) // (2 * before)
    return percent if abs(before * percent - 100 * off) < 100 else 0


def _in(language: str, words: _Words) -> str:
    return words[LANGUAGES.index(language_of(language))]
