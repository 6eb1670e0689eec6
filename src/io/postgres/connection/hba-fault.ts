// A server that lets nobody in by its pg_hba.conf: for whom, and which line helps where that is certain.

import { parseIpAddress } from '../../../model/hba/syntax/ip-address.ts'
import type { Fault, RefusedConnection } from '../../../model/values/fault.ts'
import type { FaultContext, ServerError, SessionPath } from './server-error.ts'
import { plainOrQuoted, quoted } from './sql-names.ts'

/** `path`: how the session came; null: not known. A line is offered only where address and cause are certain. */
export function hbaFault(
  { message }: ServerError,
  target: string,
  party: FaultContext,
  path: SessionPath | null,
): Fault {
  const refused = refusedConnection(message, party, path)
  const known = refused === null ? {} : { refused }
  return { code: 'hba', message: `${target}: ${message}`, hint: hbaHint(message, refused, path, party), ...known }
}

const NO_ENTRY = /^no pg_hba\.conf entry for (?:replication connection from )?host "/
const REJECTS = /^pg_hba\.conf rejects (?:replication )?connection for host "/

function hbaHint(
  message: string,
  refused: RefusedConnection | null,
  path: SessionPath | null,
  party: FaultContext,
): string {
  if (REJECTS.test(message))
    return 'A line of pg_hba.conf with "reject" matches first: put a line that allows this connection above it, then reload.'
  if (refused === null || !NO_ENTRY.test(message))
    return `Either no line of its pg_hba.conf allows role ${quoted(party.user)} into database ${quoted(party.database)} from here, or one with "reject" matches first: its message and its log say which.`
  const isPlain = message.includes('no encryption') || path?.tls === false
  const orTls = isPlain && refused.address !== null ? '; if it only allows TLS, use sslmode=require or stronger' : ''
  return `Add "${hbaLine(refused)}" to pg_hba.conf, then reload${orTls}.`
}

/** The connection as the server sees it; null where the address that it sees is not known. */
function refusedConnection(
  message: string,
  { user, database }: FaultContext,
  path: SessionPath | null,
): RefusedConnection | null {
  const tls = path?.tls ?? /, SSL encryption$/.test(message)
  const who = { user, database, tls }
  if (path?.isLocal || (path === null && message.includes('"[local]"'))) return { ...who, address: null }
  // It is written alike in every language. Behind a gateway it is not the one of this end.
  const named = message.match(/[\d.]{7,15}|[\da-f:]*:[\da-f:.]*(?:%\w+)?/gi) ?? []
  const addresses = new Set(named.filter((word) => word !== user && word !== database && parseIpAddress(word) !== null))
  const [address = path?.address ?? null] = addresses
  return addresses.size > 1 || address === null ? null : { ...who, address }
}

function hbaLine({ user, database, address }: RefusedConnection): string {
  const who = `${plainOrQuoted(database)} ${plainOrQuoted(user)}`
  if (address === null) return `local ${who} scram-sha-256`
  return `host ${who} ${address}/${address.includes(':') ? 128 : 32} scram-sha-256`
}
