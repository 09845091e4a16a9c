"""What some tests take from npm, installed into a folder of build/; where it cannot be had they say so and are skipped."""
import os
import shutil
import subprocess

SKIPPED = 75  # the exit code of a test that was


def install(room, folder):
    """True when everything of the room's package.json is in the folder."""
    os.makedirs(folder, exist_ok=True)
    wanted = os.path.join(room, "package.json")
    have = os.path.join(folder, "package.json")
    whole = os.path.join(folder, "installed")
    if os.path.exists(whole) and open(have, encoding="utf-8").read() == open(wanted, encoding="utf-8").read():
        return True
    if not shutil.which("npm"):
        print("skipped: there is no npm here")
        return False
    shutil.copy(wanted, have)
    run = subprocess.run(["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock"], cwd=folder,
                         stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=240, check=False)
    if run.returncode:
        print("skipped: npm cannot install what this needs; its registry cannot be reached")
        return False
    open(whole, "w", encoding="utf-8").close()
    return True
