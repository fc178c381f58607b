"""One room at a time: what people do there, and what is refused."""
