"""Stands between a program and a server that it started, so that the server never outlives the program.

Run as a child process, whose standard input is a pipe from the program. Nobody writes to that pipe: it ends when the
program closes it or dies, even by SIGKILL. Then the server, its children and the temporary folder go. The guard leads a
process group of its own, so a Ctrl-C in the terminal does not reach the server: the program decides.

This file is handed to the interpreter as text (so it also works from a zip) and may import the standard library only.
Arguments: the temporary folder, then the server's command.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import threading


def kill_when_alone(server: "subprocess.Popen[bytes]", alone: threading.Event) -> None:
    """Waits for the pipe's end and kills the server; `alone` tells why it ended."""
    while sys.stdin.buffer.read(1):
        pass
    alone.set()
    with contextlib.suppress(ProcessLookupError):
        server.kill()


def main(folder: str, *command: str) -> int:
    """Runs the server until it ends, or until nobody needs it any more; gives the server's exit code.

    In the second case the folder goes too, and last of all this very process group with all that the server started.
    """
    alone = threading.Event()
    server = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    threading.Thread(target=kill_when_alone, args=(server, alone), daemon=True).start()
    code = server.wait()
    if alone.is_set():
        shutil.rmtree(folder, ignore_errors=True)
        os.killpg(0, signal.SIGKILL)
    return code


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
