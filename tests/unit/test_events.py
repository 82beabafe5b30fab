import pytest

from webapp.domain.errors import Invalid
from webapp.domain.events import EVENTS, WEBHOOK_EVENTS, chosen

CONTRACT = {
    *("contact_created", "contact_updated", "contact_deleted", "contacts_imported"),
    *("group_created", "group_updated", "group_deleted"),
    *("campaign_created", "campaign_updated", "campaign_deleted"),
    *("campaign_status_changed", "campaign_progressed"),
    *("template_created", "template_updated", "template_deleted"),
    *("webhook_created", "webhook_updated", "webhook_deleted", "webhook_triggered"),
    *("message_received", "message_status_changed"),
}


def test_the_catalogue_is_the_contract():
    assert set(EVENTS) == CONTRACT


def test_two_events_stay_inside_the_house():
    assert set(EVENTS) - set(WEBHOOK_EVENTS) == {"webhook_triggered", "campaign_progressed"}


def test_messages_are_told_only_to_webhooks_that_chose_them():
    by_choice = {name for name, kind in EVENTS.items() if kind.only_if_chosen}
    assert by_choice == {"message_received", "message_status_changed"}


def test_every_event_says_what_it_is_about_in_one_sentence():
    for name, kind in EVENTS.items():
        assert kind.about in name or kind.about == "import"
        assert kind.meaning.endswith(".")


def test_a_choice_is_put_in_order_and_stripped_of_repeats():
    assert chosen(["group_created", "contact_created", "group_created"]) == (
        "contact_created",
        "group_created",
    )


@pytest.mark.parametrize("names", [["contact_creatd"], ["contact_created", "webhook_triggered"], []])
def test_a_choice_that_can_not_be_heard_is_refused(names):
    with pytest.raises(Invalid):
        chosen(names)
