{{/* Names of releases have up to 53 characters, and may have dots or begin with a digit, which names of Services may not. */}}
{{- define "aerie.name" -}}
{{- $name := .Release.Name | replace "." "-" -}}
{{- regexMatch "^[0-9]" $name | ternary (printf "aerie-%s" $name | trunc 53 | trimSuffix "-") $name -}}
{{- end -}}

{{- define "aerie.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end -}}

{{- define "aerie.labels" -}}
{{ include "aerie.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end -}}

{{- define "aerie.image" -}}
{{- with .Values.image -}}
{{ .repository }}{{ if .digest }}@{{ .digest }}{{ else }}:{{ .tag | default $.Chart.AppVersion }}{{ end }}
{{- end -}}
{{- end -}}

{{/* The environment: secrets as files, and what is no secret as it is (a large number without an exponent). A variable is not set both ways: LOG_LEVEL may be in a file. Called with the root, the variables that `config` may replace, and those of the component. */}}
{{- define "aerie.env" -}}
{{- $variables := mergeOverwrite (dict) .defaults .root.Values.config .own }}
{{- range .root.Values.secrets.keys }}
{{- $_ := unset $variables . }}
- name: {{ . }}_FILE
  value: /run/secrets/aerie/{{ . }}
{{- end }}
{{- range $name, $value := $variables }}
- name: {{ $name }}
  value: {{ kindIs "string" $value | ternary $value (toJson $value) | quote }}
{{- end }}
{{- end -}}

{{/* What all pods have in common. Called with the root and the component's name. */}}
{{- define "aerie.pod" -}}
{{- with .root.Values.imagePullSecrets }}
imagePullSecrets: {{ toYaml . | nindent 2 }}
{{- end }}
automountServiceAccountToken: false
enableServiceLinks: false
terminationGracePeriodSeconds: {{ int64 .root.Values.terminationGracePeriodSeconds }}
securityContext:
  runAsNonRoot: true
  runAsUser: 1000
  runAsGroup: 1000
  fsGroup: 1000
  seccompProfile: { type: RuntimeDefault }
topologySpreadConstraints:
  {{- range list "topology.kubernetes.io/zone" "kubernetes.io/hostname" }}
  - maxSkew: 1
    topologyKey: {{ . }}
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        {{- include "aerie.selector" $.root | nindent 8 }}
        app.kubernetes.io/component: {{ $.component }}
  {{- end }}
{{- with .root.Values.nodeSelector }}
nodeSelector: {{ toYaml . | nindent 2 }}
{{- end }}
{{- with .root.Values.tolerations }}
tolerations: {{ toYaml . | nindent 2 }}
{{- end }}
{{- with .root.Values.affinity }}
affinity: {{ toYaml . | nindent 2 }}
{{- end }}
volumes:
  - name: secrets
    secret:
      secretName: {{ .root.Values.secrets.existingSecret | quote }}
      defaultMode: 0440
      items:
        {{- range .root.Values.secrets.keys }}
        - { key: {{ . }}, path: {{ . }} }
        {{- end }}
  - name: data
    emptyDir: { sizeLimit: 256Mi }
  - name: tmp
    emptyDir: { sizeLimit: 256Mi }
{{- end -}}

{{/* What all containers have in common. */}}
{{- define "aerie.container" -}}
image: {{ include "aerie.image" . }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
securityContext:
  readOnlyRootFilesystem: true
  allowPrivilegeEscalation: false
  capabilities: { drop: [ALL] }
volumeMounts:
  - { name: secrets, mountPath: /run/secrets/aerie, readOnly: true }
  - { name: data, mountPath: /data }
  - { name: tmp, mountPath: /tmp }
{{- end -}}

{{/* Probes by health checks: of the API on its own port, of workers on that of their metrics. Without the Job, the first pod migrates before it responds, and the others wait for it. Called with the root and the port. */}}
{{- define "aerie.probes" -}}
startupProbe:
  httpGet: { path: /health/live, port: {{ .port }} }
  periodSeconds: 2
  timeoutSeconds: 3
  failureThreshold: {{ .root.Values.migration.enabled | ternary 90 (div .root.Values.migration.activeDeadlineSeconds 2 | max 90) }}
livenessProbe:
  httpGet: { path: /health/live, port: {{ .port }} }
  periodSeconds: 10
  timeoutSeconds: 3
  failureThreshold: 3
readinessProbe:
  httpGet: { path: /health/ready, port: {{ .port }} }
  periodSeconds: 5
  timeoutSeconds: 3
  failureThreshold: 2
{{- end -}}
