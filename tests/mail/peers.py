"""A small SMTP server that misbehaves: it says at each step what its script says, over a real socket."""

import asyncio
from contextlib import asynccontextmanager

GREETING = "220 peer ESMTP"
GOOD = {"EHLO": "250 peer", "MAIL": "250 ok", "RCPT": "250 ok", "DATA": "354 go on", ".": "250 taken", "RSET": "250 ok"}
HANG_UP, SILENT = object(), object()


class Peer:
    """Answers with `script[step]`, else politely; a list is used up answer by answer. Keeps what it took."""

    def __init__(self, delay=0.0, **script):
        self.delay = delay
        self.script = {"connect": GREETING, **GOOD, **script}
        self.taken, self.connections, self.at_once, self.most_at_once = [], 0, 0, 0

    @asynccontextmanager
    async def listening(self, ssl=None):
        server = await asyncio.start_server(self._talk, "127.0.0.1", 0, ssl=ssl)
        try:
            yield server.sockets[0].getsockname()[1]
        finally:
            server.close()

    def _answer(self, step):
        answer = self.script.get(step, "500 what?")
        if isinstance(answer, list):
            answer = answer.pop(0) if answer else GOOD.get(step, "500 what?")
        return answer

    async def _talk(self, reader, writer):
        self.connections += 1
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await self._dialogue(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self.at_once -= 1
            writer.close()

    async def _dialogue(self, reader, writer):
        if not await self._say(reader, writer, "connect"):
            return
        while line := await reader.readline():
            word = line.split()[0].decode().upper() if line.split() else ""
            if word == "QUIT":
                writer.write(b"221 bye\r\n")
                return
            if not await self._say(reader, writer, word):
                return
            if word == "DATA" and self.script["DATA"] == GOOD["DATA"]:
                content = await reader.readuntil(b"\r\n.\r\n")
                if not await self._say(reader, writer, ".", content):
                    return

    async def _say(self, reader, writer, step, content=None):
        await asyncio.sleep(self.delay)
        answer = self._answer(step)
        if answer is SILENT:
            await reader.read()  # until the other side has enough
        if answer in (HANG_UP, SILENT):
            return False
        if content is not None and answer.startswith("2"):
            self.taken.append(content)
        data = answer if isinstance(answer, bytes) else answer.encode() + b"\r\n"
        writer.write(data)
        await writer.drain()
        return not data.startswith(b"421")
