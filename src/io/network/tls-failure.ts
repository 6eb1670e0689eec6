// Why a TLS handshake failed, by the alert of the other end and OpenSSL's reason: both are the same in every language.

import { messageOf } from '../../model/values/fault.ts'
import { clean } from '../../model/values/text.ts'

export interface TlsFailure {
  /** OpenSSL's own reason, or the message, in one short line. */
  readonly text: string
  /** `version`: no common version. `cipher`: nothing else in common. `own-certificate`: the other end refuses ours, or misses it. */
  readonly kind: 'version' | 'cipher' | 'own-certificate' | null
}

/** `error:0A00042E:SSL routines:ssl3_read_bytes:tlsv1 alert protocol version:../rec_layer_s3.c:918:SSL alert number 70` */
const OPENSSL = /\berror:[\dA-F]{8}:[^:\n]*:[^:\n]*:([^:\n]+):/

/** Node's advice for people who start it themselves. */
const NODE_ADVICE = /; if the root CA is installed locally, try running Node\.js with --use-system-ca/

/** Numbers of alerts (RFC 8446, 6). */
const ALERTS: Readonly<Record<string, TlsFailure['kind']>> = {
  40: 'cipher',
  42: 'own-certificate',
  43: 'own-certificate',
  44: 'own-certificate',
  45: 'own-certificate',
  46: 'own-certificate',
  48: 'own-certificate',
  70: 'version',
  71: 'cipher',
  116: 'own-certificate',
}

/** OpenSSL's reasons of this end. */
const OWN_REASONS: Readonly<Record<string, TlsFailure['kind']>> = {
  'unsupported protocol': 'version',
  'no protocols available': 'version',
  'no shared cipher': 'cipher',
  'no cipher match': 'cipher',
}

/** Returns why the handshake failed that ended with this error. */
export function tlsFailure(error: unknown): TlsFailure {
  const message = messageOf(error)
  const named = error instanceof Error && 'reason' in error && typeof error.reason === 'string' ? error.reason : null
  const reason = named ?? OPENSSL.exec(message)?.[1] ?? null
  const [, alert = ''] = /\bSSL alert number (\d+)/.exec(message) ?? []
  const text = clean(reason ?? message.split('\n')[0] ?? '')
  return {
    text: text.replace(NODE_ADVICE, '').slice(0, 200),
    kind: ALERTS[alert] ?? OWN_REASONS[reason ?? ''] ?? null,
  }
}
