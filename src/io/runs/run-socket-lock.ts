// A hint on this host that a run has a cluster: a socket that ends with its process. What decides are locks on the servers.

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

/** Somebody else's run has the cluster. */
export interface SocketLockHolder {
  /** Who and what, as that process says: `ann (pid 4711): 20261122T143207Z-promote-db-ro-7f3a`; null: it did not say. */
  readonly by: string | null
  /** It is a process of this user. What others listen on says nothing: anybody can take such a name. */
  readonly isOurs: boolean
}

const ANSWER_MS = 500

/**
 * Takes the lock of that name, e.g. a system identifier; `about` is told to whoever wants it meanwhile. On Linux the
 * name lives in the kernel and goes with the process; elsewhere it is a socket file that nobody answers on after a crash.
 */
export async function takeSocketLock(name: string, about: string): Promise<SocketLock | SocketLockHolder> {
  const address = addressOf(name)
  const server = createServer((socket) => {
    socket.on('error', () => {})
    // Whoever asks and never hangs up must not keep the run from its end.
    socket.end(about, () => socket.destroy())
  })
  // A run must not be kept from ending by a lock.
  server.unref()
  for (let attempt = 0; ; attempt++) {
    const isFree = await listens(server, address)
    if (isFree) return { release: () => closed(server) }
    const { by, isGone } = await ask(address)
    // A holder that is only slow to answer is one nevertheless.
    if (!isGone || address.startsWith('\0') || attempt > 0) return { by, isOurs: await isOwn(address) }
    await rm(address, { force: true })
  }
}

/** Who holds the lock of that name now; null while nobody does. Takes nothing. */
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

/** What the holder says of itself, null when it says nothing; and whether nobody listens there any more. */
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
