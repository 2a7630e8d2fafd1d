"""What this machine is like: everything that a test cluster might change and leave behind."""
import fnmatch
import os
import pathlib
import re
import subprocess

NAMESPACES = ("cgroup", "ipc", "mnt", "net", "pid", "uts")
# Files are looked for where programs leave them; a shared machine's work folders change by others.
FOLDERS = ("/dev", "/etc", "/mnt", "/opt", "/run", "/srv", "/usr/libexec", "/var/lib", "/var/log",
           "/var/run", "/var/tmp")
PASSING = ("/dev/char*", "/dev/pts*", "/dev/shm*", "/dev/loop*", "/var/lib/apt*", "/var/lib/dpkg*",
           "/var/tmp/*/*")
# Counters and seeds, which change by themselves.
VOLATILE = ("fs/*-nr", "fs/*-state", "fs/aio-nr", "kernel/ns_last_pid", "kernel/pty/nr",
            "kernel/random/*", "net/netfilter/nf_conntrack_count", "fs/quota/*", "vm/stat_refresh",
            "kernel/perf_event_max_sample_rate", "fs/mqueue/*")


def output(*command):
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    return {line.rstrip() for line in done.stdout.splitlines()}


def stat(pid):
    return pathlib.Path(f"/proc/{pid}/stat").read_text()


def processes():
    """Those that are not in our own namespaces. (PID 1 may hide its own from us.)"""
    own = {name: os.readlink(f"/proc/self/ns/{name}") for name in NAMESPACES}
    found = set()
    for pid in filter(str.isdigit, os.listdir("/proc")):
        for name in NAMESPACES:
            try:
                if os.readlink(f"/proc/{pid}/ns/{name}") != own[name]:
                    _, command, state = re.split(r" \((.*)\) ", stat(pid))
                    if state[0] != "Z":  # it has ended; PID 1 takes its time to notice
                        found.add(f"{pid} {command}")
            except OSError:  # it ended meanwhile
                pass
    return found


def mounts():
    return {" ".join(line.split()[3:]) for line in open("/proc/self/mountinfo", encoding="utf-8")}


def sysctls():
    found, top = set(), pathlib.Path("/proc/sys")
    for folder, _, files in os.walk(top):
        for file in files:
            name = str(pathlib.Path(folder, file).relative_to(top))
            if any(fnmatch.fnmatch(name, pattern) for pattern in VOLATILE):
                continue
            try:
                found.add(f"{name} = {(top / name).read_text().strip()}")
            except (OSError, UnicodeDecodeError):  # some can only be written
                pass
    return found


def modules():
    listed = pathlib.Path("/proc/modules")
    if not listed.exists():
        return set()
    return {line.split()[0] for line in listed.read_text().splitlines()}


def folders(top):
    return {folder for folder, _, _ in os.walk(top)}


def files():
    found = set()
    for top in FOLDERS:
        for folder, below, names in os.walk(top):
            paths = [os.path.join(folder, name) for name in below + names]
            found |= {path for path in paths
                      if not any(fnmatch.fnmatch(path, pattern) for pattern in PASSING)}
    return found


def take():
    """Sets of lines, by what they tell of."""
    return {
        "processes": processes(), "mounts": mounts(), "sysctls": sysctls(),
        "cgroups": folders("/sys/fs/cgroup"), "files": files(),
        "links": output("ip", "-br", "link"), "addresses": output("ip", "-br", "address"),
        "routes": output("ip", "route", "show", "table", "all"), "policies": output("ip", "rule"),
        "named networks": output("ip", "netns"), "rules": output("nft", "list", "ruleset"),
        "modules": modules()}


def differences(before, after):
    """Lines like `mounts: + /run/netns`; none when nothing was left or taken."""
    found = []
    for name in before:
        found += [f"{name}: - {line}" for line in sorted(before[name] - after[name])]
        found += [f"{name}: + {line}" for line in sorted(after[name] - before[name])]
    return found


def blind_spots():
    """What `differences` would not see: one thing of each kind is left behind on purpose."""
    place, sysctl = "/mnt/planted", pathlib.Path("/proc/sys/vm/overcommit_memory")
    plant = f"""mkdir {place} /sys/fs/cgroup/pids/planted
        mount -t tmpfs planted {place}
        ip link add planted type veth peer name planted-peer
        ip address add 10.91.0.1/24 dev planted
        ip link set planted up
        nft add table ip planted"""
    remove = f"""nft delete table ip planted; ip link delete planted; umount {place}
        rmdir {place} /sys/fs/cgroup/pids/planted"""
    before, was = take(), sysctl.read_text()
    with subprocess.Popen(["unshare", "--net", "sleep", "60"]) as sleeper:
        try:
            subprocess.run(["sh", "-ec", plant], check=True, timeout=60)
            sysctl.write_text("1\n" if was.strip() == "0" else "0\n")
            after = take()
        finally:
            sleeper.kill()
            sysctl.write_text(was)
            subprocess.run(["sh", "-c", remove], check=False, timeout=60)
    kinds = ("processes", "mounts", "sysctls", "cgroups", "files", "links", "addresses", "routes",
             "rules")
    return [kind for kind in kinds if before[kind] == after[kind]]
