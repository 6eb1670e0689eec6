// Known databases as discovery sees them, for tests.

import type { DatabaseConfig } from '../../src/config/config.ts'
import type { DatabasePulse } from '../../src/model/measured/pulse.ts'
import type { KnownNode } from '../../src/runtime/discovery/node-matching.ts'

export function aDatabaseConfig(id: string, host: string, port: number, slot: string | null = null): DatabaseConfig {
  return {
    spec: { id, host, port, hostId: null, replicationUser: null, slot, configured: true },
    connection: {
      endpoints: [{ host, port }],
      user: 'pgdeck',
      database: 'postgres',
      password: null,
      ssl: { mode: 'prefer', rootCert: null, cert: null, key: null },
      applicationName: 'pgdeck',
      connectTimeoutMs: null,
      targetSessionAttrs: 'any',
    },
    passwordCommand: null,
    via: null,
    backup: null,
  }
}

export function aKnownNode(id: string, at: string, pulse: DatabasePulse | null, slot: string | null = null): KnownNode {
  const [host = '', port = ''] = at.split(':')
  return { config: aDatabaseConfig(id, host, Number(port), slot), pulse }
}
