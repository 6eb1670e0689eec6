// Certificates and keys by the openssl of this machine, for tests of what libpq takes.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'

/** Why there are none; false: there are. */
export const withoutOpenssl: string | false =
  spawnSync('openssl', ['version']).status === 0 ? false : 'openssl is not installed'

/** Runs it in that folder; fails the test where it fails. */
export function openssl(folder: string, ...args: readonly string[]): void {
  const made = spawnSync('openssl', args, { cwd: folder, encoding: 'utf8' })
  assert.equal(made.status, 0, made.stderr)
}

/** Makes `pem` with its `key` in the folder, a root of its own for that subject. `kind` is of the key. */
export function makeOwnRoot(
  folder: string,
  {
    subject,
    alternatives,
    kind,
  }: { readonly subject: string; readonly alternatives: string | null; readonly kind: 'rsa' | 'ec' },
): void {
  const newKey =
    kind === 'rsa' ? ['-newkey', 'rsa:2048'] : ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1']
  const names = alternatives === null ? [] : ['-addext', `subjectAltName=${alternatives}`]
  openssl(
    folder,
    'req',
    '-x509',
    ...newKey,
    '-nodes',
    '-days',
    '3',
    '-subj',
    subject,
    ...names,
    '-keyout',
    'key',
    '-out',
    'pem',
  )
}
