"""E-mail, both ways: letters that leave, and letters that arrive."""
