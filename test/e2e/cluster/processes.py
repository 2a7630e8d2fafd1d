"""Processes of the cluster, found by the cgroup they run in.

Every component has a cgroup in the freezer hierarchy (`ha-cluster/n1/kubelet`) that its process
joins before it becomes the component. So the kernel knows what belongs to the cluster, whoever
started it and however that one ended: there are no pid files that could lie or be missing.
"""
import os
import pathlib
import select
import signal
import subprocess
import time

from .settings import LOGS, NAME, ClusterError

CGROUPS = pathlib.Path("/sys/fs/cgroup")
FREEZER = CGROUPS / "freezer" / NAME


def wait_for(what, seconds, ready):
    """Asks five times a second until `ready` answers with something true, which it returns."""
    deadline = time.monotonic() + seconds
    while True:
        answer = ready()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise ClusterError(f"{what}: not after {seconds} s (logs: {LOGS})")
        time.sleep(0.2)


def spawn(place, command):
    """Starts a command in its cgroup, on its own, with its output in the log of that place."""
    folder = FREEZER / place
    folder.mkdir(parents=True, exist_ok=True)
    LOGS.mkdir(parents=True, exist_ok=True)
    join = ["sh", "-c", 'echo 0 >"$0" && exec "$@"', str(folder / "cgroup.procs")]
    with open(LOGS / (place.replace("/", "-") + ".log"), "ab") as log:
        subprocess.Popen(join + [str(word) for word in command], stdin=subprocess.DEVNULL,
                         stdout=log, stderr=log, cwd="/", start_new_session=True)


def members(place):
    """The pids in the cgroup of this place and in all below it."""
    found = []
    for folder, _, _ in os.walk(FREEZER / place):
        try:
            found += map(int, pathlib.Path(folder, "cgroup.procs").read_text().split())
        except OSError:  # the cgroup went meanwhile
            pass
    return found


def program(pid):
    """The name of the file that a process runs, empty when it is gone."""
    try:
        return os.path.basename(os.readlink(f"/proc/{pid}/exe")).removesuffix(" (deleted)")
    except OSError:
        return ""


def find(place, name):
    """The pid of the process of that program in this very cgroup, or None."""
    try:
        pids = (FREEZER / place / "cgroup.procs").read_text().split()
    except OSError:
        return None
    return next((int(pid) for pid in pids if program(pid) == name), None)


def belongs(pid, place):
    """Whether a process is in the cgroup of this place or below it."""
    try:
        lines = pathlib.Path(f"/proc/{pid}/cgroup").read_text().splitlines()
    except OSError:
        return False
    path = next(line.split(":", 2)[2] for line in lines if line.split(":")[1] == "freezer")
    return pathlib.PurePath(path).is_relative_to(pathlib.PurePath("/", NAME, place))


def send(pid, number, place):
    """Signals a process if it still is the one of that place; returns a handle to wait with."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return None
    # The pid may have been another's between the look and the handle; with the handle it cannot.
    if not belongs(pid, place):
        os.close(handle)
        return None
    try:
        signal.pidfd_send_signal(handle, number)
    except ProcessLookupError:
        pass
    return handle


def ended(handles, seconds):
    """Waits until all these processes have ended; false when some have not. Closes the handles."""
    deadline = time.monotonic() + seconds
    left = list(handles)
    try:
        while left:
            limit = deadline - time.monotonic()
            if limit <= 0:
                return False
            for done in select.select(left, [], [], limit)[0]:
                left.remove(done)
        return True
    finally:
        for handle in handles:
            os.close(handle)


def stop(place, name, number=signal.SIGTERM, seconds=20):
    """Ends one process of a place: by the signal, and after that time by KILL."""
    for attempt in (number, signal.SIGKILL):
        pid = find(place, name)
        handle = send(pid, attempt, place) if pid else None
        if handle is None or ended([handle], seconds):
            return
    raise ClusterError(f"{name} does not end")


def freeze(place, state):
    """FROZEN or THAWED: everything in the cgroup stops in one moment, or goes on."""
    file = FREEZER / place / "freezer.state"
    if not file.exists():
        if state == "THAWED":
            return
        raise ClusterError(f"{place} is off")
    file.write_text(state)
    wait_for(f"{place} {state.lower()}", 10, lambda: file.read_text().strip() == state)


def kill_all(place):
    """Ends everything in the cgroup at one moment: none of them sees another one end."""
    for _ in range(20):
        pids = members(place)
        if not pids:
            return
        freeze(place, "FROZEN")
        handles = [h for h in (send(pid, signal.SIGKILL, place) for pid in members(place)) if h]
        # Also what was frozen on its own below: it would not die, only be sentenced.
        for folder, _, _ in os.walk(FREEZER / place, topdown=False):
            pathlib.Path(folder, "freezer.state").write_text("THAWED")
        ended(handles, 5)
    raise ClusterError(f"processes of {place} do not end: {members(place)}")


def make_cgroups(place):
    """The cgroup of a machine in every hierarchy, fit to take processes."""
    for hierarchy in hierarchies():
        (hierarchy / NAME / place).mkdir(parents=True, exist_ok=True)
    for name in ("cpuset.cpus", "cpuset.mems"):  # empty in a new cpuset, which then takes nobody
        value = (CGROUPS / "cpuset" / name).read_text()
        for folder in (NAME, f"{NAME}/{place}"):
            (CGROUPS / "cpuset" / folder / name).write_text(value)


def remove_cgroups(place=""):
    """In every hierarchy. A dead process leaves its cgroup a little late, hence the patience."""
    for hierarchy in hierarchies():
        top = hierarchy / NAME / place
        for _ in range(50):
            for folder, _, _ in os.walk(top, topdown=False):
                try:
                    os.rmdir(folder)
                except OSError:
                    pass
            if not top.exists():
                break
            time.sleep(0.1)
        else:
            raise ClusterError(f"{top} cannot be removed: {members(place)}")


def hierarchies():
    return [one for one in CGROUPS.iterdir() if one.is_dir() and not one.is_symlink()]
