// Sends a JSON document to a webhook, once. Returns its answer, or a fault that names its host and no secret.

import * as http from 'node:http'
import * as https from 'node:https'
import { FaultError } from '../../model/values/fault.ts'
import { safeJson } from '../../model/values/text.ts'
import { onAbort } from '../network/wait-timeout.ts'
import { sharedSecureContext } from './certificate.ts'
import { readHttpBody } from './http-body.ts'
import { type HttpPhase, httpRequestFault, httpTimeoutFault } from './http-fault.ts'

export interface HttpPostRequest {
  readonly url: URL
  readonly method: 'POST' | 'PUT'
  readonly document: unknown
  readonly signal: AbortSignal
}

export interface HttpPostResponse {
  readonly status: number
  /** `Retry-After` in milliseconds; null without it. */
  readonly retryAfterMs: number | null
}

/**
 * Resolves with the head of the answer, whatever its status; redirects are not followed. This host must trust the
 * certificate, because the document is not public. Throws FaultError: dns, refused, unreachable, timeout, tls or
 * protocol.
 */
export function httpPost({ url, method, document, signal }: HttpPostRequest): Promise<HttpPostResponse> {
  const secure = url.protocol === 'https:'
  const body = Buffer.from(`${safeJson(document)}\n`)
  const began = performance.now()
  const { promise, resolve, reject } = Promise.withResolvers<HttpPostResponse>()
  let stage: HttpPhase = 'connecting'
  const request = (secure ? https : http).request(url, {
    method,
    headers: { 'content-type': 'application/json', 'content-length': body.length, 'user-agent': 'pgdeck' },
    // A new connection: the server may have closed an idle one just now.
    agent: false,
    ...(secure ? { secureContext: sharedSecureContext() } : {}),
  })
  const giveUp = () => {
    reject(new FaultError(httpTimeoutFault(url, stage, began)))
    request.destroy()
  }
  request.once('socket', (socket) => {
    socket.once('connect', () => {
      stage = secure ? 'the TLS handshake' : 'waiting for an answer'
    })
    socket.once('secureConnect', () => {
      stage = 'waiting for an answer'
    })
  })
  request.on('error', (error) => reject(new FaultError(httpRequestFault(error, url, stage))))
  request.once('response', (response) => {
    resolve({ status: response.statusCode ?? 0, retryAfterMs: retryAfter(response.headers['retry-after']) })
    // The head was the answer. The rest is read up to a limit.
    void readHttpBody(response, 0)
  })
  const forget = onAbort(signal, giveUp)
  if (!signal.aborted) request.end(body)
  return promise.finally(forget)
}

function retryAfter(header: string | undefined): number | null {
  return header !== undefined && /^\d{1,6}$/.test(header) ? Number(header) * 1_000 : null
}
