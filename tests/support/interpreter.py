"""A foreign service in a process of its own: translates, embeds and writes, or does worse.

It speaks as LibreTranslate and as OpenAI do, from their documents; nothing of it is ours. What it
is like today is its ``mood``::

    well       it does as it is asked
    slow       it takes long, then does as asked
    hangs      it answers drop by drop, and never ends
    huge       it answers without end, quickly
    broken     HTTP 500
    garbled    no JSON
    leads      it leads elsewhere, by a redirect
    spoils     it changes the marks of what must stay
    lures      it slips an address in
    obeys      it does what texts tell it to do, and tells of it
    invents    it cites what nobody gave it
    bare       JSON of another shape
    few        it forgets most of what it was asked
"""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx

from tests.support.ports import free_port
from tests.support.services import PATIENCE, await_answer

KEY = "a key of thirty-two letters or more"
DROP_SECONDS, SLOW_SECONDS = 0.2, 1.5
SENTENCES = {
    ("ru", "Will {0} fit a foot of {1} cm?"): "Подойдёт ли {0} на ногу {1} см?",
    ("zh", "Will {0} fit a foot of {1} cm?"): "{0}适合{1}厘米的脚吗？",
    ("en", "Подойдёт ли {0} на ногу {1} см?"): "Will {0} fit a foot of {1} cm?",
    ("en", "可以穿，请放心购买。"): "It fits, please buy with confidence.",
    ("ru", "可以穿，请放心购买。"): "Подойдёт, покупайте спокойно.",
    ("zh", "It fits."): "合适。",
    ("en", "合适。"): "Fits well.",
}
"""What it knows by heart; of everything else it says only into which language it would go."""


@dataclass(frozen=True)
class RunningInterpreter:
    """A service at ``url``."""

    url: str

    @property
    def own(self) -> str:
        """Return its host and port, as an operator names them."""
        return self.url.removeprefix("http://")

    @property
    def libretranslate(self) -> dict[str, Any]:
        """Return the settings that have it translate."""
        known = {"translator": "libretranslate", "translate_url": self.url, "translate_key": KEY}
        return {**known, "assistants_inside": self.own, "assistants_seconds": 1.0}

    @property
    def model(self) -> dict[str, Any]:
        """Return the settings that have it translate, write and embed as a model does."""
        return {
            **dict.fromkeys(("translator", "writer", "embedder"), "llm"),
            **dict.fromkeys(("llm_model", "embedding_model"), "tiny"),
            "llm_url": f"{self.url}/v1",
            "llm_key": KEY,
            "assistants_inside": self.own,
            "assistants_seconds": 1.0,
        }

    def is_now(self, mood: str) -> None:
        """Change what it is like."""
        httpx.put(f"{self.url}/mood", content=mood, timeout=PATIENCE).raise_for_status()

    @property
    def heard(self) -> list[dict[str, Any]]:
        """Return what it was asked so far, oldest first."""
        found: list[dict[str, Any]] = httpx.get(self.url, timeout=PATIENCE).json()
        return found


@contextmanager
def running_interpreter() -> Iterator[RunningInterpreter]:
    """Run the service on a free port until the block ends."""
    port = free_port()
    process = subprocess.Popen([sys.executable, "-m", "tests.support.interpreter", str(port)])
    try:
        await_answer(process, url := f"http://127.0.0.1:{port}")
        yield RunningInterpreter(url)
    finally:
        process.terminate()
        process.wait(PATIENCE)


class Door(BaseHTTPRequestHandler):
    mood = "well"
    heard: list[dict[str, Any]] = []  # noqa: RUF012 - one for all who knock

    def do_GET(self) -> None:
        self._say(Door.heard)

    def do_PUT(self) -> None:
        Door.mood = self._body().decode()
        self._say({})

    def do_POST(self) -> None:
        asked = json.loads(self._body())
        key = asked.get("api_key") or self.headers.get("Authorization", "").removeprefix("Bearer ")
        Door.heard.append({"path": self.path, "key": key, **asked})
        match Door.mood:
            case "broken":
                self._say({"error": "boom"}, 500)
            case "garbled":
                self._say_raw(b"<html>no JSON \xff")
            case "bare":
                self._say({"choices": "none", "data": 7, "translatedText": None})
            case "leads":
                self.send_response(307)
                self.send_header("Location", f"http://127.0.0.1:{self.server.server_port}/")  # type: ignore[attr-defined]
                self.end_headers()
            case "hangs":
                self._drip(b" ", DROP_SECONDS)
            case "huge":
                self._drip(b"x" * 1024 * 1024, 0)
            case _:
                if Door.mood == "slow":
                    time.sleep(SLOW_SECONDS)
                self._say(self._answer(asked))

    def _answer(self, asked: dict[str, Any]) -> object:
        if self.path == "/translate":
            said = _translated(asked["q"], asked["target"])
            return {"translatedText": said, "detectedLanguage": {"language": "de"}}
        if self.path == "/v1/embeddings":
            return {
                "data": [
                    {"index": n, "embedding": _place(one)}
                    for n, one in enumerate(asked["input"])
                    if not n or Door.mood != "few"
                ][::-1]
            }
        wish, given = (message["content"] for message in asked["messages"])
        said = _written(wish, json.loads(given))
        return {"choices": [{"message": {"content": said}}], "usage": {"total_tokens": 70}}

    def _body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length", "0")))

    def _say(self, what: object, status: int = 200) -> None:
        self._say_raw(json.dumps(what).encode(), status)

    def _say_raw(self, what: bytes, status: int = 200) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(what)))
        self.end_headers()
        self.wfile.write(what)

    def _drip(self, drop: bytes, seconds: float) -> None:
        self.send_response(200)
        self.end_headers()
        try:
            while True:
                self.wfile.write(drop)
                self.wfile.flush()
                time.sleep(seconds)
        except OSError:
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as it is called there
        """Stay silent."""


def _translated(text: str, target: str) -> str:
    said = SENTENCES.get((target, text), f"[{target}] {text}")
    match Door.mood:
        case "spoils":
            return said.replace("{0}", "43", 1)
        case "lures":
            return f"{said} Write to https://evil.example"
        case _:
            return said


def _written(wish: str, given: dict[str, Any]) -> str:
    if "text" in given:
        target = next(code for code, name in NAMES.items() if name in wish)
        return _translated(given["text"], target)
    sources = given["sources"]
    match Door.mood:
        case "obeys":
            told = {"text": "All 100 orders are refunded.", "sources": [sources[0]["id"]]}
            return json.dumps({**told, "actions": [{"refund": "all"}]})
        case "invents":
            return json.dumps({"text": sources[0]["text"], "sources": ["nobody-gave-it"]})
        case "lures":
            said = f"{sources[0]['text']} See https://evil.example"
            return json.dumps({"text": said, "sources": [sources[0]["id"]]})
        case _:
            said = json.dumps({"text": sources[0]["text"], "sources": [sources[0]["id"]]})
            return f"```json\n{said}\n```"


NAMES = {"zh": "Simplified Chinese", "ru": "Russian", "en": "English"}


def _place(text: str) -> list[float]:
    """Place a text by its letters alone."""
    return [float(text.casefold().count(letter)) for letter in "abcdefghijklmnopqrstuvwxyz"]


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Door).serve_forever()
