"""Names that would be formulas, HTML, Typst, shell or paths elsewhere go through every output and come out as the text they are."""

import csv
import io
import json
import re
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import duckdb
import nbformat
import openpyxl
import pikepdf
import pypdfium2
import pytest
from typer.testing import CliRunner

from zhibiao.catalogue.load import load
from zhibiao.cli import app
from zhibiao.errors import RegistryError
from zhibiao.printing import SIGNED_NUMBER
from zhibiao.publishing.handover import Asked, handover

NAMES = {
    "link": '=HYPERLINK("http://x","y")', "plus": "+1甲", "minus": "-1乙", "at": "@SUM(1)", "script": "<script>alert(1)</script>", "eval": '#eval("1")',
    "include": '#include "x"', "path": "../../x", "line": "a\nb", "rlm": "\u200f右", "shell": '"; rm -rf ~', "math": "$x$", "curly": "{{7*7}}丙",
    "bars": "|a|b|", "zero": "零\u200b宽", "long": "长" * 300, "img": "<img src=x onerror=alert(1)>", "markup": "[red]x[/red] *b* _i_ `c` \\n", "amp": "A&amp;B <b>",
}  # fmt: skip
REGION, REGION_EN = '=HYPERLINK("http://x","y")<script>alert(1)</script>#eval("1")', '../../x|a|b|$x$"; rm -rf ~'
UNSHOWN = "学校🏫区"
BARE = {"bare_plus": "+1", "bare_minus": "-1", "bare_curly": "{{7*7}}"}
"""Names of digits and signs alone. Files hold them too; a published run refuses them, for they cannot be told from figures."""
OTHER, OTHER_EN = "@SUM(1)\u200f{{7*7}}", "+1 <b>[red]x[/red]"
TITLE, TITLE_EN, SHORT, NUMBER = '=HYPERLINK("http://x","y") <script>alert(1)</script> #eval("1")', '+1 #include "x" <b>', "@SUM(1)$x$", "-1|a|{{7*7}}"
SCENARIO, SCENARIO_EN = '<script>alert(1)</script>=1+1#eval("1")', '"; rm -rf ~ $x$ |a| ../../x'
EVERY = NAMES | BARE
ISSUERS = ["../../x", "[red]x"]
NOT_SHOWN = re.compile("[\\s\u200b-\u200f\u2060\ufeff\u00ad\ufffe]")


def bare(text: str) -> str:
    """Without breaks and what has no width: where a line is broken is the page's own affair."""
    return NOT_SHOWN.sub("", text)


def missing(text: str, *names: str) -> set[str]:
    whole = bare(text)
    return {name for name in names or NAMES.values() if bare(name) not in whole}


def overlay(folder: Path, names: dict[str, str] | None = None) -> Path:
    """A registry of two regions in which everything that can be named is named badly."""
    names = names or NAMES
    for sub in ("catalogue", "plans", "observations", "scenarios"):
        (folder / sub).mkdir(parents=True)

    def write(name: str, content: object) -> None:
        # JSON is YAML
        (folder / name).write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")

    with (folder / "regions.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([["code", "zh", "en", "parent", "level"], ["500199", REGION, REGION_EN, "500000", "county"], ["500198", OTHER, OTHER_EN, "500000", "county"], ["500197", UNSHOWN, "x", "500000", "county"]])
    write("catalogue/h.yaml", [
        {"id": f"h_{key}", "zh": text, "en": f"{text} en", "definition": text, "definition_en": f"{text} en", "unit": "人", "kind": "stock", "rollup": "sum", "reference": "enrolment"}
        for key, text in names.items()
    ])  # fmt: skip
    target = {"unit": "人", "scope": "point"}
    statements = [
        {"id": f"{kind[0]}-{key}", "kind": kind, "indicator": f"h_{key}", "value": value, "comparator": comparator, "period": year, "locator": text, "evidence": text[:24], "note": text, "note_en": text, **target}
        for key, text in names.items() for kind, value, comparator, year in (("target", 2000, "ge", 2025), ("baseline", 1000, "eq", 2020))
    ]  # fmt: skip
    measures = [
        {"id": f"m-{key}", "title": text, "title_en": f"{text} en", "locator": text, "lead": [text], "responsible": [text, "=1+1"], "statements": [f"t-{key}"], "period": "2021-2025"}
        for key, text in names.items()
    ]  # fmt: skip
    for code in ("500199", "500198", "500197"):
        write(f"plans/h{code}.yaml", {
            "id": f"h-{code}", "title": TITLE, "title_en": TITLE_EN, "short": SHORT, "number": NUMBER, "issuer": ISSUERS, "region": code, "period": "2021-2025",
            "issued": "2021-06-01", "headline": [f"t-{key}" for key in list(names)[:6]], "statements": statements, "measures": measures, "note": "<script>",
        })  # fmt: skip
    header = "region,indicator,period,basis,value,qualifier,unit,status,confidence,source,published,recorded,reason\n"
    rows = [
        f"500199,h_{key},{year},at_end,{1000 + 100 * n + (year - 2020) * 37},eq,人,final,high,hsrc,,2024-01-05,\n" for n, key in enumerate(names) for year in (2020, 2022, 2023)
    ]  # fmt: skip
    (folder / "observations" / "h.csv").write_text(header + "".join(rows), encoding="utf-8")
    write("sources.yaml", [{"id": "hsrc", "publisher": "@SUM(1)<script>alert(1)</script>", "title": '#eval("1") ../../x |a|', "year": 2023, "url": "javascript:alert(1)", "terms": "=1+1"}])
    write("scenarios/h.yaml", {"id": "hostile", "zh": SCENARIO, "en": SCENARIO_EN, "description": "<script>alert(1)</script>|a|{{7*7}}#eval(1)", "description_en": "=1+1 <b>", "trust": 0.5})
    return folder


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return overlay(tmp_path_factory.mktemp("mine") / "data")


@pytest.fixture(scope="module")
def listed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return overlay(tmp_path_factory.mktemp("listed") / "data", EVERY)


@pytest.fixture(scope="module")
def batch(data: Path) -> tuple[Path, list[dict[str, str]]]:
    """One batch and what it said: targets, delivery and briefing of one region, the briefing of another in English, a third that cannot be shown."""
    file, folder = data.parent / "hostile.yaml", data.parent / "deep" / "er" / "out"
    file.write_text(
        "name: hostile\nnotebooks: [01_targets, 07_delivery, 09_briefing]\nregions: ['500199']\nscenarios: [hostile]\nparameters: {lang: zh}\n"
        "runs:\n  - {notebooks: [09_briefing], region: '500198', scenarios: [hostile], parameters: {lang: en}}\n"
        "  - {notebooks: [01_targets], region: '500197', scenarios: [hostile]}\njobs: 2\n",
        encoding="utf-8",
    )
    before = sorted(path for path in data.parent.rglob("*"))
    done = subprocess.run(
        [sys.executable, "-m", "zhibiao", "batch", str(file), "--data", str(data), "--out", str(folder)], capture_output=True, encoding="utf-8", check=False, timeout=300
    )
    assert "Traceback" not in done.stdout + done.stderr
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert [event["event"] for event in events].count("done") == 4, done.stdout + done.stderr
    made = {path.relative_to(data.parent).parts[0] for path in data.parent.rglob("*") if path not in before}
    assert made == {"deep"}  # no name led out of the outputs
    return folder, events


@pytest.fixture(scope="module")
def out(batch: tuple[Path, list[dict[str, str]]]) -> Path:
    return batch[0]


def told(*arguments: str) -> str:
    done = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


# --- files of a batch -------------------------------------------------------------------------------------------------


def test_file_names_are_made_of_codes_and_ids_alone(out: Path) -> None:
    for path in out.rglob("*"):
        assert re.fullmatch(r"[A-Za-z0-9._-]+", path.name), path
    assert {path.parent.name for path in out.glob("hostile/*/*")} == {"500199", "500198", "500197"}


@pytest.mark.parametrize("ending", ["pdf", "docx"])
def test_documents_hold_the_names_as_text(out: Path, ending: str) -> None:
    found = [path for path in out.glob(f"hostile/*/*/0*/*.{ending}") if path.stem == path.parent.name]
    assert len(found) == {"pdf": 4, "docx": 2}[ending]
    for path in found:
        text = _pdf_text(path) if ending == "pdf" else _docx_text(path)
        # a briefing tells what matters most, the other two every target and measure
        assert not missing(text, *(list(NAMES.values())[:6] if path.stem == "09_briefing" else ())), path.name
        english = "500198" in path.parts
        assert not missing(text, *((OTHER_EN, TITLE_EN) if english else (REGION, TITLE)), SHORT if english else NUMBER)


def _pdf_text(path: Path) -> str:
    with pypdfium2.PdfDocument(path) as document:
        return "".join(page.get_textpage().get_text_range() for page in document)


def _docx_text(path: Path) -> str:
    with zipfile.ZipFile(path) as archive:
        parts = [name for name in archive.namelist() if re.fullmatch(r"word/(document|header\d*|footer\d*|footnotes)\.xml", name)]
        return "".join("".join(ElementTree.fromstring(archive.read(name)).itertext()) for name in parts)


def test_documents_run_nothing_and_lead_nowhere(out: Path) -> None:
    for path in out.glob("hostile/*/*/0*/*.pdf"):
        with pikepdf.open(path) as document:
            for item in document.objects:
                if isinstance(item, pikepdf.Dictionary):
                    assert item.get("/S") not in ("/JavaScript", "/Launch", "/GoToR", "/SubmitForm")
                    assert "/JS" not in item
                    assert not str(item.get("/URI", "")).startswith(("http://x", "javascript"))
    for path in out.glob("hostile/*/*/0*/*.docx"):
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                if name.endswith(".rels"):
                    assert not re.search(r'Target="(http://x|javascript|\.\./\.\./x)', archive.read(name).decode())
                if name == "word/document.xml":
                    fields = re.findall(r"<w:instrText[^>]*>(.*?)</w:instrText>", archive.read(name).decode(), re.DOTALL)
                    assert all(not any(word in field for word in ("x\"", "alert", "SUM")) for field in fields), fields


def test_workbooks_hold_no_formula_and_no_link(out: Path) -> None:
    found = sorted(out.glob("hostile/*/*/0*/tables/*.xlsx"))
    assert found
    for path in found:
        texts = list(_texts_of_workbook(path.read_bytes()))
        if "500199" in path.parts and "fill-in" not in path.name:
            assert len(missing("\n".join(texts))) < len(NAMES), path.name


def _texts_of_workbook(content: bytes) -> Iterator[str]:
    """The texts of a workbook without the apostrophe that guards them; it holds no formula and no link made of a name.

    Formulas of the workbook's own reckon with cells.
    """
    for sheet in openpyxl.load_workbook(io.BytesIO(content)).worksheets:
        assert len(sheet.title) <= 31
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    assert re.search(r"\$?[A-Z]{1,2}\$?\d", str(cell.value)), (sheet.title, cell.coordinate, cell.value)
                    assert not re.search(r"HYPERLINK\(\"http|alert|http:|\.\./", str(cell.value)), cell.value
                link = cell.hyperlink
                assert link is None or not str(link.target or "").startswith(("http://x", "javascript")), cell.coordinate
                if isinstance(cell.value, str):
                    yield cell.value.removeprefix("'")


def test_tables_for_people_are_guarded(out: Path) -> None:
    found = sorted(out.glob("hostile/*/*/0*/tables/*.csv"))
    assert found
    together = ""
    for path in found:
        raw = path.read_bytes()
        assert raw.startswith(b"\xef\xbb\xbf")
        for row in csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline="")):
            for cell in row:
                assert not cell.startswith(("=", "+", "-", "@", "\t", "\r")) or SIGNED_NUMBER.fullmatch(cell), cell
                together += cell + "\n"
    assert not missing(together)


def test_figures_are_well_formed_and_run_nothing(out: Path) -> None:
    found = sorted(out.rglob("*.svg"))
    assert found
    together = ""
    for path in found:
        root = ElementTree.fromstring(path.read_bytes())
        for element in root.iter():
            name = str(element.tag).rpartition("}")[2]
            assert name not in ("script", "foreignObject", "iframe", "a"), path
            assert not any(attribute.rpartition("}")[2].lower().startswith("on") for attribute in element.attrib)
            for attribute, value in element.attrib.items():
                assert attribute.rpartition("}")[2] != "href" or value.startswith(("#", "data:image/")), value
        together += "".join(root.itertext())
    assert not missing(together, *[text for key, text in list(NAMES.items())[:6]])
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in out.rglob("*.png"))


# --- pages ------------------------------------------------------------------------------------------------------------


class Elements(HTMLParser):
    """What elements a page has, with their attributes, and what its scripts and texts hold."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: Counter[str] = Counter()
        self.attributes: list[tuple[str, str, str]] = []
        self.scripts: list[str] = []
        self.text = ""
        self._within = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        self._within = tag if tag in ("script", "style") else ""
        if tag == "script":
            self.scripts.append("")

    def handle_endtag(self, tag: str) -> None:
        self._within = ""

    def handle_data(self, data: str) -> None:
        if self._within == "script":
            self.scripts[-1] += data
        elif not self._within:
            self.text += data


def quiet(elements: Elements, allowed_scripts: int) -> None:
    """Only the page's own scripts, no handler, no address that a name gave."""
    assert elements.tags["script"] == allowed_scripts
    for tag, name, value in elements.attributes:
        assert not name.startswith("on"), (tag, name, value)
        if name in ("href", "src", "action", "srcset") and value != "../index.html":
            assert not value.lower().startswith(("javascript", "http://x", "..", "x")), value


def _own(template: str) -> int:
    source = (Path(__file__).parents[2] / "lib" / "zhibiao" / "publishing" / template).read_text(encoding="utf-8")
    return len(re.findall(r"<script\b", source))


def test_pages_hold_the_names_as_text_and_run_only_their_own_scripts(out: Path) -> None:
    for path, names in ((out / "index.html", (REGION, OTHER)), (out / "hostile" / "regions.html", (REGION, OTHER, *NAMES.values()))):
        page = path.read_text(encoding="utf-8")
        elements = Elements(page)
        quiet(elements, _own(f"{path.name}.j2"))
        assert not {"img", "b", "iframe", "object"} & {tag for tag, name, value in elements.attributes if "alert" in value}
        assert elements.tags["b"] == Elements(re.sub(r"(?i)<b>", "", page)).tags["b"] or "<b>x" not in page
        data = [json.loads(script) for script in elements.scripts if script.strip().startswith("{")]
        assert data, path.name
        assert not missing(elements.text + json.dumps(data, ensure_ascii=False).replace("\\n", "\n").replace('\\"', '"').replace("\\\\", "\\"), *names), path.name


def test_notebooks_hold_no_element_of_a_name(out: Path) -> None:
    for path in out.rglob("*.ipynb"):
        shown = ""
        for cell in nbformat.read(path, as_version=4).cells:
            for output in cell.get("outputs", []):
                for kind, value in output.get("data", {}).items():
                    text = value if isinstance(value, str) else "".join(value) if isinstance(value, list) else ""
                    if kind == "text/html":
                        elements = Elements(text)
                        quiet(elements, 0)
                        assert not elements.tags["img"]
                        shown += elements.text
        assert not shown or len(missing(shown)) < len(NAMES)


def test_records_and_summary_hold_the_names_letter_by_letter(out: Path) -> None:
    records = json.loads((out / "hostile/500199/hostile/09_briefing/statements.json").read_text(encoding="utf-8"))
    assert {record["indicator_zh"] for record in records} >= set(NAMES.values())
    assert {record["region_name"] for record in records} == {REGION}
    with duckdb.connect(":memory:") as database:
        rows = database.execute("SELECT DISTINCT region_name, region_en, indicator_zh, scenario_zh FROM read_parquet(?)", [str(out / "hostile" / "summary.parquet")]).fetchall()
    assert {row[2] for row in rows} >= set(NAMES.values())
    assert {row[:2] for row in rows} == {(REGION, REGION_EN), (OTHER, OTHER_EN)}
    assert {row[3] for row in rows} == {SCENARIO}


# --- commands ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["targets", "gaps"])
def test_listings_hold_the_names_in_every_format(listed: Path, tmp_path: Path, command: str) -> None:
    asked = (command, "--region", "500199", "--data", str(listed))
    shown = told(*asked, "--format", "table")
    assert "\x1b" not in shown
    assert not missing(_down_the_columns(shown), *EVERY.values())
    assert {record["indicator_zh"] for record in json.loads(told(*asked, "--format", "json"))} >= set(EVERY.values())
    for row in csv.DictReader(io.StringIO(told(*asked, "--format", "csv"))):
        for cell in row.values():
            assert not cell.startswith(("=", "+", "-", "@")) or SIGNED_NUMBER.fullmatch(cell), cell
    book = tmp_path / "listing.xlsx"
    told(*asked, "--format", "xlsx", "-o", str(book))
    assert set(_texts_of_workbook(book.read_bytes())) >= {text.removeprefix("'") for text in EVERY.values()}


def _down_the_columns(table: str) -> str:
    """What stands in each column of a printed table: names are folded within their column. A name may hold the sign between columns itself."""
    columns: dict[int, list[str]] = {}
    for line in table.splitlines():
        for number, cell in enumerate(re.split("[│┃]", line)):
            columns.setdefault(number, []).append(cell)
    return "\n".join("".join(bare(cell) for cell in cells) for cells in columns.values())


def test_the_form_to_fill_and_the_task_table_hold_the_names_as_text(listed: Path, tmp_path: Path) -> None:
    form = tmp_path / "form.xlsx"
    told("observe", "template", "--region", "500199", "--year", "2024", "--data", str(listed), "-o", str(form))
    assert not missing("\n".join(_texts_of_workbook(form.read_bytes())), *EVERY.values())
    units, table = tmp_path / "units.csv", tmp_path / "tasks.xlsx"
    units_named = [text for key, text in EVERY.items() if key not in ("line", "long", "rlm", "zero", "include", "eval")]  # a line that begins with # is a remark

    def made(*names: str) -> object:
        with units.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows([["单位", "基数"], *([text, 100 + n] for n, text in enumerate(names))])
        return CliRunner().invoke(app, ["breakdown", "make", "h-500199/t-script", "--over", str(units), "--data", str(listed), "-o", str(table)])

    done = made(*units_named)
    assert done.exit_code == 0, (done.output, done.exception)
    assert not missing("\n".join(_texts_of_workbook(table.read_bytes())), *units_named, REGION)
    for name in (NAMES["rlm"], NAMES["zero"], NAMES["long"]):
        refused = made("甲校", name).exception
        assert isinstance(refused, RegistryError)
        assert "units.csv:3" in str(refused)


@pytest.mark.parametrize("form", ["sdmx-csv", "datapackage", "parquet", "iamc", "xlsx"])
def test_exports_hold_the_names_letter_by_letter(listed: Path, form: str, tmp_path: Path) -> None:
    registry = load(listed)
    files = handover(registry, Asked(form, ("500199",), ("hostile",), gaps=form not in ("sdmx-csv", "iamc"))).files
    assert all(re.fullmatch(r"(data/)?[a-z_.]+", name) for name in files)
    if form == "parquet":
        (tmp_path / "i.parquet").write_bytes(files["indicators.parquet"])
        with duckdb.connect(":memory:") as database:
            held = {row[0] for row in database.execute("SELECT zh FROM read_parquet(?)", [str(tmp_path / "i.parquet")]).fetchall()}
    elif form == "xlsx":
        held = {cell.value for cell in openpyxl.load_workbook(io.BytesIO(files["zhibiao.xlsx"]))["indicators"]["B"]}
        assert list(_texts_of_workbook(files["zhibiao.xlsx"]))
    elif form == "datapackage":
        held = {row["zh"] for row in csv.DictReader(io.StringIO(files["data/indicators.csv"].decode(), newline=""))}
    elif form == "iamc":
        held = {row["zh"] for row in csv.DictReader(io.StringIO(files["regions.csv"].decode(), newline=""))}
        assert REGION in held
        return
    else:
        lists = {found["id"]: found["codes"] for found in json.loads(files["structures.json"])["data"]["codelists"]}
        held = {code["description"] for code in lists["CL_INDICATOR"]}
        assert {code["name"] for code in lists["CL_SCENARIO"]} >= {f"{SCENARIO} {SCENARIO_EN}"}
    assert held >= set(EVERY.values())


# --- the dashboard ----------------------------------------------------------------------------------------------------


def test_the_dashboard_shows_the_names_as_text(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import ipywidgets as widgets

    from zhibiao.exploring.page import Page

    monkeypatch.setenv("ZHIBIAO_DATA", str(data))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    page = Page()
    for part in (page.explorer.root, page.monthly.root):
        _chosen(part, "500199")
    together = ""
    for widget in _within(page.root):
        if isinstance(widget, widgets.HTML):
            elements = Elements(widget.value)
            quiet(elements, 0)
            assert not (elements.tags["img"] and "onerror" in widget.value)
            together += elements.text
    assert not missing(together, NAMES["script"], NAMES["eval"], NAMES["link"])


def _within(root: object) -> Iterator[object]:
    yield root
    for child in getattr(root, "children", ()):
        yield from _within(child)


def _chosen(root: object, code: str) -> None:
    """Choose a region as a user would: in the list whose options know it."""
    for widget in _within(root):
        for option in getattr(widget, "options", ()) or ():
            value = option[1] if isinstance(option, tuple) else option
            if value == code:
                widget.value = value  # type: ignore[attr-defined]
                return
    raise AssertionError(f"no list offers {code}")


# --- what is refused --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sign", ["\u202e", "\u2066", "\x07", "\x0b", "\x7f", "\x00"])
def test_signs_that_turn_digits_around_or_cannot_be_written_are_refused_with_their_line(tmp_path: Path, sign: str) -> None:
    folder = overlay(tmp_path / "data", {"link": "好"})
    place = folder / "catalogue" / "h.yaml"
    # escaped, as JSON and YAML have it, so that the sign comes in by the back door too
    place.write_text(place.read_text(encoding="utf-8").replace("好", f"\\u{ord(sign):04x}好"), encoding="utf-8")
    with pytest.raises(RegistryError, match=rf"h\.yaml:1: .*U\+{ord(sign):04X}"):
        load(folder)


def test_such_a_sign_in_a_csv_is_refused_with_its_line(tmp_path: Path) -> None:
    folder = overlay(tmp_path / "data", {"link": "好"})
    place = folder / "regions.csv"
    place.write_text(place.read_text(encoding="utf-8") + "500196,右\u202e左,x,500000,county\n", encoding="utf-8")
    with pytest.raises(RegistryError, match=r"regions\.csv:5: .*U\+202E"):
        load(folder)


def test_when_the_fonts_lack_a_sign_then_one_message_names_it(batch: tuple[Path, list[dict[str, str]]]) -> None:
    failed = [event for event in batch[1] if event["event"] == "failed"]
    assert [event["region"] for event in failed] == ["500197"]
    assert "🏫" in failed[0]["error"].replace(UNSHOWN, "") or "127979" in failed[0]["error"]
    assert not list(batch[0].glob("hostile/500197/*/*/*.pdf"))
