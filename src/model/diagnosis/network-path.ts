// Judges the network path to a target: its name, its host, its port. Refused, filtered and silent are different causes.

import { formatEndpoint } from '../values/address.ts'
import { type Fault, isUnasked } from '../values/fault.ts'
import { type DiagnosisOutcome, fail, ok, skipped, unknownOutcome } from './check-result.ts'

/** An attempt to connect to one port. */
export interface PortAttempt {
  readonly host: string
  readonly port: number
  /** null: the port accepted the connection. */
  readonly fault: Fault | null
  readonly at: number
}

/** What is known of the network path to one target. */
export interface NetworkPath {
  readonly host: string
  readonly port: number
  /** The addresses of its name; null: it has none, see `nameFault`. */
  readonly addresses: readonly string[] | null
  readonly nameFault: Fault | null
  readonly attempt: PortAttempt | null
  /** Other ports of the same address. */
  readonly others: readonly PortAttempt[]
  /** Whether the host answers ping; null if that can't be tested. */
  readonly answersPing: boolean | null
  /** Other evidence that the host is up, such as ssh; null: none. */
  readonly otherEvidence: string | null
  readonly at: number
}

export function judgeNameResolution({ host, addresses, nameFault, at }: NetworkPath): DiagnosisOutcome {
  if (addresses === null) {
    const next = nameFault?.hint ?? `check the DNS record of ${host}`
    return fail('name-not-found', nameFault?.message ?? `${host} does not resolve`, { next, at })
  }
  if (addresses.length === 1 && addresses[0] === host) return ok('the config gives an address', at)
  return ok(`${host} is ${addresses.join(', ')}`, at)
}

export function judgeHostReachable(path: NetworkPath): DiagnosisOutcome {
  if (path.addresses === null) return skipped('its name does not resolve')
  const heard = hostResponseText(path)
  if (heard !== null) return ok(heard, path.at)
  const { attempt, others, host } = path
  if (!attempt) return unknownOutcome('none of its ports could be tried', null, path.at)
  const next = 'check that the host is up and reachable: its console, or ping from another host in its network'
  if (attempt.fault && isUnasked(attempt.fault))
    return fail('not-asked', attempt.fault.message, { next: attempt.fault.hint, at: attempt.at })
  // A router or a firewall of a host that is up may say so too.
  if (attempt.fault?.code === 'unreachable')
    return fail('host-silent', attempt.fault.message, { certainty: 'likely', next, at: attempt.at })
  const ports = [...new Set([attempt, ...others].map(({ port }) => port))].join(', ')
  const ping = path.answersPing === false ? ', nor does it answer a ping' : ''
  const evidence = `no answer from ${host} on port ${ports}${ping}`
  return fail('host-silent', evidence, { certainty: 'likely', next, at: attempt.at })
}

/** The evidence that only the host itself can have sent, as text; null: no answer. */
export function hostResponseText({ attempt, others, answersPing, otherEvidence }: NetworkPath): string | null {
  for (const { host, port, fault } of [...(attempt ? [attempt] : []), ...others]) {
    if (fault === null) return `port ${port} of ${host} accepts connections`
    if (fault.code === 'refused') return `${host} answers (it refuses port ${port})`
  }
  if (answersPing === true) return 'it answers a ping'
  return otherEvidence
}

export function judgePort(path: NetworkPath): DiagnosisOutcome {
  const { attempt, host, port } = path
  if (path.addresses === null) return skipped('its name does not resolve')
  if (!attempt) return unknownOutcome('the port could not be tried', null, path.at)
  const { fault, at } = attempt
  if (fault === null) return ok(`${formatEndpoint(host, port)} accepts connections`, at)
  switch (fault.code) {
    case 'refused':
      return fail('port-refused', `${formatEndpoint(host, port)} refuses connections`, {
        certainty: 'likely',
        next: 'start its service, or check the port and the address it listens on',
        at,
      })
    case 'timeout':
    case 'unreachable': {
      if (hostResponseText(path) === null)
        return skipped(isUnasked(fault) ? 'its host was not asked' : 'the host does not answer')
      const how = fault.code === 'timeout' ? `${formatEndpoint(host, port)}: no packet comes back` : fault.message
      return fail('port-filtered', `${how}, though the host answers`, {
        certainty: 'likely',
        next: `check the firewall between this host and ${host} (port ${port}/tcp), and whether the service hangs`,
        at,
      })
    }
    default:
      return unknownOutcome(fault.message, fault.hint, at)
  }
}
