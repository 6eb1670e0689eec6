// The control file as a real pg_controldata prints it, of a server that runs, is shut down, and was killed.

import assert from 'node:assert/strict'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import type { HostConfig } from '../../src/config/config.ts'
import { type ServerBinaries, startPrimary } from '../../src/demo/postgres/start-postgres.ts'
import { formatLsn } from '../../src/model/values/lsn.ts'
import { configuredHostProbe } from '../../src/probes/host/configured-host.ts'
import { NEVER } from './links.ts'

const SYSTEM = '/usr/lib/postgresql'

/** Server programs of the system's own packages, which have pg_controldata beside them; the newest. */
function systemBinaries(): ServerBinaries | null {
  const majors = existsSync(SYSTEM) ? readdirSync(SYSTEM).filter((name) => /^\d+$/.test(name)) : []
  const found = majors
    .map((name) => ({ major: Number(name), bin: join(SYSTEM, name, 'bin') }))
    .filter(({ bin }) => ['postgres', 'initdb', 'pg_controldata'].every((name) => existsSync(join(bin, name))))
    .sort((a, b) => b.major - a.major)[0]
  return found ? { ...found, version: String(found.major), source: 'system package' } : null
}

const binaries = systemBinaries()

describe('pg_controldata', { skip: binaries === null && `no server programs in ${SYSTEM}` }, () => {
  test('is read while the server runs, after it was shut down, and after it was killed', async () => {
    const node = await startPrimary({ binaries: binaries ?? assert.fail() })
    try {
      const config: HostConfig = {
        id: 'here',
        address: null,
        access: { kind: 'local' },
        dataDirectory: node.dataDirectory,
        binDirectory: node.binaries.bin,
        start: null,
        stop: null,
        platform: 'linux',
        installDirectory: null,
        logs: [],
      }
      const read = async () => {
        const { control } = await configuredHostProbe.read({ host: { config, ssh: null } }, NEVER)
        return control.state === 'known' ? control.value : assert.fail(control.why)
      }
      await node.query('checkpoint')
      const [said] = await node.query<{ lsn: string; redo: string; timeline: number; id: string }>(
        `select checkpoint_lsn::text as lsn, redo_lsn::text as redo, timeline_id as timeline,
                (select system_identifier::text from pg_control_system()) as id from pg_control_checkpoint()`,
      )
      const running = await read()
      assert.deepEqual(
        {
          lsn: running.checkpointLsn === null ? null : formatLsn(running.checkpointLsn),
          redo: running.redoLsn === null ? null : formatLsn(running.redoLsn),
          timeline: running.timeline,
          id: running.systemIdentifier,
        },
        said,
      )
      assert.equal(running.state, 'in production')
      assert.deepEqual([running.minRecoveryLsn, running.minRecoveryTimeline], [null, null])
      await node.stop('fast')
      assert.equal((await read()).state, 'shut down')
      await node.start()
      await node.stop('immediate')
      assert.equal((await read()).state, 'in production', 'a server that was killed left it so')
    } finally {
      await node.scratch.close()
    }
  })
})
