// How one kind of manager is asked to carry out an act: its request, the sending of it, and its own view of it.

import type { ClusterManager } from '../../../model/managers/detection/cluster-manager.ts'
import type { ManagerKind } from '../../../model/measured/managers/manager-signs.ts'
import type { JsonRecord, StepMethod } from '../../../model/runs/plan.ts'
import type { ActionToolbox, PlanningView, PreflightCheck } from '../../definition/action.ts'
import type { WantedAct } from './wanted-act.ts'

/** The manager by readings newer than the request for the plan; its part of the configuration is in `tools.config`. */
export interface DelegationContext {
  readonly clusterView: PlanningView
  readonly manager: ClusterManager
  readonly tools: ActionToolbox
}

/** What is asked, as the journal keeps it. */
export interface PlannedRequest {
  /** All that sending it and looking for it need. No secrets. */
  readonly request: JsonRecord
  readonly how: StepMethod
  /** Name of the host, member or monitor that is asked. */
  readonly where: string
  /** Of the step: `ask Patroni to switch over to db-ro`. */
  readonly title: string
  /** The exact call; then the same as the manager's own command. */
  readonly detail: string
  /** Checks of its own, e.g. its dry run. */
  readonly checks: readonly PreflightCheck[]
  /** Ids of checks of the plan without the manager in whose place these are. */
  readonly replaces?: readonly string[]
  /** What takes it back when the run is undone. Absent: nothing does. */
  readonly undo?: RequestUndo
  /** Sentences for the cost. */
  readonly effects: readonly string[]
  /** Ids of databases whose servers it stops or starts. */
  readonly restarts: readonly string[]
  readonly deadlineSeconds: number
  /** Of a change of roles: when the new primary takes writes, by experience. Absent: as without the manager. */
  readonly writableInSeconds?: number
  /** How long a resumed run looks for the request before it sends it again. Absent: 0. */
  readonly settleSeconds?: number
}

/** A request to the same manager. */
export interface RequestUndo {
  readonly request: JsonRecord
  /** Its call, as the plan shows it. */
  readonly text: string
}

/** `why`: a clause, e.g. `Patroni follows its tag replicatefrom only`. */
export type RequestPlan = PlannedRequest | { readonly why: string }

/** What the manager itself shows of a request. */
export type ManagerLook =
  /** Its view agrees with the effect, and nothing is open. */
  | { readonly state: 'done'; readonly words: string }
  /** It is at something. `isThis`: at nothing else than this request, whoever asked for it. */
  | { readonly state: 'open'; readonly words: string; readonly isThis?: boolean }
  | { readonly state: 'none'; readonly words: string }
  /** Its effect may be there, and a part of the request is still to be done: it is sent again, and does only that. */
  | { readonly state: 'unfinished'; readonly words: string }
  /** It says itself that it failed. */
  | { readonly state: 'failed'; readonly words: string; readonly hint?: string | null }

export interface ManagerActs {
  readonly kind: ManagerKind
  /** Why it can't be asked anything now, as a clause; null if it can. */
  whyNot(context: DelegationContext): string | null
  /** Makes the request for an act, or says why it can't be asked that. Only reads. */
  plan(wanted: WantedAct, context: DelegationContext): Promise<RequestPlan>
  /**
   * Sends the request once; `isRepeated`: an earlier attempt may have sent it. Resolves to the answer in words. Throws FaultError or ActionError if it was refused or not
   * sent, and OutcomeUnknown if only the effect can tell.
   */
  send(request: JsonRecord, tools: ActionToolbox, isRepeated: boolean): Promise<string>
  /** Looks for the request, on a view that is newer than the call. */
  look(request: JsonRecord, tools: ActionToolbox): Promise<ManagerLook>
}
