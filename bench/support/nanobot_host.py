"""A host for the Nanobot channel that does nothing with a message: it takes so many, says how long that took, and ends.

Arguments: the server's URL, the agent's token, the number of messages. Prints one line of JSON: {"seconds": from the batch, as the
channel's library has parsed it, to the last message that the host was given}.
"""

import asyncio
import json
import os
import sys
import time

from loguru import logger
from nanobot.bus.queue import MessageBus
from nanobot_channel_agentclub.channel import AgentClubChannel


class Host(MessageBus):
    def __init__(self, count: int) -> None:
        super().__init__()
        self.left = count
        self.began = 0.0
        self.done = asyncio.Event()

    async def publish_inbound(self, msg) -> None:
        self.left -= 1
        if self.left == 0:
            print(json.dumps({"seconds": time.perf_counter() - self.began}), flush=True)
            self.done.set()


class Channel(AgentClubChannel):
    def _register_sio_handlers(self, sio) -> None:
        super()._register_sio_handlers(sio)
        take = sio.handlers["/"]["offline_messages"]

        async def timed(batch) -> None:
            self.bus.began = time.perf_counter()
            await take(batch)

        sio.on("offline_messages", timed)


async def main() -> None:
    url, token, count = sys.argv[1:]
    logger.remove()
    host = Host(int(count))
    config = {"enabled": True, "server_url": url, "agent_token": token, "allow_from": ["*"], "allow_from_kind": ["*"]}
    channel = Channel(config, host)
    running = asyncio.create_task(channel.start())
    await host.done.wait()
    await channel.stop()
    await running


asyncio.run(main())
# What the libraries leave running is of no interest.
os._exit(0)
