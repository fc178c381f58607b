"""What buyers ask, return and dispute, listing by listing: which of them to fix first."""
