// A request to repmgr with what there was before it: for all of its plans.

import type { DatabaseView } from '../../../model/picture/picture.ts'
import type { StepMethod } from '../../../model/runs/plan.ts'
import { shellCommandLine } from '../../../model/values/shell-quote.ts'
import type { PreflightCheck } from '../../definition/action.ts'
import type { DelegationContext, RequestPlan, RequestUndo } from '../definition/manager-acts.ts'
import { daemonsAround, dryRun } from './checks.ts'
import { areAllPaused, type RepmgrDaemon, readDaemons } from './daemons.ts'
import { type RepmgrNodePlace, repmgrMember } from './place.ts'
import type { RepmgrPlace } from './program.ts'
import { COPIED, EVENTS, type RepmgrCall, type RepmgrRequest, wordsOf } from './request.ts'
import { readRepmgrNode } from './tables.ts'

export interface RepmgrSubject {
  readonly call: RepmgrCall
  readonly view: DatabaseView
  readonly place: RepmgrNodePlace
  readonly context: DelegationContext
  readonly upstream?: DatabaseView | null
  /** Other hosts where its daemons can be asked for, if the node is down. */
  readonly elsewhere?: readonly RepmgrPlace[]
  /** Ids of the databases whose tables tell, best first. */
  readonly readers: readonly string[]
}

/** The request with what there is before it. */
async function requestOf({
  call,
  view,
  place,
  context,
  upstream,
  elsewhere = [],
  readers,
}: RepmgrSubject): Promise<RepmgrRequest> {
  const { manager, tools } = context
  const { host, prefix, program, file, node, service } = place
  const event = EVENTS[call]
  const before = event === null ? null : await readRepmgrNode(node, event, readers, tools)
  const copied = call === 'clone' ? await readRepmgrNode(node, COPIED, readers, tools) : null
  const above = upstream ? repmgrMember(upstream, manager) : null
  return {
    call,
    host,
    prefix,
    program,
    file,
    node,
    database: view.id,
    upstream: above?.facts?.nodeId ?? null,
    source: upstream ? sourceOf(upstream, context) : null,
    wasPaused: areAllPaused(await daemonsOf(place, context)),
    done: before?.done ?? 0,
    failed: before?.failed ?? 0,
    copies: copied?.done ?? 0,
    readers,
    stop: service.stop ?? [],
    start: service.start ?? [],
    startedAt: view.startedAt,
    elsewhere: elsewhere.map((each) => ({
      host: each.host,
      prefix: each.prefix,
      program: each.program,
      file: each.file,
    })),
  }
}

/** None where repmgr can't tell: the check says why. */
export async function daemonsOf(
  place: RepmgrNodePlace,
  { tools }: DelegationContext,
): Promise<readonly RepmgrDaemon[]> {
  return readDaemons(place, tools).catch(() => [])
}

/** The other node as its own conninfo in repmgr.nodes has it. */
function sourceOf(upstream: DatabaseView, { manager }: DelegationContext): RepmgrRequest['source'] {
  const member = repmgrMember(upstream, manager)
  const registration = member?.facts?.registration
  const [host, port] = [member?.host ?? upstream.host, member?.port ?? upstream.port]
  return { host, port, user: registration?.user ?? 'repmgr', database: registration?.database ?? 'repmgr' }
}

export interface RepmgrTexts {
  readonly title: string
  readonly effects: readonly string[]
  readonly restarts: readonly string[]
  readonly deadlineSeconds: number
  /** Whether it begins with a dry run. A clone’s is part of its step, because it needs a stopped server. */
  readonly triesFirst?: boolean
  /** Further checks. */
  readonly checks?: readonly PreflightCheck[]
  /** Where its daemons are asked for: of a node that is down they can't be. Absent: there. */
  readonly asksAt?: RepmgrNodePlace | null
  /** More than the one command. */
  readonly lines?: (request: RepmgrRequest) => readonly string[]
}

export async function planRepmgr(subject: RepmgrSubject, texts: RepmgrTexts): Promise<RequestPlan> {
  const { place, call } = subject
  const { title, effects, restarts, deadlineSeconds, triesFirst = false, checks = [], asksAt = place, lines } = texts
  const request = await requestOf(subject)
  const words = wordsOf(request)
  const undo = call === 'pause' && !request.wasPaused ? resumption(request, place) : null
  const own: readonly PreflightCheck[] = triesFirst ? [dryRun(place, words)] : []
  const how: StepMethod = subject.context.tools.host(place.host)?.accessKind ?? 'ssh'
  return {
    request,
    how,
    where: place.host,
    title,
    detail: (lines?.(request) ?? [commandLine(place, words)]).join('\n'),
    checks: [...own, ...checks, ...(asksAt ? [daemonsAround(asksAt, call === 'resume')] : [])],
    effects,
    restarts,
    deadlineSeconds,
    ...(undo === null ? {} : { undo }),
    // repmgr goes on when pgdeck is lost, and its event comes at its end.
    settleSeconds: 2,
  }
}

function resumption(request: RepmgrRequest, place: RepmgrNodePlace): RequestUndo {
  const resume: RepmgrRequest = { ...request, call: 'resume' }
  return { request: resume, text: commandLine(place, wordsOf(resume)) }
}

export function commandLine({ prefix, program, file }: RepmgrNodePlace, words: readonly string[]): string {
  return shellCommandLine([...prefix, program, '-f', file, ...words])
}
