// The views of locks and of storage over a real server: what the test brings about is found in the screen's text.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { configFromDsns } from '../../src/config/from-dsns.ts'
import { createPoller } from '../../src/runtime/polling/poller.ts'
import { initialState } from '../../src/state/initial-state.ts'
import { type PaneId, START_NAVIGATION } from '../../src/state/navigation.ts'
import { createStore } from '../../src/state/store.ts'
import { UNICODE_GLYPHS } from '../../src/ui/frame/format/glyphs.ts'
import { frame } from '../../src/ui/frame/screen.ts'
import { viewById } from '../../src/ui/keys/bindings/selection.ts'
import { patiently } from '../wait.ts'
import { type TestCluster, withCluster } from './embedded.ts'
import { lockUp, onStage, type Stage, slowVacuum, waitForNobody } from './situations.ts'

const INTERVAL_MS = 300
const LIMIT_MS = patiently(20_000)

const SETTINGS = {
  archive_mode: 'on',
  archive_command: 'false',
  autovacuum: 'off',
  max_prepared_transactions: '5',
  max_slot_wal_keep_size: '256MB',
  synchronous_commit: 'local',
  synchronous_standby_names: 'nobody',
}

interface Watch {
  /** Opens a view and one of its panes. */
  open(view: string, pane: string): void
  /** Opens the details of the row whose id has this part; null closes them. */
  details(part: string | null): void
  /** Fulfils with the screen's text once it matches all of these. */
  shows(...wanted: readonly RegExp[]): Promise<string>
}

async function watching({ primary }: TestCluster, body: (watch: Watch) => Promise<void>): Promise<void> {
  const [config] = configFromDsns([primary.dsn('pgdeck', 'postgres')], {}).clusters
  assert.ok(config)
  const { name } = config.spec
  const store = createStore(initialState({ clusters: [config.spec], now: Date.now() }))
  const poller = createPoller({ store, clusters: [config], intervalMs: INTERVAL_MS })
  const screen = { columns: 180, rows: 60, glyphs: UNICODE_GLYPHS }
  const textNow = () => {
    const state = { ...store.latest(), now: Date.now() }
    return frame(state, screen, [])
      .map((line) => line.map(({ text }) => text).join(''))
      .join('\n')
  }
  let place: { readonly view: string; readonly pane: PaneId } = {
    view: START_NAVIGATION.view,
    pane: START_NAVIGATION.pane,
  }
  const watch: Watch = {
    open(view, pane) {
      place = { view, pane: `${view}:${pane}` }
      store.dispatch({ type: 'view-opened', view })
      store.dispatch({ type: 'pane-focused', pane: `${view}:${pane}` })
      // Whoever comes anew is answered at once, whatever the pace of the look.
      poller.setActiveQueries(name, [])
      poller.setActiveQueries(name, viewById(view).needs)
    },
    details(part) {
      if (part === null) return store.dispatch({ type: 'details-closed' })
      const [cluster] = store.latest().clusters
      assert.ok(cluster)
      const { view, pane } = place
      const ids = viewById(view)
        .rows(store.latest(), cluster, pane)
        .map(({ id }) => id)
      const id = ids.find((each) => each.includes(part)) ?? assert.fail(`${part} is none of ${ids.join(', ')}`)
      store.dispatch({ type: 'details-opened', view, pane, id })
    },
    shows: (...wanted) =>
      new Promise((resolve, reject) => {
        const missing = (text: string) => wanted.filter((each) => !each.test(text))
        const late = () => {
          leave()
          reject(new Error(`never came: ${missing(textNow()).join(', ')}; the screen says\n${textNow()}`))
        }
        const timer = setTimeout(late, LIMIT_MS)
        const leave = store.subscribe(check)
        function check() {
          const text = textNow()
          if (missing(text).length > 0) return
          clearTimeout(timer)
          leave()
          resolve(text)
        }
        check()
      }),
  }
  poller.start()
  try {
    await body(watch)
  } finally {
    await poller.stop()
  }
}

describe('views over a real server', () => {
  test('locks and storage show what was brought about', async () => {
    await withCluster({ settings: SETTINGS }, async (cluster) => {
      await onStage(cluster.primary, (stage) =>
        watching(cluster, async (watch) => {
          await showsNothing(watch)
          await showsLocks(stage, watch)
          await showsStorage(stage, watch)
        }),
      )
    })
  })
})

async function showsNothing({ open, shows }: Watch): Promise<void> {
  open('locks', 'lock waits')
  await shows(/no session waits for a lock/)
  open('storage', 'running')
  await shows(/no base backup and no vacuum runs/)
}

/** The chain with its depths, who holds it up, the prepared transaction, the commit without a standby. */
async function showsLocks(stage: Stage, { open, shows, details }: Watch): Promise<void> {
  const pids = await lockUp(stage)
  open('locks', 'lock waits')
  const tree = await shows(
    new RegExp(`^ . ${pids.holder} .* idle in transaction .* 2 `, 'm'),
    new RegExp(`^ . └▶ ${pids.second} .* row of item: Share .* 1 `, 'm'),
    new RegExp(`^ .    └▶ ${pids.third} .* row of item: Share .* update item`, 'm'),
    new RegExp(`^ . [├└]▶ ${pids.behindSharers} .* stock: AccessExclusive`, 'm'),
    /^ . prepared ours "quoted" .* prepared transaction/m,
    new RegExp(`^ . └▶ ${pids.behindPrepared} .* row of item: Share`, 'm'),
    /4 sessions wait for locks, the longest for /,
    new RegExp(`${pids.holder} blocks 2: idle in transaction for .*postgres, holder`),
  )
  assert.match(tree, /▸ lock waits 8 +SyncRep waits 0 +prepared 2/)

  details(` ${pids.second} `)
  await shows(
    /waits for lock +ShareLock\n +on +transactionid/,
    /WAITS FOR\n +\d+ +idle in transaction/,
    /update item set note = 'z'/,
  )
  details(null)

  open('locks', 'prepared')
  await shows(/▸ .*(ours "quoted"|another) .* postgres/, /ROLLBACK PREPARED '/)

  const committer = await waitForNobody(stage)
  open('locks', 'SyncRep waits')
  await shows(
    new RegExp(`${committer} .* committer .* insert into waited`),
    /1 commit waits for a synchronous standby \(SyncRep\).*no standby qualifies: .*'nobody' asks for 1, and no standby is connected/s,
  )
}

/** A slot that nobody uses, an archive that fails, a vacuum and a base backup on their way. */
async function showsStorage(stage: Stage, { open, shows, details }: Watch): Promise<void> {
  const { node } = stage
  await node.query("select pg_create_physical_replication_slot('kept', true)")
  await node.query('create table heavy as select repeat(md5(n::text), 30) as note from generate_series(1, 9000) n')
  await node.query('select pg_switch_wal()')
  open('storage', 'WAL and slots')
  await shows(
    /└▶ kept +● reserved +[\d.]+ MB +\d+ MB +.*inactive/,
    /[\d.]+ (k|M)?B\/s · pg_wal [\d.]+ MB, \d+ files · \? free · max_wal_size [\d.]+ [GM]B · slots retain at most 256 MB/,
  )
  open('storage', 'archiver and checkpoints')
  await shows(/✖ failing +\d+ · [\d.]+ MB +always +[0-9A-F]{24} +never/, /archiving fails on .* at [0-9A-F]{24}/)
  open('storage', 'databases')
  await shows(/postgres +[\d.]+ MB +.* \d+ +[\d.]+ % █?░+/)

  const vacuumPid = await slowVacuum(stage)
  await stage.slowBackup()
  open('storage', 'running')
  await shows(
    /base backup .* slow backup .* streaming database files +[\d.]+ % [█░]+/,
    /vacuum .* postgres: dusty +scanning heap +[\d.]+ % █+░+ .*\d+ of \d+ pages/,
  )
  details(` ${vacuumPid}`)
  await shows(/VACUUM ON/, /table +dusty/, /phase +scanning heap/)
  details(null)
}
