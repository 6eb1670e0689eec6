// The whole screen as a pure function of state and size: always exactly as many lines as the terminal has.

import type { DemoFault } from '../../state/controller.ts'
import { shownCluster, showsFleet, worstCluster } from '../../state/select/cluster.ts'
import { isHistoryShown, shownState } from '../../state/select/shown-state.ts'
import type { ClusterState, State } from '../../state/state.ts'
import { actionLines } from '../actions/action-lines.ts'
import { actionInputText, shownAction } from '../keys/bindings/action-input.ts'
import { openView, viewById } from '../keys/bindings/selection.ts'
import type { BindingContext } from '../keys/bindings/selection-target.ts'
import { currentActionKey, currentKey } from '../keys/names.ts'
import { MIN_VIEWPORT, type Viewport } from '../views/list/view.ts'
import { banner, bannerHeight, briefBanner } from './banner.ts'
import { captionLine } from './caption.ts'
import { footer, noticeHeight, noticeLines } from './footer.ts'
import { asciiLine } from './format/fit-text.ts'
import { cutLine, EMPTY_LINE, type Line, span } from './format/line.ts'
import { header } from './header.ts'
import { helpLines } from './help.ts'
import { withIntroduction } from './introduction.ts'
import { panel } from './panel.ts'
import { copyClickTarget } from './parts/click-target.ts'
import { timeScale } from './time-scale.ts'

/** On a lower screen a rule is not worth its row. */
const RULED = 16
const ROOMY = 24
/** Below this many rows, a further line of the banner replaces the gap below it. */
const TALL = 30
const USUAL_BANNER = 3
/** The view of the banner's subject. It shows all of it. */
const HOME = 'topology'

/** Every line of the screen: of now, or of the recorded moment. */
export function frame(live: State, screen: Viewport, faults: readonly DemoFault[]): readonly Line[] {
  if (screen.columns < MIN_VIEWPORT.columns || screen.rows < MIN_VIEWPORT.rows) return tooSmall(live, screen)
  const state = shownState(live)
  const context: BindingContext = { state, faults: faults.length }
  const rule: readonly Line[] = isRuled(screen) ? [[span(screen.glyphs.rule.repeat(screen.columns), 'dim')]] : []
  const top = above(state, screen)
  const room = bodyHeight(state, screen)
  const covering = panel(context, faults, { ...screen, rows: room })
  const view = bodyLines(state, context, { ...screen, rows: room })
  const body = faults.length > 0 ? withIntroduction(view, state, screen) : view
  const lines = [
    header(state, screen, live.now),
    ...(rule.length > 0 && isHistoryShown(live) ? [timeScale(live, state.now, screen)] : rule),
    ...top,
    ...body.slice(0, room - covering.length),
    ...covering,
    ...noticeLines(state, screen),
    ...(live.tour && rule.length > 0 ? [captionLine(live.tour, screen)] : rule),
    live.tour && rule.length === 0 ? captionLine(live.tour, screen) : footer(context, screen),
  ]
  return screen.glyphs.ascii ? lines.map((each) => copyClickTarget(asciiLine(each), each)) : lines
}

function isRuled({ rows }: Viewport): boolean {
  return rows >= RULED
}

function above(state: State, screen: Viewport): readonly Line[] {
  const cluster = shownCluster(state)
  if (!cluster?.picture || state.navigation.overlay.kind === 'help') return []
  if (state.navigation.details || shownAction(state)) {
    const critical = cluster.picture.alerts.some(({ severity }) => severity === 'critical')
    return critical ? banner(state, cluster, screen, 1) : []
  }
  if (openView(state).id !== HOME)
    return [briefOf(state, cluster, screen), ...(screen.rows >= ROOMY ? [EMPTY_LINE] : [])]
  const lines = screen.rows < ROOMY ? 1 : bannerHeight(cluster)
  const gap = screen.rows >= (lines > USUAL_BANNER ? TALL : ROOMY)
  return [...banner(state, cluster, screen, lines), ...(gap ? [EMPTY_LINE] : [])]
}

/** Over all clusters the banner is about the worst one. */
function briefOf(state: State, shown: ClusterState, screen: Viewport): Line {
  const worst = showsFleet(state) ? worstCluster(state) : null
  return worst ? briefBanner(worst, screen, state.now, worst.spec.name) : briefBanner(shown, screen, state.now)
}

/** How many lines are left for the view itself. */
export function bodyHeight(state: State, screen: Viewport): number {
  return Math.max(1, screen.rows - 2 - noticeHeight(screen) - (isRuled(screen) ? 2 : 0) - above(state, screen).length)
}

/** All lines of a view that scrolls by lines (details, help); null for a view with selectable rows. */
export function scrolledLines(context: BindingContext, screen: Viewport): readonly Line[] | null {
  const { overlay, details } = context.state.navigation
  if (overlay.kind === 'help') return helpLines(context, screen)
  const act = shownAction(context.state)
  if (act) return actionLines(act, screen, context.state)
  const cluster = shownCluster(context.state)
  if (!details || !cluster) return null
  return viewById(details.view).details?.(context.state, cluster, details, screen) ?? null
}

function bodyLines(state: State, context: BindingContext, screen: Viewport): readonly Line[] {
  const scrolled = scrolledLines(context, screen)
  if (scrolled) return window(state, scrolled, screen)
  const cluster = shownCluster(state)
  if (cluster) return openView(state).body(state, cluster, screen)
  return padded([[span(' Nothing is watched: give a connection string or a configuration file.')]], screen.rows)
}

function window(state: State, lines: readonly Line[], screen: Viewport): readonly Line[] {
  const { overlay, details } = state.navigation
  const act = overlay.kind === 'help' ? null : shownAction(state)
  const asked = overlay.kind === 'help' ? overlay.scroll : act ? (act.scroll ?? lines.length) : (details?.scroll ?? 0)
  const { glyphs, columns, rows } = screen
  if (lines.length <= rows) return padded(lines, rows).map((each) => cutLine(each, columns, glyphs.ellipsis))
  const length = rows - 1
  const first = Math.min(asked, lines.length - length)
  const last = first + length
  const place = `   lines ${first + 1}${glyphs.dash}${last} of ${lines.length}`
  // Where text is typed, letters are text.
  const down = act && actionInputText(state) !== null ? '' : `${currentKey(state, 'j')} or `
  const more =
    last < lines.length ? `  ${glyphs.down} ${down}${currentActionKey(state, 'page-down', 'PgDn')} for more` : ''
  return [...lines.slice(first, last), [span(place + more, 'dim')]].map((each) =>
    cutLine(each, columns, glyphs.ellipsis),
  )
}

function padded(lines: readonly Line[], rows: number): readonly Line[] {
  return [...lines, ...Array.from({ length: Math.max(0, rows - lines.length) }, () => EMPTY_LINE)]
}

function tooSmall(state: State, { columns, rows, glyphs }: Viewport): readonly Line[] {
  const text = [
    `pgdeck needs ${MIN_VIEWPORT.columns}x${MIN_VIEWPORT.rows}`,
    `this is ${columns}x${rows}`,
    `make it larger, or ${currentActionKey(state, 'quit', 'q')}`,
  ]
  const lines = text.map((each) => cutLine([span(each)], columns, glyphs.ellipsis))
  return padded(lines, rows).slice(0, Math.max(1, rows))
}
