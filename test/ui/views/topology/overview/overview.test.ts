// The home screen beyond the tables: what is wrong comes first, on a low screen too, and the gate
// of a restore is told everywhere while it is closed.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { statusLines } from '../../../../../src/cli/commands/status/text.ts'
import { sessionStates } from '../../../../../src/model/sessions/session-states.ts'
import { statusDocument } from '../../../../../src/state/documents/status-json.ts'
import type { ClusterState, State } from '../../../../../src/state/state.ts'
import { type Glyphs, SCREEN_READER_GLYPHS, UNICODE_GLYPHS } from '../../../../../src/ui/frame/format/glyphs.ts'
import { frame } from '../../../../../src/ui/frame/screen.ts'
import { pileUp } from '../../../../builders/alert-screens.ts'
import { busyShop, gateClosed } from '../../../../builders/home-screens.ts'
import { HAPPENINGS, healthy, stateOf } from '../../../../builders/screens.ts'
import {
  aCluster,
  aDatabase,
  aPrimary,
  aPrimaryPulse,
  aSlot,
  aStandbyPulse,
  NOW,
} from '../../../../builders/snapshot.ts'

function drawn(state: State, columns: number, rows: number, glyphs: Glyphs = UNICODE_GLYPHS): string {
  return frame(state, { columns, rows, glyphs }, [])
    .map((line) => line.map(({ text }) => text).join(''))
    .join('\n')
}

const withCluster = (state: State, over: Partial<ClusterState>): State => ({
  ...state,
  clusters: state.clusters.map((cluster) => ({ ...cluster, ...over })),
})

describe('what must not start before the restore', () => {
  const GATE = /do not start pmp-a, pmp-b and db-1/

  test('while the gate is closed: on the home screen at each size, in the status and its document', () => {
    for (const [columns, rows] of [
      [80, 24],
      [120, 40],
      [200, 60],
    ] as const)
      assert.match(drawn(gateClosed(), columns, rows), GATE)
    assert.match(drawn(gateClosed(), 4_000, 40, SCREEN_READER_GLYPHS), GATE)
    const text = statusLines(gateClosed().clusters, NOW).map((line) => line.map((each) => each.text).join(''))
    assert.match(text.join('\n'), GATE)
    assert.deepEqual(statusDocument(gateClosed(), NOW).clusters[0]?.restoreGate, {
      database: 'db-ro',
      server: 'pmp-ro',
      since: new Date(NOW - 7_400_000).toISOString(),
      databases: ['db-1'],
      servers: ['pmp-a', 'pmp-b'],
    })
  })

  test('once it was restored, nowhere', () => {
    const [cluster] = gateClosed().clusters
    assert.ok(cluster?.actingPrimary)
    const open = withCluster(gateClosed(), { actingPrimary: { ...cluster.actingPrimary, restoredAt: NOW } })
    assert.doesNotMatch(drawn(open, 80, 24), /do not start/)
    assert.equal(statusDocument(open, NOW).clusters[0]?.restoreGate, null)
  })
})

describe('room', () => {
  test('a large terminal shows what flows, who waits, what runs longest, and what fills', () => {
    const text = drawn(busyShop(), 200, 60)
    for (const part of [
      /NOW {2}pg-main/,
      /commits\/s +42 /,
      /rollbacks 2\.0\/s \(4\.5 %\)/,
      /run 8 {3}wait 51 {3}idle-tx 5 {3}idle 64/,
      /LAG .*\n.*pg-standby-1.*\n.*pg-standby-2.*late on purpose/,
      /h-main +load +2\.10/,
      /WAITING +51 sessions.* behind 24960 .*4 shows the tree, K there ends it/,
      /LONGEST +25016 BI dashboard on pg-main, 2 min +with monthly/,
      /SLOTS +reports_old on pg-main: no consumer, keeps 1\.4 GB, the disk is full in/,
      /BACKUP +pg-main 7 h ago/,
      /CERTS +app-a 11 days/,
      /COMMITS\/S/,
      /h-main .* because slot reports_old retains/,
    ])
      assert.match(text, part)
  })

  test('a low one shows who holds up others, before older events', () => {
    assert.match(drawn(pileUp(), 80, 24), /WAITING +51 sessions.* behind 24960.*4 shows the tree\n/)
    assert.doesNotMatch(drawn(pileUp(), 80, 24), /BACKUP/)
    const events = Array.from({ length: 40 }, (_, at) => ({ ...HAPPENINGS[0], at: NOW - at * 1000 }))
    const full = withCluster(pileUp(), { events: events as typeof HAPPENINGS })
    assert.match(drawn(full, 80, 24), /WAITING +51 sessions/)
    assert.match(drawn(full, 80, 24), /✖ db-1 +51 sessions wait/)
    assert.match(drawn(full, 120, 40), /WAITING/)
  })

  test('beside the blocks of a wide screen the tables have all their columns', () => {
    const heads = drawn(busyShop(), 200, 60)
      .split('\n')
      .filter((line) => line.includes('NAME'))
    assert.match(heads[0] ?? '', /DNS NAME +SINCE +DATABASE/)
    assert.match(heads[1] ?? '', /LAG .*LSN +SINCE +HOST/)
  })

  test('an alert about a database colours no disk of a host of the same name', () => {
    const state = busyShop()
    const [cluster] = state.clusters
    assert.ok(cluster?.picture)
    const hosts = cluster.picture.hosts.map((host) => (host.id === 'h-main' ? { ...host, id: 'pg-main' } : host))
    const named = withCluster(state, { picture: { ...cluster.picture, hosts } })
    const free = (of: State) =>
      frame(of, { columns: 200, rows: 60, glyphs: UNICODE_GLYPHS }, [])
        .filter((line) => line.some(({ text }) => text.startsWith('load')))
        .flatMap((line) => line.filter(({ text }) => text.startsWith('12.3 GB')).map(({ style }) => style))
    assert.deepEqual(free(named), ['plain'])
    assert.deepEqual(free(state), ['warning'])
  })

  test('entries of one machine are one row, with the least space of them', () => {
    const state = busyShop()
    const [cluster] = state.clusters
    assert.ok(cluster?.picture)
    const { hosts } = cluster.picture
    const onThisHost = hosts.map((host) => ({ ...host, spec: { ...host.spec, access: { kind: 'local' } as const } }))
    const text = drawn(withCluster(state, { picture: { ...cluster.picture, hosts: onThisHost } }), 200, 60)
    assert.match(text, /HOSTS\n.* this host +load .* data free 12\.3 GB/)
    assert.doesNotMatch(text, /h-(main|second) +load/)
    assert.match(drawn(state, 200, 60), /h-main +load.*\n.*h-second +load/)
  })

  test('what is not known is a question mark with the reason', () => {
    const text = drawn(healthy(), 120, 40)
    assert.match(text, /commits\/s +\? +too few readings yet/)
    assert.match(text, /disk free \? no host configured/)
    assert.match(text, /BACKUP +\? no "backup" in the configuration/)
  })

  test('nothing is only drawn for a screen reader', () => {
    const text = drawn(busyShop(), 4_000, 60, SCREEN_READER_GLYPHS)
    assert.match(text, /commits\/s +42 +rollbacks/)
    assert.doesNotMatch(text, /[▁-█│]/)
  })
})

describe('sessions by state', () => {
  const counts = { max: 100, reserved: 3, longestIdleInTransactionSeconds: null }
  const cases = [
    [
      'they add up, with the session of pgdeck',
      [10, 4, 2, 1],
      { running: 3, waiting: 1, idleInTransaction: 2, idle: 3 },
    ],
    [
      'more waits than statements, by parallel workers',
      [5, 1, 0, 3],
      { running: 0, waiting: 1, idleInTransaction: 0, idle: 3 },
    ],
    ['hidden', [10, null, null, null], null],
  ] as const
  for (const [what, [total, active, idleInTransaction, waiting], wanted] of cases)
    test(what, () => assert.deepEqual(sessionStates({ ...counts, total, active, idleInTransaction, waiting }), wanted))
})

test('slots that nobody uses on a standby are no finding, those on a primary are', () => {
  const slot = aSlot({ name: 'pgautofailover_standby_1', active: false })
  const primary = stateOf([
    aCluster({ databases: [aDatabase({ id: 'db-1', pulse: aPrimaryPulse({ slots: [slot] }) })] }),
  ])
  const standby = stateOf([
    aCluster({
      databases: [aPrimary(), aDatabase({ id: 'db-2', port: 5433, pulse: aStandbyPulse({ slots: [slot] }) })],
    }),
  ])
  assert.match(drawn(primary, 120, 40), /SLOTS +pgautofailover_standby_1 on db-1: no consumer/)
  assert.match(drawn(standby, 120, 40), /SLOTS +0 in use/)
})
