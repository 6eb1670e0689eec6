// Where only a pooler says that a server is, its answer is not trusted with a password.

import assert from 'node:assert/strict'
import { type AddressInfo, createServer } from 'node:net'
import { describe, test } from 'node:test'
import type { ClusterConfig } from '../../../../src/config/config.ts'
import { parseDsn } from '../../../../src/config/dsn/dsn.ts'
import type { HostConnections } from '../../../../src/runtime/hosts/host-connections.ts'
import { entryPointSessions } from '../../../../src/runtime/runs/tools/entry-point-sessions.ts'

/** AuthenticationMD5Password with a salt: the hash is enough to log in elsewhere. */
const ASKS_MD5 = Buffer.from([0x52, 0, 0, 0, 12, 0, 0, 0, 5, 1, 2, 3, 4])

/** Whether a server at a place that a pooler names gets the hash of the password. `named`: the configuration has it, too. */
async function isTold(named: boolean): Promise<{ readonly told: boolean; readonly why: string }> {
  let told = false
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', () => {
      socket.write(ASKS_MD5)
      socket.once('data', () => {
        told = true
        socket.destroy()
      })
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  const { port } = server.address() as AddressInfo
  const dsn = `postgresql://postgres:a-secret@127.0.0.1:${named ? port : 1}/postgres?sslmode=disable`
  const config = {
    databases: [{ spec: { id: 'db-1' }, connection: parseDsn(dsn, {}), passwordCommand: null, via: null }],
    poolers: [{ spec: { id: 'pgb', host: '127.0.0.1' }, via: null }],
  } as unknown as ClusterConfig
  const hostConnections = { tunnelVia: () => undefined } as unknown as HostConnections
  const { signal } = new AbortController()
  const sessions = entryPointSessions({ purpose: 'plan', config: () => config, hostConnections, signal })
  try {
    const place = { kind: 'pool', pooler: 'pgb', host: '127.0.0.1', port, as: 'db-1' } as const
    const why = await sessions.sessionAt(place, null).then(
      () => '',
      (error: unknown) => String(error),
    )
    return { told, why }
  } finally {
    await sessions.close()
    await new Promise<void>((resolve) => server.close(() => resolve()))
  }
}

describe('a session where a pooler says that a server is', () => {
  test('gives a server that the configuration does not name no hash of the password', async () => {
    const { told, why } = await isTold(false)
    assert.equal(told, false)
    assert.match(why, /discovered, not configured/)
  })

  test('logs in to one that the configuration names as it says', async () => {
    assert.equal((await isTold(true)).told, true)
  })
})
