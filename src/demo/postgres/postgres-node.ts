// One launched PostgreSQL server: its files, its process, and everything that can be done to it.

import { join } from 'node:path'
import {
  fileSize,
  makeFolder,
  readTextOrNull,
  type SystemUser,
  targetExists,
  writePrivateText,
} from '../../io/files/sync-files.ts'
import { openDemoSession } from '../../io/postgres/demo-session.ts'
import {
  childProcessIds,
  isProcessAlive,
  type LaunchedProcess,
  launchProcess,
  runProgramSync,
  sendSignal,
} from '../../io/process/process.ts'
import type { TempDir } from '../../io/process/temp-dir.ts'
import type { ServerBinaries } from './binaries.ts'
import { waitFor } from './wait-for.ts'

type StopMode = 'smart' | 'fast' | 'immediate'

/** A PostgreSQL server of ours. It ends with this process, whatever happens. */
export interface PostgresNode {
  readonly name: string
  readonly host: '127.0.0.1'
  readonly port: number
  readonly binaries: ServerBinaries
  readonly scratch: TempDir
  readonly dataDirectory: string
  /** Folder of its Unix socket. */
  readonly socketDirectory: string
  readonly logFile: string
  /** Password of every role made by `createRole` and of the superuser `postgres`. */
  readonly password: string
  /** Connection URI over TCP, password included. */
  dsn(user?: string, database?: string): string
  /** Runs SQL as superuser over the Unix socket, in a session of its own; needs a `local` line in pg_hba.conf. */
  query<Row = Record<string, unknown>>(
    text: string,
    values?: readonly unknown[],
    database?: string,
  ): Promise<readonly Row[]>
  /** Makes a role with the node's password; `attributes` as in CREATE ROLE, e.g. `LOGIN REPLICATION`. */
  createRole(name: string, attributes: string): Promise<void>
  /** `options`: of the command line, e.g. `--wal_level=logical`. */
  start(options?: readonly string[]): Promise<void>
  stop(mode?: StopMode, patienceMs?: number): Promise<void>
  restart(): Promise<void>
  /** SIGKILL to the postmaster and all its children: as if the power had gone. */
  kill(): Promise<void>
  /** SIGSTOP to all its processes: connections are accepted by the kernel and never answered. */
  freeze(): Promise<void>
  thaw(): Promise<void>
  /** pg_promote(); fulfils once the server accepts writes. */
  promote(): Promise<void>
  isRunning(): boolean
  isFrozen(): boolean
  /** Writes pg_hba.conf exactly as given; fulfils once a running server has read it. */
  setHba(text: string): Promise<void>
  hba(): string
  /** Sets one setting (null: the server's default) in postgresql.conf; fulfils once a running server has read it. */
  setSetting(name: string, value: string | null): Promise<void>
}

export interface PostgresNodeOptions {
  readonly name: string
  readonly port: number
  readonly binaries: ServerBinaries
  readonly scratch: TempDir
  readonly dataDirectory: string
  readonly password: string
  readonly settings: Readonly<Record<string, string>>
}

// Far beyond what is normal: a slow machine is to take longer, and not to fail.
const QUERY_LIMIT_MS = 60_000
const START_LIMIT_MS = 300_000
const STOP_LIMIT_MS = 60_000
const REACTION_LIMIT_MS = 60_000
const PROMOTION_SECONDS = 60
const SIGNALS = { smart: 'SIGTERM', fast: 'SIGINT', immediate: 'SIGQUIT' } as const

/** A node on an existing data directory, not started yet. Writes its postgresql.conf. */
export function createPostgresNode(options: PostgresNodeOptions): PostgresNode {
  return new Server(options)
}

/** What a server that was killed leaves in the system and a power failure would not, by its postmaster.pid. */
export function removeSharedMemory(dataDirectory: string): void {
  const line = readTextOrNull(join(dataDirectory, 'postmaster.pid'))?.split('\n')[6] ?? ''
  const [, id] = line.trim().split(/\s+/)
  if (id) runProgramSync('ipcrm', ['-m', id])
}

class Server implements PostgresNode {
  readonly name: string
  readonly host = '127.0.0.1'
  readonly port: number
  readonly binaries: ServerBinaries
  readonly scratch: TempDir
  readonly dataDirectory: string
  readonly socketDirectory: string
  readonly logFile: string
  readonly password: string
  readonly #settings: Map<string, string>
  readonly #owner: SystemUser | null
  #process: LaunchedProcess | null = null
  #frozen: readonly number[] = []

  constructor(options: PostgresNodeOptions) {
    this.name = options.name
    this.port = options.port
    this.binaries = options.binaries
    this.scratch = options.scratch
    this.dataDirectory = options.dataDirectory
    this.password = options.password
    this.socketDirectory = options.scratch.path
    this.logFile = `${options.dataDirectory}.log`
    this.#owner = options.scratch.owner
    this.#settings = new Map(Object.entries(options.settings))
    this.#writeSettings()
  }

  dsn(user = 'postgres', database = 'postgres'): string {
    const words = [user, this.password, database].map(encodeURIComponent)
    return `postgresql://${words[0]}:${words[1]}@${this.host}:${this.port}/${words[2]}`
  }

  async query<Row>(text: string, values: readonly unknown[] = [], database = 'postgres'): Promise<readonly Row[]> {
    const session = await openDemoSession({
      host: this.socketDirectory,
      port: this.port,
      user: 'postgres',
      database,
      applicationName: 'pgdeck demo',
      limitMs: QUERY_LIMIT_MS,
    })
    try {
      return await session.query<Row>(text, values)
    } finally {
      await session.close()
    }
  }

  async createRole(name: string, attributes: string): Promise<void> {
    await this.query(`create role "${name.replaceAll('"', '""')}" ${attributes} password '${this.password}'`)
  }

  async start(options: readonly string[] = []): Promise<void> {
    if (this.isRunning()) return
    await this.#endOthers()
    const program = join(this.binaries.bin, 'postgres')
    makeFolder(this.dataDirectory, this.#owner)
    const started = fileSize(this.logFile)
    const own = await launchProcess(program, ['-D', this.dataDirectory, ...options], this.logFile, {
      owner: this.#owner,
      cwd: this.scratch.path,
    })
    this.#process = own
    this.#frozen = []
    await waitFor(`${this.name} accepts connections`, START_LIMIT_MS, () => {
      if (own.hasExited()) throw new Error(`${this.name} did not start:\n${this.#logSince(started)}`)
      const lines = readTextOrNull(join(this.dataDirectory, 'postmaster.pid'))?.split('\n')
      return lines?.[0]?.trim() === String(own.pid) && /^(ready|standby)/.test(lines[7]?.trim() ?? '')
    })
  }

  /** An act may have started a server here with pg_ctl: that would not end with us, nor could it be frozen. */
  async #endOthers(): Promise<void> {
    const pid = Number(readTextOrNull(join(this.dataDirectory, 'postmaster.pid'))?.split('\n')[0])
    // After a kill the file stays, and its number may be another process's by now.
    if (!(pid > 1) || !readTextOrNull(`/proc/${pid}/cmdline`)?.includes(this.dataDirectory)) return
    sendSignal(pid, 'SIGQUIT')
    await waitFor(
      `the server that was started on ${this.dataDirectory} has ended`,
      REACTION_LIMIT_MS,
      () => !isProcessAlive(pid),
    )
  }

  async stop(mode: StopMode = 'fast', patienceMs = STOP_LIMIT_MS): Promise<void> {
    const own = this.#process
    if (!own || own.hasExited()) return
    await this.thaw()
    sendSignal(own.pid, SIGNALS[mode])
    // A fast stop waits for standbys to confirm; one that hangs must not hold it up. A smart one waits for sessions, however long.
    const patience = mode === 'smart' ? undefined : setTimeout(() => sendSignal(own.pid, SIGNALS.immediate), patienceMs)
    await own.exited()
    clearTimeout(patience)
  }

  async restart(): Promise<void> {
    await this.stop('fast')
    await this.start()
  }

  async kill(): Promise<void> {
    const own = this.#process
    if (!own || own.hasExited()) return
    // Stopped, it starts no child that would be missed here, and would hold its shared memory against the next start.
    sendSignal(own.pid, 'SIGSTOP')
    const all = [own.pid, ...childProcessIds(own.pid)]
    for (const pid of all) sendSignal(pid, 'SIGKILL')
    await own.exited()
    this.#frozen = []
    await waitFor(`the processes of ${this.name} are gone`, REACTION_LIMIT_MS, () => !all.some(isProcessAlive))
    removeSharedMemory(this.dataDirectory)
  }

  async freeze(): Promise<void> {
    const own = this.#process
    if (!own || own.hasExited() || this.isFrozen()) return
    // The postmaster first: after that it starts no more children.
    sendSignal(own.pid, 'SIGSTOP')
    this.#frozen = [own.pid, ...childProcessIds(own.pid)]
    for (const pid of this.#frozen) sendSignal(pid, 'SIGSTOP')
  }

  async thaw(): Promise<void> {
    const frozen = this.#frozen
    this.#frozen = []
    for (const pid of frozen) sendSignal(pid, 'SIGCONT')
  }

  async promote(): Promise<void> {
    const [row] = await this.query<{ done: boolean }>('select pg_catalog.pg_promote(true, $1) as done', [
      PROMOTION_SECONDS,
    ])
    if (row?.done !== true)
      throw new Error(`${this.name} was not promoted within ${PROMOTION_SECONDS} s; its log: ${this.logFile}`)
  }

  isRunning(): boolean {
    return this.#process !== null && !this.#process.hasExited()
  }

  isFrozen(): boolean {
    return this.#frozen.length > 0
  }

  hba(): string {
    return readTextOrNull(join(this.dataDirectory, 'pg_hba.conf')) ?? ''
  }

  async setHba(text: string): Promise<void> {
    writePrivateText(join(this.dataDirectory, 'pg_hba.conf'), text, this.#owner)
    await this.#reload()
  }

  async setSetting(name: string, value: string | null): Promise<void> {
    if (value === null) this.#settings.delete(name)
    else this.#settings.set(name, value)
    this.#writeSettings()
    await this.#reload()
  }

  /** The postmaster tells in its log that it has begun to reload; what connects after that gets the new files. */
  async #reload(): Promise<void> {
    const own = this.#process
    if (!own || own.hasExited() || this.isFrozen()) return
    const offset = fileSize(this.logFile)
    sendSignal(own.pid, 'SIGHUP')
    await waitFor(`${this.name} reloads its configuration`, REACTION_LIMIT_MS, () =>
      this.#logSince(offset).includes('reloading configuration files'),
    )
  }

  #logSince(offset: number): string {
    const text = targetExists(this.logFile) ? (readTextOrNull(this.logFile) ?? '') : ''
    return Buffer.from(text, 'utf8').subarray(offset).toString('utf8').trim()
  }

  #writeSettings(): void {
    const lines = [...this.#settings].map(([name, value]) => `${name} = '${value.replaceAll("'", "''")}'\n`)
    writePrivateText(join(this.dataDirectory, 'postgresql.conf'), lines.join(''), this.#owner)
  }
}
