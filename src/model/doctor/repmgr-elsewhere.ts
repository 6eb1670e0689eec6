// repmgr in charge of databases whose dsn leads elsewhere than to its table: what to configure and to grant.

import { repmgrGrants } from '../managers/repmgr-grants.ts'
import type { DatabasePulse } from '../measured/pulse.ts'
import type { DoctorFinding, InspectedDatabase } from './doctor.ts'

/** One finding for all of them; none where a dsn leads to the table. */
export function repmgrElsewhere(nodes: readonly InspectedDatabase[]): readonly DoctorFinding[] {
  if (nodes.some(({ pulse }) => pulse !== null && hasTable(pulse))) return []
  const [first, ...others] = nodes.filter(({ pulse, facts }) => pulse !== null && facts !== null && isRunBy(pulse))
  if (!first?.facts) return []
  const { role, database } = first.facts
  const text = `repmgr is in charge, and its table is in another database than ${database}: priorities, upstreams and events stay unknown`
  const next = [
    `Name the database of repmgr in the configuration: "manager": {"kind": "repmgr", "dsn": "postgresql://${encodeURIComponent(role)}@HOST/repmgr"}`,
    `In that database, on the primary: ${repmgrGrants(role)};`,
  ]
  const subject = [first, ...others].map(({ id }) => id).join(', ')
  return [{ area: 'privileges', level: 'warning', subject, text, next }]
}

function hasTable({ managerSigns }: DatabasePulse): boolean {
  return managerSigns.tables.some(({ name }) => name === 'repmgr.nodes')
}

/** By signs that only a superuser can make. */
function isRunBy({ managerSigns: { sessions, libraries } }: DatabasePulse): boolean {
  const isLoaded = (libraries ?? '').split(',').some((library) => /(?:^|\/)repmgr"?$/.test(library.trim()))
  return (
    isLoaded || sessions.some(({ name, isPrivileged }) => isPrivileged && (name === 'repmgr' || name === 'repmgrd'))
  )
}
