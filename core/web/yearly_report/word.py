"""The work report as a Word document: title, parts, and a table of every figure with what it was counted from."""

from __future__ import annotations

import io
from datetime import date

import docx
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Cm, Pt, RGBColor
from docx.text.run import Run

from core.policy.work_report import Figure, Written
from core.web.words import cn_date

TITLE_FONT, HEADING_FONT, TEXT_FONT = "方正小标宋简体", "黑体", "仿宋"
INDENT = Pt(32)
"""Two characters of the text's size, as official documents begin a paragraph."""


def document(written: Written, issuer: str, on: date) -> bytes:
    """The bytes of a .docx: A4, the margins and type sizes of an official document, nothing that runs."""
    made = docx.Document()
    made.core_properties.author, made.core_properties.title = _readable(issuer), _readable(written.title)
    made.core_properties.comments = ""
    _page(made)
    _line(made, written.title, TITLE_FONT, 22, WD_ALIGN_PARAGRAPH.CENTER)
    for part, paragraphs in written.parts:
        _line(made, part.name, HEADING_FONT, 16, heading=1)
        for text in paragraphs:
            _line(made, text, TEXT_FONT, 16)
    _line(made, issuer, TEXT_FONT, 16, WD_ALIGN_PARAGRAPH.RIGHT)
    _line(made, cn_date(on), TEXT_FONT, 16, WD_ALIGN_PARAGRAPH.RIGHT)
    _sources(made, written.used)
    kept = io.BytesIO()
    made.save(kept)
    return kept.getvalue()


def _page(made: Document) -> None:
    section = made.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.top_margin, section.bottom_margin = Cm(3.7), Cm(3.5)
    section.left_margin, section.right_margin = Cm(2.8), Cm(2.6)
    number = section.footer.paragraphs[0]
    number.alignment = WD_ALIGN_PARAGRAPH.CENTER
    number._p.append(_element("w:fldSimple", "w:instr", "PAGE"))  # Word counts the pages itself


def _element(tag: str, attribute: str, value: str) -> BaseOxmlElement:
    made: BaseOxmlElement = OxmlElement(tag)
    made.set(qn(attribute), value)
    return made


def _line(
    made: Document, text: str, font: str, size: int, align: WD_ALIGN_PARAGRAPH | None = None, heading: int = 0
) -> None:
    line = made.add_paragraph(style=f"Heading {heading}" if heading else None)
    if align is not None:
        line.alignment = align
    line.paragraph_format.line_spacing = Pt(28)
    line.paragraph_format.space_after = Pt(0 if align is None else 14)
    if align is None:
        line.paragraph_format.first_line_indent = INDENT
    _dress(line.add_run(_readable(text)), font, size)


def _dress(run: Run, font: str, size: int) -> None:
    run.font.size, run.font.name, run.bold = Pt(size), font, False
    run.font.color.rgb = RGBColor(0, 0, 0)
    properties = run._element.get_or_add_rPr()  # the East Asian font has no other door
    properties.get_or_add_rFonts().set(qn("w:eastAsia"), font)


def _sources(made: Document, figures: tuple[Figure, ...]) -> None:
    made.add_page_break()  # type: ignore[no-untyped-call]
    _line(made, "附表：报告所用数据的来源", HEADING_FONT, 16, heading=1)
    table = made.add_table(rows=1, cols=4, style="Table Grid")
    _row(table.rows[0].cells, ("数据", "数值", "单位", "从哪里统计"), HEADING_FONT)
    # the head is repeated on every page
    table.rows[0]._tr.get_or_add_trPr().append(_element("w:tblHeader", "w:val", "true"))
    for figure in figures:
        value = "缺" if figure.value is None else figure.text
        _row(table.add_row().cells, (figure.name, value, figure.unit, figure.source), TEXT_FONT)


def _row(cells: tuple[object, ...], texts: tuple[str, ...], font: str) -> None:
    for cell, text in zip(cells, texts, strict=True):
        _dress(cell.paragraphs[0].add_run(_readable(text)), font, 10)  # type: ignore[attr-defined]


def _readable(text: str) -> str:
    """Text without the control characters that no document may hold."""
    return "".join(mark for mark in text if mark.isprintable() or mark == "\n")
