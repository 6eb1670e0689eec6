// The alert `two-servers`: behind one dsn the server changes, and no restart of it explains that.

import { otherServerOf, type SeenServers } from '../../measured/observed-servers.ts'
import { identityText } from '../../measured/server-identity.ts'
import { clean } from '../../values/text.ts'
import { formatAge } from '../../values/units.ts'
import { type Condition, type Findings, told } from './condition.ts'

export function twoServersConditions({ snapshot, now }: Findings): readonly Condition[] {
  return snapshot.databases.flatMap(({ spec, displayName, servers }) => {
    const message = twoServersText(clean(displayName), servers, now)
    return message === null ? [] : [told('two-servers', spec.id, 'warning', message, servers?.other?.readAt ?? null)]
  })
}

/** Which two answer, in one sentence; null where one does. */
export function twoServersText(name: string, servers: SeenServers | undefined, now: number): string | null {
  const other = otherServerOf(servers, now)
  if (!servers || !other) return null
  const before = `${formatAge(now - other.readAt)} ago ${identityText(other.identity)} answered`
  return `${name} leads to more than one server: ${before}, and now ${identityText(servers.last.identity)}`
}
