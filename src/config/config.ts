// The configuration as the program uses it: specs plus what is needed to connect. Never part of the state: it holds secrets.

import type { HttpTrust } from '../io/http/http-trust.ts'
import type { KubernetesCluster } from '../io/kubernetes/kubectl.ts'
import type { RecordForm } from '../model/application-audit/parse-records.ts'
import type { AddressSpec, PoolerSpec, ProxySpec } from '../model/measured/entry-points/entry-point-spec.ts'
import type { ClusterSpec, Danger, DatabaseSpec, HostSpec, ServerSpec } from '../model/measured/spec.ts'
import type { BackupTool } from '../model/storage/backup-tools.ts'
import type { ConnectionParameters } from '../model/values/connection-parameters.ts'
import type { SearchPath } from '../model/values/sql-names.ts'

export interface DatabaseConfig {
  readonly spec: DatabaseSpec
  readonly connection: ConnectionParameters
  readonly passwordCommand: readonly string[] | null
  readonly via: string | null
  /** How its backups are found; null where the config does not say. */
  readonly backup: BackupSource | null
  /** Absent where the config does not say how its changes are exchanged. */
  readonly exchange?: ExchangeSource
  /** Address of Patroni's REST; absent where the config does not say: port 8008 of its host, where Patroni shows itself. */
  readonly patroni?: string
  /** How the certificate of that address is verified; absent: by the authorities that this host trusts. */
  readonly managerTrust?: HttpTrust
}

/** The declared manager of a cluster. `act`: actions may be carried out by it. */
export type ManagerConfig =
  | {
      readonly kind: 'patroni'
      /** URLs of the REST APIs of its members. */
      readonly addresses: readonly string[]
      readonly trust: HttpTrust
      /** For actions; reading sends no password. */
      readonly user: string | null
      readonly passwordCommand: readonly string[] | null
      readonly act: boolean
    }
  | {
      readonly kind: 'repmgr'
      readonly connection: ConnectionParameters
      readonly configFile: string | null
      readonly act: boolean
    }
  | {
      readonly kind: 'pg_auto_failover'
      /** Of its monitor. */
      readonly connection: ConnectionParameters
      readonly formation: string
      readonly act: boolean
    }
  | {
      readonly kind: 'cloudnativepg'
      /** The resource `Cluster`, and how kubectl is run for it. */
      readonly resource: KubernetesCluster
      readonly act: boolean
    }

/** `as`: the user who reads there; absent: that of the host. */
export type BackupSource =
  | { readonly kind: 'folder'; readonly folder: string; readonly host: string; readonly as?: string }
  | {
      readonly kind: 'tool'
      readonly tool: BackupTool
      /** The stanza of pgBackRest, the server of Barman; empty for WAL-G, which has one per configuration. */
      readonly name: string
      readonly host: string
      readonly as?: string
      readonly configFile?: string
    }
  | { readonly kind: 'sql'; readonly sql: string; readonly searchPath?: SearchPath }
  | { readonly kind: 'command'; readonly command: readonly string[] }

/** The query that counts the changes of a mirrored database that the other one has not taken over. */
export interface ExchangeSource {
  readonly sql: string
  readonly searchPath: SearchPath
}

export type SessionsSource =
  | {
      readonly kind: 'sql'
      readonly sql: string
      readonly parameters: readonly unknown[]
      readonly searchPath?: SearchPath
    }
  | { readonly kind: 'json'; readonly path: string; readonly pointer: string }
  | { readonly kind: 'command'; readonly command: readonly string[] }

/** Where the audit of an application server is. */
export type AuditSource =
  | {
      readonly kind: 'sql'
      readonly sql: string
      /** Id of the database. */
      readonly database: string
      readonly searchPath: SearchPath
      readonly form: RecordForm
    }
  /** `host` is the id of the host. */
  | { readonly kind: 'file'; readonly file: string; readonly host: string; readonly form: RecordForm }
  | { readonly kind: 'command'; readonly command: readonly string[]; readonly host: string; readonly form: RecordForm }

export interface ServerConfig {
  readonly spec: ServerSpec
  readonly healthPath: string
  readonly sessions: SessionsSource | null
  /** Absent: none is configured. */
  readonly audit?: readonly AuditSource[]
  readonly tls: { readonly verify: boolean; readonly pin: string | null }
  /** Commands that start and stop it on its host; null: not configured. */
  readonly start: readonly string[] | null
  readonly stop: readonly string[] | null
}

export interface HostConfig extends HostSpec {
  readonly dataDirectory: string | null
  readonly binDirectory: string | null
  readonly start: readonly string[] | null
  readonly stop: readonly string[] | null
  readonly platform: 'linux' | 'windows' | 'macos'
  readonly installDirectory: string | null
  readonly logs: readonly string[]
}

/** A command of the user's own that is run as an act. */
export interface CustomAction {
  readonly name: string
  readonly title: string
  /** Id of the host. */
  readonly host: string
  readonly command: readonly string[]
  readonly danger: Danger
  /** What has to be typed where the danger asks for it. */
  readonly confirm: string
  readonly timeoutMs: number
}

/** A PgBouncer: where its admin console is. */
export interface PoolerConfig {
  readonly spec: PoolerSpec
  readonly connection: ConnectionParameters
  readonly passwordCommand: readonly string[] | null
  /** Id of the host through whose ssh it is reached; null: directly. */
  readonly via: string | null
  /** How long a pause waits for open transactions. */
  readonly pauseMs: number
  /** What makes it lead to another primary, with {host} and {port} for its address; null: nothing has to, or a person does. */
  readonly repoint: { readonly host: string; readonly command: readonly string[] } | null
}

/** Where HAProxy tells its statistics. `page`: its stats page; the others are its socket of commands. */
export type StatsSource =
  | { readonly kind: 'page'; readonly url: string }
  | { readonly kind: 'socket'; readonly path: string }
  | { readonly kind: 'port'; readonly host: string; readonly port: number }

/** An HAProxy. */
export interface ProxyConfig {
  readonly spec: ProxySpec
  readonly stats: StatsSource
  /** Of its stats page; null: it asks for none. */
  readonly user: string | null
  readonly passwordCommand: readonly string[] | null
  readonly trust: HttpTrust
}

/** An address by which applications reach the primary, or a standby. */
export interface AddressConfig {
  readonly spec: AddressSpec
  readonly connection: ConnectionParameters
  readonly passwordCommand: readonly string[] | null
  readonly via: string | null
}

export interface ClusterConfig {
  readonly spec: ClusterSpec
  readonly databases: readonly DatabaseConfig[]
  readonly servers: readonly ServerConfig[]
  readonly hosts: readonly HostConfig[]
  readonly actions?: readonly CustomAction[]
  readonly manager?: ManagerConfig
  /** Absent where none is configured, as the next two. */
  readonly poolers?: readonly PoolerConfig[]
  readonly proxies?: readonly ProxyConfig[]
  readonly addresses?: readonly AddressConfig[]
}

export type NotifyRule = {
  readonly on: readonly ('warning' | 'critical')[]
} & ({ readonly webhook: string; readonly method: 'POST' | 'PUT' } | { readonly command: readonly string[] })

export interface RecordConfig {
  /** Record while the monitor is open. */
  readonly screen: boolean
  /** Record the text of statements. */
  readonly statements: boolean
  readonly keepMs: number
  readonly maxBytes: number
}

export interface Config {
  /** Absolute path of the file; null when made from DSNs on the command line. */
  readonly file: string | null
  readonly clusters: readonly ClusterConfig[]
  readonly notify: readonly NotifyRule[]
  readonly ui: {
    readonly theme: 'auto' | 'dark' | 'light'
    readonly bell: boolean
    readonly mouse: boolean
    readonly keys: Readonly<Record<string, string>>
  }
  /** Absent: the defaults. */
  readonly record?: RecordConfig
  /** Things worth saying that are not errors, e.g. a password in a dsn. */
  readonly warnings: readonly string[]
}
