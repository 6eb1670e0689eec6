// The plan of an action: its basis, its checks, its cost and its steps.

import type { ServerIdentity } from '../measured/server-identity.ts'
import type { ServerOnHost } from '../measured/server-on-host.ts'
import type { Danger } from '../measured/spec.ts'
import type { LossBound } from '../picture/picture.ts'

/** A JSON value: plans are written to a journal and read again by another process. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue }
export type JsonRecord = { readonly [key: string]: JsonValue }

export interface PlanCheck {
  /** Stable: what `--override` names. */
  readonly id: string
  readonly result: 'pass' | 'warn' | 'fail'
  /** One sentence with the figure it rests on. */
  readonly message: string
  readonly hint: string | null
  /** Whether a failure may be overruled with a reason. */
  readonly mayOverride: boolean
  /** Why it was overruled; null if it was not. */
  readonly overridden: string | null
}

/** The cost of an action. Bytes and seconds of lost commits, and seconds until the target is writable. */
export interface Impact {
  /** null: unknown, which counts as the worst. */
  readonly lossBytes: number | null
  readonly lossSeconds: number | null
  /** What an estimated loss means, and the age of its readings. Absent: it is exact, because the action determines it. */
  readonly lossBound?: LossBound | null
  readonly lossAgeSeconds?: number | null
  readonly writableInSeconds: number | null
  /** Client sessions that end; null if unknown. */
  readonly sessionsCut: number | null
  /** Names of the application servers that lose or change their database. */
  readonly serversAffected: readonly string[]
  /** Slots, standbys and others that lose what they depend on, as text. */
  readonly orphans: readonly string[]
  /** The whole cost in one or two sentences for the person who decides. */
  readonly statement: string
  /** Who serves the users once it is done, in words. Absent: the action changes no roles, or it is a journal of 0.1.0. */
  readonly servingAfter?: string
}

/** The means of a step. `manual`: by a person, because pgdeck has no access to the host. */
export type StepMethod = 'sql' | 'ssh' | 'local' | 'file' | 'http' | 'manual'

export interface PlannedStep {
  /** Stable within the action: `--skip` takes it. */
  readonly id: string
  /** The kind of step that runs it (src/actions/steps). */
  readonly kind: string
  /** Version of the form of `args`; absent: the first, as 0.1.0 wrote it. */
  readonly version?: number
  /** The arguments of that kind. No secrets, because the journal stores them. */
  readonly args: JsonRecord
  readonly title: string
  readonly how: StepMethod
  /** Name of its database, host or server. */
  readonly where: string
  /** The exact SQL, command or edit, as a person would type it. Several lines for a diff. */
  readonly detail: string
  /** How its effect is verified. */
  readonly verify: string
  /** How it can be undone; null if it can't. */
  readonly undo: string | null
  /** What it means to stop after it. */
  readonly ifStopped: string
  readonly maySkip: boolean
  /**
   * Only this step determines what the action loses: skipping it makes the action `data-loss`. Absent for other steps.
   */
  readonly proves?: 'loss'
  /** Ids of databases whose role or timeline this step changes: from it on they are not compared with the basis. */
  readonly changes: readonly string[]
  /** Time limit for its effect, in seconds; a manual step waits for a person instead. */
  readonly deadlineSeconds: number
}

/** The address of a database: of several hosts the one that answered, and the host whose ssh connection is used. */
export interface PlannedEndpoint {
  readonly host: string
  readonly port: number
  readonly via: string | null
}

/** A database as read for the plan. */
export interface PlanBasisNode {
  readonly id: string
  readonly role: 'primary' | 'standby' | 'unknown'
  readonly timeline: number | null
  /** `0/5A001F20`: written or received. */
  readonly lsn: string | null
  readonly systemIdentifier: string | null
  /** The server that answered; null without an answer. Absent in journals of 0.1.0. */
  readonly identity?: ServerIdentity | null
  /** Its address; null if a DSN with several hosts had not answered. Absent as above. */
  readonly place?: PlannedEndpoint | null
  /** What its host showed, if the plan works there; null if it can't tell. Absent: not read. */
  readonly onHost?: ServerOnHost | null
  /** Milliseconds since the epoch. */
  readonly readAt: number | null
}

/** The basis of a plan: the action stops if others change it. */
export interface PlanBasis {
  readonly at: number
  readonly nodes: readonly PlanBasisNode[]
  /** The configured hosts and the access to each: `local`, `ssh DESTINATION`, `none`. Absent in journals of 0.1.0. */
  readonly hosts?: readonly { readonly id: string; readonly access: string }[]
  /** Kind of the manager; null without one. */
  readonly manager: string | null
}

export interface Plan {
  readonly action: string
  readonly title: string
  readonly cluster: string
  /** Id and display name of its target; null for the whole cluster. */
  readonly target: { readonly id: string; readonly name: string } | null
  /** The given values. */
  readonly input: Readonly<Record<string, string>>
  readonly danger: Danger
  /** The text to type for `outage` and `data-loss`. */
  readonly confirm: string
  /** Ids that confirm too: of the server or database whose display name is `confirm`. Absent in journals of 0.1.0. */
  readonly confirmIds?: readonly string[]
  readonly basis: PlanBasis
  readonly checks: readonly PlanCheck[]
  readonly impact: Impact
  readonly steps: readonly PlannedStep[]
  readonly plannedAt: number
}

/** The impact of an action without a cost. */
export function noImpact(statement: string): Impact {
  return {
    lossBytes: 0,
    lossSeconds: 0,
    writableInSeconds: null,
    sessionsCut: 0,
    serversAffected: [],
    orphans: [],
    statement,
  }
}

/** Checks that block: failed and not overruled. */
export function blockingChecks(plan: Plan): readonly PlanCheck[] {
  return plan.checks.filter(({ result, overridden }) => result === 'fail' && overridden === null)
}
