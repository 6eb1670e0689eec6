// What a database's host tells of its server while the database itself can't be reached.

import type { HostFacts } from '../measured/host.ts'
import type { DatabaseView, HostView } from '../picture/picture.ts'
import { clean } from '../values/text.ts'

/**
 * Half a sentence for the alert of a database that is down, or null where its host tells nothing that holds: it is not
 * known, was asked before the outage, or speaks of another server.
 */
export function postmasterStatusText(view: DatabaseView, hosts: readonly HostView[]): string | null {
  const host = hosts.find(({ nodeIds }) => nodeIds.includes(view.id))
  const { facts, readAt } = host ?? { facts: null, readAt: null }
  if (!host || !facts || readAt === null || host.stale || readAt < (view.problem?.since ?? 0)) return null
  const { postmaster } = facts
  if (postmaster.state === 'unknown') return serviceWords(facts)
  switch (postmaster.value.state) {
    case 'stopped':
      return `its postmaster is not running${afterService(facts)}`
    case 'crashed':
      return `its postmaster died (pid ${postmaster.value.pid} is gone)${afterService(facts)}`
    case 'running':
      return isAnother(postmaster.value.port, view) ? null : runningWords(view)
  }
}

function runningWords({ problem, status }: DatabaseView): string | null {
  if (status === 'starting' || status === 'stopping') return null
  if (problem?.code === 'timeout') return 'its postmaster is running: it hangs, or the network blocks the connection'
  return 'its postmaster is running: the network or pg_hba.conf blocks the connection'
}

/** Several servers may run on one host; the config names one data directory. */
function isAnother(port: number | null, view: DatabaseView): boolean {
  const own = view.pulse?.serverPort ?? view.port
  return port !== null && port !== own
}

function afterService({ service }: HostFacts): string {
  if (service.state === 'unknown') return ''
  return `; service ${clean(service.value.unit)} is ${clean(service.value.active)}`
}

function serviceWords({ service }: HostFacts): string | null {
  if (service.state === 'unknown' || service.value.active === 'active') return null
  return `service ${clean(service.value.unit)} is ${clean(service.value.active)}`
}
