// Finds servers that join a watched cluster. It runs only while a known server reports an address that was not tried
// lately.

import { setTimeout } from 'node:timers/promises'
import type { ClusterConfig } from '../../config/config.ts'
import { currentValue } from '../../model/values/reading.ts'
import type { Store } from '../../state/store.ts'
import { discover, type UnreachableDatabase, unreachableText } from './discovery.ts'
import { type DiscoveryCandidate, discoveryCandidates } from './discovery-candidates.ts'
import type { KnownNode } from './node-matching.ts'

export interface DiscoveryLoopOptions {
  readonly store: Store
  readonly clusters: readonly ClusterConfig[]
  /** Called with the cluster that includes the new databases. */
  readonly adopt: (grown: ClusterConfig) => void
  readonly signal: AbortSignal
  /** How often the readings are searched for new addresses. It opens no connection. */
  readonly everyMs?: number
}

const EVERY_MS = 5_000
const FIRST_PAUSE_MS = 15_000
/** Each failed login leaves a line in the server log of the candidate. */
const LONGEST_PAUSE_MS = 5 * 60_000

/** Runs until the signal. Each change of the unreachable servers is shown once, as a notice. */
export async function runDiscoveryLoop(options: DiscoveryLoopOptions): Promise<void> {
  await Promise.all(options.clusters.map((cluster) => discoverRepeatedly(cluster, options)))
}

async function discoverRepeatedly(cluster: ClusterConfig, options: DiscoveryLoopOptions): Promise<void> {
  const { store, adopt, signal, everyMs = EVERY_MS } = options
  const retries = new DiscoveryRetries()
  let known = cluster
  let toldBefore: ReadonlySet<string> = new Set()
  // The first search does not wait for readings: it asks the configured databases itself.
  let due = true
  while (!signal.aborted) {
    if (due) {
      const { cluster: grown, unreachable } = await discover(known, { timeoutMs: known.spec.timeoutMs, signal })
      if (signal.aborted) return
      if (grown.databases.length !== known.databases.length) adopt(grown)
      known = grown
      toldBefore = tell(store, unreachable, toldBefore)
    }
    await pause(everyMs, signal)
    due = retries.areDue(discoveryCandidates(nodesOf(store, known), known.spec.profile), performance.now())
  }
}

/**
 * Shows what is newly unreachable, or for another reason. Returns all unreachable servers. Configured ones are on the
 * screen anyway.
 */
function tell(
  store: Store,
  unreachable: readonly UnreachableDatabase[],
  before: ReadonlySet<string>,
): ReadonlySet<string> {
  const lines = unreachable.filter(({ reportedBy }) => reportedBy !== null).map(unreachableText)
  const [first, ...more] = lines.filter((line) => !before.has(line))
  if (first !== undefined) {
    const text = more.length === 0 ? first : `${first} (and ${more.length} more)`
    store.dispatch({ type: 'notified', notice: { at: Date.now(), severity: 'warning', text } })
  }
  return new Set(lines)
}

function nodesOf(store: Store, { spec, databases }: ClusterConfig): readonly KnownNode[] {
  const records = store.latest().clusters.find((cluster) => cluster.spec.name === spec.name)?.databases ?? []
  return databases.map((config) => {
    const record = records.find((candidate) => candidate.spec.id === config.spec.id)
    return { config, pulse: record ? currentValue(record.pulse) : null }
  })
}

/** When unreached candidates are tried again: in growing intervals up to five minutes. */
export class DiscoveryRetries {
  readonly #tried = new Map<string, { readonly failures: number; readonly notBefore: number }>()

  /** Whether a candidate is due; then all of them count as tried now. `now` is in milliseconds of any clock. */
  areDue(candidates: readonly DiscoveryCandidate[], now: number): boolean {
    const keys = new Set(candidates.map(keyOf))
    // A candidate that became known or no longer streams starts with the shortest interval again.
    for (const key of this.#tried.keys()) if (!keys.has(key)) this.#tried.delete(key)
    if (![...keys].some((key) => now >= (this.#tried.get(key)?.notBefore ?? now))) return false
    for (const key of keys) {
      const failures = (this.#tried.get(key)?.failures ?? 0) + 1
      const pauseMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (failures - 1))
      this.#tried.set(key, { failures, notBefore: now + pauseMs })
    }
    return true
  }
}

/** A key of the candidate, whatever port and process its present connection has. */
function keyOf({ knownNode, relation, address, port, sender }: DiscoveryCandidate): string {
  return JSON.stringify([knownNode.config.spec.id, relation, address, port, sender?.applicationName, sender?.slot])
}

/** Resolves after that time, or at once at the signal. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return setTimeout(ms, undefined, { signal, ref: false }).catch(() => {})
}
