import csv
import io
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from gateway.spreadsheets import UnknownKind, safe, table

HEAD = ("Wat", "Dag", "Bedrag")


@pytest.mark.parametrize(
    "text", ["=1+1", "+32470", "-cmd", "@SUM(A1)", "|calc", " =1+1", "\t=1+1", "\r\n=1", "＝1+1"]
)
def test_a_text_that_begins_as_a_formula_gets_an_apostrophe(text: str) -> None:
    assert safe(text).startswith("'")


@pytest.mark.parametrize("text", ["Huur van maart", "3 = drie", "", "é"])
def test_any_other_text_stays_as_it_is(text: str) -> None:
    assert text == safe(text)


def test_csv_is_as_a_belgian_excel_opens_it() -> None:
    made = table(".csv", HEAD, [("a;b", date(2027, 3, 1), Decimal("-1234.5")), (None, None, 3)], "")

    assert b"\xef\xbb\xbfWat;Dag;Bedrag\r\n" + b'"a;b";1/3/2027;-1234,50\r\n;;3\r\n' == made


@given(st.text(max_size=40))
def test_no_text_becomes_a_formula_in_either_file(text: str) -> None:
    rows = [(text, None, Decimal(1))]
    book = load_workbook(io.BytesIO(table(".xlsx", HEAD, rows, "Blad")))
    cell = book["Blad"]["A2"]
    (_, row) = csv.reader(
        io.StringIO(table(".csv", HEAD, rows, "").decode("utf-8-sig"), newline=""), delimiter=";"
    )

    assert cell.data_type in {"s", "n"}
    assert cell.value is None or not cell.value.startswith(("=", "+", "-", "@"))
    assert not row[0].startswith(("=", "+", "-", "@"))


def test_another_kind_is_refused() -> None:
    with pytest.raises(UnknownKind, match=r"Een bestand '.ods' kan Opstap niet maken"):
        table(".ods", HEAD, [], "Blad")
