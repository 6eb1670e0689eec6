// Links to real and false servers for tests, and what is expected of their faults.

import assert from 'node:assert/strict'
import { createServer, type Server, type Socket } from 'node:net'
import { parseDsn } from '../../src/config/dsn/dsn.ts'
import { freePort } from '../../src/io/network/free-port.ts'
import { type DatabaseSession, openDatabaseSession } from '../../src/io/postgres/database-session.ts'
import { type Fault, FaultError } from '../../src/model/values/fault.ts'
import { patiently } from '../wait.ts'

export const NEVER = new AbortController().signal
/** For what is to succeed, or fails by itself: a test that waits for silence names a limit of its own. */
const TIMEOUT_MS = patiently(1_000)

export function linkTo(
  dsn: string,
  options: { readonly timeoutMs?: number; readonly passwordCommand?: string[] } = {},
): DatabaseSession {
  return openDatabaseSession({
    connection: parseDsn(dsn, {}),
    passwordCommand: options.passwordCommand ?? null,
    timeoutMs: options.timeoutMs ?? TIMEOUT_MS,
  })
}

export async function one(link: DatabaseSession): Promise<unknown> {
  const [row] = await link.query<{ one: number }>({ name: 'one', text: 'select 1 as one' }, NEVER)
  return row?.one
}

export async function faultOf(work: Promise<unknown>): Promise<Fault> {
  try {
    await work
  } catch (error) {
    assert.ok(error instanceof FaultError, `threw ${error}`)
    return error.fault
  }
  return assert.fail('there was no fault')
}

/** The fault of one query on a link of its own. */
export async function faultAt(dsn: string, options: Parameters<typeof linkTo>[1] = {}): Promise<Fault> {
  const link = linkTo(dsn, options)
  try {
    return await faultOf(one(link))
  } finally {
    await link.close()
  }
}

export function assertFault(fault: Fault, code: Fault['code'], message: RegExp, hint: RegExp): void {
  assert.equal(fault.code, code, fault.message)
  assert.match(fault.message, message)
  assert.match(fault.hint ?? '', hint)
}

/** A listener that handles sockets as told; all of them end with the test's body. */
export async function withListener(
  handle: (socket: Socket) => void,
  body: (port: number) => Promise<void>,
): Promise<void> {
  const sockets = new Set<Socket>()
  const server: Server = createServer((socket) => {
    sockets.add(socket.on('error', () => {}))
    handle(socket)
  })
  const port = await freePort()
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  try {
    await body(port)
  } finally {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  }
}
