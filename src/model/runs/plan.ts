// What an act is before it runs: what it was planned on, what was checked, what it costs, and its steps.

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
  /** Why it was overruled; null where it was not. */
  readonly overridden: string | null
}

/** What an act costs. Bytes and seconds of commits that are lost, seconds until the target takes writes. */
export interface Impact {
  /** null: not known, which is treated as the worst. */
  readonly lossBytes: number | null
  readonly lossSeconds: number | null
  /** What the loss says where it is an estimate, by readings of that age. Absent: it is exact, by what the act does. */
  readonly lossBound?: LossBound | null
  readonly lossAgeSeconds?: number | null
  readonly writableInSeconds: number | null
  /** Client sessions that are cut; null when not known. */
  readonly sessionsCut: number | null
  /** Names of the application servers that lose or change their database. */
  readonly serversAffected: readonly string[]
  /** Slots, standbys and other things left without what they depend on, in words. */
  readonly orphans: readonly string[]
  /** All of it in one or two sentences for the person who decides. */
  readonly statement: string
}

/** By what a step is carried out. `manual`: by a person, because nothing leads into the host. */
export type StepMethod = 'sql' | 'ssh' | 'local' | 'file' | 'http' | 'manual'

export interface PlannedStep {
  /** Stable within the act: what `--skip` names. */
  readonly id: string
  /** Which kind of step carries it out (src/actions/steps). */
  readonly kind: string
  /** Form of `args`; absent: the first, as 0.1.0 wrote it. */
  readonly version?: number
  /** What that kind needs to know. Holds no secrets: it is written to the journal. */
  readonly args: JsonRecord
  readonly title: string
  readonly how: StepMethod
  /** Name of the database, host or server it works on. */
  readonly where: string
  /** The exact SQL, command or edit, as a person would type it. Several lines for a diff. */
  readonly detail: string
  /** How it is seen to have worked. */
  readonly verify: string
  /** How it can be undone; null when it can't. */
  readonly undo: string | null
  /** What it means to stop after it. */
  readonly ifStopped: string
  readonly maySkip: boolean
  /** What the act loses is known only by this step: left out, it is `data-loss`. Absent: of no such step. */
  readonly proves?: 'loss'
  /** Ids of databases whose role or timeline this step changes: from it on these are not held against the basis. */
  readonly changes: readonly string[]
  /** How long its effect may take to be seen, in seconds; a manual step waits for a person instead. */
  readonly deadlineSeconds: number
}

/** Where the configuration leads for a database: of several hosts the one that answered, and the host whose ssh leads there. */
export interface PlannedEndpoint {
  readonly host: string
  readonly port: number
  readonly via: string | null
}

/** A database as it was when the plan was made. */
export interface PlanBasisNode {
  readonly id: string
  readonly role: 'primary' | 'standby' | 'unknown'
  readonly timeline: number | null
  /** `0/5A001F20`: what it had written, or received. */
  readonly lsn: string | null
  readonly systemIdentifier: string | null
  /** The server that answered; null where none did. Absent in journals of 0.1.0, which kept none. */
  readonly identity?: ServerIdentity | null
  /** Where it was reached; null where a dsn of several hosts had not answered. Absent as above. */
  readonly place?: PlannedEndpoint | null
  /** What its host told, of one that the plan acts on there; null where the host could not tell. Absent: not asked. */
  readonly onHost?: ServerOnHost | null
  /** Milliseconds since the epoch. */
  readonly readAt: number | null
}

/** What a plan rests on: when this changes by someone else's doing, the act stops. */
export interface PlanBasis {
  readonly at: number
  readonly nodes: readonly PlanBasisNode[]
  /** The hosts of the configuration and what leads into each: `local`, `ssh DESTINATION`, `none`. Absent in journals of 0.1.0. */
  readonly hosts?: readonly { readonly id: string; readonly access: string }[]
  /** Kind of the manager in charge; null when there is none. */
  readonly manager: string | null
}

export interface Plan {
  readonly action: string
  readonly title: string
  readonly cluster: string
  /** Id and display name of what it acts on; null for the cluster as a whole. */
  readonly target: { readonly id: string; readonly name: string } | null
  /** The values it was asked with. */
  readonly input: Readonly<Record<string, string>>
  readonly danger: Danger
  /** What has to be typed for `outage` and `data-loss`. */
  readonly confirm: string
  readonly basis: PlanBasis
  readonly checks: readonly PlanCheck[]
  readonly impact: Impact
  readonly steps: readonly PlannedStep[]
  readonly plannedAt: number
}

/** The impact of an act that costs nothing. */
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
