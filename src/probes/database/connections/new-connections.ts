// Tests whether a database server accepts new connections, and whether it lets pgdeck log in anew.

import {
  LOGIN_INTERVAL_MS,
  NEW_CONNECTION_INTERVAL_MS,
  type NewConnectionFacts,
} from '../../../model/measured/connections/new-connections.ts'
import { clean } from '../../../model/values/text.ts'
import type { Probe } from '../../probe.ts'
import { judgeDatabaseCertificate } from './database-certificate.ts'

/** null: there is no session beside which it could be tested, or a pooler answers instead of the server. */
export const newConnectionProbe: Probe<'newConnection', NewConnectionFacts | null> = {
  id: 'newConnection',
  scope: 'newConnection',
  title: 'Whether the server accepts new connections',
  source:
    'an SSLRequest on a new connection, with the TLS handshake where the server offers TLS; the certificate is read once a minute',
  runs: 'always',
  every: { ms: NEW_CONNECTION_INTERVAL_MS },
  needs: [],
  async read({ session, wantsCertificate }, signal) {
    const answer = await session.testNewConnection(wantsCertificate, signal)
    if (answer === null) return null
    const { address, answerMs, certificate, tlsProblem } = answer
    const asked = wantsCertificate && tlsProblem === null
    const tls = certificate && judgeDatabaseCertificate(certificate, Date.now())
    return {
      address: address === null ? null : clean(address),
      answerMs,
      ...(asked ? { tls } : {}),
      ...(tlsProblem === null ? {} : { tlsProblem }),
    }
  },
}

/** Throws FaultError where the login is refused. The session that is open goes on then. */
export const loginProbe: Probe<'login', null> = {
  id: 'login',
  scope: 'login',
  title: 'Whether pgdeck can log in anew',
  source: 'a new session, which takes the place of the old one; every hour where `passwordCommand` prints the password',
  runs: 'always',
  every: { ms: LOGIN_INTERVAL_MS },
  needs: [],
  async read({ session }, signal) {
    await session.renew(signal)
    return null
  },
}
