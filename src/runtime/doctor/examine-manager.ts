// Whether what is configured as the manager of a cluster answers, asked once for `doctor`.

import type { ClusterConfig } from '../../config/config.ts'
import type { DoctorFinding } from '../../model/doctor/doctor.ts'
import { MANAGER_TITLES } from '../../model/measured/managers/manager-signs.ts'
import { FaultError } from '../../model/values/fault.ts'
import { openManagerSources } from '../polling/manager-source-poll.ts'

/** One finding for each address that refuses or does not answer. Throws only the signal's reason, and defects. */
export async function examineManager(cluster: ClusterConfig, signal: AbortSignal): Promise<readonly DoctorFinding[]> {
  const { manager } = cluster
  if (!manager) return []
  const findings = openManagerSources(cluster).map(async (source): Promise<readonly DoctorFinding[]> => {
    try {
      await source.read(signal)
      return []
    } catch (error) {
      signal.throwIfAborted()
      if (!(error instanceof FaultError)) throw error
      const { message, hint } = error.fault
      const text = `${MANAGER_TITLES[manager.kind]} at ${source.address} can’t be read: ${message}`
      return [{ area: 'reach', level: 'warning', subject: null, text, next: hint === null ? [] : [hint] }]
    } finally {
      await source.close()
    }
  })
  return (await Promise.all(findings)).flat()
}
