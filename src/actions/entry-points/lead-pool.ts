// Makes a pool of a PgBouncer lead to the new primary before its clients continue: by a command of the configuration, by a
// person, or by what is between, for which it only waits.

import { ActionError } from '../../model/runs/action-error.ts'
import { isSameAddress } from '../../model/values/address.ts'
import type { Fault, FaultCode } from '../../model/values/fault.ts'
import { shellCommandLine } from '../../model/values/shell-quote.ts'
import { clean } from '../../model/values/text.ts'
import type { ActionToolbox } from '../definition/action.ts'
import * as arg from '../definition/step-arguments.ts'
import { defineStep, MANUAL_STEP_SECONDS, type StepPlan, type Verification } from '../definition/step-kind.ts'
import { databaseName, findDatabase } from '../definition/target.ts'
import { hasAddressFor } from './named-itself.ts'
import { keptAddresses, type Pool, type PoolPlace, readPool, unusedText } from './pools.ts'
import { reachedThrough } from './reached.ts'

const form = () =>
  arg.form({
    pooler: arg.text(),
    pool: arg.text(),
    /** Id of the new primary. */
    target: arg.text(),
    /** Its address for the pooler. */
    host: arg.text(),
    port: arg.number(),
    /** The command that points the pool there, and the host that it runs on; empty and null: none is needed. */
    repoint: arg.texts(),
    repointHost: arg.optionalText(),
  })
type Args = arg.Of<typeof form>

/**
 * `waits`: something between moves, such as a proxy; `unknown`: nothing says what. Otherwise the pooler itself names the old
 * primary.
 */
export type LeadBy =
  | { readonly kind: 'waits'; readonly mover: 'known' | 'unknown' }
  /** `hasAddress`: false where the configuration has no address of the new primary that the pooler can use. */
  | { readonly kind: 'person'; readonly hasAddress: boolean }
  | {
      readonly kind: 'command'
      readonly host: string
      readonly argv: readonly string[]
      readonly access: 'local' | 'ssh'
    }

interface PoolLead extends PoolPlace {
  readonly id: string
  readonly target: { readonly id: string; readonly name: string }
  /** The address of the new primary for the pooler. */
  readonly host: string
  readonly port: number
  readonly by: LeadBy
}

export const leadPoolKind = defineStep({
  kind: 'lead-pool',
  version: 1,
  args: form,
  endsNoRun: true,
  plan: planLead,
  async run(args, tools) {
    const { repoint, repointHost, pooler } = args
    if (repoint.length === 0) return
    const connection = tools.host(repointHost)
    if (!connection) throw new ActionError(`pgdeck has no access to the host ${repointHost ?? '?'}`)
    const signal = AbortSignal.any([tools.signal, AbortSignal.timeout(COMMAND_MS)])
    const argv = filled(repoint, args)
    const onOutput = (text: string) => tools.writeOutput(text)
    const { exitCode, stderr } = await connection.run(argv, { signal, onOutput, asAccount: true })
    if (exitCode !== 0) {
      const last = clean(stderr.trim().split('\n').at(-1) ?? '')
      throw new ActionError(`${argv[0]} on ${repointHost} ended with exit code ${exitCode ?? '?'}: ${last}`)
    }
    await tools.entryPoints.command(pooler, 'RELOAD')
  },
  async verify(args, tools): Promise<Verification> {
    const { pooler, pool, target } = args
    const found = await readPool(args, tools)
    const named = `${pool} at ${pooler}`
    if (!found && args.repoint.length === 0) return { result: 'yes', evidence: unusedText(args) }
    if (!found) return { result: 'never', why: `${pooler} has no database ${pool}` }
    const { host, port } = found
    const wanted = databaseName(tools.view(), target)
    if (host === null) return { result: 'by-word', why: `${named} leads to a Unix socket, which pgdeck can’t follow` }
    const reached = await reachedThrough({ kind: 'pool', pooler, host, port, as: target }, target, tools)
    if (reached.kind === 'meant') {
      const kept = await whyKeptElsewhere(found, args, tools)
      if (kept !== null) return { result: 'not-yet', why: kept }
      return { result: 'yes', evidence: `${named} leads to ${wanted} (a new session by ${host}:${port})` }
    }
    if (reached.kind === 'elsewhere')
      return { result: 'not-yet', why: `${named} leads to ${reached.words} (${host}:${port}), not to ${wanted}` }
    const isItsAddress = isSameAddress(host, args.host) && port === args.port
    if (isItsAddress && refusesOnlyPgdeck(reached.fault, args, tools))
      return { result: 'yes', evidence: `${named} has the address of ${wanted}, ${host}:${port}` }
    return { result: 'not-yet', why: `where ${named} leads by ${host}:${port} is unknown: ${reached.fault.message}` }
  },
})

/** Something answers there, and refuses only pgdeck. */
const REFUSES_LOGIN: ReadonlySet<FaultCode> = new Set(['auth', 'hba', 'tls', 'too-many-connections'])

/**
 * Whether the address of the new primary proves the lead although pgdeck has no session there: the server refuses the login, or
 * pgdeck has no way to the address, and reaches the database by another one.
 */
function refusesOnlyPgdeck({ code }: Fault, { pooler, target, host }: Args, tools: ActionToolbox): boolean {
  const config = tools.config.poolers?.find(({ spec }) => spec.id === pooler)
  const view = findDatabase(tools.view(), target)
  if (!config || !view || !hasAddressFor(config, view, tools)) return false
  if (code !== 'timeout' && code !== 'unreachable') return REFUSES_LOGIN.has(code)
  const via = tools.config.databases.find(({ spec }) => spec.id === target)?.via ?? null
  return via !== config.via || !isSameAddress(view.host, host)
}

/**
 * Why the pooler would still use an old address of a DNS name: it keeps one for `dns_max_ttl`, whatever the name resolves to
 * by now. null: it would not.
 */
async function whyKeptElsewhere(pool: Pool, { pooler, target }: Args, tools: ActionToolbox): Promise<string | null> {
  for (const { address, seconds } of await keptAddresses(pooler, pool.host, tools)) {
    const place = { kind: 'pool', pooler, host: address, port: pool.port, as: target } as const
    const reached = await reachedThrough(place, target, tools)
    if (reached.kind !== 'meant') return `${pooler} uses the address ${address} of ${pool.host} for ${seconds} s more`
  }
  return null
}

const COMMAND_MS = 60_000
const WAIT_SECONDS = 60

function planLead({ id, pooler, pool, target, host, port, by }: PoolLead): StepPlan<Args> {
  const argv = by.kind === 'command' ? by.argv : []
  const repointHost = by.kind === 'command' ? by.host : null
  const args = { pooler, pool, target: target.id, host, port, repoint: argv, repointHost }
  const common = {
    id,
    args,
    verify: `a new session to the address that SHOW DATABASES of ${pooler} has reaches ${target.name}`,
    ifStopped: `${target.name} is the primary, and ${pool} at ${pooler} may lead to the old one; its clients continue.`,
    maySkip: true,
  }
  if (by.kind === 'waits')
    return {
      ...common,
      title: `wait until ${pool} at ${pooler} leads to ${target.name}`,
      how: 'sql',
      where: pooler,
      detail: `SHOW DATABASES; -- on the console of ${pooler}; then a session to that address`,
      deadlineSeconds: WAIT_SECONDS,
    }
  if (by.kind === 'command')
    return {
      ...common,
      title: `point ${pool} at ${pooler} to ${target.name}`,
      how: by.access,
      where: by.host,
      detail: `${shellCommandLine(filled(argv, args))}\nRELOAD; -- on the console of ${pooler}`,
      deadlineSeconds: WAIT_SECONDS,
    }
  const to = by.hasAddress ? `host=${host} port=${port}` : `host=ADDRESS port=${port}`
  const why = by.hasAddress ? 'it has no command "repoint"' : 'the configuration has no address of it for the pooler'
  return {
    ...common,
    title: `point ${pool} at ${pooler} to ${target.name}, by hand: ${why}`,
    how: 'manual',
    where: pooler,
    detail: `In pgbouncer.ini of ${pooler}, section [databases]:\n${pool} = ${to} … (the rest as it is)\nRELOAD; -- on the console of ${pooler}`,
    deadlineSeconds: MANUAL_STEP_SECONDS,
  }
}

function filled(argv: readonly string[], { host, port }: Pick<Args, 'host' | 'port'>): readonly string[] {
  return argv.map((word) => word.replaceAll('{host}', host).replaceAll('{port}', String(port)))
}
