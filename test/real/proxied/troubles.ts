// Everything that can happen to a database, an application server or the network before it: made and mended for real.

import { Client } from 'pg'
import { addStandby, type PostgresNode } from '../../../src/demo/postgres/start-postgres.ts'
import { removePath } from '../../../src/io/files/sync-files.ts'
import type { FaultCode } from '../../../src/model/values/fault.ts'
import { type NetworkCondition, UNDISTURBED } from '../../fakes/proxy.ts'
import { until } from '../../wait.ts'
import { type Ground, type TargetId, TIMEOUT_MS } from './stage.ts'

export interface Trouble {
  readonly what: string
  readonly at: TargetId
  readonly code: FaultCode
  readonly message: RegExp
  readonly hint: RegExp
  make(ground: Ground): Promise<unknown>
  mend(ground: Ground): Promise<unknown>
  /** Others that it makes unreadable too. */
  readonly alsoHit?: readonly TargetId[]
  /** True where it reaches every server, or what others need to be mended. */
  readonly isWide?: boolean
  /** True where it mends itself, as a half-open connection does. */
  readonly passes?: boolean
  /** What is as right, where it depends on the moment. */
  readonly orCode?: FaultCode
}

const HALTED = /log|proxies/
const FROZEN = /frozen/
/** In a session, or in a new one where a slow machine had cost that. */
const SILENT = /did not answer|did not open a session/
const SILENT_HINT = /cut|overloaded/

function weather(what: string, sky: NetworkCondition, code: FaultCode, message: RegExp, hint: RegExp): Trouble {
  const make = ({ proxies }: Ground) => proxies.second.become(sky)
  const mend = ({ proxies }: Ground) => proxies.second.become(UNDISTURBED)
  return { what, at: 'second', code, message, hint, make, mend }
}

export const NETWORK_TROUBLES: readonly Trouble[] = [
  weather('a black hole', { kind: 'black-hole' }, 'timeout', SILENT, SILENT_HINT),
  weather('reset connections', { kind: 'reset' }, 'unreachable', /reset|closed/, HALTED),
  weather('a closed port', { kind: 'refused' }, 'refused', /refuses/, /PostgreSQL runs/),
  weather('answers that come too late', { kind: 'delay', ms: 3 * TIMEOUT_MS }, 'timeout', SILENT, SILENT_HINT),
  weather('a trickle', { kind: 'throttle', bytesPerSecond: 600 }, 'timeout', SILENT, SILENT_HINT),
  {
    // Where a new session is quickly there, the server is known to be.
    ...weather('a half-open connection', { kind: 'half-open' }, 'slow', /did not answer the query/, /cut|dead/),
    orCode: 'timeout',
    passes: true,
  },
  {
    what: 'DNS that is gone',
    at: 'named',
    code: 'dns',
    message: /db\.test:\d+ has a name that no DNS server answered for/,
    hint: /resolv\.conf/,
    async make(ground) {
      ground.resolves = false
      await loseSessions(ground.second)
    },
    async mend(ground) {
      ground.resolves = true
    },
  },
  {
    what: 'a web port before which everything is held',
    at: 'web',
    code: 'timeout',
    message: /no answer within/,
    hint: /hangs/,
    make: ({ proxies }) => proxies.web.become({ kind: 'black-hole' }),
    mend: ({ proxies }) => proxies.web.become(UNDISTURBED),
  },
  {
    what: 'a web port that resets',
    at: 'web',
    code: 'unreachable',
    message: /reset the connection/,
    hint: /firewall|proxy/,
    make: ({ proxies }) => proxies.web.become({ kind: 'reset' }),
    mend: ({ proxies }) => proxies.web.become(UNDISTURBED),
  },
  {
    what: 'a server that takes requests and hangs',
    at: 'shop',
    code: 'timeout',
    message: /no answer within .*waiting for an answer/,
    hint: /hangs/,
    alsoHit: ['web'],
    make: async ({ sites }) => sites.answers(() => {}),
    mend: async ({ sites }) => sites.answers((_request, response) => void response.end('fine')),
  },
]

export const DATABASE_TROUBLES: readonly Trouble[] = [
  {
    what: 'a killed primary',
    at: 'primary',
    code: 'refused',
    message: /refuses connections/,
    hint: /PostgreSQL runs/,
    make: ({ primary }) => primary.kill(),
    mend: ({ primary }) => primary.start(),
  },
  {
    what: 'a killed replica',
    at: 'first',
    code: 'refused',
    message: /refuses connections/,
    hint: /PostgreSQL runs/,
    make: ({ first }) => first.kill(),
    mend: ({ first }) => first.start(),
  },
  {
    what: 'a frozen replica',
    at: 'first',
    code: 'timeout',
    message: SILENT,
    hint: FROZEN,
    make: ({ first }) => first.freeze(),
    mend: ({ first }) => first.thaw(),
  },
  {
    what: 'a line of pg_hba.conf that rejects',
    at: 'primary',
    code: 'hba',
    message: /rejects connection/,
    hint: /reject/,
    async make({ primary }) {
      await primary.setHba(`host all pgdeck 127.0.0.1/32 reject\n${primary.hba()}`)
      await loseSessions(primary)
    },
    mend: ({ primary }) => primary.setHba(primary.hba().split('\n').slice(1).join('\n')),
  },
  {
    what: 'a password that was changed',
    isWide: true,
    at: 'primary',
    code: 'auth',
    message: /does not accept the password of role "pgdeck"/,
    hint: /in the dsn/,
    async make({ primary }) {
      await primary.query(`alter role pgdeck password 'another'`)
      await loseSessions(primary)
    },
    mend: ({ primary }) => primary.query(`alter role pgdeck password '${primary.password}'`),
  },
  {
    what: 'no free connection',
    isWide: true,
    at: 'primary',
    code: 'too-many-connections',
    message: /too many connections for role "pgdeck"/,
    hint: /CONNECTION LIMIT/,
    async make({ primary }) {
      await primary.query('alter role pgdeck connection limit 0')
      await loseSessions(primary)
    },
    mend: ({ primary }) => primary.query('alter role pgdeck connection limit -1'),
  },
  {
    what: 'recovery without hot standby',
    at: 'first',
    code: 'starting',
    message: /Hot standby mode is disabled|starting up/,
    hint: /hot_standby is off|replays its WAL/,
    async make({ first }) {
      await first.stop()
      await first.setSetting('hot_standby', 'off')
      void first.start().catch(() => {})
      await until('it is there', 10_000, () => refusesQueries(first))
    },
    async mend({ first }) {
      await first.stop()
      await first.setSetting('hot_standby', 'on')
      await first.start()
    },
  },
  shuttingDown(),
  lockedCatalog(),
]

/** A replica that is made anew, whatever it has become. */
export async function rebuilt(ground: Ground): Promise<void> {
  const { primary, first } = ground
  await first.stop('immediate')
  removePath(first.dataDirectory)
  ground.first = await addStandby(primary, { name: first.name, port: first.port })
}

function shuttingDown(): Trouble {
  let holder: Client | null = null
  let stopped: Promise<void> = Promise.resolve()
  return {
    what: 'a shutdown that waits for a session',
    at: 'first',
    code: 'starting',
    message: /shutting down/,
    hint: /stopped or restarted/,
    async make({ first }) {
      holder = await superuser(first)
      stopped = first.stop('smart')
      await until('it takes no more sessions', 5_000, () => refusesQueries(first))
      await holder.query(ENDS_OURS)
    },
    async mend({ first }) {
      await holder?.end()
      await stopped
      await first.start()
    },
  }
}

function lockedCatalog(): Trouble {
  let holder: Client | null = null
  return {
    what: 'a locked catalog',
    isWide: true,
    at: 'primary',
    code: 'slow',
    // Where its session was lost meanwhile: no other begins, because each looks into the catalog first.
    orCode: 'timeout',
    message: /waited for a lock too long/,
    hint: /pg_blocking_pids/,
    // Replay takes the lock too.
    alsoHit: ['first', 'second', 'named', 'far'],
    async make({ primary }) {
      holder = await superuser(primary)
      await holder.query('begin; lock table pg_database in access exclusive mode')
    },
    mend: async () => holder?.end(),
  }
}

const ENDS_OURS = `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'pgdeck'`

/** Ends the sessions that pgdeck has there, so that it has to open new ones. */
async function loseSessions(node: PostgresNode): Promise<void> {
  await node.query(ENDS_OURS)
}

async function superuser(node: PostgresNode): Promise<Client> {
  const client = new Client({ host: node.socketDirectory, port: node.port, user: 'postgres', database: 'postgres' })
  client.on('error', () => {})
  await client.connect()
  return client
}

/** True when the server is there and lets nobody in, because it starts or stops. */
async function refusesQueries(node: PostgresNode): Promise<boolean> {
  const client = new Client({ host: node.socketDirectory, port: node.port, user: 'postgres', database: 'postgres' })
  client.on('error', () => {})
  try {
    await client.connect()
    await client.end()
    return false
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === '57P03'
  }
}
