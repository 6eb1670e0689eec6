// How the model and the server understand one file, line by line.

import { parseIpAddress } from '../../../src/model/hba/syntax/ip-address.ts'
import type { HbaAddressRule, HbaRecord, HbaRules } from '../../../src/model/hba/syntax/record.ts'
import type { ViewedLine } from './judge.ts'

/** One text for each line that both don't understand alike; empty when there is none. */
export function differences(rules: HbaRules, rows: readonly ViewedLine[], main: string): readonly string[] {
  const ours = new Map<string, string>()
  for (const record of rules.records) ours.set(`${record.file}:${record.line}`, recordText(record))
  for (const { file, line, error } of rules.problems) {
    if (line !== null) ours.set(`${file}:${line}`, `refused: ${plain(error)}`)
  }
  const theirs = new Map(rows.map((row) => [`${row.file ?? main}:${row.line}`, rowText(row)]))
  const places = new Set([...ours.keys(), ...theirs.keys()])
  return [...places].flatMap((place) => {
    const [own, other] = [ours.get(place), theirs.get(place)]
    return own === other || (WORDLESS.includes(other ?? '') && own?.startsWith('refused'))
      ? []
      : [`${place}\n  model:  ${own}\n  server: ${other}`]
  })
}

/** Said of every error of such a line; and some errors have no words in the view. */
const WORDLESS = ['refused: hostssl record cannot match because SSL is disabled', 'refused: ']

/** The system's own words in messages differ by system. */
function plain(error: string): string {
  return error.replace(/: (?:No such file or directory|Name or service not known)$/, '')
}

function recordText({ type, databases, users, address, method }: HbaRecord): string {
  const texts = (list: HbaRecord['users']) => JSON.stringify(list.map(({ text }) => text))
  return [type, texts(databases), texts(users), addressText(address), method].join(' ')
}

function rowText({ type, databases, users, address, netmask, method, error }: ViewedLine): string {
  if (type === null) return `refused: ${plain(error ?? '')}`
  return [type, JSON.stringify(databases), JSON.stringify(users), theirAddress(address, netmask), method].join(' ')
}

function addressText(rule: HbaAddressRule | null): string {
  if (rule === null) return 'null'
  if (rule.kind === 'name') return rule.name
  if (rule.kind !== 'network') return { all: 'all', 'same-host': 'samehost', 'same-net': 'samenet' }[rule.kind]
  return numbers(rule.network.address.family, rule.network.address.value, rule.network.mask)
}

function theirAddress(address: string | null, netmask: string | null): string {
  const [base, mask] = [parseIpAddress(address ?? ''), parseIpAddress(netmask ?? '')]
  if (base === null || mask === null) return String(address)
  return numbers(base.family, base.value, mask.value)
}

function numbers(family: 4 | 6, value: bigint, mask: bigint): string {
  return `${family}:${value.toString(16)}/${mask.toString(16)}`
}
