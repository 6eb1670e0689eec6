// Acts on the screen in each of their phases: a promotion as its plan, running, asking, done.

import type { Plan, PlanCheck, PlannedStep } from '../../src/model/runs/plan.ts'
import { type JournalEntry, type Run, runFromJournal } from '../../src/model/runs/run.ts'
import type { ActionPhase, RequestedAction } from '../../src/state/action-state.ts'
import type { State } from '../../src/state/state.ts'
import { primaryDown } from './screens.ts'
import { NOW } from './snapshot.ts'

export const RUN_ID = '20261122T143207Z-promote-db-ro-7f3a'
const WHO = { user: 'ann', ssh: '10.0.0.9', tty: '/dev/pts/1' }

export function aStep(over: Partial<PlannedStep> & { readonly id: string }): PlannedStep {
  return {
    kind: 'sql-call',
    args: {},
    title: over.id,
    how: 'sql',
    where: 'db-ro',
    detail: 'SELECT 1;',
    verify: 'it answers',
    undo: null,
    ifStopped: 'Nothing is left half done.',
    maySkip: false,
    changes: [],
    deadlineSeconds: 60,
    ...over,
  }
}

function check(id: string, result: PlanCheck['result'], message: string, hint: string | null = null): PlanCheck {
  return { id, result, message, hint, mayOverride: result === 'fail', overridden: null }
}

const STEPS: readonly PlannedStep[] = [
  aStep({
    id: 'fence-old-primary',
    title: 'db-1 is stopped for good',
    how: 'manual',
    where: 'db-1',
    detail: 'systemctl stop postgresql\nsystemctl disable postgresql',
    verify: 'its port takes no connections',
    ifStopped: 'db-1 may come back and take writes.',
    maySkip: true,
  }),
  aStep({
    id: 'promote',
    title: 'db-ro becomes the primary',
    detail: 'SELECT pg_promote(true, 60);',
    verify: 'it is not in recovery, on timeline 5',
    ifStopped: 'db-ro takes writes; nothing follows it yet.',
  }),
  aStep({
    id: 'verify-writable',
    title: 'a write test',
    detail: 'BEGIN; CREATE TEMP TABLE …; ROLLBACK;',
    verify: 'it succeeds',
  }),
]

export function aPlan(over: Partial<Plan> = {}): Plan {
  return {
    action: 'promote',
    title: 'promote db-ro',
    cluster: 'vault',
    target: { id: 'db-ro', name: 'db-ro' },
    input: {},
    danger: 'data-loss',
    confirm: 'db-ro',
    basis: { at: NOW, nodes: [], manager: null },
    checks: [
      check('target-is-standby', 'pass', 'db-ro is in recovery on timeline 4'),
      check(
        'loss',
        'warn',
        'at least 12.4 MB / 3.1 s, last seen 42 s before this plan; what db-1 wrote after that is unknown',
        'Wait for db-1 if it can come back.',
      ),
      check(
        'hba-reverse',
        'warn',
        'pmp-b would be refused: host vault vault_app 10.0.0.12/32 scram-sha-256 is missing',
      ),
    ],
    impact: {
      lossBytes: 13_002_342,
      lossSeconds: 3.1,
      lossBound: 'at-least',
      lossAgeSeconds: 42,
      writableInSeconds: 4,
      sessionsCut: 48,
      serversAffected: ['pmp-a', 'pmp-b'],
      orphans: [],
      statement: 'db-ro takes writes in about 4 s; at least 12.4 MB of commits that only db-1 has are lost.',
    },
    steps: STEPS,
    plannedAt: NOW,
    ...over,
  }
}

/** The run after these lines of its journal. */
export function aRun(plan: Plan, ...entries: readonly JournalEntry[]): Run {
  const run = runFromJournal([{ type: 'planned', at: NOW, run: RUN_ID, who: WHO, plan }, ...entries])
  if (!run) throw new Error('a journal begins with its plan')
  return run
}

const ASKED: RequestedAction = { cluster: 'vault', action: 'promote', target: 'db-ro', input: {}, overrides: {} }

function on(at: ActionPhase, scroll: number | null = 0): State {
  return { ...primaryDown(), action: { current: at, scroll, isUnfolded: false, isShown: true } }
}

export function actPlanned(over: Partial<Plan> = {}, text = 'db-'): State {
  const plan = aPlan(over)
  const blocked = plan.checks.some(({ result }) => result === 'fail')
  const run = { ...aRun(plan), state: blocked ? 'blocked' : 'planned' } as const
  return on({ phase: 'planned', asked: ASKED, run, entry: 'confirm', text: blocked ? '' : text, problem: null })
}

export function actBlocked(): State {
  const checks = [
    check('manager', 'fail', 'Patroni is in charge of vault', 'patronictl switchover vault --candidate db-ro'),
    check('replay-backlog', 'fail', '400 MB wait to be replayed, about 38 s', 'Wait until they are.'),
  ]
  return actPlanned({ checks: [{ ...checks[0], mayOverride: false } as PlanCheck, ...checks.slice(1)] })
}

const BEGUN: readonly JournalEntry[] = [
  { type: 'confirmed', at: NOW, who: WHO, how: 'typed db-ro' },
  { type: 'taken-up', at: NOW, pid: 4711, host: 'jump' },
  { type: 'step-started', at: NOW, step: 'fence-old-primary', attempt: 1 },
]
const PROMOTING: readonly JournalEntry[] = [
  ...BEGUN,
  { type: 'step-done', at: NOW + 9_000, step: 'fence-old-primary', evidence: '10.0.0.11:5432 refuses connections' },
  { type: 'step-started', at: NOW + 9_000, step: 'promote', attempt: 1 },
  { type: 'said', at: NOW + 9_100, step: 'promote', text: 'pg_promote was called' },
]

/** Waits for a manual step. */
export function actByHand(): State {
  return on({ phase: 'running', run: aRun(aPlan(), ...BEGUN), question: null, reason: null, stopping: false }, null)
}

/** A step failed, and the question is what to do. */
export function actAsking(): State {
  const why = 'db-ro did not leave recovery: insufficient parameter settings'
  const hint = 'Raise max_connections to 200 and start it again.'
  const failed: JournalEntry = { type: 'step-failed', at: NOW + 12_000, step: 'promote', why, hint }
  const [, step] = STEPS
  if (!step) throw new Error('there is a step')
  const question = { step: { ...step, maySkip: true }, state: 'failed', why, hint } as const
  return on(
    { phase: 'running', run: aRun(aPlan(), ...PROMOTING, failed), question, reason: null, stopping: false },
    null,
  )
}

export function actDone(): State {
  const run = aRun(
    aPlan(),
    ...PROMOTING,
    { type: 'step-done', at: NOW + 9_400, step: 'promote', evidence: 'not in recovery, timeline 5' },
    { type: 'step-started', at: NOW + 9_400, step: 'verify-writable', attempt: 1 },
    { type: 'step-done', at: NOW + 9_500, step: 'verify-writable', evidence: 'a row was written and rolled back' },
    { type: 'ended', at: NOW + 9_500, ending: 'done', why: null },
  )
  return on({ phase: 'ended', run }, null)
}

export function actForm(): State {
  const asked = { ...ASKED, action: 'create-slot', target: 'db-1' }
  return on({ phase: 'form', request: asked, field: 0, text: 'spare_', problem: null })
}

const BY_PATRONI: Partial<Plan> = {
  action: 'switchover',
  title: 'ask Patroni to switch over from db-1 to db-ro',
  danger: 'outage',
  checks: [
    check('manager', 'pass', 'Patroni (test) carries this out'),
    check('loss', 'pass', 'nothing where Patroni stops db-1 cleanly, as db-ro then has its last record'),
    check('poolers', 'pass', 'clients of shop at pool-1 wait meanwhile'),
  ],
  impact: {
    lossBytes: 0,
    lossSeconds: 0,
    writableInSeconds: 4,
    sessionsCut: 48,
    serversAffected: [],
    orphans: [],
    statement: 'db-1 is stopped by Patroni, db-ro becomes the primary. Clients of shop at pool-1 wait meanwhile.',
  },
  steps: [
    aStep({
      id: 'pause-pool',
      title: 'pause shop at pool-1: its clients wait',
      where: 'pool-1',
      detail: 'PAUSE "shop"; -- on the console of pool-1; it waits up to 30 s for open transactions',
      verify: 'SHOW DATABASES has it as paused, and SHOW POOLS no session of it with a server',
      undo: 'RESUME "shop"; before anything else is undone',
      ifStopped: 'shop is resumed first: its clients continue.',
    }),
    aStep({
      id: 'ask-manager',
      kind: 'ask-manager',
      title: 'ask Patroni to switch over from db-1 to db-ro',
      how: 'http',
      where: '10.0.0.11:8008',
      detail: [
        'POST https://10.0.0.11:8008/switchover {"leader":"n1","candidate":"n2"}',
        'The same as: patronictl switchover test --leader n1 --candidate n2 --force',
      ].join('\n'),
      verify: 'it is out of recovery on a later timeline, and no other database is writable; Patroni shows the same',
      ifStopped: 'db-ro is the primary, or becomes it: look before you act.',
    }),
    aStep({
      id: 'resume-pool',
      title: 'resume shop at pool-1: its clients continue',
      where: 'pool-1',
      detail: 'RESUME "shop"; -- on the console of pool-1',
      verify: 'SHOW DATABASES has it as not paused',
      ifStopped: 'The clients of shop continue.',
    }),
  ],
}

/** A switchover that Patroni carries out while a pool waits. */
export function actDelegated(): State {
  const state = actPlanned(BY_PATRONI)
  const current = state.action?.current
  if (current?.phase !== 'planned' || !state.action) throw new Error('there is a plan')
  const asked = { ...current.asked, action: 'switchover' }
  return { ...state, action: { ...state.action, current: { ...current, asked } } }
}

/** It was asked; its effect is not seen yet. */
export function actDelegatedRunning(): State {
  const run = aRun(
    aPlan(BY_PATRONI),
    ...BEGUN.slice(0, 2),
    { type: 'step-started', at: NOW, step: 'pause-pool', attempt: 1 },
    { type: 'step-done', at: NOW + 300, step: 'pause-pool', evidence: 'shop is paused, no session has a server' },
    { type: 'step-started', at: NOW + 300, step: 'ask-manager', attempt: 1 },
    { type: 'said', at: NOW + 2_400, step: 'ask-manager', text: 'Patroni: 200 Successfully switched over to "n2"' },
  )
  return on({ phase: 'running', run, question: null, reason: null, stopping: false }, null)
}
