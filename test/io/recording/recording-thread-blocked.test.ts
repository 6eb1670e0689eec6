// A disk that does not answer at all: a thread that waits for it in the system can't be ended, the program can.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { patiently } from '../../wait.ts'

const thread = new URL('../../../src/io/recording/recording-thread.ts', import.meta.url)
const end = new URL('../../../src/io/process/end-process.ts', import.meta.url)
const root = fileURLToPath(new URL('../../..', import.meta.url))

/** To open it for writing waits in the system until somebody reads: as a file on a server that is gone. */
const PROGRAM = `
import { startRecordingThread } from ${JSON.stringify(thread.href)}
import { endProcess } from ${JSON.stringify(end.href)}
const recording = startRecordingThread()
// It runs.
await recording.ask({ kind: 'prune', folder: process.argv[2], keptSince: 0, maxBytes: 1 })
recording.ask({ kind: 'append', path: process.argv[1], meta: {}, begins: true, clusters: [], text: 'x', from: 0, to: 0, marks: [], spareBytes: 0 })
// As a command that gives up waiting for it before it does.
await Promise.race([recording.close(60_000), new Promise((resolve) => setTimeout(resolve, 2_000))])
console.log('closed')
endProcess()`

test('a program whose recording waits for the disk ends all the same, and says so', {
  skip: process.platform === 'win32',
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pgdeck-blocked-'))
  try {
    const fifo = join(folder, 'a.pgdeck')
    await execa('mkfifo', [fifo])
    const argv = ['--import', './scripts/typescript.mjs', '--input-type=module', '--eval', PROGRAM, fifo, folder]
    const { signal, isTerminated, stdout, stderr } = await execa(process.execPath, argv, {
      cwd: root,
      reject: false,
      timeout: patiently(10_000),
      killSignal: 'SIGTERM',
    })
    assert.equal(stdout, 'closed')
    assert.deepEqual([isTerminated, signal], [true, 'SIGKILL'])
    assert.match(stderr, /the disk of the recordings does not answer; pgdeck ends without waiting for it/)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
