// `pgdeck demo`: runs a real cluster with application servers on loopback, and the monitor over it.

import { join } from 'node:path'
import type { Demo } from '../../../demo/demo.ts'
import { writeOutputFile } from '../../../io/files/output-file.ts'
import type { ProgramLog } from '../../../io/files/program-log.ts'
import type { ModelId, ProfileId } from '../../../model/measured/spec.ts'
import type { TraceRecorder } from '../../../runtime/trace/trace-recorder.ts'
import { CommandError, UsageError } from '../../invocation/exit-codes.ts'
import { requireWritableOut } from '../../invocation/output.ts'
import { requireTerminal, showScreen } from '../../watching/screen.ts'
import { openWatchSession } from '../../watching/session.ts'

export interface DemoCommandOptions {
  readonly model: ModelId
  readonly size: number
  readonly profile?: ProfileId | undefined
  readonly seconds?: number | undefined
  /** Without the applications that use the databases. */
  readonly calm?: boolean | undefined
  /** Where to write a configuration for other commands. It contains the demo's password. */
  readonly writeConfig?: string | undefined
  /** Overwrites an existing file. */
  readonly force?: boolean | undefined
  readonly clusterName?: string | undefined
  readonly intervalMs?: number | undefined
  readonly readOnly?: boolean | undefined
  readonly press?: string | undefined
  readonly select?: string | undefined
  /** Plays an incident by itself, so many times as fast as it is meant to be read. */
  readonly tour?: number | undefined
  readonly screenReader?: boolean | undefined
  readonly log?: ProgramLog | undefined
  readonly trace?: TraceRecorder | undefined
}

/** Starts the demo, shows it, and removes everything, however it ends. Resolves to the exit code. */
export async function demoCommand(options: DemoCommandOptions): Promise<number> {
  const { writeConfig, force = false, tour } = options
  if (tour !== undefined) await requirePlayableTour(options)
  requireTerminal()
  if (writeConfig !== undefined) requireWritableOut('--write-config', writeConfig, force)
  const demo = await started(options)
  try {
    if (writeConfig !== undefined) writeOutputFile(writeConfig, demo.describe(), { force })
    return await watchDemo(demo, options)
  } finally {
    await demo.stop()
  }
}

/** The tour promotes a standby. Throws a UsageError before anything is started. */
async function requirePlayableTour({ model, size, readOnly }: DemoCommandOptions): Promise<void> {
  if (readOnly) throw new UsageError('--tour promotes a standby, which --read-only refuses: leave one of them out')
  const { hasStandby } = await import('../../../demo/demo-cluster.ts')
  if (!hasStandby(model, size))
    throw new UsageError(
      `--tour promotes a standby, and the model ${model} has none: add --size 2, or choose another model`,
    )
}

async function started({ model, size, profile, calm = false }: DemoCommandOptions): Promise<Demo> {
  const { startDemo } = await import('../../../demo/demo.ts')
  const { DEMO_INSTALLERS } = await import('../../../profiles/demo.ts')
  try {
    return await startDemo({ model, size, profile, lively: !calm, installers: DEMO_INSTALLERS }, tellStep)
  } catch (error) {
    if (error instanceof TypeError || !(error instanceof Error)) throw error
    // Without PostgreSQL, space, or a user to run it, the demo reports what is missing. This is not a defect.
    throw new CommandError(`the demo could not start: ${error.message}`, { cause: error })
  } finally {
    if (process.stderr.isTTY) process.stderr.write('\r\x1b[2K')
  }
}

async function watchDemo(demo: Demo, options: DemoCommandOptions): Promise<number> {
  // The servers of a demo are new each time: nothing about them is kept in the user's own state, or after the end.
  const env = { ...process.env, PGDECK_STATE_DIR: process.env.PGDECK_STATE_DIR || join(demo.folder, 'state') }
  const session = openWatchSession({ ...options, config: demo.config, env, withHost: true, records: true })
  try {
    return await showScreen({
      session,
      trace: options.trace,
      faults: demo.faults,
      press: options.press,
      select: options.select,
      tourSpeed: options.tour,
      screenReader: options.screenReader,
      seconds: options.seconds,
    })
  } finally {
    await session.close()
  }
}

/** One line that a terminal rewrites; elsewhere one line for each step. */
function tellStep(step: string): void {
  process.stderr.write(process.stderr.isTTY ? `\r\x1b[2Kpgdeck demo: ${step}` : `pgdeck demo: ${step}\n`)
}
