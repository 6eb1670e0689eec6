// The demo's users: they come and go by a seeded random walk, follow redirects, and look for another server when theirs fails.

import type { AppServer } from './app-server/app-server.ts'
import { sendRequest } from './app-server/http-client.ts'
import { type IntervalTask, startIntervalTask } from './app-server/interval-task.ts'

interface Visitor {
  readonly server: string
  readonly id: string
}

export interface DemoUsersOptions {
  /** The front doors, the preferred one first. */
  readonly servers: readonly AppServer[]
  /** How many users there are on average. */
  readonly size: number
  /** Share of the users that try the second door first, from 0 to 1. */
  readonly atSecondDoor: number
  readonly random: () => number
}

const TURN_MS = 400
const LIMIT_MS = 700
const AT_ONCE = 6
const TOLD_AT_ONCE = 24

/** Lets the users in and keeps them moving. Fulfils once the first of them have signed in. */
export async function startDemoUsers(options: DemoUsersOptions): Promise<IntervalTask> {
  const crowd = new DemoUsers(options)
  for (let round = 0; round < options.size / AT_ONCE; round++) await crowd.arrive(AT_ONCE)
  return startIntervalTask(TURN_MS, () => crowd.turn())
}

class DemoUsers {
  readonly #options: DemoUsersOptions
  #visitors: readonly Visitor[] = []
  /** Users who went away while their server couldn't be told: their sessions are ended once it can. */
  #gone: readonly Visitor[] = []

  constructor(options: DemoUsersOptions) {
    this.#options = options
  }

  async turn(): Promise<void> {
    await this.#leaveClosedServers()
    const { size, random } = this.#options
    const retried = this.#gone.slice(0, TOLD_AT_ONCE)
    this.#gone = this.#gone.slice(TOLD_AT_ONCE)
    await this.#signOut(retried)
    const missing = Math.round(size * (0.8 + 0.4 * random())) - this.#visitors.length
    if (missing > 0) await this.arrive(Math.min(missing, AT_ONCE))
    else if (missing < 0) await this.#depart(Math.min(-missing, 1 + Math.floor(random() * 3)))
  }

  /** So many users sign in, each at the door of its choice or where that one sends it. */
  async arrive(count: number): Promise<void> {
    const arrived = await Promise.all(Array.from({ length: count }, () => this.#signIn()))
    this.#visitors = [...this.#visitors, ...arrived.filter((visitor) => visitor !== null)]
  }

  async #signIn(): Promise<Visitor | null> {
    const { servers, random, atSecondDoor } = this.#options
    const [first, second, ...rest] = servers.map((server) => server.url)
    const doors = random() < atSecondDoor ? [second, first, ...rest] : [first, second, ...rest]
    for (const door of doors) {
      const visitor = door === undefined ? null : await visitServer(door)
      if (visitor) return visitor
    }
    return null
  }

  async #depart(count: number): Promise<void> {
    const leaving = this.#visitors.filter(() => this.#options.random() < count / this.#visitors.length)
    this.#visitors = this.#visitors.filter((visitor) => !leaving.includes(visitor))
    await this.#signOut(leaving)
  }

  async #signOut(leaving: readonly Visitor[]): Promise<void> {
    const answers = await Promise.all(leaving.map(signOut))
    this.#gone = [...this.#gone, ...leaving.filter((_, index) => !answers[index])]
  }

  /** A server that doesn't show its page has lost its users; one that redirects sends them away. */
  async #leaveClosedServers(): Promise<void> {
    const urls = [...new Set(this.#visitors.map((visitor) => visitor.server))]
    const open = await Promise.all(urls.map(async (url) => (await statusOf(url)) === 200))
    const closed = urls.filter((_, index) => !open[index])
    const leaving = this.#visitors.filter((visitor) => closed.includes(visitor.server))
    this.#visitors = this.#visitors.filter((visitor) => !closed.includes(visitor.server))
    this.#gone = [...this.#gone, ...leaving]
  }
}

async function visitServer(url: string, hops = 1): Promise<Visitor | null> {
  try {
    const answer = await sendRequest('POST', new URL('/sessions', url).href, LIMIT_MS)
    if (answer.status === 302 && hops > 0) return await visitServer(answer.headers.location ?? url, hops - 1)
    return answer.status === 201 ? { server: url, id: String(JSON.parse(answer.body).id) } : null
  } catch {
    return null
  }
}

async function statusOf(url: string): Promise<number | null> {
  return await sendRequest('GET', url, LIMIT_MS).then(
    (answer) => answer.status,
    () => null,
  )
}

/** True when the server has ended the session. */
async function signOut(visitor: Visitor): Promise<boolean> {
  const answer = await sendRequest('DELETE', new URL(`/sessions/${visitor.id}`, visitor.server).href, LIMIT_MS).catch(
    () => null,
  )
  return answer?.status === 204
}
