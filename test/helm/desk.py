"""What an administrator has on his desk beside a real API server: helm, kubectl, service accounts' tokens, the operator's
program. There is no kubelet: pods are objects, and programs that would run in them run here."""
import contextlib
import json
import os
import pathlib
import re
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "test/contract"))
import servers  # noqa: E402

CHART = TOP / "helm/mssql-ha"
# One resource of each binding that a release gives its operator, and its test.
OPERATES = ("leases", "statefulsets", "sqlservers/finalizers")
TESTS = ("sqlservers",)
IMAGE = ("--set", "image.repository=registry.example.com/mssql-ha")


class Wrong(SystemExit):
    """What was found, against what should have been."""


def run(*command, fails=False, **more):
    """What it printed on both streams; it must fail where that is said."""
    done = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          timeout=120, **more)
    if (done.returncode != 0) != fails:
        raise Wrong(f"{' '.join(map(str, command))}: code {done.returncode}:\n{done.stdout}")
    return done.stdout


def until(words, ready, seconds=60):
    end = time.monotonic() + seconds
    while not (found := ready()):
        if time.monotonic() > end:
            raise Wrong(f"not within {seconds} s: {words}")
        time.sleep(0.2)
    return found


class Desk:
    def __init__(self, where, binaries):
        self.folder = pathlib.Path(where["ca"]).parent
        self.port, self.ca, self.admin = where["port"], where["ca"], where["tokens"]["admin"]
        self.context = ssl.create_default_context(cafile=self.ca)
        self.helm_program = run(TOP / "tools/build-helm").splitlines()[-1]
        # What a shell of the administrator's has.
        self.shell = {"env": os.environ | {"KUBECONFIG": str(self.folder / "kubeconfig"),
                                           "PATH": f"{binaries}:{os.environ['PATH']}"}}

    def helm(self, *words, fails=False):
        return run(self.helm_program, *words, fails=fails, **self.shell)

    def kubectl(self, *words, fails=False, given=None):
        return run("kubectl", *words, fails=fails, input=given, **self.shell)

    def ask(self, token, method, path, body=None, kind="application/json"):
        """The status and the body of the answer."""
        request = urllib.request.Request(f"https://127.0.0.1:{self.port}{path}", method=method,
                                         data=None if body is None else json.dumps(body).encode())
        request.add_header("Authorization", f"Bearer {token}")
        request.add_header("Content-Type", kind)
        try:
            with urllib.request.urlopen(request, timeout=10, context=self.context) as reply:
                return reply.status, json.loads(reply.read())
        except urllib.error.HTTPError as refused:
            return refused.code, json.loads(refused.read())

    def token(self, space, account):
        return self.kubectl("create", "token", account, "-n", space).strip()

    def account(self, space, name, rights):
        """The folder that a pod of that service account would see, and its environment, once these rights are in force."""
        folder = self.folder / f"account-{space}-{name}"
        folder.mkdir(exist_ok=True)
        token = self.token(space, name)
        until(f"rights of {space}/{name}", lambda: servers.granted(lambda *what: self.ask(token, *what)[1], space, rights))
        (folder / "token").write_text(token)
        (folder / "namespace").write_text(space)
        (folder / "ca.crt").write_text(pathlib.Path(self.ca).read_text())
        return folder, os.environ | {"KUBERNETES_SERVICE_HOST": "127.0.0.1", "KUBERNETES_SERVICE_PORT": str(self.port),
                                     "POD_NAMESPACE": space}

    @contextlib.contextmanager
    def operator(self, program, space, account, *words):
        """The operator as that service account, from when it works until the block is left."""
        folder, environment = self.account(space, account, OPERATES)
        log = self.folder / "operator.log"
        address = servers.own_address()
        with open(log, "w") as out:
            running = subprocess.Popen([program, "--kubernetes-folder", folder, "--listen-address", address, *words],
                                       stdout=out, stderr=out, env=environment)
        try:
            until("the operator works", lambda: servers.answers(f"http://{address}:8080/readyz", needle="ready"))
            yield
        except BaseException:
            print(log.read_text())
            raise
        finally:
            running.terminate()
            running.wait(20)
        if wrong := [line for line in log.read_text().splitlines() if re.search('"level":"(warning|error)"', line)]:
            raise Wrong("the operator complains:\n" + "\n".join(wrong))


@contextlib.contextmanager
def desk():
    programs = ("etcd", "kube-apiserver", "kube-controller-manager", "kubectl")
    built = run(TOP / "tools/build-kube", *programs).splitlines()[-1]
    with servers.kube(built) as where:
        yield Desk(where, built)
