// Reads a limited part of an HTTP body, so that an endless or slow one costs neither memory nor time.

import type { IncomingMessage } from 'node:http'
import { FaultError } from '../../model/values/fault.ts'

/** An unwanted body up to this size is read and dropped, so that a polled server does not log a broken connection. */
const DRAINED_BYTES = 64 * 1024
const DRAINED_MS = 500

/**
 * Returns the body as text, at most `limit` bytes: a longer one is a FaultError. With a limit of 0 it returns null at
 * once, and the rest of the connection ends in the background.
 */
export function readHttpBody(response: IncomingMessage, limit: number): Promise<string | null> {
  if (limit === 0) {
    drain(response)
    return Promise.resolve(null)
  }
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = []
    let bytes = 0
    response.on('data', (part: Buffer) => {
      bytes += part.length
      parts.push(part)
      if (bytes <= limit) return
      reject(new FaultError(tooLong(limit)))
      response.destroy()
    })
    response.once('end', () => resolve(Buffer.concat(parts).toString('utf8')))
    response.on('error', reject)
    response.once('close', () => reject(new Error('connection closed')))
  })
}

function drain(response: IncomingMessage): void {
  let bytes = 0
  const timer = setTimeout(() => response.destroy(), DRAINED_MS)
  timer.unref()
  response.on('data', (part: Buffer) => {
    bytes += part.length
    if (bytes > DRAINED_BYTES) response.destroy()
  })
  // The head was the answer. Errors of the rest are ignored.
  response.on('error', () => {})
  response.once('close', () => clearTimeout(timer))
}

function tooLong(limit: number) {
  return {
    code: 'protocol',
    message: `the answer is longer than ${limit / 1024} kB`,
    hint: 'Check that the path names a small document.',
  } as const
}
