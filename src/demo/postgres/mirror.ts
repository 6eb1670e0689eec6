// Two writable databases that take each other's changes.

import type { PostgresNode } from './start-postgres.ts'

const MIRRORED_TABLES = 'app_sessions, journal'

/** Logical replication both ways; `origin = none` (16 and later) keeps what came from the other side from going back. */
export async function mirrorDatabases(a: PostgresNode, b: PostgresNode): Promise<void> {
  for (const node of [a, b]) {
    await node.createRole('mirror', 'LOGIN REPLICATION')
    await node.query(`grant select on ${MIRRORED_TABLES} to mirror`)
    await node.setHba(`${node.hba()}host    all          mirror       127.0.0.1/32  scram-sha-256\n`)
    await node.query(`create publication mirror_out for table ${MIRRORED_TABLES}`)
  }
  for (const [from, to] of [
    [a, b],
    [b, a],
  ] as const) {
    const place = `host=${from.host} port=${from.port} dbname=postgres user=mirror password=${from.password}`
    await to.query(
      `create subscription from_${from.name.replace('-', '_')} connection '${place}' publication mirror_out
       with (origin = none, copy_data = false)`,
    )
  }
}
