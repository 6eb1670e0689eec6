// What a plan does so that pg_hba.conf of a new upstream admits the standbys and servers that it attaches there.

import type { MissingHbaLine } from '../../model/hba/audit/after-failover.ts'
import { type AttachingAudit, type AttachingClients, auditAttaching } from '../../model/hba/audit/attaching.ts'
import { hbaAuditInput } from '../../model/hba/audit/audit-input.ts'
import type { HbaAuditEntry } from '../../model/hba/audit/entry.ts'
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
import { hbaFileAccess, sha256OfText } from '../hba/hba-file.ts'
import { unifiedDiff } from '../hosts/file-diff.ts'
import { ADD_HBA_LINES, addHbaLinesKind } from './add-hba-lines.ts'
import { linesByFile } from './file-lines.ts'
import { hbaHostCheck } from './host-check.ts'

/** Those who connect to a database at the end of a plan. */
export interface Attachment extends AttachingClients {
  readonly upstream: DatabaseView
  /** Those of the followers that the plan connects with the connection string of the upstream itself. Default: none. */
  readonly likeUpstream?: readonly string[]
  /** The roles as which followers connect, by their ids, where the plan has read them. Default: as the audit finds. */
  readonly roles?: ReadonlyMap<string, string>
  /** Id of the follower that pg_rewind prepares: the program reads the upstream as the same role. Default: none. */
  readonly rewound?: string
  /** The begin of the ids of its steps, where one plan attaches clients to two databases. Default: none. */
  readonly prefix?: string
}

export interface AttachingPlan {
  /** One for each file that lacks lines; empty if nothing is missing, or if pgdeck can't add it. */
  readonly steps: readonly PlannedStep[]
  /** `hba-reverse`: whether all of them are admitted, also by what the steps add. */
  readonly check: PreflightCheck
  /** Connections that stay refused after the steps, with the line that each of them lacks. */
  readonly refused: readonly HbaAuditEntry[]
}

/** Reads the rules of the upstream and plans the lines that it lacks. Changes nothing. */
export async function planAttaching(attachment: Attachment, tools: ActionToolbox): Promise<AttachingPlan> {
  const { upstream } = attachment
  const clusterView = await tools.refresh(['hba'])
  const { snapshot, picture } = clusterView
  const known = hbaAuditInput(snapshot, picture, profileOf(snapshot.spec.profile))
  const { rewound } = attachment
  const roles = rolesFor(attachment, known)
  const planned = { upstream: upstream.id, roles, ...(rewound === undefined ? {} : { rewound }) }
  const audit = auditAttaching({ ...known, planned }, upstream.id, attachment)
  const reading = known.snapshots.get(upstream.id)?.reading
  if (audit.addable.length === 0 || !reading?.known) return attachingPlan(audit, null, [])
  try {
    const why = await whyNotAdded(upstream, clusterView, tools)
    if (why !== null) return attachingPlan(audit, why, [])
    return attachingPlan(audit, null, await lineSteps(attachment, audit, reading, clusterView, tools))
  } catch (error) {
    return attachingPlan(audit, messageOf(error), [])
  }
}

/** `why`: why pgdeck can't add the lines; null if `steps` add them, or if there are none to add. */
function attachingPlan(audit: AttachingAudit, why: string | null, steps: readonly PlannedStep[]): AttachingPlan {
  const isHelped = ({ connection: { id } }: HbaAuditEntry) => audit.helped.some((each) => each.connection.id === id)
  const refused = audit.refused.filter((entry) => steps.length === 0 || !isHelped(entry))
  return { steps, refused, check: hbaReverse(audit, why, steps, refused) }
}

/** Those that were read, and that of the upstream itself for those that get its connection string. */
function rolesFor(
  { upstream, roles = new Map(), likeUpstream = [] }: Attachment,
  known: HbaAuditInput,
): ReadonlyMap<string, string> {
  const link = known.picture.links.find(({ downstreamId }) => downstreamId === upstream.id)
  const role = known.snapshots.get(upstream.id)?.clients.receiver?.user ?? link?.sender?.userName ?? null
  const alike = role === null ? [] : likeUpstream.map((id) => [id, role] as const)
  return new Map([...alike, ...roles])
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
  const nameOf = (each: string) => findServer(clusterView, each)?.name ?? databaseName(clusterView, each)
  const files = await linesByFile(id, addable, reading.server, tools)
  return Promise.all(
    files.map(async ({ path, lines, insertions, access, change }, index) => {
      if (!change) throw new Error(access.why)
      const { file, edited } = change
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
        how: access.method,
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

/** `stays`: those that are refused after the steps. */
function hbaReverse(
  { result, message, missing, whyNot, refused, unknown }: AttachingAudit,
  why: string | null,
  steps: readonly PlannedStep[],
  stays: readonly HbaAuditEntry[],
): PreflightCheck {
  return {
    id: 'hba-reverse',
    mayOverride: false,
    run(): PreflightResult {
      const added = new Set(linesIn(steps))
      const left = missing.filter(({ line }) => !added.has(line))
      const byStep = steps.map(({ id }) => id).join(', ')
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
