"""The sentences that tell a customer where their order stands, in their own language, as data (spec 6,
Provide status).

Like `letters` they say nothing of how an order is worked. A status is a phrase that stands alone behind a
colon, so that it fits one piece, several, and the whole order in every language.
"""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from oms_tui.domain.letters import LANGUAGES
from oms_tui.domain.status import LineStatus

_S = LineStatus

_TEXTS: Mapping[str, tuple[str, str, str, str, str, str]] = MappingProxyType(
    {
        _S.PENDING_ALLOCATION.value: (
            *("being processed", "in Bearbeitung", "en cours de traitement", "in lavorazione"),
            *("en tramitación", "処理中"),
        ),
        _S.ALLOCATED.value: (
            *("reserved for you", "für Sie reserviert", "mise de côté pour vous", "merce riservata per te"),
            *("reserva hecha para usted", "商品確保済み"),
        ),
        _S.CONFIRMED.value: (
            *("being prepared", "wird vorbereitet", "en préparation", "in preparazione"),
            *("en preparación", "準備中"),
        ),
        _S.PACKED.value: (
            *("packed, leaves soon", "verpackt, geht bald auf den Weg", "emballage terminé, départ proche"),
            *("imballaggio completato, in partenza", "embalaje terminado, sale pronto", "梱包済み"),
        ),
        _S.SHIPPED.value: ("on its way", "unterwegs", "en route", "in viaggio", "en camino", "発送済み"),
        _S.DELIVERED.value: (
            *("delivered", "zugestellt", "livraison effectuée", "consegna effettuata"),
            *("entrega realizada", "配達済み"),
        ),
        _S.UNDELIVERED.value: (
            *("could not be delivered", "konnte nicht zugestellt werden", "livraison impossible"),
            *("consegna non riuscita", "no se pudo entregar", "配達できませんでした"),
        ),
        _S.RETURNED.value: (
            *("returned", "zurückgegeben", "retour effectué", "reso effettuato"),
            *("devolución realizada", "返品済み"),
        ),
        _S.CANCELLED.value: (
            *("cancelled", "storniert", "annulation effectuée", "annullamento effettuato"),
            *("cancelación realizada", "キャンセル済み"),
        ),
        "opening": (
            *("Your order {order} of {date}", "Ihre Bestellung {order} vom {date}"),
            *("Votre commande {order} du {date}", "Il tuo ordine {order} del {date}"),
            *("Su pedido {order} del {date}", "{date}のご注文 {order}"),
        ),
        "parcel": ("Parcel", "Paket", "Colis", "Pacco", "Paquete", "お荷物"),
        "sent": (
            *("sent on {date}", "versandt am {date}", "expédition le {date}", "spedito il {date}"),
            *("enviado el {date}", "{date}発送"),
        ),
        "tracking": (
            *("tracking number {number}", "Sendungsnummer {number}", "numéro de suivi {number}"),
            *("numero di tracciamento {number}", "número de seguimiento {number}", "追跡番号 {number}"),
        ),
        "arrived": (
            *("delivered on {date}", "zugestellt am {date}", "livraison le {date}", "consegnato il {date}"),
            *("entregado el {date}", "{date}配達"),
        ),
        "when_it_leaves": (
            "You will get the tracking number when it leaves; we will be in touch if we need anything.",
            "Die Sendungsnummer erhalten Sie beim Versand; wir melden uns, wenn wir etwas brauchen.",
            "Vous recevrez le numéro de suivi à l’expédition ; nous vous contacterons en cas de besoin.",
            "Riceverai il numero di tracciamento alla spedizione; ti contatteremo se ci serve qualcosa.",
            "Recibirá el número de seguimiento con el envío; le avisaremos si necesitamos algo.",
            "発送時に追跡番号をお知らせします。確認が必要な場合はご連絡いたします。",
        ),
        "handed_over_next": (
            "It will be handed to the carrier next.",
            "Als Nächstes wird es dem Zusteller übergeben.",
            "Prochaine étape : la remise au transporteur.",
            "Il prossimo passo è la consegna al corriere.",
            "El siguiente paso es la entrega al transportista.",
            "次に配送業者へ引き渡します。",
        ),
        "delivered_next": (
            "The carrier will deliver it next.",
            "Als Nächstes stellt der Zusteller es zu.",
            "Prochaine étape : la livraison par le transporteur.",
            "Il prossimo passo è la consegna da parte del corriere.",
            "El siguiente paso es la entrega por el transportista.",
            "配送業者がお届けします。",
        ),
        "undelivered_next": (
            "We are finding out with the carrier how to bring it to you and will get in touch.",
            "Wir klären mit dem Zusteller, wie es zu Ihnen kommt, und melden uns.",
            "Nous voyons avec le transporteur comment vous le remettre et vous contacterons.",
            "Stiamo chiarendo con il corriere come fartelo avere e ti contatteremo.",
            "Estamos viendo con el transportista cómo hacérselo llegar y le avisaremos.",
            "お届け方法を配送業者に確認のうえ、ご連絡いたします。",
        ),
        "address": (
            "We need your correct address to send it to you.",
            "Wir brauchen Ihre richtige Adresse, um es Ihnen zu schicken.",
            "Nous avons besoin de votre adresse correcte pour vous l’envoyer.",
            "Ci serve il tuo indirizzo corretto per la spedizione.",
            "Necesitamos su dirección correcta para enviárselo.",
            "お届けのため、正しいご住所をお知らせください。",
        ),
        "total": (
            *("Order total: {amount}.", "Gesamtbetrag: {amount}.", "Total de la commande : {amount}."),
            *("Totale dell’ordine: {amount}.", "Total del pedido: {amount}.", "ご注文合計: {amount}。"),
        ),
        "nothing_charged": (
            *("Nothing has been charged.", "Es wurde nichts abgebucht.", "Rien n’a été débité."),
            *("Non è stato addebitato nulla.", "No se le ha cobrado nada.", "まだ請求されていません。"),
        ),
        "reserved": (
            "Reserved and not charged yet: {amount}.",
            "Reserviert und noch nicht abgebucht: {amount}.",
            "Réservé et pas encore débité : {amount}.",
            "Riservato e non ancora addebitato: {amount}.",
            "Reservado y aún no cobrado: {amount}.",
            "確保済み・未請求: {amount}。",
        ),
        "released": (
            "Reserved, not charged and about to be released: {amount}.",
            "Reserviert, nicht abgebucht und bald wieder frei: {amount}.",
            "Réservé, non débité et bientôt libéré : {amount}.",
            "Riservato, non addebitato e presto di nuovo libero: {amount}.",
            "Reservado, no cobrado y pronto liberado: {amount}.",
            "未請求・解除手続き中: {amount}。",
        ),
        "being_charged": (
            "Being charged now: {amount}.",
            "Wird gerade abgebucht: {amount}.",
            "Débit en cours : {amount}.",
            "Addebito in corso: {amount}.",
            "Cobro en curso: {amount}.",
            "請求手続き中: {amount}。",
        ),
        "charged": (
            *("Charged: {amount}.", "Abgebucht: {amount}.", "Débité : {amount}.", "Addebitato: {amount}."),
            *("Cobrado: {amount}.", "請求済み: {amount}。"),
        ),
        "refunded": (
            *("Refunded: {amount}.", "Erstattet: {amount}.", "Remboursé : {amount}."),
            *("Rimborsato: {amount}.", "Reembolsado: {amount}.", "返金済み: {amount}。"),
        ),
        "refund_asked": (
            "Refund on its way: {amount}.",
            "Erstattung unterwegs: {amount}.",
            "Remboursement en cours : {amount}.",
            "Rimborso in corso: {amount}.",
            "Reembolso en curso: {amount}.",
            "返金手続き中: {amount}。",
        ),
        "refund_failed": (
            "The refund of {amount} has not gone through yet; we are on it.",
            "Die Erstattung von {amount} hat noch nicht geklappt; wir kümmern uns darum.",
            "Le remboursement de {amount} n’a pas encore abouti ; nous nous en occupons.",
            "Il rimborso di {amount} non è ancora riuscito; ce ne stiamo occupando.",
            "El reembolso de {amount} aún no se ha completado; nos estamos ocupando.",
            "{amount} の返金がまだ完了していません。対応しております。",
        ),
        "not_paid": (
            "We could not reserve {amount} the way you chose to pay; we need another payment.",
            "Wir konnten {amount} auf dem gewählten Zahlungsweg nicht reservieren; wir brauchen eine andere "
            "Zahlung.",
            "Nous n’avons pas pu réserver {amount} par le moyen de paiement choisi ; il nous faut un autre "
            "paiement.",
            "Non abbiamo potuto riservare {amount} con il metodo di pagamento scelto; ci serve un altro "
            "pagamento.",
            "No hemos podido reservar {amount} con el medio de pago elegido; necesitamos otro pago.",
            "ご指定のお支払い方法で {amount} を確保できませんでした。別のお支払いをお願いいたします。",
        ),
    }
)
"""Name of a sentence or value of a line status -> its text in each of `LANGUAGES`."""

_MONTHS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "en": (
            *("January", "February", "March", "April", "May", "June", "July", "August", "September"),
            *("October", "November", "December"),
        ),
        "de": (
            *("Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September"),
            *("Oktober", "November", "Dezember"),
        ),
        "fr": (
            *("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre"),
            *("octobre", "novembre", "décembre"),
        ),
        "it": (
            *("gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno", "luglio", "agosto"),
            *("settembre", "ottobre", "novembre", "dicembre"),
        ),
        "es": (
            *("enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre"),
            *("octubre", "noviembre", "diciembre"),
        ),
        "ja": tuple(str(month) for month in range(1, 13)),
    }
)
_DAYS: Mapping[str, str] = MappingProxyType(
    {"de": "{day}. {month} {year}", "es": "{day} de {month} de {year}", "ja": "{year}年{month}月{day}日"}
)
_DAY = "{day} {month} {year}"
NAMES = tuple(_TEXTS)


def told(language: str, name: str, **fields: str) -> str:
    """A sentence, or the phrase of a line status, in a language of ours."""
    return _TEXTS[name][LANGUAGES.index(language)].format(**fields)


def day_in(language: str, day: date) -> str:
    """A day as a language of ours writes it: "22 November 2026", "22. November 2026"."""
    month = _MONTHS[language][day.month - 1]
    return _DAYS.get(language, _DAY).format(day=day.day, month=month, year=day.year)
