import assert from 'node:assert/strict'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { openScreenPreferences } from '../../../src/runtime/stores/screen-preferences.ts'
import { START_NAVIGATION } from '../../../src/state/navigation.ts'
import { createStore, type Store } from '../../../src/state/store.ts'
import { cascade, healthy, severalClusters } from '../../builders/screens.ts'

function folderOf(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'pgdeck-screen-'))
  t.after(() => rmSync(folder, { recursive: true }))
  return folder
}

function wander(store: Store): void {
  store.dispatch({ type: 'pane-focused', pane: 'databases' })
  store.dispatch({ type: 'filtered', text: 'ro' })
  store.dispatch({ type: 'view-opened', view: 'activity' })
  store.dispatch({ type: 'sorted', pane: 'activity:all', sort: { column: 'time', descending: true } })
  store.dispatch({ type: 'filtered', text: 'vacuum' })
}

const started = (folder: string, state = healthy()) => {
  const store = createStore(state)
  const memory = openScreenPreferences({ store, folder })
  memory.load()
  return { store, memory, navigation: () => store.latest().navigation }
}

describe('the memory of the screen', () => {
  test('view, order and filters are there again, but none that hides what is bad; what lay over them and the moment are not', async (t) => {
    const folder = folderOf(t)
    const one = started(folder)
    wander(one.store)
    one.store.dispatch({ type: 'overlay-opened', overlay: { kind: 'help', scroll: 3 } })
    one.store.dispatch({ type: 'history-shown', at: 5 })
    await one.memory.close()
    assert.equal(statSync(join(folder, 'screen.json')).mode & 0o777, 0o600)
    assert.deepEqual(started(folder).navigation(), {
      ...START_NAVIGATION,
      view: 'activity',
      pane: ':first',
      filter: 'vacuum',
      sort: { 'activity:all': { column: 'time', descending: true } },
      left: { topology: { pane: 'databases', filter: '' } },
    })
  })

  test('a filter that was still being typed when the line dropped was not entered', async (t) => {
    const folder = folderOf(t)
    const one = started(folder)
    wander(one.store)
    one.store.dispatch({ type: 'overlay-opened', overlay: { kind: 'filter', text: 'vacuum', before: 'vacuum' } })
    one.store.dispatch({ type: 'typed', text: 'vacuum payme' })
    assert.equal(one.navigation().filter, 'vacuum payme')
    await one.memory.close()
    assert.equal(started(folder).navigation().filter, 'vacuum')
  })

  test('other clusters have a place of their own', async (t) => {
    const folder = folderOf(t)
    for (const state of [healthy(), cascade(), severalClusters()]) {
      const { store, memory } = started(folder, state)
      store.dispatch({ type: 'view-opened', view: 'activity' })
      store.dispatch({ type: 'filtered', text: state.clusters.map(({ spec }) => spec.name).join('+') })
      await memory.close()
    }
    assert.equal(started(folder, cascade()).navigation().filter, 'orders')
    assert.equal(started(folder, healthy()).navigation().filter, 'vault')
    const several = severalClusters()
    const reversed = { ...several, clusters: [...several.clusters].reverse() }
    assert.equal(started(folder, reversed).navigation().filter, 'vault+ledger+payroll+archive')
  })

  test('it is written a while after a change, not at each key, and not at all without one', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] })
    const folder = folderOf(t)
    const { store, memory } = started(folder)
    store.dispatch({ type: 'derive-requested', at: 1 })
    t.mock.timers.tick(10_000)
    wander(store)
    t.mock.timers.tick(2_900)
    assert.equal(existsSync(join(folder, 'screen.json')), false)
    t.mock.timers.tick(200)
    t.mock.timers.reset()
    await memory.close()
    assert.match(readFileSync(join(folder, 'screen.json'), 'utf8'), /"vacuum"/)
  })

  test('a bad file is as none, whatever is in it', async (t) => {
    const folder = folderOf(t)
    const bad = ['{', '[]', 'null', '[{"clusters":["vault"],"place":{"view":5}}]', '{"clusters":1}']
    for (const content of bad) {
      writeFileSync(join(folder, 'screen.json'), content)
      const { navigation, memory } = started(folder)
      assert.deepEqual(navigation(), START_NAVIGATION, content)
      await memory.close()
    }
    const place = { ...START_NAVIGATION, view: 'gone', filter: 'a\u001b]0;x\u0007b', cluster: 'gone' }
    writeFileSync(join(folder, 'screen.json'), JSON.stringify([{ clusters: ['vault'], place }]))
    assert.equal(started(folder).navigation().filter, 'ab')
  })

  test('a folder that can not be written keeps nobody from leaving', async (t) => {
    const folder = folderOf(t)
    chmodSync(folder, 0o755)
    const { store, memory } = started(folder)
    wander(store)
    await memory.close()
    assert.equal(existsSync(join(folder, 'screen.json')), false)
  })
})
