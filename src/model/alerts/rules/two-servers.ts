// The alert `two-servers`: another server answers behind one DSN, and no restart explains it.

import { type ObservedServers, otherObservedServer } from '../../measured/observed-servers.ts'
import { serverIdentityText } from '../../measured/server-identity.ts'
import { subjectOf } from '../../picture/subject.ts'
import { clean } from '../../values/text.ts'
import { formatAge } from '../../values/units.ts'
import { type AlertCondition, immediate, type RuleInput } from './condition.ts'

export function twoServersConditions({ snapshot, now }: RuleInput): readonly AlertCondition[] {
  return snapshot.databases.flatMap(({ spec, displayName, servers }) => {
    const message = twoServersText(clean(displayName), servers, now)
    return message === null
      ? []
      : [immediate('two-servers', subjectOf(spec.id), 'warning', message, servers?.other?.readAt ?? null)]
  })
}

/** Names the two servers in one sentence; null if there is only one. */
export function twoServersText(name: string, servers: ObservedServers | undefined, now: number): string | null {
  const other = otherObservedServer(servers, now)
  if (!servers || !other) return null
  const before = `one answered ${formatAge(now - other.readAt)} ago (${serverIdentityText(other.identity)})`
  return `${name} reaches more than one server: ${before}, another answers now (${serverIdentityText(servers.last.identity)})`
}
