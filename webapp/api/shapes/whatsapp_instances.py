"""WhatsApp instances on the wire: the numbers that send. Their secrets go in and never out."""

from typing import Annotated, Literal

from pydantic import Field

from webapp.api.shapes.base import AT, WHOLE, Id, Moment, Shape, left_out

Name = Annotated[str, Field(min_length=1, max_length=100, examples=["Shop"])]
PhoneNumber = Annotated[str, Field(min_length=1, max_length=100, examples=["+12025550100"])]
BaseUrl = Annotated[str, Field(min_length=1, max_length=500, examples=["https://graph.facebook.com"])]
ApiVersion = Annotated[str, Field(max_length=10, examples=["v23.0"])]
ProviderId = Annotated[str, Field(min_length=1, max_length=100, examples=["106540352242922"])]
Speed = Annotated[int, Field(ge=1, le=1000, examples=[80]), WHOLE]
Secret = Annotated[
    str,
    Field(
        max_length=1000,
        description="Never told again.",
        json_schema_extra={"writeOnly": True},
        examples=["EAAG0token"],
    ),
]


class WhatsappInstance(Shape):
    """A number that sends, as it stands at the provider."""

    id: Id
    name: Annotated[str, Field(examples=["Shop"])]
    phone_number: Annotated[str, Field(examples=["+12025550100"])]
    provider: Literal["cloud"]
    base_url: Annotated[str, Field(examples=["https://graph.facebook.com"])]
    api_version: Annotated[str, Field(examples=["v23.0"])]
    phone_number_id: Annotated[str, Field(examples=["106540352242922"])]
    business_account_id: Annotated[str, Field(examples=["102290129340398"])]
    messages_per_second: Annotated[int, Field(examples=[80])]
    status: Annotated[
        Literal["unchecked", "checking", "connected", "refused", "paused"], Field(examples=["connected"])
    ]
    quality: Annotated[Literal["GREEN", "YELLOW", "RED", "UNKNOWN"], Field(examples=["GREEN"])]
    created_at: Moment
    updated_at: Moment


class Trouble(Shape):
    """What a check found, what to do about it, and what WhatsApp said of it in its own words."""

    happened: Annotated[str, Field(examples=["The access token is no longer valid."])]
    advice: Annotated[str, Field(examples=["Make a new one at Meta and put it in here."])]
    details: Annotated[str, Field(examples=["Error validating access token"])]


class WhatsappInstanceWhole(WhatsappInstance):
    """One number with what its last check found."""

    checked_at: Annotated[Moment | None, Field(examples=[AT])]
    problems: list[Trouble]


class WhatsappInstanceNew(Shape):
    """A number that is connected, and checked at once in the background."""

    name: Name
    phone_number: PhoneNumber
    phone_number_id: ProviderId
    business_account_id: ProviderId
    access_token: Annotated[Secret, Field(min_length=1)]
    app_secret: Annotated[Secret, Field(min_length=1)]
    verify_token: Secret = Field(default="", description="Made up when it is left out.")
    provider: Literal["cloud"] = "cloud"
    base_url: BaseUrl = "https://graph.facebook.com"
    api_version: ApiVersion = "v23.0"
    messages_per_second: Speed = 80


class WhatsappInstanceChange(Shape):
    """What changes; the rest stays, secrets too. Changed access is checked again."""

    name: Name = left_out()
    phone_number: PhoneNumber = left_out()
    phone_number_id: ProviderId = left_out()
    business_account_id: ProviderId = left_out()
    access_token: Secret = left_out()
    app_secret: Secret = left_out()
    verify_token: Secret = left_out()
    provider: Literal["cloud"] = left_out()
    base_url: BaseUrl = left_out()
    api_version: ApiVersion = left_out()
    messages_per_second: Speed = left_out()
