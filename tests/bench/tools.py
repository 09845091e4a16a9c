"""What the measurements share: the settings of a run, how it speaks, and processor time."""
import contextlib
import os
import random
import re
import resource
import subprocess
import tempfile
import time

import pg

SECONDS = float(os.environ.get("BENCH_SECONDS", "5"))
SCALE = int(os.environ.get("BENCH_SCALE", "1"))
SEED = int(os.environ.get("TEST_SEED", random.randrange(1, 10**6)))
CONF = "sign_in_per_address = 100000\n"
CLIENTS = 16
rng = random.Random(SEED)


def reach(limit, value, text="{:.2f}"):
    shown = text.format(value)
    return f"reach {text.format(limit)}: {shown} {'yes' if value >= limit else 'NO'}"


def at_most(limit, value, unit):
    return f"at most {limit:.0f} {unit}: {value:.0f} {'yes' if value <= limit else 'NO'}"


def say(text=""):
    print(text, flush=True)


# ---- the machine --------------------------------------------------------------------------------

def flush_time(folder):
    """Microseconds of an fdatasync after 8 kB, as the log of PostgreSQL is written: median and p99."""
    block, took = b"\0" * 8192, []
    with tempfile.TemporaryFile(dir=folder, buffering=0) as file:
        file.write(block * 512)
        os.fsync(file.fileno())
        for i in range(300):
            os.pwrite(file.fileno(), block, i * len(block))
            begun = time.perf_counter()
            os.fdatasync(file.fileno())
            took.append((time.perf_counter() - begun) * 1e6)
    took.sort()
    return took[len(took) // 2], took[len(took) * 99 // 100]


class Cpu:
    """Microseconds of processor time in user space and in the kernel that processes take from here on."""

    def __init__(self, pids):
        self.pids, self.before = pids, self.now(pids)

    @staticmethod
    def now(pids):
        used = [0, 0]
        for pid in pids:
            with contextlib.suppress(OSError), open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
                fields = file.read().rsplit(")", 1)[1].split()
                used = [used[0] + int(fields[11]), used[1] + int(fields[12])]
        return [ticks * 1e6 / os.sysconf("SC_CLK_TCK") for ticks in used]

    def used(self):
        return [now - before for now, before in zip(self.now(self.pids), self.before, strict=True)]


def split(used, done):
    """"150+70 us": user space and kernel, for one of `done`."""
    return f"{used[0] / done:.0f}+{used[1] / done:.0f} us"


def pgbench(s, script, clients, seconds):
    """Transactions a second, without the time to connect; the CPU that pgbench itself took for one."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [os.path.join(pg.bindir(), "pgbench"), "-n", "-M", "prepared", "-c", str(clients), "-j", "1", "-T",
         str(int(max(seconds, 1))), "-f", script, "--random-seed", str(rng.randrange(1, 2**31)),
         "-h", s.folder + "/run", "-U", "partyline", "partyline"],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300, check=False,
        env={**os.environ, "PGOPTIONS": "-c role=partyline_app"})
    tps = re.search(r"tps = ([\d.]+)", done.stdout)
    failed = re.search(r"number of failed transactions: (\d+)", done.stdout)
    if done.returncode or not tps or (failed and int(failed[1])):
        raise RuntimeError(f"pgbench: {done.stdout}{done.stderr[-2000:]}")
    after, count = resource.getrusage(resource.RUSAGE_CHILDREN), int(re.search(r"processed: (\d+)", done.stdout)[1])
    return float(tps[1]), [(now - then) * 1e6 / count for now, then in zip(after[:2], before[:2], strict=True)]
