"""A matcher for Pact V4 of our own: pure, compiled once per interaction, able to explain.

It agrees with Pact's engine (the differential test holds it to that) save for the differences that
``docs/reference/matcher-differences.md`` lists. What it is for: conformance, stubs and explanations. Verification
leaves the verdict to Pact's engine.

>>> from cxmock.contracts.model import Body, Message
>>> promised = compile_message(Message(contents=Body({"a": 1}, "application/json")))
>>> print(*promised.mismatches({"a": 2}))
body $.a: is 2 (whole number), not 1 (whole number)
"""

from cxmock.contracts.matching.bodies import Content, NotComparable
from cxmock.contracts.matching.http import (
    RequestMatcher,
    ResponseMatcher,
    SeenRequest,
    SeenResponse,
    compile_request,
    compile_response,
)
from cxmock.contracts.matching.messages import MessageMatcher, compile_message
from cxmock.contracts.matching.rules import RuleFault

__all__ = [
    "Content",
    "MessageMatcher",
    "NotComparable",
    "RequestMatcher",
    "ResponseMatcher",
    "RuleFault",
    "SeenRequest",
    "SeenResponse",
    "compile_message",
    "compile_request",
    "compile_response",
]
