// Decides which authentication requests are answered: libpq's require_auth and channel_binding, no password in clear
// text to an unproven server, and no session with a server that skips its own proof. The driver performs the login.
// This code reads the server's messages before the driver does, and ends the connection when it must not continue.

import { statSync } from 'node:fs'
import { join } from 'node:path'
import type { Client } from 'pg'
import {
  type AuthMethod,
  type AuthRequirements,
  type ConnectionParameters,
  DEFAULT_AUTH,
  type SessionAuth,
} from '../../../model/values/connection-parameters.ts'
import { type Fault, FaultError } from '../../../model/values/fault.ts'
import { clean } from '../../../model/values/text.ts'
import { type Encryption, isServerVerified } from './encryption.ts'
import { endpointName } from './postgres-fault.ts'
import type { ConnectionEndpoint } from './tunnel.ts'

export interface LoginPlan {
  readonly connection: ConnectionParameters
  readonly endpoint: ConnectionEndpoint
  readonly encryption: Encryption
  /** A local program forwards to the server. */
  readonly isForwarded: boolean
}

/** The stages of SCRAM: the server asks, challenges, and proves itself. The driver checks each message. */
type LoginStage = 'begun' | 'asked' | 'challenged' | 'proven' | 'in'

const BOUND = 'SCRAM-SHA-256-PLUS'
const SCRAM = 'SCRAM-SHA-256'

/** Whether the driver binds its proof to the certificate, if the server offers that. */
export function usesChannelBinding({ connection, encryption }: LoginPlan): boolean {
  return encryption === 'tls' && rulesOf(connection).channelBinding !== 'disable'
}

/**
 * Watches the login of a client, as long as its session lives. Call it before the client connects. A request that may
 * not be answered ends the connection with an `auth` fault before the driver sees it. @returns how the login was done;
 * null until then.
 */
export function watchLogin(client: Client, plan: LoginPlan): () => SessionAuth | null {
  const rules = rulesOf(plan.connection)
  let stage: LoginStage = 'begun'
  let method: AuthMethod = 'none'
  let isBound = false
  let isExposed = false
  const refuse = (fault: Fault): never => {
    throw new FaultError(fault)
  }
  const advance = (from: LoginStage, to: LoginStage) => {
    if (stage !== from) refuse(outOfOrder(plan))
    stage = to
  }
  const asked = (by: AuthMethod, isSafe: () => Fault | null) => {
    advance('begun', 'asked')
    const fault = notAllowed(by, rules, plan) ?? isSafe()
    if (fault) refuse(fault)
    method = by
  }
  const { connection } = client
  connection.on('authenticationCleartextPassword', () => {
    const why = exposed(client, plan)
    isExposed = why !== null
    asked('password', () => inTheClear(why, rules, plan))
  })
  connection.on('authenticationMD5Password', () => asked('md5', () => null))
  connection.on('authenticationSASL', ({ mechanisms }: { readonly mechanisms: readonly string[] }) => {
    asked('scram-sha-256', () => unknownMechanism(mechanisms, rules, plan))
    isBound = usesChannelBinding(plan) && mechanisms.includes(BOUND)
  })
  connection.on('authenticationSASLContinue', () => {
    if (method !== 'scram-sha-256') refuse(outOfOrder(plan))
    advance('asked', 'challenged')
  })
  connection.on('authenticationSASLFinal', () => advance('challenged', 'proven'))
  connection.on('authenticationOk', ({ length }: { readonly length: number }) => {
    // The driver also takes a request of an unusual length for this message.
    if (length !== 8) refuse(outOfOrder(plan))
    if (method === 'none') {
      const fault = notAllowed('none', rules, plan)
      if (fault) refuse(fault)
    }
    advance(method === 'none' ? 'begun' : method === 'scram-sha-256' ? 'proven' : 'asked', 'in')
  })
  for (const event of ['backendKeyData', 'readyForQuery']) {
    connection.on(event, () => {
      if (stage !== 'in') refuse(outOfOrder(plan))
    })
  }
  return () => (stage === 'in' ? { method, isBound, isExposed } : null)
}

function rulesOf({ authRequirements }: ConnectionParameters): AuthRequirements {
  return authRequirements ?? DEFAULT_AUTH
}

/** Returns what the rules exclude; null if they allow it. */
function notAllowed(by: AuthMethod, rules: AuthRequirements, plan: LoginPlan): Fault | null {
  const { allowed, channelBinding, isDiscovered } = rules
  if (isDiscovered && (by === 'password' || by === 'md5')) return askedByStranger(by, plan)
  if (allowed !== null && !allowed.includes(by)) {
    return fault(plan, `${ASKS[by]}, and require_auth allows only ${allowed.join(', ')}`, HINTS[by])
  }
  if (channelBinding !== 'require') return null
  if (by !== 'scram-sha-256') {
    const hint =
      by === 'none'
        ? 'Its pg_hba.conf has trust, peer or cert for this role, or another program listens there.'
        : BETTER
    return fault(
      plan,
      `${ASKS[by]}, and channel_binding=require takes SCRAM over TLS alone`,
      `${hint} Or drop channel_binding=require.`,
    )
  }
  if (plan.encryption === 'tls') return null
  return fault(
    plan,
    'has no TLS here, and channel_binding=require binds the login to its certificate',
    'Set ssl = on at the server and connect over TCP, or drop channel_binding=require.',
  )
}

const ASKS: Readonly<Record<AuthMethod, string>> = {
  none: 'accepts role ROLE without asking for authentication',
  password: 'asks for the password of role ROLE in clear text',
  md5: 'asks for an md5 hash of the password of role ROLE',
  'scram-sha-256': 'asks for SCRAM authentication of role ROLE',
}

const BETTER = 'Use scram-sha-256 for this role in pg_hba.conf, and set its password anew where it was stored as md5.'

const HINTS: Readonly<Record<AuthMethod, string>> = {
  none: 'Its pg_hba.conf has trust, peer or cert for this role, or another program listens there. Correct that, or add none to require_auth.',
  password: `${BETTER} If it has to be clear text (LDAP, PAM, RADIUS), add password to require_auth.`,
  md5: `${BETTER} Or add md5 to require_auth.`,
  'scram-sha-256': 'Add scram-sha-256 to require_auth.',
}

function askedByStranger(by: 'password' | 'md5', plan: LoginPlan): Fault {
  return fault(
    plan,
    `${ASKS[by]}, and this server was discovered, not configured: pgdeck logs in to such servers by SCRAM only`,
    `${BETTER} Or add this server to the configuration, or give its connection string.`,
  )
}

/** Returns why a password may not be sent in clear text; null if it may. */
function inTheClear(why: string | null, rules: AuthRequirements, plan: LoginPlan): Fault | null {
  if (why === null || rules.explicit.includes('password')) return null
  return fault(
    plan,
    `${ASKS.password}, and ${why}: it was not sent`,
    `${BETTER} If it has to be clear text (LDAP, PAM, RADIUS): sslmode=verify-full with sslrootcert. require_auth=password in the dsn allows it for every server.`,
  )
}

/** Returns who else could be at the other end, or read the connection; null: no one. */
function exposed(client: Client, { endpoint, encryption, isForwarded }: LoginPlan): string | null {
  if (endpoint.host.startsWith('/')) return unsafeSocketFolder(endpoint, isForwarded)
  if (encryption === 'plain') return 'the connection is not encrypted'
  return isServerVerified(client.connection.stream, endpoint.host)
    ? null
    : 'its certificate does not prove its identity (authority and host name)'
}

/** Folders of an unchecked host that every user may write to. */
const OPEN_EVERYWHERE = /^\/+(?:tmp|var\/+tmp|dev\/+shm)\/*$/

/**
 * In a folder that every user may write to, any user can open the server's socket first. null: only its owner can be at
 * that socket.
 */
export function unsafeSocketFolder({ host, port }: ConnectionEndpoint, isForwarded: boolean): string | null {
  if (isForwarded) return OPEN_EVERYWHERE.test(host) ? `every user there may create a socket in ${clean(host)}` : null
  const folder = statSync(host, { throwIfNoEntry: false })
  if (folder !== undefined && (folder.mode & 0o002) === 0) return null
  const socket = statSync(join(host, `.s.PGSQL.${port}`), { throwIfNoEntry: false })
  if (socket !== undefined && (socket.uid === 0 || socket.uid === process.getuid?.())) return null
  return `every user may create a socket in ${clean(host)}`
}

function unknownMechanism(
  mechanisms: readonly string[],
  { channelBinding }: AuthRequirements,
  plan: LoginPlan,
): Fault | null {
  if (channelBinding === 'require' && !mechanisms.includes(BOUND)) {
    return fault(
      plan,
      `offers no ${BOUND}, and channel_binding=require accepts nothing else`,
      'A proxy that ends TLS, or an attacker, looks like this. The server offers it from version 11 on where TLS reaches it.',
    )
  }
  if (mechanisms.some((name) => name === SCRAM || (name === BOUND && usesChannelBinding(plan)))) return null
  const offered = mechanisms.map((name) => clean(name)).join(', ')
  return fault(
    plan,
    `offers only authentication methods that pgdeck does not support: ${offered.slice(0, 200) || 'none'}`,
    'Use scram-sha-256 or a client certificate for this role in pg_hba.conf.',
  )
}

function outOfOrder(plan: LoginPlan): Fault {
  return fault(
    plan,
    'breaks the login protocol for role ROLE: a message came out of order, or its own proof was missing',
    'Check host and port: another program may pose as the server there. No password was sent in the clear.',
  )
}

function fault({ connection, endpoint }: LoginPlan, what: string, hint: string): Fault {
  const role = `"${clean(connection.user).replaceAll('"', '""')}"`
  return { code: 'auth', message: `${endpointName(endpoint)} ${what.replace('ROLE', () => role)}`, hint }
}
