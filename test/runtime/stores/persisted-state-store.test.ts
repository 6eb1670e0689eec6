import assert from 'node:assert/strict'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { createPersistedStateStore } from '../../../src/runtime/stores/persisted-state-store.ts'
import { initialState } from '../../../src/state/initial-state.ts'
import { createStore } from '../../../src/state/store.ts'
import { aPrimaryPulse, aStandbyPulse, aVault } from '../../builders/snapshot.ts'
import { until } from '../../wait.ts'

let folder: string
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'pgdeck-test-')), 'state')
})
afterEach(() => rmSync(join(folder, '..'), { recursive: true, force: true }))

function watched() {
  const { spec } = aVault()
  const store = createStore(initialState({ clusters: [spec], now: 0 }))
  const id = spec.databases[0]?.id ?? assert.fail('the fake cluster has no database')
  return { store, cluster: spec.name, id, recorder: createPersistedStateStore({ store, folder }) }
}

describe('recorder', () => {
  test('a display name is there again at the next start, for its owner alone to read', async () => {
    const first = watched()
    await first.recorder.rename(first.cluster, first.id, 'Ledger')
    assert.equal(first.store.latest().clusters[0]?.databases[0]?.displayName, 'Ledger')
    assert.equal(statSync(folder).mode & 0o777, 0o700)
    assert.equal(statSync(join(folder, 'names.json')).mode & 0o777, 0o600)

    const second = watched()
    second.recorder.load()
    assert.equal(second.store.latest().clusters[0]?.databases[0]?.displayName, 'Ledger')
    await second.recorder.rename(second.cluster, second.id, '')
    assert.equal(second.store.latest().clusters[0]?.databases[0]?.displayName, second.id)
  })

  test('a colleague’s display name shows on a running screen, and so does its end', async () => {
    const mine = watched()
    mine.recorder.load()
    mine.recorder.start()
    const shown = () => mine.store.latest().clusters[0]?.databases[0]?.displayName
    const colleague = watched()
    await colleague.recorder.rename(colleague.cluster, colleague.id, 'Ledger')
    await until('the name is shown', 10_000, () => shown() === 'Ledger')
    await colleague.recorder.rename(colleague.cluster, colleague.id, '')
    await until('the id is shown again', 10_000, () => shown() === mine.id)
    await mine.recorder.close()
  })

  test('renames at the same time are all kept', async () => {
    const { spec } = aVault()
    const ids = spec.databases.map(({ id }) => id)
    await Promise.all(ids.map((id) => watched().recorder.rename(spec.name, id, `shown ${id}`)))
    const next = watched()
    next.recorder.load()
    assert.deepEqual(
      next.store.latest().clusters[0]?.databases.map(({ displayName }) => displayName),
      ids.map((id) => `shown ${id}`),
    )
  })

  test('positions last seen of a primary survive, exactly', async () => {
    const first = watched()
    const value = aPrimaryPulse({})
    first.store.dispatch({
      type: 'database-probed',
      cluster: first.cluster,
      id: first.id,
      at: 5,
      outcome: { ok: true, value },
    })
    await first.recorder.close()
    const second = watched()
    second.recorder.load()
    const seen = second.store.latest().clusters[0]?.databases[0]?.lastSeenAsPrimary
    assert.deepEqual(seen, first.store.latest().clusters[0]?.databases[0]?.lastSeenAsPrimary)
    assert.equal(typeof seen?.lsn, 'bigint')
  })

  test('what is read as a standby was no primary for the next program either', async () => {
    const read = async (value: ReturnType<typeof aPrimaryPulse>) => {
      const program = watched()
      program.recorder.load()
      const outcome = { ok: true, value } as const
      program.store.dispatch({ type: 'database-probed', cluster: program.cluster, id: program.id, at: 5, outcome })
      await program.recorder.close()
    }
    await read(aPrimaryPulse({}))
    await read(aStandbyPulse({}))
    const next = watched()
    next.recorder.load()
    assert.equal(next.store.latest().clusters[0]?.databases[0]?.lastSeenAsPrimary, null)
  })

  test('a position belongs to a server at its address: not to whatever the name leads to by now', async () => {
    const kept = async (endpoint: { readonly host: string; readonly port: number } | undefined) => {
      const first = watched()
      const value = aPrimaryPulse(endpoint === undefined ? {} : { endpoint })
      first.store.dispatch({
        type: 'database-probed',
        cluster: first.cluster,
        id: first.id,
        at: 5,
        outcome: { ok: true, value },
      })
      await first.recorder.close()
      const next = watched()
      next.recorder.load()
      return next.store.latest().clusters[0]?.databases[0]?.lastSeenAsPrimary ?? null
    }
    const { host, port } = watched().store.latest().clusters[0]?.databases[0]?.spec ?? assert.fail()
    assert.deepEqual((await kept({ host, port }))?.endpoint, { host, port })
    assert.equal(await kept({ host: '10.0.0.9', port }), null)
    assert.notEqual(await kept(undefined), null, 'an older version wrote no address')
  })

  test('a damaged file is told and left as it is', async () => {
    const first = watched()
    await first.recorder.rename(first.cluster, first.id, 'Ledger')
    writeFileSync(join(folder, 'names.json'), '{"half')
    const second = watched()
    second.recorder.load()
    assert.match(second.store.latest().notice?.text ?? '', /^state directory: .*names\.json is not JSON/)
    await assert.rejects(second.recorder.rename(second.cluster, second.id, 'x'))
    assert.equal(readFileSync(join(folder, 'names.json'), 'utf8'), '{"half')
  })

  test('a folder that others can read is refused, and leaving still works', async () => {
    const { recorder, cluster, id } = watched()
    await recorder.rename(cluster, id, 'Ledger')
    chmodSync(folder, 0o755)
    await assert.rejects(recorder.rename(cluster, id, 'x'), /chmod 700/)
    await recorder.close()
    assert.deepEqual(readdirSync(folder), ['names.json'])
  })

  test('positions are loaded whatever became of the names, and what is not kept is told', async () => {
    const first = watched()
    const outcome = { ok: true, value: aPrimaryPulse({}) } as const
    first.store.dispatch({ type: 'database-probed', cluster: first.cluster, id: first.id, at: 5, outcome })
    await first.recorder.close()
    writeFileSync(join(folder, 'names.json'), '{"vault": 7}')
    const second = watched()
    second.recorder.load()
    assert.match(second.store.latest().notice?.text ?? '', /names\.json: .*expected record/)
    assert.ok(second.store.latest().clusters[0]?.databases[0]?.lastSeenAsPrimary)
    chmodSync(folder, 0o755)
    second.store.dispatch({ type: 'database-probed', cluster: second.cluster, id: second.id, at: 6, outcome })
    await second.recorder.close()
    assert.match(second.store.latest().notice?.text ?? '', /chmod 700/)
  })
})
