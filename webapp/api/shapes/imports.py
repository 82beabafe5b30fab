"""Imports of contacts on the wire."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from webapp.api.shapes.base import AT, ID, Id, Moment, Shape

OnExisting = Annotated[
    Literal["update", "fill", "keep"],
    Field(
        description="Of people who are here already: update what the list says, fill what is empty, or keep all.",
        examples=["update"],
    ),
]
Count = Annotated[int, Field(examples=[0])]


class Import(Shape):
    """A list of contacts on its way in, in the background. `error` says why it ended early."""

    id: Id
    file_name: Annotated[str, Field(examples=["contacts.ndjson"])]
    group_id: Annotated[Id | None, Field(examples=[ID])]
    on_existing: OnExisting
    status: Annotated[
        Literal["uploaded", "queued", "reading", "merging", "completed", "failed", "cancelled"],
        Field(examples=["completed"]),
    ]
    error: Annotated[str | None, Field(examples=[None])]
    rows: Count
    added: Count
    updated: Count
    unchanged: Count
    repeated: Annotated[
        int, Field(description="Rows about somebody whom a later row names again.", examples=[0])
    ]
    refused: Count
    created_at: Moment
    completed_at: Annotated[Moment | None, Field(examples=[AT])]


class ImportTold(Import):
    """The import, and where the refused rows are, with the reason of each; null when there are none."""

    refused_url: Annotated[
        str | None, Field(examples=[f"https://crier.example/api/v1/contacts/imports/{ID}/refused"])
    ]


class ImportAsked(Shape):
    """How a list comes in."""

    model_config = ConfigDict(strict=False)

    group_id: Annotated[Id | None, Field(description="A group that everybody joins.", examples=[ID])] = None
    on_existing: OnExisting = "update"
    file_name: Annotated[str, Field(max_length=200, examples=["spring.csv"])] = ""
