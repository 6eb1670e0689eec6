// `--trace`: which commands can be traced, and the start of the file.

import { Option } from 'commander'
import { isPathTaken } from '../../io/files/output-file.ts'
import type { TraceRecorder } from '../../runtime/trace/trace-recorder.ts'
import { UsageError } from './exit-codes.ts'
import type { CommonOptions } from './options.ts'
import { requireWritableOut } from './output.ts'

export type { TraceRecorder } from '../../runtime/trace/trace-recorder.ts'

/** Commands that watch: their events go through a store. */
const TRACED: readonly string[] = ['watch', 'demo', 'status', 'topology', 'metrics', 'record', 'do']

/** Commands without `--force`. On an action it would mean something else. */
const NEVER_REPLACED: readonly string[] = ['demo', 'do']

/** For commands without another file to overwrite. */
export function traceForceOption(): Option {
  return new Option('--force', 'replace the file of --trace if it exists')
}

/** Begins the requested trace; null without one. Throws UsageError before any server is asked. */
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
