"""Invoices, receipts and credit notes as PDF: made from papers as they were frozen, the same bytes each time
(spec 9)."""
