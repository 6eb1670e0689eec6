// Alerts of a real store to real web hooks and programs: those that work, fail, hang, refuse, and recover.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, type TestContext, test } from 'node:test'
import type { NotifyRule } from '../../../src/config/config.ts'
import { verifyAuditLog } from '../../../src/io/audit/audit-log-reader.ts'
import { appendAuditLog } from '../../../src/io/audit/audit-log-writer.ts'
import { openProgramLog } from '../../../src/io/files/program-log.ts'
import type { NotificationDocument } from '../../../src/model/alerts/notification-message.ts'
import { startNotifier } from '../../../src/runtime/notifications/notifier.ts'
import { initialState } from '../../../src/state/initial-state.ts'
import { createStore } from '../../../src/state/store.ts'
import { aFault, aPrimaryPulse, aServerPulse, aSlot, aStandbyPulse, aVault } from '../../builders/snapshot.ts'
import { closedFirst, scratch } from '../../config/scratch.ts'
import { serveHttp, serveTcp } from '../../fakes/web.ts'
import { patiently, until } from '../../wait.ts'

const { spec } = aVault()
const SHORT = { pausesMs: [5, 5, 5, 5], attemptMs: 300 }
const DOWN = aFault('refused')

type Well = { readonly primary?: boolean; readonly replica?: boolean }

/** A watched cluster whose databases answer or not, as each round says. */
function watched(context: TestContext, rules: readonly NotifyRule[], at = scratch(context).folder) {
  const folder = join(at, 'state')
  const log = openProgramLog({ file: join(at, 'log'), level: 'debug' })
  const store = createStore(initialState({ clusters: [spec], now: Date.now() }))
  const notices: string[] = []
  store.subscribe(() => {
    const { notice } = store.published()
    if (notice && notices.at(-1) !== notice.text) notices.push(notice.text)
  })
  const notifier = startNotifier({ store, rules, folder, log, patience: SHORT })
  closedFirst(context, () => notifier.close())
  const round = ({ primary = true, replica = true }: Well = {}) => {
    const about = { cluster: spec.name, at: Date.now() }
    const values = [
      ['db-1', primary, aPrimaryPulse({ slots: [aSlot()] })],
      ['db-ro', replica, aStandbyPulse()],
    ] as const
    for (const [id, ok, value] of values) {
      const outcome = ok ? ({ ok, value } as const) : ({ ok, fault: DOWN } as const)
      store.dispatch({ type: 'database-probed', ...about, id, outcome })
    }
    for (const { id } of spec.servers) {
      store.dispatch({ type: 'server-probed', ...about, id, outcome: { ok: true, value: aServerPulse() } })
    }
    store.dispatch({ type: 'derive-requested', at: Date.now() })
  }
  const logged = () => readFileSync(join(at, 'log'), 'utf8')
  return { store, notifier, notices, round, logged, folder, at }
}

/** A hook that keeps what it gets, and answers as `answers` says, the last answer for ever. */
async function hook(context: TestContext, answers: readonly number[] = [200]) {
  const got: { readonly request: IncomingMessage; readonly document: NotificationDocument }[] = []
  const url = await serveHttp(context, async (request, response) => {
    got.push({ request, document: JSON.parse(await text(request)) })
    response.statusCode = answers[Math.min(got.length, answers.length) - 1] ?? 200
    response.end('noted')
  })
  const events = () => got.map(({ document: { event, rule, subject } }) => `${event} ${rule} ${subject}`)
  const rule: NotifyRule = { on: ['warning', 'critical'], webhook: `${url}secret-path?token=t0k`, method: 'POST' }
  return { got, events, url, rule }
}

const told = (events: () => readonly string[], wanted: readonly string[]) =>
  until(`told: ${wanted}`, 5_000, () => JSON.stringify([...events()].sort()) === JSON.stringify([...wanted].sort()))

const REPLICA_DOWN = ['raised database-inactive db-ro']

describe('a web hook', () => {
  test('gets each change once, as JSON', async (context) => {
    const { got, events, rule } = await hook(context)
    const { round } = watched(context, [{ ...rule, method: 'PUT' } as NotifyRule])
    round()
    round({ replica: false })
    await told(events, REPLICA_DOWN)
    round({ replica: false })
    round({ replica: false })
    round()
    await told(events, [...REPLICA_DOWN, 'resolved database-inactive db-ro'])
    const [first] = got
    assert.equal(first?.request.method, 'PUT')
    assert.equal(first?.request.url, '/secret-path?token=t0k')
    assert.equal(first?.request.headers['content-type'], 'application/json')
    assert.equal(first?.document.schema, 'pgdeck.alert/1')
    assert.deepEqual([first?.document.cluster, first?.document.severity], [spec.name, 'warning'])
  })

  test('gets the end of the audit trail along, to be kept elsewhere', async (context) => {
    const { got, events, rule } = await hook(context)
    const at = scratch(context).folder
    const folder = join(at, 'state')
    const who = { user: 'ann', ssh: null, tty: null }
    const what = { at: 0, who, cluster: null, server: null, category: 'task', plan: null, result: null } as const
    await appendAuditLog(folder, [{ ...what, what: 'one' }])
    const { round } = watched(context, [rule], at)
    round()
    round({ replica: false })
    await told(events, REPLICA_DOWN)
    const verdict = await verifyAuditLog(folder)
    assert.ok(verdict.ok)
    assert.deepEqual(got[0]?.document.audit, { lines: 1, hash: verdict.hash })
  })

  test('is told only of its severities', async (context) => {
    const { events, rule } = await hook(context)
    const all = await hook(context)
    const { round } = watched(context, [{ ...rule, on: ['critical'] }, all.rule])
    round()
    round({ replica: false })
    await told(all.events, REPLICA_DOWN)
    round({ primary: false, replica: false })
    await until('the critical one came', 5_000, () => events().includes('raised database-inactive db-1'))
    assert.ok(!events().some((event) => event.endsWith('db-ro')), String(events()))
  })

  test('that fails is tried again, and nobody need know', async (context) => {
    const { got, rule } = await hook(context, [500, 503, 429, 200])
    const { round, notices } = watched(context, [rule])
    round()
    round({ replica: false })
    await until('it was tried until it worked', 5_000, () => got.length === 4)
    assert.equal(new Set(got.map(({ document }) => document.at)).size, 1)
    assert.deepEqual(notices, [])
  })

  test('that goes on failing is given up, told once by its host alone, and told when it works again', async (context) => {
    const { got, rule, url } = await hook(context, [500, 500, 500, 500, 500, 500, 500, 500, 500, 500, 200])
    const { round, notices, logged } = watched(context, [rule])
    round()
    round({ replica: false })
    await until('it was given up', 5_000, () => notices.length === 1)
    round()
    await until('the end was given up too', 5_000, () => got.length === 10)
    round({ replica: false })
    await until('it works again', 5_000, () => notices.length === 2)
    const { host } = new URL(url)
    assert.deepEqual(notices, [`notify ${host}: it answers 500 (tried 5 times)`, `notify ${host}: works again`])
    assert.match(logged(), /not delivered: raised database-inactive db-ro/)
    assert.match(logged(), /not delivered: resolved database-inactive db-ro/)
    assert.doesNotMatch(logged(), /secret-path|t0k/)
  })

  test('that says no is not asked again', async (context) => {
    const { got, rule } = await hook(context, [404, 302, 200])
    const { round, notices } = watched(context, [rule])
    round()
    round({ replica: false })
    await until('it was told', 5_000, () => notices.some((notice) => notice.endsWith('it answers 404')))
    round()
    await until('the next one was sent', 5_000, () => got.length === 2)
    assert.deepEqual(
      got.map(({ document }) => document.event),
      ['raised', 'resolved'],
    )
  })

  test('that hangs or refuses holds nobody up: not the others, not watching, not the end', async (context) => {
    const port = await serveTcp(context, () => {})
    const closed = createServer().listen(0, '127.0.0.1')
    await once(closed, 'listening')
    const refusing = (closed.address() as AddressInfo).port
    closed.close()
    await once(closed, 'close')
    const well = await hook(context)
    const on = ['warning', 'critical'] as const
    const { round, notices, notifier, store } = watched(context, [
      { on, method: 'POST', webhook: `http://ann:pa55@127.0.0.1:${port}/` },
      { on, method: 'POST', webhook: `http://127.0.0.1:${refusing}/` },
      well.rule,
    ])
    round()
    const before = performance.now()
    round({ replica: false })
    assert.ok(performance.now() - before < patiently(250), 'a round of answers waited for a hook')
    await told(well.events, REPLICA_DOWN)
    await until('the refusal was told', 5_000, () => notices.some((notice) => notice.includes('refuses connections')))
    round()
    await told(well.events, [...REPLICA_DOWN, 'resolved database-inactive db-ro'])
    const closing = performance.now()
    await notifier.close()
    assert.ok(performance.now() - closing < 4_000, 'the end waited for a hook')
    assert.equal(store.latest().clusters[0]?.picture?.health, 'ok')
    assert.doesNotMatch(notices.join(), /pa55/)
  })

  test('that hung recovers, and gets everything in order', async (context) => {
    let hangs = true
    const events: string[] = []
    const webhook = await serveHttp(context, async (request, response) => {
      const { event } = JSON.parse(await text(request))
      if (hangs) return
      events.push(event)
      response.end()
    })
    const { round } = watched(context, [{ on: ['warning', 'critical'], method: 'POST', webhook }])
    round()
    round({ replica: false })
    round()
    round({ replica: false })
    hangs = false
    await until('all came', 5_000, () => events.length >= 1)
    round()
    await until('the end came', 5_000, () => events.at(-1) === 'resolved')
    assert.ok(
      events.every((event, index) => event === (index % 2 === 0 ? 'raised' : 'resolved')),
      String(events),
    )
  })
})

describe('over restarts', () => {
  test('what stands at the start is told, but not what an earlier run has told', async (context) => {
    const { events, rule } = await hook(context)
    const first = watched(context, [rule])
    first.round({ replica: false })
    await told(events, REPLICA_DOWN)
    await first.notifier.close()
    const second = watched(context, [rule], first.at)
    second.round({ replica: false })
    second.round({ replica: false })
    await second.notifier.close()
    const third = watched(context, [rule], first.at)
    third.round()
    await told(events, [...REPLICA_DOWN, 'resolved database-inactive db-ro'])
    assert.doesNotMatch(readFileSync(join(first.folder, 'notified.json'), 'utf8'), /secret-path|t0k/)
  })

  test('what could not be delivered is told by the next run', async (context) => {
    let hangs = true
    let asked = 0
    const events: string[] = []
    const webhook = await serveHttp(context, async (request, response) => {
      asked += 1
      const { event, subject } = JSON.parse(await text(request))
      if (hangs) return
      events.push(`${event} ${subject}`)
      response.end()
    })
    const rule: NotifyRule = { on: ['warning'], method: 'POST', webhook }
    const first = watched(context, [rule])
    first.round({ replica: false })
    await until('it is on its way', 5_000, () => asked > 0)
    await first.notifier.close()
    hangs = false
    const second = watched(context, [rule], first.at)
    second.round({ replica: false })
    await until('it came', 5_000, () => events.length > 0)
    assert.deepEqual(events, ['raised db-ro'])
  })

  test('of two that run at once, one tells; when it ends, the other does', async (context) => {
    const { events, rule } = await hook(context)
    const first = watched(context, [rule])
    first.round()
    first.round({ replica: false })
    await told(events, REPLICA_DOWN)
    const second = watched(context, [rule], first.at)
    second.round({ replica: false })
    second.round()
    first.round()
    await told(events, [...REPLICA_DOWN, 'resolved database-inactive db-ro'])
    await first.notifier.close()
    second.round({ replica: false })
    await told(events, [...REPLICA_DOWN, 'resolved database-inactive db-ro', ...REPLICA_DOWN])
  })
})

test('a muted alert is not sent, and is when the silence ends', async (context) => {
  const { events, rule } = await hook(context)
  const { round, store } = watched(context, [rule])
  round()
  store.dispatch({
    type: 'silenced',
    silence: {
      id: 's1',
      cluster: spec.name,
      rule: null,
      subject: 'db-ro',
      reason: 'upgrade',
      by: 'ann',
      kind: 'silenced',
      at: Date.now(),
      until: Date.now() + 60_000,
    },
  })
  round({ replica: false })
  round({ primary: false, replica: false })
  await until('another alert came', 5_000, () => events().some((event) => event.endsWith('db-1')))
  assert.ok(!events().some((event) => event.endsWith('db-ro')), String(events()))
  store.dispatch({ type: 'silence-ended', cluster: spec.name, id: 's1' })
  await until('the muted one came', 5_000, () => events().includes('raised database-inactive db-ro'))
})

describe('a command', () => {
  const on = ['warning', 'critical'] as const

  test('gets its arguments as they are and the alert on its input', async (context) => {
    const { folder } = scratch(context)
    const out = join(folder, 'out file')
    const program =
      'const fs = require("fs"); fs.appendFileSync(process.argv[1], fs.readFileSync(0) + JSON.stringify(process.argv.slice(2)) + "\\n")'
    const command = [process.execPath, '-e', program, out, '$(id)', 'a b', "';"]
    const { round, notices } = watched(context, [{ on, command }])
    round()
    round({ replica: false })
    const lines = () => {
      try {
        return readFileSync(out, 'utf8').trimEnd().split('\n')
      } catch {
        return []
      }
    }
    await until('it ran', 5_000, () => lines().length === 2)
    assert.equal(JSON.parse(lines()[0] ?? '').subject, 'db-ro')
    assert.deepEqual(JSON.parse(lines()[1] ?? ''), ['$(id)', 'a b', "';"])
    assert.deepEqual(notices, [])
  })

  test('that fails is told with its exit code, once, without its arguments', async (context) => {
    const command = [process.execPath, '-e', 'console.error("no way"); process.exit(3)', 'pa55']
    const { round, notices, logged } = watched(context, [{ on, command }])
    round()
    round({ replica: false })
    await until('it was told', 5_000, () => notices.length === 1)
    assert.deepEqual(notices, ['notify node: it ended with exit code 3'])
    assert.match(logged(), /no way/)
    assert.doesNotMatch(logged(), /pa55/)
  })

  test('that does not exist, or does not read its input, disturbs nothing', async (context) => {
    const { round, notices } = watched(context, [
      { on, command: ['/no/such/program'] },
      { on, command: ['true'] },
    ])
    round()
    round({ replica: false })
    await until('it was told', 5_000, () => notices.length > 0)
    assert.deepEqual(notices, ['notify program: /no/such/program could not be started: no such program'])
  })
})

test('without a state directory alerts are told all the same, and that is told once', async (context) => {
  const { events, rule } = await hook(context)
  const { write, folder } = scratch(context)
  write('state', 'a file where the folder should be')
  const { round, notices } = watched(context, [rule], folder)
  round()
  round({ replica: false })
  await told(events, REPLICA_DOWN)
  round()
  await told(events, [...REPLICA_DOWN, 'resolved database-inactive db-ro'])
  assert.equal(notices.length, 1)
  assert.match(notices[0] ?? '', /not saved for the next start/)
})
