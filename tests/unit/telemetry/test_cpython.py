"""CPython's own tests of `logging` pass with our loggers in place of its own: nobody notices them."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
import textwrap

import pytest

CLASSES = (
    "BasicConfigTest", "BasicFilterTest", "BuiltinLevelsTest", "ChildLoggerTest", "ConfigFileTest",
    "CustomLevelsAndFiltersTest", "ExceptionTest", "LastResortTest", "LogRecordFactoryTest", "LogRecordTest",
    "LoggerAdapterTest", "LoggerTest", "ManagerTest", "MemoryTest", "ModuleLevelMiscTest", "QueueHandlerTest",
    "ShutdownTest", "StreamHandlerTest", "WarningsTest",
)  # fmt: skip
"""Not those of single handlers, which see records and no loggers."""
RAISES = {"test_logrecord_class"}
"""It wants the exception of a filter to reach the caller, which is what this library is there to prevent."""
PROGRAM = """
import sys, unittest
import test.test_logging as theirs
from amaie_telemetry import loggers

begin = theirs.BaseTest.setUp

def set_up(self):
    begin(self)  # it makes some loggers and forgets all others
    loggers.install()

theirs.BaseTest.setUp = set_up
loggers.install()
cases = unittest.TestSuite(
    unittest.defaultTestLoader.loadTestsFromTestCase(getattr(theirs, name)) for name in sys.argv[1:]
)
unittest.TextTestRunner(verbosity=0).run(cases)
"""


@pytest.mark.skipif(
    importlib.util.find_spec("test") is None or importlib.util.find_spec("test.test_logging") is None,
    reason="this Python comes without its own tests (Debian: libpython3-testsuite)",
)
def test_their_tests_pass_with_our_loggers() -> None:
    """But for the one that asks for what must not happen; a run in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(PROGRAM), *CLASSES],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    counted = re.search(r"Ran (\d+) tests", done.stderr)
    assert counted is not None, done.stderr
    assert int(counted[1]) > 80, done.stderr
    assert set(re.findall(r"^(?:FAIL|ERROR): (\w+)", done.stderr, re.MULTILINE)) == RAISES, done.stderr
