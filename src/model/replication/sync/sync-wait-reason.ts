// Why commits wait for a synchronous standby: compares synchronous_standby_names with the connected standbys.

import type { WalSender } from '../../measured/pulse.ts'
import { LATE_REPLY_SECONDS } from '../../measured/silence.ts'
import { listText } from '../../values/text.ts'
import { parseSyncStandbys, type SyncStandbys, syncPriorityOf } from './sync-standbys.ts'

export interface SyncWaitReason {
  /** How many confirmations a commit needs. */
  readonly needed: number
  /** Connected standbys that could confirm: named, streaming, and they report what they have flushed. */
  readonly qualified: readonly string[]
  /** One sentence. */
  readonly text: string
}

/**
 * Returns why a commit of this server waits, by the setting and the walsenders of its pulse: no standby qualifies, or
 * the qualified ones have not confirmed. null for `senders` if this role may not see their state.
 */
export function syncWaitReason(setting: string, senders: readonly WalSender[] | null): SyncWaitReason {
  const wanted = parseSyncStandbys(setting)
  if (wanted === null) {
    return {
      needed: 0,
      qualified: [],
      text: 'synchronous_standby_names is empty now: these commits will continue soon',
    }
  }
  const { count: needed } = wanted
  const asks = `synchronous_standby_names = '${setting}' asks for ${needed}`
  const standbys = (senders ?? []).filter((sender) => sender.state !== 'backup')
  if (senders === null || standbys.some((sender) => sender.state === null)) {
    return { needed, qualified: [], text: `${asks}; this role may not see the state of the standbys` }
  }
  const named = standbys.filter((sender) => syncPriorityOf(wanted, sender.applicationName) !== null)
  const streaming = named.filter((sender) => canConfirm(sender))
  const qualified = streaming.map((sender) => sender.applicationName)
  if (streaming.length >= needed) return { needed, qualified, text: waitsFor(mustConfirm(wanted, streaming)) }
  const but = named.length > streaming.length ? unfit(named, streaming) : connected(standbys, named)
  const none = streaming.length === 0 ? 'no standby qualifies' : `only ${listText(qualified)} ${verb(qualified)}`
  return { needed, qualified, text: `${none}: ${asks}, ${but}` }
}

/**
 * The server counts only what reports a flushed position: pg_receivewal without `--synchronous` and the second
 * connection of pg_basebackup stream and never do.
 */
function canConfirm({ state, flushedLsn }: WalSender): boolean {
  return (state === 'streaming' || state === 'stopping') && flushedLsn !== null
}

/** With FIRST only the leading ones confirm: the server marks them as `sync`, the others as `potential`. */
function mustConfirm({ method }: SyncStandbys, streaming: readonly WalSender[]): readonly WalSender[] {
  const leading = method === 'first' ? streaming.filter(({ sync }) => sync === 'sync') : []
  return leading.length > 0 ? leading : streaming
}

function waitsFor(streaming: readonly WalSender[]): string {
  const names = streaming.map(({ applicationName, replyAgeSeconds }) =>
    replyAgeSeconds !== null && replyAgeSeconds > LATE_REPLY_SECONDS
      ? `${applicationName} (last reply ${Math.round(replyAgeSeconds)} s ago)`
      : applicationName,
  )
  return `waits for ${listText(names)} to confirm`
}

function unfit(named: readonly WalSender[], streaming: readonly WalSender[]): string {
  const others = named.filter((sender) => !streaming.includes(sender))
  const why = others.map(({ applicationName, state }) =>
    state === 'streaming' || state === 'stopping'
      ? `${applicationName} confirms nothing (it reports no flushed position)`
      : `${applicationName} is in state ${state}`,
  )
  return `but ${listText(why)}`
}

function connected(standbys: readonly WalSender[], named: readonly WalSender[]): string {
  const others = standbys
    .filter((sender) => !named.includes(sender))
    .map((sender) => sender.applicationName || '(no name)')
  if (named.length > 0 && others.length === 0) return 'and no other standby is connected'
  return others.length === 0 ? 'and no standby is connected' : `and it does not name ${listText(others)}`
}

function verb(names: readonly string[]): string {
  return names.length === 1 ? 'qualifies' : 'qualify'
}
