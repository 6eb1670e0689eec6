// The readings of one diagnosis: each is taken once, when the first check needs it, in sessions of the diagnosis
// itself.

import type { ClusterConfig, DatabaseConfig, HostConfig, ServerConfig } from '../../config/config.ts'
import { type DatabaseSession, openDatabaseSession } from '../../io/postgres/database-session.ts'
import type { NetworkPath } from '../../model/diagnosis/network-path.ts'
import type { Reply } from '../../model/diagnosis/session.ts'
import type { HostFacts } from '../../model/measured/host.ts'
import type { DatabasePulse, LocalHostPulse, ServerPulse } from '../../model/measured/pulse.ts'
import type { ClusterSnapshot } from '../../model/measured/snapshot.ts'
import type { Picture } from '../../model/picture/picture.ts'
import { type Fault, FaultError, messageOf } from '../../model/values/fault.ts'
import { pulseProbe } from '../../probes/database/index.ts'
import { probeNetworkPath } from '../../probes/diagnosis/network-path.ts'
import { listeningOnHost } from '../../probes/diagnosis/on-host.ts'
import { configuredHostProbe, ownHostProbe } from '../../probes/host/index.ts'
import type { AccessibleHost } from '../../probes/probe.ts'
import { healthProbe } from '../../probes/server/index.ts'
import type { HostConnections } from '../hosts/host-connections.ts'

/** What is known when a diagnosis starts. */
export interface DiagnosisInput {
  readonly config: ClusterConfig
  readonly snapshot: ClusterSnapshot
  readonly picture: Picture
  readonly hostConnections: HostConnections
  readonly signal: AbortSignal
}

/** Time limit of a port check. A lost first packet is sent again after a second. */
const PORT_CHECK_MS = 2_500
/** A session may take longer than a poll waits, so that a slow server and a silent one differ. */
const SESSION_LEAST_MS = 2_000
const HOST_MS = 5_000

export class DiagnosisReadings {
  readonly input: DiagnosisInput
  readonly #once = new Map<string, Promise<unknown>>()
  readonly #links = new Map<string, DatabaseSession>()

  constructor(known: DiagnosisInput) {
    this.input = known
  }

  database(id: string): DatabaseConfig | null {
    return this.input.config.databases.find(({ spec }) => spec.id === id) ?? null
  }

  server(id: string): ServerConfig | null {
    return this.input.config.servers.find(({ spec }) => spec.id === id) ?? null
  }

  /** Access to a host; null if pgdeck has none. */
  access(hostId: string | null): AccessibleHost | null {
    return this.input.hostConnections.hosts.find(({ config }) => config.id === hostId) ?? null
  }

  hostConfig(hostId: string | null): HostConfig | null {
    return this.input.config.hosts.find(({ id }) => id === hostId) ?? null
  }

  /** A new session, so that the findings are true of new sessions. */
  session(config: DatabaseConfig): DatabaseSession {
    const { connection, passwordCommand, via, spec } = config
    const opened = this.#links.get(spec.id)
    if (opened) return opened
    const timeoutMs = this.#sessionMs()
    const route = this.input.hostConnections.tunnelVia(via)
    const session = openDatabaseSession({ connection, passwordCommand, timeoutMs, tunnel: route })
    this.#links.set(spec.id, session)
    return session
  }

  /** Runs once for all callers. A failure gives a fault, never an exception. */
  readOnce<T>(what: string, limitMs: number, read: (signal: AbortSignal) => Promise<T>): Promise<Reply<T>> {
    return this.#remember(what, async () => {
      const signal = AbortSignal.any([this.input.signal, AbortSignal.timeout(limitMs)])
      try {
        return { value: await read(signal), at: Date.now() }
      } catch (error) {
        return { fault: faultFrom(error, what), at: Date.now() }
      }
    })
  }

  pulse(config: DatabaseConfig): Promise<Reply<DatabasePulse>> {
    return this.readOnce(`${config.spec.id}`, this.#sessionMs() + 200, (signal) =>
      pulseProbe.read({ session: this.session(config) }, signal),
    )
  }

  answer(server: ServerConfig): Promise<Reply<ServerPulse>> {
    const links = { server, cluster: this.input.config, database: null }
    return this.readOnce(`server ${server.spec.id}`, this.#sessionMs(), (signal) => healthProbe.read(links, signal))
  }

  /** The readings of pgdeck's own host; null if the system does not report them. */
  async thisHost(): Promise<LocalHostPulse | null> {
    const answer = await this.readOnce('this host', HOST_MS, (signal) => ownHostProbe.read({}, signal))
    return 'value' in answer ? answer.value : null
  }

  /** null without access to the host. */
  async facts(hostId: string | null): Promise<Reply<HostFacts> | null> {
    const host = this.access(hostId)
    return host
      ? await this.readOnce(`host ${hostId}`, HOST_MS, (signal) => configuredHostProbe.read({ host }, signal))
      : null
  }

  /** The addresses on which a process listens at that port of that host; null: unknown. */
  async listening(hostId: string | null, port: number): Promise<readonly string[] | null> {
    const host = this.access(hostId)
    if (!host) return null
    const answer = await this.readOnce(`port ${port} of host ${hostId}`, HOST_MS, (signal) =>
      listeningOnHost(host, port, signal),
    )
    return 'value' in answer ? answer.value : null
  }

  /** The network path to a host and port. Other targets on that host show whether it is up. */
  networkPath(host: string, port: number, hostId: string | null): Promise<NetworkPath> {
    return this.#remember(`way ${host}:${port}`, async () => {
      const { config, signal } = this.input
      const all = [...config.databases, ...config.servers].map(({ spec }) => spec)
      const beside = all.filter((spec) => (hostId !== null && spec.hostId === hostId) || addressOf(spec) === host)
      const limit = AbortSignal.any([signal, AbortSignal.timeout(PORT_CHECK_MS)])
      const [path, facts] = await Promise.all([
        probeNetworkPath({ host, port, otherPorts: beside.map((spec) => spec.port).slice(0, 6) }, limit),
        this.access(hostId)?.ssh ? this.facts(hostId) : null,
      ])
      return facts && 'value' in facts ? { ...path, otherEvidence: `ssh into host ${hostId} works` } : path
    })
  }

  async close(): Promise<void> {
    await Promise.all([...this.#links.values()].map((session) => session.close()))
  }

  #sessionMs(): number {
    return Math.max(2 * this.input.config.spec.timeoutMs, SESSION_LEAST_MS)
  }

  #remember<T>(what: string, read: () => Promise<T>): Promise<T> {
    const known = this.#once.get(what) as Promise<T> | undefined
    if (known) return known
    const asked = read()
    this.#once.set(what, asked)
    return asked
  }
}

function addressOf(spec: { readonly host: string } | { readonly url: string }): string {
  return 'host' in spec ? spec.host : new URL(spec.url).hostname
}

function faultFrom(error: unknown, what: string): Fault {
  if (error instanceof FaultError) return error.fault
  const reason = messageOf(error)
  const late = error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError')
  return late
    ? { code: 'timeout', message: `${what} did not answer in time`, hint: null }
    : { code: 'protocol', message: `${what}: ${reason}`, hint: 'this is likely a defect of pgdeck: please report it' }
}
