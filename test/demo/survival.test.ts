// Nothing outlives the program that launched it, not even when that is killed without a chance to clean up.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { findServerBinaries } from '../../src/demo/postgres/start-postgres.ts'
import { isProcessAlive } from '../../src/io/process/process.ts'
import { TYPESCRIPT } from '../fakes/typescript.ts'
import { until } from '../wait.ts'

const PARENT = fileURLToPath(new URL('./parent.ts', import.meta.url))
const STARTING = fileURLToPath(new URL('./parent-starting.ts', import.meta.url))

for (const signal of ['SIGKILL', 'SIGINT'] as const) {
  test(`servers, also a frozen one, and their folder are gone after ${signal}`, async (context) => {
    const parent = launched(context, PARENT)
    const [line] = await once(createInterface(parent.stdout), 'line')
    const { folder, pids: told }: { folder: string; pids: number[] } = JSON.parse(line)
    // A server has children that end by themselves too.
    const pids = told.filter(isProcessAlive)
    assert.ok(pids.length >= 4)
    assert.ok(existsSync(folder))
    parent.kill(signal)
    await once(parent, 'exit')
    await until('all processes have ended', 10_000, () => !pids.some(isProcessAlive))
    await until('the folder is gone', 10_000, () => !existsSync(folder))
  })
}

test('an initdb under way ends in order, so that none of its shared memory is left', {
  skip: process.platform !== 'linux',
}, async (context) => {
  // Where programs are installed there may be spaces, and a terminal may be narrow.
  const programs = mkdtempSync(join(tmpdir(), 'pgdeck test '))
  context.after(() => rmSync(programs, { recursive: true, force: true }))
  chmodSync(programs, 0o755)
  symlinkSync(findServerBinaries().bin, join(programs, 'bin'))
  const env = { ...process.env, PGDECK_PG_BIN: join(programs, 'bin'), COLUMNS: '40' }
  let parent = launched(context, STARTING, env)
  let folder = ''
  let segments: readonly Segment[] = []
  while (segments.length === 0) {
    // Where nobody looked in time it has ended: then once more.
    if (folder !== '') parent = launched(context, STARTING, env)
    const [line] = await once(createInterface(parent.stdout), 'line')
    folder = JSON.parse(line).folder
    await until('initdb has shared memory', 20_000, () => {
      segments = processesIn(folder)
        .filter(isOfInitdb)
        .flatMap((pid) => segmentsOf(pid, folder))
      return segments.length > 0 || parent.exitCode !== null
    })
  }
  const pids = processesIn(folder)
  parent.kill('SIGKILL')
  await once(parent, 'exit')
  await until('all processes have ended', 10_000, () => !pids.some(isProcessAlive))
  await until('the folder is gone', 10_000, () => !existsSync(folder))
  await until(`these are gone: ${segments.map(({ path }) => path)}`, 10_000, () => !segments.some(isThere))
})

/** It ends with the test, whatever comes of that. */
function launched(context: TestContext, program: string, env = process.env) {
  const child = spawn(process.execPath, ['--import', TYPESCRIPT, program], { env, stdio: ['pipe', 'pipe', 'inherit'] })
  context.after(() => child.kill('SIGKILL'))
  return child
}

function processesIn(folder: string): readonly number[] {
  return readdirSync('/proc').flatMap((name) =>
    /^\d+$/.test(name) && isIn(Number(name), folder) ? [Number(name)] : [],
  )
}

function isIn(pid: number, folder: string): boolean {
  try {
    return `${readlinkSync(`/proc/${pid}/cwd`)}/`.startsWith(`${folder}/`)
  } catch {
    // It ended while we were looking.
    return false
  }
}

/** The server process that an initdb runs, and no server that was started after it: that one is killed, as it should be. */
function isOfInitdb(pid: number): boolean {
  try {
    return /\0--(?:boot|single|check)\0/.test(readFileSync(`/proc/${pid}/cmdline`, 'utf8'))
  } catch {
    return false
  }
}

/** A file of dynamic shared memory: its name may be another server's later, its number is not. */
interface Segment {
  readonly path: string
  readonly inode: number
}

/** Those that a process in that folder uses; none where its number is another process's by now. */
function segmentsOf(pid: number, folder: string): readonly Segment[] {
  try {
    const paths = new Set(readFileSync(`/proc/${pid}/maps`, 'utf8').match(/\/dev\/shm\/PostgreSQL\.\d+/g))
    const found = [...paths].map((path) => ({ path, inode: statSync(path).ino }))
    return isIn(pid, folder) ? found : []
  } catch {
    return []
  }
}

function isThere({ path, inode }: Segment): boolean {
  return statSync(path, { throwIfNoEntry: false })?.ino === inode
}
