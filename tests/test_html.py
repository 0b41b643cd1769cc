"""The builder lets no text become markup and no address become a program."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbconvert.filters import markdown2html_mistune

from sora_nb.html import Html, as_output, element, join

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</title></style></textarea><svg onload=alert(1)>",
    "<!-- --><b>bold</b>",
    "&lt;already&gt; &amp; &#60;b&#62;",
    "<![CDATA[<b>]]>",
    "{{constructor.constructor('alert(1)')()}}",
]


class Reader(HTMLParser):
    """What a browser would see: the elements with their attributes, and the text."""

    def __init__(self, markup: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("text", HOSTILE)
def test_text_stays_text(text):
    seen = Reader(element("p", text, title=text))
    assert seen.elements == [("p", {"title": text})]
    assert seen.text == text


@pytest.mark.parametrize("text", HOSTILE[:5])
def test_the_reader_would_see_it_become_markup(text):
    raw = Reader(f"""<p title="{text}" lang='{text}'>{text}</p>""")
    assert raw.elements != [("p", {"title": text, "lang": text})] or raw.text != text


@given(st.text(st.characters(exclude_characters="\r\0", exclude_categories=["Cs"])))
def test_any_text_stays_text(text):
    seen = Reader(element("p", text, data_text=text))
    assert seen.elements == [("p", {"data-text": text})]
    assert seen.text == text


def test_markup_is_only_what_was_built_here():
    bold = element("b", "x")
    assert element("p", bold) == "<p><b>x</b></p>"
    assert element("p", str(bold)) == "<p>&lt;b&gt;x&lt;/b&gt;</p>"
    assert element("p", bold + "<i>") == "<p>&lt;b&gt;x&lt;/b&gt;&lt;i&gt;</p>"
    assert element("p", f"{bold}") == "<p>&lt;b&gt;x&lt;/b&gt;</p>"
    assert bold._repr_html_() == '<div class="tex2jax_ignore mathjax_ignore"><b>x</b></div>'
    assert type(bold._repr_html_()) is str


def test_children_are_joined_in_order_and_none_is_nothing():
    assert join(["a", None, 1, 2.5, [element("br"), (each for each in "bc")]]) == "a12.5<br>bc"
    assert element("td", None) == "<td></td>"


def test_an_element_without_content_is_not_closed():
    assert element("img", src="a.jpg", alt="") == '<img src="a.jpg" alt="">'


def test_attributes_are_written_as_they_are_named():
    built = element("div", class_="a b", aria_label="x", hidden=True, title=None, open=False, tabindex=0, name="n")
    assert built == '<div class="a b" aria-label="x" hidden tabindex="0" name="n"></div>'


@pytest.mark.parametrize(
    "address",
    [
        "https://example.org/a.mp4?x=1",
        "http://localhost:8888/files/a.mp4",
        "blob:https://example.org/1",
        "data:image/jpeg;base64,AA==",
        "data:video/mp4;base64,AA==",
        "#take-3",
        "files/a.mp4",
        "../a%20b.mp4?token=a-b",
        "/files/a.mp4#t=5,8",
    ],
)
@pytest.mark.parametrize("name", ["href", "src", "poster"])
def test_an_address_that_is_one_is_kept(name, address):
    assert element("a", **{name: address}) == f'<a {name}="{address}"></a>'


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        " javascript:alert(1)",
        "java\tscript:alert(1)",
        "java\nscript:alert(1)",
        "\x01javascript:alert(1)",
        "javascript&colon;alert(1)",
        "vbscript:x",
        "data:text/html,<script>alert(1)</script>",
        "data:application/javascript,alert(1)",
        "file:///etc/passwd",
        "//example.org/a.js",
        "/\\example.org/a.js",
        "\\\\example.org\\share",
        "",
    ],
)
@pytest.mark.parametrize("name", ["href", "src", "poster"])
def test_an_address_that_is_a_program_or_leads_elsewhere_unseen_is_left_out(name, address):
    assert element("a", **{name: address}) == "<a></a>"


@pytest.mark.parametrize(
    "name", ["script", "iframe", "object", "embed", "base", "link", "form", "b onclick", "B", "", "1"]
)
def test_some_elements_are_not_built(name):
    with pytest.raises(ValueError, match="not an element"):
        element(name)


@pytest.mark.parametrize("name", ["onclick", "onerror", "ONLOAD", "a b", 'a"', "a>", "", "_"])
def test_some_attributes_are_not_written(name):
    with pytest.raises(ValueError, match="not an attribute"):
        element("p", **{name: "x"})


def test_a_style_sheet_is_put_in_as_it_is_only_by_intent():
    sheet = 'a::after { content: ">"; }'
    assert element("style", Html(sheet)) == f"<style>{sheet}</style>"
    assert "</style><b>" not in element("style", "</style><b>")


def test_what_follows_a_blank_line_does_not_become_markdown():
    text = "a\n\n![x](https://stray.example/x.png) \r\r # b"
    fetched = '<img src="https://stray.example/x.png"'
    assert fetched in markdown2html_mistune(f"<div>{text}</div>")
    shown = markdown2html_mistune(str(element("div", text, title=text)))
    assert fetched not in shown
    read = Reader(shown)
    assert read.text.strip() == text and read.elements[0][1]["title"] == text


def test_an_output_keeps_dollars_from_becoming_a_formula():
    shown = Reader(as_output(element("p", "$5 and $6")))
    assert shown.elements[0] == ("div", {"class": "tex2jax_ignore mathjax_ignore"}) and shown.text == "$5 and $6"
