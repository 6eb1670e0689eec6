// The step that collects logs into an archive, which appears under its name only when it is whole.

import { isPathTaken } from '../../io/base-backup/backup-path.ts'
import { ActionError } from '../../model/runs/action-error.ts'
import { textArgument } from '../definition/step-arguments.ts'
import type { StepKind, Verification } from '../definition/step-kind.ts'

const TELL_EVERY_MS = 2_000

/** What each archive of this process holds, by its path: a plain file tells nothing of who made it. */
const MADE = new Map<string, string>()

export const collectLogsKind: StepKind = {
  kind: 'collect-logs',
  isReadOnly: true,
  async run(args, tools) {
    const path = textArgument(args, 'path')
    if (isPathTaken(path))
      throw new ActionError(`${path} is there already`, 'If it is of a run that was cut off it is whole: look at it.')
    let toldAt = performance.now()
    const told = (progress: string) => {
      if (performance.now() - toldAt < TELL_EVERY_MS) return
      toldAt = performance.now()
      tools.writeOutput(progress)
    }
    try {
      MADE.set(path, await tools.collectLogs(textArgument(args, 'node'), path, told))
    } catch (error) {
      tools.signal.throwIfAborted()
      throw new ActionError(error instanceof Error ? error.message : String(error), null, { cause: error })
    }
  },
  async verify(args): Promise<Verification> {
    const path = textArgument(args, 'path')
    if (!isPathTaken(path)) return { result: 'not-yet', why: `${path} is not there` }
    return { result: 'yes', evidence: `${path} (${MADE.get(path) ?? 'it is there'})` }
  },
}
