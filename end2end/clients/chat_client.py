"""The official Python client, as people use it: it lists, calls, lets its person decide, and goes on after a restart.

Arguments: the address of /mcp and an API key that asks first. It writes "restart" when the server is to be started
anew, and goes on when it reads a line. Anything that is not as it should be ends it with an error.
"""

import asyncio
import sys

import httpx2
from mcp.client import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.types import ElicitResult


class Decider:
    """A person who answers what they are asked."""

    def __init__(self) -> None:
        self.questions: list[str] = []
        self.says = False

    async def answer(self, _context, params) -> ElicitResult:
        self.questions.append(params.message)
        return ElicitResult(action="accept", content={"approve": self.says})


async def flow_of(client: Client) -> str:
    made = await client.call_tool("flow_create", {"name": "Greet"})
    assert not made.is_error, made
    return made.structured_content["flow"]["id"]


async def work(url: str, key: str) -> None:
    person = Decider()
    headers = {"authorization": f"Bearer {key}"}
    async with httpx2.AsyncClient(headers=headers, timeout=60) as http:
        transport = streamable_http_client(url, http_client=http)
        async with Client(transport, elicitation_callback=person.answer) as client:
            await before_restart(client, person)
            kept = await flow_of(client)
            print("restart", flush=True)
            await asyncio.to_thread(sys.stdin.readline)
            found = await client.call_tool("flow_get", {"flow_id": kept})
            assert not found.is_error, found


async def before_restart(client: Client, person: Decider) -> None:
    names = [tool.name for tool in (await client.list_tools()).tools]
    assert "flow_create" in names and "tools_describe" in names, names
    status = await client.call_tool("pmos_status", {})
    assert status.structured_content["status"] == "operational", status

    flow = await flow_of(client)
    refused = await client.call_tool("flow_delete", {"flow_id": flow})
    assert refused.is_error, refused
    assert not (await client.call_tool("flow_get", {"flow_id": flow})).is_error
    person.says = True
    done = await client.call_tool("flow_delete", {"flow_id": flow})
    assert not done.is_error, done
    assert (await client.call_tool("flow_get", {"flow_id": flow})).is_error
    assert len(person.questions) == 2 and "Greet" in person.questions[0], person.questions


if __name__ == "__main__":
    asyncio.run(work(*sys.argv[1:3]))
    print("done", flush=True)
