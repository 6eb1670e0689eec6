// Two application servers for a test that hurts them: one in HTTP, one in HTTPS with certificates that can be exchanged.

import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import type { RequestListener } from 'node:http'
import * as http from 'node:http'
import * as https from 'node:https'
import type { AddressInfo } from 'node:net'
import * as tls from 'node:tls'
import type { Lifetime } from '../../fakes/lifetime.ts'
import { tlsFile } from '../../fakes/web.ts'

export interface Sites {
  readonly webPort: number
  readonly shopPort: number
  /** How both answer from now on. */
  answers(handle: RequestListener): void
  /** The certificate of the HTTPS one, for connections that come from now on. */
  shows(certificate: 'valid' | 'expired'): void
}

export const FINE: RequestListener = (_request, response) => void response.end('fine')

/** Starts both; they end with the lifetime. This process trusts their authority from now on. */
export async function openSites(lifetime: Lifetime): Promise<Sites> {
  const authority = readFileSync(tlsFile('ca.pem'), 'utf8')
  tls.setDefaultCACertificates([...tls.getCACertificates('default'), authority])
  let handle = FINE
  const answer: RequestListener = (request, response) => handle(request, response)
  const web = http.createServer(answer)
  const shop = https.createServer(pair('valid'), answer)
  for (const server of [web, shop]) {
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    lifetime.after(() => {
      server.closeAllConnections()
      server.close()
    })
  }
  return {
    webPort: (web.address() as AddressInfo).port,
    shopPort: (shop.address() as AddressInfo).port,
    answers(next) {
      handle = next
    },
    shows: (certificate) => shop.setSecureContext(pair(certificate)),
  }
}

function pair(certificate: string): { readonly key: Buffer; readonly cert: Buffer } {
  return { key: readFileSync(tlsFile('key.pem')), cert: readFileSync(tlsFile(`${certificate}.pem`)) }
}
