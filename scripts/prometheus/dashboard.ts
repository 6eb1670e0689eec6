// docs/prometheus/pgdeck-dashboard.json: a dashboard for Grafana over the metrics of pgdeck, ready to import.

interface Panel {
  readonly title: string
  readonly kind: 'stat' | 'timeseries' | 'table'
  /** Grafana's name of the unit. */
  readonly unit: string
  readonly queries: readonly { readonly expr: string; readonly legend: string }[]
  /** Columns of 24, and rows. */
  readonly width: number
  readonly height: number
}

const one = (expr: string, legend: string) => [{ expr, legend }]

/** `$cluster` is chosen on the dashboard. */
const PANELS: readonly Panel[] = [
  {
    title: 'Users are served by',
    kind: 'stat',
    unit: 'none',
    queries: one('max by (cluster, server, access) (pgdeck_serving{cluster=~"$cluster"})', '{{server}} ({{access}})'),
    width: 8,
    height: 5,
  },
  {
    title: 'Health',
    kind: 'stat',
    unit: 'none',
    queries: one('max by (cluster, state) (pgdeck_health{cluster=~"$cluster"} == 1)', '{{cluster}}: {{state}}'),
    width: 8,
    height: 5,
  },
  {
    title: 'Lost if the primary fails now',
    kind: 'stat',
    unit: 'bytes',
    queries: one(
      'max by (cluster, if_fails, candidate) (pgdeck_failover_loss_bytes{cluster=~"$cluster"})',
      '{{if_fails}} → {{candidate}}',
    ),
    width: 8,
    height: 5,
  },
  {
    title: 'Alerts in force',
    kind: 'table',
    unit: 'none',
    queries: one('max by (cluster, severity, rule, subject) (pgdeck_alert{cluster=~"$cluster"})', '{{rule}}'),
    width: 24,
    height: 7,
  },
  {
    title: 'WAL that standbys have yet to replay',
    kind: 'timeseries',
    unit: 'bytes',
    queries: one(
      'pgdeck_replication_lag_bytes{cluster=~"$cluster", stage="replayed"}',
      '{{upstream}} → {{downstream}}',
    ),
    width: 12,
    height: 8,
  },
  {
    title: 'Age of what standbys have yet to replay',
    kind: 'timeseries',
    unit: 's',
    queries: one('pgdeck_replication_lag_seconds{cluster=~"$cluster"}', '{{upstream}} → {{downstream}}'),
    width: 12,
    height: 8,
  },
  {
    title: 'WAL written',
    kind: 'timeseries',
    unit: 'Bps',
    queries: one(
      'rate(pgdeck_wal_position_bytes{cluster=~"$cluster"}[5m]) and on (cluster, node) pgdeck_database_role{role="primary"}',
      '{{node}}',
    ),
    width: 12,
    height: 8,
  },
  {
    title: 'Transactions committed',
    kind: 'timeseries',
    unit: 'ops',
    queries: one('rate(pgdeck_transactions_committed_total{cluster=~"$cluster"}[5m])', '{{node}}'),
    width: 12,
    height: 8,
  },
  {
    title: 'Sessions, and the connections that users may take',
    kind: 'timeseries',
    unit: 'none',
    queries: [
      { expr: 'pgdeck_sessions{cluster=~"$cluster"}', legend: '{{node}}' },
      { expr: 'pgdeck_connections_for_users{cluster=~"$cluster"}', legend: '{{node}}: most' },
    ],
    width: 12,
    height: 8,
  },
  {
    title: 'Longest wait for a lock, longest transaction',
    kind: 'timeseries',
    unit: 's',
    queries: [
      { expr: 'pgdeck_longest_lock_wait_seconds{cluster=~"$cluster"}', legend: '{{node}}: lock' },
      { expr: 'pgdeck_longest_transaction_seconds{cluster=~"$cluster"}', legend: '{{node}}: transaction' },
    ],
    width: 12,
    height: 8,
  },
  {
    title: 'WAL that slots retain',
    kind: 'timeseries',
    unit: 'bytes',
    queries: one('pgdeck_slot_retained_bytes{cluster=~"$cluster"}', '{{node}}/{{slot}}'),
    width: 12,
    height: 8,
  },
  {
    title: 'Free disk space',
    kind: 'timeseries',
    unit: 'percentunit',
    queries: one(
      'pgdeck_host_filesystem_available_bytes{cluster=~"$cluster"} / pgdeck_host_filesystem_bytes{cluster=~"$cluster"}',
      '{{host}} {{part}}',
    ),
    width: 12,
    height: 8,
  },
  {
    title: 'Clients that wait in poolers and proxies',
    kind: 'timeseries',
    unit: 'none',
    queries: one('pgdeck_entry_point_waiting{cluster=~"$cluster"}', '{{entry_point}}'),
    width: 12,
    height: 8,
  },
  {
    title: 'Age of the newest backup',
    kind: 'timeseries',
    unit: 's',
    queries: one('time() - pgdeck_last_backup_timestamp_seconds{cluster=~"$cluster"}', '{{node}}'),
    width: 12,
    height: 8,
  },
]

const COLUMNS = 24
const SOURCE = { type: 'prometheus', uid: '$datasource' }

/** The file. */
export function dashboardFile(): string {
  const dashboard = {
    title: 'pgdeck',
    uid: 'pgdeck',
    description: 'Highly available applications on PostgreSQL, from the metrics of pgdeck. Made from its code.',
    schemaVersion: 38,
    editable: true,
    refresh: '30s',
    time: { from: 'now-24h', to: 'now' },
    templating: {
      list: [
        { name: 'datasource', type: 'datasource', query: 'prometheus' },
        {
          name: 'cluster',
          type: 'query',
          datasource: SOURCE,
          query: { query: 'label_values(pgdeck_health, cluster)', refId: 'cluster' },
          includeAll: true,
          multi: true,
          allValue: '.*',
          refresh: 2,
        },
      ],
    },
    panels: placed(PANELS).map(({ x, y, ...panel }, index) => ({
      id: index + 1,
      title: panel.title,
      type: panel.kind,
      datasource: SOURCE,
      gridPos: { x, y, w: panel.width, h: panel.height },
      fieldConfig: { defaults: { unit: panel.unit }, overrides: [] },
      options: panel.kind === 'stat' ? { textMode: 'value_and_name' } : {},
      targets: panel.queries.map(({ expr, legend }, query) => ({
        refId: String.fromCharCode(65 + query),
        datasource: SOURCE,
        expr,
        legendFormat: legend,
        ...(panel.kind === 'timeseries' ? {} : { instant: true }),
        ...(panel.kind === 'table' ? { format: 'table' } : {}),
      })),
    })),
  }
  return `${JSON.stringify(dashboard, null, 2)}\n`
}

/** From left to right, line by line. */
function placed(panels: readonly Panel[]): readonly (Panel & { readonly x: number; readonly y: number })[] {
  let [x, y, tallest] = [0, 0, 0]
  return panels.map((panel) => {
    if (x + panel.width > COLUMNS) [x, y, tallest] = [0, y + tallest, 0]
    const place = { ...panel, x, y }
    x += panel.width
    tallest = Math.max(tallest, panel.height)
    return place
  })
}
