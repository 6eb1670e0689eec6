// The demo's HTTP client: one request on loopback, redirects not followed. Uses node:http directly, as the demo's servers do.

import { type IncomingHttpHeaders, request } from 'node:http'

export interface HttpClientResponse {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** Asks once. Throws when there is no whole answer within the limit (milliseconds). */
export function sendRequest(
  method: 'GET' | 'POST' | 'DELETE',
  url: string,
  limitMs: number,
): Promise<HttpClientResponse> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { method, agent: false, signal: AbortSignal.timeout(limitMs) }, (answer) => {
      let body = ''
      answer.setEncoding('utf8').on('data', (text: string) => {
        body += text
      })
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body }))
      answer.on('error', reject)
    })
    asked.on('error', reject)
    asked.end()
  })
}
