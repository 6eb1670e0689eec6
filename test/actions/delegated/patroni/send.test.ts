// What an answer of Patroni means: carried out, refused, or to be seen. The answers are those of 3.0.2, measured, and of
// its source.

import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import type { ActionToolbox } from '../../../../src/actions/definition/action.ts'
import type { PatroniRequest } from '../../../../src/actions/delegated/patroni/request.ts'
import { sendToPatroni } from '../../../../src/actions/delegated/patroni/send.ts'
import { runPasswordCommand } from '../../../../src/io/process/password-command.ts'
import { derivePicture } from '../../../../src/model/derive-picture.ts'
import type { ManagerReport } from '../../../../src/model/measured/managers/manager-report.ts'
import { ActionError, OutcomeUnknown } from '../../../../src/model/runs/action-error.ts'
import { FaultError, messageOf } from '../../../../src/model/values/fault.ts'
import { patroniDatabases } from '../../../builders/patroni-cluster.ts'
import { aCluster, NOW } from '../../../builders/snapshot.ts'
import { serveHttp, serveHttps, tlsFile } from '../../../fakes/web.ts'

const OWN = { database_system_identifier: '7', patroni: { scope: 'vault', name: 'n1', version: '3.0.2' } }

const CONFIG = {
  postgresql: {
    parameters: { work_mem: '4MB', jit: true, max_connections: 100 },
    pg_hba: ['local all all trust', 'host all app 192.0.2.7/32 scram-sha-256'],
  },
}

const SWITCHOVER: Omit<PatroniRequest, 'addresses'> = {
  method: 'POST',
  path: '/switchover',
  body: '{"leader":"n1","candidate":"n2"}',
  member: null,
  scope: 'vault',
  systemIdentifier: '7',
  goal: 'leader',
  name: 'n2',
  at: null,
  listed: null,
  replaces: null,
}

interface Seen {
  readonly method: string
  readonly path: string
  readonly body: string
  readonly authorization: string | null
}

type Answer = (response: ServerResponse) => void

/** An agent that tells of itself, and answers everything else so. `seen` gets what else is asked. */
async function agent(context: TestContext, answer: Answer, own: object = OWN) {
  const seen: Seen[] = []
  const url = await serveHttp(context, (request: IncomingMessage, response) => {
    if (request.method === 'GET') return void response.end(JSON.stringify(request.url === '/config' ? CONFIG : own))
    let body = ''
    request.on('data', (part: Buffer) => {
      body += part.toString()
    })
    request.on('end', () => {
      const { method = '', url: path = '', headers } = request
      seen.push({ method, path, body, authorization: headers.authorization ?? null })
      answer(response)
    })
  })
  return { address: new URL(url).origin, seen }
}

function says(status: number, text: string): Answer {
  return (response) => {
    response.statusCode = status
    response.end(text)
  }
}

interface Declared {
  readonly user?: string
  readonly passwordCommand?: readonly string[]
  readonly ca?: string
  /** The state in which Patroni has its leader; null: it has none, `silent`: it tells nothing. */
  readonly leader?: string | null
}

function withLeader(state: string | null) {
  return (report: ManagerReport): ManagerReport => ({
    ...report,
    members:
      state === 'silent' ? [] : report.members.map((each) => (each.isLeader ? { ...each, ...leading(state) } : each)),
  })
}

function leading(state: string | null) {
  return state === null ? { isLeader: false } : { state }
}

function send(
  addresses: readonly string[],
  { user, passwordCommand, ca, leader = 'running' }: Declared = {},
  request: Partial<PatroniRequest> = {},
  permitted = addresses,
): Promise<string> {
  const manager = {
    kind: 'patroni',
    addresses: permitted,
    trust: { ca: ca ?? null, cert: null, key: null },
    user: user ?? null,
    passwordCommand: passwordCommand ?? null,
    act: true,
  }
  const databases = patroniDatabases({ change: withLeader(leader) })
  const picture = derivePicture(aCluster({ databases }), null, NOW)
  const refresh = () => Promise.resolve({ picture })
  const tools = { config: { manager, databases: [] }, signal: new AbortController().signal, refresh }
  return sendToPatroni({ ...SWITCHOVER, addresses: [...addresses], ...request }, tools as unknown as ActionToolbox)
}

async function thrownBy(asked: Promise<unknown>): Promise<unknown> {
  return asked.then(
    () => assert.fail('an answer came where an error was expected'),
    (error: unknown) => error,
  )
}

describe('an answer of Patroni', () => {
  test('that it is done, with what was sent', async (context) => {
    const { address, seen } = await agent(context, says(200, 'Successfully switched over to "n2"'))
    const answered = await send([address], { user: 'admin', passwordCommand: ['printf', 'pass:word'] })
    assert.equal(answered, 'Patroni answered 200 Successfully switched over to "n2"')
    const authorization = `Basic ${Buffer.from('admin:pass:word').toString('base64')}`
    assert.deepEqual(seen, [{ method: 'POST', path: '/switchover', body: SWITCHOVER.body, authorization }])
  })

  test('that another one leads now is no success', async (context) => {
    const { address } = await agent(context, says(200, 'Switched over to "n3" instead of "n2"'))
    const error = await thrownBy(send([address]))
    assert.ok(error instanceof ActionError)
    assert.equal(error.message, 'Patroni switched over to n3 instead of n2')
  })

  const refused: readonly (readonly [status: number, text: string, request?: Partial<PatroniRequest>])[] = [
    [412, 'leader name does not match'],
    [412, 'candidate name does not match with sync_standby'],
    [412, 'switchover is not possible: no good candidates have been found'],
    [400, 'Switchover could be performed only from a specific leader'],
    [422, 'Cannot schedule switchover in the past'],
    [404, 'no switchover is scheduled'],
    [409, 'Another restart is already scheduled', { path: '/restart' }],
    [503, 'I am the leader, can not reinitialize', { path: '/reinitialize' }],
    [503, 'restart conditions are not satisfied', { path: '/restart' }],
    [500, "Can't schedule restart in the paused state", { path: '/restart' }],
    [503, 'reinitialize already in progress', { path: '/restart' }],
    [401, 'no auth header received'],
    [403, 'client certificate required'],
    [301, 'moved'],
  ]
  for (const [status, text, request] of refused)
    test(`${status} ${text}: nothing begins`, async (context) => {
      const { address } = await agent(context, says(status, text))
      const error = await thrownBy(send([address], {}, request))
      assert.ok(error instanceof ActionError, messageOf(error))
      assert.equal(error.message, `Patroni refused: ${status} ${text}`)
      assert.notEqual(error.hint, null)
    })

  const open: readonly (readonly [status: number, text: string, path?: PatroniRequest['path']])[] = [
    [503, 'Switchover failed'],
    [503, 'Switchover status unknown'],
    [503, 'failed to write switchover key into DCS'],
    [503, 'restart failed', '/restart'],
    [500, 'restart failed', '/restart'],
    [400, 'restart failed', '/restart'],
    [500, 'Internal Server Error', '/restart'],
    [503, 'restart already in progress', '/restart'],
    [503, 'reinitialize already in progress', '/reinitialize'],
  ]
  for (const [status, text, path = '/switchover'] of open)
    test(`${status} ${text}: only the effect can tell`, async (context) => {
      const { address } = await agent(context, says(status, text))
      assert.ok((await thrownBy(send([address], {}, { path }))) instanceof OutcomeUnknown)
    })

  test('that does not come: only the effect can tell, and no other agent is asked', async (context) => {
    const first = await agent(context, (response) => response.destroy())
    const second = await agent(context, says(200, 'Successfully switched over to "n2"'))
    assert.ok((await thrownBy(send([first.address, second.address]))) instanceof OutcomeUnknown)
    assert.deepEqual(second.seen, [])
  })
})

describe('a request to Patroni', () => {
  test('goes to the next agent where the first is down', async (context) => {
    const { address, seen } = await agent(context, says(200, 'Successfully switched over to "n2"'))
    await send(['http://127.0.0.1:1', address])
    assert.equal(seen.length, 1)
  })

  for (const [what, own] of [
    ['cluster', { ...OWN, patroni: { ...OWN.patroni, scope: 'other' } }],
    ['system', { ...OWN, database_system_identifier: '8' }],
  ] as const)
    test(`is not sent to an agent of another ${what}`, async (context) => {
      const { address, seen } = await agent(context, says(200, 'fine'), own)
      assert.ok((await thrownBy(send([address]))) instanceof ActionError)
      assert.deepEqual(seen, [])
    })

  test('is not sent to another member than the one that is meant', async (context) => {
    const { address, seen } = await agent(context, says(200, 'restarted successfully'))
    assert.ok((await thrownBy(send([address], {}, { path: '/restart', member: 'n2' }))) instanceof ActionError)
    assert.deepEqual(seen, [])
  })

  test('is not sent to an address that the configuration does not permit', async (context) => {
    const { address, seen } = await agent(context, says(200, 'fine'))
    const error = await thrownBy(send([address], {}, {}, ['http://192.0.2.1:8008']))
    assert.match(messageOf(error), /no longer has an address/)
    assert.deepEqual(seen, [])
  })

  test('replaces the list pg_hba only while that is what was planned for', async (context) => {
    const { address, seen } = await agent(context, says(200, '{}'))
    const patch = { method: 'PATCH', path: '/config', goal: 'config', name: null } as const
    for (const listed of [['local all all trust'], [...CONFIG.postgresql.pg_hba].reverse()])
      assert.match(messageOf(await thrownBy(send([address], {}, { ...patch, listed }))), /has changed since/)
    assert.deepEqual(seen, [])
    await send([address], {}, { ...patch, listed: CONFIG.postgresql.pg_hba })
    assert.equal(seen.length, 1)
  })

  const FAILOVER = { path: '/failover', body: '{"candidate":"n1"}', name: 'n1' } as const

  for (const leader of ['running', 'silent'])
    test(`for a failover is not sent while its leader is ${leader}`, async (context) => {
      const { address, seen } = await agent(context, says(200, 'Successfully failed over to "n1"'))
      const error = await thrownBy(send([address], { leader }, FAILOVER))
      assert.ok(error instanceof ActionError, messageOf(error))
      assert.deepEqual(seen, [])
    })

  for (const leader of [null, 'stopped', 'crashed'])
    test(`for a failover is sent where ${leader === null ? 'nobody leads' : `its leader is ${leader}`}`, async (context) => {
      const { address, seen } = await agent(context, says(200, 'Successfully failed over to "n1"'))
      await send([address], { leader }, FAILOVER)
      assert.equal(seen.length, 1)
    })

  test('asks for the password once, and ends with it', async (context) => {
    const folder = mkdtempSync(join(tmpdir(), 'pgdeck-password-'))
    context.after(() => rmSync(folder, { recursive: true, force: true }))
    const asked = join(folder, 'asked')
    const [first, second] = [await agent(context, says(200, 'fine')), await agent(context, says(200, 'fine'))]
    const failing = { user: 'admin', passwordCommand: ['sh', '-c', `echo >> ${asked}; exit 1`] }
    const error = await thrownBy(send([first.address, second.address], failing))
    assert.match(messageOf(error), /passwordCommand failed: sh exited with 1/)
    assert.equal(readFileSync(asked, 'utf8'), '\n')
    assert.deepEqual([...first.seen, ...second.seen], [])
    const stopped = AbortSignal.abort()
    await assert.rejects(
      runPasswordCommand(['sh', '-c', `echo >> ${asked}; echo x`], stopped),
      /passwordCommand failed/,
    )
    assert.equal(readFileSync(asked, 'utf8'), '\n')
  })

  test('asks for no password before the certificate is verified', async (context) => {
    const folder = mkdtempSync(join(tmpdir(), 'pgdeck-password-'))
    context.after(() => rmSync(folder, { recursive: true, force: true }))
    const asked = join(folder, 'asked')
    const address = new URL(await serveHttps(context, 'self-signed')).origin
    const error = await thrownBy(
      send([address], { user: 'admin', passwordCommand: ['touch', asked], ca: tlsFile('ca.pem') }),
    )
    assert.ok(error instanceof FaultError)
    assert.deepEqual([error.fault.code, error.fault.reason], ['tls', 'certificate-untrusted'])
    assert.equal(existsSync(asked), false)
  })
})

describe('a setting that Patroni keeps', () => {
  const patch = (name: string, value: string | null, before: string | null): Partial<PatroniRequest> => ({
    method: 'PATCH',
    path: '/config',
    body: JSON.stringify({ postgresql: { parameters: { [name]: value } } }),
    goal: 'config',
    replaces: { name, before },
  })

  test('is replaced while it is what it was, and sent again while it is what was asked', async (context) => {
    const { address, seen } = await agent(context, says(200, '{}'))
    for (const [name, value, before] of [
      ['work_mem', '8MB', '4MB'],
      ['work_mem', '4MB', '2MB'],
      ['jit', 'off', 'true'],
      ['max_connections', '200', '100'],
      ['fsync', 'on', null],
    ] as const)
      await send([address], {}, patch(name, value, before))
    assert.equal(seen.length, 5)
  })

  test('stays where somebody else has set it since: also when the change is taken back', async (context) => {
    const { address, seen } = await agent(context, says(200, '{}'))
    for (const [name, value, before] of [
      ['work_mem', '8MB', '2MB'],
      ['work_mem', null, '8MB'],
      ['fsync', 'off', 'on'],
    ] as const)
      await assert.rejects(
        send([address], {}, patch(name, value, before)),
        /\w+ has another value in Patroni’s dynamic configuration than/,
      )
    assert.deepEqual(seen, [])
  })
})
