// How a session is encrypted: libpq's sslmode as a list of attempts, and the certificates for them.

import { isIP } from 'node:net'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import * as tls from 'node:tls'
import type { ConnectionParameters } from '../../../model/values/connection-parameters.ts'
import { FaultError } from '../../../model/values/fault.ts'
import { FileError, listNamesOrNull, pathExists, readTextFile } from '../../files/text-files.ts'
import { type Distrust, whyWritableByOthers } from '../../files/trust.ts'

export type Encryption = 'plain' | 'tls'

/** What to try, in order. `worked` is what the last session to this server used; it is tried first where both may be. */
export function encryptionAttempts(
  mode: ConnectionParameters['ssl']['mode'],
  host: string,
  worked: Encryption | null,
): readonly Encryption[] {
  // As libpq: a Unix socket is never encrypted, whatever sslmode says.
  if (host.startsWith('/') || mode === 'disable') return ['plain']
  if (mode !== 'allow' && mode !== 'prefer') return ['tls']
  const first = worked ?? (mode === 'allow' ? 'plain' : 'tls')
  return first === 'tls' ? ['tls', 'plain'] : ['plain', 'tls']
}

/**
 * Whether TLS proved who is at the other end: its certificate comes from a trusted authority and has this name, whatever
 * sslmode asks for.
 */
export function isServerVerified(stream: Duplex, host: string): boolean {
  if (!(stream instanceof tls.TLSSocket) || !stream.authorized) return false
  return tls.checkServerIdentity(host, stream.getPeerCertificate()) === undefined
}

/** Options of the TLS handshake with `host`. Throws a `tls` FaultError when a file can't be read. */
export function postgresTlsOptions(ssl: ConnectionParameters['ssl'], host: string): tls.ConnectionOptions {
  const ca = authorities(ssl)
  const crl = revoked(ssl)
  const cert = ssl.sendsCert === false ? null : (ssl.cert ?? usual('postgresql.crt'))
  const key = cert === null ? null : (ssl.key ?? usual('postgresql.key'))
  const strict = ssl.mode === 'verify-ca' || ssl.mode === 'verify-full'
  if (ca === null && strict) throw noAuthorities(ssl.mode)
  return {
    host,
    ...(isIP(host) === 0 ? { servername: host } : {}),
    // As libpq: where a root certificate is there the chain is verified in every mode, the name in verify-full only.
    rejectUnauthorized: ca !== null,
    ...(ssl.mode === 'verify-full' ? {} : { checkServerIdentity: () => undefined }),
    ...(ca === null ? {} : { ca: [...ca] }),
    ...(crl.length === 0 ? {} : { crl: [...crl] }),
    ...(ssl.minVersion === undefined ? {} : { minVersion: ssl.minVersion }),
    ...(ssl.maxVersion === undefined ? {} : { maxVersion: ssl.maxVersion }),
    ...(cert === null ? {} : { cert: readPem(cert, 'sslcert') }),
    ...(key === null ? {} : { key: readPem(key, 'sslkey') }),
  }
}

/**
 * Lists of revoked certificates; none: nothing is held against the certificates. Unlike libpq, which passes over a
 * named file that is not there.
 */
function revoked({ crl, crlFolder }: ConnectionParameters['ssl']): readonly string[] {
  if (crl !== undefined) return [readPem(crl, 'sslcrl'), ...(crlFolder === undefined ? [] : hashed(crlFolder))]
  if (crlFolder !== undefined) return hashed(crlFolder)
  const file = usual('root.crl')
  return file === null ? [] : [readPem(file, 'sslcrl')]
}

/** The lists in a folder as `openssl rehash` leaves it: named by a hash, `.r` and a number. */
function hashed(folder: string): readonly string[] {
  const none = (why: string) =>
    new FaultError({ code: 'tls', message: `${folder}: ${why}`, hint: 'Correct sslcrldir in the dsn, or the folder.' })
  const names = listNamesOrNull(folder)
  if (names === null) throw none('pgdeck can’t read the folder')
  const lists = names.filter((name) => /^[\da-f]{8}\.r\d+$/.test(name))
  if (lists.length === 0) throw none('it has no list of revoked certificates as `openssl rehash` names them')
  return lists.map((name) => readPem(join(folder, name), 'sslcrldir'))
}

function authorities(ssl: ConnectionParameters['ssl']): readonly string[] | null {
  if (ssl.rootCert === 'system') return systemAuthorities()
  if (ssl.rootCert === null) {
    const file = usual('root.crt')
    return file === null ? null : [readPem(file, 'sslrootcert')]
  }
  // As libpq: a named file that is not there matters only where the certificate has to be verified.
  if (!pathExists(ssl.rootCert) && !ssl.mode.startsWith('verify-')) return null
  return [readPem(ssl.rootCert, 'sslrootcert')]
}

function systemAuthorities(): readonly string[] {
  // Node 22.15 and newer read the system's store; before that, the authorities that Node brings along.
  return typeof tls.getCACertificates === 'function' ? tls.getCACertificates('system') : tls.rootCertificates
}

/** The file libpq uses when none is named; null when it is not there. */
function usual(name: string): string | null {
  const folder =
    process.platform === 'win32'
      ? join(process.env.APPDATA ?? homedir(), 'postgresql')
      : join(process.env.HOME ?? homedir(), '.postgresql')
  const file = join(folder, name)
  return pathExists(file) ? file : null
}

function readPem(file: string, parameter: string): string {
  try {
    const { text } = readTextFile(file)
    // Whoever may write it decides whom we trust.
    const open = parameter === 'sslrootcert' ? whyWritableByOthers(file) : null
    if (open) throw untrusted(file, open)
    return text
  } catch (error) {
    if (!(error instanceof FileError)) throw error
    throw new FaultError({ code: 'tls', message: error.message, hint: `Correct ${parameter} in the dsn, or the file.` })
  }
}

function untrusted(file: string, { path, why, remedy }: Distrust): FaultError {
  const message = `${file} is not trusted: ${path} ${why}`
  return new FaultError({ code: 'tls', message, hint: `If its content is yours, run  ${remedy}` })
}

function noAuthorities(mode: string): FaultError {
  return new FaultError({
    code: 'tls',
    message: `sslmode=${mode} needs the certificate of the authority, and pgdeck has none`,
    hint: 'Name it with sslrootcert, put it into ~/.postgresql/root.crt, or use sslrootcert=system.',
  })
}
