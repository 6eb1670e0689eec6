// Plays the guided tour: presses its keys as a user would, waits for what they bring, and stops as soon as the user
// takes over.

import { setTimeout as wait } from 'node:timers/promises'
import type { Controller } from '../../state/controller.ts'
import type { State } from '../../state/state.ts'
import type { Store } from '../../state/store.ts'
import type { TourCaption } from '../../state/tour.ts'
import { isReadyForKeys } from '../keys/dispatch/active-queries.ts'
import type { KeyDispatcher } from '../keys/dispatch/dispatch.ts'
import { type SceneProgress, TOUR_INVITATION, TOUR_SCENES, type TourScene } from './scenes.ts'

export interface TourOptions {
  readonly store: Store
  readonly faults: Controller['faults']
  readonly actor: KeyDispatcher
  /** 2 leaves half the time to read. Waiting for servers is not sped up. */
  readonly speed: number
  /** Ends the program. */
  readonly quit: () => void
}

export interface Tour {
  /** The keys of the user. While the tour plays it takes them: none reaches what is on the screen by accident. */
  readonly actor: KeyDispatcher
  /** Gives it up. */
  end(): void
}

/** Keys of the terminal, not of the screen: they work as ever. */
const ALWAYS: ReadonlySet<string> = new Set(['ctrl+c', 'ctrl+z', 'ctrl+l'])
/** How long a caption is there before its key is pressed, so that the eye is on it. */
const BEFORE_KEY_MS = 1_200
const PER_LETTER_MS = 180
/** As keyboards name them. */
const KEY_LABELS: Readonly<Record<string, string>> = { pagedown: 'PgDn' }
const TICK_MS = 50

class Stopped extends Error {}

/** Begins the tour. */
export function startTour(options: TourOptions): Tour {
  const player = new TourPlayer(options)
  void player.play()
  const { actor } = options
  return {
    end: () => player.end(),
    actor: {
      ...actor,
      press: (key) => void (player.takes(key) || actor.press(key)),
      paste: (text) => void (player.takes('') || actor.paste(text)),
      mouse: (event) => void (player.takes('') || actor.mouse(event)),
    },
  }
}

class TourPlayer {
  readonly #options: TourOptions
  readonly #ending = new AbortController()
  #caption: TourCaption | null = null

  constructor(options: TourOptions) {
    this.#options = options
  }

  async play(): Promise<void> {
    try {
      for (const scene of TOUR_SCENES) await this.#playScene(scene)
      this.#tell(TOUR_INVITATION, null, 'over')
    } catch (error) {
      if (error instanceof Stopped)
        this.#tell(`The tour stops here: ${error.message}. The keys are yours.`, null, 'over')
      else if (!this.#ending.signal.aborted) throw error
    }
  }

  end(): void {
    this.#ending.abort()
  }

  /** True if the key was for the tour. */
  takes(key: string): boolean {
    const caption = this.#caption
    if (caption === null || ALWAYS.has(key)) return false
    if (caption.phase === 'over') {
      this.#show(null)
      return false
    }
    if (key === 'q') this.#options.quit()
    else if (key === 'space') this.#show({ ...caption, phase: caption.phase === 'waits' ? 'plays' : 'waits' })
    else this.#handOver()
    return true
  }

  #handOver(): void {
    const { store } = this.#options
    this.end()
    this.#show(null)
    const text = 'the tour has ended, the keys are yours: f breaks or heals something, ? shows all keys'
    store.dispatch({ type: 'notified', notice: { at: store.latest().now, severity: 'info', text } })
  }

  async #playScene(scene: TourScene): Promise<void> {
    const { store, actor, speed } = this.#options
    this.#tell(scene.say(store.published()), scene.press && (KEY_LABELS[scene.press] ?? scene.press), 'plays')
    if (scene.press !== null) {
      await this.#rest(BEFORE_KEY_MS / speed)
      await this.#until((state) => (isReadyForKeys(state) ? 'there' : 'waits'))
      this.#press(scene.press, scene.aim?.(store.latest()) ?? null)
    }
    for (const letter of scene.types?.(store.latest()) ?? '') {
      await this.#rest(PER_LETTER_MS / speed)
      actor.press(letter === ' ' ? 'space' : letter)
    }
    if (scene.fault !== undefined) await this.#make(scene.fault)
    const { until } = scene
    if (until) await this.#until((state) => until(state))
    await this.#rest(scene.readMs / speed)
  }

  #press(key: string, aim: string | null): void {
    const { store, actor } = this.#options
    if (aim !== null) actor.select(aim)
    const before = store.latest().notice
    actor.press(key)
    const { notice } = store.latest()
    // A key that does nothing brings nothing to wait for.
    if (notice !== null && notice !== before && notice.severity !== 'info') throw new Stopped(notice.text)
  }

  async #make(id: string): Promise<void> {
    const { store, faults } = this.#options
    const fault = faults.find((each) => each.id === id)
    if (!fault) throw new Stopped('this demo has no such fault')
    store.dispatch({ type: 'fault-made' })
    await fault.make().catch((error: Error) => {
      throw new Stopped(error.message)
    })
  }

  /** Resolves when it is on the screen and the tour is not paused. */
  async #until(progress: (state: State) => SceneProgress): Promise<void> {
    const { store } = this.#options
    const { signal } = this.#ending
    for (;;) {
      signal.throwIfAborted()
      const now = progress(store.published())
      if (typeof now === 'object') throw new Stopped(now.stopped)
      if (now === 'there') return await this.#rest(0)
      await new Promise<void>((resolve) => {
        const end = store.subscribe(() => {
          end()
          resolve()
        })
        signal.addEventListener('abort', () => resolve(), { once: true })
      })
    }
  }

  /** Time in which the tour is paused does not count. */
  async #rest(ms: number): Promise<void> {
    const { signal } = this.#ending
    signal.throwIfAborted()
    let left = ms
    while (left > 0 || this.#caption?.phase === 'waits') {
      await wait(TICK_MS, undefined, { signal })
      if (this.#caption?.phase !== 'waits') left -= TICK_MS
    }
  }

  #tell(text: string, key: string | null, phase: TourCaption['phase']): void {
    this.#show({ text, key, phase })
  }

  #show(caption: TourCaption | null): void {
    this.#caption = caption
    this.#options.store.dispatch({ type: 'tour-told', caption })
  }
}
