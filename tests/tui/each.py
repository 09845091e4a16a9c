"""Runs the tests of a file, each with a fake server of its own."""
import sys
import traceback

import driver
import fake_server


def run(name, members, tmux=False):
    """Those functions among `members` that begin with test_, and hold a word of the command line when there
    are any; the exit code."""
    tests = [t for n, t in members.items() if n.startswith("test_") and (not sys.argv[1:] or any(a in n for a in sys.argv[1:]))]
    failed = 0
    if tmux:
        driver.begin()
    for test in tests:
        server, url = fake_server.start()
        try:
            test(dict(fake_server.world(url), fake=server.fake))
        except Exception as error:
            failed += 1
            print("FAIL %s: %s" % (test.__name__, error if isinstance(error, driver.Failed) else traceback.format_exc()))
        finally:
            server.fake.events = None  # its streams end
            server.shutdown()
            server.server_close()
    if tmux:
        driver.end()
    print("%s: %d passed, %d failed" % (name, len(tests) - failed, failed))
    return 1 if failed or not tests else 0
