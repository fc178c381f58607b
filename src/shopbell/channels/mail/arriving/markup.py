"""HTML of letters: made harmless to look at, and read as words with repeated ones marked. Pure."""

import re
from html.parser import HTMLParser

import nh3

from shopbell.channels.mail.arriving.quotes import CUT

HTML_MOST = 1024 * 1024
"""So many signs of one HTML text are read."""

TAGS_MOST = 10_000
"""Markup of more tags is a bomb, or nothing that anybody wrote; its bare words are read."""

_TAG = re.compile(r"<[^<>]{0,2000}>")
_TAGS = {
    "a", "abbr", "b", "big", "blockquote", "br", "caption", "center", "code", "col", "colgroup",
    "dd", "del", "div", "dl", "dt", "em", "font", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i",
    "ins", "li", "ol", "p", "pre", "q", "s", "small", "span", "strike", "strong", "sub", "sup",
    "table", "tbody", "td", "tfoot", "th", "thead", "tr", "tt", "u", "ul",
}  # fmt: skip
_SILENT = {"script", "style", "head", "title", "noscript", "template", "svg", "math", "xml"}
_LOOKS = {
    "background-color", "border", "border-collapse", "color", "font-style", "font-weight",
    "margin", "margin-left", "padding", "text-align", "text-decoration", "white-space", "width",
}  # fmt: skip
_SHOWN = {
    "*": {"dir", "lang", "style"},
    "a": {"href"},
    "font": {"color", "size"},
    "ol": {"start", "type"},
    "td": {"colspan", "rowspan", "align", "valign"},
    "th": {"colspan", "rowspan", "align", "valign"},
}
_READ = {"*": {"class", "id", "style", "type", "dir"}, "a": {"href"}, "div": {"name"}}
_BLOCKS = {
    "address", "article", "blockquote", "center", "dd", "div", "dl", "dt", "h1", "h2", "h3", "h4",
    "h5", "h6", "li", "ol", "p", "pre", "section", "table", "tr", "ul", "includetail",
}  # fmt: skip
_REPEATED = re.compile(
    r"gmail_quote|gmail_attr|divrplyfwdmsg|appendonsend|mail-editor-reference|yahoo_quoted"
    r"|yqt\d|moz-cite-prefix|protonmail_quote|zmail_extra|ntes-mailmaster-quote|isreplycontent"
    r"|qqmailbcc|mailquote|gmail_extra|outlookmessageheader|x_divrplyfwdmsg|foxmail_quote"
    r"|js-compose-quote|xm_mail_oringinal_describe|mail_quote_|x_gmail_quote|replyquote",
    re.IGNORECASE,
)
_DIVIDES = re.compile(
    r"border-top:\s*(?:solid\s+#(?:e1e1e1|b5c4df|c4c4c4)|1px\s+solid\s+#(?:b5c4df|e1e1e1))"
    r"|border:\s*none;\s*border-top:\s*solid", re.IGNORECASE,
)  # fmt: skip
_CLOSE = re.compile(r"\bMso\w+|margin(?:-bottom)?:\s*0(?:px|cm|pt|in)?\s*(?:;|$|0)", re.IGNORECASE)
"""Paragraphs between which nothing is left free."""

_SIGNED = re.compile(
    r"gmail_signature|moz-signature|applemailsignature|ms-outlook-mobile-signature"
    r"|protonmail_signature_block|mail-signature|js-signature|data-signature",
    re.IGNORECASE,
)


def harmless(html: str) -> str:
    """Return markup in which nothing runs and nothing is fetched: no pictures, no forms."""
    if html.count("<") > TAGS_MOST:
        return ""
    return nh3.clean(
        html[:HTML_MOST],
        tags=_TAGS,
        clean_content_tags=_SILENT,
        attributes=_SHOWN,
        url_schemes={"http", "https", "mailto"},
        url_relative="deny",
        filter_style_properties=_LOOKS,
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}},
    )


def plain(html: str) -> str:
    """Return harmless markup without colours and numbers of lists: what it shows, it says.

    White filler on white would tear a number apart for whoever only reads the words.
    """
    return nh3.clean(
        html,
        tags=_TAGS,
        attributes={**_SHOWN, "font": {"size"}, "ol": {"type"}},
        url_schemes={"http", "https", "mailto"},
        filter_style_properties=_LOOKS - {"background-color", "color"},
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}},
    )


def words_of(html: str) -> str:
    """Return the words of markup, line by line; what it repeats is marked as text would mark it."""
    if html.count("<") > TAGS_MOST:
        return _TAG.sub(" ", html[:HTML_MOST])
    tidy = nh3.clean(
        html[:HTML_MOST],
        tags=_TAGS | {"body", "html", "section", "article", "address", "img", "includetail"},
        clean_content_tags=_SILENT,
        attributes=_READ,
        url_relative="deny",
        link_rel=None,
    )
    reader = _Words()
    reader.feed(tidy[: HTML_MOST // 4])
    reader.close()
    return reader.text()


class _Words(HTMLParser):
    """Reads markup that is well-formed already."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._lines: list[str] = []
        self._line: list[str] = []
        self._quoted: list[bool] = []
        self._pre = 0
        self._signed = 0
        self._open: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCKS:
            self._end_line()
        told = " ".join(filter(None, (value for name, value in attrs if name != "href")))
        if tag == "br":
            self._lines.append(self._prefix() + "".join(self._line).strip(" "))
            self._line.clear()
            return
        if tag == "hr":
            self._end_line()
            self._lines.append(self._prefix() + "-----" * 2)
            return
        if (
            _REPEATED.search(told)
            or (tag == "div" and _DIVIDES.search(told))
            or tag == "includetail"
        ):
            self._mark()
        if tag == "p" and _CLOSE.search(told):
            tag = "div"
        signs = bool(_SIGNED.search(told)) and tag not in {"br", "hr", "img"}
        self._enter(tag, signs=signs)

    def _mark(self) -> None:
        self._end_line()
        if not any(line.startswith(CUT) for line in self._lines[-1:]):
            self._lines.append(CUT)

    def _enter(self, tag: str, *, signs: bool) -> None:
        if tag in {"img", "col"}:
            return
        if tag == "blockquote":
            self._quoted.append(True)
        if tag == "pre":
            self._pre += 1
        if signs:
            self._end_line()
            self._signed += 1
        self._open.append((tag, signs))
        if tag == "li":
            self._line.append("• ")

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS:
            self._end_line()
        if tag in {"td", "th"}:
            self._line.append(" ")
        if tag == "p" and not any(known == "p" for known, _signs in self._open):
            tag = "div"
        if tag in {"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table", "blockquote"}:
            self._lines.append(self._prefix().rstrip())
        while self._open:
            known, signs = self._open.pop()
            if signs:
                self._end_line()
                self._signed -= 1
            if known == "blockquote" and self._quoted:
                self._quoted.pop()
            if known == "pre":
                self._pre -= 1
            if known == tag:
                return

    def handle_data(self, data: str) -> None:
        if self._signed:
            return
        if self._pre:
            *whole, last = data.split("\n")
            for line in whole:
                self._line.append(line)
                self._end_line(empty=True)
            self._line.append(last)
            return
        self._line.append(re.sub(r"[ \t\r\n\f]+", " ", data))

    def _prefix(self) -> str:
        return "> " * min(len(self._quoted), 5)

    def _end_line(self, *, empty: bool = False) -> None:
        line = "".join(self._line)
        line = line if self._pre else re.sub(" {2,}", " ", line).strip(" ")
        self._line.clear()
        if line or empty:
            self._lines.append(self._prefix() + line)

    def text(self) -> str:
        """Return what was read."""
        self._end_line()
        return "\n".join(self._lines)
