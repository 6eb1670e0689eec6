// One HTTP(S) request that changes something, sent once: whether it was refused, or whether only its effect can tell.

import { OutcomeUnknown } from '../../model/runs/action-error.ts'
import { FaultError } from '../../model/values/fault.ts'
import { lookUpHost } from '../network/dns.ts'
import { networkFault } from '../network/network-fault.ts'
import { urlTarget } from './http-fault.ts'
import { type HttpGetResponse, type SentDocument, urlHost } from './http-get.ts'
import type { HttpTrust } from './http-trust.ts'

export interface HttpSendRequest {
  readonly url: URL
  readonly sent: SentDocument
  /** Nothing is sent before the certificate is verified. */
  readonly trust: HttpTrust
  readonly bodyLimit: number
  readonly signal: AbortSignal
}

/**
 * Resolves with the answer, whatever its status; redirects are not followed. Throws FaultError if the server can't have
 * received the request, and OutcomeUnknown if it may have and no answer came.
 */
export async function httpSend({ url, ...request }: HttpSendRequest): Promise<HttpGetResponse> {
  const addresses = await lookUpHost(urlHost(url), request.signal).catch((error: unknown) => {
    throw new FaultError(networkFault(error, urlTarget(url)))
  })
  const { HttpExchange } = await import('./http-exchange.ts')
  const exchange = new HttpExchange({ url, serverName: urlHost(url), ...request }, addresses)
  try {
    return await exchange.answer
  } catch (error) {
    if (error instanceof FaultError && exchange.mayBeReceived()) throw new OutcomeUnknown(error.fault, { cause: error })
    throw error
  }
}
