"""The words on a paper, in the languages that papers are printed in."""

from collections.abc import Mapping
from typing import Final

LANGUAGES: Final = ("en", "de", "fr", "it", "es", "ja")
"""ISO 639-1; whoever speaks another is written to in English."""

_WORDS: Final[Mapping[str, tuple[str, str, str, str, str, str]]] = {
    "invoice": ("Invoice", "Rechnung", "Facture", "Fattura", "Factura", "請求書"),
    "receipt": (
        *("Payment receipt", "Zahlungsbeleg", "Reçu de paiement", "Ricevuta di pagamento"),
        *("Recibo de pago", "領収書"),
    ),
    "credit_note": ("Credit note", "Gutschrift", "Avoir", "Nota di credito", "Nota de crédito", "貸方票"),
    "reversal": (
        *("Credit note reversal", "Storno der Gutschrift", "Annulation d’avoir", "Storno nota di credito"),
        *("Anulación de nota de crédito", "貸方票の取消"),
    ),
    "copy": ("COPY", "KOPIE", "COPIE", "COPIA", "COPIA", "控え"),
    "number": ("Number", "Nummer", "Numéro", "Numero", "Número", "番号"),
    "date": ("Date", "Datum", "Date", "Data", "Fecha", "発行日"),
    "order": ("Order", "Bestellung", "Commande", "Ordine", "Pedido", "注文番号"),
    "ordered": (*("Ordered on", "Bestellt am", "Commandé le", "Ordinato il", "Pedido el", "注文日"),),
    "customer": ("Customer no.", "Kundennummer", "N° client", "N. cliente", "N.º de cliente", "お客様番号"),
    "shipment": ("Shipment", "Sendung", "Expédition", "Spedizione", "Envío", "出荷番号"),
    "for_invoice": (
        *("For invoice", "Zur Rechnung", "Pour la facture", "Per la fattura", "De la factura", "対象請求書"),
    ),
    "reverses": ("Reverses", "Storniert", "Annule", "Annulla", "Anula", "取消対象"),
    "reason": ("Reason", "Grund", "Motif", "Motivo", "Motivo", "理由"),
    "vat_id": ("VAT ID", "USt-IdNr.", "N° TVA", "Partita IVA", "NIF-IVA", "登録番号"),
    "bill_to": ("Billed to", "Rechnung an", "Facturé à", "Fatturato a", "Facturado a", "請求先"),
    "ship_to": ("Delivered to", "Lieferung an", "Livré à", "Consegnato a", "Entregado a", "届け先"),
    "item": ("Item", "Artikel", "Article", "Articolo", "Artículo", "品目"),
    "quantity": ("Qty", "Menge", "Qté", "Q.tà", "Cant.", "数量"),
    "tax_rate": ("Tax", "Steuer", "TVA", "IVA", "IVA", "税率"),
    "amount": ("Amount", "Betrag", "Montant", "Importo", "Importe", "金額"),
    "discount": ("Discount", "Rabatt", "Remise", "Sconto", "Descuento", "割引"),
    "adjustment": (
        *("Price adjustment", "Preisanpassung", "Ajustement de prix", "Adeguamento prezzo"),
        *("Ajuste de precio", "価格調整"),
    ),
    "carried": ("Carried forward", "Übertrag", "À reporter", "A riportare", "Suma y sigue", "次頁へ繰越"),
    "brought": ("Brought forward", "Übertrag", "Report", "Riporto", "Suma anterior", "前頁より繰越"),
    "subtotal": ("Subtotal", "Zwischensumme", "Sous-total", "Subtotale", "Subtotal", "小計"),
    "charges": ("Charges", "Gebühren", "Frais", "Spese", "Gastos", "手数料・送料"),
    "tax_added": ("Plus tax", "Zuzüglich Steuer", "Plus TVA", "Più IVA", "Más IVA", "消費税"),
    "tax_included": ("Tax included", "Enthaltene Steuer", "Dont TVA", "IVA inclusa", "IVA incluido", "内税"),
    "total": ("Total", "Gesamtbetrag", "Total", "Totale", "Total", "合計"),
    "received": ("Received", "Erhalten", "Reçu", "Ricevuto", "Recibido", "領収金額"),
    "net": ("Net", "Netto", "HT", "Imponibile", "Base", "税抜"),
    "tax": ("Tax", "Steuer", "TVA", "IVA", "IVA", "税額"),
    "gross": ("Gross", "Brutto", "TTC", "Lordo", "Total", "税込"),
    "payments": ("Payments", "Zahlungen", "Paiements", "Pagamenti", "Pagos", "お支払い"),
    "balance": ("Balance due", "Offener Betrag", "Solde dû", "Saldo dovuto", "Saldo pendiente", "未払残高"),
    "beforehand": (
        *("paid beforehand", "im Voraus bezahlt", "payé d’avance", "pagato in anticipo"),
        *("pagado por adelantado", "前払い"),
    ),
    "refund_requested": (
        *("Refund requested", "Erstattung angefordert", "Remboursement demandé", "Rimborso richiesto"),
        *("Reembolso solicitado", "返金依頼済み"),
    ),
    "page": (
        *("Page {page} of {pages}", "Seite {page} von {pages}", "Page {page} sur {pages}"),
        *("Pagina {page} di {pages}", "Página {page} de {pages}", "{page} / {pages} ページ"),
    ),
    "store_credit": ("Store credit", "Guthaben", "Avoir client", "Credito", "Saldo", "ストアクレジット"),
    "gift_card": (
        *("Gift card", "Geschenkkarte", "Carte cadeau", "Carta regalo", "Tarjeta regalo", "ギフトカード"),
    ),
    "card": ("Card", "Karte", "Carte", "Carta", "Tarjeta", "カード"),
    "wallet": ("Wallet", "Wallet", "Portefeuille", "Wallet", "Monedero", "ウォレット"),
    "bank_transfer": ("Bank transfer", "Überweisung", "Virement", "Bonifico", "Transferencia", "銀行振込"),
    "cash": ("Cash", "Bar", "Espèces", "Contanti", "Efectivo", "現金"),
    "ledger": ("Ledger", "Konto", "Compte", "Conto", "Cuenta", "台帳"),
}


def language_of(tag: str) -> str:
    """The language whose words a paper gets, for a customer's BCP 47 tag."""
    language = tag.replace("_", "-").partition("-")[0].lower()
    return language if language in LANGUAGES else LANGUAGES[0]


def words_in(language: str) -> Mapping[str, str]:
    """Every word of a paper in one of `LANGUAGES`."""
    place = LANGUAGES.index(language)
    return {name: words[place] for name, words in _WORDS.items()}
