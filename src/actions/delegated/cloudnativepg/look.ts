// Looks for a request in what the operator CloudNativePG itself shows now.

import type { OperatorReport } from '../../../model/measured/managers/manager-report.ts'
import type { JsonRecord } from '../../../model/runs/plan.ts'
import type { ActionToolbox } from '../../definition/action.ts'
import type { ManagerLook } from '../definition/manager-acts.ts'
import { operatorRequest } from './request.ts'

/** Phases in which the primary or a pod changes. */
const BUSY = /restart|switchover|failing over|upgrad|creating|waiting for the instances/i

/** On a picture that is newer than the call. */
export async function lookAtOperator(stored: JsonRecord, tools: ActionToolbox): Promise<ManagerLook> {
  const { call, instance } = operatorRequest(stored)
  const { manager } = (await tools.refresh()).picture
  const details = manager?.kind === 'cloudnativepg' ? manager.details : null
  const operator = details?.operator
  if (!manager || !details || !operator) return { state: 'none', words: 'kubectl tells nothing of the cluster now' }
  const { name = '', state = 'unknown' } = details.members.find((each) => each.name === instance) ?? {}
  switch (call) {
    case 'promote':
      return promotionSeen(operator, instance)
    case 'restart':
      return restartSeen(operator, name, state)
    case 'unfence':
      if (state === 'fenced') return { state: 'none', words: `${name} is fenced` }
      return { state: state === 'healthy' ? 'done' : 'open', words: `${name} is “${state ?? 'unknown'}”` }
    case 'pause':
    case 'resume':
      return reconciliationSeen(manager.paused === true, call === 'pause')
  }
}

function promotionSeen({ currentPrimary, targetPrimary, phase }: OperatorReport, instance: string | null): ManagerLook {
  const words = `the operator has ${currentPrimary ?? 'none'} as the primary: ${phase ?? 'no phase is told'}`
  if (targetPrimary !== instance) return { state: currentPrimary === targetPrimary ? 'none' : 'open', words }
  const wanted = `${words}; it is to be ${instance ?? 'none'}`
  return currentPrimary === instance ? { state: 'done', words: wanted } : { state: 'open', words: wanted, isThis: true }
}

function restartSeen({ phase }: OperatorReport, name: string, state: string | null): ManagerLook {
  const words = `${name} is “${state ?? 'unknown'}”: ${phase ?? 'no phase is told'}`
  return { state: state === 'healthy' && !BUSY.test(phase ?? '') ? 'done' : 'open', words }
}

function reconciliationSeen(isStopped: boolean, wanted: boolean): ManagerLook {
  const words = isStopped ? 'its reconciliation is stopped' : 'it reconciles'
  return { state: isStopped === wanted ? 'done' : 'none', words }
}
