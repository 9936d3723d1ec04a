"""libical as a reader of invitations: what it makes of a message beside the one it knows (`icalclassify`)."""

import ctypes
from functools import cache

LIBRARIES = ("libical.so.3", "libicalss.so.3")
GONE = "OBSOLETE"


class Judge:
    """The library, asked in its own words: REQUEST-NEW, REQUEST-RESCHEDULE, CANCEL-EVENT, OBSOLETE, MIS-SEQUENCED …"""

    def __init__(self, attendee):
        self._parser, self._scheduling = (ctypes.CDLL(name) for name in LIBRARIES)
        self._parser.icalparser_parse_string.restype = ctypes.c_void_p
        self._parser.icalparser_parse_string.argtypes = [ctypes.c_char_p]
        self._parser.icalproperty_enum_to_string.restype = ctypes.c_char_p
        self._scheduling.icalclassify.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_char_p]
        self._attendee = attendee.encode()
        self._read = cache(self._parse)

    def _parse(self, message):
        found = self._parser.icalparser_parse_string(message)
        assert found, "it reads the message"
        return found

    def kind(self, message, known=None):
        kept = self._read(known) if known else None
        number = self._scheduling.icalclassify(self._read(message), kept, self._attendee)
        return self._parser.icalproperty_enum_to_string(number).decode()

    def end(self, messages):
        """Return the message that stands in the calendar after these, in this order.

        It judges the age of requests only, so that of a cancellation is asked for as if it were one.
        """
        kept = None
        for message in messages:
            kind = self.kind(message, kept)
            if kind == "CANCEL-EVENT" and kept:
                kind = self.kind(message.replace(b"METHOD:CANCEL", b"METHOD:REQUEST"), kept)
            if kind != GONE:
                assert kind.startswith(("REQUEST-", "CANCEL-EVENT")), kind
                kept = message
        return kept
