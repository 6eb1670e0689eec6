// Which server a run may act on behind each database: the one in its plan, or one that its own step started.

import { stepDatabases } from '../../../actions/definition/step-kind.ts'
import {
  type FoundServer,
  isSameServer,
  mayBeRestartOf,
  type ServerIdentity,
  serverIdentityText,
} from '../../../model/measured/server-identity.ts'
import type { DatabaseView } from '../../../model/picture/picture.ts'
import type { PlanBasisNode } from '../../../model/runs/plan.ts'
import type { Run } from '../../../model/runs/run.ts'
import { restartsOf, stepKindOf } from '../../../profiles/step-kinds.ts'

/** Difference of two clocks, and the moment between a step's line in the journal and its command. */
const TOLERANCE_MS = 2_000

/**
 * Returns the server that is meant behind a database: the last one that the run journalled, else the plan's; null if
 * none was read.
 */
export function acceptedServer(run: Run, database: string): ServerIdentity | null {
  return run.servers[database]?.identity ?? nodeOf(run, database)?.identity ?? null
}

/**
 * Returns why readings of the server behind a database do not count for the run; null if they do. If the server could
 * not be read for the plan, only its system identifier is compared.
 */
export function whyServerNotAccepted(run: Run, database: string, server: FoundServer): string | null {
  const wanted = acceptedServer(run, database)
  if (wanted && isSameServer(wanted, server.identity)) return null
  if (startedByRun(run, database, server)) return null
  const now = serverIdentityText(server.identity)
  if (wanted) {
    const isLater = mayBeRestartOf(server.identity, wanted)
    const what = isLater ? 'was restarted, or another server took its place,' : 'leads to another server'
    return `${database} ${what} since this was planned: it was ${serverIdentityText(wanted)}, and now it is ${now}`
  }
  const systems = acceptedSystems(run, database)
  if (systems === null || systems.length === 0 || systems.includes(server.identity.systemIdentifier)) return null
  return `${database} leads to another server since this was planned: its system identifier was ${systems[0]}, and now it is ${now}`
}

/**
 * Returns why the run may not act on the server of a session: as above, and it never acts on a server without an
 * identity.
 */
export function whyNotActOn(run: Run, database: string, server: FoundServer): string | null {
  const why = whyServerNotAccepted(run, database, server)
  if (why !== null) return why
  const isKnown = acceptedServer(run, database) ?? acceptedSystems(run, database)?.[0]
  if (isKnown || startedByRun(run, database, server)) return null
  return `pgdeck could not read ${database} when this was planned, and now it is ${serverIdentityText(server.identity)}`
}

/** Whether the current step of the run started that server: after the step began, with the data that belong there. */
function startedByRun(run: Run, database: string, server: FoundServer): boolean {
  const step = restartingStep(run, database)
  if (!step) return false
  const before = acceptedServer(run, database)
  const { systemIdentifier, port } = server.identity
  const isLater = server.upMs <= server.readAt - step.startedAt + TOLERANCE_MS
  const systems = acceptedSystems(run, database)
  const isOfThem = systems === null || systems.length === 0 || systems.includes(systemIdentifier)
  return isLater && isOfThem && (!before || before.port === port)
}

/** The step that has started, has not ended, and may restart that database's server. */
export function restartingStep(run: Run, database: string): { readonly startedAt: number } | null {
  for (const step of run.plan.steps) {
    const { startedAt, state } = run.steps.find(({ id }) => id === step.id) ?? {}
    // Undoing a step that stopped the server starts it again.
    const isLast = stepKindOf(step.kind)?.restartsLast ?? false
    const isOver = state === 'undone' || (!run.isUndoing && !isLast && (state === 'done' || state === 'skipped'))
    const isOpen = startedAt != null && !isOver
    if (isOpen && restartsOf(step).some((each) => each.database === database)) return { startedAt }
  }
  return null
}

/**
 * The system identifiers that may be there after it: its own, or that of its upstream's copy. null: any, because a
 * restore makes a new one.
 */
export function acceptedSystems(run: Run, database: string): readonly string[] | null {
  const its = run.plan.steps.filter((step) => stepDatabases(step).database === database)
  if (its.some(({ kind }) => stepKindOf(kind)?.replacesSystem)) return null
  const ids = [database, ...its.map((step) => stepDatabases(step).upstream)]
  return ids.flatMap((id) => systemOf(run, nodeOf(run, id)) ?? [])
}

function nodeOf({ plan }: Run, database: string | null): PlanBasisNode | undefined {
  return plan.basis.nodes.find(({ id }) => id === database)
}

function systemOf(run: Run, node: PlanBasisNode | undefined): string | null {
  if (!node) return null
  return run.servers[node.id]?.identity?.systemIdentifier ?? node.systemIdentifier
}

/** The server of a database's last good reading; null if none was read. */
export function serverOfReading({ identity, pulse, readAt }: DatabaseView): FoundServer | null {
  if (!identity || pulse?.startedAt == null || readAt === null) return null
  return { identity, upMs: readAt + pulse.clockOffsetMs - pulse.startedAt, readAt }
}

/** Why a session's server differs from the latest reading, for a plan that is being made; null if it is the same. */
export function whyNotReadServer(view: DatabaseView | null, server: FoundServer): string | null {
  const read: ServerIdentity | null = view?.identity ?? null
  if (!read || isSameServer(read, server.identity)) return null
  return `two servers answer behind ${view?.id ?? 'it'}: one session found ${serverIdentityText(read)}, the next ${serverIdentityText(server.identity)}`
}
