import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.domain.whatsapp_text import Line, Segment, lines, segments

BOLD, ALL_THREE = frozenset({"bold"}), frozenset({"bold", "italic", "strike"})
MONO, CODE = frozenset({"mono"}), frozenset({"code"})


def looks(text: str) -> str:
    """The segments in a notation that is quick to read: <b>, <i>, <s>, <m>, <c>, <q>, <a>."""
    shown = ""
    for segment in segments(text):
        tags = sorted(style[0] for style in segment.styles) + (["a"] if segment.href else [])
        opened = "".join(f"<{tag}>" for tag in tags)
        closed = "".join(f"</{tag}>" for tag in reversed(tags))
        shown += f"{opened}{segment.text}{closed}"
    return shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("*bold*", "<b>bold</b>"),
        ("_italic_", "<i>italic</i>"),
        ("~gone~", "<s>gone</s>"),
        ("```mono```", "<m>mono</m>"),
        ("`code`", "<c>code</c>"),
        ("a *b c* d", "a <b>b c</b> d"),
        ("*a* *b*", "<b>a</b> <b>b</b>"),
        ("(*a*), *b*.", "(<b>a</b>), <b>b</b>."),
        ("*_both_*", "<b><i>both</i></b>"),
        ("_*both*_", "<b><i>both</i></b>"),
        ("*a _b_ c*", "<b>a </b><b><i>b</i></b><b> c</b>"),
        ("*_~all~_*", "<b><i><s>all</s></i></b>"),
        ("*Привет* _שלום_", "<b>Привет</b> <i>שלום</i>"),
        ("*a* `b` _c_", "<b>a</b> <c>b</c> <i>c</i>"),
        ("*a `*b*` c*", "<b>a </b><b><c>*b*</c></b><b> c</b>"),
        ("```a *b*\nc```", "<m>a *b*\nc</m>"),
        ("**bold**", "*<b>bold</b>*"),
        ("*a*\n*b*", "<b>a</b>\n<b>b</b>"),
    ],
)
def test_markers_give_a_look(text, shown):
    assert looks(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "",
        "plain",
        "*open",
        "open*",
        "x * a*b",
        "*a *",
        "2*3*4",
        "a*b*",
        "*a*b",
        "snake_case_name",
        "_a b",
        "*a\nb*",
        "**",
        "****",
        "x * *",
        "_",
        "~~",
        "``` ```",
        "```",
        "``",
        "` `",
        "`a\nb`",
        "a\n\nb\n",
        "<b>&amp;</b>",
    ],
)
def test_everything_else_stays_literal(text):
    assert looks(text) == text


def test_styles_that_overlap_end_with_the_outer_one():
    assert looks("*a _b* c_") == "<b>a _b</b> c_"


@pytest.mark.parametrize(
    ("text", "link", "href"),
    [
        ("see https://example.com/a_b_c?x=*1*#y now", "https://example.com/a_b_c?x=*1*#y", None),
        ("HTTP://EXAMPLE.COM", "HTTP://EXAMPLE.COM", None),
        ("(https://example.com/a).", "https://example.com/a", None),
        ("https://example.com/a_(b)", "https://example.com/a_(b)", None),
        ("at https://example.com!", "https://example.com", None),
        ("www.example.museum/x", "www.example.museum/x", "https://www.example.museum/x"),
        ("go to example.com, please", "example.com", "https://example.com"),
        ("my.shop.co.uk/sale", "my.shop.co.uk/sale", "https://my.shop.co.uk/sale"),
        ("müller.de", "müller.de", "https://müller.de"),
        ("example.com:8080/x", "example.com:8080/x", "https://example.com:8080/x"),
    ],
)
def test_addresses_become_links(text, link, href):
    found = [segment for segment in segments(text) if segment.href]
    assert found == [Segment(link, href=href or link)]
    assert "".join(segment.text for segment in segments(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "dana@example.com",
        "first.last@example.com",
        "javascript:alert(1)",
        "javascript://example.com/%0aalert(1)",
        "data:text/html,x",
        "ftp://example.com",
        "file:///etc/passwd",
        "https://",
        "http://.",
        "e.g. this",
        "v1.2.3",
        "10.30",
        "www.",
        "wait...what",
        "xhttps://",
        "my_example.com_x",
    ],
)
def test_nothing_else_becomes_a_link(text):
    assert segments(text) == [Segment(text)]


def test_a_link_may_be_bold():
    assert segments("*https://example.com/a_b_*") == [
        Segment("https://example.com/a_b", BOLD, "https://example.com/a_b"),
        Segment("_", BOLD),
    ]
    assert looks("_see example.com_ *example.org*") == (
        "<i>see </i><i><a>example.com</a></i> <b><a>example.org</a></b>"
    )


def test_lists_and_quotes_are_lines_of_a_kind():
    assert lines("> *a* b\n- one\n* two\n10. ten\nend") == [
        Line("quote", (Segment("a", BOLD), Segment(" b"))),
        Line("bullet", (Segment("one"),), "•"),
        Line("bullet", (Segment("two"),), "•"),
        Line("number", (Segment("ten"),), "10."),
        Line("text", (Segment("end"),)),
    ]
    assert looks("> a\n- b\n1. c") == "<q>a</q>\n• b\n1. c"


@pytest.mark.parametrize("text", [">a", "-a", "- ", "1.a", "a - b", "a > b", "1) a"])
def test_other_beginnings_are_text(text):
    assert lines(text)[0].kind == "text"


def test_code_over_several_lines_is_one_line_of_its_own_look():
    assert lines("```- a\n> b```\n- c") == [
        Line("text", (Segment("- a\n> b", MONO),)),
        Line("bullet", (Segment("c"),), "•"),
    ]


def test_windows_line_ends_are_line_ends():
    assert looks("*a*\r\n*b*") == "<b>a</b>\n<b>b</b>"


marked = st.text("*_~`ab. \n>-1/:", max_size=30) | st.text(max_size=30)


def letters(shown: str) -> str:
    return "".join(ch for ch in shown if ch.isalnum() or ch == "\n")


@given(marked)
def test_nothing_is_lost_or_added_but_markers(text):
    shown = "".join(segment.text for segment in segments(text))
    assert letters(shown) == letters(text.replace("\r\n", "\n"))
    assert all(segment.text for segment in segments(text))


@pytest.mark.parametrize("unit", ["*a ", "_*~", "`", "```", "a.", "a-", "https://a)", "> ", "*", "a*", "~ ~"])
def test_a_long_hostile_text_is_read_to_its_end(unit):
    text = (unit * 4096)[:4096]
    assert letters("".join(segment.text for segment in segments(text))) == letters(text)


@given(st.text("*_~ab", max_size=12))
def test_at_most_three_styles_are_nested(text):
    assert all(segment.styles <= ALL_THREE for segment in segments(text))


def test_code_and_mono_differ():
    assert segments("`a` ```b```") == [Segment("a", CODE), Segment(" "), Segment("b", MONO)]
