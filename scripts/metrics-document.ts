// docs/metrics.md, from the table of metrics.

import { BUILD_INFO_METRIC, METRIC_FAMILIES } from '../src/cli/commands/metrics/exposition.ts'

const HEAD = `# Metrics

\`pgdeck metrics\` polls once and prints all its figures as OpenMetrics. \`pgdeck metrics --listen [HOST:]PORT\` polls at
the interval and serves the same at \`/metrics\`, on loopback unless a host is given. Made from the code by
\`npm run generate\`.

\`\`\`yaml
scrape_configs:
  - job_name: pgdeck
    static_configs: [{targets: ['127.0.0.1:9187']}]
\`\`\`

* A scrape returns the figures of the last poll. It waits for no target and sends no query.
* **Unknown figures are left out**, never 0. While a database can't be read its figures are missing, and
  \`pgdeck_last_reading_timestamp_seconds\` shows since when.
* Labels hold the names of the configuration, which a rename on the screen does not change. All but
  \`pgdeck_build_info\` have the label \`cluster\`.
* \`/healthz\` answers 200 once every target has been asked, 503 before. It does not report cluster health.
* [Alert rules](prometheus/pgdeck-alerts.yml) for \`rule_files\` of Prometheus, and a [dashboard](prometheus/pgdeck-dashboard.json) to import into
  Grafana, are ready to load.
* There is no TLS and no password: protect the address from everybody who may not read names and figures.

| metric | labels | means |
| --- | --- | --- |
`

/** The document. */
export function metricsDocument(): string {
  const rows = [BUILD_INFO_METRIC, ...METRIC_FAMILIES].map(({ name, labels, help }) => {
    const named = labels.map((label) => `\`${label}\``).join(' ')
    return `| \`${name}\` | ${named} | ${help.replaceAll('|', '\\|')} |`
  })
  return `${HEAD}${rows.join('\n')}\n`
}
