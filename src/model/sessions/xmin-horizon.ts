// What holds back the xmin horizon of a primary, over all nodes: a session, a prepared transaction, a slot, or a standby
// with hot_standby_feedback and there the session that causes it.

import type { DatabasePulse, ReplicationSlot } from '../measured/pulse.ts'
import type { DatabaseView, LinkView, Picture } from '../picture/picture.ts'
import { isReadAsStandby } from '../picture/roles.ts'
import type { RefusedFunction } from '../values/refused-function.ts'
import { sessionText, transactionsText } from './transaction-text.ts'

type Around = Pick<Picture, 'databases' | 'links'>

/** The oldest holder. `age` is in transactions. */
export interface XminHolder {
  readonly kind: 'session' | 'prepared' | 'slot' | 'standby'
  readonly age: number
  /** Who holds it, down to the session on a standby where that can be read. */
  readonly text: string
  /** Id of the node where it can be ended. */
  readonly nodeId: string
  readonly remedy: string
}

/**
 * `isBound`: there may be an older holder, because not all sessions were read or this role does not see them. `unknown`:
 * for that reason nothing was found.
 */
export type XminHorizon =
  | { readonly kind: 'none' }
  | { readonly kind: 'held'; readonly holder: XminHolder; readonly isBound: boolean }
  | { readonly kind: 'unknown' }

/** The oldest holder of the xmin horizon of a database, and of what its standbys ask it to keep. */
export function xminHorizonOf(view: DatabaseView, around: Around): XminHorizon {
  const { pulse } = view
  if (!pulse?.transactions) return { kind: 'unknown' }
  const holder = oldestHolder(view, pulse, around, [])
  const isBound = isHidden(pulse) || (pulse.unreadSessions ?? 0) > 0 || pulse.refused?.some(tellsHolders) === true
  if (holder) return { kind: 'held', holder, isBound }
  return isBound ? { kind: 'unknown' } : { kind: 'none' }
}

const TELLING = [
  'age()',
  'pg_stat_get_activity()',
  'pg_prepared_xact()',
  'pg_get_replication_slots()',
  'pg_stat_get_wal_senders()',
  'pg_stat_get_progress_info()',
]

/** Whether holders may be unknown because the server refuses this function. */
function tellsHolders({ name }: RefusedFunction): boolean {
  return TELLING.includes(name)
}

/** Whether this role does not see what sessions of others do. The xmin of one that is not tracked is visible. */
function isHidden({ sessions }: DatabasePulse): boolean {
  return sessions.active === null && !sessions.untracked
}

function oldestHolder(
  view: DatabaseView,
  pulse: DatabasePulse,
  around: Around,
  seen: readonly string[],
): XminHolder | null {
  const holders = [
    ...ofSession(view, pulse),
    ...ofPrepared(view, pulse),
    ...ofSlots(view, pulse, around, [...seen, view.id]),
    ...ofSenders(view, pulse, around, [...seen, view.id]),
  ]
  const oldest = Math.max(...holders.map(({ age }) => age))
  return holders.find(({ age }) => age === oldest) ?? null
}

function ofSession({ id, name }: DatabaseView, { transactions }: DatabasePulse): readonly XminHolder[] {
  const session = transactions?.xminSession
  if (!session) return []
  const { age, kind, pid } = session
  const what = kind === null || kind === 'client backend' ? '' : `${kind}, `
  const remedy = `view 3 on ${name}: end the transaction of process ${pid}`
  return [{ kind: 'session', age, text: `${what}${sessionText(session)}`, nodeId: id, remedy }]
}

function ofPrepared({ id, name }: DatabaseView, { transactions }: DatabasePulse): readonly XminHolder[] {
  const prepared = transactions?.prepared
  const oldest = prepared?.oldestByAge ?? prepared?.oldest
  if (!prepared || !oldest || prepared.oldestAge === null) return []
  const { gid, owner, database } = oldest
  const whose = `${owner === null ? '' : ` of ${owner}`}${database === null ? '' : ` in ${database}`}`
  const remedy = `COMMIT PREPARED or ROLLBACK PREPARED in database ${database ?? '?'} on ${name}, as its owner`
  return [
    { kind: 'prepared', age: prepared.oldestAge, text: `prepared transaction "${gid}"${whose}`, nodeId: id, remedy },
  ]
}

function ofSlots(
  view: DatabaseView,
  { slots }: DatabasePulse,
  around: Around,
  seen: readonly string[],
): readonly XminHolder[] {
  return slots.flatMap((slot): readonly XminHolder[] => {
    if (isInvalidated(slot)) return []
    const ages = [slot.xminAge ?? null, slot.catalogXminAge ?? null].filter((age) => age !== null)
    if (ages.length === 0) return []
    const link = around.links.find((each) => each.upstreamId === view.id && each.slot === slot.name)
    const age = Math.max(...ages)
    const behind = slot.xminAge == null ? null : causeBehind(link, age, around, seen)
    const text = `slot ${slot.name}${slotUse(slot, link, behind)}`
    const remedy =
      behind?.remedy ?? (slot.active ? `let the consumer of slot ${slot.name} catch up` : dropText(slot, view.name))
    return [{ kind: 'slot', age, text, nodeId: behind?.nodeId ?? view.id, remedy }]
  })
}

/** The server still shows the xmin of such a slot, but does not keep anything for it. */
function isInvalidated({ walStatus, invalidationReason }: ReplicationSlot): boolean {
  return walStatus === 'lost' || invalidationReason !== null
}

function dropText({ name }: ReplicationSlot, node: string): string {
  return `connect what uses slot ${name}, or drop that slot on ${node}`
}

function slotUse(slot: ReplicationSlot, link: LinkView | undefined, behind: XminHolder | null): string {
  const rows = slot.xminAge == null ? ' keeps rows of catalogs' : ''
  if (!slot.active) return `${rows}${rows === '' ? '' : ' and'} is inactive`
  if (rows !== '') return rows
  return feedbackText(link?.downstreamName ?? 'a standby', behind)
}

function feedbackText(standby: string, behind: XminHolder | null): string {
  const there = behind ? `: there ${behind.text}` : ''
  return ` of ${standby} (hot_standby_feedback)${there}`
}

function ofSenders(
  view: DatabaseView,
  { senders }: DatabasePulse,
  around: Around,
  seen: readonly string[],
): readonly XminHolder[] {
  return senders.flatMap(({ pid, xminAge, applicationName }): readonly XminHolder[] => {
    if (xminAge == null) return []
    const link = around.links.find((each) => each.upstreamId === view.id && each.sender?.pid === pid)
    const behind = causeBehind(link, xminAge, around, seen)
    const name = link?.downstreamName ?? (applicationName || 'a standby')
    const text = `the walsender${feedbackText(name, behind)}`
    const remedy = behind?.remedy ?? `look for old transactions on ${name}, or set hot_standby_feedback = off there`
    return [{ kind: 'standby', age: xminAge, text, nodeId: behind?.nodeId ?? view.id, remedy }]
  })
}

/** The feedback of a standby arrives every 10 s, and the two were read at different moments. */
const FEEDBACK_LATE = 1_000_000

/** What holds the horizon back on the standby of a link, by its last reading; null if nothing there is as old. */
function causeBehind(
  link: LinkView | undefined,
  age: number,
  around: Around,
  seen: readonly string[],
): XminHolder | null {
  const standby = around.databases.find(({ id }) => id === link?.downstreamId)
  if (!standby?.pulse || seen.includes(standby.id) || !isReadAsStandby(standby)) return null
  const holder = oldestHolder(standby, standby.pulse, around, seen)
  return holder && holder.age * 2 + FEEDBACK_LATE >= age ? holder : null
}

/** `the xmin horizon is 120 million transactions old: …`. */
export function xminHorizonText({ age, text }: XminHolder): string {
  return `the xmin horizon is ${transactionsText(age)} old: ${text}`
}
