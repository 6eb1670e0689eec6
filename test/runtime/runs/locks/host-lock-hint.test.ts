// What this host knows of runs is a hint: it names runs of this user, and nothing that another user listens on.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { PlanningView } from '../../../../src/actions/definition/action.ts'
import { hintedRuns, takeHostHint } from '../../../../src/runtime/runs/locks/host-lock-hint.ts'

function sightOf(name: string, systemIdentifier: string | null, port: number): PlanningView {
  const database = { spec: { id: 'db-1', host: 'db.example.net', port }, via: null }
  return {
    config: { spec: { name }, databases: [database] },
    picture: { databases: [{ id: 'db-1', systemIdentifier }] },
  } as unknown as PlanningView
}

const PORT = 20_000 + (process.pid % 20_000)

async function withFolders(body: (ours: string, theirs: string) => Promise<void>): Promise<void> {
  const folders = [0, 1].map(() => mkdtempSync(join(tmpdir(), 'pgdeck-hint-')))
  const [ours = '', theirs = ''] = folders
  try {
    await body(ours, theirs)
  } finally {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true })
  }
}

test('a run is known on this host by the place and by the system, whatever the configs call the cluster', async () => {
  await withFolders(async (ours, theirs) => {
    const hint = await takeHostHint(ours, sightOf('vault', `7${PORT}`, PORT), {
      run: 'r1',
      who: 'ann',
      overrules: false,
    })
    assert.deepEqual(hint.others, [])
    for (const sight of [sightOf('prod', null, PORT), sightOf('prod', `7${PORT}`, 1)]) {
      assert.match((await hintedRuns(theirs, sight)).join(), /^ann \(pid \d+\): r1$/)
      const second = await takeHostHint(theirs, sight, { run: 'r2', who: 'bob', overrules: false })
      assert.match(second.others.join(), /^ann \(pid \d+\): r1$/)
      await second.release()
    }
    await hint.release()
    assert.deepEqual(await hintedRuns(theirs, sightOf('prod', null, PORT)), [])
  })
})

test('what another user listens on is no run', {
  skip: process.platform !== 'linux' || process.getuid?.() !== 0,
}, async () => {
  await withFolders(async (ours) => {
    const place = `db.example.net:${PORT + 1}`
    const name = `pgdeck-run-${createHash('sha256').update(place).digest('hex').slice(0, 32)}`
    const script = `require('net').createServer(s => s.end('ann (pid 1): r9')).listen('\\0' + process.argv[1], () => console.log('on'))`
    const other = spawn(process.execPath, ['-e', script, name], {
      uid: 65_534,
      gid: 65_534,
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    try {
      await once(other.stdout, 'data')
      const sight = sightOf('vault', null, PORT + 1)
      assert.deepEqual(await hintedRuns(ours, sight), [])
      const hint = await takeHostHint(ours, sight, { run: 'r1', who: 'ann', overrules: false })
      assert.deepEqual(hint.others, [])
      await hint.release()
    } finally {
      other.kill('SIGKILL')
    }
  })
})
