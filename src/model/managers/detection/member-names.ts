// Which member of a manager each database is, by address.

import type { ManagerMember } from '../../measured/managers/manager-report.ts'
import type { DatabaseRecord } from '../../measured/snapshot.ts'
import { lastGood } from '../../values/reading.ts'

/** Matches members by port and host: as configured, as the server reports them, or by a unique port. */
export function memberNames(
  { members }: { readonly members: readonly ManagerMember[] },
  databases: readonly DatabaseRecord[],
): Readonly<Record<string, string>> {
  const pairs = databases.flatMap(({ spec, pulse }) => {
    const seen = lastGood(pulse)
    const hosts = [spec.host, seen?.serverAddress ?? null]
    const samePort = members.filter(({ port }) => port === spec.port || port === (seen?.serverPort ?? null))
    const exact = samePort.find(({ host }) => host !== null && hosts.includes(host))
    const onlyOne = samePort.length === 1 && databases.filter(({ spec: { port } }) => port === spec.port).length === 1
    const member = exact ?? (onlyOne ? samePort[0] : undefined)
    return member ? [[spec.id, member.name] as const] : []
  })
  return Object.fromEntries(pairs)
}
