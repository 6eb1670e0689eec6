// Asks CloudNativePG by its plugin of kubectl and its documented annotations. Its answers follow its source, and were not run.

import { kubectlCommand } from '../../../io/kubernetes/kubectl.ts'
import { memberOfDatabase } from '../../../model/managers/member-words.ts'
import { whyNotPromoted } from '../../../model/managers/takeover.ts'
import type { DatabaseView } from '../../../model/picture/picture.ts'
import { isPrimary } from '../../../model/picture/roles.ts'
import { shellCommandLine } from '../../../model/values/shell-quote.ts'
import type { PreflightCheck } from '../../definition/action.ts'
import type { DelegationContext, ManagerActs, PlannedRequest, RequestPlan } from '../definition/manager-acts.ts'
import type { WantedActName } from '../definition/wanted-act.ts'
import { lookAtOperator } from './look.ts'
import type { OperatorRequest } from './request.ts'
import { resourceOf, sendToOperator } from './send.ts'

export const cloudNativePgActs: ManagerActs = {
  kind: 'cloudnativepg',
  whyNot({ manager: { details, systemIdentifierMatches }, tools }) {
    if (resourceOf(tools.config) === null) return 'no cluster of CloudNativePG is configured'
    if (!details?.operator) return 'kubectl does not tell its cluster now'
    if (details.operator.isHibernated) return 'its cluster is hibernated'
    return systemIdentifierMatches === true ? null : 'whether it manages this system is unknown'
  },
  async plan(wanted, context) {
    switch (wanted.act) {
      case 'switchover':
        return wanted.at === null
          ? promotion(wanted.participants.target, context)
          : { why: 'it can’t schedule a switchover' }
      case 'restart':
        return restart(wanted.view, context)
      case 'put-back':
      case 'rejoin':
        return unfencing(wanted.view, context)
      case 'pause':
        return pause(true, context)
      case 'resume':
        return pause(false, context)
      default:
        return { why: WHY_NOT[wanted.act] }
    }
  },
  send: sendToOperator,
  look: lookAtOperator,
}

type Other = Exclude<WantedActName, 'switchover' | 'restart' | 'put-back' | 'rejoin' | 'pause' | 'resume'>

const IN_ITS_RESOURCE = 'it keeps that in its resource: kubectl edit cluster'
const WHY_NOT: Readonly<Record<Other, string>> = {
  failover: 'it promotes a standby by itself when the primary has failed',
  reload: 'PostgreSQL itself reloads',
  rebuild: 'an instance is made anew after it was destroyed: kubectl cnpg destroy',
  follow: 'each standby follows the primary',
  leave: 'it has as many instances as spec.instances says',
  'cancel-switchover': 'it can’t schedule a switchover',
  'create-slot': IN_ITS_RESOURCE,
  'drop-slot': IN_ITS_RESOURCE,
  'add-hba-entry': IN_ITS_RESOURCE,
  'set-parameter': IN_ITS_RESOURCE,
  'take-out': 'fencing stops PostgreSQL by itself: kubectl cnpg fencing on',
}

interface Call extends Pick<PlannedRequest, 'title' | 'effects' | 'restarts' | 'deadlineSeconds'> {
  readonly call: OperatorRequest['call']
  readonly words: readonly string[]
  readonly instance: string | null
  readonly view: DatabaseView | null
  readonly checks?: readonly PreflightCheck[]
}

function planned({ call, words, instance, view, checks = [], ...rest }: Call, context: DelegationContext): RequestPlan {
  const resource = resourceOf(context.tools.config)
  if (!resource) return { why: 'no cluster of CloudNativePG is configured' }
  const known = context.clusterView.picture.databases.find(({ systemIdentifier }) => systemIdentifier !== null)
  const request: OperatorRequest = {
    call,
    words: [...words],
    cluster: resource.cluster,
    instance,
    system: view?.systemIdentifier ?? known?.systemIdentifier ?? null,
  }
  // Arguments of its own may hold a token.
  const shown = { ...resource, kubectl: [resource.kubectl[0] ?? 'kubectl'] }
  return {
    ...rest,
    request,
    how: 'local',
    where: 'this host',
    detail: `${shellCommandLine(kubectlCommand(shown, words))}\nIt was not run on a real operator: its answers follow the documentation.`,
    checks,
  }
}

function instanceOf(view: DatabaseView, { manager }: DelegationContext): string | null {
  return manager.names[view.id] ?? null
}

const UNKNOWN = (view: DatabaseView) => ({ why: `it does not tell which of its instances ${view.name} is` })

/** The old primary is shut down (up to spec.switchoverDelay, an hour by default) before the new one is promoted. */
const PROMOTION_SECONDS = 600

function promotion(view: DatabaseView, context: DelegationContext): RequestPlan {
  const instance = instanceOf(view, context)
  if (instance === null) return UNKNOWN(view)
  const { manager, clusterView } = context
  const old = clusterView.picture.databases.find((each) => isPrimary(each) && manager.names[each.id] !== undefined)
  return planned(
    {
      call: 'promote',
      words: ['cnpg', 'promote', manager.scope ?? '', instance],
      instance,
      view,
      title: `ask CloudNativePG to switch over to ${view.name}`,
      effects: ['The old primary is shut down first, within spec.switchoverDelay; until then nobody is promoted.'],
      restarts: old ? [old.id] : [],
      deadlineSeconds: PROMOTION_SECONDS,
      checks: [operatorCanPromote(view)],
    },
    context,
  )
}

/** An operator that is asked for an instance that can’t lead waits for it, without a primary. */
function operatorCanPromote(view: DatabaseView): PreflightCheck {
  return {
    id: 'operator-state',
    mayOverride: false,
    run({ picture: { manager, at } }) {
      const operator = manager?.details?.operator
      if (!manager || !operator) return { result: 'fail', message: 'kubectl tells nothing of the cluster', hint: null }
      const { currentPrimary, targetPrimary, phase } = operator
      if (currentPrimary !== targetPrimary) {
        const message = `it changes the primary from ${currentPrimary ?? 'none'} to ${targetPrimary ?? 'none'}: ${phase ?? '?'}`
        return { result: 'fail', message, hint: 'Wait until that is done: kubectl cnpg status.' }
      }
      if (manager.paused)
        return {
          result: 'fail',
          message: 'its reconciliation is stopped: it does nothing',
          hint: 'pgdeck do resume-manager',
        }
      const why = whyNotPromoted(manager, view, at)
      const state = memberOfDatabase(manager, view.id)?.state ?? 'unknown'
      if (why !== null || state !== 'healthy')
        return { result: 'fail', message: `${view.name} ${why ?? `is “${state}” by the operator`}`, hint: null }
      return {
        result: 'pass',
        message: `the operator has ${view.name} as healthy: ${phase ?? 'no phase is told'}`,
        hint: null,
      }
    },
  }
}

function restart(view: DatabaseView, context: DelegationContext): RequestPlan {
  const instance = instanceOf(view, context)
  if (instance === null) return UNKNOWN(view)
  return planned(
    {
      call: 'restart',
      words: ['cnpg', 'restart', context.manager.scope ?? '', instance],
      instance,
      view,
      title: `ask CloudNativePG to restart ${view.name}`,
      effects: [
        isPrimary(view)
          ? 'The primary restarts in its pod.'
          : 'The pod of a standby is deleted, and made anew on its volumes.',
      ],
      restarts: [view.id],
      deadlineSeconds: 600,
    },
    context,
  )
}

function unfencing(view: DatabaseView, context: DelegationContext): RequestPlan {
  const instance = instanceOf(view, context)
  if (instance === null) return UNKNOWN(view)
  if (memberOfDatabase(context.manager, view.id)?.facts?.inMaintenance !== true)
    return { why: `${instance} is not fenced: the operator starts it by itself` }
  return planned(
    {
      call: 'unfence',
      words: ['cnpg', 'fencing', 'off', context.manager.scope ?? '', instance],
      instance,
      view,
      title: `ask CloudNativePG to end the fence of ${view.name}`,
      effects: ['PostgreSQL starts in its pod, in the role that the operator gives it.'],
      restarts: [view.id],
      deadlineSeconds: 300,
    },
    context,
  )
}

const RECONCILIATION = 'cnpg.io/reconciliationLoop'

function pause(isOn: boolean, context: DelegationContext): RequestPlan {
  return planned(
    {
      call: isOn ? 'pause' : 'resume',
      words: [
        ...['annotate', '--overwrite', 'clusters.postgresql.cnpg.io', context.manager.scope ?? ''],
        isOn ? `${RECONCILIATION}=disabled` : `${RECONCILIATION}-`,
      ],
      instance: null,
      view: null,
      title: isOn ? 'ask CloudNativePG to stop its reconciliation' : 'ask CloudNativePG to reconcile again',
      effects: isOn ? ['It heals nothing either: a pod that ends is not replaced.'] : [],
      restarts: [],
      deadlineSeconds: 60,
    },
    context,
  )
}
