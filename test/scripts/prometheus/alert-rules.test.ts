// The rules and the dashboard for others' programs: every metric in them exists, and Prometheus takes and judges them.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { execa } from 'execa'
import { alertRulesFile } from '../../../scripts/prometheus/alert-rules.ts'
import { dashboardFile } from '../../../scripts/prometheus/dashboard.ts'
import { BUILD_INFO_METRIC, METRIC_FAMILIES } from '../../../src/cli/commands/metrics/exposition.ts'
import { dashboardQueries, withoutPromtool } from '../../fakes/prometheus.ts'

function scratch(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'pgdeck-rules-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  writeFileSync(join(folder, 'rules.yml'), alertRulesFile())
  return folder
}

async function promtool(folder: string, ...words: readonly string[]) {
  const { exitCode, all } = await execa('promtool', words, { cwd: folder, reject: false, all: true })
  return { exitCode, all }
}

test('every metric that they name is one of pgdeck', () => {
  const known: ReadonlySet<string> = new Set([BUILD_INFO_METRIC, ...METRIC_FAMILIES].map(({ name }) => name))
  const named = [...(alertRulesFile() + dashboardFile()).matchAll(/pgdeck_[a-z0-9_]+/g)].map(([name]) => name)
  assert.ok(named.length > 20)
  assert.deepEqual(
    named.filter((name) => !known.has(name)),
    [],
  )
})

test('panels lie beside each other and none on another', () => {
  const { panels } = JSON.parse(dashboardFile())
  const cells = panels.flatMap(({ gridPos: { x, y, w, h } }: { gridPos: Record<'x' | 'y' | 'w' | 'h', number> }) =>
    Array.from({ length: w * h }, (_, index) => `${x + (index % w)} ${y + Math.floor(index / w)}`),
  )
  assert.equal(new Set(cells).size, cells.length)
})

test('Prometheus takes the rules, and every query of the dashboard', { skip: withoutPromtool }, async (t) => {
  const folder = scratch(t)
  const recorded = dashboardQueries('.*').map((expr, index) => ({ record: `panel_${index}`, expr }))
  writeFileSync(join(folder, 'panels.yml'), JSON.stringify({ groups: [{ name: 'panels', rules: recorded }] }))
  const { exitCode, all } = await promtool(folder, 'check', 'rules', 'rules.yml', 'panels.yml')
  assert.equal(exitCode, 0, all)
})

test('the rules alert for what they are for, and for nothing else', { skip: withoutPromtool }, async (t) => {
  const folder = scratch(t)
  const series = (name: string, values: string) => ({ series: name, values })
  const alert = (rule: string, severity: string) =>
    `pgdeck_alert{cluster="c", rule="${rule}", severity="${severity}", subject="db-2"}`
  const labels = { cluster: 'c', rule: 'replication-lag', subject: 'db-2' }
  const firing = (eval_time: string, alertname: string, exp: readonly object[]) => ({
    eval_time,
    alertname,
    exp_alerts: exp,
  })
  const about = (words: string) => ({
    summary: words,
    description: 'pgdeck check replication-lag --cluster c  tells the figure, pgdeck shows what to do.',
  })
  const well = [
    series('pgdeck_build_info{version="1"}', '1x30'),
    series('pgdeck_health{cluster="c", state="ok"}', '1x30'),
  ]
  const tests = [
    {
      interval: '1m',
      input_series: [...well, series(alert('replication-lag', 'critical'), '_x3 1x2 _x20')],
      alert_rule_test: [
        firing('2m', 'PgdeckCritical', []),
        firing('4m', 'PgdeckCritical', [
          { exp_labels: { ...labels, severity: 'critical' }, exp_annotations: about('c: replication-lag db-2') },
        ]),
        firing('25m', 'PgdeckCritical', []),
        firing('25m', 'PgdeckGone', []),
      ],
    },
    {
      interval: '1m',
      input_series: [...well, series(alert('replication-lag', 'warning'), '1x30')],
      alert_rule_test: [
        firing('4m', 'PgdeckWarning', []),
        firing('6m', 'PgdeckWarning', [
          { exp_labels: { ...labels, severity: 'warning' }, exp_annotations: about('c: replication-lag db-2') },
        ]),
        firing('6m', 'PgdeckCritical', []),
      ],
    },
    {
      interval: '1m',
      input_series: [series('pgdeck_last_reading_timestamp_seconds{cluster="c", node="db-2"}', '0x30')],
      alert_rule_test: [
        firing('4m', 'PgdeckReadingOld', []),
        firing('10m', 'PgdeckReadingOld', [
          {
            exp_labels: { cluster: 'c', node: 'db-2', severity: 'warning' },
            exp_annotations: {
              summary: 'c: db-2 has not answered for 10m 0s',
              description: 'All other figures of it are missing. pgdeck diagnose says why.',
            },
          },
        ]),
        firing('3m', 'PgdeckGone', [
          {
            exp_labels: { severity: 'critical' },
            exp_annotations: {
              summary: 'no pgdeck is scraped: nobody watches the clusters',
              description: 'Start  pgdeck metrics --listen  where it ran, or correct the address in scrape_configs.',
            },
          },
        ]),
      ],
    },
  ]
  writeFileSync(
    join(folder, 'test.yml'),
    JSON.stringify({ rule_files: ['rules.yml'], evaluation_interval: '1m', tests }),
  )
  const { exitCode, all } = await promtool(folder, 'test', 'rules', 'test.yml')
  assert.equal(exitCode, 0, all)
})
