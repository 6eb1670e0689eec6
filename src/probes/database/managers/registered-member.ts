// A member as the table of repmgr or of pg_auto_failover lists it. What is not understood is unknown.

import * as z from 'zod'
import { type ManagedRole, type MemberFacts, NO_MEMBER_FACTS } from '../../../model/measured/managers/manager-member.ts'
import type { ManagerMember } from '../../../model/measured/managers/manager-report.ts'
import { parseLsn } from '../../../model/values/lsn.ts'
import { clean } from '../../../model/values/text.ts'
import { cleanText } from '../answers/answer.ts'

/** A row of the statement of either table. */
export interface NodeRow {
  readonly scope: string | null
  readonly name: string
  readonly host: string | null
  readonly port: number | null
  readonly leads: boolean
  readonly state: string | null
  readonly system: string | null
  readonly facts: unknown
}

const optional = <Shape extends z.ZodType>(shape: Shape) => shape.nullable().catch(null).prefault(null)

const facts = z
  .object({
    role: optional(z.string()),
    priority: optional(z.number()),
    isHealthy: optional(z.boolean()),
    upstream: optional(cleanText),
    assigned: optional(cleanText),
    isInQuorum: optional(z.boolean()),
    health: optional(z.number()),
    lsn: optional(z.string()),
    timeline: optional(z.number()),
    ago: optional(z.coerce.number()),
    id: optional(z.number()),
    configFile: optional(cleanText),
    user: optional(cleanText),
    database: optional(cleanText),
  })
  .nullable()
  .catch(null)

const ROLES: Readonly<Record<string, ManagedRole>> = { primary: 'leader', standby: 'replica', witness: 'witness' }

/** The member in the words of the model. */
export function registeredMember({ name, host, port, leads, state, facts: told }: NodeRow): ManagerMember {
  return {
    name: clean(name),
    host: host === null ? null : clean(host),
    port,
    isLeader: leads,
    state: state === null ? null : clean(state),
    facts: factsOf(facts.parse(told), state),
  }
}

function factsOf(told: z.output<typeof facts>, state: string | null): MemberFacts {
  if (told === null) return NO_MEMBER_FACTS
  const { role, priority, isHealthy, upstream, assigned, isInQuorum, health, lsn, timeline, ago, id } = told
  const { configFile, user, database } = told
  return {
    ...NO_MEMBER_FACTS,
    role: role !== null && Object.hasOwn(ROLES, role) ? (ROLES[role] ?? null) : null,
    priority,
    // The monitor of pg_auto_failover: 1 is good, 0 bad, -1 not checked yet.
    isHealthy: health === null || health < 0 ? isHealthy : health > 0,
    upstream,
    assignedState: assigned,
    inMaintenance: [state, assigned].some(
      (word) => word !== null && /maintenance$/.test(word) && word !== 'prepare_maintenance',
    ),
    isInQuorum,
    reportedLsn: lsn === null ? null : parseLsn(lsn),
    timeline,
    reportedAgoSeconds: ago,
    nodeId: id,
    registration: role === null ? null : { configFile, user, database },
  }
}
