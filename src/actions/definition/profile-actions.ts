// What a profile does its own way: plans of general actions, actions of its own, kinds of steps, and edits of files.

import type { ProfileId } from '../../model/measured/spec.ts'
import type { TextEdit } from '../../model/values/text-lines.ts'
import type { Action, ActionField, ActionRequest, ActionToolbox, ClusterView, Draft, PlanningView } from './action.ts'
import type { PromotionParticipants } from './participants.ts'
import type { StepKind } from './step-kind.ts'

/** A profile's plan of an action that has the same meaning in every profile. */
export type ProfilePlan = Pick<Action, 'fields' | 'whyNot' | 'draft' | 'abortReason'>

/** The actions for which each profile has a plan of its own. */
export type ProfiledActionName = 'failback' | 'decommission' | 'backup'

/** How a profile promotes what is more than a standby. */
export interface ProfilePromotion {
  /** Fields of `promote` beside the general ones. */
  readonly fields: readonly ActionField[]
  /** Returns the id of the database that a target of this profile stands for; the target itself if it is a database. */
  databaseOf(view: ClusterView, target: string | null): string | null
  /** The profile's plan; null if the general plan applies. Throws PlanError for an invalid request. */
  draft(
    participants: PromotionParticipants,
    view: PlanningView,
    request: ActionRequest,
    tools: ActionToolbox,
  ): Promise<Draft> | null
  /** Why the general plan can't serve this request: it asks for what only this profile has. Else null. */
  whyNotGeneral(request: ActionRequest): string | null
  /** Why that database can't become the primary in a switchover; null if it can. */
  whyNoSwitchover(view: ClusterView, database: string): string | null
}

/** One profile, or several with the same procedures, as `src/profiles/` registers them. */
export interface ProfileActions {
  readonly profiles: readonly ProfileId[]
  /** For an action that is absent here, this version has no plan for these profiles. */
  readonly plans: Readonly<Partial<Record<ProfiledActionName, ProfilePlan>>>
  /** null: a database of this profile is promoted like any other. */
  readonly promotion: ProfilePromotion | null
  /** Actions of this profile only. Every cluster lists them; `whyNot` says for which clusters they are. */
  readonly actions: readonly Action[]
  /** Kinds of steps that only this profile's plans use. */
  readonly stepKinds: readonly StepKind[]
  /** The edits of this profile's files for steps of the kind `edit-file`, by the id in journals. */
  readonly fileEdits: FileEdits
}

/** Edits by id. Each takes the whole text of a file and returns the whole new text. */
export type FileEdits = Readonly<Record<string, (text: string) => TextEdit>>

/** Returns the actions of that profile; null for plain PostgreSQL. */
export function profileActionsFor(profiles: readonly ProfileActions[], id: ProfileId): ProfileActions | null {
  return profiles.find((each) => each.profiles.includes(id)) ?? null
}
