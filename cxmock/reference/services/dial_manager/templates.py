"""Where messages come from: the campaign group's own properties in Configuration, read through GWS (row 11)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from cxmock.reference.resources import Resource
from cxmock.reference.runtime import Runtime
from cxmock.reference.services.dial_manager.message_templates import template_of
from cxmock.reference.services.dial_manager.template import Template

OWN = "CXContact"
"""The section in which CX Contact keeps what Configuration has no place for."""
KEPT = 1000
_NAMED = re.compile(r"\{template:([^{}]+)\}")


@dataclass
class Templates:
    """The messages of campaign groups. Each is read once after a campaign group was loaded."""

    runtime: Runtime
    kept: Resource
    """The message templates."""
    known: dict[tuple[str, str], Template] = field(default_factory=dict)
    """Campaign group, and GUID of its loading (empty: any) -> its message."""

    async def of(self, name: str, guid: str) -> Template:
        """Return what campaign group ``name`` sends since it was loaded as ``guid``.

        Raises:
            Refusal: there is no such campaign group (604), or it has no message that can be sent (652).
        """
        template = self.known.get((name, guid)) or self.known.get((name, ""))
        if template is None:
            own = _own_properties(await self.runtime.gws.needed("campaign-groups", name))
            template = await self._written(
                Template(own.get("message", ""), own.get("subject", ""), own.get("sender", ""))
            )
            template.check()
            self.known[name, guid] = template
            if len(self.known) > KEPT:
                del self.known[next(iter(self.known))]
        return template

    async def _written(self, template: Template) -> Template:
        """Return what a message says: itself, or, where it is ``{template:NAME}``, the message template of that name.

        Raises:
            Refusal: there is no such message template (604).
        """
        named = _NAMED.fullmatch(template.text.strip())
        if named is None:
            return template
        kept = template_of((await self.kept.needed(named[1])).data)
        return Template(kept.text, template.subject or kept.subject, template.sender or kept.sender)


def _own_properties(attributes: dict[str, Any]) -> dict[str, str]:
    for section in attributes.get("userProperties") or ():
        if section.get("key") == OWN:
            return {one["key"]: str(one["value"]) for one in section["value"]}
    return {}
