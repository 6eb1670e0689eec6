// What a profile does its own way: its plans of general actions, actions of its own, its kinds of steps and edits of files.

import type { ProfileId } from '../../model/measured/spec.ts'
import type { TextEdit } from '../../model/values/text-lines.ts'
import type { Action, ActionField, ActionRequest, ActionToolbox, ClusterView, Draft, PlanningView } from './action.ts'
import type { PromotionParticipants } from './participants.ts'
import type { StepKind } from './step-kind.ts'

/** What one profile makes of an action that means the same everywhere. */
export type ProfilePlan = Pick<Action, 'fields' | 'whyNot' | 'draft' | 'abortReason'>

/** The actions of which each profile has a plan of its own. */
export type ProfiledActionName = 'failback' | 'decommission' | 'backup'

/** How a profile promotes what is more to it than a standby. */
export interface ProfilePromotion {
  /** Fields that `promote` has beside the general ones. */
  readonly fields: readonly ActionField[]
  /** Id of the database that is meant by a target of this profile; the target itself where it stands for no other. */
  databaseOf(view: ClusterView, target: string | null): string | null
  /** Its own plan; null where the general one applies. Throws PlanError for a request that can't be followed. */
  draft(
    participants: PromotionParticipants,
    view: PlanningView,
    request: ActionRequest,
    tools: ActionToolbox,
  ): Promise<Draft> | null
  /** Why this request can't be followed by a general plan: it asks for what only this profile's own has; else null. */
  whyNotGeneral(request: ActionRequest): string | null
  /** Why that database can't take over in a switchover; null where it can. */
  whyNoSwitchover(view: ClusterView, database: string): string | null
}

/** One profile, or several that do everything alike, as `src/profiles/` registers them. */
export interface ProfileActions {
  readonly profiles: readonly ProfileId[]
  /** Of an action that is absent here this version has no plan for these profiles. */
  readonly plans: Readonly<Partial<Record<ProfiledActionName, ProfilePlan>>>
  /** null: a database of this profile is promoted as any other. */
  readonly promotion: ProfilePromotion | null
  /** Actions that no other profile has. They are listed for every cluster: `whyNot` says for which they are. */
  readonly actions: readonly Action[]
  /** Kinds of steps that only its plans use. */
  readonly stepKinds: readonly StepKind[]
  /** What steps of the kind `edit-file` may do to its files, by the id that journals name. */
  readonly fileEdits: FileEdits
}

/** Edits from the whole text of a file to its whole text, by id. */
export type FileEdits = Readonly<Record<string, (text: string) => TextEdit>>

/** The actions of that profile; null for plain PostgreSQL. */
export function profileActionsFor(profiles: readonly ProfileActions[], id: ProfileId): ProfileActions | null {
  return profiles.find((each) => each.profiles.includes(id)) ?? null
}
