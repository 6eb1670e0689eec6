// Kinds of steps that write the record of the acting primary: that it acts, that its backup is restored, that it is
// removed.

import * as arg from '../../../actions/definition/step-arguments.ts'
import { defineStep, type StepPlan, type Verification } from '../../../actions/definition/step-kind.ts'
import { databaseName, findDatabase } from '../../../actions/definition/target.ts'
import type { DatabaseView, ServerView } from '../../../model/picture/picture.ts'
import { isWritable } from '../../../model/picture/roles.ts'
import { ActionError } from '../../../model/runs/action-error.ts'
import { readActingPrimary, updateActingPrimary } from '../roles/acting-store.ts'

const actingForm = () =>
  arg.form({
    database: arg.text(),
    server: arg.optionalText(),
    sameTimeline: arg.flag(),
    formerDatabases: arg.texts(),
    formerServers: arg.texts(),
  })
type ActingArgs = arg.Of<typeof actingForm>

export interface ActingRecord extends Omit<ActingArgs, 'database' | 'server'> {
  readonly database: DatabaseView
  readonly server: ServerView | null
}

/** What the documented order leaves. The audit log keeps it as the evidence of the step. */
export const SAME_TIMELINE_WARNING = 'same-timeline fork possible: rebuild only'

export const recordActingKind = defineStep({
  kind: 'note-acting',
  version: 1,
  args: actingForm,
  plan({ database, server, ...rest }: ActingRecord): StepPlan<ActingArgs> {
    const names = [...rest.formerDatabases, ...rest.formerServers].join(', ')
    const former = names === '' ? '' : `; before the restore none of these may start: ${names}`
    return {
      id: 'note-acting',
      args: { database: database.id, server: server?.id ?? null, ...rest },
      title: `record that ${database.name} acts as the primary, and watch that no other server starts`,
      how: 'local',
      where: 'the state directory of pgdeck',
      detail: `acting.json: ${database.id} acts${former}${rest.sameTimeline ? `; ${SAME_TIMELINE_WARNING}` : ''}`,
      verify: 'it is recorded',
      undo: 'the record is removed, unless it is writable',
      ifStopped: `${database.name} is writable.`,
      deadlineSeconds: 10,
    }
  },
  isReadOnly: true,
  async run(args, tools) {
    const database = args.database
    const { timeline = null, systemIdentifier = null } = findDatabase(tools.view(), database) ?? {}
    await updateActingPrimary(tools, (before) =>
      before?.run === tools.run
        ? before
        : {
            database,
            server: args.server,
            since: Date.now(),
            run: tools.run,
            timeline,
            systemIdentifier,
            sameTimeline: args.sameTimeline,
            former: {
              databases: args.formerDatabases,
              servers: args.formerServers,
            },
            restoring: null,
            restoredAt: null,
            held: null,
          },
    )
  },
  async verify(args, tools): Promise<Verification> {
    if (readActingPrimary(tools)?.run !== tools.run) return { result: 'not-yet', why: 'it is not recorded yet' }
    const clusterView = tools.view()
    const names = [...args.formerDatabases, ...args.formerServers]
    const watched =
      names.length === 0
        ? ''
        : `: ${names.map((id) => databaseName(clusterView, id)).join(', ')} must not start before the restore`
    const fork = args.sameTimeline ? `; ${SAME_TIMELINE_WARNING}` : ''
    return {
      result: 'yes',
      evidence: `recorded: ${databaseName(clusterView, args.database)} acts as the primary${watched}${fork}`,
    }
  },
  async undo(args, tools) {
    const view = findDatabase(await tools.refresh(), args.database)
    if (view && isWritable(view)) throw new ActionError(`${view.name} is writable: it still acts as the primary`)
    await updateActingPrimary(tools, (before) => (before?.run === tools.run ? null : before))
    return 'it is no longer recorded as acting'
  },
})

/** `entries`: what to delete from the configuration. */
const removalForm = () => arg.form({ database: arg.text(), entries: arg.texts() })
type RemovalArgs = arg.Of<typeof removalForm>

export const recordRemovalKind = defineStep({
  kind: 'note-gone',
  version: 1,
  args: removalForm,
  plan: ({ database, entries }: RemovalArgs): StepPlan<RemovalArgs> => ({
    id: 'forget',
    args: { database, entries },
    title: 'list what to delete from the config',
    how: 'local',
    where: 'the config file of pgdeck',
    detail: `delete these entries (:edit opens the config), unless build-read-only builds a new server in their place:\n${entries.join('\n')}`,
    verify: 'no restore of its data is open',
    ifStopped: 'Everything else is done.',
    maySkip: true,
    deadlineSeconds: 10,
  }),
  isReadOnly: true,
  async run(args, tools) {
    const database = args.database
    await updateActingPrimary(tools, (record) => (record?.database === database ? null : record))
    for (const entry of args.entries) tools.writeOutput(`delete from the config: ${entry}`)
  },
  async verify(args, tools): Promise<Verification> {
    if (readActingPrimary(tools)?.database === args.database)
      return { result: 'not-yet', why: 'it is still recorded as acting' }
    return { result: 'yes', evidence: `delete from the config: ${args.entries.join(', ')}; :edit opens it` }
  },
})

const restoreForm = () => arg.form({ database: arg.text() })
type RestoreArgs = arg.Of<typeof restoreForm>

/** The acting database, with the names of database and server. */
export interface RestoreRecord extends RestoreArgs {
  readonly name: string
}

export const recordRestoreKind = defineStep({
  kind: 'note-restored',
  version: 1,
  args: restoreForm,
  plan: ({ database, name }: RestoreRecord): StepPlan<RestoreArgs> => ({
    id: 'note-restored',
    args: { database },
    title: 'record that the restore is verified: the gate is open',
    how: 'local',
    where: 'the state directory of pgdeck',
    detail: `acting.json: restored; ${name} is to be decommissioned`,
    verify: 'it is recorded',
    ifStopped: 'Everything else is done.',
    deadlineSeconds: 10,
  }),
  isReadOnly: true,
  async run(_, tools) {
    await updateActingPrimary(
      tools,
      (record) => record && { ...record, restoredAt: record.restoredAt ?? Date.now(), restoring: null },
    )
  },
  async verify(_, tools): Promise<Verification> {
    const record = readActingPrimary(tools)
    if (record && record.restoredAt === null) return { result: 'not-yet', why: 'it is not recorded yet' }
    const clusterView = tools.view()
    const server = clusterView.picture.servers.find(({ id }) => id === record?.server)?.name
    const name = server ?? (record ? databaseName(clusterView, record.database) : 'the acting primary')
    const next = `next: pgdeck do decommission ${record?.server ?? record?.database ?? ''}, then pgdeck do build-read-only`
    const proof = tools.stepRecord('verify-restored')
    const kept =
      proof?.state === 'skipped'
        ? `the restore is recorded as done, but not verified (skipped by ${proof.operator ?? 'an operator'}: ${proof.note ?? ''})`
        : 'the restore is recorded as verified'
    return { result: 'yes', evidence: `${kept}; ${name} is to be decommissioned (${next})` }
  },
})
