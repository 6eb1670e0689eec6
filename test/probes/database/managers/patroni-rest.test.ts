// Patroni's REST API as real ones answered, and as hostile ones could: each answer stands for itself.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import type * as http from 'node:http'
import { describe, type TestContext, test } from 'node:test'
import { FaultError } from '../../../../src/model/values/fault.ts'
import { readPatroni } from '../../../../src/probes/database/managers/patroni-rest.ts'
import { serveHttp, serveHttps, tlsFile } from '../../../fakes/web.ts'
import { type RecordedState, recordedPatroni } from '../../../recorded/patroni.ts'

const KNOWN = { settings: null, lastEvent: null }
const never = new AbortController().signal

function ask(address: string, limits: { readonly signal?: AbortSignal; readonly inTime?: AbortSignal } = {}) {
  return readPatroni({ address, known: null, signal: limits.signal ?? never, inTime: limits.inTime ?? never })
}

/** An agent that gives these answers; one that is null closes the connection, as Patroni does without its store. */
function agent(context: TestContext, name: string, state: RecordedState): Promise<string> {
  const answers: Readonly<Record<string, unknown>> = {
    '/patroni': state.patroni[name],
    '/cluster': state.cluster,
    '/config': state.config,
    '/history': state.history,
  }
  return serveHttp(context, (request, response) => {
    const answer = answers[request.url ?? '']
    if (answer == null) request.socket.destroy()
    else response.end(JSON.stringify(answer))
  })
}

async function faultOf(asked: Promise<unknown>) {
  const error = await asked.then(
    () => assert.fail('it was accepted'),
    (reason: unknown) => reason,
  )
  return error instanceof FaultError ? error.fault : assert.fail(`${error}`)
}

describe('the answers of a real Patroni', () => {
  test('name members, tags, settings', async (context) => {
    const report = await ask(await agent(context, 'n1', recordedPatroni.plain))
    assert.deepEqual(
      report.members.map(({ name, isLeader, facts }) => [
        name,
        isLeader,
        facts?.role,
        facts?.lagBytes,
        facts?.tags?.noFailover,
      ]),
      [
        ['n1', false, 'replica', 0, false],
        ['n2', true, 'leader', null, false],
        ['n3', false, 'replica', 0, true],
      ],
    )
    assert.deepEqual([report.settings?.ttlSeconds, report.settings?.mostLagBytes], [20, 1_048_576])
    assert.deepEqual([report.agent?.version, report.agent?.isUnlocked, report.paused], ['3.0.2', false, false])
    assert.equal(report.members[0]?.facts?.api, '127.0.0.1:23109')
  })

  test('tell what is planned, and what waits for a restart', async (context) => {
    const report = await ask(await agent(context, 'n2', recordedPatroni.scheduled))
    assert.deepEqual(report.scheduledSwitchover, { at: Date.UTC(2027, 0, 1, 3), from: 'n2', to: 'n1' })
    assert.deepEqual(
      report.members.map(({ facts }) => facts?.pendingRestart),
      [[], [], []],
    )
    assert.equal(report.members[1]?.facts?.restartAt, Date.UTC(2027, 0, 1, 4))
    assert.equal(report.members[0]?.facts?.role, 'sync')
    assert.equal((await ask(await agent(context, 'n1', recordedPatroni.paused))).paused, true)
    const after = await ask(await agent(context, 'n1', recordedPatroni.switched))
    assert.equal(after.lastEvent?.text, 'timeline 1 ended, by n1')
  })

  test('are kept without the store: the agent tells what it can', async (context) => {
    const lost = await ask(await agent(context, 'n2', recordedPatroni.dcsLost))
    assert.deepEqual([lost.agent?.isUnlocked, lost.agent?.isFailsafe, lost.members], [true, false, []])
    assert.notEqual(lost.membersProblem, null)
    assert.equal(lost.agent?.dcsSeenAt, 1_796_036_119_000)
    const failsafe = await ask(await agent(context, 'n2', recordedPatroni.failsafe))
    assert.deepEqual([failsafe.agent?.isUnlocked, failsafe.agent?.isFailsafe], [true, true])
  })

  test('of version 4, as documented: other words, reasons, a lag that is unknown', async (context) => {
    const report = await ask(await agent(context, 'n1', recordedPatroni.documented))
    const [leader, standby] = report.members
    assert.deepEqual([report.agent?.name, leader?.isLeader, standby?.state], ['n1', true, 'streaming'])
    assert.deepEqual([standby?.facts?.role, standby?.facts?.lagBytes, standby?.facts?.priority], ['quorum', null, 0])
    assert.deepEqual([standby?.facts?.tags?.noFailover, standby?.facts?.pendingRestart], [true, ['max_connections']])
    assert.equal(report.settings?.synchronousMode, 'quorum')
  })
})

describe('answers that are not what they should be', () => {
  const serve = (context: TestContext, handle: http.RequestListener) => serveHttp(context, handle)

  test('a list of members that hangs costs only the members', async (context) => {
    const address = await serve(context, (request, response) => {
      if (request.url === '/patroni') response.end(JSON.stringify(recordedPatroni.plain.patroni.n1))
    })
    const report = await ask(address, { inTime: AbortSignal.timeout(150) })
    assert.deepEqual([report.members, report.membersProblem?.code], [[], 'timeout'])
  })

  test('wrong types are unknown; control characters and long names do not pass', async (context) => {
    const member = {
      name: `\x1b[2Jn1${'x'.repeat(9_999)}`,
      role: 'replica',
      lag: 'NaN',
      port: -3,
      tags: [1],
      timeline: {},
    }
    const address = await serve(context, (request, response) => {
      const all = { members: [member], scheduled_switchover: { at: 'soon' }, pause: 'yes' }
      const own = { ...(recordedPatroni.plain.patroni.n1 as object), dcs_last_seen: 'x', pause: 7 }
      response.end(JSON.stringify(request.url === '/cluster' ? all : request.url === '/config' ? [] : own))
    })
    const report = await ask(address)
    const [told] = report.members
    assert.equal(told?.name, `n1${'x'.repeat(198)}`)
    assert.deepEqual(
      [told?.port, told?.facts?.lagBytes, told?.facts?.timeline, told?.facts?.tags?.noFailover],
      [null, null, null, false],
    )
    assert.deepEqual(
      [report.scheduledSwitchover, report.settings, report.paused, report.agent?.dcsSeenAt],
      [null, null, false, null],
    )
  })

  test('too many members, a huge body, another service, a redirect, a refusal: each says what it is', async (context) => {
    const many = JSON.stringify({ members: Array.from({ length: 201 }, () => ({ name: 'a', role: 'replica' })) })
    const own = JSON.stringify(recordedPatroni.plain.patroni.n1)
    const crowded = await ask(
      await serve(context, ({ url }, response) => response.end(url === '/patroni' ? own : many)),
    )
    assert.equal(crowded.membersProblem?.code, 'protocol')
    const huge = await serve(context, (_, response) => response.end('x'.repeat(300 * 1024)))
    assert.match((await faultOf(ask(huge))).message, /256|long|large/)
    const status = (code: number) =>
      serve(context, (_, response) => response.writeHead(code, { location: 'http://127.0.0.1:1/' }).end('{}'))
    assert.match((await faultOf(ask(await status(200)))).message, /answered 200, but not as Patroni does/)
    assert.match((await faultOf(ask(await status(302)))).message, /a redirect, which pgdeck does not follow/)
    assert.deepEqual(
      [(await faultOf(ask(await status(401)))).code, (await faultOf(ask(await status(403)))).code],
      ['auth', 'auth'],
    )
  })

  test('settings that are known are not asked for', async (context) => {
    const asked = new Set<string>()
    const address = await serve(context, ({ url = '' }, response) => {
      asked.add(url)
      response.end(
        JSON.stringify(url === '/cluster' ? recordedPatroni.plain.cluster : recordedPatroni.plain.patroni.n1),
      )
    })
    await readPatroni({ address, known: KNOWN, signal: never, inTime: never })
    assert.deepEqual([...asked].sort(), ['/cluster', '/patroni'])
  })
})

describe('the certificate of the API', () => {
  test('is verified before anything is asked', async (context) => {
    const asked = async (certificate: Parameters<typeof serveHttps>[1], ca: string | null) => {
      const address = await serveHttps(context, certificate)
      return faultOf(
        readPatroni({ address, trust: { ca, cert: null, key: null }, known: null, signal: never, inTime: never }),
      )
    }
    const untrusted = await asked('self-signed', null)
    assert.deepEqual([untrusted.code, untrusted.reason], ['tls', 'certificate-untrusted'])
    assert.match(untrusted.hint ?? '', /"manager": \{"tls": \{"ca": "ca.pem"\}\}/)
    assert.equal((await asked('self-signed', '/nowhere/ca.pem')).reason, 'own-file')
    const ca = tlsFile('ca.pem')
    assert.equal((await asked('other', ca)).reason, 'certificate-name')
    assert.equal((await asked('expired', ca)).reason, 'certificate-expired')
    // What answers behind the right one is not Patroni.
    assert.equal((await asked('valid', ca)).code, 'protocol')
  })

  test('is answered with one of our own, where that is asked for', async (context) => {
    const ca = tlsFile('ca.pem')
    const own = { ca: readFileSync(ca), requestCert: true, rejectUnauthorized: true }
    const ask = async (cert: string | null, key: string | null) => {
      const address = await serveHttps(context, 'valid', own)
      return faultOf(readPatroni({ address, trust: { ca, cert, key }, known: null, signal: never, inTime: never }))
    }
    assert.equal((await ask(tlsFile('valid.pem'), tlsFile('key.pem'))).code, 'protocol')
    const without = await ask(null, null)
    assert.equal(without.code, 'tls')
    assert.match(without.hint ?? '', /asks for a client certificate/)
  })
})
