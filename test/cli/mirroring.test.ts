// The exchange of mirrored databases in metrics and checks: flowing, cut with what each side wrote, merging, merged.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { PLUGIN_CHECKS } from '../../src/cli/commands/check/checks.ts'
import { evaluateCheck, parseCheckArguments } from '../../src/cli/commands/check/run.ts'
import { exposition } from '../../src/cli/commands/metrics/exposition.ts'
import { derivePicture } from '../../src/model/derive-picture.ts'
import type { ClusterSnapshot } from '../../src/model/measured/snapshot.ts'
import type { State } from '../../src/state/state.ts'
import { aMirror, aSide } from '../builders/mirroring-screens.ts'
import { stateOf } from '../builders/picture-state.ts'
import { aVault, NOW } from '../builders/snapshot.ts'
import { readOpenMetrics } from '../fakes/openmetrics.ts'
import { readPluginLine } from '../fakes/plugin-line.ts'

const IDLE = { active: false, activePid: null, inactiveSince: NOW - 130_000 }
const flowing = aMirror(aSide(1, { wrote: 9_000, confirmed: 8_488 }), aSide(2, { wrote: 4_000 }))
const cut = aMirror(
  aSide(1, { wrote: 1_258_291, confirmed: 0, slot: IDLE }),
  aSide(2, { wrote: 307_200, confirmed: 0, slot: IDLE }),
)
const merging = aMirror(aSide(1, { wrote: 1_258_291, confirmed: 1_000_000 }), aSide(2, { wrote: 307_200 }))

/** The state after the second of two looks. */
function after(first: ClusterSnapshot, second: ClusterSnapshot): State {
  const state = stateOf(second)
  const picture = derivePicture(second, derivePicture(first, null, NOW), NOW)
  return { ...state, clusters: state.clusters.map((cluster) => ({ ...cluster, picture })) }
}

function check(state: State, given: { name?: string; critical?: string } = {}) {
  const asked = parseCheckArguments(PLUGIN_CHECKS.exchange, { rule: 'exchange', name: null, ...given })
  return readPluginLine(evaluateCheck(PLUGIN_CHECKS.exchange, asked, state).line)
}

async function metric(state: State, name: string, from: string, labels: Readonly<Record<string, string>> = {}) {
  const wanted = Object.entries({ from, ...labels })
  const family = readOpenMetrics(await exposition(state, '1')).get(`pgdeck_exchange_${name}`)
  assert.ok(family, name)
  return family.samples.find((sample) => wanted.every(([label, value]) => sample.labels[label] === value))?.value
}

describe('metrics of the exchange', () => {
  test('while it flows nothing diverges', async () => {
    const state = stateOf(flowing)
    assert.equal(await metric(state, 'state', 'db-1', { to: 'db-2', state: 'flowing' }), 1)
    assert.equal(await metric(state, 'state', 'db-1', { state: 'cut' }), 0)
    assert.equal(await metric(state, 'behind_bytes', 'db-1'), 512)
    assert.equal(await metric(state, 'diverged_bytes', 'db-2'), 0)
  })

  test('a cut counts what each side wrote since', async () => {
    const state = after(flowing, cut)
    assert.equal(await metric(state, 'state', 'db-2', { state: 'cut' }), 1)
    assert.equal(await metric(state, 'diverged_bytes', 'db-1'), 1_258_291)
    assert.equal(await metric(state, 'diverged_bytes', 'db-2'), 307_200)
    assert.equal(await metric(state, 'since_timestamp_seconds', 'db-1'), (NOW - 130_000) / 1000)
  })

  test('while it merges, and none at all in other models', async () => {
    const state = after(cut, merging)
    assert.equal(await metric(state, 'state', 'db-1', { state: 'merging' }), 1)
    assert.equal(await metric(state, 'behind_bytes', 'db-1'), 258_291)
    assert.equal(await metric(state, 'state', 'db-2', { state: 'flowing' }), 1, 'this side has merged')
    assert.equal(await metric(stateOf(aVault()), 'state', 'db-1'), undefined)
  })
})

describe('check exchange', () => {
  test('is well while both directions flow', () => {
    const { status, text } = check(stateOf(flowing))
    assert.equal(status, 'OK')
    assert.match(text, /exchange: db-1 to db-2 flowing; db-2 to db-1 flowing/)
  })

  test('tells each side of a cut, and the limits hold', () => {
    const told = check(after(flowing, cut))
    assert.equal(told.status, 'WARNING')
    assert.match(told.text, /db-1 to db-2 cut: 1\.2 MB written apart, 1\.2 MB not merged; db-2 to db-1 cut: 300 kB/)
    assert.equal(check(after(flowing, cut), { critical: '1MB' }).status, 'CRITICAL')
    assert.equal(check(after(cut, merging)).status, 'WARNING')
  })

  test('is unknown where nothing is mirrored', () => {
    const { status, text } = check(stateOf(aVault()))
    assert.deepEqual([status, /no databases mirror each other here/.test(text)], ['UNKNOWN', true])
  })
})
