"""How responsive a shop is: an open formula, versioned as data, with appeal."""
