// What a manager says of a database, in words short enough for a column.

import type { ManagedRole } from '../measured/managers/manager-member.ts'
import type { ClusterManager } from './detection/cluster-manager.ts'
import type { ManagedMember } from './detection/manager-details.ts'

const ROLE_WORDS: Readonly<Partial<Record<ManagedRole, string>>> = {
  sync: 'sync',
  quorum: 'quorum',
  'standby-leader': 'standby leader',
  witness: 'witness',
}

/** The member that this database is; null: none, or nothing is told. */
export function memberOfDatabase(manager: ClusterManager | null, id: string): ManagedMember | null {
  return manager?.details?.members.find(({ databaseId }) => databaseId === id) ?? null
}

/** Only what is worth knowing: empty for a member like any other. The most important first. */
export function memberWords(manager: ClusterManager | null, id: string): readonly string[] {
  const member = memberOfDatabase(manager, id)
  const facts = member?.facts
  const isAgentSilent = manager !== null && manager.activity !== 'hint' && manager.agents[id] === 'silent'
  const cannotLead = facts?.tags?.noFailover === true
  const role = facts?.role ? ROLE_WORDS[facts.role] : undefined
  return [
    ...(isAgentSilent ? ['no agent'] : []),
    ...(facts?.inMaintenance ? ['maintenance'] : []),
    ...(cannotLead ? ['nofailover'] : []),
    ...(facts?.priority === 0 && !cannotLead ? ['priority 0'] : []),
    ...(facts?.isHealthy === false && !facts.inMaintenance ? ['unhealthy'] : []),
    ...(facts?.pendingRestart ? ['pending restart'] : []),
    ...(facts?.restartAt ? ['restart planned'] : []),
    ...(role === undefined ? [] : [role]),
  ]
}
