// Which standbys commits wait for: synchronous_standby_names as the server reads it.

/** `first`: the leading ones of those connected; `any`: whichever confirm first. */
export interface SyncStandbys {
  readonly method: 'first' | 'any'
  /** How many must confirm. */
  readonly count: number
  /** In the order of the setting; `*` stands for every name. */
  readonly names: readonly string[]
}

const COUNTED = /^(?:(first|any)\s+)?(\d+)\s*\((.*)\)$/is
const NAME = /"((?:[^"]|"")*)"|([^\s,"]+)/g

/** Reads `ANY 1 (a, b)`, `FIRST 2 (a, b)`, `2 (a, b)` and `a, b`; null when commits wait for nobody. */
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

/** The place of an application name in the setting, from 1 on; null when it is not named. Case does not count. */
export function syncPriorityOf({ names }: SyncStandbys, applicationName: string): number | null {
  const wanted = applicationName.toLowerCase()
  const index = names.findIndex((name) => name === '*' || name.toLowerCase() === wanted)
  return index < 0 ? null : index + 1
}
