// Two databases that mirror each other, for real: the link is cut and joined again, and the screen's text says so.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Demo, startDemo } from '../../src/demo/demo.ts'
import type { DatabaseView } from '../../src/model/picture/picture.ts'
import { createPoller } from '../../src/runtime/polling/poller.ts'
import { initialState } from '../../src/state/initial-state.ts'
import { createStore } from '../../src/state/store.ts'
import { UNICODE_GLYPHS } from '../../src/ui/frame/format/glyphs.ts'
import { frame } from '../../src/ui/frame/screen.ts'
import { patiently } from '../wait.ts'

const INTERVAL_MS = 300
const LIMIT_MS = patiently(20_000)
const SCREEN = { columns: 180, rows: 50, glyphs: UNICODE_GLYPHS }

interface Watch {
  /** Fulfils with the screen's text once it matches all of these. */
  shows(...wanted: readonly RegExp[]): Promise<string>
  databases(): readonly DatabaseView[]
}

async function watching(demo: Demo, body: (watch: Watch) => Promise<void>): Promise<void> {
  const [config] = demo.config.clusters
  assert.ok(config)
  const store = createStore(initialState({ clusters: [config.spec], now: Date.now() }))
  const poller = createPoller({ store, clusters: [config], intervalMs: INTERVAL_MS })
  const textNow = () =>
    frame({ ...store.latest(), now: Date.now() }, SCREEN, [])
      .map((line) => line.map(({ text }) => text).join(''))
      .join('\n')
  const shows = (...wanted: readonly RegExp[]) =>
    new Promise<string>((resolve, reject) => {
      const late = () => {
        leave()
        reject(new Error(`never came: ${wanted.filter((each) => !each.test(textNow())).join(', ')} in\n${textNow()}`))
      }
      const timer = setTimeout(late, LIMIT_MS)
      const leave = store.subscribe(check)
      function check() {
        const text = textNow()
        if (!wanted.every((each) => each.test(text))) return
        clearTimeout(timer)
        leave()
        resolve(text)
      }
      check()
    })
  poller.start()
  try {
    await body({ shows, databases: () => store.latest().clusters[0]?.picture?.databases ?? [] })
  } finally {
    await poller.stop()
  }
}

async function make(demo: Demo, id: string): Promise<void> {
  const fault = demo.faults.find((candidate) => candidate.id === id)
  assert.ok(fault, `there is a fault ${id}`)
  await fault.make()
}

test('a cut between mirrored databases is told with what each wrote since, and when it has merged', async () => {
  const demo = await startDemo({ model: 'mirrored', size: 1 }, () => {})
  try {
    await watching(demo, async ({ shows, databases }) => {
      const well = await shows(
        /served by +pmp-a \(primary, read-write\) +next in line pmp-b \(read-write, no resets\)/,
        /Exchange db-1 ⇄ db-2 +flowing, [\d.]+ (k|M)?B \/ [\d.]+ (k|M)?B unexchanged/,
        /pmp-b +secondary +● active +read-write, no resets/,
      )
      assert.doesNotMatch(well, /split/i)
      assert.equal(
        new Set(databases().map(({ systemIdentifier }) => systemIdentifier)).size,
        1,
        'the second one is a copy of the first, as the vendor makes it',
      )

      await make(demo, 'cut-link')
      await shows(
        /served by +pmp-a \(primary, read-write\) and pmp-b \(read-write, no resets\)/,
        /Exchange db-1 ⇄ db-2 +▲ cut for \d+ s: db-1 wrote [\d.]+ (k|M)B, db-2 [\d.]+ (k|M)?B since/,
        /▲ db-2 +receives no changes from db-1: they diverge, [\d.]+ (k|M)B of db-1 not merged/,
        /▲ db-1 +receives no changes from db-2: they diverge/,
      )

      await make(demo, 'heal')
      await shows(
        /Exchange db-1 ⇄ db-2 +flowing/,
        /● db-2 +merged after \d+ s: has all [\d.]+ (k|M)B that db-1 wrote meanwhile/,
        /next in line pmp-b/,
      )

      await make(demo, 'stop-primary')
      await shows(
        /served by +pmp-b \(secondary, read-write, no resets\)/,
        /Exchange db-1 ⇄ db-2 +▲ cut for \d+ s \(db-1 is down\)/,
      )
    })
  } finally {
    await demo.stop()
  }
})
