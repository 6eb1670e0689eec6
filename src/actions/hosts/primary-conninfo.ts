// Changes the address in a primary_conninfo. Everything else, also the password, stays. The text is never shown.

import { parseDsnText } from '../../config/dsn/dsn-text.ts'
import { parseConfLine } from '../../model/settings/conf-line.ts'
import type { DatabaseAddress } from './address.ts'

/** The keys that give an address and could override or contradict the new host and port. */
const PLACE: ReadonlySet<string> = new Set(['host', 'hostaddr', 'port', 'target_session_attrs', 'load_balance_hosts'])

/**
 * Returns the connection string for another upstream. `changes` replace keys. Throws DsnError for a text that libpq
 * would refuse.
 */
export function repointConninfo(
  conninfo: string,
  { host, port }: DatabaseAddress,
  changes: Readonly<Record<string, string>> = {},
): string {
  const kept = [...parseDsnText(conninfo)].filter(([key]) => !PLACE.has(key) && changes[key] === undefined)
  const all = [['host', host], ['port', String(port)], ...kept, ...Object.entries(changes)]
  return all.map(([key = '', value = '']) => `${key}=${written(value)}`).join(' ')
}

/** Returns the address in a connection string, for undo; null if it has none or several. */
export function addressInConninfo(conninfo: string): DatabaseAddress | null {
  const parameters = parseDsnText(conninfo)
  const host = parameters.get('hostaddr') ?? parameters.get('host') ?? ''
  const port = Number(parameters.get('port') ?? '5432')
  return host === '' || host.includes(',') || !Number.isInteger(port) ? null : { host, port }
}

function written(value: string): string {
  return /^[\w./:@%+-]+$/.test(value) ? value : `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}

/** A line break in a value would start another setting. */
const ESCAPED: Readonly<Record<string, string>> = { '\\': '\\\\', "'": "''", '\n': '\\n', '\r': '\\r' }

/** Returns the value of a setting in the text of one such file, whose last line counts; null if it is not set. */
export function settingInConf(text: string, name: string): string | null {
  const values = text.split('\n').flatMap((line) => {
    const parsed = parseConfLine(line)
    return parsed && 'value' in parsed && parsed.name.toLowerCase() === name ? [parsed.value] : []
  })
  return values.at(-1) ?? null
}

/** Returns the text of postgresql.auto.conf with these settings, each once and at the end. */
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
