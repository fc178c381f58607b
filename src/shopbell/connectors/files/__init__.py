"""Products and orders from tables of text (CSV), as shops export them."""
