// Hosts of the config, measured for real: this one directly and through an sshd, with a PostgreSQL that runs, stops and dies.

import assert from 'node:assert/strict'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import * as os from 'node:os'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import type { HostConfig } from '../../../src/config/config.ts'
import type { PostgresNode } from '../../../src/demo/postgres/start-postgres.ts'
import { openSshConnection } from '../../../src/io/ssh/ssh.ts'
import { parsePgControldata } from '../../../src/model/measured/controldata.ts'
import type { HostFacts, Known } from '../../../src/model/measured/host.ts'
import { FaultError } from '../../../src/model/values/fault.ts'
import { configuredHostProbe } from '../../../src/probes/host/index.ts'
import { systemdUnitOf } from '../../../src/probes/host/postgres-facts.ts'
import type { AccessibleHost } from '../../../src/probes/probe.ts'
import { startSshd, withoutSshd } from '../../fakes/sshd.ts'
import { MAJORS, withCluster } from '../../real/embedded.ts'
import { within } from '../../wait.ts'

const CONFIG: HostConfig = {
  id: 'h1',
  address: null,
  access: { kind: 'local' },
  dataDirectory: null,
  binDirectory: null,
  start: null,
  stop: null,
  platform: 'linux',
  installDirectory: null,
  logs: [],
}
const LOCAL: AccessibleHost = { config: CONFIG, ssh: null }
const soon = () => within(15_000)

function known<T>(finding: Known<T> | undefined): T {
  if (finding?.state !== 'known') assert.fail(finding?.why ?? 'missing')
  return finding.value
}

async function overSsh(context: TestContext, config: Partial<HostConfig>): Promise<AccessibleHost> {
  const sshd = await startSshd(context)
  const ssh = openSshConnection({ destination: sshd.destination, configFile: sshd.configFile })
  context.after(() => ssh.close())
  return { config: { ...CONFIG, ...config, access: { kind: 'ssh', destination: sshd.destination } }, ssh }
}

function isPlausible(facts: HostFacts): void {
  assert.equal(facts.hostname, os.hostname())
  assert.equal(facts.memory?.totalBytes, os.totalmem())
  assert.ok((facts.uptimeSeconds ?? 0) > 0)
  assert.ok(Math.abs(facts.clock?.offsetMs ?? 1e9) < 1000)
}

describe('this very host', () => {
  test('is told by the same facts; rates come with the second sample', async () => {
    const access: AccessibleHost = { config: { ...CONFIG, logs: [os.tmpdir(), '/nowhere'] }, ssh: null }
    const first = await configuredHostProbe.read({ host: access }, soon())
    isPlausible(first)
    assert.equal(first.rates, null)
    assert.ok(known(first.fileSystems[0]?.space).totalBytes > 0)
    assert.equal(first.fileSystems[1]?.space.state, 'unknown')
    assert.match(first.control.state === 'unknown' ? (first.control.hint ?? '') : '', /Add "dataDirectory" to host h1/)
    const second = await configuredHostProbe.read({ host: access }, soon())
    assert.ok(second.rates)
    assert.equal((await configuredHostProbe.read({ host: { ...LOCAL } }, soon())).rates, null)
  })

  test('and PostgreSQL on it, running and stopped', async () => {
    await withCluster({}, async ({ primary }) => {
      const config = { ...CONFIG, dataDirectory: primary.dataDirectory }
      const running = await configuredHostProbe.read({ host: { config, ssh: null } }, soon())
      const postmaster = known(running.postmaster)
      assert.equal(postmaster.state === 'running' && postmaster.port, primary.port)
      await primary.stop('fast')
      assert.deepEqual(known((await configuredHostProbe.read({ host: { config, ssh: null } }, soon())).postmaster), {
        state: 'stopped',
      })
    })
  })
})

describe('a host over ssh', { skip: withoutSshd }, () => {
  test('is sampled in one round trip, with rates from the second on', async (context) => {
    const host = await overSsh(context, { logs: ['/tmp'] })
    const first = await configuredHostProbe.read({ host }, soon())
    isPlausible(first)
    assert.equal(first.rates, null)
    const took: number[] = []
    for (let round = 0; round < 10; round++) {
      const next = await configuredHostProbe.read({ host }, soon())
      took.push(next.roundTripMs)
      assert.ok(next.rates?.cpu === null || (next.rates?.cpu?.busy ?? 0) <= 1)
    }
    assert.ok(Math.min(...took) < 100, `${took}`)
  })

  test('tells of PostgreSQL while it runs, when it stopped and when it died', async (context) => {
    await withCluster({ standbys: 1 }, async ({ primary, standbys }) => {
      const host = await overSsh(context, { dataDirectory: primary.dataDirectory })
      const running = await configuredHostProbe.read({ host }, soon())
      const postmaster = known(running.postmaster)
      assert.equal(postmaster.state === 'running' && postmaster.port, primary.port)
      assert.equal(postmaster.state === 'running' && postmaster.status, 'ready')
      assert.deepEqual(
        running.fileSystems.map(({ role, space }) => [role, space.state]),
        [
          ['data', 'known'],
          ['wal', 'known'],
        ],
      )
      await primary.stop('fast')
      assert.deepEqual(known((await configuredHostProbe.read({ host }, soon())).postmaster), { state: 'stopped' })
      await primary.start()
      await primary.kill()
      const died = known((await configuredHostProbe.read({ host }, soon())).postmaster)
      assert.equal(died.state, 'crashed')
      if (process.platform !== 'linux') return
      // The number may be another server's by now.
      const file = (node?: PostgresNode) => join(node?.dataDirectory ?? '', 'postmaster.pid')
      const pid = Number.parseInt(readFileSync(file(standbys[0]), 'utf8'), 10)
      writeFileSync(file(primary), readFileSync(file(primary), 'utf8').replace(/^\d+/, String(pid)))
      for (const access of [host, { config: { ...CONFIG, dataDirectory: primary.dataDirectory }, ssh: null }])
        assert.deepEqual(known((await configuredHostProbe.read({ host: access }, soon())).postmaster), {
          state: 'crashed',
          pid,
        })
    })
  })
})

/** A major whose pg_controldata is on this machine; the servers of the tests come without. */
const withControldata = MAJORS.find((major) => existsSync(`/usr/lib/postgresql/${major}/bin/pg_controldata`))

describe('the control file', () => {
  test('is read by its names, in whatever order', () => {
    const lines = [
      'pg_control version number:            1300',
      'Database system identifier:           7301234567890123456',
      'Database cluster state:               in archive recovery',
      'Latest checkpoint location:           0/5A001F20',
      "Latest checkpoint's REDO location:    0/5A001EE8",
      "Latest checkpoint's TimeLineID:       4",
      'Minimum recovery ending location:     0/5A0020D0',
      "Min recovery ending loc's timeline:   5",
    ]
    const expected = {
      state: 'in archive recovery',
      systemIdentifier: '7301234567890123456',
      checkpointLsn: 0x5a001f20n,
      redoLsn: 0x5a001ee8n,
      timeline: 4,
      minRecoveryLsn: 0x5a0020d0n,
      minRecoveryTimeline: 5,
    }
    assert.deepEqual(parsePgControldata(lines), expected)
    assert.deepEqual(parsePgControldata(lines.toReversed()), expected)
    assert.equal(parsePgControldata(['pg_controldata: error: no data directory specified']), null)
  })

  const skip = withoutSshd || (withControldata === undefined && 'no pg_controldata for a server of these tests')
  test('tells state, timeline and identity while the database is down, here and over ssh', {
    skip,
  }, async (context) => {
    await withCluster({ major: withControldata ?? 0 }, async ({ primary }) => {
      const [row] = await primary.query<{ id: string }>('select system_identifier::text as id from pg_control_system()')
      const config = {
        ...CONFIG,
        dataDirectory: primary.dataDirectory,
        binDirectory: `/usr/lib/postgresql/${withControldata}/bin`,
      }
      const hosts = [{ config, ssh: null }, await overSsh(context, config)]
      const states = async () => {
        const all = await Promise.all(hosts.map((host) => configuredHostProbe.read({ host }, soon())))
        return all.map(({ control }) => known(control))
      }
      for (const control of await states()) {
        assert.equal(control.state, 'in production')
        assert.equal(control.systemIdentifier, row?.id)
        assert.equal(control.timeline, 1)
        assert.ok((control.checkpointLsn ?? 0n) > 0n)
        assert.equal(control.minRecoveryLsn, null)
      }
      await primary.stop('fast')
      assert.deepEqual(
        (await states()).map(({ state }) => state),
        ['shut down', 'shut down'],
      )
    })
  })

  test('out of reach or in the wrong place says which of the two', { skip: withoutSshd }, async (context) => {
    const host = await overSsh(context, { dataDirectory: '/', binDirectory: '/nowhere' })
    for (const one of [host, { config: { ...host.config, access: { kind: 'local' } }, ssh: null } as const]) {
      const { control } = await configuredHostProbe.read({ host: one }, soon())
      assert.match(
        control.state === 'unknown' ? `${control.why} ${control.hint}` : '',
        /does not run.*Correct "binDirectory" of host h1/,
      )
    }
  })
})

test('what can’t be measured says what is missing', async () => {
  const fault = async (host: AccessibleHost) => {
    const error = await configuredHostProbe.read({ host }, soon()).catch((thrown: unknown) => thrown)
    return error instanceof FaultError ? error.fault : assert.fail(String(error))
  }
  assert.match((await fault({ config: { ...CONFIG, access: { kind: 'none' } }, ssh: null })).hint ?? '', /"ssh"/)
})

test('the unit is what "start" hands to systemctl', () => {
  assert.equal(systemdUnitOf(['systemctl', 'start', 'postgresql']), 'postgresql')
  assert.equal(
    systemdUnitOf(['sudo', '-n', '/usr/bin/systemctl', '--no-block', 'start', '--quiet', 'postgresql@18-main']),
    'postgresql@18-main',
  )
  assert.equal(systemdUnitOf(['pg_ctl', 'start', 'x']), null)
  assert.equal(systemdUnitOf(['systemctl', 'start']), null)
  assert.equal(systemdUnitOf(null), null)
})
