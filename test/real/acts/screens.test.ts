// What each act shows on a real cluster, as golden text: its plan word for word, and the end of those that are run.
// `UPDATE_FRAMES=1` rewrites it; read the difference before you keep it.

import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { openDemoSession } from '../../../src/io/postgres/demo-session.ts'
import type { Run } from '../../../src/model/runs/run.ts'
import type { ActionPhase } from '../../../src/state/action-state.ts'
import { actionLines } from '../../../src/ui/actions/action-lines.ts'
import { UNICODE_GLYPHS } from '../../../src/ui/frame/format/glyphs.ts'
import type { Acting } from '../../fakes/acting.ts'
import { patiently, until } from '../../wait.ts'
import { type TestCluster, withCluster } from '../embedded.ts'
import { actingOnCluster } from './promoting.ts'

process.env.TZ = 'UTC'

const GOLDEN = new URL('../../frames/golden/acts/', import.meta.url)
/** Wide enough that nothing is wrapped: where lines break depends on the lengths of figures. */
const WIDE = { columns: 5_000, rows: 100, glyphs: UNICODE_GLYPHS }
/** Checks whose result is a matter of the machine. */
const OF_THE_MACHINE = /^ +\S (pass|warn|fail) +(disk|clock|space|backup-running|tools|permissions)\b/

/** The words without what differs from run to run: figures, positions, times, folders, whose programs they are. */
function wordsOf(run: Run, { primary }: TestCluster, folder: string): string {
  const at: ActionPhase =
    run.state === 'planned' || run.state === 'blocked'
      ? {
          phase: 'planned',
          asked: { cluster: 'test', action: run.plan.action, target: null, input: {}, overrides: {} },
          run,
          entry: 'confirm',
          text: '',
          problem: null,
        }
      : { phase: 'ended', run }
  const lines = actionLines({ current: at, scroll: 0, isUnfolded: false, isShown: true }, WIDE, {
    now: run.endedAt ?? 0,
    keys: {},
  })
  const text = lines.map((line) =>
    line
      .map((part) => part.text)
      .join('')
      .trimEnd(),
  )
  // What to do about one stands in the lines below it.
  const isBelow = (line = '') => /^ {20,}\S/.test(line)
  const nameOf = (index: number): string => (isBelow(text[index]) ? nameOf(index - 1) : (text[index] ?? ''))
  const kept = text.filter((_, index) => !OF_THE_MACHINE.test(nameOf(index)))
  return `${kept
    .join('\n')
    .replaceAll(run.id, 'RUN')
    .replaceAll(folder, 'STATE')
    .replaceAll(primary.scratch.path, 'DATA')
    .replaceAll(primary.binaries.bin, 'BIN')
    // Quoted where a folder above has a blank in its name.
    .replace(/'(BIN\/[\w-]+)'/g, '$1')
    .replace(/setpriv '?--reuid=\S+ '?--regid=\S+ --clear-groups /g, '')
    .replace(/runuser -u \S+ -- /g, '')
    .replace(/\b[0-9A-F]+\/[0-9A-F]+\b/g, 'LSN')
    .replace(/\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d)?/g, 'TIME')
    .replace(/\b\d\d:\d\d:\d\d\b/g, 'TIME')
    .replace(/\b[0-9a-f]{16,}\b/g, 'HASH')
    .replace(/\d+(\.\d+)?/g, '#')
    .replace(/# (B|kB|MB|GB)\b/g, '# B')
    .replace(/# (ms|s|min)\b/g, '# s')
    .replace(/# s(?: # s)+/g, '# s')
    // The column is as wide as the longest duration.
    .replace(/(● done # s) +/g, '$1  ')
    // A standby that has just connected may not have reported a position yet.
    .replace(/, \? behind\b/g, ', # B behind')
    // What programs print comes in pieces that differ.
    .replace(/^ +TIME .*\n/gm, '')}\n`
}

async function plan(acting: Acting, action: string, target: string, input: Readonly<Record<string, string>> = {}) {
  return acting.executor.propose({ action, target, input })
}

function compare(name: string, text: string): void {
  const file = new URL(`${name}.txt`, GOLDEN)
  if (process.env.UPDATE_FRAMES === '1' || !existsSync(file)) {
    assert.ok(process.env.UPDATE_FRAMES === '1', `${name}: there is no golden text; UPDATE_FRAMES=1 writes it`)
    mkdirSync(GOLDEN, { recursive: true })
    writeFileSync(file, text)
  }
  assert.equal(text, readFileSync(file, 'utf8'), name)
}

const HBA = `local all postgres trust
local replication postgres trust
host all all 127.0.0.1/32 scram-sha-256
host replication all 127.0.0.1/32 scram-sha-256
`

test('each act shows what it will do, and those that are run how it ended', async () => {
  await withCluster({ standbys: 2, hba: HBA }, async (cluster) => {
    await until('both standbys have reported', 20_000, async () => {
      const rows = await cluster.primary.query(
        `SELECT FROM pg_stat_replication WHERE state = 'streaming' AND replay_lsn IS NOT NULL`,
      )
      return rows.length === 2
    })
    const acting = await actingOnCluster(cluster, 'hosts')
    const { primary, password } = cluster
    const client = { host: primary.host, port: primary.port, user: 'postgres', password, database: 'postgres' }
    const session = await openDemoSession({ ...client, applicationName: 'a client', limitMs: patiently(20_000) })
    try {
      const [me] = await session.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
      const pid = { pid: String(me?.pid) }
      const plans: readonly (readonly [string, string, Readonly<Record<string, string>>?])[] = [
        ['promote', 'standby-1'],
        ['switchover', 'standby-1'],
        ['follow', 'standby-2', { upstream: 'standby-1' }],
        ['fence', 'primary'],
        ['backup', 'primary', { to: join(acting.folder, 'base.tar.gz') }],
        ['rebuild-replica', 'standby-2'],
        ['decommission', 'standby-2'],
        ['collect-logs', 'primary', { out: join(acting.folder, 'logs.tar.gz') }],
        ['cancel-query', 'primary', pid],
        ['terminate-session', 'primary', pid],
        ['drop-slot', 'primary', { slot: 'standby_1' }],
      ]
      for (const [action, target, input] of plans) {
        compare(`${action}-plan`, wordsOf(await plan(acting, action, target, input), cluster, acting.folder))
      }
      const runs: readonly (readonly [string, string, Readonly<Record<string, string>>?])[] = [
        ['reload', 'primary'],
        ['checkpoint', 'primary'],
        ['pause-replay', 'standby-1'],
        ['resume-replay', 'standby-1'],
        ['create-slot', 'primary', { slot: 'spare' }],
        ['add-hba-entry', 'primary', { line: 'host all newcomer 127.0.0.1/32 scram-sha-256', before: '3' }],
        ['rename', 'standby-2', { name: 'the second' }],
        ['terminate-session', 'primary', pid],
        ['switchover', 'standby-1'],
      ]
      for (const [action, target, input] of runs) {
        const run = await acting.act(action, target, input)
        assert.equal(run.state, 'done', `${action}: ${run.why}`)
        compare(`${action}-end`, wordsOf(run, cluster, acting.folder))
      }
    } finally {
      await session.close()
      await acting.close()
    }
  })
})
