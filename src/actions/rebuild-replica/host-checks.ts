// Checks of a replica's host before a rebuild: disk space, renaming of its data, its connection string, the copy
// method.

import { dirname } from 'node:path'
import { ActionError } from '../../model/runs/action-error.ts'
import { FaultError } from '../../model/values/fault.ts'
import { clean } from '../../model/values/text.ts'
import { formatBytes } from '../../model/values/units.ts'
import type { ActionToolbox, PreflightCheck, PreflightResult } from '../definition/action.ts'
import { addressForOthers } from '../hosts/address.ts'
import type { DatabaseService } from '../hosts/service.ts'
import type { PlacedTablespace } from '../tablespaces/placement.ts'
import { upstreamConninfo } from './conninfo.ts'
import type { CopyMethod } from './run-copy.ts'

const LIMIT_MS = 8_000

/**
 * Fails if there is certainly no room for a copy beside the old data, on a file system that gets a part of it; or, where
 * `replaces`, in their place.
 */
export function hostDiskSpaceCheck(
  service: DatabaseService,
  bytes: number | null,
  tablespaces: readonly PlacedTablespace[],
  replaces = false,
): PreflightCheck {
  return {
    id: 'disk',
    mayOverride: true,
    async run(_, __, tools): Promise<PreflightResult> {
      const beside = replaces ? '' : ' beside the old data'
      const data = service.dataDirectory ?? ''
      const needs = spaceNeeds(replaces ? data : dirname(data), bytes, tablespaces)
      const found = needs && (await fileSystemsOnHost(service, needs, tools))
      if (!found)
        return {
          result: 'warn',
          message: `whether there is space for a base backup${beside} is unknown`,
          hint: 'Check df on its host.',
        }
      const where = (mount: string) => (found.length === 1 ? '' : ` in ${clean(mount)}`)
      const texts = found.map(({ needed, free, mount }) => {
        const size = `about ${formatBytes(needed)} are needed${beside}`
        return `${size}${where(mount)}, ${formatBytes(free)} are free`
      })
      const message = texts.join('; ')
      if (found.every(({ needed, free }) => free >= needed)) return { result: 'pass', message, hint: null }
      if (!replaces) return { result: 'fail', message, hint: 'Free space on its host first.' }
      return withoutOldData(message, found, await oldBytes(service, tools))
    },
  }
}

/** What the old data take becomes free first. The first file system is theirs; what old tablespaces take is unknown. */
function withoutOldData(
  message: string,
  [first, ...others]: readonly FileSystemNeed[],
  old: number | null,
): PreflightResult {
  const hint = 'Check du on its host.'
  if (old === null || !first)
    return { result: 'warn', message: `${message}; the size of the old data is unknown`, hint }
  const text = `${message}, and ${formatBytes(old)} once the old data are removed`
  if (first.needed > first.free + old) return { result: 'fail', message: text, hint: 'Free space on its host first.' }
  if (others.some(({ needed, free }) => needed > free)) return { result: 'warn', message: text, hint }
  return { result: 'pass', message: text, hint: null }
}

/** What the data directory takes, without tablespaces elsewhere; null: unknown. */
async function oldBytes({ host, dataDirectory }: DatabaseService, tools: ActionToolbox): Promise<number | null> {
  const connection = tools.host(host)
  if (!connection || dataDirectory === null) return null
  try {
    const signal = AbortSignal.any([tools.signal, AbortSignal.timeout(LIMIT_MS)])
    const { exitCode, stdout } = await connection.run(['du', '-sk', dataDirectory], { signal })
    const found = /^(\d+)\s/.exec(stdout)
    return exitCode === 0 && found ? Number(found[1]) * 1024 : null
  } catch (error) {
    if (error instanceof FaultError && !tools.signal.aborted) return null
    throw error
  }
}

interface SpaceNeed {
  readonly path: string
  readonly bytes: number
}

/** null: unknown. */
function spaceNeeds(
  folder: string,
  bytes: number | null,
  tablespaces: readonly PlacedTablespace[],
): readonly SpaceNeed[] | null {
  if (bytes === null) return null
  const needs: SpaceNeed[] = []
  for (const each of tablespaces) {
    if (each.bytes === null) return null
    needs.push({ path: each.path, bytes: each.bytes })
  }
  const elsewhere = needs.reduce((sum, each) => sum + each.bytes, 0)
  return [{ path: folder, bytes: Math.max(0, bytes - elsewhere) }, ...needs]
}

interface FileSystemNeed {
  readonly mount: string
  readonly needed: number
  readonly free: number
}

/** null: unknown. */
async function fileSystemsOnHost(
  { host, dataDirectory }: DatabaseService,
  needs: readonly SpaceNeed[],
  tools: ActionToolbox,
): Promise<readonly FileSystemNeed[] | null> {
  const connection = tools.host(host)
  if (!connection || dataDirectory === null) return null
  const signal = AbortSignal.any([tools.signal, AbortSignal.timeout(LIMIT_MS)])
  const { stdout } = await connection.run(['df', '-Pk', ...needs.map(({ path }) => path)], { signal })
  const rows = stdout.trim().split('\n').slice(1)
  if (rows.length !== needs.length) return null
  const found = new Map<string, FileSystemNeed>()
  for (const [index, { bytes }] of needs.entries()) {
    const [, free, mount] = /\s\d+\s+\d+\s+(\d+)\s+\S+\s+(\/.*)$/.exec(rows[index] ?? '') ?? []
    if (free === undefined || mount === undefined) return null
    const before = found.get(mount)?.needed ?? 0
    found.set(mount, { mount, needed: before + bytes, free: Number(free) * 1024 })
  }
  return [...found.values()]
}

/** Fails if the data directory can't be renamed: it is a mount point, or its parent belongs to another account. */
export function dataDirectoryMovable({ host, dataDirectory }: DatabaseService): PreflightCheck {
  return {
    id: 'data-directory',
    mayOverride: false,
    async run(_, __, tools): Promise<PreflightResult> {
      const connection = tools.host(host)
      if (!connection || dataDirectory === null) return null
      const signal = AbortSignal.any([tools.signal, AbortSignal.timeout(LIMIT_MS)])
      const parent = dirname(dataDirectory)
      const byHand = `Rebuild it by hand: empty ${dataDirectory}, then pg_basebackup into it.`
      if ((await connection.run(['test', '-d', dataDirectory], { signal })).exitCode !== 0)
        return {
          result: 'fail',
          message: `${dataDirectory} is not there`,
          hint: 'Check "dataDirectory" of its host in the config.',
        }
      if ((await connection.run(['test', '-w', parent], { signal })).exitCode !== 0)
        return { result: 'fail', message: `this user may not write to ${parent}`, hint: byHand }
      if ((await connection.run(['test', '-L', dataDirectory], { signal })).exitCode === 0)
        return {
          result: 'fail',
          message: `${dataDirectory} is a symbolic link`,
          hint: 'Set the real path as "dataDirectory" of its host.',
        }
      const { stdout } = await connection.run(['df', '-P', parent, dataDirectory], { signal })
      const [first, second] = stdout
        .trim()
        .split('\n')
        .slice(1)
        .map((line) => line.split(/\s+/).at(-1))
      if (first !== second)
        return {
          result: 'fail',
          message: `${dataDirectory} is a separate file system: pgdeck can’t move it aside`,
          hint: byHand,
        }
      return { result: 'pass', message: `pgdeck can move ${dataDirectory} aside`, hint: null }
    },
  }
}

/** Fails if the connection string of the replica is unknown. Its text is not shown. */
export function conninfoKnown(
  target: string,
  upstream: string,
  { host, dataDirectory }: DatabaseService,
): PreflightCheck {
  return {
    id: 'primary-conninfo',
    mayOverride: false,
    async run(_, __, tools): Promise<PreflightResult> {
      const connection = tools.host(host)
      if (!connection || dataDirectory === null) return null
      const wanted = { database: target, upstream, to: addressForOthers(upstream, tools), folders: [dataDirectory] }
      try {
        await upstreamConninfo(wanted, connection, tools)
      } catch (error) {
        if (error instanceof ActionError) return { result: 'fail', message: error.message, hint: error.hint }
        throw error
      }
      return { result: 'pass', message: 'pgdeck has the connection to its upstream', hint: null }
    },
  }
}

/** Reports the copy method. A copy by hand is a warning. */
export function copyMethodCheck(method: CopyMethod): PreflightCheck {
  return {
    id: 'copy-way',
    mayOverride: false,
    run(): PreflightResult {
      if (method.method === 'manual')
        return { result: 'warn', message: `by hand: ${method.why}`, hint: 'The plan has the commands.' }
      const message =
        method.method === 'program'
          ? `pg_basebackup ${method.version} on its host`
          : 'pgdeck itself receives it: its host is this one'
      return { result: 'pass', message, hint: null }
    },
  }
}
