// Reads the lines of a recording: the state at their start, then the events. What they say comes from outside.

import type { ClusterSpec } from '../../model/measured/spec.ts'
import { clean, cleanLines } from '../../model/values/text.ts'
import { derive } from '../derive.ts'
import type { Event } from '../event.ts'
import { initialState } from '../initial-state.ts'
import type { ClusterState, State } from '../state.ts'
import { decodeEvent } from '../trace/event-codec.ts'
import { withThresholds } from '../trace/older-versions.ts'
import { fromPlain } from '../trace/trace-values.ts'
import { isRecorded } from './recorded-events.ts'
import { withChange } from './value-changes.ts'

/** The lines are not those of a recording, or are damaged. */
export class RecordingError extends Error {}

interface RecordedEntry {
  readonly at: number
  readonly event: Event
  /** With this derivation something began or ended: a replay must not leave it out. */
  readonly isTurn?: true
}

export interface RecordedSegment {
  /** The state before the first event. */
  readonly start: State
  readonly entries: readonly RecordedEntry[]
}

/**
 * Parses the lines of a keyframe and of the events after it, a line by each step of the generator, so that the caller can do
 * other work between them. Throws RecordingError.
 */
export function* parseSegment(text: string): Generator<void, RecordedSegment> {
  try {
    const parsed: (readonly unknown[])[] = []
    for (const line of linesOf(text)) {
      parsed.push(cleanDocumentOf(JSON.parse(line)) as readonly unknown[])
      yield
    }
    const end = parsed.findIndex(([kind]) => kind === 'whole')
    if (end < 0) throw new RecordingError('the start of a recorded part is missing')
    return { start: yield* stateOf(parsed.slice(0, end)), entries: yield* entriesOf(parsed.slice(end + 1)) }
  } catch (error) {
    if (error instanceof RecordingError) throw error
    throw new RecordingError(`a recorded part can't be read: ${clean((error as Error).message)}`, { cause: error })
  }
}

/** After the last line break comes nothing, or an incomplete line. */
function* linesOf(text: string): Generator<string> {
  let from = 0
  for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
    yield text.slice(from, end)
    from = end + 1
  }
}

/** Each text and each name in it made harmless: a file of somebody else may contain anything. */
function cleanDocumentOf(value: unknown): unknown {
  if (typeof value === 'string') return cleanLines(value)
  if (Array.isArray(value)) return value.map(cleanDocumentOf)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [clean(name), cleanDocumentOf(inner)]))
}

type Fields = Record<string, unknown>

function* stateOf(lines: readonly (readonly unknown[])[]): Generator<void, State> {
  let program: Fields = {}
  const clusters: Fields[] = []
  for (const [kind, name, value] of lines) {
    const cluster = clusters.at(-1)
    if (kind === 'state') program = fromPlain(name) as Fields
    else if (kind === 'cluster') clusters.push(Object.create(null))
    else if (cluster && typeof name === 'string') addPart(cluster, String(kind), name, fromPlain(value))
    yield
  }
  const states = clusters.map(clusterOf)
  const { now, startedAt, intervalMs, paused, host } = program as unknown as State
  const base = initialState({ clusters: [], now, intervalMs, records: true, readOnly: true })
  return yield* withMissingFacts({ ...base, startedAt, paused, host, clusters: states })
}

/** A picture of an older version lacks what newer ones have: that is derived from its readings. */
function* withMissingFacts(state: State): Generator<void, State> {
  const clusters: ClusterState[] = []
  for (const cluster of state.clusters) {
    clusters.push(isWhole(cluster) ? cluster : withFresh(state, cluster))
    yield
  }
  return { ...state, clusters }
}

/** The names of what each picture of this version has, whatever the cluster is. */
let pictureFields: readonly string[] | null = null

function isWhole({ picture, spec }: ClusterState): boolean {
  if (!picture) return true
  pictureFields ??= Object.keys(
    derive(initialState({ clusters: [{ ...spec, databases: [], servers: [] }], now: 0 }), 0).clusters[0]?.picture ?? {},
  )
  return pictureFields.every((name) => Object.hasOwn(picture, name))
}

function withFresh(state: State, cluster: ClusterState): ClusterState {
  const [fresh] = derive({ ...state, clusters: [{ ...cluster, picture: null }] }, state.now).clusters
  return fresh?.picture && cluster.picture ? { ...cluster, picture: { ...fresh.picture, ...cluster.picture } } : cluster
}

function addPart(cluster: Fields, kind: string, name: string, value: unknown): void {
  const isPicture = kind.startsWith('picture')
  if (isPicture) cluster.picture ??= Object.create(null)
  const target = isPicture ? (cluster.picture as Fields) : cluster
  if (!kind.endsWith('-item')) {
    // A picture comes field by field. A whole one would have properties that are not its own.
    if (!isPicture && name === 'picture' && value !== null) throw new RecordingError('a recorded picture is malformed')
    target[name] = value
    return
  }
  const list = Object.hasOwn(target, name) ? target[name] : null
  if (!Array.isArray(list)) throw new RecordingError('a recorded list has no beginning')
  list.push(value)
}

/** What is stored must at least have the form of a cluster; what is missing would fail somewhere in a view. */
function clusterOf(fields: Fields): ClusterState {
  const { spec, databases, servers, hosts, events, silences, picture = null } = fields
  const lists = [databases, servers, hosts, events, silences]
  if (typeof spec !== 'object' || spec === null || !lists.every(Array.isArray))
    throw new RecordingError('a recorded cluster is not whole')
  const known = withThresholds(spec as ClusterSpec)
  const [empty] = initialState({ clusters: [known], now: 0 }).clusters
  return { ...empty, ...fields, spec: known, picture: picture && { ...picture } } as unknown as ClusterState
}

function* entriesOf(lines: readonly (readonly unknown[])[]): Generator<void, readonly RecordedEntry[]> {
  const latest = new Map<string, unknown>()
  const entries: RecordedEntry[] = []
  for (const [kind, at, key, stored] of lines) {
    yield
    if (kind === 'turned') {
      const index = entries.findLastIndex(({ event }) => event.type === 'derive-requested')
      const turned = entries[index]
      if (turned) entries[index] = { ...turned, isTurn: true }
      continue
    }
    if (typeof at !== 'number' || !Number.isFinite(at)) throw new RecordingError('a recorded event has no time')
    const event = kind === 'derive' ? ({ type: 'derive-requested', at } as const) : eventOf(latest, kind, key, stored)
    // A newer pgdeck may have recorded what this one does not know.
    if (event !== null && isRecorded(event)) entries.push({ at, event })
  }
  return entries
}

function eventOf(latest: Map<string, unknown>, kind: unknown, key: unknown, stored: unknown): Event | null {
  const name = String(key)
  const plain = kind === 'change' ? withChange(latest.get(name), stored) : stored
  latest.set(name, plain)
  return decodeEvent(plain)
}
