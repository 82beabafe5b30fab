"""What is written of events is what is told."""

import pytest

from scripts import event_docs
from webapp.api.shapes.base import Shape
from webapp.api.shapes.events import PAYLOADS, Event, WebhookTested
from webapp.domain.events import EVENTS


def test_the_documents_are_what_the_models_say() -> None:
    text = event_docs.DOCS.read_text()
    assert text == event_docs.put_into(text), "run python -m scripts.event_docs"
    assert text.count(event_docs.BEGIN) == text.count(event_docs.END) == 1


def test_every_event_has_its_line_and_its_payload() -> None:
    text = event_docs.DOCS.read_text()
    for name, kind in EVENTS.items():
        assert f"| `{name}` | {kind.meaning} |" in text
    headings = " ".join(line for line in text.splitlines() if line.startswith("### The payload"))
    assert all(f"`{name}`" in headings for name in EVENTS)


@pytest.mark.parametrize("shape", [Event, WebhookTested, *dict.fromkeys(PAYLOADS.values())])
def test_each_example_is_what_it_is_an_example_of(shape: type[Shape]) -> None:
    example = event_docs.example(shape)
    shape.read(example)
    assert list(example) == list(shape.model_json_schema()["properties"])
