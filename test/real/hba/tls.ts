// Gives a running server of the tests a certificate, so that connections to it can be encrypted.

import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { PostgresNode } from '../../../src/demo/postgres/postgres-node.ts'
import { readTextOrNull, writePrivateText } from '../../../src/io/files/sync-files.ts'

const FILES = fileURLToPath(new URL('../../fakes/tls/', import.meta.url))

/** Turns TLS on; new connections can use it when this fulfils. */
export async function withTls(node: PostgresNode): Promise<void> {
  for (const [from, to] of [
    ['valid.pem', 'server.crt'],
    ['key.pem', 'server.key'],
  ] as const) {
    writePrivateText(join(node.dataDirectory, to), readTextOrNull(join(FILES, from)) ?? '', node.scratch.owner)
  }
  await node.setSetting('ssl', 'on')
}
