// What a plan does so that pg_hba.conf of a new upstream admits the standbys and servers that it attaches there.

import type { MissingHbaLine } from '../../model/hba/audit/after-failover.ts'
import { type AttachingAudit, type AttachingClients, auditAttaching } from '../../model/hba/audit/attaching.ts'
import { hbaAuditInput } from '../../model/hba/audit/audit-input.ts'
import type { HbaAuditInput } from '../../model/hba/required/required-connection.ts'
import { managerBlockFor } from '../../model/managers/manager-guard.ts'
import type { ReadableHba } from '../../model/measured/hba-reading.ts'
import { MANAGER_TITLES } from '../../model/measured/managers/manager-signs.ts'
import type { DatabaseView } from '../../model/picture/picture.ts'
import type { Impact, PlannedStep } from '../../model/runs/plan.ts'
import { messageOf } from '../../model/values/fault.ts'
import { listText } from '../../model/values/text.ts'
import { profileOf } from '../../profiles/facts.ts'
import type { ActionToolbox, PlanningView, PreflightCheck, PreflightResult } from '../definition/action.ts'
import { databaseName, findServer } from '../definition/target.ts'
import { hbaFileAccess, readHbaFile, sha256OfText } from '../hba/hba-file.ts'
import { unifiedDiff } from '../hosts/file-diff.ts'
import { ADD_HBA_LINES, addHbaLinesKind } from './add-hba-lines.ts'
import { withInsertedLines } from './edit-hba.ts'
import { hbaHostCheck } from './host-check.ts'

/** Those who connect to a database at the end of a plan. */
export interface Attachment extends AttachingClients {
  readonly upstream: DatabaseView
  /** Those of the followers that the plan connects with the connection string of the upstream itself. Default: none. */
  readonly likeUpstream?: readonly string[]
  /** The begin of the ids of its steps, where one plan attaches clients to two databases. Default: none. */
  readonly prefix?: string
}

export interface AttachingPlan {
  /** One for each file that lacks lines; empty if nothing is missing, or if pgdeck can't add it. */
  readonly steps: readonly PlannedStep[]
  /** `hba-reverse`: whether all of them are admitted, also by what the steps add. */
  readonly check: PreflightCheck
}

/** Reads the rules of the upstream and plans the lines that it lacks. Changes nothing. */
export async function planAttaching(attachment: Attachment, tools: ActionToolbox): Promise<AttachingPlan> {
  const { upstream } = attachment
  const clusterView = await tools.refresh(['hba'])
  const { snapshot, picture } = clusterView
  const known = hbaAuditInput(snapshot, picture, profileOf(snapshot.spec.profile))
  const planned = { upstream: upstream.id, roles: rolesFor(attachment, known) }
  const audit = auditAttaching({ ...known, planned }, upstream.id, attachment)
  const reading = known.snapshots.get(upstream.id)?.reading
  if (audit.addable.length === 0 || !reading?.known) return { steps: [], check: hbaReverse(audit, null, []) }
  try {
    const why = await whyNotAdded(upstream, clusterView, tools)
    if (why !== null) return { steps: [], check: hbaReverse(audit, why, []) }
    const steps = await lineSteps(attachment, audit, reading, clusterView, tools)
    return { steps, check: hbaReverse(audit, null, steps) }
  } catch (error) {
    return { steps: [], check: hbaReverse(audit, messageOf(error), []) }
  }
}

/** The role with which the upstream followed its own upstream, for those that get its connection string. */
function rolesFor({ upstream, likeUpstream = [] }: Attachment, known: HbaAuditInput): ReadonlyMap<string, string> {
  const link = known.picture.links.find(({ downstreamId }) => downstreamId === upstream.id)
  const role = known.snapshots.get(upstream.id)?.clients.receiver?.user ?? link?.sender?.userName ?? null
  return new Map(role === null ? [] : likeUpstream.map((id) => [id, role]))
}

/** The impact with what the steps allow. */
export function withAdmission(impact: Impact, { steps }: AttachingPlan): Impact {
  if (steps.length === 0) return impact
  return { ...impact, statement: `${impact.statement} Added to pg_hba.conf: ${linesIn(steps).join('; ')}.` }
}

function linesIn(steps: readonly PlannedStep[]): readonly string[] {
  return steps.flatMap((step) => addHbaLinesKind.argsOf(step)?.insertions.map(({ line }) => line) ?? [])
}

const MAY_RELOAD = `SELECT pg_catalog.has_function_privilege('pg_catalog.pg_reload_conf()', 'execute') AS may`

/** Why pgdeck itself can't add lines there, as text after a colon; null if it can. */
async function whyNotAdded(
  { id, name }: DatabaseView,
  clusterView: PlanningView,
  tools: ActionToolbox,
): Promise<string | null> {
  const block = managerBlockFor(clusterView.picture, 'add-hba-entry', id)
  if (block !== null) return `${MANAGER_TITLES[block.kind]} may replace that file`
  const access = await hbaFileAccess(id, tools)
  if (access.method === 'manual') return access.why
  const host = access.method === 'file' ? await hbaHostCheck(id, clusterView, tools) : null
  if (host && host.result !== 'pass') return host.message
  const [row] = await tools.sql<{ may: boolean }>(id, { text: MAY_RELOAD })
  return row?.may ? null : `this role may not execute pg_reload_conf() on ${name}`
}

async function lineSteps(
  { upstream, followers, servers, prefix = '' }: Attachment,
  { addable, admitted }: AttachingAudit,
  reading: ReadableHba,
  clusterView: PlanningView,
  tools: ActionToolbox,
): Promise<readonly PlannedStep[]> {
  const { id, name } = upstream
  const { method } = await hbaFileAccess(id, tools)
  const files = [...new Set(addable.map(({ file }) => file))]
  const nameOf = (each: string) => findServer(clusterView, each)?.name ?? databaseName(clusterView, each)
  return Promise.all(
    files.map(async (path, index) => {
      const lines = addable.filter(({ file }) => file === path)
      const insertions = lines.map(({ line, before, replaces }) => ({ line, before, replaces }))
      const file = await readHbaFile(id, path, tools)
      const edited = file.text.includes('\0') ? null : withInsertedLines(file.text, insertions, reading.server.major)
      if (edited === null) throw new Error(`${path} can’t be edited: it contains a zero byte, or has changed since`)
      const clients = admittedBy(lines, admitted.map(nameOf))
      return addHbaLinesKind.plan({
        id: `${prefix}${ADD_HBA_LINES}${index === 0 ? '' : `-${index + 1}`}`,
        edit: {
          database: id,
          path,
          major: reading.server.major,
          before: file.sha256,
          after: sha256OfText(edited),
          backup: `${path}.pgdeck-${tools.run}`,
          insertions,
          followers: followers.filter((each) => admitted.includes(each)),
          servers: servers.filter((each) => admitted.includes(each)),
        },
        title: `add the missing ${lines.length === 1 ? 'line' : 'lines'} for ${clients} to pg_hba.conf of ${name}`,
        how: method,
        where: name,
        detail: await unifiedDiff(path, file.text, edited),
        ifStopped: `${name} admits ${clients}; nothing else is changed.`,
      })
    }),
  )
}

function admittedBy(lines: readonly MissingHbaLine[], all: readonly string[]): string {
  const names = [...new Set(lines.flatMap(({ allowedClients }) => allowedClients))]
  return listText(names.length === 0 ? all : names)
}

/** `why`: why pgdeck can't add the lines; null if `steps` add them, or if there are none to add. */
function hbaReverse(
  { result, message, missing, admitted, whyNot, refused, unknown }: AttachingAudit,
  why: string | null,
  steps: readonly PlannedStep[],
): PreflightCheck {
  return {
    id: 'hba-reverse',
    mayOverride: false,
    run(): PreflightResult {
      const added = new Set(linesIn(steps))
      const left = missing.filter(({ line }) => !added.has(line))
      const byStep = steps.map(({ id }) => id).join(', ')
      const stays = refused.filter(({ connection: { fromId } }) => fromId === null || !admitted.includes(fromId))
      if (steps.length > 0 && left.length === 0 && stays.length === 0 && unknown.length === 0)
        return { result: 'pass', message: `${message} now: ${byStep} adds what is missing`, hint: null }
      const reason = why ?? whyNot
      const cannot = left.length > 0 && reason !== null ? `; pgdeck can’t add the line: ${reason}` : ''
      const open =
        unknown[0] && refused.length > 0
          ? `; of ${unknown[0].connection.from} it is unknown: ${unknown[0].message}`
          : ''
      const rest = steps.length > 0 ? `; ${byStep} adds ${[...added].join(' | ')}${open}` : open
      const hint = left.length === 0 ? null : `Missing in its pg_hba.conf: ${left.map(({ line }) => line).join(' | ')}`
      return { result, message: `${message}${rest}${cannot}`, hint }
    },
  }
}
