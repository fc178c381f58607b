"""Product pictures, drawn and never fetched: a motif, a palette and a backdrop make one."""

import io
from functools import cache
from string import Template
from typing import Literal

import resvg_py
from msgspec import Struct
from PIL import Image

from shopbell.demo.tables import DATA, names_in, read

SIDE_PX = 640

Backdrop = Literal["plain", "moon", "arch", "shelf", "window", "hill"]

_WHOLE = "0 0 200 200"
_CLOSE = "46 52 108 108"
_INK, _WHITE, _PAPER = "#17201f", "#ffffff", "#f7f3ea"

_BACKDROPS: dict[Backdrop, str] = {
    "plain": "",
    "moon": '<circle cx="100" cy="96" r="78" fill="$halo"/>',
    "arch": '<path d="M34 200V96a66 66 0 0 1 132 0v104z" fill="$halo"/>',
    "shelf": '<path d="M0 168h200v32H0z" fill="$shelf"/><path d="M0 168h200v2H0z" fill="$floor"/>',
    "window": '<path d="M28 22h68v64H28zM104 22h68v64h-68zM28 94h68v64H28zM104 94h68v64h-68z" '
    'fill="$halo"/>',
    "hill": '<path d="M0 150c40-34 74-34 108-12s64 10 92-10v72H0z" fill="$halo"/>'
    '<circle cx="158" cy="44" r="17" fill="$halo"/>',
}


class Palette(Struct, frozen=True):
    """A ground and two glazes; every tone of a picture is mixed from these."""

    ground: str
    main: str
    accent: str

    def tones(self) -> dict[str, str]:
        """Name every tone a motif may use."""
        return {
            "ground": self.ground,
            "floor": mix(self.ground, _INK, 0.13),
            "shelf": mix(self.ground, _INK, 0.05),
            "halo": mix(self.ground, _WHITE, 0.48),
            "a": self.main,
            "a1": mix(self.main, _INK, 0.3),
            "a2": mix(self.main, _WHITE, 0.34),
            "b": self.accent,
            "b1": mix(self.accent, _INK, 0.28),
            "b2": mix(self.accent, _WHITE, 0.5),
            "p": _PAPER,
            "k": mix(self.main, _INK, 0.78),
        }


class Picture(Struct, frozen=True):
    """What to draw. ``close`` steps nearer, for the second picture of a page."""

    motif: str
    palette: str
    backdrop: Backdrop = "plain"
    close: bool = False


def draw(picture: Picture, side_px: int = SIDE_PX) -> bytes:
    """Draw a picture and return it as WebP."""
    png = resvg_py.svg_to_bytes(
        svg_string=svg(picture), width=side_px, height=side_px, skip_system_fonts=True
    )
    kept = io.BytesIO()
    Image.open(io.BytesIO(png)).convert("RGB").save(kept, "WEBP", quality=86, method=1)
    return kept.getvalue()


def svg(picture: Picture) -> str:
    """Return the drawing itself."""
    view = _CLOSE if picture.close else _WHOLE
    body = _BACKDROPS[picture.backdrop] + _motif(picture.motif)
    drawing = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{view}">'
        f'<path d="M0 0h200v200H0z" fill="$ground"/>{body}</svg>'
    )
    return Template(drawing).substitute(palettes()[picture.palette].tones())


def motifs() -> list[str]:
    """List what the house can draw."""
    return names_in("motifs", ".svg")


@cache
def palettes() -> dict[str, Palette]:
    """Return the glazes by name."""
    return read("palettes.toml", dict[str, Palette])


def mix(one: str, other: str, share: float) -> str:
    """Mix ``share`` of the other colour into the first."""
    pairs = zip(bytes.fromhex(one[1:]), bytes.fromhex(other[1:]), strict=True)
    return "#" + bytes(round(a + (b - a) * share) for a, b in pairs).hex()


@cache
def _motif(name: str) -> str:
    return (DATA / "motifs" / f"{name}.svg").read_text("utf-8")
