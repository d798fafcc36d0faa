{{/*
What a pod is told, and only what it needs: where the parts are that it connects to, and in which files their secrets
stand. Given a dict of root, component, connects (names of parts) and settings.
*/}}
{{- define "fairway.environment" -}}
{{- $values := .root.Values -}}
{{- $secrets := "/etc/fairway/secrets" -}}
- {name: FAIRWAY_DATA, value: /var/lib/fairway}
- {name: FAIRWAY_HTTP__HOST, value: 0.0.0.0}
- {name: FAIRWAY_HTTP__PORT, value: "8080"}
- {name: FAIRWAY_HTTP__PUBLIC_URL, value: {{ $values.publicUrl | quote }}}
{{- if .shutdownSeconds }}
- {name: FAIRWAY_HTTP__SHUTDOWN_S, value: {{ .shutdownSeconds | quote }}}
{{- end }}
{{- if has "database" .connects }}
- {name: FAIRWAY_DATABASE__URL_FILE, value: {{ $secrets }}/database-url}
{{- end }}
{{- if and (has "objects" .connects) $values.objects.bucket }}
{{- with $values.objects }}
- {name: FAIRWAY_S3__BUCKET, value: {{ .bucket | quote }}}
- {name: FAIRWAY_S3__REGION, value: {{ .region | quote }}}
{{- if .endpointUrl }}
- {name: FAIRWAY_S3__ENDPOINT_URL, value: {{ .endpointUrl | quote }}}
{{- end }}
{{- if .encryption }}
- {name: FAIRWAY_S3__ENCRYPTION, value: {{ .encryption | quote }}}
{{- end }}
{{- if .encryptionKeyId }}
- {name: FAIRWAY_S3__ENCRYPTION_KEY_ID, value: {{ .encryptionKeyId | quote }}}
{{- end }}
{{- if .existingSecret }}
- {name: FAIRWAY_S3__ACCESS_KEY_ID, valueFrom: {secretKeyRef: {name: {{ .existingSecret }}, key: {{ .accessKeyIdKey }}}}}
- {name: FAIRWAY_S3__SECRET_ACCESS_KEY_FILE, value: {{ $secrets }}/s3-secret-access-key}
{{- end }}
{{- end }}
{{- end }}
{{- if and (has "kafka" .connects) $values.kafka.bootstrapServers }}
{{- with $values.kafka }}
- {name: FAIRWAY_KAFKA__BOOTSTRAP_SERVERS, value: {{ .bootstrapServers | quote }}}
- {name: FAIRWAY_KAFKA__SECURITY_PROTOCOL, value: {{ .securityProtocol | quote }}}
{{- if ne $.component "migration" }}
- {name: FAIRWAY_KAFKA__GROUP_INSTANCE_ID, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
{{- end }}
{{- if .replicationFactor }}
- {name: FAIRWAY_KAFKA__REPLICATION_FACTOR, value: {{ .replicationFactor | quote }}}
{{- end }}
{{- if .topicPrefix }}
- {name: FAIRWAY_KAFKA__TOPIC_PREFIX, value: {{ .topicPrefix | quote }}}
{{- end }}
{{- if and (hasPrefix "SASL" .securityProtocol) (not .saslMechanism) }}
{{- fail (printf "kafka.saslMechanism: with %s one signs in, and has to say how" .securityProtocol) }}
{{- end }}
{{- if .saslMechanism }}
- {name: FAIRWAY_KAFKA__SASL_MECHANISM, value: {{ .saslMechanism | quote }}}
- {name: FAIRWAY_KAFKA__USERNAME, valueFrom: {secretKeyRef: {name: {{ required "kafka.existingSecret names the Secret with the user and the password" .existingSecret }}, key: {{ .usernameKey }}}}}
- {name: FAIRWAY_KAFKA__PASSWORD_FILE, value: {{ $secrets }}/kafka-password}
{{- end }}
{{- if .caSecret }}
- {name: FAIRWAY_KAFKA__CA_FILE, value: {{ $secrets }}/kafka-ca.crt}
{{- end }}
{{- if .certSecret }}
{{- if not (hasSuffix "SSL" .securityProtocol) }}
{{- fail (printf "kafka.certSecret: with %s nobody is shown a certificate" .securityProtocol) }}
{{- end }}
- {name: FAIRWAY_KAFKA__CERT_FILE, value: {{ $secrets }}/kafka-tls.crt}
- {name: FAIRWAY_KAFKA__KEY_FILE, value: {{ $secrets }}/kafka-tls.key}
{{- end }}
{{- end }}
{{- end }}
{{- if and (has "mail" .connects) $values.mail.host }}
{{- with $values.mail }}
- {name: FAIRWAY_MAIL__SENDER, value: {{ .sender | quote }}}
- {name: FAIRWAY_MAIL__SMTP__HOST, value: {{ .host | quote }}}
- {name: FAIRWAY_MAIL__SMTP__PORT, value: {{ .port | quote }}}
- {name: FAIRWAY_MAIL__SMTP__SECURITY, value: {{ .security | quote }}}
{{- if .existingSecret }}
- {name: FAIRWAY_MAIL__SMTP__USER, valueFrom: {secretKeyRef: {name: {{ .existingSecret }}, key: {{ .userKey }}}}}
- {name: FAIRWAY_MAIL__SMTP__PASSWORD_FILE, value: {{ $secrets }}/smtp-password}
{{- end }}
{{- end }}
{{- end }}
{{- if and (has "spaceTrack" .connects) $values.spaceTrack.existingSecret }}
- {name: FAIRWAY_SPACE_TRACK__SECRET_KEY_FILE, value: {{ $secrets }}/space-track-key}
{{- end }}
{{- if has "api" .connects }}
- {name: FAIRWAY_DASHBOARD__API_URL, value: "http://{{ include "fairway.fullname" .root }}-ingest-api:8080"}
- {name: FAIRWAY_DASHBOARD__SPACE_TRACK_URL, value: "http://{{ include "fairway.fullname" .root }}-spacetrack-gateway:8080"}
{{- end }}
{{- if $values.tracing.otlpEndpoint }}
- {name: FAIRWAY_TRACING__OTLP_ENDPOINT, value: {{ $values.tracing.otlpEndpoint | quote }}}
- {name: FAIRWAY_TRACING__SAMPLE_RATIO, value: {{ $values.tracing.sampleRatio | quote }}}
{{- end }}
{{- range $name, $value := mergeOverwrite (deepCopy $values.settings) (.settings | default dict) }}
- {name: {{ $name }}, value: {{ $value | toString | quote }}}
{{- end }}
{{- end }}

{{/* The Secrets whose files the pod reads, as sources of one projected volume; nothing where it needs none. */}}
{{- define "fairway.secretSources" -}}
{{- $values := .root.Values -}}
{{- if has "database" .connects }}
- secret: {name: {{ $values.database.existingSecret }}, items: [{key: {{ $values.database.urlKey }}, path: database-url}]}
{{- end }}
{{- if and (has "objects" .connects) $values.objects.bucket $values.objects.existingSecret }}
- secret: {name: {{ $values.objects.existingSecret }}, items: [{key: {{ $values.objects.secretAccessKeyKey }}, path: s3-secret-access-key}]}
{{- end }}
{{- if and (has "kafka" .connects) $values.kafka.bootstrapServers $values.kafka.saslMechanism }}
- secret: {name: {{ $values.kafka.existingSecret }}, items: [{key: {{ $values.kafka.passwordKey }}, path: kafka-password}]}
{{- end }}
{{- if and (has "kafka" .connects) $values.kafka.bootstrapServers $values.kafka.caSecret }}
- secret: {name: {{ $values.kafka.caSecret }}, items: [{key: {{ $values.kafka.caKey }}, path: kafka-ca.crt}]}
{{- end }}
{{- if and (has "kafka" .connects) $values.kafka.bootstrapServers $values.kafka.certSecret }}
- secret: {name: {{ $values.kafka.certSecret }}, items: [{key: {{ $values.kafka.certKey }}, path: kafka-tls.crt}, {key: {{ $values.kafka.keyKey }}, path: kafka-tls.key}]}
{{- end }}
{{- if and (has "mail" .connects) $values.mail.host $values.mail.existingSecret }}
- secret: {name: {{ $values.mail.existingSecret }}, items: [{key: {{ $values.mail.passwordKey }}, path: smtp-password}]}
{{- end }}
{{- if and (has "spaceTrack" .connects) $values.spaceTrack.existingSecret }}
- secret: {name: {{ $values.spaceTrack.existingSecret }}, items: [{key: {{ $values.spaceTrack.secretKeyKey }}, path: space-track-key}]}
{{- end }}
{{- end }}
