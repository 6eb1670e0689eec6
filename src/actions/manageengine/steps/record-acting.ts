// Writes down who acts as the primary and what must not start before the restore: every monitor watches for that then.

import { ActionError } from '../../../model/runs/action-error.ts'
import type { JsonRecord } from '../../../model/runs/plan.ts'
import { isWritable } from '../../definition/participants.ts'
import { flagOf, optionalText, textOf, textsOf } from '../../definition/step-arguments.ts'
import type { Seen, StepKind } from '../../definition/step-kind.ts'
import { databaseName, databaseOf } from '../../definition/target.ts'
import { actingNow, keepActing } from '../installation/acting-store.ts'

export interface Acting {
  readonly database: string
  readonly server: string | null
  readonly sameTimeline: boolean
  readonly formerDatabases: readonly string[]
  readonly formerServers: readonly string[]
}

export function noteActingArguments(args: Acting): JsonRecord {
  return { ...args }
}

/** What the documented order leaves behind; kept in the trail by the evidence of the step. */
export const SAME_TIMELINE = 'same-timeline fork possible: rebuild only'

export const noteActing: StepKind = {
  kind: 'note-acting',
  onlyLooks: true,
  async run(args, tools) {
    const database = textOf(args, 'database')
    const { timeline = null, systemIdentifier = null } = databaseOf(tools.sight(), database) ?? {}
    await keepActing(tools, (before) =>
      before?.run === tools.run
        ? before
        : {
            database,
            server: optionalText(args, 'server'),
            since: Date.now(),
            run: tools.run,
            timeline,
            systemIdentifier,
            sameTimeline: flagOf(args, 'sameTimeline'),
            former: { databases: textsOf(args, 'formerDatabases'), servers: textsOf(args, 'formerServers') },
            restoring: null,
            restoredAt: null,
            held: null,
          },
    )
  },
  async verify(args, tools): Promise<Seen> {
    if (actingNow(tools)?.run !== tools.run) return { seen: 'not-yet', why: 'it is not written down yet' }
    const sight = tools.sight()
    const names = [...textsOf(args, 'formerDatabases'), ...textsOf(args, 'formerServers')]
    const watched =
      names.length === 0
        ? ''
        : `: ${names.map((id) => databaseName(sight, id)).join(', ')} must not start before the restore`
    const fork = flagOf(args, 'sameTimeline') ? `; ${SAME_TIMELINE}` : ''
    return {
      seen: 'yes',
      evidence: `kept: ${databaseName(sight, textOf(args, 'database'))} acts as the primary${watched}${fork}`,
    }
  },
  async undo(args, tools) {
    const view = databaseOf(await tools.look(), textOf(args, 'database'))
    if (view && isWritable(view)) throw new ActionError(`${view.name} takes writes: it still acts as the primary`)
    await keepActing(tools, (before) => (before?.run === tools.run ? null : before))
    return 'it is no longer written down as acting'
  },
}
