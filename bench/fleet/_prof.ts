import { startFleet } from '/work/main/bench/fleet/fleet.ts'
import { watch, use } from '/work/main/bench/fleet/watcher.ts'
const fleet = await startFleet(50, 10)
const c0 = process.cpuUsage()
const w = await watch(fleet.config, Number(process.argv[2] ?? 2000), process.argv[3] !== 'norec')
const c = process.cpuUsage(c0)
console.log('all read ms', w.allReadMs, 'cpu ms', (c.user + c.system) / 1000)
console.log(await use(w, Number(process.argv[4] ?? 10000)), process.memoryUsage().rss / 1e6)
await w.stop(); await fleet.stop()
