// Whether real servers take new connections: with and without TLS, with their postmaster stopped, and what is no server.

import assert from 'node:assert/strict'
import { chmodSync, readFileSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { TLSSocket } from 'node:tls'
import { parseDsn } from '../../../../src/config/dsn/dsn.ts'
import type { PostgresNode } from '../../../../src/demo/postgres/start-postgres.ts'
import { writePrivateText } from '../../../../src/io/files/sync-files.ts'
import { openDatabaseSession } from '../../../../src/io/postgres/database-session.ts'
import { testNewConnection } from '../../../../src/io/postgres/session/new-connection.ts'
import { sendSignal } from '../../../../src/io/process/process.ts'
import { FaultError } from '../../../../src/model/values/fault.ts'
import { END_MAJORS, sharedCluster } from '../../../real/embedded.ts'
import { patiently, until } from '../../../wait.ts'

const FIXTURES = join(import.meta.dirname, '../../../fakes/tls/login')

async function tested(dsn: string, { certificate = false, ms = patiently(4_000) } = {}) {
  const { endpoints, ssl } = parseDsn(dsn, { HOME: '/nonexistent' })
  const [endpoint] = endpoints
  assert.ok(endpoint)
  const signal = AbortSignal.timeout(ms)
  return testNewConnection({ endpoint, tunnel: null, ssl, wantsCertificate: certificate, signal })
}

async function refused(dsn: string, ms?: number): Promise<string> {
  return tested(dsn, ms === undefined ? {} : { ms }).then(
    () => assert.fail('it was accepted'),
    (error) => {
      assert.ok(error instanceof FaultError, String(error))
      return `${error.fault.code}: ${error.fault.message}`
    },
  )
}

for (const major of END_MAJORS) {
  describe(`PostgreSQL ${major}`, () => {
    const cluster = sharedCluster({ major, settings: { log_connections: 'on' } })

    test('answers without a session, over TCP and a Unix socket', async () => {
      const { primary } = cluster()
      const answer = await tested(primary.dsn('nobody'), { certificate: true })
      assert.deepEqual([answer.address, answer.certificate, answer.tlsProblem], [primary.host, null, null])
      assert.ok(answer.answerMs > 0)
      const folder = encodeURIComponent(primary.scratch.path)
      const [row] = await primary.query<{ folders: string }>(
        `select current_setting('unix_socket_directories') as folders`,
      )
      if (row?.folders !== '') {
        const local = await tested(`postgresql://nobody@/postgres?host=${folder}&port=${primary.port}`)
        assert.equal(local.address, null)
      }
    })

    test('its postmaster is stopped: the system takes the connection, and nobody answers', async () => {
      const { primary } = cluster()
      const pid = Number(readFileSync(join(primary.dataDirectory, 'postmaster.pid'), 'utf8').split('\n')[0])
      sendSignal(pid, 'SIGSTOP')
      try {
        assert.match(
          await refused(primary.dsn('nobody'), 300),
          /^timeout: .* accepted a new connection but did not answer/,
        )
      } finally {
        sendSignal(pid, 'SIGCONT')
      }
    })

    test('shows its certificate, whoever signed it, and whether the authority of the dsn did', async () => {
      const { primary } = cluster()
      const { owner, path } = primary.scratch
      for (const [name, file] of [
        ['new.crt', 'server.pem'],
        ['new.key', 'key.pem'],
      ] as const) {
        writePrivateText(join(path, name), readFileSync(join(FIXTURES, file), 'utf8'), owner)
        chmodSync(join(path, name), 0o600)
      }
      await primary.setSetting('ssl_cert_file', join(path, 'new.crt'))
      await primary.setSetting('ssl_key_file', join(path, 'new.key'))
      await primary.setSetting('ssl', 'on')
      const unknown = await tested(primary.dsn('nobody'), { certificate: true })
      assert.ok(unknown.certificate?.distrust, JSON.stringify(unknown))
      const known = await tested(`${primary.dsn('nobody')}?sslrootcert=${join(FIXTURES, 'ca.pem')}`, {
        certificate: true,
      })
      assert.equal(known.certificate?.distrust, null)
      assert.ok((known.certificate?.validToAt ?? 0) > Date.now())
      assert.match(known.certificate?.fingerprint ?? '', /^sha256:[0-9a-f]{64}$/)
      const brief = await tested(primary.dsn('nobody'))
      assert.equal(brief.certificate, null)
      assert.doesNotMatch(readFileSync(join(path, 'primary.log'), 'utf8'), /SSL connection|connection reset/i)
      assert.deepEqual([unknown.certificate?.verified, known.certificate?.verified], ['nothing', 'authority'])
      await exchangedCertificate(primary, known.certificate?.fingerprint ?? '')
    })
  })
}

/** A session goes on with the certificate that it was opened with; a new connection shows the new one. */
async function exchangedCertificate(primary: PostgresNode, old: string): Promise<void> {
  const connection = parseDsn(primary.dsn('pgdeck', 'postgres'), { HOME: '/nonexistent' })
  const session = openDatabaseSession({ connection, passwordCommand: null, timeoutMs: patiently(4_000) })
  const never = new AbortController().signal
  try {
    await session.query({ name: 'one', text: 'SELECT 1' }, never)
    assert.equal(session.certificate()?.fingerprint, old)
    const next = join(primary.scratch.path, 'next.crt')
    writePrivateText(next, readFileSync(join(FIXTURES, 'elsewhere.pem'), 'utf8'), primary.scratch.owner)
    chmodSync(next, 0o600)
    await primary.setSetting('ssl_cert_file', next)
    await until('new connections show it', 10_000, async () => {
      const answer = await session.testNewConnection(true, never)
      return answer?.certificate != null && answer.certificate.fingerprint !== old
    })
    assert.equal(session.certificate()?.fingerprint, old)
    await session.renew(never)
    assert.notEqual(session.certificate()?.fingerprint, old)
  } finally {
    await session.close()
  }
}

test('what is no server is told: nothing there, another protocol, silence, a server that can start no process', async () => {
  const answers: readonly (readonly [string | null, RegExp])[] = [
    ['HTTP/1.1 400 Bad Request\r\n', /^protocol: .*does not speak PostgreSQL/],
    ['SS', /^protocol: /],
    [
      'Ecould not fork new process for connection: Cannot allocate memory\n\0',
      /^too-many-connections: .* refused the connection: could not fork/,
    ],
    ['E\u001b[31mred', /^too-many-connections: [^\u001b]*$/],
    [null, /^timeout: .*accepted a new connection/],
    ['', /^unreachable: .*closed the connection/],
  ]
  for (const [answer, expected] of answers) {
    const open = new Set<Socket>()
    const server = createServer((socket) => {
      open.add(socket)
      socket
        .on('error', () => {})
        .once('data', () => (answer === '' ? socket.destroy() : answer && socket.write(answer)))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as { port: number }
    try {
      assert.match(
        await refused(`postgresql://nobody@127.0.0.1:${port}/x`, answer === null ? 200 : undefined),
        expected,
      )
    } finally {
      for (const socket of open) socket.destroy()
      server.close()
    }
    if (answer === null) assert.match(await refused(`postgresql://nobody@127.0.0.1:${port}/x`), /^refused: /)
  }
  assert.match(await refused('postgresql://nobody@name.invalid/x'), /^dns: /)
})

test('a server that keeps its side open after the handshake has answered all the same', async () => {
  const read = (name: string) => readFileSync(join(FIXTURES, name))
  const open = new Set<Socket>()
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    open.add(socket)
    socket
      .on('error', () => {})
      .once('data', () => {
        socket.write('S')
        const options = { isServer: true, allowHalfOpen: true, key: read('key.pem'), cert: read('server.pem') }
        new TLSSocket(socket, options).on('error', () => {}).resume()
      })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  const limit = 60_000
  const began = performance.now()
  try {
    const answer = await tested(`postgresql://nobody@127.0.0.1:${port}/x`, { certificate: true, ms: limit })
    assert.ok(performance.now() - began < limit, 'it waited until its time had ended')
    assert.equal(answer.tlsProblem, null)
    assert.match(answer.certificate?.fingerprint ?? '', /^sha256:/)
    assert.ok([...open].every((socket) => !socket.writableEnded))
  } finally {
    for (const socket of open) socket.destroy()
    server.close()
  }
})
