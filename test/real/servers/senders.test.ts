// Who is at the other end of the connections of real servers: standbys that look alike, and programs that are none.

import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { parseDsn } from '../../../src/config/dsn/dsn.ts'
import type { PostgresNode } from '../../../src/demo/postgres/start-postgres.ts'
import { openDatabaseSession } from '../../../src/io/postgres/database-session.ts'
import { derivePicture } from '../../../src/model/derive-picture.ts'
import type { DatabasePulse } from '../../../src/model/measured/pulse.ts'
import { pulseProbe } from '../../../src/probes/database/pulse/pulse.ts'
import { aCluster, aDatabase } from '../../builders/snapshot.ts'
import { patiently, until, within } from '../../wait.ts'
import { MAJORS, withCluster } from '../embedded.ts'

const RECEIVEWAL = '/usr/lib/postgresql/15/bin/pg_receivewal'

async function pulseOf(node: PostgresNode, role = 'pgdeck'): Promise<DatabasePulse> {
  const connection = parseDsn(node.dsn(role), {})
  const session = openDatabaseSession({ connection, passwordCommand: null, timeoutMs: patiently(5_000) })
  try {
    return await pulseProbe.read({ session }, within(5_000))
  } finally {
    await session.close()
  }
}

/** What would tell them apart at once is taken out: name and slot of the senders, slot of the receivers. */
function withoutNames(pulse: DatabasePulse): DatabasePulse {
  const { position } = pulse
  const senders = pulse.senders.map((sender) => ({ ...sender, applicationName: 'walreceiver', slot: null }))
  const receiver = position.kind === 'standby' && position.receiver ? { ...position.receiver, slot: null } : null
  return {
    ...pulse,
    senders,
    clusterName: null,
    position: position.kind === 'standby' ? { ...position, receiver } : position,
  }
}

/** On a slow machine a receiver may need so long for its connection that nothing tells any more whose it is: then it begins anew. */
async function connectedAtOnce(primary: PostgresNode, standby: PostgresNode): Promise<void> {
  await until(`${standby.name} connects as soon as its receiver begins`, 10_000, async () => {
    const { position } = await pulseOf(standby)
    const begun = position.kind === 'standby' ? (position.receiver?.startedAt ?? null) : null
    const sender = (await pulseOf(primary)).senders.find(({ applicationName }) => applicationName === standby.name)
    if (begun === null || sender?.startedAt == null || sender.startedAt < begun) return false
    if (sender.startedAt - begun < 200) return true
    await standby.restart()
    return false
  })
}

/** Lowest and highest, where the views differ most. */
const VERSIONS = MAJORS.filter((major) => major === 14 || major === 18)

for (const major of VERSIONS) {
  test(`two standbys that look alike are told apart by when their connections began: ${major}`, async () => {
    await withCluster({ major, standbys: 2 }, async ({ primary, standbys }) => {
      const nodes = [primary, ...standbys]
      for (const standby of standbys) await connectedAtOnce(primary, standby)
      for (const role of ['pgdeck', 'watcher'] as const) {
        if (role === 'watcher') await primary.createRole('watcher', 'LOGIN')
        await until('the role is on both standbys', 5_000, async () => {
          const found = await Promise.all(
            standbys.map((node) => node.query(`select from pg_roles where rolname = '${role}'`)),
          )
          return found.every(({ length }) => length === 1)
        })
        const pulses = await Promise.all(nodes.map((node) => pulseOf(node, role)))
        const truth = new Map(pulses[0]?.senders.map(({ applicationName, pid }) => [applicationName, pid]))
        const databases = nodes.map(({ name, port }, index) => {
          const pulse = pulses[index]
          assert.ok(pulse)
          return aDatabase({ id: name, port, pulse: withoutNames(pulse) })
        })
        const { links } = derivePicture(aCluster({ databases }), null, Date.now())
        const told = links.map(({ upstreamId, downstreamId, sender }) => [
          upstreamId,
          downstreamId,
          sender?.pid ?? null,
        ])
        // A role that may not see when they began is not told which is which.
        const expected = standbys.map(({ name }) => [primary.name, name, role === 'pgdeck' ? truth.get(name) : null])
        assert.deepEqual(told, expected, role)
      }
    })
  })
}

const lacks = existsSync(RECEIVEWAL) && MAJORS.includes(15) ? false : 'no pg_receivewal of 15, or no server of 15'

test('pg_receivewal is an archiver, under any name, and no standby', { skip: lacks }, async () => {
  await withCluster({ major: 15, standbys: 1 }, async ({ primary, standbys: [standby] }) => {
    assert.ok(standby)
    const programs: ChildProcess[] = []
    const folders: string[] = []
    const receive = (name: string | null) => {
      const folder = mkdtempSync(join(tmpdir(), 'pgdeck-receivewal-'))
      folders.push(folder)
      const dsn = `host=127.0.0.1 port=${primary.port} user=postgres${name === null ? '' : ` application_name=${name}`}`
      const env = { PATH: process.env.PATH, PGPASSWORD: primary.password }
      programs.push(spawn(RECEIVEWAL, ['-w', '-s', '1', '-D', folder, '-d', dsn], { env, stdio: 'ignore' }))
    }
    try {
      receive(null)
      receive('night-shift')
      const drawn = async () => {
        const [one, other] = await Promise.all([pulseOf(primary), pulseOf(standby)])
        const databases = [
          aDatabase({ id: 'p', port: primary.port, pulse: one }),
          aDatabase({ id: 's', port: standby.port, pulse: other }),
        ]
        const { links } = derivePicture(aCluster({ databases }), null, Date.now())
        return links.map(({ kind, downstreamId, sender }) => [kind, downstreamId ?? sender?.applicationName]).sort()
      }
      const wanted = [
        ['archiver', 'night-shift'],
        ['archiver', 'pg_receivewal'],
        ['standby', 's'],
      ]
      let last: unknown = null
      await until('both are archivers', 10_000, async () => {
        last = await drawn()
        return JSON.stringify(last) === JSON.stringify(wanted)
      }).catch((error: unknown) => assert.fail(`${error}: ${JSON.stringify(last)}`))
    } finally {
      for (const program of programs) program.kill()
      for (const folder of folders) rmSync(folder, { recursive: true, force: true })
    }
  })
})
