"""How pictures of our letters are known again when an answer brings them back. Pure."""

MARK = b"drawn by shopbell for a letter"
LOOKED_AT = 4_096


def is_ours(picture: bytes) -> bool:
    """Tell whether a file is a copy that we drew: mail programs send back what they quote."""
    return picture.startswith(b"\xff\xd8\xff") and MARK in picture[:LOOKED_AT]
