// Two databases that take each other's changes: logical replication both ways, also where one becomes a copy of the other anew.

import type { PostgresNode } from './postgres-node.ts'

/** Prepares both, and lets them exchange these tables. */
export async function mirrorDatabases(a: PostgresNode, b: PostgresNode, tables: string): Promise<void> {
  for (const node of [a, b]) {
    await node.createRole('mirror', 'LOGIN REPLICATION')
    await node.query(`grant select on ${tables} to mirror`)
    await node.setHba(`${node.hba()}host    all          mirror       127.0.0.1/32  scram-sha-256\n`)
    await node.query(`create publication mirror_out for table ${tables}`)
  }
  await joinMirrors(a, b)
}

/** Ends the exchange at this end, and keeps its changes from now on for a database that will be a copy of it. */
export async function prepareForCopy(node: PostgresNode): Promise<void> {
  const subscriptions = await node.query<{ name: string }>('select subname as name from pg_catalog.pg_subscription')
  for (const { name } of subscriptions) {
    await node.query(`alter subscription ${name} disable`)
    // The other end is down, or is about to be replaced: its slot is not asked for.
    await node.query(`alter subscription ${name} set (slot_name = none)`)
    await node.query(`drop subscription ${name}`)
  }
  await node.query(
    `select pg_catalog.pg_drop_replication_slot(slot_name) from pg_catalog.pg_replication_slots
     where slot_type = 'logical' and not active`,
  )
  await keepChanges(node)
}

/** Keeps what is written from now on until another database has it. */
export async function keepChanges(node: PostgresNode): Promise<void> {
  await node.query(
    `select pg_catalog.pg_create_logical_replication_slot($1, 'pgoutput')
     where not exists (select from pg_catalog.pg_replication_slots where slot_name = $1)`,
    [nameOf(node)],
  )
}

/** Lets each take what the other kept and writes. Both must run. */
export async function joinMirrors(a: PostgresNode, b: PostgresNode): Promise<void> {
  for (const node of [a, b]) await keepChanges(node)
  await subscribe(b, a)
  await subscribe(a, b)
}

/** `origin = none` (16 and later) keeps what came from the other side from going back. */
async function subscribe(to: PostgresNode, from: PostgresNode): Promise<void> {
  const name = nameOf(from)
  const [found] = await to.query<{ enabled: boolean }>(
    'select subenabled as enabled from pg_catalog.pg_subscription where subname = $1',
    [name],
  )
  if (found) return
  const place = `host=${from.host} port=${from.port} dbname=postgres user=mirror password=${from.password}`
  await to.query(
    `create subscription ${name} connection '${place}' publication mirror_out
     with (create_slot = false, slot_name = '${name}', origin = none, copy_data = false)`,
  )
}

/** Of the slot for its changes, and of the subscription to them. */
function nameOf({ name }: PostgresNode): string {
  return `from_${name.replace('-', '_')}`
}
