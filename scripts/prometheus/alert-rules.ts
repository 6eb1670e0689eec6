// docs/prometheus/pgdeck-alerts.yml: rules for Prometheus over the metrics of pgdeck, ready to load.

interface Rule {
  readonly alert: string
  readonly expr: string
  /** How long it must last. */
  readonly for: string
  /** How long it stands on when the series is gone: pgdeck may have ended in the same outage. */
  readonly keepFiring?: string
  readonly severity: 'warning' | 'critical'
  readonly summary: string
  readonly description: string
}

const RULES: readonly Rule[] = [
  {
    alert: 'PgdeckCritical',
    expr: 'max by (cluster, rule, subject) (pgdeck_alert{severity="critical"}) == 1',
    for: '0m',
    keepFiring: '5m',
    severity: 'critical',
    summary: '{{ $labels.cluster }}: {{ $labels.rule }} {{ $labels.subject }}',
    description:
      'pgdeck check {{ $labels.rule }} --cluster {{ $labels.cluster }}  tells the figure, pgdeck shows what to do.',
  },
  {
    alert: 'PgdeckWarning',
    expr: 'max by (cluster, rule, subject) (pgdeck_alert{severity="warning"}) == 1',
    for: '5m',
    severity: 'warning',
    summary: '{{ $labels.cluster }}: {{ $labels.rule }} {{ $labels.subject }}',
    description:
      'pgdeck check {{ $labels.rule }} --cluster {{ $labels.cluster }}  tells the figure, pgdeck shows what to do.',
  },
  {
    alert: 'PgdeckGone',
    expr: 'absent(pgdeck_build_info)',
    for: '2m',
    severity: 'critical',
    summary: 'no pgdeck is scraped: nobody watches the clusters',
    description: 'Start  pgdeck metrics --listen  where it ran, or correct the address in scrape_configs.',
  },
  {
    alert: 'PgdeckClusterGone',
    expr:
      'group by (cluster) (last_over_time(pgdeck_health[1h])) unless group by (cluster) (pgdeck_health) ' +
      'and on () pgdeck_build_info',
    for: '2m',
    severity: 'critical',
    summary: '{{ $labels.cluster }}: nobody watches it any more',
    description:
      'The pgdeck that watched it is not scraped, and others are. Start  pgdeck metrics --listen  where it ran.',
  },
  {
    alert: 'PgdeckClusterUnknown',
    expr: 'max by (cluster) (pgdeck_health{state="unknown"}) == 1',
    for: '5m',
    severity: 'warning',
    summary: '{{ $labels.cluster }}: its health is unknown',
    description: 'No target of the cluster could be read. pgdeck diagnose says why.',
  },
  {
    alert: 'PgdeckReadingOld',
    expr: 'time() - max by (cluster, node) (pgdeck_last_reading_timestamp_seconds) > 300',
    for: '0m',
    severity: 'warning',
    summary: '{{ $labels.cluster }}: {{ $labels.node }} has not answered for {{ $value | humanizeDuration }}',
    description: 'All other figures of it are missing. pgdeck diagnose says why.',
  },
  {
    alert: 'PgdeckFailoverBlocked',
    expr:
      'max by (cluster) (pgdeck_failover_blockers) > 0 ' +
      'and on (cluster) max_over_time(count by (cluster) (pgdeck_up)[1d:5m]) > 1',
    for: '15m',
    severity: 'warning',
    summary: '{{ $labels.cluster }}: {{ $value }} reasons are against a failover',
    description: 'If the primary fails now, no standby can take over. pgdeck topology lists the reasons.',
  },
]

const HEAD = `# Alerts of Prometheus from the metrics of pgdeck: add the path of this file to rule_files. Made from the code by
# npm run generate. The limits are those of pgdeck's own configuration (key "alerts"). What is silenced in pgdeck alerts here
# all the same: silence it in Alertmanager too. PgdeckReadingOld is for intervals of up to a minute. Needs Prometheus 2.42.
groups:
  - name: pgdeck
    rules:
`

/** The file. Values are written as JSON, which YAML contains. */
export function alertRulesFile(): string {
  const rules = RULES.map(
    ({ alert, expr, for: lasts, keepFiring, severity, summary, description }) => `      - alert: ${alert}
        expr: ${JSON.stringify(expr)}
        for: ${lasts}
${keepFiring === undefined ? '' : `        keep_firing_for: ${keepFiring}\n`}        labels: {severity: ${severity}}
        annotations:
          summary: ${JSON.stringify(summary)}
          description: ${JSON.stringify(description)}
`,
  )
  return `${HEAD}${rules.join('')}`
}
