// Which member of a manager each database is, by address.

import type { ManagerMember } from '../../measured/managers/manager-report.ts'
import type { ManagerKind } from '../../measured/managers/manager-signs.ts'
import type { DatabaseRecord } from '../../measured/snapshot.ts'
import { lastGood } from '../../values/reading.ts'

/** Matches members by port and host, those of CloudNativePG also by name: as configured, as the server reports them, or by a unique port. */
export function memberNames(
  { members, kind }: { readonly members: readonly ManagerMember[]; readonly kind?: ManagerKind },
  databases: readonly DatabaseRecord[],
): Readonly<Record<string, string>> {
  const pairs = databases.flatMap(({ spec, pulse }) => {
    const seen = lastGood(pulse)
    const hosts = [spec.host, seen?.serverAddress ?? null]
    const samePort = members.filter(({ port }) => port === spec.port || port === (seen?.serverPort ?? null))
    // Pods are often reached through a forwarded port: there the name in the configuration is that of the instance.
    const named = kind === 'cloudnativepg' ? members.find(({ name }) => name === spec.id) : undefined
    const exact = named ?? samePort.find(({ host }) => host !== null && hosts.includes(host))
    const onlyOne = samePort.length === 1 && databases.filter(({ spec: { port } }) => port === spec.port).length === 1
    const member = exact ?? (onlyOne ? samePort[0] : undefined)
    return member ? [[spec.id, member.name] as const] : []
  })
  return Object.fromEntries(pairs)
}
