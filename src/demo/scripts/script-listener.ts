// What the scripts of a product in the demo ring at: an HTTP listener on loopback that does in this process what they are asked for.
// It uses node:http directly, as the demo's application servers do.

import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import { messageOf } from '../../model/values/fault.ts'

/** Whom the scripts ask to do what their names say. */
export interface ScriptEndpoint {
  readonly port: number
  readonly token: string
}

export interface ScriptListener extends ScriptEndpoint {
  close(): Promise<void>
}

/** Does what a script of a server was called with; answers with what it prints. What it throws is what it fails with. */
export type ScriptHandler = (server: string, verb: string, words: readonly string[]) => Promise<string>

export async function openScriptListener(answer: ScriptHandler): Promise<ScriptListener> {
  const token = randomBytes(16).toString('hex')
  const listener = createServer(async (asked, reply) => {
    const [, given, server = '', verb = ''] = (asked.url ?? '').split('/')
    if (given !== token) {
      reply.writeHead(404).end()
      return
    }
    try {
      const text = await answer(server, verb, await wordsOf(asked))
      reply.writeHead(200).end(text)
    } catch (error) {
      reply.writeHead(500).end(messageOf(error))
    }
  })
  await new Promise<void>((resolve, reject) => {
    listener.once('error', reject)
    listener.listen(0, '127.0.0.1', resolve)
  })
  listener.unref()
  const address = listener.address()
  if (address === null || typeof address === 'string')
    throw new Error('the scripts of the demo have no port to connect to')
  return {
    port: address.port,
    token,
    async close() {
      listener.closeAllConnections()
      await new Promise<void>((resolve) => listener.close(() => resolve()))
    },
  }
}

async function wordsOf(asked: IncomingMessage): Promise<readonly string[]> {
  let body = ''
  asked.setEncoding('utf8')
  for await (const part of asked) body += part
  const words: unknown = JSON.parse(body === '' ? '[]' : body)
  return Array.isArray(words) ? words.map(String) : []
}
