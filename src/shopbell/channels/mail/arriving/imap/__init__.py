"""A mailbox that is read by IMAP: the second way in, beside the door for letters."""
