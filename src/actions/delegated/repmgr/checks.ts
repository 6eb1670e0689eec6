// Checks by repmgr itself: the dry run of the same command, and its daemons.

import { MANAGER_TITLES } from '../../../model/measured/managers/manager-signs.ts'
import { listText } from '../../../model/values/text.ts'
import type { PreflightCheck } from '../../definition/action.ts'
import { daemonsThat, readDaemons } from './daemons.ts'
import { askRepmgr, failureOf, type RepmgrPlace, successOf } from './program.ts'

/** It connects to all nodes by ssh, each with its own time limit. */
const DRY_RUN_MS = 60_000

/** Runs the same command with `--dry-run`. */
export function dryRun(place: RepmgrPlace, words: readonly string[]): PreflightCheck {
  return {
    id: 'dry-run',
    mayOverride: false,
    async run(_view, _draft, tools) {
      const command = `${MANAGER_TITLES.repmgr} ${words
        .filter((word) => /^[a-z]/.test(word))
        .slice(0, 2)
        .join(' ')} --dry-run`
      const answer = await askRepmgr(place, [...words, '--dry-run'], tools, DRY_RUN_MS)
      if (answer.exitCode !== 0) {
        const { why, hint } = failureOf(answer)
        return { result: 'fail', message: `${command}: ${why}`, hint }
      }
      const warnings = answer.said.filter((line) => line.startsWith('WARNING: ')).map((line) => line.slice(9))
      if (warnings.length > 0) return { result: 'warn', message: `${command}: ${warnings.join('; ')}`, hint: null }
      return { result: 'pass', message: `${command}: ${successOf(answer)}`, hint: null }
    },
  }
}

/** Which daemons run beside the nodes, and whether they are paused. `resumes`: the plan ends their pause. */
export function daemonsAround(place: RepmgrPlace, resumes = false): PreflightCheck {
  return {
    id: 'repmgrd',
    mayOverride: true,
    async run(_view, _draft, tools) {
      const daemons = await readDaemons(place, tools)
      const running = daemons.filter(({ runs }) => runs)
      const paused = daemonsThat(daemons, true)
      const missing = daemons.filter(({ runs, answers }) => answers && !runs).map(({ node }) => node)
      if (running.length === 0)
        return { result: 'warn', message: 'no repmgrd runs: nothing fails over by itself', hint: null }
      if (paused.length > 0 && resumes)
        return { result: 'pass', message: `repmgrd is paused beside ${listText(paused)}: this ends that`, hint: null }
      if (paused.length > 0) {
        const hint = 'It stays so. pgdeck do resume-manager ends that.'
        return { result: 'warn', message: `repmgrd is paused beside ${listText(paused)}`, hint }
      }
      if (missing.length > 0) {
        const hint = 'Start it there: systemctl start repmgrd.'
        return { result: 'warn', message: `repmgrd does not run beside ${listText(missing)}`, hint }
      }
      return { result: 'pass', message: 'repmgrd runs beside all nodes that answer, and is not paused', hint: null }
    },
  }
}

/** A standby, and the node that repmgr.nodes has as its upstream. */
export interface RegisteredFollower {
  readonly name: string
  readonly id: string
  /** null: none is registered. */
  readonly upstream: string | null
}

/** repmgr refuses to forget a node that others are registered under. */
export function noneRegisteredBelow(name: string, followers: readonly string[]): PreflightCheck {
  return {
    id: 'registered-below',
    mayOverride: false,
    run() {
      if (followers.length === 0)
        return { result: 'pass', message: `repmgr.nodes has no node under ${name}`, hint: null }
      const hint = 'Let them follow another one first: pgdeck do follow.'
      return { result: 'fail', message: `repmgr.nodes has ${listText(followers)} under ${name}`, hint }
    },
  }
}

/** `--siblings-follow` leads over only what is registered under the old primary, whatever it replicates from. */
export function siblingsAreRegistered(
  followers: readonly RegisteredFollower[],
  primary: { readonly id: string; readonly name: string; readonly node: string | null },
): PreflightCheck {
  return {
    id: 'siblings',
    mayOverride: true,
    run() {
      const others = followers.filter(({ upstream }) => upstream !== primary.node)
      const [first] = others
      if (followers.length === 0) return null
      if (!first) {
        const message = `repmgr.nodes has ${listText(followers.map(({ name }) => name))} under ${primary.name}`
        return { result: 'pass', message, hint: null }
      }
      return {
        result: 'warn',
        message: `repmgr.nodes has ${first.upstream ?? 'nothing'} as the upstream of ${listText(others.map(({ name }) => name))}: repmgr would not let it follow the new primary`,
        hint: `Register it first: pgdeck do follow ${first.id} --set upstream=${primary.id}`,
      }
    },
  }
}
