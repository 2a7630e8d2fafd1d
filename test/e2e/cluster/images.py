"""Images of one static program each, written straight into an archive that containerd imports."""
import hashlib
import io
import json
import tarfile

from .components import in_node
from .network import run
from .settings import BIN, NODES, STATE

# Program, and the user it runs as.
IMAGES = {"pause": "65535:65535", "coredns": "0:0", "hello": "10001:10001"}


def layer(program):
    file = STATE / "pause" if program.name == "pause" else program
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w") as tar:
        entry = tarfile.TarInfo(program.name)
        entry.size, entry.mode = file.stat().st_size, 0o755
        with file.open("rb") as content:
            tar.addfile(entry, content)
    return held.getvalue()


def write(name, user, archive):
    """An image localhost/NAME:1 that runs /NAME."""
    content = layer(BIN / name)
    config = {"architecture": "amd64", "os": "linux",
              "config": {"Entrypoint": ["/" + name], "User": user},
              "rootfs": {"type": "layers",
                         "diff_ids": ["sha256:" + hashlib.sha256(content).hexdigest()]}}
    manifest = [{"Config": "config.json", "RepoTags": [f"localhost/{name}:1"],
                 "Layers": ["layer.tar"]}]
    parts = {"config.json": json.dumps(config).encode(), "layer.tar": content,
             "manifest.json": json.dumps(manifest).encode()}
    with tarfile.open(archive, "w") as tar:
        for part, data in parts.items():
            entry = tarfile.TarInfo(part)
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))


def make():
    """The archives of the cluster's own images, into the state folder."""
    folder = STATE / "images"
    folder.mkdir(exist_ok=True)
    for name, user in IMAGES.items():
        archive = folder / f"{name}.tar"
        if not archive.exists():
            write(name, user, folder / ".writing")
            (folder / ".writing").rename(archive)


def load(archive, nodes=NODES):
    """Imports an archive as `docker save` writes it into the nodes."""
    for node in nodes:
        run(*in_node(node), "ctr", "-n", "k8s.io", "images", "import", archive, limit=300)


def load_own(node):
    known = run(*in_node(node), "ctr", "-n", "k8s.io", "images", "ls", "-q").split()
    for name in IMAGES:
        if f"localhost/{name}:1" not in known:
            load(STATE / "images" / f"{name}.tar", [node])
