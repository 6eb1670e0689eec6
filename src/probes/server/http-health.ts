// Requests the health page of an application server: port, status, redirection, latency, certificate.

import type { ServerConfig } from '../../config/config.ts'
import { httpGet, urlHost } from '../../io/http/http-get.ts'
import type { ServerPulse } from '../../model/measured/pulse.ts'
import { judgeCertificate } from '../certificate.ts'
import type { Probe } from '../probe.ts'

/** One GET per poll on a new connection: a kept connection would not notice a port that accepts no new ones. */
export const healthProbe: Probe<'server', ServerPulse> = {
  id: 'answer',
  scope: 'server',
  title: 'Health of an application server',
  source: 'GET url + health.path on a new connection, redirects not followed; the certificate of its TLS handshake',
  runs: 'always',
  every: 'interval',
  needs: [],
  async read({ server }, signal) {
    const url = serverUrlWithPath(server, server.healthPath)
    const heard = await httpGet({ url, serverName: certificateNameOf(server), bodyLimit: 0, signal })
    return {
      connectMs: heard.connectMs,
      latencyMs: heard.latencyMs,
      httpStatus: heard.status,
      location: heard.location,
      tls: heard.certificate && judgeCertificate(heard.certificate, certificateNameOf(server), server.tls, Date.now()),
      addresses: heard.addresses,
    }
  },
}

/** A path (with its query) on the server's own url. */
export function serverUrlWithPath(server: ServerConfig, path: string): URL {
  return new URL(path, server.spec.url)
}

/** The name that users know the server by. The certificate must be for this name. */
export function certificateNameOf(server: ServerConfig): string {
  return server.spec.dnsName || urlHost(new URL(server.spec.url))
}
