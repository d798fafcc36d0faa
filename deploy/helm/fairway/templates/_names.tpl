{{/* The release's own name: `fairway` for a release of that name, `NAME-fairway` for another. */}}
{{- define "fairway.fullname" -}}
{{- if contains .Chart.Name .Release.Name -}}{{ .Release.Name | trunc 40 | trimSuffix "-" }}
{{- else -}}{{ printf "%s-%s" .Release.Name .Chart.Name | trunc 40 | trimSuffix "-" }}{{- end -}}
{{- end }}

{{/* What selects the pods of one service. Given a dict of root and component. */}}
{{- define "fairway.selector" -}}
app.kubernetes.io/name: {{ .root.Chart.Name }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{/* Labels of everything that belongs to one component. */}}
{{- define "fairway.labels" -}}
{{ include "fairway.selector" . }}
app.kubernetes.io/version: {{ .root.Values.image.tag | default .root.Chart.AppVersion | quote }}
app.kubernetes.io/part-of: fairway
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{- end }}

{{- define "fairway.image" -}}
{{- if .Values.image.digest -}}{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}{{- end -}}
{{- end }}

{{/* A service's values over what holds for every service, as YAML. Given a dict of root and component. */}}
{{- define "fairway.service" -}}
{{- mergeOverwrite (deepCopy .root.Values.defaults) (deepCopy (index .root.Values.services .component)) | toYaml -}}
{{- end }}

{{/* Whether the number of a service's pods is somebody else's business: "cpu", "lag" or nothing. */}}
{{- define "fairway.scaledOn" -}}
{{- $autoscale := (index .root.Values.services .component).autoscale | default dict -}}
{{- if and (eq ($autoscale.metric | default "") "cpu") .root.Values.autoscaling.hpa -}}cpu
{{- else if and (eq ($autoscale.metric | default "") "lag") .root.Values.autoscaling.keda -}}lag{{- end -}}
{{- end }}
