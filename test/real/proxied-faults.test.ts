// One long watch over real servers, hurt in every way one after the other, then all at once: each fault is told with
// its own code and hint by the reading that was under way or the next one, others are read on, recovery is told as fast.

import assert from 'node:assert/strict'
import { describe, type TestContext, type TestOptions, test } from 'node:test'
import { removePath } from '../../src/io/files/sync-files.ts'
import type { AlertRule } from '../../src/model/picture/picture.ts'
import { subjectText } from '../../src/model/picture/subject.ts'
import type { Fault } from '../../src/model/values/fault.ts'
import { UNDISTURBED } from '../fakes/proxy.ts'
import { until } from '../wait.ts'
import { withCluster } from './embedded.ts'
import { openStage, type Stage, type TargetId } from './proxied/stage.ts'
import { DATABASE_TROUBLES, NETWORK_TROUBLES, rebuilt, type Trouble } from './proxied/troubles.ts'

const ALL: readonly TargetId[] = ['primary', 'first', 'second', 'named', 'far', 'web', 'shop']

describe('one process, every fault', () => {
  test('each is told in time, the others are read on, and recovery is told as fast', (context) =>
    withCluster({ standbys: 2 }, async (cluster) => {
      const stage = await openStage(context, cluster)
      const part = partsOf(context)
      await stage.stillRead(stage.hasSsh ? ALL : ALL.filter((id) => id !== 'far'))
      await stage.shows('two streaming standbys', () => isStreaming(stage, 'first') && isStreaming(stage, 'second'))
      for (const trouble of [...NETWORK_TROUBLES, ...DATABASE_TROUBLES]) {
        await part(trouble.what, () => suffer(stage, trouble))
      }
      await part('one byte at a time is an answer all the same', () => dripping(stage))
      await answers(part, stage)
      await part('the jump host cut off', () => cutOff(stage), { skip: !stage.hasSsh && 'no sshd' })
      await changes(part, stage)
      await part('all of them at once', () => everything(stage))
    }))
})

type Part = (what: string, body: () => Promise<void>, options?: TestOptions) => Promise<void>

/**
 * Runs the parts of a test. One that is out of time begins no further part: the runner would let each of them run, and
 * time out on its own. The part that is under way then mends what it did before the servers go.
 */
function partsOf(context: TestContext): Part {
  return async (what, body, options = {}) => {
    context.signal.throwIfAborted()
    let underWay = Promise.resolve()
    await context.test(what, options, () => {
      underWay = body()
      return underWay
    })
    await underWay.catch(() => {})
  }
}

function othersThan(stage: Stage, hit: readonly TargetId[]): readonly TargetId[] {
  return ALL.filter((id) => !hit.includes(id) && (id !== 'far' || stage.hasSsh))
}

/** How often a trouble that mends itself is made until it is told. */
const ATTEMPTS = 5

/**
 * The fault of a trouble that mends itself. It may be told before all of it is made. It hits connections that are there: where the
 * session was just being renewed there was none, and it is made again.
 */
async function passingFault(stage: Stage, trouble: Trouble, attempt = 1): Promise<Fault> {
  const { at, code, orCode = code } = trouble
  const mark = stage.mark()
  await trouble.make(stage)
  try {
    return await stage.toldFrom(mark, at, code, orCode)
  } catch (error) {
    if (attempt === ATTEMPTS) throw error
    return passingFault(stage, trouble, attempt + 1)
  }
}

async function suffer(stage: Stage, trouble: Trouble): Promise<void> {
  const { at, code, message, hint, alsoHit = [], passes = false } = trouble
  try {
    const fault = await (passes ? passingFault(stage, trouble) : trouble.make(stage).then(() => stage.told(at, code)))
    assert.match(fault.message, message)
    assert.match(fault.hint ?? '', hint)
    assert.doesNotMatch(JSON.stringify(fault), new RegExp(stage.primary.password))
    if (!passes) await stage.shows(`${at}: ${code}`, () => problemOf(stage, at) === code)
    await stage.stillRead(othersThan(stage, [at, ...alsoHit]))
  } finally {
    await trouble.mend(stage)
  }
  await stage.recovered(at)
  await stage.shows(`${at} without a problem`, () => problemOf(stage, at) === null)
}

/** The code that the screen shows for it; null while it shows none. */
function problemOf(stage: Stage, id: TargetId): string | null {
  if (id === 'named' || id === 'far') return stage.picture(id).databases[0]?.problem?.code ?? null
  const views = id === 'web' || id === 'shop' ? stage.picture('web').servers : stage.picture('databases').databases
  return views.find((view) => view.id === id)?.problem?.code ?? null
}

function statusOf(stage: Stage, id: TargetId) {
  return stage.picture('databases').databases.find((view) => view.id === id)
}

function isStreaming(stage: Stage, id: TargetId): boolean {
  return statusOf(stage, id)?.status === 'streaming'
}

function alerts(stage: Stage, rule: AlertRule, subject: string): boolean {
  return stage
    .picture('databases')
    .alerts.some((alert) => alert.rule === rule && subjectText(alert.subject) === subject)
}

async function dripping(stage: Stage): Promise<void> {
  await stage.proxies.second.become({ kind: 'drip' })
  await stage.recovered('second')
  await stage.proxies.second.become(UNDISTURBED)
}

/** What a server answers is no fault of the reading, but of what is made of it. */
async function answers(part: Part, { sites, shows, ...stage }: Stage): Promise<void> {
  const problem = (id: TargetId) => stage.picture('web').servers.find((view) => view.id === id)?.problem ?? null
  const isWell = () => problem('web') === null && problem('shop') === null
  const kinds = [
    { status: 500, headers: {}, message: /HTTP 500, not 200/ },
    {
      status: 301,
      headers: { location: 'https://elsewhere.test/' },
      message: /HTTP 301, not .*; redirects to https:\/\/else/,
    },
  ]
  for (const { status, headers, message } of kinds) {
    await part(`a server that answers ${status}`, async () => {
      sites.answers((_request, response) => void response.writeHead(status, headers).end())
      await shows('it', () => problem('web')?.code === 'protocol' && message.test(problem('web')?.message ?? ''))
      assert.match(problem('web')?.hint ?? '', /log/)
      sites.answers((_request, response) => void response.end('fine'))
      await shows('that it is well', isWell)
    })
  }
  await part('an expired certificate', async () => {
    sites.shows('expired')
    await shows('it', () => problem('shop')?.code === 'tls')
    assert.match(problem('shop')?.message ?? '', /the certificate expired on 2021/)
    assert.match(problem('shop')?.hint ?? '', /Renew/)
    await stage.stillRead(['web', 'primary'])
    sites.shows('valid')
    await shows('that it is well', isWell)
  })
}

async function cutOff(stage: Stage): Promise<void> {
  const { far } = stage.proxies
  await far.become({ kind: 'black-hole' })
  const held = await stage.told('far', 'timeout')
  assert.match(held.message, /127\.0\.0\.1/)
  await stage.stillRead(othersThan(stage, ['far']))
  await far.become(UNDISTURBED)
  await stage.shows('far without a problem', () => problemOf(stage, 'far') === null)
  await far.become({ kind: 'refused' })
  await stage.shows('that the way is closed', () => /jump \(ssh\)/.test(farMessage(stage)))
  await stage.stillRead(othersThan(stage, ['far']))
  await far.become(UNDISTURBED)
  await stage.shows('far without a problem', () => problemOf(stage, 'far') === null)
}

function farMessage(stage: Stage): string {
  return stage.picture('far').databases[0]?.problem?.message ?? ''
}

/** Changes of state that no reading fails by. */
async function changes(part: Part, stage: Stage): Promise<void> {
  const { primary, shows } = stage
  await part('a restarted replica', async () => {
    const before = statusOf(stage, 'first')?.startedAt
    await stage.first.restart()
    await shows('the new start', () => statusOf(stage, 'first')?.startedAt !== before && isStreaming(stage, 'first'))
  })
  await part('paused replay', async () => {
    await stage.first.query('select pg_wal_replay_pause()')
    await shows('it', () => alerts(stage, 'replay-paused', 'first') && statusOf(stage, 'first')?.replayPaused === true)
    await stage.first.query('select pg_wal_replay_resume()')
    await shows('that it goes on', () => !alerts(stage, 'replay-paused', 'first'))
  })
  await part('a lost slot', async () => {
    await primary.query(`select pg_create_physical_replication_slot('forgotten', true)`)
    await primary.setSetting('max_slot_wal_keep_size', '1MB')
    await primary.query('create table filler as select 1 as one')
    for (let segment = 0; segment < 3; segment++) {
      await primary.query('insert into filler values (1)')
      await primary.query('select pg_switch_wal()')
    }
    // The standbys have slots too, which are to stay.
    await until('the standbys have it all', 10_000, async () => {
      const [row] = await primary.query<{ done: boolean }>(
        'select bool_and(restart_lsn >= pg_current_wal_lsn()) as done from pg_replication_slots where active',
      )
      return row?.done === true
    })
    await primary.query('checkpoint')
    await shows('it', () => alerts(stage, 'slot-lost', 'primary/forgotten'))
    await primary.query(`select pg_drop_replication_slot('forgotten')`)
    await primary.setSetting('max_slot_wal_keep_size', null)
    await shows('that it is gone', () => !alerts(stage, 'slot-lost', 'primary/forgotten'))
  })
  await part('a change of role and timeline, and two timelines at once', async () => {
    await stage.first.promote()
    await shows('two that take writes', () => splitBrain(stage) && statusOf(stage, 'first')?.role === 'primary')
    assert.equal(statusOf(stage, 'first')?.timeline, (statusOf(stage, 'primary')?.timeline ?? 0) + 1)
    await rebuilt(stage)
    await shows('one', () => !splitBrain(stage) && isStreaming(stage, 'first'))
  })
  await part('split brain on one timeline', async () => {
    await stage.first.stop()
    removePath(`${stage.first.dataDirectory}/standby.signal`)
    await stage.first.start()
    await shows('two that take writes', () => splitBrain(stage))
    assert.equal(statusOf(stage, 'first')?.timeline, statusOf(stage, 'primary')?.timeline)
    await rebuilt(stage)
    await shows('one', () => !splitBrain(stage) && isStreaming(stage, 'first'))
  })
}

function splitBrain(stage: Stage): boolean {
  return stage.picture('databases').alerts.some(({ rule }) => rule === 'split-brain')
}

async function everything(stage: Stage): Promise<void> {
  const { primary, first, proxies, sites } = stage
  stage.resolves = false
  await Promise.all([
    primary.kill(),
    first.freeze(),
    proxies.second.become({ kind: 'reset' }),
    proxies.web.become({ kind: 'refused' }),
  ])
  sites.shows('expired')
  const told = ['primary', 'first', 'second', 'web'] as const
  const codes = ['refused', 'timeout', 'unreachable', 'refused'] as const
  await Promise.all(told.map((id, index) => stage.told(id, codes[index] ?? 'refused')))
  await stage.shows('the certificate too', () => problemOf(stage, 'shop') === 'tls')
  stage.resolves = true
  sites.shows('valid')
  await Promise.all([
    primary.start(),
    first.thaw(),
    proxies.second.become(UNDISTURBED),
    proxies.web.become(UNDISTURBED),
  ])
  await Promise.all(told.map((id) => stage.recovered(id)))
  await stage.shows('all well', () => isStreaming(stage, 'first') && isStreaming(stage, 'second'))
  await stage.shows('no problem left', () =>
    ALL.every((id) => (id === 'far' && !stage.hasSsh) || problemOf(stage, id) === null),
  )
}
