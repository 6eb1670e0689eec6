// Kinds of steps that keep the record of the acting primary: that it acts, that its backup is restored, that it is gone.

import {
  flagArgument,
  optionalTextArgument,
  textArgument,
  textListArgument,
} from '../../../actions/definition/step-arguments.ts'
import type { StepKind, Verification } from '../../../actions/definition/step-kind.ts'
import { databaseName, findDatabase } from '../../../actions/definition/target.ts'
import { isWritable } from '../../../model/picture/roles.ts'
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
    if (view && isWritable(view)) throw new ActionError(`${view.name} takes writes: it still acts as the primary`)
    await updateActingPrimary(tools, (before) => (before?.run === tools.run ? null : before))
    return 'it is no longer written down as acting'
  },
}

/** Args: `database`; `entries`, what is to be deleted from the config. */
export const recordRemovalKind: StepKind = {
  kind: 'note-gone',
  isReadOnly: true,
  async run(args, tools) {
    const database = textArgument(args, 'database')
    await updateActingPrimary(tools, (acting) => (acting?.database === database ? null : acting))
    for (const entry of textListArgument(args, 'entries')) tools.writeOutput(`delete from the config: ${entry}`)
  },
  async verify(args, tools): Promise<Verification> {
    if (readActingPrimary(tools)?.database === textArgument(args, 'database'))
      return { result: 'not-yet', why: 'it is still kept as acting' }
    return { result: 'yes', evidence: `to be deleted from the config: ${textListArgument(args, 'entries').join(', ')}` }
  },
}

export const recordRestoreKind: StepKind = {
  kind: 'note-restored',
  isReadOnly: true,
  async run(_, tools) {
    await updateActingPrimary(
      tools,
      (acting) => acting && { ...acting, restoredAt: acting.restoredAt ?? Date.now(), restoring: null },
    )
  },
  async verify(_, tools): Promise<Verification> {
    const acting = readActingPrimary(tools)
    if (acting && acting.restoredAt === null) return { result: 'not-yet', why: 'it is not written down yet' }
    const sight = tools.view()
    const server = sight.picture.servers.find(({ id }) => id === acting?.server)?.name
    const name = server ?? (acting ? databaseName(sight, acting.database) : 'the acting primary')
    const next = `next: pgdeck do decommission ${acting?.server ?? acting?.database ?? ''}, then pgdeck do build-read-only`
    const proof = tools.stepRecord('verify-restored')
    const kept =
      proof?.state === 'skipped'
        ? `the restore is kept as done, and is not verified (left out by ${proof.operator ?? 'somebody'}: ${proof.note ?? ''})`
        : 'the restore is kept as verified'
    return { result: 'yes', evidence: `${kept}; ${name} is to be decommissioned (${next})` }
  },
}
