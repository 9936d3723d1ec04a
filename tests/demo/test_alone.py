"""However the demo ends, nothing of it stays: the same with small processes in place of its servers."""

import os
import signal
import subprocess
import sys
import time

import pytest
from tests.demo.test_demo import wait_until_gone

STARTER = """
import os, subprocess, sys, time
from pathlib import Path
from multiagency.demo.alone import end_in_order
from multiagency.embedded.watchman import Watchman
end_in_order()
watchman = Watchman(Path(sys.argv[1]) / "none")
child = subprocess.Popen(["sleep", "600"], start_new_session=True)
watchman.watch(child.pid)
try:
    print(os.getpid(), watchman._process.pid, child.pid, flush=True)
    time.sleep(600)
except KeyboardInterrupt:
    child.kill(), child.wait(), watchman.dismiss()
    print("in order", flush=True)
"""


@pytest.mark.parametrize("end", ["SIGINT", "SIGTERM", "SIGHUP", "SIGKILL", "its starter"])
def test_whatever_way_it_ends_its_children_end_too(tmp_path, end):
    words = [sys.executable, "-c", STARTER, str(tmp_path)]
    if end == "its starter":
        words = ["sh", "-c", '"$@" & wait', "sh", *words]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        pids = [int(word) for word in process.stdout.readline().split()]
        sign = signal.SIGKILL if end in {"SIGKILL", "its starter"} else signal.Signals[end]
        os.kill(process.pid, sign)
        wait_until_gone(pids)
        assert process.stdout.read() == ("" if end == "SIGKILL" else "in order\n")


def test_under_nohup_it_outlives_its_starter(tmp_path):
    words = ["nohup", sys.executable, "-c", STARTER, str(tmp_path)]
    with subprocess.Popen(["sh", "-c", '"$@" & wait', "sh", *words], stdout=subprocess.PIPE, text=True) as process:
        pids = [int(word) for word in process.stdout.readline().split()]
        process.kill()
        process.wait()
        time.sleep(0.3)
        os.kill(pids[0], signal.SIGTERM)
        assert process.stdout.read() == "in order\n", "it still ran"
    wait_until_gone(pids)
