// The document of a run (schema pgdeck.run/1), for `pgdeck do --json` and `pgdeck runs --json`.

import { redactAll } from '../logs/redact.ts'
import type { LossBound } from '../picture/picture.ts'
import type { Impact, Plan, PlannedStep } from './plan.ts'
import { currentDanger, currentImpact } from './proven-loss.ts'
import type { Run, RunState, RunStep } from './run.ts'

/** The states for scripts. `outcome` says how a stopped run ended. */
type DocumentState = 'planned' | 'blocked' | 'running' | 'done' | 'stopped' | 'aborted'

const STATES: Readonly<Record<RunState, DocumentState>> = {
  planned: 'planned',
  blocked: 'blocked',
  confirmed: 'running',
  running: 'running',
  verifying: 'running',
  done: 'done',
  failed: 'stopped',
  unknown: 'stopped',
  stopped: 'stopped',
  aborted: 'aborted',
}

/** Returns a run as a document. Times are RFC 3339 in UTC, sizes bytes, durations seconds; unknown values are null. */
export function runDocument(run: Run) {
  const { plan } = run
  const impact = currentImpact(run)
  const { lossBytes, lossSeconds, lossAgeSeconds, writableInSeconds, sessionsCut, serversAffected } = impact
  const { orphans, statement, servingAfter } = impact
  return {
    schema: 'pgdeck.run/1',
    run: run.id,
    action: plan.action,
    cluster: plan.cluster,
    target: plan.target?.id ?? null,
    input: redactAll(plan.input) as Plan['input'],
    danger: currentDanger(run),
    state: STATES[run.state],
    outcome: run.state,
    why: run.why,
    served: run.served ?? null,
    who: run.who.user,
    plannedAt: time(plan.plannedAt),
    startedAt: time(run.startedAt),
    endedAt: time(run.endedAt),
    impact: {
      lossBytes,
      lossSeconds,
      lossBound: lossBoundOf(impact),
      lossAgeSeconds: lossAgeSeconds ?? null,
      writableInSeconds,
      sessionsCut,
      serversAffected,
      orphans,
      statement,
      servingAfter: servingAfter ?? null,
    },
    checks: plan.checks.map(({ id, result, message, hint, overridden }) => ({ id, result, message, hint, overridden })),
    steps: plan.steps.map((step, index) => stepDocument(step, run.steps[index])),
  }
}

function stepDocument(step: PlannedStep, ran: RunStep | undefined) {
  const { id, title, how, where, detail, verify, undo, ifStopped } = step
  return {
    id,
    title,
    how,
    where,
    detail,
    state: ran?.state ?? 'pending',
    verify,
    undo,
    ifStopped,
    note: ran?.note ?? null,
    proof: ran?.proof ?? null,
    word: ran?.operator ?? null,
    startedAt: time(ran?.startedAt ?? null),
    endedAt: time(ran?.endedAt ?? null),
  }
}

/** `exact` if the action itself determines it; null if unknown. */
function lossBoundOf({ lossBytes, lossBound }: Impact): LossBound | 'exact' | null {
  return lossBound === undefined && lossBytes !== null ? 'exact' : (lossBound ?? null)
}

function time(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString()
}
