"""Files that a reader of reports must refuse, or must read in bounded time and memory."""

from __future__ import annotations

import io
import random
import zlib
from collections.abc import Sequence

from PIL import Image, ImageDraw
from pypdf import PdfReader, PdfWriter
from reportlab.lib.pagesizes import letter
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from tests.reports.drawing import Drawing, draw
from tests.reports.faces import times
from tests.reports.filler import paragraph
from tests.reports.typesetting import Typesetter


def scanned(pages: int = 3) -> bytes:
    """Return a PDF whose pages are images of text."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=letter, invariant=True)
    for number in range(pages):
        image = Image.new("L", (612, 792), 255)
        ImageDraw.Draw(image).multiline_text((72, 72), paragraph(str(number), 20).replace(". ", ".\n"), fill=0)
        canvas.drawImage(ImageReader(image), 0, 0, *letter)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def encrypted(pdf: bytes, password: str = "a password") -> bytes:
    """Return a copy of a PDF that only opens with a password."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf)))
    writer.encrypt(password, algorithm="RC4-128")
    return _written(writer)


def protected(pdf: bytes) -> bytes:
    """Return a copy of a PDF that opens without a password but forbids changes."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf)))
    writer.encrypt("", owner_password="another password", algorithm="RC4-128")
    return _written(writer)


def truncated(pdf: bytes, seed: int) -> bytes:
    """Return the start of a PDF, up to a random place."""
    return pdf[: random.Random(seed).randrange(1, len(pdf))]


def damaged(pdf: bytes, seed: int, count: int = 20) -> bytes:
    """Return a copy of a PDF with random bytes at random places."""
    source = random.Random(seed)
    content = bytearray(pdf)
    for _ in range(count):
        content[source.randrange(8, len(content))] = source.randrange(256)
    return bytes(content)


def lengthened(pdf: bytes, pages: int) -> bytes:
    """Return a copy of a PDF with further pages of prose at its end, so that it has a number of pages."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf)))
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=letter, invariant=True)
    for number in range(pages - len(writer.pages)):
        text = canvas.beginText(72, 700)
        text.setFont("Times-Roman", 11)
        text.textLines(paragraph(str(number), 12).replace(". ", ".\n"))
        canvas.drawText(text)
        canvas.showPage()
    canvas.save()
    writer.append(out)
    return _written(writer)


def foreign() -> bytes:
    """Return a report on something else, with a contents page, headings and paragraphs."""
    setter = Typesetter(times(11))
    setter.new_page()
    setter.paragraph([setter.spans("2021 Review of Bees in Gardens", "bold", 24)], align="center", before=200)
    chapters = ("Overview", "Bees of the Year", "Results", "Public Gardens")
    setter.new_page()
    setter.paragraph([setter.spans("Table of Contents", "bold", 14)], align="center")
    for number, chapter in enumerate(chapters, start=3):
        setter.leader(chapter, str(number))
    for chapter in chapters:
        setter.new_page()
        setter.paragraph([setter.spans(chapter, "bold", 14)])
        setter.paragraph([setter.spans(paragraph(chapter, 8))])
    return draw(setter.finish(), Drawing())


def random_bytes(seed: int, length: int = 10_000, *, header: bool = True) -> bytes:
    """Return random bytes, with or without the first line of a PDF."""
    return (b"%PDF-1.7\n" if header else b"") + random.Random(seed).randbytes(length)


def bomb(mebibytes: int = 256) -> bytes:
    """Return a small PDF with a page whose content is large: spaces that are compressed twice."""
    inner = zlib.compressobj(1)
    parts = [inner.compress(b" " * 2**20) for _ in range(mebibytes)]
    content = zlib.compress(b"".join([*parts, inner.flush()]))
    return file_of(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R >>",
            b"<< /Filter [/FlateDecode /FlateDecode] /Length %d >>\nstream\n%b\nendstream" % (len(content), content),
        ]
    )


def cyclic() -> bytes:
    """Return a PDF whose page tree contains itself."""
    return file_of(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 2 >>",
            b"<< /Type /Pages /Parent 2 0 R /Kids [2 0 R 3 0 R] /Count 2 >>",
        ]
    )


def nested(depth: int = 20_000) -> bytes:
    """Return a PDF with a deep array in its catalog."""
    return file_of(
        [
            b"<< /Type /Catalog /Pages 2 0 R /Names %b%b >>" % (b"[" * depth, b"]" * depth),
            b"<< /Type /Pages /Kids [] /Count 0 >>",
        ]
    )


def file_of(objects: Sequence[bytes]) -> bytes:
    """Return a PDF file with objects, the first of which is the catalog."""
    content = b"%PDF-1.7\n"
    offsets = []
    for number, text in enumerate(objects, start=1):
        offsets.append(len(content))
        content += b"%d 0 obj\n%b\nendobj\n" % (number, text)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    trailer = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, len(content))
    return content + b"xref\n0 %d\n0000000000 65535 f \n%b" % (size, table) + trailer


def _written(writer: PdfWriter) -> bytes:
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
