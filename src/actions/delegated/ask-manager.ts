// The step that asks a manager to do something: it looks before it asks, and believes PostgreSQL and the manager only
// together.

import { MANAGER_TITLES } from '../../model/measured/managers/manager-signs.ts'
import { ActionError } from '../../model/runs/action-error.ts'
import type { ActionToolbox } from '../definition/action.ts'
import * as arg from '../definition/step-arguments.ts'
import { defineStep, type StepPlan, type Verification } from '../definition/step-kind.ts'
import type { ManagerActs, ManagerLook, PlannedRequest } from './definition/manager-acts.ts'
import type { WantedActName } from './definition/wanted-act.ts'
import { type Effect, effectForm, effectSeen, type Waiting } from './effects.ts'
import { managerActsOf } from './registry.ts'

const form = () =>
  arg.form({
    /** Id of the step itself, for its record. */
    step: arg.text(),
    manager: arg.text(),
    act: arg.text(),
    request: arg.record(),
    /** null: the whole cluster. */
    database: arg.optionalText(),
    effect: effectForm(),
    restarts: arg.texts(),
    /** How long a resumed run looks for the request before it sends it again. */
    settleSeconds: arg.number(),
    deadlineSeconds: arg.number(),
    /** The request that takes it back; null: none does. */
    undo: arg.record().nullable(),
  })
type Args = arg.Of<typeof form>

export interface Asked {
  readonly id: string
  readonly acts: ManagerActs
  readonly act: WantedActName
  readonly planned: PlannedRequest
  readonly database: string | null
  readonly effect: Effect
  readonly ifStopped: string
  /** Ids of the databases whose role or timeline changes. */
  readonly changes: readonly string[]
}

/** An old primary that is still down is waited for until so long before the end. */
const LATE_SECONDS = 15
const LOOK_AGAIN_MS = 1_000

export const askManagerKind = defineStep({
  kind: 'ask-manager',
  version: 2,
  restartsLast: true,
  // A manager that is resumed while the server is down takes that for a failure.
  undoneLast: true,
  // They replace what the manager had when the user saw it: what somebody has changed since is refused, not replaced.
  staysAsConfirmed: ({ act }) => act === 'set-parameter' || act === 'add-hba-entry',
  args: form,
  upgrades: { 1: (args) => ({ ...args, undo: null }) },
  plan({ id, acts, act, planned, database, effect, ifStopped, changes }: Asked): StepPlan<Args> {
    const { request, how, where, title, detail, restarts, deadlineSeconds, settleSeconds = 0, undo = null } = planned
    const args = { step: id, manager: acts.kind, act, request, database, effect, restarts }
    return {
      id,
      args: { ...args, settleSeconds, deadlineSeconds, undo: undo?.request ?? null },
      title,
      how,
      where,
      detail,
      verify: verifyText(effect, MANAGER_TITLES[acts.kind]),
      undo: undo?.text ?? null,
      ifStopped,
      changes,
      deadlineSeconds,
    }
  },
  restarts: ({ restarts }) => restarts.map((database) => ({ database, to: 'started' as const })),
  async run(args, tools) {
    const acts = requireActs(args)
    if (await isKnown(args, acts, tools)) return
    tools.writeOutput(await acts.send(args.request, tools, isRepeated(args, tools)))
  },
  async verify(args, tools): Promise<Verification> {
    const acts = requireActs(args)
    const seen = await effectSeen(args.effect, args.database, tools, waitingFor(args, tools))
    if (seen.result === 'never') return seen
    const look = await acts.look(args.request, tools)
    const title = MANAGER_TITLES[acts.kind]
    if (look.state === 'failed') return { result: 'never', why: look.words, ...(look.hint ? { hint: look.hint } : {}) }
    if (seen.result !== 'yes') return { result: 'not-yet', why: `${'why' in seen ? seen.why : ''}; ${look.words}` }
    if (look.state !== 'done') return { result: 'not-yet', why: `${title}: ${look.words}` }
    const evidence = args.effect.kind === 'by-manager' ? look.words : `${seen.evidence}; ${title}: ${look.words}`
    return { result: 'yes', evidence }
  },
  undo: takeBack,
})

const TAKEN_BACK_MS = 60_000

/** Safe to repeat: what is taken back already is not asked again. */
async function takeBack({ step, manager, act, undo }: Args, tools: ActionToolbox): Promise<string> {
  const acts = requireActs({ step, manager })
  if (undo === null) throw new ActionError(`${act}: nothing takes that back`)
  const title = MANAGER_TITLES[acts.kind]
  const before = await acts.look(undo, tools)
  if (before.state === 'done') return `${title}: ${before.words}`
  tools.writeOutput(await acts.send(undo, tools, true))
  const until = performance.now() + TAKEN_BACK_MS
  for (;;) {
    const look = await acts.look(undo, tools)
    if (look.state === 'done') return `${title}: ${look.words}`
    if (look.state === 'failed' || performance.now() > until)
      throw new ActionError(`${title}: ${look.words}`, look.state === 'failed' ? (look.hint ?? null) : null)
    await tools.wait(LOOK_AGAIN_MS)
  }
}

function requireActs({ manager, step }: Pick<Args, 'manager' | 'step'>): ManagerActs {
  const acts = managerActsOf(manager)
  if (acts) return acts
  throw new ActionError(`${step}: this version of pgdeck can’t ask ${manager}`)
}

/** What the manager shows suffices: its effect on PostgreSQL follows, or there is none. */
const BY_ITS_WORD: ReadonlySet<string> = new Set(['promoted', 'answers', 'by-manager'])
/** The effect alone may have come in another way, while the manager still has to be asked. */
const BY_BOTH: ReadonlySet<string> = new Set(['setting', 'answers'])

/** Whether the request need not be sent: its effect is there, or the manager is at it. A repeated one is looked for longer. */
async function isKnown(args: Args, acts: ManagerActs, tools: ActionToolbox): Promise<boolean> {
  const isAgain = isRepeated(args, tools)
  const until = performance.now() + (isAgain ? args.settleSeconds * 1000 : 0)
  const title = MANAGER_TITLES[acts.kind]
  for (;;) {
    const { effect, database } = args
    const seen =
      effect.kind === 'by-manager'
        ? null
        : await effectSeen(effect, database, tools, { ...waitingFor(args, tools), isLate: true })
    const look = await acts.look(args.request, tools)
    if (look.state === 'unfinished') return false
    if (seen?.result === 'yes' && (!BY_BOTH.has(effect.kind) || look.state === 'done')) {
      tools.writeOutput(`${seen.evidence}: ${title} is not asked again`)
      return true
    }
    if (isAtIt(look, isAgain) || (look.state === 'done' && BY_ITS_WORD.has(effect.kind))) {
      tools.writeOutput(`${title}: ${look.words}; it is not asked again`)
      return true
    }
    if (performance.now() >= until) return false
    await tools.wait(LOOK_AGAIN_MS)
  }
}

function isRepeated({ step }: Args, tools: ActionToolbox): boolean {
  return (tools.stepRecord(step)?.attempts ?? 1) > 1
}

/** Before the first request, what the manager is at may be something else; it refuses then what it can't do meanwhile. */
function isAtIt(look: ManagerLook, isAgain: boolean): boolean {
  return look.state === 'open' && (isAgain || look.isThis === true)
}

function waitingFor({ step, deadlineSeconds }: Args, tools: ActionToolbox): Waiting {
  const startedAt = tools.stepRecord(step)?.startedAt ?? null
  const seconds = startedAt === null ? 0 : Math.max(0, (Date.now() - startedAt) / 1000)
  return { seconds, isLate: seconds > deadlineSeconds - LATE_SECONDS }
}

const VERIFY_TEXTS: Readonly<Record<Effect['kind'], string>> = {
  promoted: 'it is out of recovery on a later timeline, and no other database is writable',
  answers: 'it answers',
  restarted: 'its postmaster was started after that',
  copied: 'its postmaster was started after that, and it streams',
  streams: 'it streams',
  reloaded: 'pg_conf_load_time() is newer than before',
  slot: 'pg_replication_slots',
  setting: 'pg_settings of each database',
  'by-manager': '',
}

function verifyText({ kind }: Effect, title: string): string {
  const text = VERIFY_TEXTS[kind]
  return text === '' ? `${title} shows it` : `${text}; ${title} shows the same`
}
