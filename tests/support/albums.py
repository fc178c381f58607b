"""Zips of pictures as offices pack them, and as those make them who mean harm."""

import io
import stat
import struct
import zipfile
from collections.abc import Mapping
from pathlib import Path

from PIL import Image

LOCAL, CENTRAL = b"PK\x03\x04", b"PK\x01\x02"
FLAGS, SIZE = (6, 8), (22, 24)
"""Where a field stands in the header of an entry, and where in the list at the end."""


def drawn(colour: str, kind: str = "PNG") -> bytes:
    """Draw a small picture."""
    file = io.BytesIO()
    Image.new("RGB", (30, 20), colour).save(file, kind)
    return file.getvalue()


def album(to: Path, parts: Mapping[str, bytes]) -> Path:
    """Pack files."""
    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return to


def packed_by_an_office(to: Path, name: str, letters: str, content: bytes) -> Path:
    """Pack a file whose name is in the letters of an old computer, and not marked so."""
    stand_in = "x" * len(name.encode(letters))
    whole = album(to, {stand_in: content}).read_bytes()
    to.write_bytes(whole.replace(stand_in.encode(), name.encode(letters)))
    return to


def linked(to: Path, name: str, target: str) -> Path:
    """Pack a link."""
    link = zipfile.ZipInfo(name)
    link.create_system = 3
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(to, "w") as archive:
        archive.writestr(link, target)
    return to


def forged(file: Path, field: tuple[int, int], form: str, value: int) -> Path:
    """Write something else into both headers of the only entry of a zip."""
    whole = bytearray(file.read_bytes())
    for place, sign in zip(field, (LOCAL, CENTRAL), strict=True):
        struct.pack_into(form, whole, whole.rindex(sign) + place, value)
    file.write_bytes(whole)
    return file


def locked(to: Path) -> Path:
    """Pack a picture that says it is encrypted."""
    return forged(album(to, {"a.png": drawn("red")}), FLAGS, "<H", 1)


def lying(to: Path, unpacked: int) -> Path:
    """Pack a picture of many bytes that says it has a thousand."""
    return forged(album(to, {"a.png": drawn("red") + bytes(unpacked)}), SIZE, "<I", 1_000)


def doubled(to: Path) -> Path:
    """Pack two pictures under names that some computers take for one."""
    return album(to, {"Lamp.png": drawn("red"), "lamp.PNG": drawn("blue")})


def evil(folder: Path) -> dict[str, tuple[Path, str]]:
    """Return zips that no shop means well, and how each is refused."""
    red = drawn("red")
    paths = {
        "out": "../../a.png",
        "out within": "a/../../../etc/a.png",
        "absolute": "/etc/a.png",
        "drive": "C:\\a.png",
        "backwards": "..\\a.png",
        "deep": "1/2/3/4/5/6/a.png",
        "long": f"{'a' * 200}.png",
        "empty folder": "a//b.png",
    }
    torn = folder / "torn.zip"
    torn.write_bytes(album(folder / "whole.zip", {"a.png": red}).read_bytes()[:-30])
    bombs: dict[str, Mapping[str, bytes]] = {
        "zeros": {"a.png": red + bytes(40 * 1024 * 1024)},
        "many": {f"{n}.png": b"" for n in range(2_100)},
    }
    return {
        **{n: (album(folder / f"{n}.zip", {path: red}), "zip_unsafe") for n, path in paths.items()},
        **{n: (album(folder / f"{n}.zip", p), "archive_too_large") for n, p in bombs.items()},
        "link": (linked(folder / "link.zip", "a.png", "/etc/passwd"), "zip_unsafe"),
        "locked": (locked(folder / "locked.zip"), "zip_locked"),
        "doubled": (doubled(folder / "doubled.zip"), "zip_name_twice"),
        "torn": (torn, "not_a_zip"),
    }
