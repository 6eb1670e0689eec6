// Judges the answer of an application server: its certificate, its page, and whether its database has sessions of it.

import { unexpectedStatusText } from '../app-servers/server-judgement.ts'
import type { TlsFacts } from '../measured/connections/certificate-facts.ts'
import type { ServerPulse } from '../measured/pulse.ts'
import type { Fault } from '../values/fault.ts'
import { type DiagnosisOutcome, fail, ok, skipped, unknownOutcome, warn } from './check-result.ts'
import type { Reply } from './session.ts'

const RENEW = 'renew the certificate and restart the service; view 7 lists all certificates'

/** `isHttps`: the url's protocol. */
export function judgeTls(reply: Reply<ServerPulse>, isHttps: boolean): DiagnosisOutcome {
  if (!isHttps) return skipped('its url is http: there is no TLS')
  const { at } = reply
  if ('fault' in reply) {
    if (reply.fault.code !== 'tls') return skipped('no TLS handshake was completed')
    return fail('tls-broken', reply.fault.message, { next: reply.fault.hint, at })
  }
  const { tls } = reply.value
  if (!tls) return unknownOutcome('it presented no certificate', null, at)
  if (tls.problem === null) return ok(`valid for ${tls.daysLeft} more d`, at)
  return fail(causeOfTls(tls), tls.problem, { next: nextOfTls(tls), at })
}

function causeOfTls({ daysLeft, nameMatches }: TlsFacts): 'tls-expired' | 'tls-wrong-name' | 'tls-untrusted' {
  if (daysLeft < 0) return 'tls-expired'
  return nameMatches ? 'tls-untrusted' : 'tls-wrong-name'
}

function nextOfTls(tls: TlsFacts): string {
  switch (causeOfTls(tls)) {
    case 'tls-expired':
      return RENEW
    case 'tls-wrong-name':
      return 'install a certificate for this name, or correct the url or dnsName in the config'
    case 'tls-untrusted':
      return 'import its issuer here, or pin it in the config (servers[].tls.pin) if it is the right one'
  }
}

/** `healthy` are the HTTP status codes of a healthy server. */
export function judgeApplication(reply: Reply<ServerPulse>, healthy: readonly number[]): DiagnosisOutcome {
  const { at } = reply
  if ('fault' in reply) return silentApplication(reply.fault, at)
  const { httpStatus, latencyMs, location } = reply.value
  const where = location === null ? '' : `, redirects to ${location}`
  const said = `HTTP status ${httpStatus} after ${Math.round(latencyMs)} ms${where}`
  if (healthy.includes(httpStatus) || (location !== null && httpStatus >= 300 && httpStatus < 400)) return ok(said, at)
  return fail(
    'application-error',
    `${unexpectedStatusText(httpStatus, healthy)}, after ${Math.round(latencyMs)} ms${where}`,
    {
      certainty: 'likely',
      next: 'check its own log (l collects logs); servers[].health in the config sets what is expected',
      at,
    },
  )
}

function silentApplication({ code, reason, message, hint }: Fault, at: number): DiagnosisOutcome {
  const next = hint
  switch (code) {
    case 'timeout':
      return reason === 'not-connected'
        ? skipped('no connection was established')
        : fail('not-answering', message, { certainty: 'likely', next: 'check its log, then restart it', at })
    case 'protocol':
      return fail('other-service', message, { certainty: 'likely', next, at })
    case 'tls':
      return skipped('the TLS handshake failed first')
    default:
      return skipped('no connection was established')
  }
}

/** The sessions of the server in its database. */
export interface ObservedSessions {
  readonly database: string
  /** null: hidden from this role. */
  readonly count: number | null
  readonly at: number
}

/** `application` is the server's own health: an error there explains missing sessions. */
export function judgeSessions(
  seen: ObservedSessions | null,
  application: DiagnosisOutcome,
  server: string,
): DiagnosisOutcome {
  if (!seen) return skipped('pgdeck can’t read its database')
  const { database, count, at } = seen
  if (count === null) {
    return unknownOutcome(`this role may not see the sessions of ${database}`, 'GRANT pg_monitor to it', at)
  }
  if (count > 0) return ok(`${database} has ${count} ${count === 1 ? 'session' : 'sessions'} from it`, at)
  const evidence = `${database} is reachable from here and has no session from ${server}`
  const next = `check pg_hba.conf of ${database} for ${server}, its password, and the network between (h, view 7)`
  if (application.result === 'ok') return warn('not-connected', evidence, { certainty: 'possible', next, at })
  if (application.result !== 'fail')
    return unknownOutcome(`${evidence}, but the server itself does not answer`, null, at)
  return fail('application-database-unreachable', evidence, { certainty: 'likely', next, at })
}
