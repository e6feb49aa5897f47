"""Where in a document a line stands: headings above it, its locator (二(三)·1, 专栏1·2, 附件·15), whether the chapter looks back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from zhibiao.reading.passages import Line
from zhibiao.reading.wording import ACHIEVED_HEADINGS

CHINESE_NUMBER = "[一二三四五六七八九十]{1,3}"
CHAPTER = re.compile(rf"(?:#{{1,6}})?(?:第?(?P<number>{CHINESE_NUMBER})(?:[、章篇]|部分))(?P<title>[^。;]{{1,40}})。?$")
SECTION = re.compile(rf"(?:#{{1,6}})?(?:\((?P<number>{CHINESE_NUMBER})\)|第(?P<nth>{CHINESE_NUMBER})节)(?P<title>[^。;]{{1,40}})?")
ITEM = re.compile(r"(?:#{1,6})?(?:(?P<number>\d{1,2})[.、](?!\d)|\((?P<nth>\d{1,2})\))(?P<title>[^。;]{0,30})")
MARKDOWN = re.compile(r"#{1,6}(?P<title>.{1,40})$")
BOX = re.compile(r"(?:#{1,6})?(?:专栏|专表)(?P<number>\d{0,2}|[一二三四五六七八九十]{1,3})[::、.]?(?P<title>.{0,40})$")
ANNEX = re.compile(r"(?:#{1,6})?附(?:件|表)(?P<number>\d{0,2})[::]?(?P<title>.{0,40})$")
PLAIN = re.compile(r"(?:总体|主要|发展|工作|具体|预期|阶段性?|建设|年度|重点|行动)+(?:目标|任务|举措)(?:和主要指标|任务|指标)?[::]?|(?:发展|工作|现实)(?:基础|回顾|现状|成效)")
"""A heading without a number."""

SETS_TIME = re.compile(r"(?:(?<!截)[到至]|力争|“)(?:(?:19|20)\d\d年|十[一二三四五六]五)|用[一二两三四五\d]年")

POINT = re.compile(rf"(?P<number>{CHINESE_NUMBER})是")
ROW = re.compile(r"\d{1,3}")


@dataclass(frozen=True)
class Passage:
    """A line and where it stands."""

    line: Line
    locator: str
    headings: tuple[str, ...] = ()
    achieved: bool = False
    row: str = ""
    """The number of the annex's row it belongs to."""
    lead: str = ""
    """The earlier paragraph that sets a time for this one: 到2025年,实现以下目标: or, among aims, the last that names a goal."""

    def locator_at(self, position: int) -> str:
        """The locator of a place in the line: 一是, 二是 within a paragraph are points."""
        points = [match["number"] for match in POINT.finditer(self.line.text, max(position - 3000, 0), position) if match.start() == 0 or self.line.text[match.start() - 1] in "。;:,"]
        return f"{self.locator}·{points[-1]}是" if points else self.locator

    @property
    def aims(self) -> bool:
        """Does the passage stand under a heading of aims?"""
        return any(re.search(r"目标|指标", heading) for heading in self.headings)


@dataclass
class _Place:
    chapter: str = ""
    section: str = ""
    item: str = ""
    box: str = ""
    annex: str = ""
    row: str = ""
    titles: dict[str, str] = field(default_factory=dict)
    paragraph: int = 0
    lead: str = ""

    def locator(self) -> str:
        if self.box:
            return f"{self.box}·{self.item}" if self.item else self.box
        if self.annex and (self.row or not self.chapter):
            return f"{self.annex}·{self.row or self.item}" if self.row or self.item else self.annex
        head = self.chapter + self.section
        if self.item:
            return f"{head}·{self.item}" if head else self.item
        if head and self.section:
            return head
        if head:
            return f"{head}·第{self.paragraph}段" if self.paragraph else head
        return f"第{max(self.paragraph, 1)}段"


LEVELS = ("chapter", "section", "item", "box", "annex")


def passages(found: Iterable[Line]) -> Iterator[Passage]:
    """Every line with its place, headings included."""
    place = _Place()
    for line in found:
        _move(place, line.text)
        titles = tuple(place.titles[level] for level in LEVELS if level in place.titles)
        looks_back = [title for level, title in place.titles.items() if level in ("chapter", "section", "box") and ACHIEVED_HEADINGS.search(title)]
        passage = Passage(line, place.locator(), titles, bool(looks_back) and not _aims_below(place), place.row, place.lead)
        yield passage
        if SETS_TIME.search(line.text) and (line.text.endswith(":") or (passage.aims and not _dated_within(line.text))):
            place.lead = line.text


def _dated_within(text: str) -> bool:
    """Does one of several dashed aims name its time only after others of its aims? The next dash does not take it over."""
    match = SETS_TIME.search(text)
    return text.startswith("-") and match is not None and text.count("。", 0, match.start()) > 1


def _aims_below(place: _Place) -> bool:
    """A section of aims within a chapter that looks back."""
    section = place.titles.get("section", "") + place.titles.get("box", "")
    return bool(re.search(r"目标|指标", section)) and not ACHIEVED_HEADINGS.search(section)


def _move(place: _Place, text: str) -> None:
    """Follow one line."""
    if match := ANNEX.match(text):
        _set(place, "annex", f"附件{match['number']}", match["title"])
        place.chapter = place.section = ""
    elif match := BOX.match(text):
        _set(place, "box", f"专栏{match['number']}", match["title"])
    elif match := CHAPTER.match(text):
        place.annex = ""
        place.titles.pop("annex", None)
        _set(place, "chapter", match["number"], match["title"])
    elif match := SECTION.match(text):
        _set(place, "section", f"({match['number'] or match['nth']})", match["title"] or "")
    elif PLAIN.fullmatch(text):
        _set(place, "section", "", text)
    elif match := MARKDOWN.match(text):
        level = "chapter" if text.startswith("##") and not text.startswith("###") else "section" if text.startswith("###") else ""
        if level:
            title = match["title"]
            number = re.match(r"(\d{1,2})[.、]", title)
            _set(place, level, f"·{number[1]}" if number and level == "section" else title, title)
    elif place.annex and ROW.fullmatch(text):
        place.row = text
    elif (match := ITEM.match(text)) and not place.row:
        _set(place, "item", match["number"] or match["nth"], match["title"] if len(match["title"]) < 30 else "")
    elif place.box and len(text) > 60:
        # a paragraph ends a box; its items are short or numbered
        place.box = place.item = ""
        place.titles.pop("box", None)
        place.paragraph += 1
    else:
        place.paragraph += 1


def _set(place: _Place, level: str, number: str, title: str) -> None:
    setattr(place, level, number)
    if level != "item":
        place.lead = ""
    below = {"chapter": ("section", "item", "box"), "section": ("item", "box"), "box": ("item",), "annex": ("section", "item", "box", "chapter"), "item": ()}[level]
    for lower in below:
        setattr(place, lower, "")
        place.titles.pop(lower, None)
    if level != "item":
        place.row, place.paragraph = "", 0
    place.titles[level] = title.strip("。")
