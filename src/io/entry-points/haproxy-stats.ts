// The statistics of an HAProxy as it tells them: the CSV of its stats page, or answers of its socket of commands.

import { connect, type Socket } from 'node:net'
import { type Fault, FaultError } from '../../model/values/fault.ts'
import { clean } from '../../model/values/text.ts'
import { httpGet, type SentDocument, urlHost } from '../http/http-get.ts'
import type { HttpTrust } from '../http/http-trust.ts'
import { networkFault } from '../network/network-fault.ts'
import { onAbort } from '../network/wait-timeout.ts'
import { runPasswordCommand } from '../process/password-command.ts'

export type HaproxySource =
  | { readonly kind: 'page'; readonly url: string }
  | { readonly kind: 'socket'; readonly path: string }
  | { readonly kind: 'port'; readonly host: string; readonly port: number }

export interface HaproxyStatsOptions {
  readonly source: HaproxySource
  readonly backend: string
  /** Of the stats page; null: it asks for none. */
  readonly user: string | null
  readonly passwordCommand: readonly string[] | null
  readonly trust: HttpTrust
}

/** Texts of HAProxy, not parsed. */
interface HaproxyAnswer {
  /** CSV: a line for each server, listener and backend; its first line names the columns. */
  readonly stats: string
  /** The answer to `show servers state`, which has the addresses; null from a stats page. */
  readonly servers: string | null
}

export interface HaproxyStats {
  /** Throws FaultError. */
  read(signal: AbortSignal): Promise<HaproxyAnswer>
}

const LONGEST = 4 * 1024 * 1024

export function openHaproxyStats(options: HaproxyStatsOptions): HaproxyStats {
  const { source } = options
  if (source.kind === 'page') return pageOf(options, new URL(source.url))
  const at = source.kind === 'socket' ? source.path : { host: source.host, port: source.port }
  const target = source.kind === 'socket' ? source.path : `${source.host}:${source.port}`
  return {
    async read(signal) {
      // One command for each connection: HAProxy closes it after the answer.
      const [stats, servers] = await Promise.all(
        ['show stat', `show servers state ${options.backend}`].map((command) => ask(at, target, command, signal)),
      )
      if (!stats?.startsWith('# pxname,')) throw new FaultError(noStats(target))
      return { stats, servers: servers?.includes('srv_addr') ? servers : null }
    },
  }
}

function pageOf({ user, passwordCommand, trust }: HaproxyStatsOptions, page: URL): HaproxyStats {
  const url = new URL(page)
  if (!url.pathname.includes(';csv')) url.pathname = `${url.pathname};csv`
  // The program runs once, and again where its password is refused.
  let password: Promise<string> | null = null
  return {
    async read(signal) {
      if (user !== null && passwordCommand !== null) {
        password ??= runPasswordCommand(passwordCommand)
        password.catch(() => {
          password = null
        })
      }
      const sent = password === null ? {} : { sent: asUser(`${user}:${await password}`) }
      const serverName = urlHost(url)
      const answer = await httpGet({ url, serverName, bodyLimit: LONGEST, signal, trust, ...sent })
      if (answer.status === 401) {
        password = null
        throw new FaultError(refused(page, user))
      }
      const stats = answer.body ?? ''
      if (answer.status !== 200 || !stats.startsWith('# pxname,')) throw new FaultError(noStats(page.host))
      return { stats, servers: null }
    },
  }
}

/** `user:password` in the form of basic authentication. */
function asUser(login: string): SentDocument {
  return { method: 'GET', body: null, authorization: `Basic ${Buffer.from(login).toString('base64')}` }
}

/** One command, and all of its answer. */
async function ask(
  at: string | { readonly host: string; readonly port: number },
  target: string,
  command: string,
  signal: AbortSignal,
): Promise<string> {
  const socket = typeof at === 'string' ? connect(at) : connect(at)
  const forget = onAbort(signal, () => socket.destroy(new Error('aborted')))
  try {
    return await answerOn(socket, command)
  } catch (error) {
    throw new FaultError(signal.aborted ? silent(target) : networkFault(error, target), { cause: error })
  } finally {
    forget()
    socket.destroy()
  }
}

function answerOn(socket: Socket, command: string): Promise<string> {
  const parts: Buffer[] = []
  let bytes = 0
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  socket
    .once('connect', () => socket.write(`${command}\n`))
    .on('data', (part) => {
      parts.push(part)
      bytes += part.length
      if (bytes > LONGEST) reject(new Error(`its answer is longer than ${LONGEST} bytes`))
    })
    .once('error', reject)
    .once('close', () => resolve(Buffer.concat(parts).toString('utf8')))
  return promise
}

function silent(target: string): Fault {
  return {
    code: 'timeout',
    message: `HAProxy at ${clean(target)} did not answer in time`,
    hint: 'Look at its process and the load of its host.',
  }
}

function refused({ host }: URL, user: string | null): Fault {
  const who = user === null ? 'asks for a user' : `refuses the user ${clean(user)} or its password`
  return {
    code: 'auth',
    message: `the stats page of HAProxy at ${clean(host)} ${who}`,
    hint: 'Give the user of its "stats auth" as "user", and its password by "passwordCommand".',
  }
}

function noStats(target: string): Fault {
  return {
    code: 'protocol',
    message: `${clean(target)} does not answer with statistics of HAProxy`,
    hint: 'Give its "stats uri" as "stats", or the address of its "stats socket".',
  }
}
