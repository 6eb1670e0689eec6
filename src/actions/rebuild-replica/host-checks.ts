// Checks of a replica's host before a rebuild: disk space, renaming of its data, its connection string, the copy
// method.

import { dirname } from 'node:path'
import { ActionError } from '../../model/runs/action-error.ts'
import { formatBytes } from '../../model/values/units.ts'
import type { ActionToolbox, PreflightCheck, PreflightResult } from '../definition/action.ts'
import { addressForOthers } from '../hosts/address.ts'
import type { DatabaseService } from '../hosts/service.ts'
import { upstreamConninfo } from './conninfo.ts'
import type { CopyMethod } from './run-copy.ts'

const LIMIT_MS = 8_000

/** Fails if there is certainly no room for a copy beside the old data. */
export function hostDiskSpaceCheck({ host, dataDirectory }: DatabaseService, bytes: number | null): PreflightCheck {
  return {
    id: 'disk',
    mayOverride: true,
    async run(_, __, tools): Promise<PreflightResult> {
      const free = await freeOnHost(host, dataDirectory, tools)
      if (free === null || bytes === null)
        return {
          result: 'warn',
          message: 'whether there is space for a base backup beside the old data is unknown',
          hint: 'Check df on its host.',
        }
      const message = `about ${formatBytes(bytes)} are needed beside the old data, ${formatBytes(free)} are free`
      if (free >= bytes) return { result: 'pass', message, hint: null }
      return { result: 'fail', message, hint: 'Free space on its host first.' }
    },
  }
}

async function freeOnHost(
  host: string | null,
  dataDirectory: string | null,
  tools: ActionToolbox,
): Promise<number | null> {
  const connection = tools.host(host)
  if (!connection || dataDirectory === null) return null
  const signal = AbortSignal.any([tools.signal, AbortSignal.timeout(LIMIT_MS)])
  const { stdout } = await connection.run(['df', '-Pk', dirname(dataDirectory)], { signal })
  const available = stdout.trim().split('\n').at(-1)?.split(/\s+/)[3]
  return available !== undefined && /^\d+$/.test(available) ? Number(available) * 1024 : null
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
