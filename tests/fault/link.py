#!/usr/bin/python3
"""link.py PORT TO: passes TCP on from 127.0.0.1:PORT to 127.0.0.1:TO, until it is killed: then every
connection through it is dead at once. Prints "ready" when it listens."""
import asyncio
import sys


async def pass_on(reader, writer):
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.close()


async def connected(reader, writer):
    try:
        there, back = await asyncio.open_connection("127.0.0.1", int(sys.argv[2]))
    except OSError:
        writer.close()
        return
    await asyncio.gather(pass_on(reader, back), pass_on(there, writer))


async def main():
    server = await asyncio.start_server(connected, "127.0.0.1", int(sys.argv[1]))
    print("ready", flush=True)
    await server.serve_forever()


asyncio.run(main())
