// Which manager was in charge survives the program, for its owner alone to read.

import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { createManagerStore } from '../../../src/runtime/stores/manager-store.ts'
import { initialState } from '../../../src/state/initial-state.ts'
import { createStore } from '../../../src/state/store.ts'
import { aPrimaryPulse, aVault, NO_MANAGER } from '../../builders/snapshot.ts'

let folder: string
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'pgdeck-test-')), 'state')
})
afterEach(() => rmSync(join(folder, '..'), { recursive: true, force: true }))

function watched() {
  const { spec } = aVault()
  const store = createStore(initialState({ clusters: [spec], now: 0 }))
  const id = spec.databases[0]?.id ?? assert.fail('the fake cluster has no database')
  const sees = (named: boolean) => {
    const sessions = named ? [{ name: 'Patroni', isPrivileged: true, count: 1 }] : []
    const value = aPrimaryPulse({ clusterName: 'vault', managerSigns: { ...NO_MANAGER, sessions } })
    store.dispatch({ type: 'database-probed', cluster: spec.name, id, at: Date.now(), outcome: { ok: true, value } })
    store.dispatch({ type: 'derive-requested', at: Date.now() })
    store.flush()
    return store.latest().clusters[0]?.picture?.manager ?? null
  }
  return { store, sees, kept: createManagerStore({ store, folder }) }
}

describe('the manager that was in charge', () => {
  test('is known at the next start, when nothing is seen of it', async () => {
    const first = watched()
    first.kept.load()
    assert.equal(first.sees(true)?.activity, 'live')
    await first.kept.close()
    assert.equal(statSync(join(folder, 'managers.json')).mode & 0o777, 0o600)

    const second = watched()
    second.kept.load()
    const manager = second.sees(false)
    assert.deepEqual([manager?.kind, manager?.scope, manager?.activity], ['patroni', 'vault', 'silent'])
    const before = readFileSync(join(folder, 'managers.json'), 'utf8')
    await second.kept.close()
    assert.equal(readFileSync(join(folder, 'managers.json'), 'utf8'), before, 'silence is not written down as life')
  })

  test('a damaged file is told and left as it is', async () => {
    const first = watched()
    first.kept.load()
    first.sees(true)
    await first.kept.close()
    writeFileSync(join(folder, 'managers.json'), '{"half')
    const second = watched()
    second.kept.load()
    assert.match(second.store.latest().notice?.text ?? '', /^state directory: .*managers\.json/)
    await second.kept.close()
    assert.equal(readFileSync(join(folder, 'managers.json'), 'utf8'), '{"half')
  })
})
