// Sends a request to Patroni, and reads its answer: carried out, refused, or to be seen.

import { ActionError, OutcomeUnknown } from '../../../model/runs/action-error.ts'
import type { JsonRecord } from '../../../model/runs/plan.ts'
import { FaultError } from '../../../model/values/fault.ts'
import type { ActionToolbox } from '../../definition/action.ts'
import { isPermitted, type PatroniConfig, patroniConfigOf } from './addresses.ts'
import { callPatroni, type PatroniAnswer, passwordOnce, readFromPatroni } from './call.ts'
import { requireSameValue } from './kept-setting.ts'
import { isSameList, listedIn } from './listed-rules.ts'
import { type PatroniRequest, readPatroniRequest } from './request.ts'
import { runningLeader } from './running-leader.ts'

/** Patroni itself waits up to twice its loop, at least 20 s, for a change of roles. */
const ROLES_MS = 75_000
/** A restart waits for its shutdown checkpoint. */
const MEMBER_MS = 120_000

/** Sends it once, to the first of its addresses that takes connections. */
export async function sendToPatroni(stored: JsonRecord, tools: ActionToolbox): Promise<string> {
  const request = readPatroniRequest(stored)
  const config = patroniConfigOf(tools.config)
  if (!config?.act)
    throw new ActionError('the config no longer lets pgdeck ask Patroni', 'Set "manager" with "act": true.')
  if (request.path === '/failover') await requireNoLeader(request, tools)
  const permitted = request.addresses.filter((address) => isPermitted(address, tools.config))
  const { signal } = tools
  const calling = { config, password: passwordOnce(config, signal), stopped: signal, limitMs: limitOf(request) }
  let unreachable: FaultError | null = null
  for (const address of permitted) {
    try {
      await requireUnchanged(address, request, config, tools.signal)
      return readAnswer(request, await callPatroni(address, request, calling), config)
    } catch (error) {
      if (!(error instanceof FaultError) || error instanceof OutcomeUnknown || request.member !== null) throw error
      // Without a password the next address is of no use.
      if (error.fault.code === 'auth') throw error
      unreachable ??= error
    }
  }
  throw unreachable ?? new ActionError('the config no longer has an address of this request', 'Plan again.')
}

/** Patroni itself would take the role from a leader that runs. Throws ActionError. */
async function requireNoLeader({ name }: PatroniRequest, tools: ActionToolbox): Promise<void> {
  const { manager } = (await tools.refresh()).picture
  const details = manager?.kind === 'patroni' ? manager.details : null
  if (!details?.areMembersCurrent)
    throw new ActionError('Patroni does not tell its members now', 'Nothing was asked. Look at patronictl list.')
  const leader = runningLeader(details)
  if (leader === null) return
  const hint =
    leader === name
      ? 'Nothing was asked: Patroni has done it by itself.'
      : 'Nothing was asked. Look at that member first; a switchover hands its role over without loss.'
  throw new ActionError(`Patroni has ${leader} as its leader, which runs`, hint)
}

/** Lines or a value that somebody has set since would be lost. Throws ActionError. */
async function requireUnchanged(
  address: string,
  request: PatroniRequest,
  config: PatroniConfig,
  signal: AbortSignal,
): Promise<void> {
  const { listed, replaces } = request
  if (listed === null && replaces === null) return
  const document = await readFromPatroni(address, '/config', config, signal)
  requireSameValue(request, document)
  if (listed === null || isSameList(listedIn(document), listed)) return
  throw new ActionError(
    'the list pg_hba in Patroni’s dynamic configuration has changed since this was planned',
    'Nothing was asked. Plan again.',
  )
}

function limitOf({ path }: PatroniRequest): number {
  return path === '/restart' ? MEMBER_MS : ROLES_MS
}

/** Answers of 503 that mean that nothing begins. */
const REFUSED_503 =
  /conditions are not satisfied|already in progress|can not reinitialize|can't reinitialize|^Cluster has no leader/i
const INSTEAD = /^(?:switched|failed) ?over to "([^"]*)" instead of/i

function readAnswer(request: PatroniRequest, { status, text }: PatroniAnswer, config: PatroniConfig): string {
  const words = text === '' ? `${status}` : `${status} ${text}`
  const answered = `Patroni answered ${words}`
  const instead = INSTEAD.exec(text)
  if (instead)
    throw new ActionError(
      `Patroni switched over to ${instead[1]} instead of ${request.name ?? '?'}`,
      'Look at who leads now before you act again.',
    )
  if (status >= 200 && status < 300) return answered
  if (status === 401) throw new ActionError(`Patroni refused: ${words}`, passwordHint(config))
  if (status === 403)
    throw new ActionError(
      `Patroni refused: ${words}`,
      'It asks for a client certificate: "manager": {"tls": {"cert": "client.crt", "key": "client.key"}} in the config.',
    )
  if (mayHaveBegun(request, status, text))
    throw new OutcomeUnknown({ code: 'protocol', message: answered, hint: 'Only the effect tells whether it did it.' })
  throw new ActionError(
    `Patroni refused: ${words}`,
    'Nothing was changed. Look at the members and their tags (view 2).',
  )
}

/** Whatever the status: it has stopped PostgreSQL. */
const BEGUN = /^restart failed|^postgres is still starting/i
/** A restart that Patroni does not schedule while it is paused. */
const REFUSED_500 = /schedule restart/i

/** The same act is in progress: that of an earlier attempt, or of somebody else, with the same effect. */
function mayHaveBegun({ path }: PatroniRequest, status: number, text: string): boolean {
  if (BEGUN.test(text) || text.startsWith(`${path.slice(1)} already in progress`)) return true
  if (status < 500) return false
  return !(status === 503 && REFUSED_503.test(text)) && !(status === 500 && REFUSED_500.test(text))
}

function passwordHint({ user, passwordCommand }: PatroniConfig): string {
  if (user === null || passwordCommand === null)
    return 'Set "user" and "passwordCommand" of "manager" in the config, as restapi.authentication of Patroni has them.'
  return `The password that passwordCommand prints is not that of ${user} in restapi.authentication of Patroni.`
}
