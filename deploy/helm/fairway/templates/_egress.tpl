{{/* One rule of egress: a port, at the peers that are named, or anywhere. Given a dict of port and peers. */}}
{{- define "fairway.egressTo" -}}
- ports: [{port: {{ .port }}, protocol: TCP}]
  {{- with .peers }}
  to:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end }}

{{/* Where a pod may go: names, and the parts that it connects to. Given a dict of root and connects. */}}
{{- define "fairway.egress" -}}
{{- $values := .root.Values -}}
- ports: [{port: 53, protocol: UDP}, {port: 53, protocol: TCP}]
  to:
    {{- toYaml $values.networkPolicy.dns | nindent 4 }}
{{- if has "database" .connects }}
{{ include "fairway.egressTo" $values.database }}
{{- end }}
{{- if and (has "objects" .connects) $values.objects.bucket }}
{{ include "fairway.egressTo" $values.objects }}
{{- end }}
{{- if and (has "kafka" .connects) $values.kafka.bootstrapServers }}
{{ include "fairway.egressTo" $values.kafka }}
{{- end }}
{{- if and (has "mail" .connects) $values.mail.host }}
{{ include "fairway.egressTo" $values.mail }}
{{- end }}
{{- if has "spaceTrack" .connects }}
- ports: [{port: 443, protocol: TCP}]
  to:
    {{- with $values.spaceTrack.peers }}
    {{- toYaml . | nindent 4 }}
    {{- else }}
    - ipBlock:
        cidr: 0.0.0.0/0
        except:
          {{- toYaml $values.spaceTrack.privateNetworks | nindent 10 }}
    {{- end }}
{{- end }}
{{- if has "api" .connects }}
- ports: [{port: 8080, protocol: TCP}]
  to:
    - podSelector:
        matchLabels:
          {{- include "fairway.selector" (dict "root" .root "component" "ingest-api") | nindent 10 }}
    - podSelector:
        matchLabels:
          {{- include "fairway.selector" (dict "root" .root "component" "spacetrack-gateway") | nindent 10 }}
{{- end }}
{{- if $values.tracing.otlpEndpoint }}
{{ include "fairway.egressTo" $values.tracing }}
{{- end }}
{{- end }}
