"""Messages of Configuration Server and OCS (connections 10 and 9), and a framing of our own for them.

The names of the messages and what they mean are observed; the vendor's bytes are not public. So whatever speaks here
takes a :class:`Codec`, and ours (:class:`JsonFraming`) is only the default: a site that holds the vendor's SDK can plug
in its own.
"""

from cxmock.wire.genesys.decoder import GenesysDecoder
from cxmock.wire.genesys.framing import JsonFraming
from cxmock.wire.genesys.message import FINAL_AFTER, HANDSHAKE, Codec, Message, facts
from cxmock.wire.genesys.pairing import Pairing

__all__ = ["FINAL_AFTER", "HANDSHAKE", "Codec", "GenesysDecoder", "JsonFraming", "Message", "Pairing", "facts"]
