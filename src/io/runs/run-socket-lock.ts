// A hint on this host that a run has a cluster: a socket that ends with its process. The locks on the servers decide.

import { createHash } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { createConnection, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { clean } from '../../model/values/text.ts'
import { socketListenerOwner } from './socket-owner.ts'

export interface SocketLock {
  release(): Promise<void>
}

/** Another run has the cluster. */
export interface SocketLockHolder {
  /**
   * The user and run as that process reports them: `ann (pid 4711): 20261122T143207Z-promote-db-ro-7f3a`; null: no
   * report.
   */
  readonly by: string | null
  /** It is a process of this user. Sockets of other users mean nothing: every user can take such a name. */
  readonly isOurs: boolean
}

const ANSWER_MS = 500

/**
 * Takes the lock with that name, e.g. a system identifier. Others who want it meanwhile receive `about`. On Linux the
 * name is in the kernel and disappears with the process. On other systems it is a socket file, which no process answers
 * after a crash.
 */
export async function takeSocketLock(name: string, about: string): Promise<SocketLock | SocketLockHolder> {
  const address = addressOf(name)
  const server = createServer((socket) => {
    socket.on('error', () => {})
    // A client that never disconnects must not delay the end of the run.
    socket.end(about, () => socket.destroy())
  })
  // The lock must not keep the run from ending.
  server.unref()
  for (let attempt = 0; ; attempt++) {
    const isFree = await listens(server, address)
    if (isFree) return { release: () => closed(server) }
    const { by, isGone } = await ask(address)
    // A holder that answers slowly still holds it.
    if (!isGone || address.startsWith('\0') || attempt > 0) return { by, isOurs: await isOwn(address) }
    await rm(address, { force: true })
  }
}

/** Returns the holder of the lock with that name; null if there is none. Takes nothing. */
export async function findSocketLockHolder(name: string): Promise<SocketLockHolder | null> {
  const address = addressOf(name)
  const { by, isGone } = await ask(address)
  return isGone ? null : { by, isOurs: await isOwn(address) }
}

async function isOwn(address: string): Promise<boolean> {
  const owner = await socketListenerOwner(address)
  return owner !== null && owner === process.getuid?.()
}

export function isHeldByOther(lock: SocketLock | SocketLockHolder): lock is SocketLockHolder {
  return 'by' in lock
}

function addressOf(name: string): string {
  const digest = createHash('sha256').update(name).digest('hex').slice(0, 32)
  return process.platform === 'linux' ? `\0pgdeck-run-${digest}` : join(tmpdir(), `pgdeck-run-${digest}.sock`)
}

function listens(server: Server, address: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException) => {
      server.off('listening', done)
      if (error.code === 'EADDRINUSE') resolve(false)
      else reject(error)
    }
    const done = () => {
      server.off('error', failed)
      server.on('error', () => {})
      resolve(true)
    }
    server.once('error', failed)
    server.once('listening', done)
    server.listen(address)
  })
}

/** Returns the holder's report, null without one, and whether the socket has no listener any more. */
function ask(address: string): Promise<{ readonly by: string | null; readonly isGone: boolean }> {
  return new Promise((resolve) => {
    let text = ''
    let isGone = false
    const socket = createConnection(address)
    const timer = setTimeout(() => socket.destroy(), ANSWER_MS)
    socket.setEncoding('utf8')
    socket.on('data', (part: string) => {
      text = (text + part).slice(0, 500)
    })
    socket.on('error', ({ code }: NodeJS.ErrnoException) => {
      isGone = code === 'ECONNREFUSED' || code === 'ENOENT'
    })
    socket.on('close', () => {
      clearTimeout(timer)
      resolve({ by: text === '' ? null : clean(text), isGone })
    })
  })
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
  })
}
