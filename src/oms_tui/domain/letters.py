"""What customers are told: subjects and texts in their own language, as data.

Amounts are written as the language writes them. Nothing of how an order is worked is in them: no hold, no
reason, no word that would say more than the customer's own matter (spec 6).
"""

from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType

from oms_tui.domain.currency import AFFIXES
from oms_tui.domain.money import Money, format_figure
from oms_tui.domain.order import Line

CONFIRMATION, ORDER_CANCELLED, LINES_CANCELLED = "order_confirmation", "order_cancelled", "lines_cancelled"
ORDER_STOPPING, LINES_STOPPING = "order_stopping", "lines_stopping"
"""A cancellation while the location was picking already."""
PRICE_REDUCED = "price_reduced"
FALLBACK = "en"
HOUSE_LANGUAGE = "en"
"""The language in which locations and carriers are written to."""
_SUBJECT, _TEXT = "subject", "text"
_Texts = Mapping[str, Mapping[str, str]]

_LETTERS: Mapping[str, _Texts] = {
    CONFIRMATION: {
        "en": {
            _SUBJECT: "Your order {order}",
            _TEXT: "Thank you for your order {order}.\n\n{items}\n\nTotal: {total}",
        },
        "de": {
            _SUBJECT: "Ihre Bestellung {order}",
            _TEXT: "Vielen Dank für Ihre Bestellung {order}.\n\n{items}\n\nGesamtbetrag: {total}",
        },
        "fr": {
            _SUBJECT: "Votre commande {order}",
            _TEXT: "Merci pour votre commande {order}.\n\n{items}\n\nTotal : {total}",
        },
        "it": {
            _SUBJECT: "Il tuo ordine {order}",
            _TEXT: "Grazie per il tuo ordine {order}.\n\n{items}\n\nTotale: {total}",
        },
        "es": {
            _SUBJECT: "Su pedido {order}",
            _TEXT: "Gracias por su pedido {order}.\n\n{items}\n\nTotal: {total}",
        },
        "ja": {
            _SUBJECT: "ご注文 {order}",
            _TEXT: "ご注文 {order} をありがとうございます。\n\n{items}\n\n合計: {total}",
        },
    },
    ORDER_CANCELLED: {
        "en": {
            _SUBJECT: "Your order {order} has been cancelled",
            _TEXT: "Your order {order} has been cancelled.",
        },
        "de": {
            _SUBJECT: "Ihre Bestellung {order} wurde storniert",
            _TEXT: "Ihre Bestellung {order} wurde storniert.",
        },
        "fr": {
            _SUBJECT: "Votre commande {order} a été annulée",
            _TEXT: "Votre commande {order} a été annulée.",
        },
        "it": {
            _SUBJECT: "Il tuo ordine {order} è stato annullato",
            _TEXT: "Il tuo ordine {order} è stato annullato.",
        },
        "es": {
            _SUBJECT: "Su pedido {order} ha sido cancelado",
            _TEXT: "Su pedido {order} ha sido cancelado.",
        },
        "ja": {
            _SUBJECT: "ご注文 {order} のキャンセル",
            _TEXT: "ご注文 {order} はキャンセルされました。",
        },
    },
    LINES_CANCELLED: {
        "en": {
            _SUBJECT: "Items of your order {order} have been cancelled",
            _TEXT: "These items of your order {order} have been cancelled:\n\n{items}",
        },
        "de": {
            _SUBJECT: "Artikel Ihrer Bestellung {order} wurden storniert",
            _TEXT: "Diese Artikel Ihrer Bestellung {order} wurden storniert:\n\n{items}",
        },
        "fr": {
            _SUBJECT: "Des articles de votre commande {order} ont été annulés",
            _TEXT: "Ces articles de votre commande {order} ont été annulés :\n\n{items}",
        },
        "it": {
            _SUBJECT: "Articoli del tuo ordine {order} sono stati annullati",
            _TEXT: "Questi articoli del tuo ordine {order} sono stati annullati:\n\n{items}",
        },
        "es": {
            _SUBJECT: "Artículos de su pedido {order} han sido cancelados",
            _TEXT: "Estos artículos de su pedido {order} han sido cancelados:\n\n{items}",
        },
        "ja": {
            _SUBJECT: "ご注文 {order} の一部商品のキャンセル",
            _TEXT: "ご注文 {order} の次の商品はキャンセルされました。\n\n{items}",
        },
    },
    ORDER_STOPPING: {
        "en": {
            _SUBJECT: "Cancelling your order {order}",
            _TEXT: "We are cancelling your order {order}.\n\n"
            "The warehouse had begun to prepare it, so we have asked it to stop.",
        },
        "de": {
            _SUBJECT: "Stornierung Ihrer Bestellung {order}",
            _TEXT: "Wir stornieren Ihre Bestellung {order}.\n\n"
            "Das Lager hatte schon begonnen; wir haben es gebeten, den Versand zu stoppen.",
        },
        "fr": {
            _SUBJECT: "Annulation de votre commande {order}",
            _TEXT: "Nous annulons votre commande {order}.\n\n"
            "La préparation avait commencé ; nous avons demandé à l’entrepôt de l’arrêter.",
        },
        "it": {
            _SUBJECT: "Annullamento del tuo ordine {order}",
            _TEXT: "Stiamo annullando il tuo ordine {order}.\n\n"
            "La preparazione era già iniziata; abbiamo chiesto al magazzino di fermarla.",
        },
        "es": {
            _SUBJECT: "Cancelación de su pedido {order}",
            _TEXT: "Estamos cancelando su pedido {order}.\n\n"
            "El almacén ya había empezado a prepararlo; le hemos pedido que lo detenga.",
        },
        "ja": {
            _SUBJECT: "ご注文 {order} のキャンセル手続き",
            _TEXT: "ご注文 {order} のキャンセル手続きを進めております。\n\n"
            "すでに出荷準備が始まっていたため、倉庫に停止を依頼いたしました。",
        },
    },
    LINES_STOPPING: {
        "en": {
            _SUBJECT: "Cancelling items of your order {order}",
            _TEXT: "We are cancelling these items of your order {order}:\n\n{items}\n\n"
            "The warehouse had begun to prepare it, so we have asked it to stop.",
        },
        "de": {
            _SUBJECT: "Stornierung von Artikeln Ihrer Bestellung {order}",
            _TEXT: "Wir stornieren diese Artikel Ihrer Bestellung {order}:\n\n{items}\n\n"
            "Das Lager hatte schon begonnen; wir haben es gebeten, den Versand zu stoppen.",
        },
        "fr": {
            _SUBJECT: "Annulation d’articles de votre commande {order}",
            _TEXT: "Nous annulons ces articles de votre commande {order} :\n\n{items}\n\n"
            "La préparation avait commencé ; nous avons demandé à l’entrepôt de l’arrêter.",
        },
        "it": {
            _SUBJECT: "Annullamento di articoli del tuo ordine {order}",
            _TEXT: "Stiamo annullando questi articoli del tuo ordine {order}:\n\n{items}\n\n"
            "La preparazione era già iniziata; abbiamo chiesto al magazzino di fermarla.",
        },
        "es": {
            _SUBJECT: "Cancelación de artículos de su pedido {order}",
            _TEXT: "Estamos cancelando estos artículos de su pedido {order}:\n\n{items}\n\n"
            "El almacén ya había empezado a prepararlo; le hemos pedido que lo detenga.",
        },
        "ja": {
            _SUBJECT: "ご注文 {order} の一部商品のキャンセル手続き",
            _TEXT: "ご注文 {order} の次の商品のキャンセル手続きを進めております。\n\n{items}\n\n"
            "すでに出荷準備が始まっていたため、倉庫に停止を依頼いたしました。",
        },
    },
    PRICE_REDUCED: {
        "en": {
            _SUBJECT: "A lower price for your order {order}",
            _TEXT: "We have reduced prices of your order {order}:\n\n{items}",
        },
        "de": {
            _SUBJECT: "Niedrigerer Preis für Ihre Bestellung {order}",
            _TEXT: "Wir haben Preise Ihrer Bestellung {order} gesenkt:\n\n{items}",
        },
        "fr": {
            _SUBJECT: "Un prix plus bas pour votre commande {order}",
            _TEXT: "Nous avons réduit des prix de votre commande {order} :\n\n{items}",
        },
        "it": {
            _SUBJECT: "Un prezzo più basso per il tuo ordine {order}",
            _TEXT: "Abbiamo ridotto i prezzi del tuo ordine {order}:\n\n{items}",
        },
        "es": {
            _SUBJECT: "Un precio más bajo para su pedido {order}",
            _TEXT: "Hemos reducido precios de su pedido {order}:\n\n{items}",
        },
        "ja": {
            _SUBJECT: "ご注文 {order} の値引き",
            _TEXT: "ご注文 {order} の価格を値引きいたしました。\n\n{items}",
        },
    },
}
"""Template -> language -> subject and text."""

_REFUNDED: Mapping[str, str] = MappingProxyType(
    {
        "en": "We refund {amount} the way you paid.",
        "de": "Wir erstatten Ihnen {amount} auf dem Weg, auf dem Sie bezahlt haben.",
        "fr": "Nous vous remboursons {amount} par le moyen de paiement que vous avez utilisé.",
        "it": "Ti rimborsiamo {amount} con il metodo di pagamento che hai usato.",
        "es": "Le reembolsamos {amount} por el medio de pago que utilizó.",
        "ja": "{amount} をお支払い方法に返金いたします。",
    }
)
_NOT_CHARGED: Mapping[str, str] = MappingProxyType(
    {
        "en": "{amount} will no longer be charged.",
        "de": "{amount} werden nicht mehr abgebucht.",
        "fr": "{amount} ne seront plus débités.",
        "it": "{amount} non verranno più addebitati.",
        "es": "Ya no se le cobrarán {amount}.",
        "ja": "{amount} は請求されません。",
    }
)
_REFUNDED_IF_STOPPED: Mapping[str, str] = MappingProxyType(
    {
        "en": "If it can be stopped, we refund {amount} the way you paid.",
        "de": "Gelingt das, erstatten wir Ihnen {amount} auf dem Weg, auf dem Sie bezahlt haben.",
        "fr": "Si c’est encore possible, nous vous remboursons {amount} par le moyen de paiement utilisé.",
        "it": "Se è ancora possibile, ti rimborsiamo {amount} con il metodo di pagamento che hai usato.",
        "es": "Si aún es posible, le reembolsaremos {amount} por el medio de pago que utilizó.",
        "ja": "停止できた場合、{amount} をお支払い方法に返金いたします。",
    }
)
_NOT_CHARGED_IF_STOPPED: Mapping[str, str] = MappingProxyType(
    {
        "en": "If it can be stopped, {amount} will not be charged.",
        "de": "Gelingt das, werden {amount} nicht abgebucht.",
        "fr": "Si c’est encore possible, {amount} ne seront pas débités.",
        "it": "Se è ancora possibile, {amount} non verranno addebitati.",
        "es": "Si aún es posible, no se le cobrarán {amount}.",
        "ja": "停止できた場合、{amount} は請求されません。",
    }
)
_CHARGED_INSTEAD: Mapping[str, str] = MappingProxyType(
    {
        "en": "Still to be charged: {amount} instead of {before}.",
        "de": "Noch abgebucht werden {amount} statt {before}.",
        "fr": "Reste à débiter : {amount} au lieu de {before}.",
        "it": "Ancora da addebitare: {amount} invece di {before}.",
        "es": "Pendiente de cobro: {amount} en lugar de {before}.",
        "ja": "今後のご請求額は {before} から {amount} に変わります。",
    }
)
LANGUAGES = tuple(_REFUNDED)
"""The languages there are texts in (ISO 639-1)."""
TEMPLATES = tuple(_LETTERS)

_SEPARATORS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "en": (",", "."),
        "de": (".", ","),
        "fr": ("\N{NARROW NO-BREAK SPACE}", ","),
        "it": (".", ","),
        "es": (".", ","),
        "ja": (",", "."),
    }
)
"""Language -> what stands between thousands, and before the smaller unit."""


def language_of(wanted: str) -> str:
    """The language of ours for a code as shops write it ("de-AT", "DE"); English where there is none."""
    base = wanted.replace("_", "-").partition("-")[0].casefold()
    return base if base in LANGUAGES else FALLBACK


def amount_in(language: str, amount: Money) -> str:
    """An amount as a language of ours writes it: "1.184,90 €", "1,184.90 €"."""
    between, before = _SEPARATORS[language]
    sign, after = AFFIXES[amount.currency]
    signs = {ord(","): between, ord("."): before}
    figure = format_figure(amount).translate(signs)
    return f"{sign}{figure}{after}"


def subject_of(template: str, language: str, order_id: str) -> str:
    """The subject of a letter; "" where it is none of these."""
    texts = _LETTERS.get(template)
    return "" if texts is None else texts[language_of(language)][_SUBJECT].format(order=order_id)


def confirmation(language: str, order_id: str, lines: Iterable[Line], total: Money) -> str:
    """The text of an order confirmation, in a language of ours."""
    text = _LETTERS[CONFIRMATION][language][_TEXT]
    return text.format(order=order_id, items=_items(lines), total=amount_in(language, total))


def cancellation_template(lines: Collection[Line], *, is_stopping: bool) -> str:
    """Which letter tells of a cancellation; no lines = the order is cancelled whole."""
    if is_stopping:
        return LINES_STOPPING if lines else ORDER_STOPPING
    return LINES_CANCELLED if lines else ORDER_CANCELLED


def cancellation(
    language: str,
    order_id: str,
    lines: Collection[Line],
    *,
    refunded: Money,
    not_charged: Money,
    is_stopping: bool = False,
) -> str:
    """The text of a cancellation, in a language of ours.

    Args:
        language: One of `LANGUAGES`.
        order_id: Of which order.
        lines: The cancelled ones; none = the order is cancelled whole.
        refunded: What goes back; nothing is said of zero.
        not_charged: What was to be paid and is not any more; nothing is said of zero.
        is_stopping: Whether a location is only asked to stop: then no money is promised yet.
    """
    text = _LETTERS[cancellation_template(lines, is_stopping=is_stopping)][language][_TEXT]
    said = [text.format(order=order_id, items=_items(lines))]
    back = _REFUNDED_IF_STOPPED if is_stopping else _REFUNDED
    kept = _NOT_CHARGED_IF_STOPPED if is_stopping else _NOT_CHARGED
    for sentences, amount in ((back, refunded), (kept, not_charged)):
        if amount.minor > 0:
            said.append(sentences[language].format(amount=amount_in(language, amount)))
    return "\n\n".join(said)


def price_reduction(
    language: str,
    order_id: str,
    parts: Iterable[tuple[str, Money, Money]],
    *,
    refunded: Money,
    to_charge: tuple[Money, Money],
) -> str:
    """What is said of lower prices, in a language of ours.

    Args:
        language: One of `LANGUAGES`.
        order_id: Of which order.
        parts: Each line or charge by its name, with its price before and now.
        refunded: What goes back; nothing is said of zero.
        to_charge: What is still to be charged, before and now; nothing is said where it is the same.
    """
    items = "\n".join(
        f"{name}: {amount_in(language, before)} → {amount_in(language, now)}" for name, before, now in parts
    )
    said = [_LETTERS[PRICE_REDUCED][language][_TEXT].format(order=order_id, items=items)]
    if refunded.minor > 0:
        said.append(_REFUNDED[language].format(amount=amount_in(language, refunded)))
    before, now = to_charge
    if now.minor < before.minor:
        amounts = {"amount": amount_in(language, now), "before": amount_in(language, before)}
        said.append(_CHARGED_INSTEAD[language].format(**amounts))
    return "\n\n".join(said)


def _items(lines: Iterable[Line]) -> str:
    return "\n".join(f"{line.quantity} × {line.name or line.sku}" for line in lines)
