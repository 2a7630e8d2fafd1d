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

{{- define "mssql-ha.account" -}}
{{- default (include "mssql-ha.name" .) .Values.serviceAccount.name }}
{{- end }}

{{- define "mssql-ha.image" -}}
{{- $repository := required "image.repository: no image is published yet. Build one with docker/build-local (see docker/README.md), push it to a registry that your nodes can reach, and pass --set image.repository=REGISTRY/mssql-ha" .Values.image.repository }}
{{- if .Values.image.digest }}{{ $repository }}@{{ .Values.image.digest }}
{{- else }}{{ $repository }}:{{ default .Chart.AppVersion .Values.image.tag }}{{ end }}
{{- end }}
