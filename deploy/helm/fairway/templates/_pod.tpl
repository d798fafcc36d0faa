{{/* What every pod of the chart has in common: who it runs as, and what it may not. */}}
{{- define "fairway.podSecurity" -}}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  fsGroup: 10001
  seccompProfile: {type: RuntimeDefault}
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
{{- range . }}
  - name: {{ . }}
{{- end }}
{{- end }}
{{- end }}

{{- define "fairway.containerSecurity" -}}
image: {{ include "fairway.image" . | quote }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  runAsNonRoot: true
  capabilities: {drop: [ALL]}
{{- end }}

{{/* Where a pod may write, and the files that it may only read. Given a dict of root, connects and scratch. */}}
{{- define "fairway.mounts" -}}
- {name: tmp, mountPath: /tmp}
- {name: data, mountPath: /var/lib/fairway}
{{- if include "fairway.secretSources" . | trim }}
- {name: secrets, mountPath: /etc/fairway/secrets, readOnly: true}
{{- end }}
{{- end }}

{{- define "fairway.volumes" -}}
- name: tmp
  emptyDir: {sizeLimit: {{ .scratch }}}
- name: data
  emptyDir: {sizeLimit: {{ .scratch }}}
{{- with include "fairway.secretSources" . | trim }}
- name: secrets
  projected:
    defaultMode: 0440
    sources:
      {{- . | nindent 6 }}
{{- end }}
{{- end }}
