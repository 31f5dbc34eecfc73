"""The extract as a tagged PDF file (PDF/UA-1). WeasyPrint needs programs of the system: it is imported when
needed."""

from __future__ import annotations

from typing import Any, Final, NoReturn

from django.template.loader import render_to_string

from cases.extract import Extract

STYLE: Final = """
@page { size: A4; margin: 18mm 16mm;
        @bottom-right { content: counter(page) " / " counter(pages); font-size: 8pt } }
body { font: 9.5pt/1.4 "DejaVu Sans", sans-serif }
h1 { font-size: 16pt } h2 { font-size: 12pt; margin: 6mm 0 1mm }
h1, h2, h3, caption { break-after: avoid } h3 { font-size: 10pt; margin: 4mm 0 1mm }
table { width: 100%; border-collapse: collapse; font-size: 8.5pt }
caption { text-align: left; font-weight: bold }
th, td { text-align: left; vertical-align: top; padding: 1mm 2mm 1mm 0; border-bottom: .3pt solid #767676 }
tr { break-inside: avoid } .facts th { width: 38%; font-weight: normal }
.demo { border: 1pt solid; padding: 2mm }
"""


class PdfMissing(Exception):
    """The programs that make PDF files are not installed on the server."""


def extract_pdf(extract: Extract, context: dict[str, Any]) -> bytes:
    """Raises PdfMissing."""
    return as_pdf(render_to_string("cases/extract_pdf.html", {**context, "extract": extract}))


def as_pdf(page: str) -> bytes:
    """A page that refers to nothing. Raises PdfMissing."""
    try:
        from weasyprint import CSS, HTML
    except OSError:
        raise PdfMissing from None
    made = HTML(string=page, url_fetcher=_nothing).write_pdf(
        stylesheets=[CSS(string=STYLE)], pdf_variant="pdf/ua-1"
    )
    return bytes(made or b"")


def _nothing(url: str, *_args: Any, **_options: Any) -> NoReturn:
    raise ValueError("the page refers to nothing")
