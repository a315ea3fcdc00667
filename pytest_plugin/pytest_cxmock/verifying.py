"""Tries promises for marked tests: loaded by the first of them, since it needs nearly all of cxmock."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from cxmock.contracts.aiming import target_of
from cxmock.contracts.arrangers import arranger_of
from cxmock.contracts.chosen import Chosen
from cxmock.contracts.targets import Target
from cxmock.errors import CxmockError
from cxmock.errors.verifying import NotATarget
from cxmock.testbed import Testbed
from cxmock.testbed.trusting import trusted_file, trusting
from cxmock.testbed.verifying import TestbedVerifier
from pytest_cxmock.verifies import Promise


class Verifying:
    """Holds warm verifiers, one for each set of certificates that is trusted and each time limit."""

    def __init__(self, testbed: Testbed) -> None:
        self._testbed = testbed
        self._verifiers: dict[tuple[Path, float], TestbedVerifier] = {}

    def try_promise(self, promise: Promise, url: Any, states: Any) -> None:
        """Try a promise; the running test fails with the explanation, as text, if it is not kept.

        Args:
            promise: what is tried.
            url: a URL, what has one, a callable that returns one, or these by component; None for the testbed's part.
            states: who brings about its states.
        """
        try:
            self._check(promise, url, states)
        except CxmockError as error:
            raise pytest.fail.Exception(str(error), pytrace=False) from None

    def close(self) -> None:
        """End the engines."""
        for verifier in self._verifiers.values():
            verifier.close()
        self._verifiers.clear()

    def _check(self, promise: Promise, url: Any, states: Any) -> None:
        target = _target(promise.number, url, os.environ.get("CX_SFTP_HOST_KEY", ""))
        secure = target is not None and any(one.startswith("https:") for one in target.urls.values())
        secure = secure or (isinstance(states, str) and states.startswith("https:"))
        wish = promise.wish
        trusted = trusted_file(self._testbed, wish.ca, others=secure)
        verifier = self._verifier(trusted, wish.within)
        verifier.aim(promise.number, target)
        if target is None:
            verifier.start([Chosen(promise.number, promise.contract, (promise.place,))])
        if states is not None:
            context = trusting(trusted) if isinstance(states, str) else None
            verifier.states = arranger_of(states, context=context, within=wish.within)
        try:
            verifier.check(promise.number, promise.contract, promise.place).raise_unless_kept()
        finally:
            verifier.release()

    def _verifier(self, trusted: Path, within: float) -> TestbedVerifier:
        key = trusted, within
        if key not in self._verifiers:
            self._verifiers[key] = TestbedVerifier(self._testbed, wired=True, ca_file=trusted, within=within)
        return self._verifiers[key]


def _target(number: int, url: Any, host_key: str) -> Target | None:
    """Return the target that a marker's ``url`` means, after callables were called.

    Raises:
        NotATarget: it means none.
    """
    if url is None:
        return None
    if isinstance(url, Mapping):
        urls: dict[str, str] = {}
        for component, one in url.items():
            urls |= target_of(number, _text(number, one), str(component), host_key=host_key).urls
        return Target(urls, host_key)
    return target_of(number, _text(number, url), host_key=host_key)


def _text(number: int, url: Any) -> str:
    found = url() if callable(url) else url
    found = found if isinstance(found, str) else getattr(found, "url", found)
    if not isinstance(found, str):
        raise NotATarget(
            f"{number}={found!r}", "it is neither text nor has it a url", f"{number}=http://localhost:9000"
        )
    return found
