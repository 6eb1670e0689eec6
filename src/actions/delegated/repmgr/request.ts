// What repmgr is asked on a host, as the journal keeps it, and the words of its commands.

import { ActionError } from '../../../model/runs/action-error.ts'
import type { JsonRecord } from '../../../model/runs/plan.ts'
import * as arg from '../../definition/step-arguments.ts'

const requestForm = () =>
  arg.form({
    call: arg.oneOf('switchover', 'promote', 'follow', 'rejoin', 'clone', 'pause', 'resume', 'restart', 'unregister'),
    /** The host, the words before each command there, the program, and its configuration file. */
    host: arg.text(),
    prefix: arg.texts(),
    program: arg.text(),
    file: arg.text(),
    /** Its number in repmgr.nodes, and its id. */
    node: arg.number(),
    database: arg.text(),
    /** `follow`, `clone`: the number of the node to replicate from. */
    upstream: arg.optionalNumber(),
    /** `rejoin`, `clone`: where that is reached, and as whom. */
    source: arg.form({ host: arg.text(), port: arg.number(), user: arg.text(), database: arg.text() }).nullable(),
    /** Whether repmgrd is paused before, and stays that. */
    wasPaused: arg.flag(),
    /** How many events of that node there were before: successful ones, and failed ones. */
    done: arg.number(),
    failed: arg.number(),
    /** `clone`: how many copies of that node there were before. */
    copies: arg.number(),
    /** Ids of the databases whose tables tell, best first. */
    readers: arg.texts(),
    /** `clone`, `restart`: how the server is stopped and started; and its postmaster of before, milliseconds since the epoch. */
    stop: arg.texts(),
    start: arg.texts(),
    startedAt: arg.optionalNumber(),
    /** Where repmgr is asked for its daemons too: beside a node that is down it does not tell. */
    elsewhere: arg
      .list(arg.form({ host: arg.text(), prefix: arg.texts(), program: arg.text(), file: arg.text() }))
      .prefault([]),
  })
export type RepmgrRequest = arg.Of<typeof requestForm>
export type RepmgrCall = RepmgrRequest['call']

/** Reads a request of a plan or a journal. Throws ActionError. */
export function repmgrRequest(request: JsonRecord): RepmgrRequest {
  const read = requestForm().safeParse(request)
  if (read.success) return read.data
  throw new ActionError('the request to repmgr is of another version of pgdeck', 'Plan again.')
}

/** The event by which repmgr tells that it ended; null: it writes none. */
export const EVENTS: Readonly<Record<RepmgrCall, string | null>> = {
  switchover: 'standby_switchover',
  promote: 'standby_promote',
  follow: 'standby_follow',
  rejoin: 'node_rejoin',
  clone: 'standby_register',
  pause: null,
  resume: null,
  restart: null,
  unregister: 'standby_unregister',
}

/** The event by which repmgr tells that a copy is complete. */
export const COPIED = 'standby_clone'

/** The two words of a command that tell it from others. */
export const VERBS: Readonly<Record<Exclude<RepmgrCall, 'restart'>, string>> = {
  switchover: 'standby switchover',
  promote: 'standby promote',
  follow: 'standby follow',
  rejoin: 'node rejoin',
  clone: 'standby clone',
  pause: 'service pause',
  resume: 'service unpause',
  unregister: 'standby unregister',
}

type Words = Pick<RepmgrRequest, 'call' | 'node' | 'upstream' | 'source'>

/** The words of its command after `repmgr -f FILE`; of several the main one. None for a restart. */
export function wordsOf({ call, node, upstream, source }: Words): readonly string[] {
  switch (call) {
    case 'switchover':
      return ['standby', 'switchover', '--siblings-follow']
    case 'promote':
      return ['standby', 'promote', '--siblings-follow']
    case 'follow':
      return ['standby', 'follow', `--upstream-node-id=${upstream}`]
    case 'rejoin':
      return ['node', 'rejoin', '-d', conninfoOf(source), '--force-rewind']
    case 'clone': {
      const from = source
        ? ['-h', source.host, '-p', String(source.port), '-U', source.user, '-d', source.database]
        : []
      const wanted = upstream === null ? [] : [`--upstream-node-id=${upstream}`]
      return [...from, 'standby', 'clone', '--force', '--fast-checkpoint', ...wanted]
    }
    case 'pause':
      return ['service', 'pause']
    case 'resume':
      return ['service', 'unpause']
    case 'unregister':
      return ['standby', 'unregister', `--node-id=${node}`]
    case 'restart':
      return []
  }
}

/** Registers a copy anew, under the node that it replicates from. */
export function registration({ upstream }: Pick<RepmgrRequest, 'upstream'>): readonly string[] {
  return ['standby', 'register', '--force', ...(upstream === null ? [] : [`--upstream-node-id=${upstream}`])]
}

/** As libpq reads it. */
function conninfoOf(source: RepmgrRequest['source']): string {
  if (!source) return ''
  const { host, port, user, database } = source
  const words = { host, port: String(port), user, dbname: database, connect_timeout: '5' }
  return Object.entries(words)
    .map(([key, value]) => `${key}=${/^[\w./-]+$/.test(value) ? value : `'${value.replace(/['\\]/g, '\\$&')}'`}`)
    .join(' ')
}
