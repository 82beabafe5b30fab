"""What the provider is told of a number."""

from tests.campaigning import APP_SECRET
from tests.processes import House
from webapp.models.whatsapp_instances import WhatsAppInstance


def tell_address(house: House, number: WhatsAppInstance) -> None:
    """From now on the simulator posts its news of the number to the running program."""
    url = f"{house.url}/callbacks/whatsapp/{number.id}"
    house.provider.ask("numbers", phoneNumberId=number.phone_number_id, appSecret=APP_SECRET, url=url)
