// The servers of a soak: a primary with two standbys and two application servers, partly behind proxies, and a
// configuration file that leads to them.

import { X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { addStandby, startPrimary } from '../../src/demo/postgres/start-postgres.ts'
import { openProxy } from '../../test/fakes/proxy.ts'
import { tlsFile } from '../../test/fakes/web.ts'
import { openSites } from '../../test/real/proxied/sites.ts'
import type { Ground } from '../../test/real/proxied/stage.ts'

function fingerprint(name: string): string {
  const { fingerprint256 } = new X509Certificate(readFileSync(tlsFile(`${name}.pem`)))
  return `sha256:${fingerprint256.replaceAll(':', '').toLowerCase()}`
}

export interface SoakSetup extends Ground {
  /** Path of the configuration, and of a state folder of its own for each who watches. */
  readonly config: string
  stateFolder(name: string): string
  close(): Promise<void>
}

export const INTERVAL_MS = 500
export const TIMEOUT_MS = 400

/** Starts everything; `close` ends it. */
export async function openSoakSetup(): Promise<SoakSetup> {
  const folder = mkdtempSync(join(tmpdir(), 'pgdeck-soak-'))
  const primary = await startPrimary()
  await primary.createRole('pgdeck', 'LOGIN IN ROLE pg_monitor')
  const first = await addStandby(primary, { name: 'standby-1' })
  const second = await addStandby(primary, { name: 'standby-2' })
  const closers: (() => unknown)[] = []
  const sites = await openSites({ after: (close) => void closers.push(close) })
  const proxies = {
    second: await openProxy(second.port),
    far: await openProxy(second.port),
    web: await openProxy(sites.webPort),
  }
  const dsn = (port: number) => `postgresql://pgdeck:${primary.password}@127.0.0.1:${port}/postgres`
  const document = {
    clusters: [
      {
        name: 'soaked',
        model: 'databases',
        interval: `${INTERVAL_MS}ms`,
        timeout: `${TIMEOUT_MS}ms`,
        databases: [
          { name: 'primary', dsn: dsn(primary.port), host: 'here' },
          { name: 'first', dsn: dsn(first.port), host: 'here' },
          { name: 'second', dsn: dsn(proxies.second.port), host: 'here' },
        ],
        hosts: [{ name: 'here', local: true }],
      },
      {
        name: 'web',
        model: 'shared-database',
        interval: `${INTERVAL_MS}ms`,
        timeout: `${TIMEOUT_MS}ms`,
        databases: [],
        servers: [
          { name: 'web', type: 'primary', url: `http://127.0.0.1:${proxies.web.port}/`, health: { status: [200] } },
          {
            name: 'shop',
            type: 'secondary',
            url: `https://127.0.0.1:${sites.shopPort}/`,
            health: { status: [200] },
            tls: { pin: fingerprint('valid') },
          },
        ],
      },
    ],
  }
  const config = join(folder, 'pgdeck.json')
  writeFileSync(config, JSON.stringify(document), { mode: 0o600 })
  return {
    primary,
    first,
    second,
    sites,
    proxies,
    resolves: true,
    config,
    stateFolder: (name) => join(folder, name),
    async close() {
      await Promise.all(Object.values(proxies).map((proxy) => proxy.close()))
      for (const close of closers) await close()
      await primary.scratch.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
