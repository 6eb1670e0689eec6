// The options of an encrypted session: certificates, keys and lists of revoked ones, from where libpq has them.

import { createPrivateKey, type KeyObject } from 'node:crypto'
import { isIP } from 'node:net'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import * as tls from 'node:tls'
import type { ConnectionParameters } from '../../../model/values/connection-parameters.ts'
import { FaultError } from '../../../model/values/fault.ts'
import { FileError, listNamesOrNull, pathExists, readRawFile, readTextFile } from '../../files/text-files.ts'
import { type Distrust, whyWritableByOthers } from '../../files/trust.ts'
import { type ServerCertificate, serverCertificateOf } from '../../http/certificate.ts'
import { errorCodeOf } from '../../network/network-fault.ts'
import { serverNameProblem } from './certificate-names.ts'
import { belongTogether, holdsCertificate, holdsRevocations } from './tls-file-content.ts'

const shown = new WeakMap<Duplex, DatabaseCertificate | null>()

/** The certificate of a database server, and what the sslmode of its DSN verifies of it. */
export interface DatabaseCertificate extends ServerCertificate {
  /** The host that the DSN names. */
  readonly host: string
  readonly verified: 'nothing' | 'authority' | 'authority and name'
}

/** The certificate that the other end showed; null without TLS. */
export function shownCertificate(
  stream: Duplex,
  host: string,
  ssl: ConnectionParameters['ssl'],
): DatabaseCertificate | null {
  if (!(stream instanceof tls.TLSSocket)) return null
  const known = shown.get(stream)
  if (known !== undefined) return known
  const own = serverCertificateOf(stream, host)
  const verified =
    ssl.mode === 'verify-full' ? 'authority and name' : authoritiesOrNull(ssl) === null ? 'nothing' : 'authority'
  const certificate = own && ({ ...own, host, verified } as const)
  shown.set(stream, certificate)
  return certificate
}

/** Returns the options of the TLS handshake with `host`. Throws a `tls` FaultError if a file can't be read. */
export function postgresTlsOptions(ssl: ConnectionParameters['ssl'], host: string): tls.ConnectionOptions {
  const ca = authorities(ssl)
  const crl = revoked(ssl)
  const cert = ssl.sendsCert === false ? null : clientCertificate(ssl)
  const key = cert === null ? null : (ssl.key ?? usual('postgresql.key'))
  if (cert !== null && key === null) throw noKey(cert)
  const strict = ssl.mode === 'verify-ca' || ssl.mode === 'verify-full'
  if (ca === null && strict) throw noAuthorities(ssl.mode)
  const own = cert === null || key === null ? null : ownPair(cert, key)
  return {
    host,
    ...(isIP(host) === 0 ? { servername: host } : {}),
    // As libpq: with a root certificate the chain is verified in every mode, the name only in verify-full.
    rejectUnauthorized: ca !== null,
    checkServerIdentity: ssl.mode === 'verify-full' ? serverNameProblem : () => undefined,
    ...(ca === null ? {} : { ca: [...ca] }),
    ...(crl.length === 0 ? {} : { crl: [...crl] }),
    ...(ssl.minVersion === undefined ? {} : { minVersion: ssl.minVersion }),
    ...(ssl.maxVersion === undefined ? {} : { maxVersion: ssl.maxVersion }),
    ...own,
  }
}

/** The client certificate and its key. */
function ownPair(certFile: string, keyFile: string): { readonly cert: string; readonly key: string } {
  const key = readKey(keyFile)
  const cert = readCertificates(certFile, 'sslcert')
  if (belongTogether(cert, key)) return { cert, key }
  const message = `The key ${keyFile} is not that of the certificate ${certFile}`
  throw ownFault(message, 'Correct sslkey in the dsn: name the key of that certificate.')
}

/**
 * Lists of revoked certificates; none: no certificate is revoked. Unlike libpq, a named file that does not exist is an
 * error.
 */
function revoked({ crl, crlFolder }: ConnectionParameters['ssl']): readonly string[] {
  if (crl !== undefined) return [readRevocations(crl, 'sslcrl'), ...(crlFolder === undefined ? [] : hashed(crlFolder))]
  if (crlFolder !== undefined) return hashed(crlFolder)
  const file = usual('root.crl')
  return file === null ? [] : [readRevocations(file, 'sslcrl')]
}

/** The lists in a folder made by `openssl rehash`: named by a hash, `.r` and a number. */
function hashed(folder: string): readonly string[] {
  const none = (why: string) => ownFault(`${folder}: ${why}`, 'Correct sslcrldir in the dsn, or the folder.')
  const names = listNamesOrNull(folder)
  if (names === null) throw none('pgdeck can’t read the folder')
  const lists = names.filter((name) => /^[\da-f]{8}\.r\d+$/.test(name))
  if (lists.length === 0) throw none('it has no list of revoked certificates as `openssl rehash` names them')
  return lists.map((name) => readRevocations(join(folder, name), 'sslcrldir'))
}

/** The same for a certificate that is only looked at: null also where the files can't be used. */
export function authoritiesOrNull(ssl: ConnectionParameters['ssl']): readonly string[] | null {
  try {
    return authorities(ssl)
  } catch {
    return null
  }
}

/** Whose certificates are trusted; null: no file says so. */
function authorities(ssl: ConnectionParameters['ssl']): readonly string[] | null {
  if (ssl.rootCert === 'system') return systemAuthorities()
  if (ssl.rootCert === null) {
    const file = usual('root.crt')
    return file === null ? null : [readCertificates(file, 'sslrootcert')]
  }
  // As libpq: a named file that does not exist matters only if the certificate must be verified.
  if (!pathExists(ssl.rootCert) && !ssl.mode.startsWith('verify-')) return null
  return [readCertificates(ssl.rootCert, 'sslrootcert')]
}

/** As libpq: a named file that is not there is none, and the server says whether it wants one. */
function clientCertificate({ cert }: ConnectionParameters['ssl']): string | null {
  if (cert === null) return usual('postgresql.crt')
  return pathExists(cert) ? cert : null
}

function systemAuthorities(): readonly string[] {
  // Node 22.15 and newer read the system's store; older ones have their own authorities.
  return typeof tls.getCACertificates === 'function' ? tls.getCACertificates('system') : tls.rootCertificates
}

/** The default file of libpq; null if it does not exist. */
function usual(name: string): string | null {
  const folder =
    process.platform === 'win32'
      ? join(process.env.APPDATA ?? homedir(), 'postgresql')
      : join(process.env.HOME ?? homedir(), '.postgresql')
  const file = join(folder, name)
  return pathExists(file) ? file : null
}

function readCertificates(file: string, parameter: string): string {
  const text = readPem(file, parameter)
  if (holdsCertificate(text)) return text
  throw ownFault(`${file} holds no certificate that can be read`, `Correct ${parameter} in the dsn, or the file.`)
}

/** libpq passes over a file without any list. Then nobody would notice that revoked certificates are accepted. */
function readRevocations(file: string, parameter: string): string {
  const text = readPem(file, parameter)
  if (holdsRevocations(text)) return text
  const message = `${file} holds no list of revoked certificates that can be read`
  throw ownFault(message, `Correct ${parameter} in the dsn, or the file.`)
}

function readPem(file: string, parameter: string): string {
  try {
    const { text } = readTextFile(file)
    // A user who can write this file decides which servers are trusted.
    const open = parameter === 'sslrootcert' ? whyWritableByOthers(file) : null
    if (open) throw untrusted(file, open)
    return text
  } catch (error) {
    if (!(error instanceof FileError)) throw error
    throw ownFault(error.message, `Correct ${parameter} in the dsn, or the file.`)
  }
}

/** The first line of an encrypted key, in the current and in the traditional format. */
const ENCRYPTED_PEM = /-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: 4,ENCRYPTED/m

/**
 * Returns the key as PEM. As in libpq, the file may be DER. Throws if it has a passphrase, because pgdeck can't ask for
 * it.
 */
function readKey(file: string): string {
  const bytes = readSecretBytes(file)
  if (ENCRYPTED_PEM.test(bytes.toString('latin1'))) throw encryptedKey(file)
  const forms = [
    { format: 'pem' },
    { format: 'der', type: 'pkcs8' },
    { format: 'der', type: 'pkcs1' },
    { format: 'der', type: 'sec1' },
  ] as const
  for (const form of forms) {
    const found = keyIn(bytes, form)
    if (found === 'encrypted') throw encryptedKey(file)
    if (found !== null) return found.export({ format: 'pem', type: 'pkcs8' }).toString()
  }
  throw ownFault(`${file} holds no private key that can be read`, 'Correct sslkey in the dsn, or the file.')
}

function keyIn(
  key: Buffer,
  form: { readonly format: 'pem' } | { readonly format: 'der'; readonly type: 'pkcs8' | 'pkcs1' | 'sec1' },
): KeyObject | 'encrypted' | null {
  try {
    return createPrivateKey({ key, ...form })
  } catch (error) {
    return errorCodeOf(error) === 'ERR_MISSING_PASSPHRASE' ? 'encrypted' : null
  }
}

function readSecretBytes(file: string): Buffer {
  try {
    const { text, facts } = readRawFile(file)
    // As libpq: one of root's may be read by its group, as packages install keys.
    if ((facts.mode & (facts.uid === 0 ? 0o037 : 0o077)) !== 0 && process.platform !== 'win32') throw openKey(file)
    return Buffer.from(text, 'latin1')
  } catch (error) {
    if (!(error instanceof FileError)) throw error
    throw ownFault(error.message, 'Correct sslkey in the dsn, or the file.')
  }
}

function openKey(file: string): FaultError {
  const message = `The key ${file} is not used because others may read it`
  return ownFault(message, `Run  chmod 600 ${file}  and consider a new key.`)
}

function noKey(cert: string): FaultError {
  return ownFault(
    `There is no private key for the client certificate ${cert}`,
    'Name it with sslkey, put it into ~/.postgresql/postgresql.key, or set sslcertmode=disable.',
  )
}

function encryptedKey(file: string): FaultError {
  return ownFault(
    `The key ${file} is encrypted with a passphrase, and pgdeck supports none`,
    'Name a key without one by sslkey: `openssl pkey -in KEY -out NEW` asks for the passphrase and writes it; chmod 600.',
  )
}

function untrusted(file: string, { path, why, remedy }: Distrust): FaultError {
  const message = `${file} is not trusted: ${path} ${why}`
  return ownFault(message, `If its content is yours, run  ${remedy}`)
}

function noAuthorities(mode: string): FaultError {
  return ownFault(
    `sslmode=${mode} needs the certificate of the authority, and pgdeck has none`,
    'Name it with sslrootcert, put it into ~/.postgresql/root.crt, or use sslrootcert=system.',
  )
}

/** A file of ours is the trouble: no server was asked. */
function ownFault(message: string, hint: string): FaultError {
  return new FaultError({ code: 'tls', message, hint, reason: 'own-file' })
}
