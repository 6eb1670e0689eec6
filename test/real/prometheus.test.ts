// A real Prometheus over a real pgdeck over a real cluster: each panel of the dashboard has an answer, the rules alert.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { alertRulesFile } from '../../scripts/prometheus/alert-rules.ts'
import { freePort } from '../../src/io/network/free-port.ts'
import { launchProcess, sendSignal } from '../../src/io/process/process.ts'
import { startPgdeck } from '../cli/process.ts'
import { dashboardQueries, PROMETHEUS, withoutPrometheus } from '../fakes/prometheus.ts'
import { until } from '../wait.ts'
import { withCluster } from './embedded.ts'

/** Without a pooler, a proxy, a host and a backup in the configuration these panels are empty. */
const NEED_MORE = /entry_point|host_filesystem|last_backup/

interface Answer {
  readonly status: string
  readonly data: { readonly result: readonly { readonly metric: Readonly<Record<string, string>> }[] }
}

test('it scrapes, fills the panels, and alerts when the primary is gone', { skip: withoutPrometheus }, (context) =>
  withCluster({ standbys: 1 }, async ({ nodes, primary }) => {
    const folder = mkdtempSync(join(tmpdir(), 'pgdeck-prometheus-'))
    const databases = nodes.map((node) => ({ name: node.name, dsn: `${node.dsn('pgdeck')}?sslmode=disable` }))
    const clusters = [{ name: 'vault', model: 'databases', interval: '500ms', databases }]
    writeFileSync(join(folder, 'pgdeck.json'), JSON.stringify({ clusters }), { mode: 0o600 })
    const [metrics, own] = [await freePort(), await freePort()]
    const running = startPgdeck(context, ['metrics', '--listen', String(metrics)], { cwd: folder })
    writeFileSync(join(folder, 'rules.yml'), alertRulesFile())
    writeFileSync(
      join(folder, 'prometheus.json'),
      JSON.stringify({
        global: { scrape_interval: '1s', evaluation_interval: '1s' },
        rule_files: ['rules.yml'],
        scrape_configs: [{ job_name: 'pgdeck', static_configs: [{ targets: [`127.0.0.1:${metrics}`] }] }],
      }),
    )
    const argv = ['--config.file=prometheus.json', '--storage.tsdb.path=data', `--web.listen-address=127.0.0.1:${own}`]
    const program = await launchProcess(PROMETHEUS ?? '', argv, join(folder, 'log'), { cwd: folder })
    const asked = async (path: string) => {
      const response = await fetch(`http://127.0.0.1:${own}/api/v1/${path}`).catch(() => null)
      return response?.ok ? ((await response.json()) as Answer) : null
    }
    const answerOf = (expr: string) => asked(`query?query=${encodeURIComponent(expr)}`)
    try {
      await until('both servers are in it', 20_000, async () => {
        return (await answerOf('pgdeck_up == 1'))?.data.result.length === nodes.length
      })
      for (const expr of dashboardQueries('vault')) {
        if (NEED_MORE.test(expr) || expr.includes('pgdeck_alert') || expr.includes('pgdeck_slot')) continue
        await until(`an answer to ${expr}`, 10_000, async () => ((await answerOf(expr))?.data.result.length ?? 0) > 0)
      }
      for (const expr of dashboardQueries('vault')) assert.equal((await answerOf(expr))?.status, 'success', expr)
      await primary.kill()
      await until('PgdeckCritical alerts', 20_000, async () => {
        const firing = await answerOf('ALERTS{alertname="PgdeckCritical", alertstate="firing", cluster="vault"}')
        return (firing?.data.result ?? []).some(({ metric }) => metric.rule === 'nobody-serves')
      })
    } finally {
      sendSignal(program.pid, 'SIGKILL')
      await program.exited()
      running.child.kill('SIGTERM')
      await running.ended
      rmSync(folder, { recursive: true, force: true })
    }
  }),
)
