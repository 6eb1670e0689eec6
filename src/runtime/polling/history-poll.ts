// Reads the timeline history of one database beside the polls: once for each timeline and start of its server.

import type { DatabaseConfig } from '../../config/config.ts'
import { openWalSenderSession } from '../../io/base-backup/walsender-session.ts'
import type { Tunnel } from '../../io/postgres/connection/tunnel.ts'
import type { DatabasePulse } from '../../model/measured/pulse.ts'
import { isSameSystem, serverIdentityOf } from '../../model/measured/server-identity.ts'
import { isHistoryOf, parseSwitchPoints, type TimelineHistory } from '../../model/measured/timeline-history.ts'
import { FaultError, isUnreachable } from '../../model/values/fault.ts'
import type { ProbeOutcome } from '../../model/values/reading.ts'
import type { Store } from '../../state/store.ts'
import { createPolledTarget, type PolledTarget } from './polled-target.ts'

export interface HistoryPoll extends PolledTarget {
  /** Called with the result of the database's latest poll. */
  saw(outcome: ProbeOutcome<DatabasePulse>): void
}

/** A refusal (by pg_hba.conf, or without a free walsender) writes a line to the server log each time. */
const AGAIN_MS = 300_000

/**
 * Reads nothing from a database on its first timeline, through a pooler, or without REPLICATION. It opens a session of
 * physical replication, which takes one of max_wal_senders for a moment.
 */
export function createHistoryPoll(
  store: Store,
  cluster: string,
  config: DatabaseConfig,
  tunnel: Tunnel | undefined,
): HistoryPoll {
  const { id, host, port } = config.spec
  let seen: DatabasePulse | null = null
  let tried: string | null = null
  let known: TimelineHistory | null = null
  const target = createPolledTarget<TimelineHistory | null>({
    everyMs: AGAIN_MS,
    description: `the timeline history of ${id} (${host}:${port})`,
    read: async (signal) => (seen ? readHistory(seen, config, tunnel, signal) : null),
    onResult: (outcome) => {
      // A refusal will repeat, so the next try waits. After any other failure the next poll tries again.
      if (outcome.ok ? outcome.value === null : isUnreachable(outcome.fault)) tried = null
      if (!outcome.ok || outcome.value === null) return
      known = outcome.value
      store.dispatch({ type: 'history-read', cluster, id, at: Date.now(), history: known })
    },
  })
  return {
    async poll(limits) {
      if (!seen || !isReadable(seen) || (known && isHistoryOf(known, seen))) return
      const asked = `${seen.systemIdentifier} ${seen.postmasterStart} ${seen.timeline}`
      const isNew = asked !== tried
      tried = asked
      await target.poll({ ...limits, timeoutMs: Math.max(limits.timeoutMs, LIMIT_MS), force: isNew })
    },
    saw(outcome) {
      seen = outcome.ok ? outcome.value : null
    },
  }
}

function isReadable({ timeline, mayReplicate, pooler, ...pulse }: DatabasePulse): boolean {
  return (
    serverIdentityOf(pulse) !== null &&
    timeline !== null &&
    timeline > 1 &&
    mayReplicate === true &&
    pooler === undefined
  )
}

/** null if another server answers, or if the timeline changed meanwhile: the next poll tries again. */
async function readHistory(
  pulse: DatabasePulse,
  { connection, passwordCommand }: DatabaseConfig,
  tunnel: Tunnel | undefined,
  signal: AbortSignal,
): Promise<TimelineHistory | null> {
  const at = pulse.endpoint
  const endpoints = connection.endpoints.filter(({ host, port }) => host === at?.host && port === at.port)
  const [only] = endpoints.length === 0 && connection.endpoints.length === 1 ? connection.endpoints : endpoints
  if (!only)
    throw new FaultError({ code: 'protocol', message: 'which host of its dsn answered is unknown', hint: null })
  const link = await openWalSenderSession({
    connection: { ...connection, endpoints: [only] },
    passwordCommand,
    connectMs: LIMIT_MS,
    tunnel,
    signal,
  })
  try {
    const { systemIdentifier, timeline, port } = await link.identify()
    if (!isSameSystem({ systemIdentifier }, pulse) || timeline !== pulse.timeline || port !== pulse.port) return null
    const { postmasterStart } = pulse
    if (postmasterStart === null) return null
    const switchPoints = parseSwitchPoints(await link.history(timeline))
    return { systemIdentifier, postmasterStart, timeline, switchPoints }
  } finally {
    await link.close()
  }
}

/** Opening a session takes longer than polling over an open one. */
const LIMIT_MS = 4_000
