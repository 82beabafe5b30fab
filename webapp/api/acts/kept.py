"""The acts that every kept object has: list, look, create, change, to the trash and back."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from webapp.api.acts.act import Act, Holder, Told, page_of, place
from webapp.api.shapes.base import Shape
from webapp.api.shapes.lists import Asked, list_of


@dataclass(frozen=True, slots=True)
class Kept:
    """A kind of object, by what the acts about it are made of.

    Args:
        room: as the tRPC door calls it: "messageTemplates".
        path: of the JSON API: "/message-templates".
        noun: as sentences call one: "message template".
        wrapped: under which name the tRPC door answers with one.
        scope: what comes before :read and :write.
        service: the verbs get, listed, remove, restore.
        described: tells one.
        create, change: take the holder, an id to change, and what is given; each answers with what is told.
    """

    room: str
    path: str
    noun: str
    wrapped: str
    scope: str
    service: Any
    described: Callable[[Any], Told]
    told: type[Shape]
    new: type[Shape]
    changed: type[Shape]
    asked: type[Asked]
    create: Callable[[Holder, Any], Told]
    change: Callable[[Holder, uuid.UUID, Any], Told]
    look: Callable[[Holder, uuid.UUID], Told] | None = None
    told_new: type[Shape] | None = None
    told_whole: type[Shape] | None = None
    is_on_trpc: bool = True

    def acts(self) -> tuple[Act, ...]:
        whole = self.told_whole or self.told
        return (
            self._act("list", f"The {self.noun}s, newest first, a page at a time.", "GET", self._listed,
                      takes=self.asked, gives=list_of(self.told)),
            self._act("getById", f"One {self.noun}.", "GET", self.look or self._look, one=True, gives=whole,
                      wrapped=self.wrapped),
            self._act("create", f"Make a {self.noun}.", "POST", self.create, takes=self.new, status=201,
                      gives=self.told_new or whole, wrapped=self.wrapped),
            self._act("update", f"Change a {self.noun}; what is left out stays as it is.", "PATCH", self.change,
                      one=True, takes=self.changed, gives=whole, wrapped=self.wrapped),
            self._act("delete", f"Move a {self.noun} to the trash.", "DELETE", self._remove, one=True, status=204),
            self._act("restore", f"Bring a {self.noun} back from the trash.", "POST", self._restore, one=True,
                      path="/restore", gives=whole, wrapped=self.wrapped),
        )  # fmt: skip

    def act(self, name: str, about: str, method: Any, path: str, run: Callable[..., Any], **more: Any) -> Act:
        """One more act about one of these objects."""
        return self._act(name, about, method, run, one=True, path=path, **more)

    def act_on_many(self, name: str, about: str, path: str, run: Callable[..., Any], **more: Any) -> Act:
        """One more act, about several of these objects."""
        return self._act(name, about, "POST", run, path=path, **more)

    def _act(
        self, name: str, about: str, method: Any, run: Callable[..., Any], *,
        one: bool = False, path: str = "", scope: str = "", trpc: bool = True, **more: Any,
    ) -> Act:  # fmt: skip
        return Act(
            name=f"{self.room}.{name}",
            room=self.room,
            about=about,
            scope=scope or f"{self.scope}:{'read' if method == 'GET' else 'write'}",
            method=method,
            path=self.path + ("/<uuid:id>" if one else "") + path,
            run=run,
            procedure=f"{self.room}.{name}" if self.is_on_trpc and trpc else "",
            **more,
        )

    def _listed(self, holder: Holder, asked: Asked) -> Told:
        given = {
            name: value for name, value in asked if value is not None and name not in ("cursor", "limit")
        }
        page = self.service.listed(holder.tenant_id, limit=asked.limit, **given, **place(asked.cursor))
        return page_of(page, self.described)

    def _look(self, holder: Holder, key: uuid.UUID) -> Told:
        return self.described(self.service.get(holder.tenant_id, key))

    def _remove(self, holder: Holder, key: uuid.UUID) -> None:
        self.service.remove(holder.tenant_id, key)

    def _restore(self, holder: Holder, key: uuid.UUID) -> Told:
        restored = self.service.restore(holder.tenant_id, key)
        return self.look(holder, restored.id) if self.look else self.described(restored)
