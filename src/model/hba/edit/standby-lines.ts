// Which lines of a pg_hba.conf are there for one standby alone: they can go when it does.

import type { HbaAudit, HbaNodeAudit } from '../audit/audit.ts'
import { fullNetmask } from '../syntax/ip-address.ts'
import { type HbaRecord, isHbaKeyword } from '../syntax/record.ts'
import { hbaFields } from '../syntax/tokens.ts'

/**
 * Lines of one database that let in that standby and nobody else the topology knows of: of physical replication only,
 * for one role, from one address.
 */
export function linesForStandbyOnly(
  { entries, nodes }: HbaAudit,
  standby: string,
  database: string,
): readonly HbaRecord[] {
  const deciding = (isIts: boolean) =>
    new Set(
      entries
        .filter(({ connection }) => connection.toId === database && (connection.fromId === standby) === isIts)
        .flatMap(({ decision }) => (decision?.line == null ? [] : [`${decision.line} ${decision.file}`])),
    )
  const [its, others] = [deciding(true), deciding(false)]
  const records = recordsOf(nodes.find(({ id }) => id === database))
  const found = records.filter((record) => {
    const key = `${record.line} ${record.file}`
    return its.has(key) && !others.has(key) && isNarrow(record)
  })
  // The same line once more would let it in when the first one is gone.
  return records.filter((record) => found.some((each) => each === record || sayTheSame(each, record)))
}

function sayTheSame(one: HbaRecord, other: HbaRecord): boolean {
  const words = ({ rule }: HbaRecord) => JSON.stringify(hbaFields(rule))
  return words(one) === words(other)
}

function recordsOf(node: HbaNodeAudit | undefined): readonly HbaRecord[] {
  return node?.reading?.known ? node.reading.rules.records : []
}

function isNarrow({ databases, users, address, method }: HbaRecord): boolean {
  const [database] = databases
  const [user] = users
  if (!database || !user || databases.length > 1 || users.length > 1 || method === 'reject') return false
  const isOneRole = user.pattern === null && !isHbaKeyword(user, 'all') && !(user.text.startsWith('+') && !user.quoted)
  const isOneHost = address?.kind === 'network' && address.network.mask === fullNetmask(address.network.address.family)
  return isHbaKeyword(database, 'replication') && isOneRole && isOneHost
}
