// The results of the open view's query, database by database; why one has no result; and what this role may not see,
// with the statement that grants it.

import type { OnDemandQuery, OnDemandResults } from '../../../model/measured/on-demand.ts'
import type { MissingPrivilege } from '../../../model/measured/pulse.ts'
import type { DatabaseRecord } from '../../../model/measured/snapshot.ts'
import { isStaleReading } from '../../../model/reachability/local-reachability.ts'
import { faultOf, lastGood, lastReadAt, PENDING, type Reading } from '../../../model/values/reading.ts'
import { type Refusals, refusedFunctionText } from '../../../model/values/refused-function.ts'
import { clean } from '../../../model/values/text.ts'
import { isHistoryShown } from '../../../state/select/shown-state.ts'
import type { ClusterState } from '../../../state/state.ts'
import { withoutName, wrapText } from '../../frame/format/fit-text.ts'
import { type Line, span } from '../../frame/format/line.ts'
import { age } from '../../frame/format/values.ts'
import { currentKey } from '../../keys/names.ts'
import type { ListContext } from './list-options.ts'
import type { Viewport } from './view.ts'

/** One database's answer to a query. */
export interface DatabaseQueryResult<Value> {
  readonly databaseId: string
  /** Its display name. */
  readonly name: string
  readonly record: DatabaseRecord
  readonly reading: Reading<Value>
  /** The last good answer, however old; null before one. */
  readonly value: Value | null
  readonly at: number | null
}

/** Each database's answer to a query, in configured order. */
export function queryResultsOf<Id extends OnDemandQuery>(
  cluster: ClusterState,
  id: Id,
): readonly DatabaseQueryResult<OnDemandResults[Id]>[] {
  return cluster.databases.map((record) => {
    // The entry of an id belongs to that id's query.
    const reading = (record.onDemand[id] ?? PENDING) as Reading<OnDemandResults[Id]>
    const name = clean(record.displayName)
    return { databaseId: record.spec.id, name, record, reading, value: lastGood(reading), at: lastReadAt(reading) }
  })
}

/** Whether an answer counts as old: the latest attempt failed, or none came for two intervals (`everyMs` if longer). */
export function isResultOld(
  { reading }: DatabaseQueryResult<unknown>,
  { state, now }: ListContext,
  everyMs = 0,
): boolean {
  return isStaleReading(reading, Math.max(state.intervalMs, everyMs), now)
}

/**
 * For the summary of a view: a line for each database that can't be read or whose answer is old, then what this role
 * may not see with the statement that grants it. Nothing while all is well. While polling is paused, ages are left
 * out: then all answers are old, and the header says so.
 */
export function queryResultNotes(context: ListContext, id: OnDemandQuery, everyMs = 0): readonly Line[] {
  const { cluster, state, now, screen } = context
  const all = queryResultsOf(cluster, id)
  const notes = all.flatMap((queryResult): Line[] => {
    const { at, reading, name } = queryResult
    const shown = at === null ? null : `${age(at, now)} old`
    if (faultOf(reading)) {
      return [[span(` ${screen.glyphs.warning} ${unreadable(queryResult, id, shown)}`, 'warning')]]
    }
    if (at === null || state.paused || !isResultOld(queryResult, context, everyMs)) return []
    return [[span(`   ${name} was read ${age(at, now)} ago`, 'dim')]]
  })
  return [...notes, ...missingGrantNotes(all.map(missingOf), screen)]
}

function missingOf({ name, value }: DatabaseQueryResult<OnDemandResults[OnDemandQuery]>): MissingGrants {
  const missing = value && 'missing' in value ? value.missing : []
  return { name, missing, ...(value && 'refused' in value ? { refused: value.refused } : {}) }
}

/** The age precedes the reason, so that no narrow screen cuts it off. */
function unreadable(
  { reading, name, databaseId, record }: DatabaseQueryResult<unknown>,
  id: OnDemandQuery,
  shown: string | null,
): string {
  const message = clean(faultOf(reading)?.message ?? '')
  const { host, port } = record.spec
  const what = `${id} of ${databaseId} (${host}:${port})`
  const reason = message.startsWith(what) ? message.slice(what.length).replace(/^:? /, '') : message
  const old = shown === null ? '' : `, the screen shows ${shown}`
  return `${name} can't be read${old}: ${withoutName(reason, name, databaseId, `${host}:${port}`)}`
}

/**
 * One sentence for a list without rows: the reason, else `nothing` (e.g. `no session waits`). `queryResultNotes`
 * tells why a database can't be read.
 */
export function whyNoRows({ cluster, state }: ListContext, id: OnDemandQuery, nothing: string): string {
  const all = queryResultsOf(cluster, id)
  const names = (some: typeof all) => some.map(({ name }) => name).join(', ')
  const waiting = all.filter(({ reading }) => reading.state === 'waiting')
  if (all.length === 0) return 'no database is watched'
  if (all.every(({ value }) => value === null)) {
    if (waiting.length === 0) return 'no database can be read now'
    if (isHistoryShown(state)) return 'not read then: pgdeck reads this only while its view is open'
    if (state.paused) return `not read yet, and polling is paused: ${currentKey(state, 'space')} resumes it`
    return `waiting for the first answer of ${names(waiting)}`
  }
  const missing = all.filter(({ value }) => value === null)
  const silent = all.filter(({ value }) => value !== null && 'refused' in value && hidesRows(value, id))
  if (silent.length > 0 && silent.length + missing.length === all.length) return `unknown on ${names(silent)}`
  const notCounted = [
    ...(missing.length === 0 ? [] : [`${names(missing)} (not read)`]),
    ...(silent.length === 0 ? [] : [`${names(silent)} (unknown there)`]),
  ]
  return notCounted.length === 0 ? nothing : `${nothing}, not counting ${notCounted.join(', ')}`
}

/** Functions and views without which a list has no rows, or not all of them. */
const ROWS_FROM: { readonly [Id in OnDemandQuery]?: readonly string[] } = {
  activity: ['pg_stat_activity'],
  locks: [
    'pg_locks',
    'pg_stat_activity',
    'pg_prepared_xacts',
    'pg_stat_get_backend_idset()',
    'pg_stat_get_backend_wait_event()',
  ],
}

function hidesRows({ refused = [] }: Refusals, id: OnDemandQuery): boolean {
  return refused.some(({ name }) => ROWS_FROM[id]?.includes(name))
}

/** The facts that one database hides from this role. */
export interface MissingGrants extends Refusals {
  readonly name: string
  readonly missing: readonly MissingPrivilege[]
}

/**
 * One sentence per statement: where to run it, and what it shows; then what no statement shows. Nothing while nothing is
 * hidden.
 */
export function missingGrantNotes(all: readonly MissingGrants[], viewport: Viewport): readonly Line[] {
  const { columns, glyphs } = viewport
  const byGrant = new Map<string, { readonly names: Set<string>; readonly what: Set<string> }>()
  for (const { name, missing, refused = [] } of all) {
    const denied = refused.flatMap((one) =>
      one.grant === null ? [] : [{ what: refusedFunctionText(one), grant: one.grant }],
    )
    for (const { what, grant } of [...missing, ...denied]) {
      const known = byGrant.get(grant) ?? { names: new Set(), what: new Set() }
      byGrant.set(grant, { names: known.names.add(name), what: known.what.add(what) })
    }
  }
  const granted = [...byGrant].flatMap(([grant, { names, what }]) => {
    // The statement comes first: if the line is too short, the reasons are cut.
    const [first = '', ...more] = wrapText(
      `${grant} on ${[...names].join(', ')} would show ${[...what].join('; ')}`,
      columns - 4,
    )
    const isWhole = first.startsWith(grant)
    const start: Line = isWhole ? [span(grant, 'strong'), span(first.slice(grant.length))] : [span(first)]
    return [[span(` ${glyphs.unknown} `, 'warning'), ...start], ...more.map((text): Line => [span(`   ${text}`)])]
  })
  return [...granted, ...all.flatMap((one) => refusalNotes(one, viewport))]
}

/** What the server refuses to everybody. */
function refusalNotes({ name, refused = [] }: MissingGrants, { columns, glyphs }: Viewport): readonly Line[] {
  const unknown = refused.filter(({ grant }) => grant === null)
  if (unknown.length === 0) return []
  const text = `unknown on ${name}: ${unknown.map(refusedFunctionText).join('; ')}`
  return wrapText(text, columns - 4).map(
    (piece, index): Line => [span(index === 0 ? ` ${glyphs.unknown} ` : '   ', 'warning'), span(piece)],
  )
}
