// Tests whether a TCP port accepts connections.

import { connect } from 'node:net'
import { formatEndpoint } from '../../model/values/address.ts'
import type { Fault } from '../../model/values/fault.ts'
import { networkFault } from './network-fault.ts'
import { onAbort } from './wait-timeout.ts'

/** Connects and closes. Resolves to null if the port accepted the connection, else to the fault. */
export function checkPort(host: string, port: number, signal: AbortSignal): Promise<Fault | null> {
  const target = formatEndpoint(host, port)
  return new Promise((resolve) => {
    const timedOut = () => networkFault(Object.assign(new Error('timed out'), { code: 'ETIMEDOUT' }), target)
    if (signal.aborted) return resolve(timedOut())
    const socket = connect({ host, port })
    const settle = (fault: Fault | null) => {
      forget()
      socket.destroy()
      resolve(fault)
    }
    const forget = onAbort(signal, () => settle(timedOut()))
    socket.once('connect', () => settle(null))
    socket.on('error', (error) => settle(networkFault(error, target)))
  })
}
