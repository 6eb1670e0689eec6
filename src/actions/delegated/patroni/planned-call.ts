// A call of Patroni as a plan shows it: what is sent where, and the same as a command.

import type { DatabaseView } from '../../../model/picture/picture.ts'
import type { JsonRecord } from '../../../model/runs/plan.ts'
import { FaultError } from '../../../model/values/fault.ts'
import { shellCommandLine } from '../../../model/values/shell-quote.ts'
import type { PreflightCheck, PreflightResult } from '../../definition/action.ts'
import type { DelegationContext, PlannedRequest } from '../definition/manager-acts.ts'
import { patroniConfigOf } from './addresses.ts'
import { passwordOnce, whyOtherAgent } from './call.ts'
import type { PatroniRequest } from './request.ts'

export interface PatroniCall extends Pick<PlannedRequest, 'title' | 'deadlineSeconds'> {
  readonly method: PatroniRequest['method']
  readonly path: PatroniRequest['path']
  readonly body: JsonRecord | null
  readonly addresses: readonly string[]
  /** The database whose agent must answer; null: any agent. */
  readonly view: DatabaseView | null
  readonly goal: PatroniRequest['goal']
  readonly name: string | null
  readonly at?: string
  readonly listed?: readonly string[]
  readonly replaces?: PatroniRequest['replaces']
  /** The words of patronictl. */
  readonly command: readonly string[]
  readonly checks?: readonly PreflightCheck[]
  readonly effects?: readonly string[]
  readonly restarts?: readonly string[]
  readonly settleSeconds?: number
  /** The body and the goal of the same call that takes it back. */
  readonly undo?: Pick<PatroniRequest, 'goal'> & { readonly body: JsonRecord } & Partial<
      Pick<PatroniRequest, 'replaces'>
    >
}

export function plannedCall(call: PatroniCall, context: DelegationContext): PlannedRequest {
  const { method, path, body, addresses, view, goal, name, at = null, listed, replaces = null, command } = call
  const { manager, clusterView } = context
  const text = body === null ? null : JSON.stringify(body)
  const known = clusterView.picture.databases.find(({ systemIdentifier }) => systemIdentifier !== null)
  const systemIdentifier = view?.systemIdentifier ?? known?.systemIdentifier ?? null
  const member = view === null ? null : (manager.names[view.id] ?? null)
  const request: PatroniRequest = {
    method,
    path,
    body: text,
    addresses: [...addresses],
    member,
    scope: manager.scope,
    systemIdentifier,
    goal,
    name,
    at,
    listed: listed ? [...listed] : null,
    replaces,
  }
  const [first = '?'] = addresses
  const user = patroniConfigOf(context.tools.config)?.user ?? null
  return {
    request,
    how: 'http',
    where: new URL(first).host,
    title: call.title,
    detail: [
      `${method} ${first}${path}${text === null ? '' : ` ${text}`}${user === null ? '' : `   (as ${user})`}`,
      `The same as: ${shellCommandLine(command)}`,
    ].join('\n'),
    checks: [rightAgent(request), passwordIsHidden(addresses, user), passwordIsPrinted(), ...(call.checks ?? [])],
    effects: call.effects ?? [],
    restarts: call.restarts ?? [],
    deadlineSeconds: call.deadlineSeconds,
    settleSeconds: call.settleSeconds ?? 0,
    ...(call.undo ? { undo: undoOf(request, call.undo) } : {}),
  }
}

function undoOf(
  request: PatroniRequest,
  { body, goal, replaces = null }: NonNullable<PatroniCall['undo']>,
): NonNullable<PlannedRequest['undo']> {
  const text = JSON.stringify(body)
  const [first = ''] = request.addresses
  return {
    request: { ...request, body: text, goal, listed: null, replaces },
    text: `${request.method} ${first}${request.path} ${text}`,
  }
}

/** Fails unless the agent that is asked first is of this cluster, and of the member that is meant. */
function rightAgent(request: PatroniRequest): PreflightCheck {
  const [address = ''] = request.addresses
  return {
    id: 'manager-identity',
    mayOverride: false,
    async run(_, __, { config, signal }): Promise<PreflightResult> {
      const declared = patroniConfigOf(config)
      if (!declared) return null
      try {
        const why = await whyOtherAgent(address, request, declared, signal)
        if (why !== null) return { result: 'fail', message: why, hint: 'Check "manager" and "patroni" in the config.' }
        const who = request.member === null ? `Patroni (${request.scope ?? '?'})` : `the agent of ${request.member}`
        return { result: 'pass', message: `${who} answers at ${address}, for this system`, hint: null }
      } catch (error) {
        if (!(error instanceof FaultError)) throw error
        const result = request.member === null && request.addresses.length > 1 ? 'warn' : 'fail'
        return { result, message: error.fault.message, hint: error.fault.hint }
      }
    },
  }
}

const LOOPBACK = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/

/** Its program fails better now than while clients wait. */
function passwordIsPrinted(): PreflightCheck {
  return {
    id: 'manager-password-command',
    mayOverride: false,
    async run(_, __, { config, signal }): Promise<PreflightResult> {
      const declared = patroniConfigOf(config)
      if (!declared || declared.user === null || declared.passwordCommand === null) return null
      try {
        await passwordOnce(declared, signal)()
        return { result: 'pass', message: `passwordCommand prints the password of ${declared.user}`, hint: null }
      } catch (error) {
        if (!(error instanceof FaultError)) throw error
        return { result: 'fail', message: error.fault.message, hint: error.fault.hint }
      }
    },
  }
}

/** Warns of a password that anybody on the network can read. */
function passwordIsHidden(addresses: readonly string[], user: string | null): PreflightCheck {
  return {
    id: 'manager-password',
    mayOverride: true,
    run(): PreflightResult {
      const open = addresses.filter((address) => {
        const url = URL.parse(address)
        return url?.protocol === 'http:' && !LOOPBACK.test(url.hostname)
      })
      if (user === null || open.length === 0) return null
      const message = `the password of ${user} goes to ${open.join(', ')} unencrypted`
      return { result: 'warn', message, hint: 'Give the REST API a certificate (restapi.certfile), and use https://.' }
    },
  }
}
