"""Files of the log: the rows of the page, no formula, never silently short, and logged with their number."""

import csv
import io
import re

from tests.consent.test_paper import unpacked
from tests.oversight.test_patterns import set_number
from tests.pages import at_pages

from multiagency.demo import story
from multiagency.oversight import pages_export as export_routes
from multiagency.oversight.reading_export import as_csv


def rows_in(content):
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))


def test_no_cell_begins_a_formula():
    cells = ["=1+1", "+358", "-1", "@SUM(A1)", "\tx", "\rx", "Elina", ""]
    assert rows_in(as_csv([cells])) == [["'=1+1", "'+358", "'-1", "'@SUM(A1)", "'\tx", "'\rx", "Elina", ""]]


async def test_a_table_holds_the_rows_of_the_page_and_says_what_it_left_behind(house):
    case = await house.submitted()
    await house.fetch("UPDATE person SET name = '=HYPERLINK(1)' WHERE name LIKE 'Paula%'")
    await (await house.person("coordinator")).get(f"/cases/{case}")
    auditor, api = await at_pages(house, "auditor"), await house.person("auditor")
    before = await api.get(f"/audit/entries?case={case}")
    response = await auditor.get(f"/audit/export.csv?case={case}")
    assert re.fullmatch(r'attachment; filename="log-\d{4}-\d\d-\d\d\.csv"', response.headers["content-disposition"])
    heading, *rows = rows_in(response.content)
    assert len(rows.pop()) == 1, "a sentence"
    assert len(rows) == len(before) + 1, "everything, with the reading just before"
    assert len({len(row) for row in (heading, *rows)}) == 1
    assert any(row[2].startswith("'=HYPERLINK(1)") for row in rows)
    assert {row[5] for row in rows} == {case}
    assert not any(str(secret) in response.text for secret in story.SECRETS if " " in str(secret))
    await set_number(house, "export_rows", 3)
    assert "3 uusinta" in (await auditor.get(f"/audit/export?case={case}")).text
    rows = rows_in((await auditor.get(f"/audit/export.csv?case={case}")).content)
    assert len(rows) == 1 + 3 + 2
    assert "3 uusinta" in rows[-1][0]
    taken = await api.get(f"/audit/entries?act=export_log&case={case}")
    assert [entry["body"]["result"] for entry in taken] == ["exported:3", f"exported:{len(before) + 1}"]
    await auditor.get("/audit/export.csv?person=x", 422)
    await (await at_pages(house, "administrator")).get("/audit/export.csv", 403)


async def test_a_document_says_who_took_it_by_which_filter_under_which_checkpoint(house, monkeypatch):
    case = await house.submitted()
    auditor = await at_pages(house, "auditor")
    told, make_pdf = {}, export_routes.make_pdf

    def noting(room, template, language, title, data):
        told.update(data)
        return make_pdf(room, template, language, title, data)

    monkeypatch.setattr(export_routes, "make_pdf", noting)
    await auditor.get(f"/audit/export.pdf?case={case}")
    assert "Lokia ei voi" in told["checkpoint"] or told["checkpoint"]
    await house.number_log()
    response = await auditor.get(f"/audit/export.pdf?case={case}&mode=read")
    assert response.headers["content-type"] == "application/pdf"
    plain = unpacked(response.content)
    assert b"pdfuaid" in plain
    facts = dict(told["facts"])
    assert facts["Otteen ottaja"].startswith("Risto Vaarala, tietosuojavastaava")
    assert facts["Asian tunnus"] == case
    assert facts["Tapa"] == "katseli"
    assert int(facts["Merkintöjä"]) == len(told["rows"]) > 0
    note = (await house.fetch("SELECT note FROM audit_checkpoint ORDER BY tree_size DESC LIMIT 1"))[0]["note"]
    assert told["checkpoint"] == note.strip()
