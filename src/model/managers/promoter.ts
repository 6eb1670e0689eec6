// Who promotes a standby when the primary fails: a running manager, a person, or nobody while the manager can't.

import { MANAGER_TITLES, type ManagerKind } from '../measured/managers/manager-signs.ts'
import type { ClusterManager } from './detection/cluster-manager.ts'
import { whyItPromotesNobody } from './takeover.ts'

export type Promoter =
  | { readonly by: 'person' }
  | {
      readonly by: 'manager'
      readonly title: string
      /** How long the lock of a dead leader lasts (ttl); null: not told. */
      readonly ttlSeconds: number | null
      /** False: the manager does not tell its members, so it may choose another one. */
      readonly isChoiceKnown: boolean
    }
  /** `why`: a clause, e.g. `Patroni is paused`. */
  | { readonly by: 'nobody'; readonly why: string }

const PERSON: Promoter = { by: 'person' }

/** They promote by themselves whenever they run. repmgr does where its daemon runs beside the standby. */
const AUTOMATIC: ReadonlySet<ManagerKind> = new Set(['patroni', 'pg_auto_failover', 'cloudnativepg'])

/** `candidate`: id of the standby that would take over; null: none. */
export function promoterOf(manager: ClusterManager | null, candidate: string | null): Promoter {
  if (manager?.activity !== 'live') return PERSON
  const { kind, details = null, agents, paused } = manager
  const isRepmgrd = kind === 'repmgr' && candidate !== null && agents[candidate] === 'runs'
  if (!AUTOMATIC.has(kind) && !isRepmgrd) return PERSON
  const title = MANAGER_TITLES[kind]
  const standstill = whyItPromotesNobody(manager)
  if (standstill !== null) return { by: 'nobody', why: standstill }
  if (paused) return { by: 'nobody', why: `${title} is paused` }
  // Only its monitor decides. What the nodes show of it lasts longer than the monitor.
  if (kind === 'pg_auto_failover' && details && !details.areMembersCurrent)
    return { by: 'nobody', why: 'the monitor of pg_auto_failover does not answer' }
  const isChoiceKnown = details !== null && details.members.length > 0
  return { by: 'manager', title, ttlSeconds: details?.settings?.ttlSeconds ?? null, isChoiceKnown }
}
