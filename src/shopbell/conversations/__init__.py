"""One buyer, one shop, one subject: a numbered series of entries, whatever their channel."""
