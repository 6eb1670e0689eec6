// Names of roles and databases as statements and hints have them.

import { clean } from '../../../model/values/text.ts'

export function quoted(name: string): string {
  return `"${clean(name).replaceAll('"', '""')}"`
}

/** Without quotes where it needs none. */
export function plainOrQuoted(name: string): string {
  return /^[a-z_][a-z0-9_$]*$/.test(name) ? name : quoted(name)
}
