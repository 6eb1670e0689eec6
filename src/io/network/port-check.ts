// Finds out whether a TCP port takes connections.

import { connect } from 'node:net'
import type { Fault } from '../../model/values/fault.ts'
import { networkFault } from './network-fault.ts'

/** Connects and hangs up; null when the port took the connection. */
export function checkPort(host: string, port: number, signal: AbortSignal): Promise<Fault | null> {
  const target = `${host}:${port}`
  return new Promise((resolve) => {
    if (signal.aborted)
      return resolve(networkFault(Object.assign(new Error('timed out'), { code: 'ETIMEDOUT' }), target))
    const socket = connect({ host, port })
    const settle = (fault: Fault | null) => {
      signal.removeEventListener('abort', giveUp)
      socket.destroy()
      resolve(fault)
    }
    const giveUp = () => settle(networkFault(Object.assign(new Error('timed out'), { code: 'ETIMEDOUT' }), target))
    signal.addEventListener('abort', giveUp, { once: true })
    socket.once('connect', () => settle(null))
    socket.on('error', (error) => settle(networkFault(error, target)))
  })
}
