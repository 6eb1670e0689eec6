// `--trace`: which commands can be traced, and the file that is begun for it.

import { Option } from 'commander'
import { isPathTaken } from '../../io/files/output-file.ts'
import type { TraceRecorder } from '../../runtime/trace/trace-recorder.ts'
import { UsageError } from './exit-codes.ts'
import type { CommonOptions } from './options.ts'
import { requireWritableOut } from './output.ts'

export type { TraceRecorder } from '../../runtime/trace/trace-recorder.ts'

/** Those that watch: what happens goes through a store. */
const TRACED: readonly string[] = ['watch', 'demo', 'status', 'topology', 'metrics', 'do']

/** Those without `--force`: in front of an action it would say something else. */
const NEVER_REPLACED: readonly string[] = ['demo', 'do']

/** For commands that have no other file to replace. */
export function traceForceOption(): Option {
  return new Option('--force', 'replace the file of --trace if it exists')
}

/** Begins the trace that was asked for; null where none was. Throws UsageError before anything is asked of a server. */
export async function openTrace(
  command: string,
  options: CommonOptions,
  version: string,
): Promise<TraceRecorder | null> {
  const { trace: path, force = false } = options
  if (path === undefined) return null
  if (!TRACED.includes(command))
    throw new UsageError(`--trace: ${command} can't be traced; what can be are ${TRACED.join(', ')}`)
  if (path === '') throw new UsageError('--trace: the name is empty; allowed: the path of a new file')
  if (NEVER_REPLACED.includes(command) && isPathTaken(path))
    throw new UsageError(`--trace ${path}: something exists already: name a new file`)
  requireWritableOut('--trace', path, force)
  const { createTraceRecorder } = await import('../../runtime/trace/trace-recorder.ts')
  return createTraceRecorder({ path, force, version })
}
