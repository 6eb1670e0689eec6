// A real Patroni of two nodes or more on loopback, which keeps its state by itself; it ends with the test.

import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { readTextOrNull, writePrivateText } from '../../src/io/files/sync-files.ts'
import { freePort } from '../../src/io/network/free-port.ts'
import { isProcessAlive, type LaunchedProcess, launchProcess, sendSignal } from '../../src/io/process/process.ts'
import { openTempDir, type TempDir } from '../../src/io/process/temp-dir.ts'
import { until } from '../wait.ts'
import { managerEnv, PATRONI, PATRONI_SERVER } from './manager-programs.ts'

export interface PatroniNode {
  readonly name: string
  readonly rest: string
  readonly dsn: string
  /** Ends the agent as a crash would: its PostgreSQL goes on. */
  killAgent(): Promise<void>
  /** Ends its PostgreSQL as a crash would. */
  killServer(): Promise<void>
}

export interface PatroniOptions {
  /** Default: two. */
  readonly nodes?: number
  /** What its REST API asks for before it changes something. */
  readonly authentication?: { readonly username: string; readonly password: string }
  /** Its dynamic configuration has the lines of pg_hba.conf, and no node its own. */
  readonly sharesHba?: true
  /** Address of an etcd that keeps its state; default: it keeps that by itself (raft). */
  readonly etcd?: string
}

/** Resolves when one leads and the other follows it. */
export async function startPatroni(
  context: TestContext,
  { nodes = 2, ...setup }: PatroniOptions = {},
): Promise<readonly PatroniNode[]> {
  const names = Array.from({ length: nodes }, (_, index) => `n${index + 1}`)
  const scratch = openTempDir()
  const running: LaunchedProcess[] = []
  context.after(async () => {
    for (const { pid } of running) sendSignal(pid, 'SIGTERM')
    await Promise.all(running.map((program) => program.exited()))
    await Promise.all(names.map((name) => endServer(join(scratch.path, name))))
    await scratch.close()
  })
  const places = await Promise.all(
    names.map(async (name) => ({ name, sql: await freePort(), rest: await freePort(), raft: await freePort() })),
  )
  const bin = PATRONI_SERVER?.bin ?? ''
  for (const place of places) {
    const file = join(scratch.path, `${place.name}.yml`)
    writePrivateText(file, configOf(place, { places, scratch, bin, ...setup }), scratch.owner)
    const log = join(scratch.path, `${place.name}.log`)
    const options = { owner: scratch.owner, cwd: scratch.path, env: managerEnv(scratch.path, bin) }
    running.push(await launchProcess(PATRONI ?? '', [file], log, options))
  }
  const [first] = places
  await until('Patroni has a leader and a replica', 60_000, async () => {
    const answer = await fetch(`http://127.0.0.1:${first?.rest}/cluster`).catch(() => null)
    const told = (await answer?.json().catch(() => null)) as { members?: readonly Member[] } | null | undefined
    const well = (told?.members ?? []).filter(
      ({ state, lag = 0 }) => (state === 'running' || state === 'streaming') && lag === 0,
    )
    return well.length === names.length && well.some(({ role }) => role === 'leader')
  })
  return places.map(({ name, sql, rest }, index) => {
    const killAgent = async () => {
      const agent = running[index]
      if (!agent) return
      sendSignal(agent.pid, 'SIGKILL')
      await agent.exited()
    }
    const killServer = async () => {
      const pid = serverIn(join(scratch.path, name))
      if (pid === null) return
      sendSignal(pid, 'SIGKILL')
      await until(`the server of ${name} has ended`, 10_000, () => !isProcessAlive(pid))
    }
    return {
      killAgent,
      killServer,
      name,
      rest: `http://127.0.0.1:${rest}`,
      dsn: `postgresql://postgres:secret@127.0.0.1:${sql}/postgres`,
    }
  })
}

/** A server outlives the agent that started it, where that was killed. */
async function endServer(dataDirectory: string): Promise<void> {
  const pid = serverIn(dataDirectory)
  if (pid === null) return
  sendSignal(pid, 'SIGQUIT')
  await until(`the server in ${dataDirectory} has ended`, 10_000, () => !isProcessAlive(pid))
}

/** The process of a server that runs there; null: none. */
function serverIn(dataDirectory: string): number | null {
  const pid = Number(readTextOrNull(join(dataDirectory, 'postmaster.pid'))?.split('\n')[0])
  return pid > 1 && readTextOrNull(`/proc/${pid}/cmdline`)?.includes(dataDirectory) ? pid : null
}

interface Member {
  readonly role: string
  readonly state: string
  readonly lag?: unknown
}

interface Place {
  readonly name: string
  readonly sql: number
  readonly rest: number
  readonly raft: number
}

interface Setup extends Omit<PatroniOptions, 'nodes'> {
  readonly places: readonly Place[]
  readonly scratch: TempDir
  readonly bin: string
}

const HBA = ['local all all trust', 'host all all 127.0.0.1/32 md5', 'host replication replica 127.0.0.1/32 md5']

/** JSON is YAML. */
function configOf(
  place: Place,
  { places: all, scratch: { path }, bin, authentication, sharesHba, etcd }: Setup,
): string {
  const { name, sql, rest, raft } = place
  const own = `127.0.0.1:${rest}`
  const account = (username: string) => ({ username, password: 'secret' })
  return JSON.stringify({
    scope: 'vault',
    name,
    restapi: { listen: own, connect_address: own, ...(authentication ? { authentication } : {}) },
    ...(etcd
      ? { etcd3: { hosts: etcd } }
      : {
          raft: {
            data_dir: join(path, `raft-${name}`),
            self_addr: `127.0.0.1:${raft}`,
            partner_addrs: all.filter((other) => other !== place).map((other) => `127.0.0.1:${other.raft}`),
          },
        }),
    bootstrap: {
      dcs: {
        ttl: 20,
        loop_wait: 1,
        retry_timeout: 3,
        postgresql: { parameters: { shared_buffers: '16MB' }, ...(sharesHba ? { pg_hba: HBA } : {}) },
      },
      initdb: [{ encoding: 'UTF8' }, { locale: 'C' }, 'no-sync'],
    },
    postgresql: {
      listen: `127.0.0.1:${sql}`,
      connect_address: `127.0.0.1:${sql}`,
      data_dir: join(path, name),
      bin_dir: bin,
      pgpass: join(path, `${name}.pgpass`),
      authentication: { replication: account('replica'), superuser: account('postgres') },
      ...(sharesHba ? {} : { pg_hba: HBA }),
      parameters: { unix_socket_directories: path, fsync: 'off' },
      basebackup: [{ checkpoint: 'fast' }],
    },
  })
}
