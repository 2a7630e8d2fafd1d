#!/usr/bin/env python3
"""What the chart renders for each Kubernetes from 1.29 to 1.34, and the objects of a group, held by kubeconform to that
version's own OpenAPI file, which is in its Go module; kubernetes.txt pins versions and sums. An unknown field fails.
Built and downloaded is once, into the cache."""
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
TOP = HERE.parents[2]
CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "mssql-ha"
GO = {"GOFLAGS": "-mod=readonly", "GOTOOLCHAIN": "local", "CGO_ENABLED": "0", "GOMODCACHE": str(CACHE / "go/modules"),
      "GOCACHE": str(CACHE / "go/build"), "GOPATH": str(CACHE / "go/path")}
ALL = ("annotations.a=b,labels.c=d,podLabels.e=f,podAnnotations.g=h,networkPolicy.enabled=true,imagePullSecrets[0].name=pull,"
       "priorityClassName=high,nodeSelector.i=j,tolerations[0].operator=Exists")


def run(*command, **more):
    return subprocess.run([str(word) for word in command], check=True, text=True, stdout=subprocess.PIPE, **more).stdout


def go(*words):
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("GO") or name == "GOPROXY"}
    return run(run(TOP / "tools/fetch-go").strip(), *words, cwd=HERE, env=inherited | GO)


def strict(schema):
    """OpenAPI of Kubernetes as JSON Schema that takes no field it does not know."""
    if isinstance(schema, list):
        return [strict(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    made = {name: strict(value) for name, value in schema.items() if name != "properties"}
    if "properties" in schema:
        made["properties"] = {name: strict(value) for name, value in schema["properties"].items()}
    if schema.get("format") == "int-or-string":
        made["type"] = ["string", "integer"]
    if "properties" in schema and "additionalProperties" not in schema:
        made["additionalProperties"] = False
    return made


def write_schemas(swagger, folder):
    """One file for each kind, under the name that kubeconform asks for: role-rbac-v1.json."""
    text = json.loads(swagger.read_text().replace("#/definitions/", "definitions.json#/$defs/"))
    definitions = text["definitions"]
    # Amounts of memory may be written as numbers.
    definitions["io.k8s.apimachinery.pkg.api.resource.Quantity"]["type"] = ["string", "number"]
    folder.mkdir(parents=True)
    (folder / "definitions.json").write_text(json.dumps({"$defs": {name: strict(one) for name, one in definitions.items()}}))
    for name, one in definitions.items():
        for kind in one.get("x-kubernetes-group-version-kind", []):
            suffix = "-".join(part for part in (kind["group"].partition(".")[0], kind["version"]) if part)
            (folder / f"{kind['kind'].lower()}-{suffix}.json").write_text(json.dumps({"$ref": f"definitions.json#/$defs/{name}"}))


def prepared():
    """The folder with kubeconform and the schemas of every version."""
    pins = b"".join(sorted(file.read_bytes() for file in HERE.iterdir() if file.is_file()))
    folder = CACHE / "schemas" / hashlib.sha256(pins).hexdigest()[:16]
    if (folder / "complete").exists():
        return folder
    # Of other pins.
    shutil.rmtree(folder.parent, ignore_errors=True)
    go("build", "-trimpath", "-ldflags", "-s -w", "-o", folder / "kubeconform", "github.com/yannh/kubeconform/cmd/kubeconform")
    for version, total in versions():
        module = json.loads(go("mod", "download", "-json", f"k8s.io/kubernetes@{version}"))
        if module["Sum"] != total:
            sys.exit(f"schemas: k8s.io/kubernetes {version} has the sum {module['Sum']}, pinned is {total}")
        if not (folder / version).exists():
            write_schemas(pathlib.Path(module["Dir"]) / "api/openapi-spec/swagger.json", folder / version)
    (folder / "complete").touch()
    return folder


def versions():
    return [line.split() for line in (HERE / "kubernetes.txt").read_text().splitlines()]


def judge(folder, version, text):
    """Whether kubeconform takes it, and its words."""
    place = f"{folder}/{version}/{{{{.ResourceKind}}}}{{{{.KindSuffix}}}}.json"
    done = subprocess.run([folder / "kubeconform", "-strict", "-summary", "-schema-location", place], input=text, text=True,
                          stdout=subprocess.PIPE)
    return done.returncode == 0, done.stdout.strip()


def main():
    folder = prepared()
    helm = run(TOP / "tools/build-helm").split()[-1]
    for version, _ in versions():
        texts = [run(helm, "template", "mssql-ha", TOP / "helm/mssql-ha", "--kube-version", version, "--set",
                     "image.repository=r" + more) for more in ("", ",namespaced=true", "," + ALL)]
        texts.append((TOP / "manifests/static/group.yaml").read_text())
        taken, words = judge(folder, version, "\n---\n".join(texts))
        print(version, words)
        if not taken:
            sys.exit(f"schemas: Kubernetes {version} does not take it")
        if judge(folder, version, texts[-1].replace("  replicas: 3", "  replicaz: 3"))[0]:
            sys.exit(f"schemas: a misspelt field passes for Kubernetes {version}")


if __name__ == "__main__":
    main()
