// Names with a "/" beside one that they begin with, through everything that shows, mutes, checks or writes down alerts.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { PLUGIN_CHECKS } from '../src/cli/commands/check/checks.ts'
import type { CheckName } from '../src/cli/commands/check/names.ts'
import { evaluateCheck, parseCheckArguments } from '../src/cli/commands/check/run.ts'
import { readStateFile, updateStateFile } from '../src/io/state/state-folder.ts'
import { type Silence, silenceCovers } from '../src/model/alerts/silence.ts'
import { derivePicture } from '../src/model/derive-picture.ts'
import { deriveEvents } from '../src/model/events/derive-events.ts'
import { probableCause } from '../src/model/events/probable-cause.ts'
import type { ClusterSnapshot } from '../src/model/measured/snapshot.ts'
import type { Alert } from '../src/model/picture/picture.ts'
import { subjectOf, subjectRecord, subjectText } from '../src/model/picture/subject.ts'
import { newAuditEntries } from '../src/runtime/audit/audit-entries.ts'
import { createSilenceStore } from '../src/runtime/stores/silence-store.ts'
import { statusDocument } from '../src/state/documents/status-json.ts'
import { initialState } from '../src/state/initial-state.ts'
import { START_NAVIGATION } from '../src/state/navigation.ts'
import { eventPaneRows } from '../src/state/select/rows.ts'
import type { ClusterState, State } from '../src/state/state.ts'
import { createStore } from '../src/state/store.ts'
import { banner } from '../src/ui/frame/banner.ts'
import { UNICODE_GLYPHS } from '../src/ui/frame/format/glyphs.ts'
import { SILENCE_COLUMNS } from '../src/ui/views/alerts/columns.ts'
import { alertRows, eventsOfSubject, silenceRows } from '../src/ui/views/alerts/rows.ts'
import type { ListContext } from '../src/ui/views/list/list-options.ts'
import { worstAlerts } from '../src/ui/views/list/view.ts'
import { detailLines } from '../src/ui/views/topology/details.ts'
import { topologyView } from '../src/ui/views/topology/view.ts'
import { aFileSystem, aHost, aHostFacts, GB } from './builders/hosts.ts'
import { stateOf } from './builders/picture-state.ts'
import {
  aCluster,
  aDatabase,
  aFault,
  aPrimaryPulse,
  aServer,
  aServerPulse,
  aSlot,
  aStale,
  NOW,
} from './builders/snapshot.ts'
import { scratch } from './config/scratch.ts'
import { readPluginLine } from './fakes/plugin-line.ts'

const SCREEN = { columns: 200, rows: 60, glyphs: UNICODE_GLYPHS }
const other = aPrimaryPulse({ systemIdentifier: '7710875730091603780', serverPort: 5433 })
const idle = (name: string) => aSlot({ name, active: false, activePid: null })
const gone = { state: 'failed', fault: aFault('refused'), since: NOW } as const

/** Databases `a` and `a/b`, the slot `b` of `a`, servers `eu` and `eu/b`, hosts `h` and `h/data`. */
function seen(isWell: boolean): ClusterSnapshot {
  const host = (id: string, freeGb: number) =>
    aHost({ id, facts: aHostFacts({ fileSystems: [aFileSystem('data', freeGb * GB)] }) })
  return aCluster({
    databases: [
      aDatabase({ id: 'a', pulse: aPrimaryPulse({ slots: isWell ? [] : [idle('b')] }) }),
      aDatabase({ id: 'a/b', port: 5433, pulse: isWell ? other : aStale(other, NOW - 2_000, aFault('refused'), NOW) }),
    ],
    servers: [
      aServer({ id: 'eu', type: 'primary', databaseId: 'a', pulse: aServerPulse() }),
      aServer({ id: 'eu/b', type: 'secondary', databaseId: 'a', port: 7273, pulse: isWell ? aServerPulse() : gone }),
    ],
    hosts: [host('h', 60), host('h/data', isWell ? 60 : 10)],
  })
}

/** Where everything that can be wrong is, after all was well. */
function troubled(over: Partial<ClusterState> = {}): { readonly state: State; readonly cluster: ClusterState } {
  const state = stateOf(seen(false))
  const [before, now] = [derivePicture(seen(true), null, NOW - 2_000), derivePicture(seen(false), null, NOW)]
  const [first] = state.clusters
  assert.ok(first)
  const cluster = { ...first, events: deriveEvents(before, now).toReversed(), ...over }
  return { state: { ...state, clusters: [cluster] }, cluster }
}

const textOf = (lines: readonly (readonly { readonly text: string }[])[]) =>
  lines.map((line) => line.map(({ text }) => text).join('')).join('\n')

describe('names with a "/"', () => {
  test('are the owners of their alerts, and the status says so', () => {
    const { state, cluster } = troubled()
    const [document] = statusDocument(state, NOW).clusters
    const told = document?.alerts.map(({ rule, subject, owner }) => [rule, subject, owner]).sort()
    assert.deepEqual(told, [
      ['database-inactive', 'a/b', 'a/b'],
      ['disk', 'h/data/data', 'h/data'],
      ['server-inactive', 'eu/b', 'eu/b'],
      ['slot-inactive', 'a/b', 'a'],
    ])
    const { alerts = [] } = cluster.picture ?? {}
    for (const { rule, subject } of alerts)
      assert.equal(subject.part !== null, rule === 'disk' || rule === 'slot-inactive', subjectText(subject))
  })

  test('are written whole to the audit trail', () => {
    const { cluster } = troubled()
    const entries = newAuditEntries(cluster, [], { user: 'ann', ssh: null, tty: null })
    const told = entries.map(({ server, what }) => `${server} | ${what}`).sort()
    assert.deepEqual(
      told.map((line) => line.replace(/(inactive|slot b|10 %).*/, '$1')),
      ['a | slot b', 'a/b | inactive', 'eu/b | inactive', 'h/data | 10 %'],
    )
  })

  test('have their events, and not those of another name', () => {
    const { cluster } = troubled()
    const about = (owner: string) => eventsOfSubject(cluster, subjectOf(owner)).map(({ subjectName }) => subjectName)
    assert.deepEqual([about('a'), about('a/b'), about('eu'), about('eu/b')], [['a'], ['a/b'], [], ['eu/b']])
  })

  test('are named in the alerts view and on the home screen, where keys act on them', () => {
    const { state, cluster } = troubled()
    const rows = alertRows(cluster).map(({ alert, name, subject }) => [alert.rule, name, subject])
    assert.deepEqual(rows.sort(), [
      ['database-inactive', 'a/b', 'a/b'],
      ['disk', 'h/data', null],
      ['server-inactive', 'eu/b', 'eu/b'],
      ['slot-inactive', 'a', 'a'],
    ])
    const pane = eventPaneRows(state, cluster).flatMap((row) =>
      row.kind === 'alert' ? [[row.alert.rule, row.name]] : [],
    )
    assert.deepEqual(
      pane.sort(),
      rows.map(([rule, name]) => [rule, name]),
    )
    const opened = topologyView.rows(state, cluster, 'events').flatMap((row) => {
      const to = topologyView.opens(state, cluster, 'events', row)
      return row.alert && to.kind === 'details' ? [[row.alert.rule, row.subject, to.view, to.id]] : []
    })
    assert.deepEqual(opened.sort(), [
      ['database-inactive', 'a/b', 'topology', 'a/b'],
      ['disk', 'h/data', 'alerts', 'alert:disk:h/data/data'],
      ['server-inactive', 'eu/b', 'topology', 'eu/b'],
      ['slot-inactive', 'a', 'alerts', 'alert:slot-inactive:a/b'],
    ])
  })

  test('are as bad as their own alerts', () => {
    const { cluster } = troubled()
    assert.ok(cluster.picture)
    assert.deepEqual([...worstAlerts(cluster.picture)].sort(), [
      ['a', 'warning'],
      ['a/b', 'critical'],
      ['eu/b', 'warning'],
      ['h/data', 'warning'],
    ])
  })

  test('have only their own alerts in their details', () => {
    const { state } = troubled()
    const details = (pane: 'databases' | 'servers', id: string) => {
      const navigation = { ...START_NAVIGATION, details: { view: 'topology', pane, id } }
      return textOf(detailLines({ ...state, navigation } as State, SCREEN))
    }
    assert.match(details('databases', 'a'), /slot b is /)
    assert.doesNotMatch(details('databases', 'a'), /inactive: refused/)
    assert.match(details('databases', 'a/b'), /inactive: refused/)
    assert.doesNotMatch(details('databases', 'a/b'), /slot b/)
    assert.doesNotMatch(details('servers', 'eu'), /inactive: refused/)
  })

  test('are named in the banner', () => {
    const { state, cluster } = troubled()
    assert.match(textOf(banner(state, cluster, SCREEN, 3)), /DATABASE DOWN {3}a\/b: refused .*details/)
  })

  test('are judged by themselves in checks', () => {
    const { state } = troubled()
    const check = (rule: CheckName, name: string) => {
      const line = evaluateCheck(PLUGIN_CHECKS[rule], parseCheckArguments(PLUGIN_CHECKS[rule], { rule, name }), state)
      return readPluginLine(line.line).status
    }
    const rows: readonly (readonly [CheckName, string, string])[] = [
      ['alerts', 'a', 'WARNING'],
      ['alerts', 'a/b', 'CRITICAL'],
      ['alerts', 'eu', 'OK'],
      ['alerts', 'eu/b', 'WARNING'],
      ['alerts', 'h', 'OK'],
      ['alerts', 'h/data', 'WARNING'],
      ['database-inactive', 'a', 'OK'],
      ['database-inactive', 'a/b', 'CRITICAL'],
      ['server-inactive', 'eu', 'OK'],
      ['slots', 'a', 'WARNING'],
    ]
    for (const [rule, name, status] of rows) assert.equal(check(rule, name), status, `${rule} ${name}`)
  })
})

describe('a silence', () => {
  const silence = (over: Partial<Silence>): Silence => {
    const about = { id: 's1', cluster: 'vault', rule: null, subject: null, reason: 'x', by: 'ann', at: NOW } as const
    return { ...about, kind: 'silenced', until: NOW + 3_600_000, ...over }
  }
  const of = (owner: string, part: string | null = null) => subjectRecord(subjectOf(owner, part))
  const mutes = (one: Silence) =>
    (troubled().cluster.picture?.alerts ?? [])
      .filter((alert: Alert) => silenceCovers(one, alert))
      .map(({ rule, subject }) => `${rule} ${subjectText(subject)}`)
      .sort()
  const rows: readonly (readonly [string, Partial<Silence>, readonly string[]])[] = [
    ['of a', of('a'), ['slot-inactive a/b']],
    ['of a/b', of('a/b'), ['database-inactive a/b']],
    ['of the slot b of a', of('a', 'b'), ['slot-inactive a/b']],
    ['of eu', of('eu'), []],
    ['of h/data', of('h/data'), ['disk h/data/data']],
    ['of the file system data of h', of('h', 'data'), []],
    ['of an older version, of the slot', { rule: 'slot-inactive', subject: 'a/b' }, ['slot-inactive a/b']],
    ['of an older version, of the database', { rule: 'database-inactive', subject: 'a/b' }, ['database-inactive a/b']],
    ['of an older version, of the file system', { rule: 'disk', subject: 'h/data/data' }, ['disk h/data/data']],
    ['of an older version, of every rule', { subject: 'a/b' }, ['database-inactive a/b']],
  ]
  for (const [what, over, muted] of rows) {
    test(`${what} mutes what is its own`, () => assert.deepEqual(mutes(silence(over)), muted))
  }

  test('is told by the name of its owner, and with the part where it is of one', () => {
    const silences = [
      silence({ id: 's1', ...of('a/b') }),
      silence({ id: 's2', rule: 'slot-inactive', ...of('a', 'b') }),
    ]
    const { cluster } = troubled({ silences })
    const column = SILENCE_COLUMNS.find(({ id }) => id === 'name')
    const told = silenceRows(cluster).map((row) => [row.subject, row.name, column?.cell(row, {} as ListContext).text])
    assert.deepEqual(told, [
      ['a/b', 'a/b', 'a/b'],
      ['a', 'a', 'a/b'],
    ])
  })

  test('survives a restart with its owner, and one without is read', async (context) => {
    const folder = join(scratch(context).folder, 'state')
    const watching = () => {
      const store = createStore(initialState({ clusters: [seen(false).spec], now: NOW }))
      const book = createSilenceStore({ store, folder, by: 'ann' })
      book.load()
      return { book, kept: () => store.latest().clusters.flatMap(({ silences }) => silences) }
    }
    const asked = {
      cluster: 'vault',
      rule: null,
      reason: 'x',
      kind: 'silenced',
      until: Date.now() + 3_600_000,
    } as const
    await watching().book.silence({ ...asked, ...of('a', 'b') })
    const [kept] = watching().kept()
    assert.deepEqual([kept?.subject, kept?.owner], ['a/b', 'a'])
    assert.deepEqual(kept && mutes(kept), ['slot-inactive a/b'])
    const parse = (content: unknown) => content as readonly { readonly owner?: string }[]
    await updateStateFile(folder, 'silences.json', parse, (all) => all.map(({ owner, ...rest }) => rest))
    assert.doesNotMatch(JSON.stringify(readStateFile(folder, 'silences.json')), /owner/)
    const [old] = watching().kept()
    assert.deepEqual(old && mutes(old), ['database-inactive a/b'], 'of every rule, as its text reads')
  })
})

describe('a probable cause', () => {
  test('is that of the slot and of the host, not of a name that reads the same', () => {
    const { picture } = troubled().cluster
    assert.ok(picture)
    const slot = picture.slots.find(({ name }) => name === 'b')
    assert.ok(slot)
    const full = { ...slot, retainedBytes: 20 * GB }
    const hosts = picture.hosts.map((host) => ({ ...host, nodeIds: host.id === 'h/data' ? ['a'] : [] }))
    const alert: Alert = {
      rule: 'slot-retained',
      severity: 'critical',
      subject: subjectOf('a', 'b'),
      message: 'x',
      since: NOW,
    }
    const held = { ...picture, slots: [full], hosts, alerts: [alert] }
    const cause = (owner: string, part: string) =>
      probableCause({ rule: 'disk', subject: subjectOf(owner, part), severity: 'critical' }, held)
    assert.match(cause('h/data', 'data') ?? '', /^slot b .*20 GB/)
    assert.equal(cause('h', 'data'), null, 'the host whose name only begins so')
    const alike = { ...held, alerts: [{ ...alert, subject: subjectOf('a/b') }] }
    assert.equal(
      probableCause({ rule: 'disk', subject: subjectOf('h/data', 'data'), severity: 'critical' }, alike),
      null,
    )
  })
})
