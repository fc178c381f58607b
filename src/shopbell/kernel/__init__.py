"""The words every room shares. Pure: no I/O beyond the word lists, no framework, no other room."""
