// A state of the screen with certificates of every kind.

import type { TlsFacts } from '../../src/model/measured/connections/certificate-facts.ts'
import { freshReading } from '../../src/model/values/reading.ts'
import type { State } from '../../src/state/state.ts'
import { stateOf } from './screens.ts'
import { aClient, aCluster, aPrimary, aServer, aServerPulse, aStandby, NOW } from './snapshot.ts'

function tls(daysLeft: number, over: Partial<TlsFacts> = {}): TlsFacts {
  return {
    daysLeft,
    nameMatches: true,
    trusted: true,
    problem: null,
    subject: 'CN=vault.example.net',
    issuer: 'CN=Example Issuing CA 3',
    validToAt: NOW + daysLeft * 86_400_000,
    fingerprint: 'AB:CD:EF',
    ...over,
  }
}

/** Servers with a good, a soon ending and a foreign certificate, and one without TLS; one has sessions. */
export function withCertificates(): State {
  const server = (id: string, type: 'primary' | 'secondary' | 'read-only', facts: TlsFacts | null) =>
    aServer({
      id,
      type,
      databaseId: type === 'read-only' ? 'db-ro' : 'db-1',
      applicationName: id,
      pulse: freshReading(aServerPulse({ tls: facts }), NOW),
    })
  const databases = [
    aPrimary({ clients: [aClient('pmp-a', '10.0.0.11', 24), aClient('pmp-b', '10.0.0.12', 3)] }),
    aStandby(),
  ]
  const servers = [
    server('pmp-a', 'primary', tls(210)),
    server('pmp-b', 'secondary', tls(12)),
    server('pmp-c', 'secondary', tls(400, { nameMatches: false, trusted: false, problem: 'self-signed certificate' })),
    server('pmp-ro', 'read-only', null),
  ]
  return stateOf([aCluster({ databases, servers })])
}
