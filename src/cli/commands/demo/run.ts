// `pgdeck demo`: a real cluster with application servers on loopback, and the monitor over it.

import { join } from 'node:path'
import type { Demo } from '../../../demo/demo.ts'
import { writeOutputFile } from '../../../io/files/output-file.ts'
import type { ProgramLog } from '../../../io/files/program-log.ts'
import type { ModelId, ProfileId } from '../../../model/measured/spec.ts'
import type { TraceRecorder } from '../../../runtime/trace/trace-recorder.ts'
import { CommandError } from '../../invocation/exit-codes.ts'
import { requireWritableOut } from '../../invocation/output.ts'
import { requireTerminal, showScreen } from '../../watching/screen.ts'
import { openWatchSession } from '../../watching/session.ts'

export interface DemoCommandOptions {
  readonly model: ModelId
  readonly size: number
  readonly profile?: ProfileId | undefined
  readonly seconds?: number | undefined
  /** Where to write a configuration that other commands can watch the demo with; it holds the demo's password. */
  readonly writeConfig?: string | undefined
  /** Over a file that is there. */
  readonly force?: boolean | undefined
  readonly clusterName?: string | undefined
  readonly intervalMs?: number | undefined
  readonly readOnly?: boolean | undefined
  readonly press?: string | undefined
  readonly screenReader?: boolean | undefined
  readonly log?: ProgramLog | undefined
  readonly trace?: TraceRecorder | undefined
}

/** Starts the demo, shows it, and takes everything away again whatever way it ends. Resolves to the exit code. */
export async function demoCommand(options: DemoCommandOptions): Promise<number> {
  requireTerminal()
  const { writeConfig, force = false } = options
  if (writeConfig !== undefined) requireWritableOut('--write-config', writeConfig, force)
  const demo = await started(options)
  try {
    if (writeConfig !== undefined) writeOutputFile(writeConfig, demo.describe(), { force })
    return await watchDemo(demo, options)
  } finally {
    await demo.stop()
  }
}

async function started({ model, size, profile }: DemoCommandOptions): Promise<Demo> {
  const { startDemo } = await import('../../../demo/demo.ts')
  const { DEMO_INSTALLERS } = await import('../../../profiles/demo.ts')
  try {
    return await startDemo({ model, size, profile, installers: DEMO_INSTALLERS }, tellStep)
  } catch (error) {
    if (error instanceof TypeError || !(error instanceof Error)) throw error
    // No PostgreSQL, no room, no user to run it as: what is missing is told, and is nobody's defect.
    throw new CommandError(`the demo could not start: ${error.message}`, { cause: error })
  } finally {
    if (process.stderr.isTTY) process.stderr.write('\r\x1b[2K')
  }
}

async function watchDemo(demo: Demo, options: DemoCommandOptions): Promise<number> {
  // A demo's servers are new each time, so nothing of them is worth keeping among the user's own, nor after its end.
  const env = { ...process.env, PGDECK_STATE_DIR: process.env.PGDECK_STATE_DIR || join(demo.folder, 'state') }
  const session = openWatchSession({ ...options, config: demo.config, env, withHost: true, records: true })
  try {
    return await showScreen({
      session,
      trace: options.trace,
      faults: demo.faults,
      press: options.press,
      screenReader: options.screenReader,
      seconds: options.seconds,
    })
  } finally {
    await session.close()
  }
}

/** One line that is rewritten on a terminal; a line per step elsewhere. */
function tellStep(step: string): void {
  process.stderr.write(process.stderr.isTTY ? `\r\x1b[2Kpgdeck demo: ${step}` : `pgdeck demo: ${step}\n`)
}
