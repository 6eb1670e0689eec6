// A watch without a screen in a process of its own, which tells its parent what it believes and what it holds.

import { getHeapStatistics, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { openWatchSession } from '../../src/cli/watching/session.ts'
import { loadConfig } from '../../src/config/load.ts'
import { ON_DEMAND_QUERIES } from '../../src/model/measured/on-demand.ts'
import type { Picture } from '../../src/model/picture/picture.ts'

/** One watched target as it is believed to be. */
export interface Belief {
  readonly id: string
  /** Code of the problem that is shown; null: none. */
  readonly problem: string | null
  readonly status: string
  readonly role: string | null
  readonly timeline: number | null
  readonly replayPaused: boolean | null
  /** Milliseconds since the epoch. */
  readonly readAt: number | null
}

export interface WatcherReport {
  readonly at: number
  readonly beliefs: readonly Belief[]
  /** Latest outcome of each target, good or not, in milliseconds since the epoch. */
  readonly heardAt: Readonly<Record<string, number>>
  readonly splitBrain: boolean
  /** How many of what keeps a process alive, by kind. */
  readonly resources: Readonly<Record<string, number>>
  /** Bytes of the heap after a collection; null where none was asked for. */
  readonly heapBytes: number | null
  readonly rssBytes: number
  /** Warnings of Node, e.g. of too many listeners. */
  readonly warnings: readonly string[]
}

export type WatcherRequest = { readonly collect: boolean } | 'end'

const [, , file = ''] = process.argv
setFlagsFromString('--expose-gc')
const collect: () => void = runInNewContext('gc')
const warnings: string[] = []
process.on('warning', (warning) => warnings.push(`${warning.name}: ${warning.message}`))
const config = loadConfig({ path: file, env: process.env, cwd: process.cwd() })
const session = openWatchSession({ config, withHost: true, records: true })
const heardAt: Record<string, number> = {}
session.store.subscribe(() => {
  for (const cluster of session.store.published().clusters) {
    for (const { spec, pulse } of [...cluster.databases, ...cluster.servers]) {
      if (seen.get(spec.id) === pulse) continue
      seen.set(spec.id, pulse)
      heardAt[spec.id] = Date.now()
    }
  }
})
const seen = new Map<string, unknown>()
session.run()
// What views look at is asked too, the one after the other.
const engine = session.controller({ quit() {}, interrupt() {} })
let turn = 0
setInterval(() => {
  const look = ON_DEMAND_QUERIES[turn++ % ON_DEMAND_QUERIES.length]
  engine.setActiveQueries(session.store.latest().clusters[0]?.spec.name ?? null, look ? [look] : [])
}, 1_700).unref()

process.on('message', (request: WatcherRequest) => {
  if (request === 'end') return void end()
  if (request.collect) collect()
  process.send?.(tell(request.collect))
})

async function end(): Promise<void> {
  await session.close()
  process.disconnect()
}

function tell(isCollected: boolean): WatcherReport {
  const pictures = session.store.published().clusters.flatMap(({ picture }) => picture ?? [])
  const resources: Record<string, number> = {}
  for (const kind of process.getActiveResourcesInfo()) resources[kind] = (resources[kind] ?? 0) + 1
  return {
    at: Date.now(),
    beliefs: pictures.flatMap(beliefsOf),
    heardAt,
    splitBrain: pictures.some(({ alerts }) => alerts.some(({ rule }) => rule === 'split-brain')),
    resources,
    heapBytes: isCollected ? getHeapStatistics().used_heap_size : null,
    rssBytes: process.memoryUsage.rss(),
    warnings,
  }
}

function beliefsOf({ databases, servers }: Picture): readonly Belief[] {
  return [
    ...databases.map(({ id, problem, status, role, timeline, replayPaused, readAt }) => {
      return { id, problem: problem?.code ?? null, status, role, timeline, replayPaused, readAt }
    }),
    ...servers.map(({ id, problem, status, readAt }) => {
      return { id, problem: problem?.code ?? null, status, role: null, timeline: null, replayPaused: null, readAt }
    }),
  ]
}
