// Names and addresses as words of pg_hba.conf: quoted where they would mean something else.

import { parseIpAddress } from './ip-address.ts'

const KEYWORDS = new Set(['all', 'sameuser', 'samerole', 'samegroup', 'replication'])

/**
 * The name as a word that means this name and nothing else to a server of that major version; null where no word can
 * (a line break, or what can't be shown as it is).
 */
export function quoteHbaName(name: string, major: number): string | null {
  if (name === '' || /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(name)) return null
  if (/^[A-Za-z_][\w.$-]*$/.test(name) && !KEYWORDS.has(name)) return name
  // A leading slash begins a regular expression in quotes too.
  const meant = major >= 16 && name.startsWith('/') ? `/^${name.replace(/[^\w/ -]/g, '\\$&')}$` : name
  return `"${meant.replaceAll('"', '""')}"`
}

/** `10.0.0.13/32`, `fd00::13/128`; null when it is no numeric address. */
export function formatHbaAddress(address: string): string | null {
  const bare = address.replace(/%.*$/, '')
  const parsed = parseIpAddress(bare)
  return parsed && /^[\da-fA-F.:]+$/.test(bare) ? `${bare}/${parsed.family === 4 ? 32 : 128}` : null
}
