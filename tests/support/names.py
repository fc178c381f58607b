"""A name server for the tests, over UDP: it answers from the zone of their letters, or another."""

import socket
import threading
from types import TracebackType
from typing import Self

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import dns.zone

from tests.support.mail import zone


class NameServer:
    """Answers until it is left; ``silent`` while it is to answer nobody."""

    def __init__(self) -> None:
        self.silent = False
        self.zone = zone()
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve, daemon=True)

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self._socket.getsockname()[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as farewell:
            farewell.sendto(b"", self._socket.getsockname())
        self._thread.join()
        self._socket.close()

    def _serve(self) -> None:
        while True:
            asked, whom = self._socket.recvfrom(4096)
            if not asked:
                return
            if not self.silent:
                self._socket.sendto(_answer(dns.message.from_wire(asked), self.zone), whom)


def _answer(query: dns.message.Message, known: dns.zone.Zone) -> bytes:
    answer = dns.message.make_response(query)
    answer.flags |= dns.flags.RA
    [question] = query.question
    found = known.get_rdataset(question.name, question.rdtype)
    if found:
        answer.answer.append(dns.rrset.from_rdata_list(question.name, 60, list(found)))
    else:
        answer.set_rcode(dns.rcode.NXDOMAIN)
    return answer.to_wire()
