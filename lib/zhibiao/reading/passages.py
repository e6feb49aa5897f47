"""A document's text as folded lines that know where each of their signs stood in the raw text."""

from __future__ import annotations

import re
from dataclasses import dataclass

from zhibiao.reading.normal import LONGEST_SYLLABLE, folded_character, is_han, is_syllable
from zhibiao.reading.pages import page_noise

KEPT = "“”#"
"""Signs that `zhibiao.reading.normal` folds away and the reading rules need: which end of a quotation, headings of Markdown."""

HEADING = re.compile(
    r"(?:[一二三四五六七八九十]{1,3}、|\([一二三四五六七八九十]{1,3}\)|\d{1,2}[.、](?!\d)|\(\d{1,2}\)|#{1,6}|专栏|附件|附表|表\d|图\d|第[一二三四五六七八九十]{1,3}[章节条]|--|!\[|\[\d+\]|注:)"
)
"""How a new line of its own begins."""

WHOLE_HEADING = re.compile(r"(?:[一二三四五六七八九十]{1,3}、|\([一二三四五六七八九十]{1,3}\)|第[一二三四五六七八九十]{1,3}[章节])[^,;:。]{2,26}")
"""A heading on a line of its own: numbered, short, without a stop."""

ALONE = re.compile(r"[><≥≤约\[\]\d\s.%,\-年月日:/()]*")
"""A cell of a table, a date, a number of a page."""

DEADLINE = re.compile(r"(?:19|20)\d\d年(?:\d{1,2}月)?(?:\d{1,2}日)?[底末初]?前?(?:完成)?")

BODIES = re.compile(r"(?:[^,。;]{0,14}(?:委|局|部门?|院校|学校|高校|办公室|中心|政府|人社厅|教育厅|企业|职教社)等?[、,]?)+(?:等(?:单位|部门)?)?")
"""A cell that names who is responsible."""

TITLE_LINE = re.compile(r"#.*|(?:[^,。;:、“]|“[^”]{0,40}”){0,90}(?:规划|方案|意见|公报|纲要|办法|通知|报告|决定|条例|清单|[\])]\d{1,4}号)(?:的通知)?(?:\([^()。]{1,20}\))?")

NAME_OF_ROW = re.compile(r"[^,;。]{4,36}\((?:%|‰|[\u4e00-\u9fff]{1,5}|[\u4e00-\u9fff]{1,3}/[\u4e00-\u9fff]{1,3})(?:,[^()]{0,8})?\)")
"""The name of an indicator with its unit, which the next cell does not go on from."""

SPACED_HEAD = re.compile(r"^\s*(?:序号\s+)?(?:主要|核心|具体)?(?:指标|项目)(?:名称|内容)?\s.*(?:19|20)\d\d(?:\s?年|\s|$)")
HEAD_OF_TABLE = 160
SPACED_ROW = re.compile(r"(?=.*\d)\S+(?:\s+\S+){1,12}(?<![。；;])")
CELL_GAP = re.compile(r"(?<=\S) (?=\S)(?!(?<=\d )[年以左个%])(?![(（])")
"""Rows of a table as a PDF gives them, a single blank between cells; 2020 年 and 98 以上 are one cell."""

STAMPED = re.compile(r"(?:19|20)\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}日?(?:\s?\d\d?:\d\d(?::\d\d)?)?$|^(?:-{1,2}|\()?(?:19|20)\d\d年\d{1,2}月(?:\d{1,2}日)?在.{4,60}[上议]\)?$|^(?:首页|当前位置|您的?位置)")
"""The head of a web page or the day of a speech, which no sentence goes on from."""

LONG = 15
"""Shorter lines are headings or cells; a sentence broken by a page's end is longer."""


@dataclass(frozen=True)
class Line:
    """A folded line; ``origins[i]`` is the place in the raw text of its sign i. A tab parts cells."""

    text: str
    origins: tuple[int, ...]

    def raw_span(self, start: int, end: int) -> tuple[int, int]:
        """Where signs `start` to `end` stand in the raw text."""
        return self.origins[start], self.origins[end - 1] + 1

    def part(self, start: int, end: int) -> Line:
        """Some of the line, itself a line."""
        return Line(self.text[start:end], self.origins[start:end])

    def cells(self) -> list[Line]:
        """The cells of a table's row, or the line itself."""
        return [self.part(*match.span()) for match in re.finditer(r"[^\t]+", self.text)]


def lines(raw: str) -> list[Line]:
    """Folded lines without empty ones; a sentence that a page's end broke is whole again."""
    found: list[Line] = []
    noise = dict(page_noise(raw))
    start = 0
    tabled = False
    for piece in raw.splitlines(keepends=True):
        here, start = start, start + len(piece)
        if piece.strip():
            tabled = bool(SPACED_HEAD.search("".join(sign if sign.isspace() else folded_character(sign) for sign in piece[:HEAD_OF_TABLE]))) or (tabled and bool(SPACED_ROW.fullmatch(piece.strip())))
        if tabled:
            piece = CELL_GAP.sub("\t", piece)
        line = _folded("" if here in noise else piece, here)
        if not line.text:
            continue
        if found and _goes_on(found[-1].text, line.text) and not _is_title(found, line.text):
            last = found[-1]
            found[-1] = Line(last.text + line.text, last.origins + line.origins)
        else:
            found.append(line)
    return found


def dashes_lost(raw: str) -> bool:
    """Has the text lost dashes and separators, as in 2022422日 or 〔202135号?"""
    return bool(re.search(r"(?<!\d)20\d\d[1-9]\d{1,3}\s*日|[〔\[(]20\d{3,5}\s*号", raw))


def _is_title(found: list[Line], following: str) -> bool:
    """Is the last of a text's first lines, none of them with a stop, the title of the paragraph below?"""
    if len(found) > 6 or any("。" in line.text for line in found):
        return False
    return len(found[-1].text) <= 45 and not re.search("[,;:]", found[-1].text) and (len(following) > 60 or "。" in following)


def _goes_on(last: str, following: str) -> bool:
    if len(last) < LONG or last[-1] in "。;!?:\t”》" or "\t" in last or "\t" in following:
        return False
    if WHOLE_HEADING.fullmatch(last) or NAME_OF_ROW.fullmatch(last) or (BODIES.fullmatch(last) and DEADLINE.fullmatch(following)):
        return False
    if last.startswith(("![", "---")) or STAMPED.search(last) or TITLE_LINE.fullmatch(last) or re.fullmatch(r"[^,。]{0,12}[\[(]20\d\d[\])]\d{1,4}号.{0,6}", following):
        return False
    return not HEADING.match(following) and not any(cell.fullmatch(following) for cell in (ALONE, DEADLINE, BODIES))


def _folded(piece: str, start: int) -> Line:
    signs: list[str] = []
    origins: list[int] = []
    for offset, raw in enumerate(piece):
        for sign in "\t" if raw in "|\t" else raw if raw in KEPT or raw.isspace() else folded_character(raw):
            opened = _bracket(signs) if sign == ")" else None
            if opened is not None:
                del signs[opened:], origins[opened:]
                continue
            signs.append(sign)
            origins.append(start + offset)
    text = "".join(signs)
    keep = [True] * len(text)
    for match in re.finditer(r"\s+", text):
        left, right = text[: match.start()][-1:], text[match.end() :][:1]
        wide = left and right and ("\t" in match[0] or len(match[0]) > 1) and left != "[" and right != "]"
        latin = left.isascii() and right.isascii() and ((left.isalnum() and right.isalnum()) or (left == "%" and right.isdigit()))
        keep[match.start() : match.end()] = [False] * (match.end() - match.start())
        if wide or (latin and left and right):
            keep[match.start()] = True
            signs[match.start()] = "\t" if wide else " "
    chosen = [index for index, kept in enumerate(keep) if kept]
    return Line("".join(signs[index] for index in chosen), tuple(origins[index] for index in chosen))


def _bracket(signs: list[str]) -> int | None:
    """Where a bracket that holds the reading of a character begins: 工(gōng)."""
    for opened in range(len(signs) - 1, max(len(signs) - 2 - LONGEST_SYLLABLE, 0), -1):
        if signs[opened] == "(":
            return opened if is_han(signs[opened - 1]) and is_syllable("".join(signs[opened + 1 :])) else None
    return None
