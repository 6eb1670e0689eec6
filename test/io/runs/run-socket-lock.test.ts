// One run per cluster: locks hold against other hosts with the same process id, against slow and against rude askers.

import assert from 'node:assert/strict'
import { createHash, randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createConnection } from 'node:net'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { processStartTime } from '../../../src/io/process/process.ts'
import { claimCluster } from '../../../src/io/runs/run-owner-file.ts'
import { isHeldByOther, takeSocketLock } from '../../../src/io/runs/run-socket-lock.ts'

test('whoever asks and never hangs up does not keep the run from its end', {
  skip: process.platform !== 'linux',
}, async () => {
  const name = randomUUID()
  const lock = await takeSocketLock(name, 'ann: a run')
  assert.ok(!isHeldByOther(lock))
  const digest = createHash('sha256').update(name).digest('hex').slice(0, 32)
  const rude = createConnection({ path: `\0pgdeck-run-${digest}`, allowHalfOpen: true })
  rude.on('error', () => {})
  await new Promise((resolve) => rude.once('data', resolve))
  await lock.release()
  rude.destroy()
  const again = await takeSocketLock(name, 'bob: a run')
  assert.ok(!isHeldByOther(again))
  await again.release()
})

test('a lock of another host is held, whatever process id it names', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pgdeck-lock-'))
  try {
    const name = createHash('sha256').update('vault').digest('hex').slice(0, 16)
    const owner = { pid: process.pid, host: 'another-host', run: 'r1' }
    writeFileSync(join(folder, `run-${name}.lock`), JSON.stringify(owner), { mode: 0o600 })
    const found = await claimCluster(folder, 'vault', 'r2')
    assert.equal(found.kind, 'held')
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

test('the lock of a dead owner is taken over too when another process has its id by now', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pgdeck-lock-'))
  try {
    const name = createHash('sha256').update('vault').digest('hex').slice(0, 16)
    const owner = { pid: process.ppid, start: processStartTime(process.ppid), host: hostname(), run: 'r0' }
    const left = (by: object) => writeFileSync(join(folder, `run-${name}.lock`), JSON.stringify(by), { mode: 0o600 })
    left(owner)
    assert.equal((await claimCluster(folder, 'vault', 'r1')).kind, 'held')
    left({ ...owner, start: undefined })
    assert.equal((await claimCluster(folder, 'vault', 'r1')).kind, 'held', 'as 0.1.0 wrote it')
    left({ ...owner, start: processStartTime(process.pid) })
    const found = await claimCluster(folder, 'vault', 'r1')
    assert.equal(found.kind === 'taken' ? found.from?.run : null, 'r0')
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

test('of many who find the same dead owner one takes it over', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pgdeck-lock-'))
  try {
    const name = createHash('sha256').update('vault').digest('hex').slice(0, 16)
    const dead = { pid: 2 ** 22 - 1, host: hostname(), run: 'r0' }
    writeFileSync(join(folder, `run-${name}.lock`), JSON.stringify(dead), { mode: 0o600 })
    const first = await claimCluster(folder, 'vault', 'r1')
    assert.equal(first.kind === 'taken' ? first.from?.run : null, 'r0')
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
