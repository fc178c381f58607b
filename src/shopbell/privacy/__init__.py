"""What becomes of what people entrusted: they take it along, have it erased, and it runs out."""
