// Which standbys commits wait for: synchronous_standby_names, parsed as the server does.

/** `first`: the first connected ones in the list; `any`: the first that confirm. */
export interface SyncStandbys {
  readonly method: 'first' | 'any'
  /** How many must confirm. */
  readonly count: number
  /** In the order of the setting; `*` matches every name. */
  readonly names: readonly string[]
}

const COUNTED = /^(?:(first|any)\s+)?(\d+)\s*\((.*)\)$/is
const NAME = /"((?:[^"]|"")*)"|([^\s,"]+)/g

/** Parses `ANY 1 (a, b)`, `FIRST 2 (a, b)`, `2 (a, b)` and `a, b`; null if commits wait for no standby. */
export function parseSyncStandbys(setting: string): SyncStandbys | null {
  const text = setting.trim()
  if (text === '') return null
  const counted = COUNTED.exec(text)
  const names = [...(counted?.[3] ?? text).matchAll(NAME)].map(
    ([, quoted, bare]) => quoted?.replaceAll('""', '"') ?? bare ?? '',
  )
  const method = counted?.[1]?.toLowerCase() === 'any' ? 'any' : 'first'
  return { method, count: counted ? Number(counted[2]) : 1, names }
}

/** The position of an application name in the setting, from 1; null if it is missing. Ignores case. */
export function syncPriorityOf({ names }: SyncStandbys, applicationName: string): number | null {
  const wanted = applicationName.toLowerCase()
  const index = names.findIndex((name) => name === '*' || name.toLowerCase() === wanted)
  return index < 0 ? null : index + 1
}
