// primary_conninfo with another place in it: everything else, the password too, stays as it was. Never shown to anybody.

import { parseDsnText } from '../../config/dsn/dsn-text.ts'
import type { DatabaseAddress } from './address.ts'

/** What names a place, and would win over or contradict the new host and port. */
const PLACE: ReadonlySet<string> = new Set(['host', 'hostaddr', 'port', 'target_session_attrs', 'load_balance_hosts'])

/** The connection string for another upstream. `changes` replace keys. Throws DsnError for what libpq would not take. */
export function repointConninfo(
  conninfo: string,
  { host, port }: DatabaseAddress,
  changes: Readonly<Record<string, string>> = {},
): string {
  const kept = [...parseDsnText(conninfo)].filter(([key]) => !PLACE.has(key) && changes[key] === undefined)
  const all = [['host', host], ['port', String(port)], ...kept, ...Object.entries(changes)]
  return all.map(([key = '', value = '']) => `${key}=${written(value)}`).join(' ')
}

/** The place that a connection string names, for undoing; null where it names none or several. */
export function addressInConninfo(conninfo: string): DatabaseAddress | null {
  const found = parseDsnText(conninfo)
  const host = found.get('hostaddr') ?? found.get('host') ?? ''
  const port = Number(found.get('port') ?? '5432')
  return host === '' || host.includes(',') || !Number.isInteger(port) ? null : { host, port }
}

function written(value: string): string {
  return /^[\w./:@%+-]+$/.test(value) ? value : `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}

/** A line break in a value would begin a setting of its own. */
const ESCAPED: Readonly<Record<string, string>> = { '\\': '\\\\', "'": "''", '\n': '\\n', '\r': '\\r' }
const PLAIN: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' }

const LINE = /^\s*([a-z_.]+)\s*=?\s*'((?:[^'\\]|''|\\.)*)'\s*$/i

/** The value of a setting in postgresql.auto.conf, where the last line counts; null where it has none. */
export function autoConfSetting(text: string, name: string): string | null {
  const values = text.split('\n').flatMap((line) => {
    const [, key, value] = LINE.exec(line) ?? []
    return key?.toLowerCase() === name && value !== undefined
      ? [value.replace(/''|\\(.)/g, (_, letter?: string) => (letter === undefined ? "'" : (PLAIN[letter] ?? letter)))]
      : []
  })
  return values.at(-1) ?? null
}

/** The text of postgresql.auto.conf with these settings, each once and last. */
export function withAutoConfSettings(text: string, settings: Readonly<Record<string, string>>): string {
  const lines = text.split('\n').filter((line) => {
    const key = /^\s*([a-z_.]+)/i.exec(line)?.[1]?.toLowerCase()
    return key === undefined || settings[key] === undefined
  })
  while (lines.at(-1) === '') lines.pop()
  const added = Object.entries(settings).map(
    ([key, value]) => `${key} = '${value.replace(/[\\'\n\r]/g, (letter) => ESCAPED[letter] ?? letter)}'`,
  )
  return `${[...lines, ...added].join('\n')}\n`
}
