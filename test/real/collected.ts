// Archives as the commands write them, unpacked in memory, and the configurations that lead to them.

import { readFileSync, writeFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { unpackTar } from 'modern-tar'
import type { PostgresNode } from '../../src/demo/postgres/start-postgres.ts'

/** The entries of a .tar.gz by name, without the folder that all are in. */
export async function unpacked(path: string): Promise<ReadonlyMap<string, string>> {
  const entries = await unpackTar(gunzipSync(readFileSync(path)))
  const text = (data: Uint8Array | undefined) => Buffer.from(data ?? []).toString('utf8')
  return new Map(entries.map(({ header, data }) => [header.name.replace(/^[^/]*\//, ''), text(data)]))
}

export interface WrittenDatabase {
  readonly name: string
  readonly node: PostgresNode
  readonly role?: string
  /** Its host is this one; otherwise no way leads there. */
  readonly local?: boolean
  readonly logs?: readonly string[]
}

/** Writes a configuration with these databases and answers with its path. */
export function writeConfig(path: string, databases: readonly WrittenDatabase[]): string {
  const hosts = databases
    .filter(({ local }) => local)
    .map(({ name, node, logs = [] }) => ({ name, local: true, dataDirectory: node.dataDirectory, logs }))
  const cluster = {
    name: 'main',
    // A slow machine is to make nobody silent.
    timeout: '15s',
    databases: databases.map(({ name, node, role = 'pgdeck', local }) => ({
      name,
      dsn: `${node.dsn(role)}?sslmode=disable`,
      ...(local ? { host: name } : {}),
    })),
    hosts,
  }
  writeFileSync(path, JSON.stringify({ clusters: [cluster] }), { mode: 0o600 })
  return path
}
