// The resource `Cluster` of CloudNativePG in the form of its API reference (postgresql.cnpg.io/v1), and a kubectl that prints it. Not run.

import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const file = new URL('./cloudnativepg.json', import.meta.url)

export interface ClusterResource {
  metadata: { annotations?: Record<string, string> } & Record<string, unknown>
  spec: Record<string, unknown>
  status: Record<string, unknown>
}

export function clusterResource(change: (resource: ClusterResource) => void = () => {}): ClusterResource {
  const resource = JSON.parse(readFileSync(file, 'utf8')) as ClusterResource
  change(resource)
  return resource
}

/** A program that prints this text, writes its arguments into `asked` beside it, and ends with that code. */
export function kubectlThat(folder: string, prints: string, exitCode = 0): { path: string; asked: string } {
  const [path, answer, asked] = ['kubectl', 'answer', 'asked'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ]
  writeFileSync(answer, prints)
  const stream = exitCode === 0 ? '' : ' >&2'
  writeFileSync(path, `#!/bin/sh\nprintf '%s\\n' "$*" >> '${asked}'\ncat '${answer}'${stream}\nexit ${exitCode}\n`)
  chmodSync(path, 0o755)
  return { path, asked }
}
