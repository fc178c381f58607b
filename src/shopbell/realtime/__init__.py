"""Open pages: who is connected, who is typing, and what reaches them at once."""
