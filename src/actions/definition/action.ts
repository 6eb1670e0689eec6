// What an act is: what it may act on, what it asks for, its plan, its checks. And what it may use while it runs.

import type { ClusterConfig } from '../../config/config.ts'
import type { WalSenderSession } from '../../io/base-backup/walsender-session.ts'
import type { HostConnection } from '../../io/hosts/host-connection.ts'
import type { OnDemandQuery } from '../../model/measured/on-demand.ts'
import type { ClusterSnapshot } from '../../model/measured/snapshot.ts'
import type { Danger, ProfileId } from '../../model/measured/spec.ts'
import type { Picture } from '../../model/picture/picture.ts'
import type { Impact, Plan, PlanCheck, PlannedStep } from '../../model/runs/plan.ts'
import type { RunStep } from '../../model/runs/run.ts'

/** What is known of a cluster: enough to say whether an act can be tried. Menus have no more than this. */
export interface ClusterView {
  readonly picture: Picture
  readonly snapshot: ClusterSnapshot
  /** Kind of the manager in charge of this cluster, and what to use instead; null without one. */
  readonly manager: { readonly kind: string; readonly instead: string } | null
  readonly now: number
}

/** What an act is planned on. */
export interface PlanningView extends ClusterView {
  readonly config: ClusterConfig
}

/** What an act was asked to do. */
export interface ActionRequest {
  readonly action: string
  /** Id of a database or server; null for the cluster as a whole. */
  readonly target: string | null
  readonly input: Readonly<Record<string, string>>
}

/** One value that an act takes: `--set NAME=VALUE`, a field of the form on the screen. */
export interface ActionField {
  readonly name: string
  readonly explains: string
  readonly kind: 'text' | 'number' | 'boolean' | 'duration' | 'choice'
  readonly choices?: readonly string[]
  readonly required: boolean
  /** What is taken when nothing is given, in words or as a value. */
  readonly defaultText?: string
  /** Of clusters of these profiles only; absent: of all. */
  readonly profiles?: readonly ProfileId[]
}

/** The fields that an act has on clusters of that profile. */
export function actionFieldsFor({ fields }: Pick<Action, 'fields'>, profile: ProfileId): readonly ActionField[] {
  return fields.filter(({ profiles }) => profiles === undefined || profiles.includes(profile))
}

type ActionTargetKind = 'database' | 'server' | 'node' | 'cluster'

/** What an act works with. While it is planned nothing here changes anything: `sql` may not write then. */
export interface ActionToolbox {
  readonly config: ClusterConfig
  /** The latest that is known. */
  view(): PlanningView
  /** Reads everything anew, and these looks, and answers with what is known then: every reading is newer than the call. */
  refresh(looks?: readonly OnDemandQuery[]): Promise<PlanningView>
  /**
   * One statement on one database, on a session of its own kept for the run: read-write in the run of a confirmed plan,
   * read-only while planning. Throws FaultError; an OutcomeUnknown when the statement went out and no answer came: it may have
   * had its effect.
   */
  sql<Row extends object>(database: string, statement: SqlRequest): Promise<readonly Row[]>
  /**
   * A SELECT that acts, with one row at most as its answer: as `sql`, and its functions are called on the server that may
   * be acted on alone, by a condition in the statement itself.
   */
  callFunction<Row extends object>(database: string, statement: SqlRequest): Promise<Row | null>
  /** A session of physical replication, of its own: whoever opens it ends it. Throws FaultError. */
  replication(database: string): Promise<WalSenderSession>
  /** The way into a host of the config; null where the config gives none. */
  host(name: string | null): HostConnection | null
  /**
   * The logs of a server or database as an archive at that path, over what is there. Answers with what is in it. Throws
   * an Error in words; then nothing is left behind.
   */
  collectLogs(node: string, path: string, onProgress: (progress: string) => void): Promise<string>
  /** Keeps a display name; an empty one takes it away. */
  rename(id: string, name: string): Promise<void>
  /** A line of live output; secrets are taken out before anybody sees it. */
  writeOutput(text: string): void
  /** Waits, or throws when the run is stopped. */
  wait(ms: number): Promise<void>
  readonly signal: AbortSignal
  /** The reason by which somebody overruled that check of this run's plan; null where nobody did, and while it is planned. */
  overrideReason(check: string): string | null
  /** What the record of this run says of that step; null for one that it has not, and while it is planned. */
  stepRecord(step: string): RunStep | null
  /** Id of the run: names of backups and slots may hold it. While planning it is what the run will be called. */
  readonly run: string
  /** The environment, for tools on this host. */
  readonly env: Readonly<Record<string, string | undefined>>
}

export type SqlSessionKind = 'usual' | 'users' | 'quiet'

export interface SqlRequest {
  readonly text: string
  readonly values?: readonly unknown[]
  /**
   * For `act`, without values: what follows in the same transaction, where it finds what `text` has set for that. It has to
   * do nothing where nothing was set: then another server answered.
   */
  readonly afterwards?: string
  /** Limit in milliseconds; default 10 s. */
  readonly limitMs?: number
  /**
   * On another session than the usual one. `users`: one as users have it, which fails where the server lets new sessions
   * only read. `quiet`: one whose statements are kept out of the server's log and statistics, as far as this role may.
   */
  readonly on?: SqlSessionKind
}

/**
 * What a check found. null where it does not apply. `mayOverride` is for a check that finds out only now whether its
 * failure may be overruled.
 */
export type PreflightResult =
  | (Pick<PlanCheck, 'result' | 'message' | 'hint'> & Partial<Pick<PlanCheck, 'mayOverride'>>)
  | null

/** One pre-flight check. Anything it throws counts as `warn: unknown`, never as a pass. */
export interface PreflightCheck {
  readonly id: string
  readonly mayOverride: boolean
  run(clusterView: PlanningView, draft: Draft, tools: ActionToolbox): Promise<PreflightResult> | PreflightResult
}

/** An act before its checks: what it will do. */
export interface Draft {
  readonly target: Plan['target']
  readonly title: string
  readonly danger: Danger
  /** What has to be typed for `outage` and `data-loss`; default: the target's name. */
  readonly confirm?: string
  readonly impact: Impact
  readonly steps: readonly PlannedStep[]
  readonly checks: readonly PreflightCheck[]
  readonly input: Readonly<Record<string, string>>
}

export interface Action {
  readonly name: string
  /** In a menu: `promote a standby`. */
  readonly title: string
  readonly explains: string
  /** null: only in the menu. */
  readonly key: string | null
  readonly danger: Danger
  readonly target: ActionTargetKind
  /**
   * `cluster`: it changes roles, data directories, settings or slots, so one such run at a time has the cluster. `none`:
   * it may go on beside such a run, however long it takes.
   */
  readonly locks: 'cluster' | 'none'
  /** What it does to the roles: when it is done, who serves the users is told. `ends-writes`: on purpose. */
  readonly roles?: 'changes' | 'ends-writes'
  readonly fields: readonly ActionField[]
  /** Why it can't be done to this target now, as far as the picture tells; null when it can be tried. */
  whyNot(clusterView: ClusterView, target: string | null): string | null
  /** Throws PlanError for a request that can't be followed. Reads only. */
  draft(clusterView: PlanningView, request: ActionRequest, tools: ActionToolbox): Promise<Draft> | Draft
  /**
   * What someone else changed that ends this run, beside what the basis tells; null when it may go on. `done` are ids
   * of the steps that are, or that somebody's word stands for.
   */
  abortReason?(plan: Plan, clusterView: PlanningView, done: ReadonlySet<string>): string | null
}

/** The request can't be followed: a field is missing, a target is of the wrong kind. The message says which. */
export class PlanError extends Error {
  override readonly name = 'PlanError'
}
