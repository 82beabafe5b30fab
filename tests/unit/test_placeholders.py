import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.domain import placeholders
from webapp.domain.errors import Invalid


def filled(text: str, defaults: dict[str, str] | None = None, **values: str) -> str:
    return placeholders.compile(text).render(values, defaults or {})


def test_fills_every_placeholder():
    assert filled("Hi {{name}}, {{city}} calls {{name}}.", name="Dana", city="Oslo") == (
        "Hi Dana, Oslo calls Dana."
    )


@pytest.mark.parametrize(
    "written", ["{{name}}", "{{ name }}", "{{NAME}}", "{{Name  }}", "{{\u00a0name}}", "{{ｎａｍｅ}}"]
)
def test_spaces_and_case_do_not_matter(written):
    assert filled(written, name="Dana") == "Dana"


@pytest.mark.parametrize(
    "name", ["first name", "Straße", "имя", "名前", "नाम", "نام‌خانوادگی", "שם", "_x1", "1", "الاسم"]
)
def test_names_may_be_of_any_script(name):
    message = placeholders.compile(f"a {{{{ {name} }}}} b")
    assert message.render(placeholders.by_key({name: "Dana"}), {}) == "a Dana b"


@pytest.mark.parametrize(
    "text",
    [
        "{{7*7}}",
        "{{config}}",
        "{{ config.items() }}",
        "{{x.y}}",
        "{{x[0]}}",
        "{{x|upper}}",
        "{% for x in y %}{% endfor %}",
        "${name}",
        "#{name}",
        "%s %(name)s %%",
        "{0.__class__}",
        "{name}",
        "{{{{name}}}}",
        "{{{name}}}",
        "{{{name}}",
        "{{name}}}",
        "{{}}",
        "{{ }}",
        "{{name",
        "name}}",
        "{{na{{me}}",
        "{{na\nme}}",
        "{{" + "x" * 81 + "}}",
        "\\1 \\g<0>",
        "",
    ],
)
def test_everything_else_comes_out_literally(text):
    assert filled(text, name="Dana") == text


def test_values_are_never_read_again():
    assert filled("{{a}} {{b}}", a="{{b}}", b="{{a}}") == "{{b}} {{a}}"
    assert filled("{{a}}{{b}}", a="{{", b="a}}") == "{{a}}"


@given(st.text("{}ab *.\n", max_size=40), st.text("{}ab", max_size=5), st.text("{}ab", max_size=5))
def test_one_pass_over_any_text(text, a, b):
    message = placeholders.compile(text)
    assert message.render({}, {}) == text
    unique = {"a": "\ue000", "b": "\ue001"}
    marked = message.render(unique, {})
    assert message.render({"a": a or "-", "b": b or "-"}, {}) == "".join(
        {"\ue000": a or "-", "\ue001": b or "-"}.get(ch, ch) for ch in marked
    )


def test_an_empty_value_takes_the_default():
    assert filled("Hi {{name}}", {"name": "friend"}, name="") == "Hi friend"
    assert filled("Hi {{name}}", {"name": "friend"}) == "Hi friend"
    assert filled("Hi {{name}}", {"name": "friend"}, name="Dana") == "Hi Dana"


def test_an_empty_value_without_default_is_left_out_and_named_missing():
    assert filled("Hi {{name}}!", name="") == "Hi !"
    message = placeholders.compile("{{Name}} {{City}} {{Code}} {{name}}")
    assert message.missing({"name": "", "code": "1"}, {"city": ""}) == ["Name", "City"]
    assert message.missing({"name": "", "code": "1"}, {"name": "x", "city": "y"}) == []


def test_names_come_in_order_and_once():
    text = "{{ City }} {{Name}} {{city}} {{7*7}} {{first  name}}"
    assert placeholders.names(text) == ["City", "Name", "first name"]
    assert placeholders.compile(text).keys == ("city", "name", "first name")


def test_a_message_of_exactly_the_limit_passes_and_one_more_does_not():
    message = placeholders.compile("{{a}}" + "x" * 4000)
    assert len(message.render({"a": "y" * 96}, {})) == 4096
    with pytest.raises(Invalid, match="4097 characters"):
        message.render({"a": "y" * 97}, {})


def test_an_emoji_counts_as_one_character():
    assert len(placeholders.compile("😀" * 4096).render({}, {})) == 4096


def test_a_text_that_is_too_long_before_filling_is_refused():
    with pytest.raises(Invalid, match="at most 4096"):
        placeholders.compile("x" * 4097)
    with pytest.raises(Invalid, match="at most 1024"):
        placeholders.compile("x" * 1025, limit=placeholders.MAX_TEMPLATE_BODY)


@pytest.mark.parametrize(
    ("value", "taken"),
    [
        ("Dana", "Dana"),
        (" Dana ", "Dana"),
        ("12 High St\r\nOslo", "12 High St Oslo"),
        ("a\tb", "a b"),
        ("a\u2028b\x0bc\x00d", "a b c d"),
        ("a\x1b\x1b\x1b\x1b\x08b", "a b"),
        ("a    b", "a    b"),
        ("a     b", "a b"),
        ("a\u00a0\u00a0\u00a0\u00a0\u00a0b", "a b"),
    ],
)
def test_a_template_parameter_becomes_one_line(value, taken):
    assert placeholders.template_parameter(value) == taken


@pytest.mark.parametrize("value", ["", "  ", "\n\t"])
def test_an_empty_template_parameter_is_refused(value):
    with pytest.raises(Invalid, match="no empty value"):
        placeholders.template_parameter(value)


@given(st.text())
def test_no_template_parameter_breaks_the_rule(value):
    try:
        taken = placeholders.template_parameter(value)
    except Invalid:
        return
    assert taken
    assert not set(taken) & set("\n\r\t")
    assert " " * 5 not in taken


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("Hi {{first name}, 50% today", ["{{first name}"]),
        ("Bye {{ unclosed\nand more", ["{{ unclosed"]),
        ("{{}}", ["{{}}"]),
        ("{{name}}{{{{name}}}}", ["{{{{name}}}}"]),
        ("Hi {name}}, hello", ["{name}}"]),
        ("Hi name}}.", ["name}}"]),
        ("{{first-name}} and {{ first-name }}", ["{{first-name}}", "{{ first-name }}"]),
        ("{{{name}}}", ["{{{name}}}"]),
        ("{{a}} {{ {{b}}", ["{{"]),
        ("{{" + "x" * 81 + "}}", ["{{" + "x" * 37 + "…"]),
    ],
)
def test_what_looks_like_a_placeholder_and_is_none_is_named(text, pieces):
    assert placeholders.broken(text) == pieces
    with pytest.raises(Invalid) as refusal:
        placeholders.require_whole("message", text)
    assert pieces[0] in str(refusal.value)


@pytest.mark.parametrize(
    "text",
    ["", "Hi {{name}}, {{ first name }}!", "{", "}", ":-} {smile} {0} {%", "{{name}} {x} {{city}}}"[:-1]],
)
def test_what_is_whole_and_single_braces_are_fine(text):
    assert placeholders.broken(text) == []
    placeholders.require_whole("message", text)
