"""Numbers through the JSON door."""

from tests.api.caller import Caller
from tests.campaigning import make_instance
from webapp.db import db


def test_a_number_tells_what_its_check_found_and_no_secret(caller: Caller) -> None:
    number = make_instance(caller.tenant_id)
    number.status = "refused"
    number.check_result = {
        "problems": [
            {"sentence": "The access token is not valid.", "advice": "Make another.", "blocking": True}
        ],
        "callbacks": {"sentence": "WhatsApp can not reach this address.", "details": "timeout"},
    }
    db.session.commit()
    told = caller.get(f"/whatsapp-instances/{number.id}")
    assert told["problems"] == [
        {"happened": "The access token is not valid.", "advice": "Make another.", "details": ""},
        {"happened": "WhatsApp can not reach this address.", "advice": "", "details": "timeout"},
    ]
    assert not {"accessToken", "appSecret", "verifyToken", "credentials"} & set(told)
    assert caller.post(f"/whatsapp-instances/{number.id}/pause")["status"] == "paused"
