"""The cluster's CA, the certificates of its parts and their kubeconfigs."""
from .network import run
from .settings import API, CONF, CONTROL_PLANE, FIRST_SERVICE, KEYS, NODES, address

CURVE = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30")
SERVICE_NAMES = ("kubernetes", "kubernetes.default", "kubernetes.default.svc",
                 "kubernetes.default.svc.cluster.local")


def certificate(name, subject, *alternatives):
    """One signed by the CA, good for servers and clients; kept when it is there."""
    file = KEYS / f"{name}.crt"
    if file.exists():
        return
    extensions = ["keyUsage=digitalSignature,keyEncipherment",
                  "extendedKeyUsage=serverAuth,clientAuth"]
    if alternatives:
        extensions.append("subjectAltName=" + ",".join(alternatives))
    added = [word for extension in extensions for word in ("-addext", extension)]
    run("openssl", "req", "-x509", *CURVE, "-CA", KEYS / "ca.crt", "-CAkey", KEYS / "ca.key",
        "-subj", subject, *added, "-keyout", KEYS / f"{name}.key", "-out", file)


def kubeconfig(name):
    (CONF / f"{name}.kubeconfig").write_text(f"""\
apiVersion: v1
kind: Config
clusters: [{{name: test, cluster: {{server: "{API}", certificate-authority: {KEYS}/ca.crt}}}}]
users:
- name: {name}
  user: {{client-certificate: {KEYS}/{name}.crt, client-key: {KEYS}/{name}.key}}
contexts: [{{name: test, context: {{cluster: test, user: {name}}}}}]
current-context: test
""")


def account_keys():
    """What signs the tokens of service accounts, and what did before it and is still believed."""
    return KEYS / "accounts.key", KEYS / "accounts-before.key"


def account_key(step):
    """`new`: another one signs from now on. `retire`: the one before is not believed any more."""
    signs, before = account_keys()
    if step == "new":
        signs.rename(before)
        run("openssl", "genrsa", "-out", signs, "2048")
    else:
        before.unlink(missing_ok=True)


def make():
    for folder in (KEYS, CONF):
        folder.mkdir(parents=True, exist_ok=True)
    if not (KEYS / "ca.crt").exists():
        run("openssl", "req", "-x509", *CURVE, "-subj", "/CN=test cluster",
            "-addext", "keyUsage=critical,keyCertSign,cRLSign",
            "-keyout", KEYS / "ca.key", "-out", KEYS / "ca.crt")
        run("openssl", "genrsa", "-out", account_keys()[0], "2048")
    certificate("apiserver", "/CN=kube-apiserver", f"IP:{address(CONTROL_PLANE)}",
                f"IP:{FIRST_SERVICE}", "IP:127.0.0.1", *(f"DNS:{name}" for name in SERVICE_NAMES))
    certificate("kubelet-client", "/O=system:masters/CN=kube-apiserver-kubelet-client")
    certificate("front-proxy", "/CN=front-proxy-client")
    clients = {"admin": "/O=system:masters/CN=admin", "controllers":
               "/CN=system:kube-controller-manager", "scheduler": "/CN=system:kube-scheduler",
               "proxy": "/CN=system:kube-proxy"}
    for name, subject in clients.items():
        certificate(name, subject)
        kubeconfig(name)
    for node in NODES:
        certificate(node, f"/O=system:nodes/CN=system:node:{node}", f"DNS:{node}",
                    f"IP:{address(node)}")
        kubeconfig(node)
