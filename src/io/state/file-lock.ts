// Lets one process at a time change shared files of a folder: a lock file with the owner's id.

import { open, readFile, rm, stat } from 'node:fs/promises'
import { hostname } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import { isProcessAlive } from '../process/process.ts'

/** Locks are held for milliseconds: an owner on another host, or with a reused id, is gone by then. */
const STALE_MS = 30_000
/** The owner is written at once. A lock without one for this long belongs to a process that was killed in between. */
const OWNERLESS_MS = 2_000
const LIMIT_MS = 5_000
const RETRY_MS = 10

/**
 * Runs `body` while only this process holds the lock `path`. The lock of a dead process is replaced. Throws an Error
 * that names the lock after five seconds of waiting, and errors of the file system or `body`.
 */
export async function withFileLock<T>(path: string, body: () => Promise<T>, limitMs = LIMIT_MS): Promise<T> {
  await acquire(path, performance.now() + limitMs)
  try {
    return await body()
  } finally {
    await rm(path, { force: true })
  }
}

async function acquire(path: string, until: number): Promise<void> {
  while (!(await create(path))) {
    if ((await isAbandoned(path)) && (await takeAway(path))) continue
    if (performance.now() > until) throw new Error(`${path} is held by another pgdeck; delete it if none runs`)
    await pause(RETRY_MS * (0.5 + Math.random()))
  }
}

function create(path: string): Promise<boolean> {
  return createLockFile(path, `${process.pid} ${hostname()}\n`)
}

/** Creates the file; false if the name is taken. `isDurable`: it is on disk before this resolves. */
export async function createLockFile(path: string, text: string, isDurable = false): Promise<boolean> {
  try {
    const file = await open(path, 'wx', 0o600)
    try {
      await file.writeFile(text)
      if (isDurable) await file.datasync()
    } finally {
      await file.close()
    }
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/** A lock without an owner is being created, or its creator died: then its age decides. */
async function isAbandoned(path: string): Promise<boolean> {
  try {
    const [text, { mtimeMs }] = await Promise.all([readFile(path, 'utf8'), stat(path)])
    const [, pid, host] = /^(\d+) (.*)\n$/.exec(text) ?? []
    if (Date.now() - mtimeMs > (pid === undefined ? OWNERLESS_MS : STALE_MS)) return true
    return pid !== undefined && host === hostname() && !isProcessAlive(Number(pid))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw error
  }
}

/**
 * Two processes may find the same abandoned lock. One at a time removes it, after another check, so that the second
 * does not remove the new lock of the first. False if it is another's turn.
 */
async function takeAway(path: string): Promise<boolean> {
  const turn = `${path}.turn`
  if (!(await create(turn))) {
    if (await isAbandoned(turn)) await rm(turn, { force: true })
    return false
  }
  try {
    if (await isAbandoned(path)) await rm(path, { force: true })
    return true
  } finally {
    await rm(turn, { force: true })
  }
}
