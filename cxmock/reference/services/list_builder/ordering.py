"""What an import is asked for: the request's JSON, and the objects that it names. See docs/reference/import.md."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from cxmock.reference.account import account
from cxmock.reference.envelope import Code, Refusal
from cxmock.reference.fields import read
from cxmock.reference.names import valid_name
from cxmock.reference.resources import Resource
from cxmock.reference.runtime import Runtime
from cxmock.reference.services.list_builder.asking import IMPORT, file_of
from cxmock.reference.services.list_builder.contacts import is_zone
from cxmock.reference.services.list_builder.decoding import encoding_named
from cxmock.reference.services.list_builder.kinds import layout_of
from cxmock.reference.services.list_builder.layout import DELIMITERS, Layout
from cxmock.reference.services.list_builder.numbers import is_country
from cxmock.reference.services.list_builder.pgp import Key
from cxmock.reference.services.list_builder.pgp_keys import PgpKeys
from cxmock.reference.services.list_builder.reading import Defaults, Rules
from cxmock.reference.services.list_builder.specification import SIZE_LIMIT, specification_of


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be imported."""

    name: str
    file: str
    """On the share."""
    mode: str = "create"
    """One of :data:`~cxmock.reference.services.list_builder.asking.MODES`."""
    defaults: Defaults = field(default_factory=Defaults)
    layout: Layout = field(default_factory=Layout)
    rules: Rules = field(default_factory=Rules)
    key: Key | None = None
    most: int | None = None
    """Rejected rows that are allowed."""
    percent: float | None = None
    """And in percent of all rows."""
    wait: bool = True


@dataclass
class Orders:
    """Reads requests.

    Args:
        runtime: the service's ways to others.
        mappings: data-mapping schemas.
        selections: selection rules.
        filters: filtering rules.
        uploads: upload rules.
        keys: PGP keys.
    """

    runtime: Runtime
    mappings: Resource
    selections: Resource
    filters: Resource
    uploads: Resource
    keys: PgpKeys

    async def read(self, data: Mapping[str, Any]) -> Order:
        """Return what a request for an import of contacts asks for.

        Raises:
            Refusal: a field is missing, cannot be, or names what is not there.
            BadSpecification: the specification file does not say how the file is laid out.
        """
        told = read(data, IMPORT)
        layout, told = await self._layout(told)
        mode = told["mode"] or ("append" if told["append"] else "create")
        if told["append"] and mode != "append":
            raise Refusal(Code.INVALID, f'"append" is true, and "mode" is {mode}.', "Say one of them.")
        upload = (await self.uploads.needed(told["uploadRule"])).data if told["uploadRule"] else {}
        if upload and mode != "create":
            raise Refusal(
                Code.INVALID, f'"uploadRule" makes new lists, and "mode" is {mode}.', "Leave one of them out."
            )
        rules = Rules(
            selection=await _condition(self.selections, told["selectionRule"]),
            filtering=await _condition(self.filters, told["filteringRule"]),
            upload=upload,
            duplicates=tuple(told["duplicatesBy"]),
            update=mode == "update",
        )
        if rules.update and not rules.duplicates:
            raise Refusal(Code.INVALID, '"duplicatesBy" is empty.', "An update has to know contacts by something.")
        return Order(
            told["name"],
            file_of(told["file"]),
            mode,
            defaults_of(told, await account(self.runtime)),
            layout,
            rules,
            await self.key_of(told),
            told["maxRejects"],
            told["maxRejectPercent"],
            told["wait"],
        )

    async def key_of(self, told: Mapping[str, Any]) -> Key | None:
        """Return the PGP key that a request names."""
        return await self.keys.key(told["pgpKey"]) if told["pgpKey"] else None

    async def _layout(self, told: dict[str, Any]) -> tuple[Layout, dict[str, Any]]:
        """Return the file's layout, and the request with what a specification file has for it."""
        named = [name for name in ("specification", "mapping", "delimiter") if told[name]]
        if len(named) > 1 and named != ["mapping", "delimiter"]:
            raise Refusal(Code.INVALID, f'"{named[0]}" says what "{named[1]}" says.', "Name one of them.")
        if told["specification"]:
            path = f"specifications/{valid_name('specification', told['specification'])}"
            data = await self.runtime.share.read(path, 0, SIZE_LIMIT + 1)
            found = specification_of(path, data)
            return found.layout, told | {name: told[name] or value for name, value in found.defaults.items()}
        layout = Layout()
        if told["mapping"]:
            layout = layout_of((await self.mappings.needed(told["mapping"])).data)
        return replace(layout, delimiter=DELIMITERS.get(told["delimiter"], layout.delimiter)), told


def defaults_of(told: Mapping[str, Any], account: Mapping[str, Any]) -> Defaults:
    """Return what holds for rows that do not say it: as the request says, else as the account is set."""
    country = (told["country"] or account["country"]).upper()
    if not is_country(country):
        raise Refusal(Code.INVALID, f'"country" is "{country:.20}".', "An ISO 3166 code of two letters, such as GB.")
    zone = told["timeZone"] or account["timeZone"]
    if not is_zone(zone):
        raise Refusal(Code.INVALID, f'"timeZone" is "{zone:.40}".', "An IANA name, such as Europe/Paris.")
    encoding = told["encoding"] or account["encoding"]
    return Defaults(encoding_named(encoding) if encoding else "", country, zone)


async def _condition(rules: Resource, name: str) -> Mapping[str, Any] | None:
    """Return the condition of a rule, None where none is named."""
    if not name:
        return None
    condition: Mapping[str, Any] = (await rules.needed(name)).data["condition"]
    return condition
