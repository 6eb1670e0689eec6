// What the looks are to find on a real server, brought about for real: sessions that hold, wait, copy, clean and lie.

import assert from 'node:assert/strict'
import { Socket } from 'node:net'
import { Client, type Submittable } from 'pg'
import type { PostgresNode } from '../../src/demo/postgres/start-postgres.ts'
import { until } from '../wait.ts'

export interface AppSession {
  readonly client: Client
  readonly pid: number
}

export interface Stage {
  readonly node: PostgresNode
  /** A session of an application; it ends with the stage. */
  session(name: string, database?: string): Promise<AppSession>
  /** Starts a statement that is not to end by itself. */
  hang(session: AppSession, text: string): void
  /** Asks the server, as superuser, until the expression is true. */
  untilTrue(what: string, expression: string): Promise<void>
  /** Starts a base backup that takes hours. */
  slowBackup(): Promise<void>
  /** Receives WAL as pg_receivewal does without --synchronous: it never reports what it has flushed. */
  receiveSilently(name: string): Promise<void>
}

const LIMIT_MS = 10_000

/** Runs the body with a stage on that server; every session it opened is cut off after it. */
export async function onStage(node: PostgresNode, body: (stage: Stage) => Promise<void>): Promise<void> {
  const sockets: Socket[] = []
  let refused: Error | null = null
  const open = async (name: string, database: string, more: object = {}) => {
    const socket = new Socket()
    sockets.push(socket)
    const client = new Client({
      host: node.host,
      port: node.port,
      user: 'postgres',
      password: node.password,
      database,
      application_name: name,
      stream: () => socket,
      ...more,
    })
    client.on('error', () => {})
    await client.connect()
    return client
  }
  const untilTrue = (what: string, expression: string) =>
    until(what, LIMIT_MS, async () => {
      if (refused) throw refused
      const [row] = await node.query<{ is: boolean | null }>(`select (${expression}) as is`)
      return row?.is === true
    })
  const stage: Stage = {
    node,
    async session(name, database = 'postgres') {
      const client = await open(name, database)
      const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid')
      return { client, pid: rows[0]?.pid ?? assert.fail('no pid') }
    },
    hang({ client }, text) {
      client.query(text).catch((error: Error) => {
        refused = error
      })
    },
    untilTrue,
    async slowBackup() {
      const client = await open('slow backup', 'postgres', { replication: 'true' })
      client.query(endless(node.binaries.major >= 15 ? BACKUP : BACKUP_14))
      await untilTrue(
        'the backup sends files',
        "(select bool_or(phase = 'streaming database files') from pg_stat_progress_basebackup)",
      )
    },
    async receiveSilently(name) {
      const client = await open(name, 'postgres', { replication: 'true' })
      const [at] = await node.query<{ lsn: string }>('select pg_current_wal_lsn() as lsn')
      client.query(endless(`START_REPLICATION PHYSICAL ${at?.lsn}`))
      await untilTrue(
        `${name} streams`,
        `exists (select from pg_stat_replication where application_name = '${name}' and state = 'streaming')`,
      )
    },
  }
  try {
    await body(stage)
  } finally {
    for (const socket of sockets) socket.destroy()
  }
}

const BACKUP = "BASE_BACKUP (LABEL 'slow', CHECKPOINT 'fast', WAIT false, PROGRESS true, MAX_RATE 32)"
const BACKUP_14 = "BASE_BACKUP LABEL 'slow' FAST NOWAIT PROGRESS MAX_RATE 32"

/** A command whose answer is thrown away as it comes. */
function endless(command: string): Submittable {
  const nothing = () => {}
  return {
    submit: (connection: { query(text: string): void }) => connection.query(command),
    handleRowDescription: nothing,
    handleDataRow: nothing,
    handleCommandComplete: nothing,
    handleEmptyQuery: nothing,
    handleError: nothing,
    handleReadyForQuery: nothing,
    handleCopyData: nothing,
  } as unknown as Submittable
}

export interface LockPids {
  readonly holder: number
  readonly second: number
  readonly third: number
  readonly sharers: readonly [number, number]
  readonly behindSharers: number
  readonly behindPrepared: number
}

/** A chain of three over rows, one session behind two others over a table, one behind a prepared transaction. */
export async function lockUp({ session, hang, untilTrue, node }: Stage): Promise<LockPids> {
  await node.query('create table item (id int primary key, note text)')
  await node.query('create table stock (id int)')
  await node.query("insert into item select n, 'x' from generate_series(1, 4) n")
  const [holder, second, third, one, other, behind, last] = await Promise.all(
    ['holder', 'second', 'third', 'sharer', 'sharer', 'behind', 'last'].map((name) => session(name)),
  )
  assert.ok(holder && second && third && one && other && behind && last)
  for (const [id, gid] of [
    [3, 'ours "quoted"'],
    [4, 'another'],
  ] as const) {
    await last.client.query(`begin; update item set note = 'y' where id = ${id}; prepare transaction '${gid}'`)
  }
  await holder.client.query("begin; update item set note = 'y' where id = 1")
  await second.client.query("begin; update item set note = 'y' where id = 2")
  for (const { client } of [one, other]) await client.query('begin; lock table stock in share mode')
  const waits = (pid: number) =>
    untilTrue(`${pid} waits`, `exists (select from pg_locks where pid = ${pid} and not granted)`)
  hang(second, "update item set note = 'z' where id = 1")
  await waits(second.pid)
  hang(third, "update item set note = 'z' where id = 2")
  hang(behind, 'begin; lock table stock in access exclusive mode')
  hang(last, "update item set note = 'z' where id = 3")
  for (const { pid } of [third, behind, last]) await waits(pid)
  return {
    holder: holder.pid,
    second: second.pid,
    third: third.pid,
    sharers: [one.pid, other.pid],
    behindSharers: behind.pid,
    behindPrepared: last.pid,
  }
}

/** A commit that waits for a standby named `nobody`; the server must be set so, with synchronous_commit off elsewhere. */
export async function waitForNobody({ session, hang, untilTrue, node }: Stage): Promise<number> {
  await node.query('create table waited (id int)')
  const { client, pid } = await session('committer')
  const waiter = { client, pid }
  await client.query('set synchronous_commit = on')
  hang(waiter, 'insert into waited values (1)')
  await untilTrue('the commit waits', `(select wait_event = 'SyncRep' from pg_stat_activity where pid = ${pid})`)
  return pid
}

/** A vacuum that sleeps after every page, of which there are thousands: it goes on for longer than the slowest test. */
export async function slowVacuum({ session, hang, untilTrue, node }: Stage): Promise<number> {
  await node.query('create table dusty as select n, repeat(md5(n::text), 20) as note from generate_series(1, 40000) n')
  const vacuumer = await session('vacuumer')
  await vacuumer.client.query('set vacuum_cost_delay = 100')
  await vacuumer.client.query('set vacuum_cost_limit = 1')
  hang(vacuumer, 'vacuum dusty')
  await untilTrue(
    'the vacuum scans',
    `(select phase = 'scanning heap' and heap_blks_scanned > 0 from pg_stat_progress_vacuum where pid = ${vacuumer.pid})`,
  )
  return vacuumer.pid
}
