#!/usr/bin/python3
"""The screens that matter most, against the real server with the demonstration company: the 44 keys
of the five-line order among them."""
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, ".."))
from served import demo_server  # noqa: E402

with demo_server() as server:
    world = os.path.join(server.folder, "../world.json")
    with open(world, "w", encoding="utf-8") as file:
        json.dump(server.ids, file)
    run = subprocess.run([sys.executable, os.path.join(HERE, "test_screens.py"), *sys.argv[1:]],
                         env=dict(os.environ, SCREEN_WORLD=world, SCREEN_CA=os.path.join(server.folder, "ca.pem"),
                                  SCREEN_SERVER=f"https://localhost:{server.port}"),
                         stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    print(run.stdout.replace("test_screens:", "test_real:") + run.stderr, end="")
sys.exit(run.returncode)
