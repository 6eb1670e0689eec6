// What an action is: its targets, its fields, its plan, its checks, and the tools it may use while it runs.

import type { ClusterConfig } from '../../config/config.ts'
import type { WalSenderSession } from '../../io/base-backup/walsender-session.ts'
import type { HostConnection } from '../../io/hosts/host-connection.ts'
import type { NewestBackup } from '../../model/measured/backup.ts'
import type { OnDemandQuery } from '../../model/measured/on-demand.ts'
import type { ClusterSnapshot } from '../../model/measured/snapshot.ts'
import type { Danger, ProfileId } from '../../model/measured/spec.ts'
import type { Picture } from '../../model/picture/picture.ts'
import type { Impact, Plan, PlanCheck, PlannedStep } from '../../model/runs/plan.ts'
import type { RunStep } from '../../model/runs/run.ts'
import type { EntryPointTools } from './entry-point-tools.ts'

/** What is known of a cluster without asking it: enough to say whether an action can be tried. Menus have only this. */
export interface ClusterView {
  readonly picture: Picture
  readonly snapshot: ClusterSnapshot
  /** Kind of the manager of this cluster, and the command to use instead; null without a manager. */
  readonly manager: { readonly kind: string; readonly instead: string } | null
  readonly now: number
}

/** What an action is planned with. */
export interface PlanningView extends ClusterView {
  readonly config: ClusterConfig
}

/** The request for an action. */
export interface ActionRequest {
  readonly action: string
  /** Id of a database or server; null for the whole cluster. */
  readonly target: string | null
  readonly input: Readonly<Record<string, string>>
}

/** One input of an action: `--set NAME=VALUE`, or a field of the form on the screen. */
export interface ActionField {
  readonly name: string
  readonly explains: string
  readonly kind: 'text' | 'number' | 'boolean' | 'duration' | 'choice'
  readonly choices?: readonly string[]
  readonly required: boolean
  /** The form on the screen asks for it, though it may be left empty. */
  readonly isAsked?: true
  /** The default, as words or as a value. */
  readonly defaultText?: string
  /** Only for clusters of these profiles; absent: for all. */
  readonly profiles?: readonly ProfileId[]
}

/** Returns the fields that an action has on clusters of that profile. */
export function actionFieldsFor({ fields }: Pick<Action, 'fields'>, profile: ProfileId): readonly ActionField[] {
  return fields.filter(({ profiles }) => profiles === undefined || profiles.includes(profile))
}

type ActionTargetKind = 'database' | 'server' | 'node' | 'cluster'

/** The tools of an action. While the action is planned, none of them changes anything: `sql` is read-only then. */
export interface ActionToolbox {
  readonly config: ClusterConfig
  /** The newest picture. */
  view(): PlanningView
  /** Reads everything again, with these queries. Resolves to a view in which every reading is newer than the call. */
  refresh(queries?: readonly OnDemandQuery[]): Promise<PlanningView>
  /**
   * Runs one statement on one database, in a session kept for the run: read-write in the run of a confirmed plan,
   * read-only while planning. Throws FaultError. Throws OutcomeUnknown if the statement was sent and no answer came: it
   * may have had its effect.
   */
  sql<Row extends object>(database: string, statement: SqlRequest): Promise<readonly Row[]>
  /**
   * Runs a SELECT with side effects that returns at most one row. Like `sql`, but a condition in the statement itself
   * makes its functions run only on the server that is meant.
   */
  callFunction<Row extends object>(database: string, statement: SqlRequest): Promise<Row | null>
  /**
   * Like `sql`, in the manager's own database, which the key "manager" of the configuration names: the monitor of
   * pg_auto_failover, or the database of repmgr.
   */
  managerSql<Row extends object>(statement: ManagerSqlRequest): Promise<readonly Row[]>
  /** Opens a session of physical replication. The caller ends it. Throws FaultError. */
  replication(database: string): Promise<WalSenderSession>
  /** Poolers, and new sessions by the addresses of applications. */
  readonly entryPoints: EntryPointTools
  /** Returns the host connection of a configured host; null if the configuration has none. */
  host(name: string | null): HostConnection | null
  /**
   * Writes the logs of a server or database as an archive to that path, and replaces an existing file. Resolves to its
   * content. Throws an Error with a message for people, and leaves no file behind then.
   */
  collectLogs(node: string, path: string, onProgress: (progress: string) => void): Promise<string>
  /** Reads the backups of a database as the configuration says; null if it has no source of them. Throws FaultError. */
  backupOf(database: string): Promise<NewestBackup | null>
  /** Stores a display name. An empty name removes it. */
  rename(id: string, name: string): Promise<void>
  /** Writes a line of live output. Secrets are removed before it is shown. */
  writeOutput(text: string): void
  /** Waits. Throws when the run is stopped. */
  wait(ms: number): Promise<void>
  readonly signal: AbortSignal
  /** The reason with which the user overruled that check of this plan; null if he did not, and while planning. */
  overrideReason(check: string): string | null
  /** The record of that step in this run; null if there is none, and while planning. */
  stepRecord(step: string): RunStep | null
  /** Id of the run, also while planning. Names of backups and slots may contain it. */
  readonly run: string
  /** The environment, for tools on this host. */
  readonly env: Readonly<Record<string, string | undefined>>
}

export type SqlSessionKind = 'usual' | 'users' | 'quiet'

export interface SqlRequest {
  readonly text: string
  readonly values?: readonly unknown[]
  /**
   * For `callFunction`, without values: a statement that follows in the same transaction and reads what `text` has set
   * there. It must do nothing if nothing was set, because another server answered then.
   */
  readonly afterwards?: string
  /** Limit in milliseconds; default 10 s. */
  readonly limitMs?: number
  /**
   * Uses another session than the default one. `users`: a session like those of users, which fails if the server makes
   * new sessions read-only. `quiet`: a session whose statements stay out of the server log and the statistics, as far
   * as this role may do that.
   */
  readonly on?: SqlSessionKind
}

export interface ManagerSqlRequest extends Pick<SqlRequest, 'text' | 'values' | 'limitMs'> {
  /** Id of the database on whose server it is; absent: where the configuration says. */
  readonly at?: string
}

/**
 * The result of a check. null: it does not apply. `mayOverride` is for a check that decides only now whether its
 * failure may be overruled.
 */
export type PreflightResult =
  | (Pick<PlanCheck, 'result' | 'message' | 'hint'> & Partial<Pick<PlanCheck, 'mayOverride'>>)
  | null

/** One pre-flight check. If it throws, its result is `warn: unknown`, never a pass. */
export interface PreflightCheck {
  readonly id: string
  readonly mayOverride: boolean
  run(clusterView: PlanningView, draft: Draft, tools: ActionToolbox): Promise<PreflightResult> | PreflightResult
}

/** An action before its checks: what it will do. */
export interface Draft {
  readonly target: Plan['target']
  readonly title: string
  readonly danger: Danger
  /** The text to type for `outage` and `data-loss`. Default: the target's name. */
  readonly confirm?: string
  readonly impact: Impact
  readonly steps: readonly PlannedStep[]
  readonly checks: readonly PreflightCheck[]
  readonly input: Readonly<Record<string, string>>
}

export interface Action {
  readonly name: string
  /** The text in a menu: `promote a standby`. */
  readonly title: string
  readonly explains: string
  /** null: only in the menu. */
  readonly key: string | null
  readonly danger: Danger
  readonly target: ActionTargetKind
  /**
   * `cluster`: it changes roles, data directories, settings or slots, so only one such run at a time may hold the
   * cluster. `none`: it may run beside others, however long it takes.
   */
  readonly locks: 'cluster' | 'none'
  /**
   * Its effect on roles: at its end the run reports who serves the users. `ends-writes`: it leaves the cluster without
   * a primary on purpose. `brings-back`: it reports that if its target is writable then.
   */
  readonly roles?: 'changes' | 'ends-writes' | 'brings-back'
  readonly fields: readonly ActionField[]
  /** An action of the configuration with the same name takes its place. */
  readonly yieldsToOwn?: boolean
  /** The target that it proposes where a server or database is selected that it can't be done to; null: none. */
  proposes?(picture: Picture, selected: string): string | null
  /** Why it can't be done to this target now, by the picture; null if it can be tried. */
  whyNot(clusterView: ClusterView, target: string | null): string | null
  /** Makes the draft. Throws PlanError for an invalid request. Only reads. */
  draft(clusterView: PlanningView, request: ActionRequest, tools: ActionToolbox): Promise<Draft> | Draft
  /**
   * A change by others that ends this run, besides what the basis covers; null if the run may continue. `done` are the
   * ids of steps that are verified or confirmed by a person.
   */
  abortReason?(plan: Plan, clusterView: PlanningView, done: ReadonlySet<string>): string | null
}

/** The request is invalid: a field is missing, or the target is of the wrong kind. The message says which. */
export class PlanError extends Error {
  override readonly name = 'PlanError'
}
