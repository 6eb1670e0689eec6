// What counts once Patroni keeps no value of a setting any more.

import { PATRONI_COMMAND_LINE_SETTINGS } from '../../../model/measured/managers/manager-signs.ts'
import type { ChangedNode } from '../../change-setting/changed-node.ts'

/** It always gives these: without a value of its own, by its defaults, which but for one are those of PostgreSQL. */
const ALWAYS_GIVEN: ReadonlySet<string> = new Set([...PATRONI_COMMAND_LINE_SETTINGS, 'wal_keep_size'])
const OTHER_DEFAULTS: Readonly<Record<string, string>> = { wal_keep_size: '128MB' }

export function isAlwaysGiven(name: string): boolean {
  return ALWAYS_GIVEN.has(name.toLowerCase())
}

/** It writes postgresql.conf; the file of before, which that includes, stays. */
const ITS_FILES = /(?:^|[\\/])postgresql(?:\.auto)?\.conf$/

/** The value that a server takes then, in the unit of the setting or with its own; null: unknown. */
export function valueOnceRemoved({ lines, setting }: ChangedNode['node'], name: string): string | null {
  const boot = setting?.bootValue ?? null
  if (isAlwaysGiven(name)) return OTHER_DEFAULTS[name.toLowerCase()] ?? boot
  if (lines === null) return null
  return lines.findLast(({ file }) => !ITS_FILES.test(file))?.value ?? boot
}
