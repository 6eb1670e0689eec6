// Whoever can reach a cluster and whoever can't hold the same lock.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Sight } from '../../../src/actions/action.ts'
import { holdCluster } from '../../../src/runtime/acts/hold.ts'

function sightOf(name: string, systemIdentifier: string | null, port: number): Sight {
  const database = { spec: { id: 'db-1', host: 'db.example.net', port }, via: null }
  return {
    config: { spec: { name }, databases: [database] },
    picture: { databases: [{ id: 'db-1', systemIdentifier }] },
  } as unknown as Sight
}

test('another user with another config, who can’t reach the cluster, can’t act on it meanwhile', async () => {
  const folders = [0, 1].map(() => mkdtempSync(join(tmpdir(), 'pgdeck-hold-')))
  const [ours = '', theirs = ''] = folders
  const port = 20_000 + (process.pid % 20_000)
  try {
    const hold = await holdCluster(ours, sightOf('vault', `7${port}`, port), 'r1', 'ann')
    await assert.rejects(
      holdCluster(theirs, sightOf('prod', null, port), 'r2', 'bob'),
      /another run has this cluster: ann/,
    )
    await assert.rejects(
      holdCluster(theirs, sightOf('prod', `7${port}`, 1), 'r2', 'bob'),
      /another run has this cluster/,
    )
    await hold.release()
    await (await holdCluster(theirs, sightOf('prod', null, port), 'r2', 'bob')).release()
  } finally {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true })
  }
})
