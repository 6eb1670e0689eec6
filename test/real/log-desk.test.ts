// Collecting while the monitor runs: a new file in the folder, one at a time, and nothing left of what was broken off.

import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { loadConfig } from '../../src/config/load.ts'
import { readAuditLog } from '../../src/io/audit/audit-log-reader.ts'
import { createLogCollector } from '../../src/runtime/log-collection/log-collector.ts'
import { initialState } from '../../src/state/initial-state.ts'
import { unpacked, writeConfig } from './collected.ts'
import { withCluster } from './embedded.ts'

test('logs of the selected node go into a new file each time', async (context) => {
  await withCluster({ settings: { logging_collector: 'on', log_filename: 'server.log' } }, async ({ primary }) => {
    const folder = mkdtempSync(join(tmpdir(), 'pgdeck-test-'))
    context.after(() => rmSync(folder, { recursive: true, force: true }))
    const path = writeConfig(join(folder, 'c.json'), [
      { name: 'db-1', node: primary, local: true },
      { name: 'db-2', node: primary },
    ])
    const { clusters } = loadConfig({ path, env: {}, cwd: folder })
    rmSync(path)
    const state = initialState({ clusters: clusters.map(({ spec }) => spec), now: Date.now() })
    const who = { user: 'ann', ssh: null, tty: null }
    const open = () =>
      createLogCollector({
        state: () => state,
        clusters: () => clusters,
        folder: join(folder, 'state'),
        who,
        target: folder,
      })
    const desk = open()
    const [first, second] = await Promise.allSettled([
      desk.collect('main', 'db-1', () => {}),
      desk.collect('main', 'db-1', () => {}),
    ])
    assert.equal(first.status, 'fulfilled')
    assert.match(
      String(second.status === 'rejected' && second.reason),
      /collecting the logs of db-1: wait until it is done/,
    )
    await assert.rejects(
      desk.collect('main', 'db-2', () => {}),
      /this role may not read it.*GRANT EXECUTE ON FUNCTION pg_catalog\.pg_read_binary_file/,
    )
    await desk.collect('main', 'db-1', () => {})
    const trail = await readAuditLog({ folder: join(folder, 'state') })
    assert.deepEqual(
      trail.map(({ who: by, server, category, what }) => [by.user, server, category, what]),
      [1, 2].map(() => ['ann', 'db-1', 'user', 'collected its logs']),
    )
    const archives = () => readdirSync(folder).filter((name) => name !== 'state')
    const names = archives()
    assert.equal(names.length, 2)
    for (const name of names) {
      assert.match(name, /^pgdeck-logs-db-1-\d{8}T\d{6}Z(?:-\d)?\.tar\.gz$/)
      assert.ok([...(await unpacked(join(folder, name))).keys()].includes('MANIFEST.txt'))
    }
    await desk.close()

    const ended = open()
    const work = ended.collect('main', 'db-1', () => {})
    await Promise.all([assert.rejects(work, /pgdeck ended/), ended.close()])
    assert.deepEqual(archives(), names)
  })
})
