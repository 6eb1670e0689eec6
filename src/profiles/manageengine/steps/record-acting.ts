// Writes down who acts as the primary and what must not start before the restore: every monitor watches for that then.

import { isWritableDatabase } from '../../../actions/definition/participants.ts'
import {
  flagArgument,
  optionalTextArgument,
  textArgument,
  textListArgument,
} from '../../../actions/definition/step-arguments.ts'
import type { StepKind, Verification } from '../../../actions/definition/step-kind.ts'
import { databaseName, findDatabase } from '../../../actions/definition/target.ts'
import { ActionError } from '../../../model/runs/action-error.ts'
import type { JsonRecord } from '../../../model/runs/plan.ts'
import { readActingPrimary, updateActingPrimary } from '../roles/acting-store.ts'

export interface ActingRecord {
  readonly database: string
  readonly server: string | null
  readonly sameTimeline: boolean
  readonly formerDatabases: readonly string[]
  readonly formerServers: readonly string[]
}

export function recordActingArguments(args: ActingRecord): JsonRecord {
  return { ...args }
}

/** What the documented order leaves behind; kept in the trail by the evidence of the step. */
export const SAME_TIMELINE_WARNING = 'same-timeline fork possible: rebuild only'

export const recordActingKind: StepKind = {
  kind: 'note-acting',
  isReadOnly: true,
  async run(args, tools) {
    const database = textArgument(args, 'database')
    const { timeline = null, systemIdentifier = null } = findDatabase(tools.view(), database) ?? {}
    await updateActingPrimary(tools, (before) =>
      before?.run === tools.run
        ? before
        : {
            database,
            server: optionalTextArgument(args, 'server'),
            since: Date.now(),
            run: tools.run,
            timeline,
            systemIdentifier,
            sameTimeline: flagArgument(args, 'sameTimeline'),
            former: {
              databases: textListArgument(args, 'formerDatabases'),
              servers: textListArgument(args, 'formerServers'),
            },
            restoring: null,
            restoredAt: null,
            held: null,
          },
    )
  },
  async verify(args, tools): Promise<Verification> {
    if (readActingPrimary(tools)?.run !== tools.run) return { result: 'not-yet', why: 'it is not written down yet' }
    const sight = tools.view()
    const names = [...textListArgument(args, 'formerDatabases'), ...textListArgument(args, 'formerServers')]
    const watched =
      names.length === 0
        ? ''
        : `: ${names.map((id) => databaseName(sight, id)).join(', ')} must not start before the restore`
    const fork = flagArgument(args, 'sameTimeline') ? `; ${SAME_TIMELINE_WARNING}` : ''
    return {
      result: 'yes',
      evidence: `kept: ${databaseName(sight, textArgument(args, 'database'))} acts as the primary${watched}${fork}`,
    }
  },
  async undo(args, tools) {
    const view = findDatabase(await tools.refresh(), textArgument(args, 'database'))
    if (view && isWritableDatabase(view))
      throw new ActionError(`${view.name} takes writes: it still acts as the primary`)
    await updateActingPrimary(tools, (before) => (before?.run === tools.run ? null : before))
    return 'it is no longer written down as acting'
  },
}
