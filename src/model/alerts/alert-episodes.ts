// The alerts of a time as episodes: when each began and ended, and the worst that it was.

import { type Alert, type AlertRule, alertKey, type Severity } from '../picture/alert.ts'
import type { Picture } from '../picture/picture.ts'
import type { Subject } from '../picture/subject.ts'

export interface AlertEpisode {
  readonly rule: AlertRule
  readonly subject: Subject
  /** The worst. */
  readonly severity: Severity
  /** The message when it was the worst for the first time. */
  readonly message: string
  /** Milliseconds since the epoch. */
  readonly since: number
  /** When it ended, or the last moment that is known; milliseconds since the epoch. */
  readonly until: number
  /** It stood at the last moment that is known. */
  readonly isOpen: boolean
}

export interface EpisodeList {
  /** Takes the next moment, in the order of time. */
  add(picture: Pick<Picture, 'at' | 'alerts'>): void
  /** Nothing is known of the time until the next moment: what stands is open. */
  gap(): void
  /** In the order of their begin. */
  episodes(): readonly AlertEpisode[]
}

/** Collects the alerts of one cluster, moment by moment. */
export function createEpisodeList(): EpisodeList {
  const ended: AlertEpisode[] = []
  let standing = new Map<string, AlertEpisode>()
  return {
    add({ at, alerts }) {
      const next = new Map(
        alerts.map((alert) => [alertKey(alert), continued(standing.get(alertKey(alert)), alert, at)]),
      )
      for (const [key, episode] of standing) if (!next.has(key)) ended.push({ ...episode, until: at, isOpen: false })
      standing = next
    },
    gap() {
      ended.push(...standing.values())
      standing = new Map()
    },
    episodes: () => [...ended, ...standing.values()].toSorted((one, other) => one.since - other.since),
  }
}

function continued(known: AlertEpisode | undefined, alert: Alert, at: number): AlertEpisode {
  const { rule, subject, severity, message } = alert
  if (!known) return { rule, subject, severity, message, since: at, until: at, isOpen: true }
  const isWorse = known.severity === 'warning' && severity === 'critical'
  return isWorse ? { ...known, severity, message, until: at } : { ...known, until: at }
}

/** What other limits change: an episode without its like on the other side, or one that is worse, longer or shorter there. */
export interface EpisodeChange {
  /** As recorded; null: the other limits alone alert. */
  readonly before: AlertEpisode | null
  /** With the other limits; null: the recorded ones alone alert. */
  readonly after: AlertEpisode | null
}

/** An alert that begins or ends so much earlier or later is another one, in milliseconds. */
const SAME_MS = 5_000

/** Compares the episodes of one cluster. Each is paired with the one of the same rule and subject that it overlaps longest. */
export function episodeChanges(
  before: readonly AlertEpisode[],
  after: readonly AlertEpisode[],
): readonly EpisodeChange[] {
  const free = new Set(before)
  const paired = after.map((each): EpisodeChange => {
    const likes = [...free].filter((other) => alertKey(other) === alertKey(each) && overlap(other, each) >= 0)
    const like = likes.toSorted((one, other) => overlap(other, each) - overlap(one, each))[0] ?? null
    if (like) free.delete(like)
    return { before: like, after: each }
  })
  const gone = [...free].map((each) => ({ before: each, after: null }))
  const began = ({ before: one, after: other }: EpisodeChange) => (other ?? one)?.since ?? 0
  return [...paired, ...gone].filter(isChange).toSorted((one, other) => began(one) - began(other))
}

/** Milliseconds; below 0 they do not touch. */
function overlap(one: AlertEpisode, other: AlertEpisode): number {
  return Math.min(one.until, other.until) - Math.max(one.since, other.since)
}

function isChange({ before, after }: EpisodeChange): boolean {
  if (!before || !after) return true
  const isMoved = [before.since - after.since, before.until - after.until].some((by) => Math.abs(by) > SAME_MS)
  return before.severity !== after.severity || isMoved
}
