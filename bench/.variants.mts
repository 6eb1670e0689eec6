import { startCluster } from './cluster.ts'
import { open, close } from './measure.ts'
import { pgdeck } from './subjects.ts'
import { usageOf } from './processes.ts'
import { spread } from './measure.ts'
const roots = process.argv.slice(2)
const cluster = await startCluster()
const res = new Map(roots.map(r=>[r,{t:[],cpu:[],rss:[]}] as any)) as any
try {
  for (let i=0;i<9;i++) for (const r of roots) {
    const s = {...pgdeck(cluster, '/tmp/trial/state', 3)}
    const args=[r+'/bin/pgdeck.js', ...s.args.slice(1)]
    const t0=performance.now(); const p = open({...s,args}); await p.until(s.ready,'x',20000); const t=performance.now()-t0; const u=usageOf(p.pid)
    await close(s,p); if(i>0){res.get(r).t.push(t);res.get(r).cpu.push(u.cpuSeconds*1000);res.get(r).rss.push(u.residentMb)}
  }
} finally { await cluster.stop() }
for (const [r,v] of res) console.log(r, 'ms', spread(v.t), 'cpu', spread(v.cpu).median, 'rss', spread(v.rss).median.toFixed(0))
