// The check that the primary is down for other hosts too, before another primary is made.

import { BEFORE_PLAN } from '../../model/failover/loss-text.ts'
import type { DatabaseView } from '../../model/picture/picture.ts'
import { confirmPrimaryOutage } from '../../model/reachability/outage-confirmation.ts'
import {
  type ConnectedReceiver,
  connectedReceivers,
  receiverText,
} from '../../model/replication/connected-receivers.ts'
import { isFromTarget } from '../../model/values/fault.ts'
import { formatAge } from '../../model/values/units.ts'
import type { PlanningView, PreflightCheck, PreflightResult } from '../definition/action.ts'
import type { PromotionParticipants } from '../definition/participants.ts'
import { findDatabase } from '../definition/target.ts'
import { postmasterStateOn } from '../hosts/postmaster.ts'
import type { DatabaseService } from '../hosts/service.ts'

/**
 * Passes only if the primary's own host reports that it is down. A cut network looks the same from here and from any
 * other place. `isFenced`: the plan itself stops the primary on its host, and continues only when the host confirms it.
 */
export function primaryConfirmedDown(
  { primary, target }: PromotionParticipants,
  isFenced: boolean,
  service: DatabaseService | null = null,
): PreflightCheck {
  return {
    id: 'primary-down-by-others',
    mayOverride: true,
    async run(clusterView, _, tools): Promise<PreflightResult> {
      const connected = connectedReceivers(clusterView.picture, target.systemIdentifier)
      if (!primary) {
        const words = connected.map((each) => `; ${receiverText(each)}`).join('')
        return {
          result: 'fail',
          message: `the former upstream of ${target.name} is unknown, and so is whether it is down${words}`,
          hint: 'Make sure by hand that no primary with this system identifier runs; then overrule this with that reason.',
        }
      }
      const view = findDatabase(clusterView, primary.id) ?? primary
      // A server that refuses is up, even if it grants no access.
      if (view.problem && isFromTarget(view.problem)) {
        const hint = 'Correct what keeps pgdeck from reading it, or stop it on its host.'
        return { result: 'fail', message: `${view.name} is up: ${view.problem.message}`, hint }
      }
      const postmaster = service ? await postmasterStateOn(service, tools) : null
      if (postmaster !== null) return byHost(postmaster, view, connected)
      return byOthers(clusterView, view, connected, isFenced)
    },
  }
}

/** The primary's own host knows more than a look from outside, but only about this one server. */
function byHost(state: string, { id, name }: DatabaseView, connected: readonly ConnectedReceiver[]): PreflightResult {
  if (state === 'running') {
    const hint = `Restore the connection to ${name} and switch over without a loss, or stop it first: pgdeck do fence.`
    const message = `the postmaster of ${name} runs on its host: pgdeck only can’t read it from here`
    return { result: 'fail', message, hint }
  }
  const message = `no postmaster of ${name} runs on its host (${state})`
  const others = connected.filter(({ sourceId }) => sourceId !== id)
  if (others.length > 0)
    return { result: 'fail', message: `${message}, but ${others.map(receiverText).join('; ')}`, hint: LOOK_THERE }
  if (connected.length === 0) return { result: 'pass', message, hint: null }
  return {
    result: 'warn',
    message: `${message}, but ${connected.map(receiverText).join('; ')}`,
    hint: 'The step "promote" waits until that connection has ended.',
  }
}

const LOOK_THERE =
  'An open connection shows that the server runs: check it on its host. Two primaries cost more than an outage.'

function byOthers(
  clusterView: PlanningView,
  { id, name }: DatabaseView,
  connected: readonly ConnectedReceiver[],
  isFenced: boolean,
): PreflightResult {
  const { verdict, sentence } = confirmPrimaryOutage(clusterView.picture, id)
  const message = `${[sentence, ...connected.map(receiverText)].join('; ')}${lastSeen(clusterView, id)}`
  const isElsewhere = connected.some(({ sourceId }) => sourceId !== id)
  if (verdict === 'seen' || isElsewhere) return { result: 'fail', message, hint: LOOK_THERE }
  if (isFenced) {
    const hint = `The plan stops ${name} on its host first, and continues only when its host shows that.`
    return { result: 'warn', message, hint }
  }
  const hint = `A broken network looks the same from here. Make sure on its host that ${name} is stopped; then overrule this with what you saw.`
  return { result: 'fail', message, hint }
}

function lastSeen({ snapshot, now }: PlanningView, id: string): string {
  const seen = snapshot.databases.find(({ spec }) => spec.id === id)?.lastSeenAsPrimary
  return seen ? `; last seen as a primary ${formatAge(now - seen.at)} ${BEFORE_PLAN}` : ''
}
