"""Cases of a script, named as sentences; ends with the closing line that the runner adds up."""
import sys
import traceback


class Cases:
    def __init__(self, name):
        self.name, self.passed, self.failed = name, 0, 0

    def check(self, sentence, good, detail=""):
        if good:
            self.passed += 1
        else:
            self.failed += 1
            print(f"FAILED: {sentence}   {detail}")
        return good

    def equal(self, sentence, got, expected):
        return self.check(sentence, got == expected, f"got {got!r}, expected {expected!r}")

    def run(self, sentence, function, *arguments):
        """A function that asserts; its exception is the failure."""
        try:
            function(*arguments)
        except Exception:  # the next case must run all the same
            self.failed += 1
            print(f"FAILED: {sentence}")
            traceback.print_exc(file=sys.stdout)
        else:
            self.passed += 1

    def end(self):
        print(f"{self.name}: {self.passed} passed, {self.failed} failed")
        sys.exit(1 if self.failed else 0)
