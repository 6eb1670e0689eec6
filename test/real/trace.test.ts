// A trace of a real cluster: replayed it shows what was shown, it holds no secret, and a kill leaves lines that can be read.

import assert from 'node:assert/strict'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { openWatchSession } from '../../src/cli/watching/session.ts'
import { configFromDsns } from '../../src/config/from-dsns.ts'
import { createTraceRecorder } from '../../src/runtime/trace/trace-recorder.ts'
import type { State } from '../../src/state/state.ts'
import { replayTrace } from '../../src/state/trace/replay.ts'
import { parseTrace } from '../../src/state/trace/trace-format.ts'
import { UNICODE_GLYPHS } from '../../src/ui/frame/format/glyphs.ts'
import { frame } from '../../src/ui/frame/screen.ts'
import { startPgdeck } from '../cli/process.ts'
import { scratch } from '../config/scratch.ts'
import { until } from '../wait.ts'
import { type TestCluster, withCluster } from './embedded.ts'

const TOKEN = 'ghp_0123456789abcdefghijABCDEFGHIJ012345'
const SECRETS = /hunter2secret|ghp_0123456789/

const screen = (state: State) => frame(state, { columns: 120, rows: 40, glyphs: UNICODE_GLYPHS }, [])

function dsnsOf({ nodes, password }: TestCluster): readonly string[] {
  return nodes.map(({ port }) => `postgresql://pgdeck:${password}@127.0.0.1:${port}/postgres`)
}

describe('a trace of a real cluster', () => {
  test('shows when it is replayed what was shown, without the secrets of statements', async (context) => {
    const { folder } = scratch(context)
    const path = join(folder, 'trace.jsonl')
    await withCluster({ standbys: 1 }, async (cluster) => {
      const busy = cluster.primary.query(
        `select pg_sleep(600) /* password=hunter2secret, token ${TOKEN}, postgresql://app:hunter2secret@db/app */`,
      )
      busy.catch(() => {})
      const trace = createTraceRecorder({ path, force: false, version: '0.1.0' })
      const config = configFromDsns(dsnsOf(cluster), process.env)
      const env = { ...process.env, PGDECK_STATE_DIR: join(folder, 'state') }
      const session = openWatchSession({ config, env, records: true, trace })
      const { store } = session
      try {
        store.dispatch({ type: 'view-opened', view: 'activity' })
        await until('the statement is seen', 5_000, async () => {
          await session.pollOnce(['activity', 'locks', 'storage', 'hba'])
          return JSON.stringify(screen(store.latest())).includes('pg_sleep')
        })
        for (const view of ['activity', 'replication', 'topology']) {
          store.dispatch({ type: 'view-opened', view })
          await session.pollOnce()
          store.dispatch({ type: 'derive-requested', at: Date.now() })
        }
        const shown = store.published()
        await session.close()
        const text = readFileSync(path, 'utf8')
        const replayed = replayTrace(parseTrace(text))
        // The longest statement is shown in full, and is in the trace without its secrets.
        const withoutStatement = (state: State) =>
          screen(state).filter((each) => !JSON.stringify(each).includes('pg_sleep'))
        assert.deepEqual(withoutStatement(replayed), withoutStatement(shown))
        for (const view of ['alerts', 'locks', 'storage', 'access']) {
          const at = (state: State) => screen({ ...state, navigation: { ...state.navigation, view } })
          assert.deepEqual(at(replayed), at(shown), view)
        }
        assert.match(text, /pg_sleep/)
        assert.doesNotMatch(text, SECRETS)
        assert.equal(text.includes(cluster.password), false)
      } finally {
        await session.close()
        await cluster.primary.query(
          "select pg_terminate_backend(pid) from pg_stat_activity where query like '%pg_sleep(600)%' and pid <> pg_backend_pid()",
        )
      }
    })
  })

  test('that is cut by a kill holds whole lines', async (context) => {
    const { folder } = scratch(context)
    const path = join(folder, 'trace.jsonl')
    await withCluster({ standbys: 1 }, async (cluster) => {
      const args = ['status', '--watch', '--json', '--interval', '100ms', '--trace', path, ...dsnsOf(cluster)]
      const running = startPgdeck(context, args, { cwd: folder, env: { PGDECK_STATE_DIR: join(folder, 'state') } })
      await running.lines(5)
      running.child.kill('SIGKILL')
      await running.ended
      assert.equal(statSync(path).mode & 0o777, 0o600)
      const text = readFileSync(path, 'utf8')
      const { entries } = parseTrace(text)
      assert.ok(entries.length > 5)
      assert.equal(text.includes(cluster.password), false)
      assert.notEqual(replayTrace(parseTrace(text)).clusters[0]?.picture, null)
      const again = await startPgdeck(context, ['status', '--trace', path, ...dsnsOf(cluster)], { cwd: folder }).ended
      assert.equal(again.code, 64)
      assert.match(again.err, /--trace .*trace\.jsonl: the file exists; --force overwrites it/)
      assert.equal(readFileSync(path, 'utf8'), text)
    })
  })
})

test('a command that watches nothing refuses to be traced, and makes no file', async (context) => {
  const { folder } = scratch(context)
  const { code, err } = await startPgdeck(context, ['keys', '--trace', 'trace.jsonl'], { cwd: folder }).ended
  assert.equal(code, 64)
  assert.match(err, /--trace: keys can't be traced; what can be are watch, demo, status/)
  assert.equal(existsSync(join(folder, 'trace.jsonl')), false)
})
