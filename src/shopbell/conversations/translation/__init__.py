"""What was said, in its reader's language: made once, by machine, beside the original."""
