"""Many requests in the same moment: tests/bench/load.c's volley, asked from here."""
import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from served import program  # noqa: E402


class Volley:
    """`connections` kept connections, each of which carries one shot of every volley."""

    def __init__(self, s, connections):
        self.process = subprocess.Popen(
            [program("tests/bench/load"), "--port", str(s.port), "--ca", os.path.join(s.folder, "ca.pem"),
             "--token", s.token(), "--connections", str(connections), "volley"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def fire(self, shots):
        """[(key, order body)] -> [(status, reply)]; status 0 where no answer came."""
        self.process.stdin.write(f"{len(shots)}\n" + "".join(f"{key}\t{body}\n" for key, body in shots))
        self.process.stdin.flush()
        answers = []
        for _ in shots:
            status, _, body = self.process.stdout.readline().rstrip("\n").partition("\t")
            answers.append((int(status), json.loads(body) if body else {}))
        return answers

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait(30)
        self.process.stdout.close()
