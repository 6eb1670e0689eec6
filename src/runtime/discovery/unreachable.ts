// Explains why a server that must exist could not be reached, from all tries.

import { formatEndpoint } from '../../model/values/address.ts'
import type { Fault, FaultCode } from '../../model/values/fault.ts'
import { clean } from '../../model/values/text.ts'
import type { DiscoveryCandidate } from './discovery-candidates.ts'

/** A database that a known server reported and that was not reached. */
export interface UnreachableDatabase {
  /** As the known server reports it; `(hidden)` or `(Unix socket)` if it has no address. */
  readonly address: string
  /** null: unknown, because a walsender shows only the client port of its standby. */
  readonly port: number | null
  readonly why: string
  /** Id of the server that reported it; null for a configured one. */
  readonly reportedBy: string | null
}

/** One line for people. The reason mostly begins with the address, which is not repeated. */
export function unreachableText({ address, port, why }: UnreachableDatabase): string {
  const place = formatEndpoint(address, port)
  const reason = why.replace(`; ${place} `, '; it ')
  return clean(`not reached: ${reason.startsWith(`${place} `) ? reason : `${place}: ${reason}`}`)
}

/** The result of a try at one host and port. `node`: a server of the cluster answered. */
export type DiscoveryAttempt =
  | { readonly outcome: 'node' }
  | { readonly outcome: 'stranger'; readonly systemIdentifier: string | null }
  | { readonly outcome: 'fault'; readonly fault: Fault }

/** The codes that say most about a server which exists but refuses pgdeck, the best first. */
const TELLING: readonly FaultCode[] = [
  'hba',
  'auth',
  'too-many-connections',
  'starting',
  'tls',
  'pooler',
  'slow',
  'local',
  'timeout',
  'unreachable',
  'dns',
  'protocol',
  'refused',
]

/** Returns one line about a candidate after all its places were tried. */
export function unreachableOf(
  { knownNode, relation, address, port, sender, hosts }: DiscoveryCandidate,
  attempts: readonly (DiscoveryAttempt & { readonly port: number })[],
): UnreachableDatabase {
  const toldBy = knownNode.config.spec.id
  const name = sender?.applicationName ? ` (application_name ${sender.applicationName})` : ''
  if (hosts.length === 0) {
    const why = `a standby${name} streams from ${toldBy}, but its address is hidden from this role: GRANT pg_monitor`
    return { address: '(hidden)', port: null, why: clean(why), reportedBy: toldBy }
  }
  const shown = clean(address ?? '(Unix socket)')
  const role = relation === 'upstream' ? `${toldBy} streams from it` : `a standby${name} streams from ${toldBy}`
  const result = reasonOf(attempts)
  return { address: shown, port: port ?? result.port, why: clean(`${role}; ${result.reason}`), reportedBy: toldBy }
}

function reasonOf(attempts: readonly (DiscoveryAttempt & { readonly port: number })[]) {
  const faults = attempts.flatMap((one) => (one.outcome === 'fault' ? [{ fault: one.fault, port: one.port }] : []))
  const ranked = faults.toSorted((a, b) => TELLING.indexOf(a.fault.code) - TELLING.indexOf(b.fault.code))
  const [best] = ranked
  const ports = [...new Set(attempts.map(({ port }) => port))].join(', ')
  const severalPorts = attempts.some(({ port }) => port !== attempts[0]?.port)
  if (best && (best.fault.code !== 'refused' || !severalPorts)) {
    return { reason: best.fault.message, port: best.fault.code === 'refused' || severalPorts ? null : best.port }
  }
  const stranger = attempts.find((one) => one.outcome === 'stranger')
  if (stranger) return { reason: `another cluster answers on port ${stranger.port}`, port: null }
  if (attempts.length === 0) return { reason: 'pgdeck did not try it', port: null }
  return { reason: `its port is unknown, and it is none of ${ports}; give its connection string too`, port: null }
}
