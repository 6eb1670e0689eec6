// Sends a request to CloudNativePG: one run of kubectl on this host.

import type { ClusterConfig } from '../../../config/config.ts'
import { type KubernetesCluster, runKubectl } from '../../../io/kubernetes/kubectl.ts'
import { ActionError, OutcomeUnknown } from '../../../model/runs/action-error.ts'
import type { JsonRecord } from '../../../model/runs/plan.ts'
import { FaultError, isUnreachable } from '../../../model/values/fault.ts'
import { clean } from '../../../model/values/text.ts'
import type { ActionToolbox } from '../../definition/action.ts'
import { operatorRequest } from './request.ts'

/** The resource of the configuration; null: another manager, or none. */
export function resourceOf({ manager }: Pick<ClusterConfig, 'manager'>): KubernetesCluster | null {
  return manager?.kind === 'cloudnativepg' ? manager.resource : null
}

/** The plugin only writes the request into the resource: it returns at once. */
const LIMIT_MS = 30_000

export async function sendToOperator(stored: JsonRecord, tools: ActionToolbox): Promise<string> {
  const { words, cluster, system } = operatorRequest(stored)
  const resource = resourceOf(tools.config)
  if (!resource || tools.config.manager?.act !== true || resource.cluster !== cluster)
    throw new ActionError('the config no longer lets pgdeck ask this cluster of CloudNativePG', 'Plan again.')
  const { manager } = (await tools.refresh()).picture
  if (manager?.kind !== 'cloudnativepg' || manager.systemIdentifierMatches !== true)
    throw new ActionError(
      `CloudNativePG does not tell that it manages the system ${system ?? '?'} now`,
      'Nothing was asked. Look at kubectl cnpg status.',
    )
  try {
    const limit = AbortSignal.any([tools.signal, AbortSignal.timeout(LIMIT_MS)])
    const answer = clean(await runKubectl(resource, words, limit)).trim()
    return `kubectl answered: ${answer === '' ? 'nothing' : answer}`
  } catch (error) {
    // Its request may have arrived where only the answer is missing.
    if (error instanceof FaultError && isUnreachable(error.fault))
      throw new OutcomeUnknown(error.fault, { cause: error })
    throw error
  }
}
