// Who is in charge stands in the header, in the details with its own command, and in the status as text.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { statusLines } from '../../src/cli/commands/status/text.ts'
import { linePrinter } from '../../src/cli/text/print.ts'
import type { ClusterSnapshot } from '../../src/model/measured/snapshot.ts'
import { freshReading } from '../../src/model/values/reading.ts'
import { ACTIONS } from '../../src/profiles/actions.ts'
import type { State } from '../../src/state/state.ts'
import { whyNoAction } from '../../src/ui/actions/available-actions.ts'
import { UNICODE_GLYPHS } from '../../src/ui/frame/format/glyphs.ts'
import { frame } from '../../src/ui/frame/screen.ts'
import { type PatroniCase, patroniDatabases } from '../builders/patroni-cluster.ts'
import { demoFaults, stateOf } from '../builders/screens.ts'
import { aCluster, aVault, NOW } from '../builders/snapshot.ts'
import { recordedPatroni } from '../recorded/patroni.ts'

/** A vault with Patroni in charge, as its REST tells. */
function managed(paused: boolean): ClusterSnapshot {
  const vault = aVault()
  const members = vault.databases.map(({ spec }, index) => {
    return { name: `m${index + 1}`, host: spec.host, port: spec.port, isLeader: index === 0, state: 'running' }
  })
  const told = {
    kind: 'patroni',
    source: 'Patroni at http://db-1:8008',
    scope: 'safe',
    systemIdentifier: null,
  } as const
  const reports = [{ ...told, paused, members }]
  const manager = freshReading({ reports, unresponsiveAgent: null, lastReport: null, traces: null }, NOW - 3_000)
  return { ...vault, databases: vault.databases.map((record) => ({ ...record, manager })) }
}

function shown(state: State, columns = 200): readonly string[] {
  const lines = frame(state, { columns, rows: 60, glyphs: UNICODE_GLYPHS }, demoFaults())
  return lines.map((line) => line.map(({ text }) => text).join(''))
}

/** Under a real Patroni of three members. */
const underPatroni = (given: PatroniCase) => stateOf([aCluster({ databases: patroniDatabases(given) })])

function lineWith(lines: readonly string[], wanted: string): string {
  return lines.find((line) => line.includes(wanted)) ?? `no line with ${wanted} in\n${lines.join('\n')}`
}

describe('who fails over', () => {
  const cases: readonly (readonly [string, PatroniCase, string, RegExp])[] = [
    ['Patroni that runs', {}, 'If n2 fails now', /Patroni promotes n1 within ttl 20 s: lose 0 B/],
    [
      'paused',
      { state: recordedPatroni.paused },
      'If n2',
      /nobody promotes, Patroni is paused\. By hand n\d: lose 0 B/,
    ],
    [
      'failsafe mode',
      { state: recordedPatroni.failsafe, primary: 'n1', seenAgoMs: 9_000 },
      'If n1 fails now',
      /✖ Patroni promotes nobody: it has lost its DCS/,
    ],
    [
      'a store that is lost, and no primary',
      { state: recordedPatroni.dcsLost, primary: null, seenAgoMs: 39_000 },
      'Failover',
      /✖ Patroni promotes nobody: it has lost its DCS/,
    ],
  ]
  for (const [name, given, label, expected] of cases) {
    test(`${name}: on the screen of 80 columns, and in the status as text`, async () => {
      const state = underPatroni(given)
      assert.match(lineWith(shown(state, 80), label), expected)
      const plain = await linePrinter(false)
      const text = plain(statusLines(state.clusters, NOW))
      assert.match(text, expected)
      assert.doesNotMatch(text, /writable in about 1 s.*\n.*Patroni is paused: it/)
    })
  }

  test('the status as text says what is lost, and what is planned', async () => {
    const plain = await linePrinter(false)
    const textOf = (given: PatroniCase) => plain(statusLines(underPatroni(given).clusters, NOW))
    assert.match(
      textOf({ state: recordedPatroni.failsafe, primary: 'n1', seenAgoMs: 9_000 }),
      /Managed by +Patroni \(test\).*, DCS lost, failsafe mode/,
    )
    const change: PatroniCase['change'] = (report) => ({
      ...report,
      scheduledSwitchover: { at: NOW + 597_000, from: 'n2', to: 'n1' },
    })
    assert.match(textOf({ change }), /Switchover planned +n2 to n1 in 10 min, at 2026-11-22/)
  })
})

describe('a cluster under a manager', () => {
  test('says so in the header, and that it is paused', () => {
    assert.match(shown(stateOf([managed(false)]))[0] ?? '', /run by Patroni \(safe\) /)
    assert.match(shown(stateOf([managed(true)]), 120)[0] ?? '', /run by Patroni \(safe\), paused/)
    assert.doesNotMatch(shown(stateOf([aVault()])).join('\n'), /run by|MANAGER/)
  })

  test('has evidence, names and the manager’s own command in the details of a database', () => {
    const state = stateOf([managed(false)])
    const details = { view: 'topology', pane: 'databases', id: 'db-ro', scroll: 0 } as const
    const text = shown({ ...state, navigation: { ...state.navigation, details } }).join('\n')
    assert.match(text, /MANAGER {2}read 3 s ago/)
    assert.match(text, /calls this database +m2/)
    assert.match(text, /holds for the primary +db-1/)
    assert.match(text, /signs +Patroni at http:\/\/db-1:8008 answers/)
    assert.match(text, /to make it the primary +patronictl switchover safe --candidate m2/)
  })

  test('offers no key that the manager would refuse, and says who decides', () => {
    const promote = ACTIONS.find(({ name }) => name === 'promote') ?? assert.fail('no promote')
    const onStandby = (snapshot: ClusterSnapshot): State => {
      const state = stateOf([snapshot])
      const details = { view: 'topology', pane: 'databases', id: 'db-ro', scroll: 0 } as const
      return { ...state, navigation: { ...state.navigation, details } }
    }
    const reasonIn = (snapshot: ClusterSnapshot) => whyNoAction(onStandby(snapshot), promote)
    assert.equal(
      reasonIn(managed(false)),
      'Patroni decides on the primary: use patronictl switchover safe --candidate m2',
    )
    assert.doesNotMatch(shown(onStandby(managed(false))).at(-1) ?? '', /P promote/)
    assert.equal(reasonIn(managed(true)), null, 'a person may overrule a paused manager')
    const { spec, ...rest } = managed(false)
    assert.equal(reasonIn({ ...rest, spec: { ...spec, managerActs: true } }), null, 'pgdeck may ask it')
    assert.equal(reasonIn(aVault()), null)
  })

  test('is told in the status as text', async () => {
    const plain = await linePrinter(false)
    const text = plain(statusLines(stateOf([managed(true)]).clusters, NOW))
    assert.match(text, /Managed by +Patroni \(safe\), leader db-1, paused +Patroni at http:\/\/db-1:8008 answers/)
  })
})
