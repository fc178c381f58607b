"""A year of trade for Marketa: many orders and what people wrote about them, by the services.

Whatever happens is drawn from the seed and from what it happens to, so that a run that was ended
goes on where it was, and the same seed tells the same year.
"""
