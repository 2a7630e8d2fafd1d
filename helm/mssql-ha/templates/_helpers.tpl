{{/* The release's own name for its objects. */}}
{{- define "mssql-ha.name" -}}
{{- $name := ternary .Release.Name (printf "%s-mssql-ha" .Release.Name) (contains "mssql-ha" .Release.Name) }}
{{- $name | trunc 50 | trimSuffix "-" }}
{{- end }}

{{- define "mssql-ha.selector" -}}
app.kubernetes.io/name: mssql-ha
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: operator
{{- end }}

{{- define "mssql-ha.labels" -}}
{{ include "mssql-ha.selector" . }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- with .Values.labels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* Labels and annotations of every object. */}}
{{- define "mssql-ha.marks" -}}
labels: {{- include "mssql-ha.labels" . | nindent 2 }}
{{- with .Values.annotations }}
annotations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* Not empty where the policy that limits supervisors' pod patches is part of the release: such policies are there from
     Kubernetes 1.30 on. */}}
{{- define "mssql-ha.podPolicy" -}}
{{- if and .Values.podPolicy.install (semverCompare ">=1.30.0-0" .Capabilities.KubeVersion.Version) }}yes{{ end }}
{{- end }}

{{- define "mssql-ha.podPolicyName" -}}
{{ include "mssql-ha.name" . }}-pods{{ if .Values.namespaced }}-{{ .Release.Namespace }}{{ end }}
{{- end }}

{{- define "mssql-ha.volumePolicyName" -}}
{{ include "mssql-ha.name" . }}-volumes
{{- end }}

{{- define "mssql-ha.account" -}}
{{- default (include "mssql-ha.name" .) .Values.serviceAccount.name }}
{{- end }}

{{- define "mssql-ha.image" -}}
{{- $words := "image.repository: no image is published yet. Build one with `make image` (see docker/README.md), push it with `skopeo copy docker-archive:build/images/mssql-ha.tar docker://REGISTRY/mssql-ha:%s` to a registry that your nodes can reach, and pass --set image.repository=REGISTRY/mssql-ha. `make demo-helm` installs the chart on a cluster of its own" }}
{{- $repository := required (printf $words .Chart.AppVersion) .Values.image.repository }}
{{- if .Values.image.digest }}{{ $repository }}@{{ .Values.image.digest }}
{{- else }}{{ $repository }}:{{ default .Chart.AppVersion .Values.image.tag }}{{ end }}
{{- end }}

{{/* Namespace, labels and annotations of what only `helm test` makes. */}}
{{- define "mssql-ha.hook" -}}
namespace: {{ .Release.Namespace }}
labels:
  app.kubernetes.io/name: mssql-ha
  app.kubernetes.io/instance: {{ .Release.Name }}
  app.kubernetes.io/component: test
  app.kubernetes.io/managed-by: sql-on-k8s-operator
annotations:
  helm.sh/hook: test
  helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
{{- end }}
