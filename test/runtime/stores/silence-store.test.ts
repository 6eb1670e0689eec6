// Silences over restarts and between two pgdecks that share a state directory.

import assert from 'node:assert/strict'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { createSilenceStore } from '../../../src/runtime/stores/silence-store.ts'
import { initialState } from '../../../src/state/initial-state.ts'
import { createStore } from '../../../src/state/store.ts'
import { aPrimaryPulse, aServerPulse, aSlot, aStandbyPulse, aVault, lsn } from '../../builders/snapshot.ts'
import { scratch } from '../../config/scratch.ts'
import { until } from '../../wait.ts'

const { spec } = aVault()
const HOUR = 3_600_000
const LAGGING = { standby: { replayedLsn: lsn('0/50000000') } }

function watching(folder: string, name = spec.name) {
  const store = createStore(initialState({ clusters: [{ ...spec, name }], now: Date.now() }))
  const book = createSilenceStore({ store, folder, by: 'ann' })
  book.load()
  const silences = () => store.latest().clusters.flatMap((cluster) => cluster.silences)
  /** A round of answers; the replica lags behind or not. */
  const round = (standby: Parameters<typeof aStandbyPulse>[0]) => {
    const about = { cluster: name, at: Date.now() }
    const value = { 'db-1': aPrimaryPulse({ slots: [aSlot()] }), 'db-ro': aStandbyPulse(standby) }
    for (const [id, pulse] of Object.entries(value)) {
      store.dispatch({ type: 'database-probed', ...about, id, outcome: { ok: true, value: pulse } })
    }
    for (const { id, type } of spec.servers) {
      const sentOn = type === 'read-only' ? { httpStatus: 302, location: spec.servers[0]?.url ?? '' } : {}
      store.dispatch({ type: 'server-probed', ...about, id, outcome: { ok: true, value: aServerPulse(sentOn) } })
    }
    store.dispatch({ type: 'derive-requested', at: Date.now() })
  }
  return { store, book, silences, round, rules: () => store.latest().clusters[0]?.picture?.alerts.map((a) => a.rule) }
}

const request = (over: object = {}) => ({
  cluster: spec.name,
  rule: 'replication-lag' as const,
  subject: 'db-ro',
  reason: 'index build',
  kind: 'silenced' as const,
  until: Date.now() + HOUR,
  ...over,
})

const folderOf = (context: TestContext) => join(scratch(context).folder, 'state')

describe('silence book', () => {
  test('a silence is there again at the next start, for its owner alone to read', async (context) => {
    const folder = folderOf(context)
    const first = watching(folder)
    await first.book.silence(request())
    await first.book.close()
    assert.equal(statSync(join(folder, 'silences.json')).mode & 0o777, 0o600)

    const second = watching(folder)
    assert.deepEqual(second.silences(), first.silences())
    const [kept] = second.silences()
    assert.deepEqual([kept?.by, kept?.reason], ['ann', 'index build'])
    await second.book.unsilence(kept?.id ?? '')
    assert.deepEqual(second.silences(), [])
    assert.deepEqual(watching(folder).silences(), [])
  })

  test('an acknowledgement survives a restart while its alert stands, and ends with it for good', async (context) => {
    const folder = folderOf(context)
    const first = watching(folder)
    first.book.start()
    first.round(LAGGING)
    assert.ok(first.rules()?.includes('replication-lag'), String(first.rules()))
    await first.book.silence(request({ kind: 'acknowledged', until: null }))
    first.round(LAGGING)
    await first.book.close()

    const second = watching(folder)
    second.book.start()
    assert.equal(second.silences().length, 1)
    second.round(LAGGING)
    assert.equal(second.silences().length, 1)
    second.round({})
    assert.deepEqual([second.rules(), second.silences()], [[], []])
    await second.book.close()
    assert.deepEqual(watching(folder).silences(), [])
  })

  test('one that has passed is not loaded and is taken out of the file', async (context) => {
    const folder = folderOf(context)
    const first = watching(folder)
    await first.book.silence(request({ until: Date.now() + 30 }))
    await until('the silence has passed', 1_000, () => watching(folder).silences().length === 0)
    const last = watching(folder)
    last.book.start()
    await last.book.close()
    assert.deepEqual(JSON.parse(readFileSync(join(folder, 'silences.json'), 'utf8')), [])
  })

  test('two pgdecks keep their silences together, and neither takes away the other’s', async (context) => {
    const folder = folderOf(context)
    const [one, other] = [watching(folder), watching(folder, 'ledger')]
    for (const { book } of [one, other]) book.start()
    await Promise.all([
      ...Array.from({ length: 10 }, (_, index) => one.book.silence(request({ reason: `a${index}` }))),
      ...Array.from({ length: 10 }, (_, index) =>
        other.book.silence(request({ cluster: 'ledger', reason: `b${index}` })),
      ),
    ])
    await Promise.all([one.book.close(), other.book.close()])
    assert.equal(watching(folder).silences().length, 10)
    assert.equal(watching(folder, 'ledger').silences().length, 10)
  })

  test('a pgdeck that runs already learns of another’s silence and of its end', async (context) => {
    const folder = folderOf(context)
    const [one, other] = [watching(folder), watching(folder)]
    context.mock.timers.enable({ apis: ['setInterval'] })
    other.book.start()
    const made = await one.book.silence(request())
    context.mock.timers.tick(5_000)
    await until('the other knows', 2_000, () => other.silences().length === 1)
    await one.book.unsilence(made.id)
    context.mock.timers.tick(5_000)
    await until('the other knows of the end', 2_000, () => other.silences().length === 0)
    await other.book.close()
  })

  test('a damaged file is told and left as it is; what can not be kept is refused', async (context) => {
    const { folder, write } = scratch(context)
    const path = write('silences.json', '[{"id":')
    const { book, store } = watching(folder)
    assert.match(store.latest().notice?.text ?? '', /state directory/)
    await assert.rejects(book.silence(request()))
    await assert.rejects(book.silence(request({ reason: ' ' })), /a reason is needed/)
    assert.equal(readFileSync(path, 'utf8'), '[{"id":')
    await book.close()
  })
})
