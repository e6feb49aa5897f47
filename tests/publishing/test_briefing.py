"""The briefing of the four regions as it is published: its length follows the evidence, everybody can read it, its data travel with it."""

import csv
import hashlib
import io
import itertools
import json

import openpyxl
import pikepdf
import pytest

from zhibiao.running.batch import batch
from zhibiao.running.job import BRIEFING_FILES

REGIONS = {"重庆": "500000", "江津": "500116", "沧州": "130900", "全国": "100000"}
PAGES = {"重庆": range(6, 11), "全国": range(5, 11), "江津": range(2, 6), "沧州": range(2, 6)}
OWED = {"zh": "由谁报", "en": "owedby"}
"""The heading that only the list of what is asked for has."""


@pytest.fixture(scope="module", params=["zh", "en"])
def published(request, tmp_path_factory):
    """The folders of the regions' briefings in one language, with everything they can be published as."""
    place = tmp_path_factory.mktemp(f"briefings-{request.param}")
    file = place / "all.yaml"
    file.write_text(
        f"name: all\nnotebooks: [09_briefing]\nregions: [{', '.join(REGIONS)}]\nparameters: {{lang: {request.param}}}\n"
        "documents: [pdf, docx, slides, archive]\njobs: 2\n",
        encoding="utf-8",
    )
    assert batch(file, out=place / "out", quiet=True).exit_code == 0
    return request.param, {name: place / "out" / "all" / code / "baseline" for name, code in REGIONS.items()}


def text_of(build, file):
    return ["".join(page.split()) for page in build.pages(file.read_bytes())]


def test_length_follows_the_evidence(published, build):
    lang, folders = published
    for name, folder in folders.items():
        pages = text_of(build, folder / "briefing.pdf")
        assert len(pages) in PAGES[name], name
        # where no target can be judged the list of what is asked for stands right below the answer
        assert (OWED[lang] in pages[0]) == (name != "重庆"), name
        assert any(OWED[lang] in page for page in pages), name
        assert (folder / "briefing.pdf").stat().st_size < 1_000_000


def test_the_answer_stands_on_the_cover(published, build):
    lang, folders = published
    for name, folder in folders.items():
        cover = text_of(build, folder / "briefing.pdf")[0]
        assert ("主要目标" if lang == "zh" else "maintargets") in cover, name
        assert f"{REGIONS[name]}-" in cover  # the number of the document


def elements(pdf):
    """(kind, element) of the structure tree, in reading order."""
    return elements_of(pdf.Root.StructTreeRoot)


def elements_of(root):
    """The same below an element."""

    def walk(node):
        if isinstance(node, pikepdf.Dictionary):
            if "/S" in node:
                yield str(node.S).lstrip("/"), node
            children = node.get("/K", [])
            for child in children if isinstance(children, pikepdf.Array) else [children]:
                yield from walk(child)

    return list(walk(root))


def drawn(pdf):
    """(page, number of the marked content) in the order of the structure tree; footnotes are drawn at the foot, wherever they are read."""

    def walk(node, page, foot):
        if isinstance(node, pikepdf.Dictionary):
            page = node.get("/Pg", page)
            if "/MCID" in node:
                yield page.objgen, int(node.MCID), foot
            yield from walk(node.get("/K", []), page, foot or str(node.get("/S", "")) == "/Note")
        elif isinstance(node, pikepdf.Array):
            for child in node:
                yield from walk(child, page, foot)
        elif isinstance(node, int):
            yield page.objgen, int(node), foot

    return list(walk(pdf.Root.StructTreeRoot.K, None, False))


@pytest.mark.parametrize("ending", [".pdf", "-slides.pdf", "-archive.pdf"])
def test_it_is_read_in_the_order_in_which_it_is_drawn(published, ending):
    _, folders = published
    for folder in folders.values():
        with pikepdf.open(folder / f"briefing{ending}") as pdf:
            order = {page.obj.objgen: number for number, page in enumerate(pdf.pages)}
            told = [(order[page], number) for page, number, foot in drawn(pdf) if not foot]
        assert len(told) > 50
        assert told == sorted(told)


@pytest.mark.parametrize("ending", [".pdf", "-slides.pdf", "-archive.pdf"])
def test_everybody_can_read_it(published, ending):
    lang, folders = published
    for folder in folders.values():
        with pikepdf.open(folder / f"briefing{ending}") as pdf:
            root = pdf.Root
            assert root.MarkInfo.Marked == True  # noqa: E712  # a PDF boolean
            assert str(root.Lang).startswith(lang)
            assert root.ViewerPreferences.DisplayDocTitle == True  # noqa: E712
            with pdf.open_metadata() as told:
                assert told["pdfuaid:part"] == "1" and told["dc:title"]
            found = elements(pdf)
            kinds = [kind for kind, _ in found]
            levels = [int(kind[1]) for kind in kinds if kind[0] == "H" and kind[1:].isdigit()]
            assert levels and levels[0] == 1
            assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
            for kind, element in found:
                if kind in ("Figure", "Formula"):
                    assert len(str(element.Alt)) > 20, kind  # in words, not a file's name
                if kind == "Table":
                    parts = [name for name, _ in elements_of(element)]
                    assert {"TR", "TH", "TD"} <= set(parts) and parts.index("TH") < parts.index("TD"), parts[:6]
            headers = [element for kind, element in found if kind == "TH"]
            assert headers and all(any("/Scope" in one for one in ([e.A] if isinstance(e.A, pikepdf.Dictionary) else e.A)) for e in headers)
            assert all("/StructParents" in page for page in pdf.pages)


def test_data_travel_in_the_kept_pdf(published):
    _, folders = published
    for folder in folders.values():
        run = folder / "09_briefing"
        with pikepdf.open(folder / "briefing-archive.pdf") as pdf:
            with pdf.open_metadata() as told:
                assert (told["pdfaid:part"], told["pdfaid:conformance"]) == ("3", "A")
            held = {name: file.get_file().read_bytes() for name, file in pdf.attachments.items()}
            assert all(str(file.obj.AFRelationship) == "/Data" for file in pdf.attachments.values())
            assert len(pdf.Root.AF) == len(held)
        for name, content in held.items():
            source = run / name if name == "statements.json" else run / "tables" / name
            assert name == "run.json" or content == source.read_bytes(), name
        assert {"statements.json", "09_briefing-fill-in.xlsx", "09_briefing-table-01.csv", "run.json"} <= set(held)
        told = json.loads(held["run.json"])
        assert told["parameters"]["region"] and told["sha256"] == {
            name: hashlib.sha256(content).hexdigest() for name, content in held.items() if name != "run.json"
        }
        rows = list(csv.reader(io.StringIO(held["09_briefing-table-01.csv"].decode("utf-8-sig"))))
        assert len(rows) > 1


def test_the_workbook_to_fill_asks_for_what_the_page_lists(published):
    lang, folders = published
    for folder in folders.values():
        tables = folder / "09_briefing" / "tables"
        listed = next(
            rows for file in sorted(tables.glob("*.csv")) if (rows := list(csv.reader(io.StringIO(file.read_text("utf-8-sig")))))[0][-1] in ("由谁报", "owed by")
        )
        sheet = openpyxl.load_workbook(tables / "09_briefing-fill-in.xlsx").worksheets[0]
        asked = {str(row[0]).splitlines()[lang == "en"] for row in sheet.iter_rows(min_row=4, values_only=True) if row[0]}
        assert {row[0] for row in listed[1:]} <= asked
        assert all(row[-1] for row in listed[1:])  # somebody owes each
        assert "openxmlformats" not in (folder / "09_briefing" / "09_briefing.ipynb").read_text("utf-8")


def test_every_file_of_the_briefing_is_at_its_place(published):
    _, folders = published
    for folder in folders.values():
        told = json.loads((folder / "09_briefing" / "manifest.json").read_text("utf-8"))["files"]
        for ending in BRIEFING_FILES.values():
            assert (folder / f"briefing{ending}").read_bytes() == (folder / "09_briefing" / f"09_briefing{ending}").read_bytes()
            assert f"09_briefing{ending}" in told
