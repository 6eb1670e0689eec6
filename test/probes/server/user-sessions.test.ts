// Session counts from each source: a JSON document of a real server, a real command, and the statement that is sent.

import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import type { SessionsSource } from '../../../src/config/config.ts'
import type { DatabaseSession } from '../../../src/io/postgres/database-session.ts'
import type { PreparedStatement } from '../../../src/io/postgres/prepared-statement.ts'
import { FaultError } from '../../../src/model/values/fault.ts'
import { userSessionsProbe } from '../../../src/probes/server/user-sessions.ts'
import { clusterOf, serveHttp, serverConfig } from '../../fakes/web.ts'
import { within } from '../../wait.ts'

interface Asking {
  readonly url?: string
  readonly database?: DatabaseSession | null
  readonly signal?: AbortSignal
}

function count(source: SessionsSource, { url = 'http://127.0.0.1:1/', database = null, signal }: Asking = {}) {
  const server = serverConfig(url, { sessions: source })
  return userSessionsProbe.read({ server, database, cluster: clusterOf(server) }, signal ?? within(5000))
}

async function refused(counting: Promise<number>, code: string, message: RegExp): Promise<void> {
  try {
    assert.fail(`counted ${await counting}`)
  } catch (error) {
    if (!(error instanceof FaultError)) throw error
    assert.equal(error.fault.code, code, error.fault.message)
    assert.match(error.fault.message, message)
    assert.ok(error.fault.hint)
  }
}

describe('by JSON document', () => {
  async function serving(context: TestContext, body: string, status = 200) {
    return await serveHttp(context, (request, response) => {
      if (request.url === '/api/status?full') response.writeHead(status).end(body)
      else response.writeHead(302, { location: '/login' }).end()
    })
  }
  const at = (pointer: string): SessionsSource => ({ kind: 'json', path: '/api/status?full', pointer })

  test('the pointer finds the number, also through lists and escaped keys', async (context) => {
    const url = await serving(context, '{"sessions": {"active": 41, "a/b": [0, {"m~n": 7}]}, "": 3}')
    assert.equal(await count(at('/sessions/active'), { url }), 41)
    assert.equal(await count(at('/sessions/a~1b/1/m~0n'), { url }), 7)
    assert.equal(await count(at('/sessions/a~1b/0'), { url }), 0)
    assert.equal(await count(at('/'), { url }), 3)
  })

  const wrong: readonly (readonly [string, string, RegExp])[] = [
    [
      '{"sessions": {"open": 3}}',
      '/sessions/active',
      /\/sessions\/active matches nothing: \/sessions has no active, only open/,
    ],
    ['{"sessions": 3}', '/sessions/active', /\/sessions is 3/],
    ['{"sessions": [1, 2]}', '/sessions/2', /\/sessions has 2 items and no 2/],
    ['{"sessions": [1, 2]}', '/sessions/01', /has 2 items and no 01/],
    ['{"sessions": "forty"}', '/sessions', /\/sessions in \/api\/status of app-1 is "forty", not a count/],
    ['{"sessions": "41"}', '/sessions', /is "41", not a count/],
    ['{"sessions": null}', '/sessions', /is null/],
    ['{"sessions": -1}', '/sessions', /is -1/],
    ['{"sessions": 1.5}', '/sessions', /is 1\.5/],
    ['{"sessions": {}}', '/sessions', /is an object/],
    ['{"sessions": 3}', 'sessions', /does not begin with \//],
    ['{"a": 1}', '/toString', /has no toString/],
    ['<html>\u001b[31m', '/sessions', /is not JSON: it begins with "<html>"/],
    ['', '/sessions', /is not JSON/],
  ]
  for (const [body, pointer, message] of wrong) {
    test(`${pointer} of ${JSON.stringify(body)} is a fault`, async (context) => {
      await refused(count(at(pointer), { url: await serving(context, body) }), 'protocol', message)
    })
  }

  test('another status than 200 is a fault that tells the redirection', async (context) => {
    const url = await serving(context, '{}')
    const source: SessionsSource = { kind: 'json', path: '/other', pointer: '/a' }
    await refused(count(source, { url }), 'protocol', /status 302, a redirection to http:\/\/127\.0\.0\.1:\d+\/login/)
  })

  test('an endless document is a fault, and is not read to its end', async (context) => {
    const closed = Promise.withResolvers<void>()
    const url = await serveHttp(context, (_request, response) => {
      response.once('close', closed.resolve)
      const pour = () => {
        while (!response.destroyed && response.write(' '.repeat(65536)));
        if (!response.destroyed) response.once('drain', pour)
      }
      pour()
    })
    await refused(count(at('/a'), { url }), 'protocol', /longer than 1024 kB/)
    await closed.promise
  })

  test('a document that stops in the middle passes the limit', async (context) => {
    const url = await serveHttp(context, (_request, response) => void response.write('{"sessions":'))
    await refused(count(at('/a'), { url, signal: AbortSignal.timeout(150) }), 'timeout', /reading the answer/)
  })

  test('a document that breaks off is a fault', async (context) => {
    const url = await serveHttp(context, (_request, response) => {
      response.writeHead(200, { 'content-length': '100' })
      response.write('{"sessions":', () => response.destroy())
    })
    await refused(count(at('/a'), { url }), 'protocol', /broke off/)
  })
})

describe('by command', () => {
  const run = (...command: string[]): SessionsSource => ({ kind: 'command', command })
  const node = (script: string, ...args: string[]) => run(process.execPath, '-e', script, ...args)

  test('the first line is the count', async () => {
    assert.equal(await count(node('console.log(" 12 \\nand more")')), 12)
  })

  test('arguments are passed as they are, without a shell', async () => {
    const source = node('console.log(process.argv[1] === "$(echo 1); a b" ? 3 : -1)', '$(echo 1); a b')
    assert.equal(await count(source), 3)
  })

  test('what is not a count is a fault that shows it', async () => {
    await refused(count(node('console.log("none")')), 'protocol', /first line that .*node.* printed .* is "none"/)
    await refused(count(node('console.log(-4)')), 'protocol', /is "-4"/)
    await refused(count(node('')), 'protocol', /is ""/)
  })

  test('an exit code is told with the last words, cleaned', async () => {
    const source = node('console.error("\\u001b[31mno access"); process.exitCode = 3')
    await refused(count(source), 'protocol', /node exited with 3: no access$/)
  })

  test('a program that is not there is a fault', async () => {
    await refused(
      count(run('/no/such/program')),
      'protocol',
      /\/no\/such\/program could not be started: no such program/,
    )
  })

  test('too much output is a fault', async () => {
    await refused(
      count(node('const pour = () => process.stdout.write("x".repeat(1000), pour); pour()')),
      'protocol',
      /more than 64 kB/,
    )
  })

  test('the limit ends it, and the children it left', { skip: process.platform === 'win32' }, async (context) => {
    const limit = new AbortController()
    const died = Promise.withResolvers<void>()
    // The child's request is never answered: its connection closes only when it dies.
    const url = await serveHttp(context, (request) => {
      request.socket.once('close', () => died.resolve())
      limit.abort()
    })
    const child = `require('http').get(${JSON.stringify(url)}); setInterval(() => {}, 1000)`
    const parent = `require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(child)}], { stdio: 'inherit' })`
    await refused(count(node(parent), { signal: limit.signal }), 'timeout', /did not finish within \d\.\d s/)
    await died.promise
  })
})

describe('by SQL', () => {
  function answering(rows: readonly object[], asked: PreparedStatement[] = []): DatabaseSession {
    return {
      query: async (statement) => {
        asked.push(statement)
        return rows as never
      },
      login: () => null,
      endpoint: () => null,
      pooler: () => null,
      refused: () => [],
      relationNames: async () => new Map(),
      readOnlyDefault: async () => null,
      certificate: () => null,
      testNewConnection: async () => null,
      renew: async () => {},
      discard: () => {},
      close: async () => {},
    }
  }
  const source: SessionsSource = { kind: 'sql', sql: 'select count(*) from app where server = $1', parameters: ['a'] }

  test('the statement is sent as written, with its parameters and a name of its own', async () => {
    const asked: PreparedStatement[] = []
    const database = answering([{ count: '41' }], asked)
    assert.equal(await count(source, { database }), 41)
    assert.equal(await count({ ...source, sql: 'select 1' }, { database }), 41)
    assert.deepEqual([asked[0]?.text, asked[0]?.values], [source.sql, ['a']])
    assert.notEqual(asked[0]?.name, asked[1]?.name)
    assert.ok((asked[0]?.name ?? '').length <= 63)
  })

  test('numbers and bigints count as well', async () => {
    assert.equal(await count(source, { database: answering([{ n: 7 }]) }), 7)
    assert.equal(await count(source, { database: answering([{ n: 7n }]) }), 7)
  })

  test('anything but one row with one count is a fault', async () => {
    await refused(count(source, { database: answering([]) }), 'protocol', /gave 0 rows/)
    await refused(count(source, { database: answering([{ n: 1 }, { n: 2 }]) }), 'protocol', /gave 2 rows/)
    await refused(count(source, { database: answering([{ n: null }]) }), 'protocol', /n = null, not a count/)
    await refused(count(source, { database: answering([{ n: 'many' }]) }), 'protocol', /n = "many"/)
  })

  test('a server without a watched database says so', async () => {
    await refused(count(source), 'protocol', /no watched database/)
  })
})
