// Which targets others have received messages from lately: that decides between "it is down" and "not visible from
// here".

import type { HostPortCheck } from '../measured/port-check.ts'
import { SILENT_SECONDS } from '../measured/silence.ts'
import type { ClusterSnapshot, DatabaseRecord } from '../measured/snapshot.ts'
import type { Picture } from '../picture/picture.ts'
import { standbyPositionOf } from '../picture/roles.ts'
import { connectsTo, serverEndpoints } from '../values/address.ts'
import { lastGood } from '../values/reading.ts'
import { clean } from '../values/text.ts'

/** Another host or server received something from a target. */
export interface LastHeard {
  /** When it must have been sent, by our clock, in milliseconds since the epoch. */
  readonly at: number
  /** Half a sentence: `db-ro still streams from it`. */
  readonly text: string
}

/**
 * Returns the newest sign of life of each failed target, by its id. Sessions do not count, because they may outlive a
 * server.
 */
export function collectLastHeard(
  snapshot: ClusterSnapshot,
  previous: Picture | null,
  now: number,
): ReadonlyMap<string, LastHeard> {
  const signs = new Map<string, LastHeard>()
  const failing = new Set(
    [...snapshot.databases, ...snapshot.servers].flatMap(({ spec, pulse }) =>
      pulse.state === 'stale' || pulse.state === 'failed' ? [spec.id] : [],
    ),
  )
  if (failing.size === 0) return signs
  const note = (id: string | null | undefined, at: number, words: string) => {
    const newest = signs.get(id ?? '')?.at ?? now - SILENT_SECONDS * 1000
    if (id != null && failing.has(id) && at > newest) signs.set(id, { at, text: words })
  }
  for (const record of snapshot.databases) {
    if (record.pulse.state !== 'fresh') continue
    const { value, at } = record.pulse
    const name = clean(record.displayName)
    const receiver = standbyPositionOf({ pulse: value })?.receiver
    if (receiver?.lastMessageAgeSeconds != null && receiver.status === 'streaming') {
      note(
        sourceOf(record, snapshot, previous),
        at - receiver.lastMessageAgeSeconds * 1000,
        `${name} still streams from it`,
      )
    }
    for (const sender of value.senders) {
      if (sender.replyAgeSeconds === null || sender.state !== 'streaming') continue
      const link = previous?.links.find((one) => one.upstreamId === record.spec.id && one.sender?.pid === sender.pid)
      note(link?.downstreamId, at - sender.replyAgeSeconds * 1000, `${name} still receives from it`)
    }
  }
  for (const check of snapshot.portChecks ?? []) notePortCheck(check, snapshot.portChecks ?? [], note)
  return signs
}

/** A port that is open from here too does not prove that the server behind it answers. */
function notePortCheck(
  { hostId, targetId, fault, at }: HostPortCheck,
  checks: readonly HostPortCheck[],
  note: (id: string, at: number, words: string) => void,
): void {
  if (hostId === null || fault !== null) return
  const ours = checks.find((other) => other.hostId === null && other.targetId === targetId)
  if (ours && ours.fault !== null) note(targetId, at, `host ${clean(hostId)} reaches its port`)
}

/** The database that a standby's walreceiver is connected to: by its address, else as known before. */
function sourceOf(standby: DatabaseRecord, snapshot: ClusterSnapshot, previous: Picture | null): string | null {
  const receiver = standby.pulse.state === 'fresh' ? standbyPositionOf({ pulse: standby.pulse.value })?.receiver : null
  const before = previous?.databases.find(({ id }) => id === standby.spec.id)?.upstreamId ?? null
  if (!receiver?.senderHost) return before
  const target = { host: receiver.senderHost, port: receiver.senderPort }
  const endpointsOf = ({ spec, pulse }: DatabaseRecord) => serverEndpoints(spec, lastGood(pulse))
  const own = endpointsOf(standby)
  const named = snapshot.databases.find((other) => other !== standby && connectsTo(target, own, endpointsOf(other)))
  return named?.spec.id ?? before
}
