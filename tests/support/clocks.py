"""Sets the clock of running processes, whatever they are written in, and leaves the machine's alone.

Programs ask the kernel's vDSO what time it is: a page of code in each process. Its functions for the time
of day are replaced, in the memory of one process, by ones that ask the kernel and add an offset. Timers and
the monotonic clock stay as they are, as after a real step of the clock. Only for x86-64, and only as root. A
program that is started later, a health check for instance, has the machine's clock again.

Source: the layout of ELF files (man 5 elf) and Linux' system call convention (man 2 syscall).
"""

from __future__ import annotations

import struct
from functools import cache
from pathlib import Path
from typing import NamedTuple

_DYNAMIC_SYMBOLS = 11
_SECTION, _SYMBOL = "<IIQQQQIIQQ", "<IBBHQQ"


class _Code(NamedTuple):
    """What a vDSO holds, and where each function for the time of day is in it, and how long."""

    content: bytes
    functions: dict[str, tuple[int, int]]


def set_off(process: int, seconds: int) -> None:
    """Let a process believe that it is so many seconds later than it is; 0 gives it the machine's clock.

    All its threads must be frozen meanwhile (`docker pause`).

    Raises:
        InsideError: A thread is just asking for the time; let it go on, and try again.
    """
    start, _ = _place(process)
    for name, (offset, size) in _pristine().functions.items():
        begin = start + offset
        if any(begin <= counter < begin + size for counter in _counters(process)):
            raise InsideError(f"a thread of process {process} is in {name}")
    with Path(f"/proc/{process}/mem").open("r+b", buffering=0) as memory:
        for name, (offset, size) in _pristine().functions.items():
            there = _pristine().content[offset : offset + size]
            code = _ASKING[name] % struct.pack("<i", seconds) if seconds else there
            memory.seek(start + offset)
            memory.write(code)


class InsideError(RuntimeError):
    """A thread stands in the code that would be replaced."""


_ASKING = {
    # ask by system call 228; if that was good and the clock is CLOCK_REALTIME, add the seconds to [rsi]
    "__vdso_clock_gettime": b"\xb8\xe4\0\0\0\x0f\x05\x85\xc0\x75\x0b\x85\xff\x75\x07\x48\x81\x06%b\xc3",
    # ask by system call 96; add the seconds to [rdi], if there is such a place
    "__vdso_gettimeofday": b"\xb8\x60\0\0\0\x0f\x05\x48\x85\xff\x74\x07\x48\x81\x07%b\xc3",
    # ask by system call 201, add the seconds to the answer, and lay it down at [rdi], too, if there is one
    "__vdso_time": b"\xb8\xc9\0\0\0\x57\x31\xff\x0f\x05\x5f\x48\x05%b\x48\x85\xff\x74\x03\x48\x89\x07\xc3",
}
"""The code that takes the place of each function; `%b` is the offset, a signed number of 32 bits."""


@cache
def _pristine() -> _Code:
    """Return our own vDSO, which is every process's."""
    start, end = _place("self")
    with Path("/proc/self/mem").open("rb", buffering=0) as memory:
        memory.seek(start)
        content = memory.read(end - start)
    (sections,) = struct.unpack_from("<Q", content, 40)
    size, count = struct.unpack_from("<HH", content, 58)
    headers = [struct.unpack_from(_SECTION, content, sections + size * number) for number in range(count)]
    symbols = next(header for header in headers if header[1] == _DYNAMIC_SYMBOLS)
    names = headers[symbols[6]][4]
    found = {}
    for place in range(symbols[4], symbols[4] + symbols[5], struct.calcsize(_SYMBOL)):
        name, _, _, _, value, length = struct.unpack_from(_SYMBOL, content, place)
        text = content[names + name : content.index(b"\0", names + name)].decode()
        if text in _ASKING:
            found[text] = (value, length)
    return _Code(content, found)


def _place(process: int | str) -> tuple[int, int]:
    for line in Path(f"/proc/{process}/maps").read_text("utf-8").splitlines():
        if line.endswith("[vdso]"):
            start, _, end = line.split()[0].partition("-")
            return int(start, 16), int(end, 16)
    raise RuntimeError(f"process {process} has no vDSO; its clock cannot be set")


def _counters(process: int) -> list[int]:
    """Return where the threads of a process stand, as far as they rest."""
    said = [path.read_text("utf-8").split() for path in Path(f"/proc/{process}/task").glob("*/syscall")]
    return [int(words[-1], 16) for words in said if words and words[0] != "running"]
