// Bends a random connection towards a line, because hardly any would be let in by chance.

import { networkContains, parseIpAddress } from '../../../src/model/hba/syntax/ip-address.ts'
import { type HbaNameRule, type HbaRecord, isHbaKeyword } from '../../../src/model/hba/syntax/record.ts'
import type { Knock } from './knock.ts'
import { ADDRESSES, DATABASES, MEMBER_OF, USERS } from './situations.ts'

/** The connection with what this line asks for, as far as it can be had here. */
export function towards(
  asked: Knock,
  record: HbaRecord,
  has: { readonly tls: boolean; readonly ipv6: boolean },
): Knock {
  const { type } = record
  const [user, database] = [record.users, record.databases].map((rules) => rules.at(asked.user.length % rules.length))
  const who = user ? userFor(user, asked.user) : asked.user
  const local = type === 'local'
  const ssl = !local && has.tls && type !== 'hostnossl' && (type === 'hostssl' || asked.ssl)
  const bent = { ...asked, type: local ? ('local' as const) : ('host' as const), ssl, user: who }
  return { ...bent, address: addressFor(record, asked.address, has.ipv6), ...databaseFor(database, bent) }
}

function userFor(rule: HbaNameRule, otherwise: string): string {
  if (isHbaKeyword(rule, 'all')) return otherwise
  if (!rule.quoted && rule.text.startsWith('+')) {
    const members = USERS.filter((user) => MEMBER_OF[user]?.includes(rule.text.slice(1)))
    return members[otherwise.length % 2] ?? rule.text.slice(1)
  }
  return rule.pattern ? (USERS.find((name) => rule.pattern?.matches(name)) ?? otherwise) : rule.text || otherwise
}

function databaseFor(rule: HbaNameRule | undefined, asked: Knock): Pick<Knock, 'database' | 'replication'> {
  const { database, replication, user } = asked
  if (rule === undefined) return { database, replication }
  if (isHbaKeyword(rule, 'replication')) return { database, replication: 'physical' }
  const logical = replication === 'physical' ? 'logical' : replication
  if (isHbaKeyword(rule, 'all')) return { database, replication: logical }
  if (isHbaKeyword(rule, 'sameuser')) return { database: user, replication: logical }
  if (isHbaKeyword(rule, 'samerole') || isHbaKeyword(rule, 'samegroup')) {
    return { database: MEMBER_OF[user]?.[0] ?? user, replication: logical }
  }
  const matching = rule.pattern ? DATABASES.find((name) => rule.pattern?.matches(name)) : rule.text
  return { database: matching || database, replication: logical }
}

function addressFor({ address: rule }: HbaRecord, otherwise: string, ipv6: boolean): string {
  const here = ADDRESSES.filter((one) => ipv6 || !one.includes(':'))
  const found = here.filter((one) => {
    const address = parseIpAddress(one)
    if (rule?.kind === 'network') return address !== null && networkContains(rule.network, address)
    return rule?.kind === 'same-host' || rule?.kind === 'name' ? /^127\.0\.0\.1$|:/.test(one) : one === otherwise
  })
  return found[otherwise.length % Math.max(1, found.length)] ?? otherwise
}
