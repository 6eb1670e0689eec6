// Names a database that was found: by what it calls itself, else by what others call it, else by where it is.

import { clean } from '../../model/values/text.ts'
import { type KnownNode, pairSenders } from './node-matching.ts'

/** What standbys call themselves when nobody gave them a name. */
const NAMELESS = new Set(['', 'walreceiver', 'main'])

/**
 * The first of cluster_name, application_name of its stream, and host:port that nobody has. A cluster_name that another
 * node reports too names the whole cluster (as Patroni has it), not the node.
 */
export function discoveredName(node: KnownNode, known: readonly KnownNode[], taken: readonly string[]): string {
  const { host, port } = node.config.spec
  const own = node.pulse?.clusterName ?? ''
  const shared = known.some(({ pulse }) => pulse?.clusterName === own)
  const stream = pairSenders([...known, node]).find(({ downstream }) => downstream === node)?.sender.applicationName
  const place = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
  const names = [shared ? '' : own, stream ?? '', place].map((name) => clean(name).trim())
  const free = names.find((name) => !NAMELESS.has(name) && !taken.includes(name))
  return free ?? numbered(place, taken)
}

function numbered(name: string, taken: readonly string[]): string {
  let number = 2
  while (taken.includes(`${name} (${number})`)) number++
  return `${name} (${number})`
}
