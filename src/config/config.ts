// The configuration as the program uses it: specs plus what is needed to connect. Never part of the state: it holds secrets.

import type { Connection } from '../model/connection.ts'
import type { ClusterSpec, DatabaseSpec, HostSpec, ServerSpec } from '../model/spec.ts'

export interface DatabaseConfig {
  readonly spec: DatabaseSpec
  readonly connection: Connection
  readonly passwordCommand: readonly string[] | null
  readonly via: string | null
}

export type SessionsSource =
  | { readonly kind: 'sql'; readonly sql: string; readonly parameters: readonly unknown[] }
  | { readonly kind: 'json'; readonly path: string; readonly pointer: string }
  | { readonly kind: 'command'; readonly command: readonly string[] }

export interface ServerConfig {
  readonly spec: ServerSpec
  readonly healthPath: string
  readonly sessions: SessionsSource | null
  readonly tls: { readonly verify: boolean; readonly pin: string | null }
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

export interface ClusterConfig {
  readonly spec: ClusterSpec
  readonly databases: readonly DatabaseConfig[]
  readonly servers: readonly ServerConfig[]
  readonly hosts: readonly HostConfig[]
}

export type NotifyRule = {
  readonly on: readonly ('warning' | 'critical')[]
} & ({ readonly webhook: string; readonly method: 'POST' | 'PUT' } | { readonly command: readonly string[] })

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
  /** Things worth saying that are not errors, e.g. a password in a dsn. */
  readonly warnings: readonly string[]
}
