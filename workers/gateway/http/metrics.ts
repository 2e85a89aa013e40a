/** What the gateway counts, in Prometheus' format; names are an interface. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

export interface Gauges {
  wsClients(): number
  indexLagBlocks(): number
  /** Spent share of the relay's budget, 0 to 1; null while there is no relay. */
  relayBudget?(): number | null
  /** From the index; asked when the page is read, at most once a second. */
  index?(): Promise<{ tasks: Record<string, number>; nodes: Record<string, number>; rewardsAtto: bigint }>
}

export interface Metrics {
  request(method: string, route: string, status: number, seconds: number): void
  query(seconds: number): void
  error(code: string): void
  /** Sets what the gauges are read from. */
  observe(gauges: Gauges): void
  text(): Promise<string>
  readonly contentType: string
}

/** Reads take milliseconds and are aimed at 50; answers of a model take seconds. */
const BUCKETS_S = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10]

export function createMetrics({ processMetrics = true }: { processMetrics?: boolean } = {}): Metrics {
  const registry = new Registry()
  const registers = [registry]
  let gauges: Gauges = { wsClients: () => 0, indexLagBlocks: () => 0 }
  if (processMetrics) collectDefaultMetrics({ register: registry })

  const requests = new Histogram({
    name: 'blyan_http_request_duration_seconds',
    help: 'Time from a request to the end of its answer.',
    labelNames: ['method', 'route', 'status'],
    buckets: BUCKETS_S,
    registers,
  })
  const queries = new Histogram({
    name: 'blyan_db_query_duration_seconds',
    help: 'Time of a query to the index or the application tables.',
    buckets: BUCKETS_S,
    registers,
  })
  const errors = new Counter({
    name: 'blyan_errors_total',
    help: 'Errors answered or logged, by code.',
    labelNames: ['code'],
    registers,
  })
  gauge('blyan_ws_clients', 'Open WebSocket connections.', (set) => set(gauges.wsClients()))
  gauge('blyan_index_lag_blocks', 'Final blocks that the index has not followed yet.', (set) =>
    set(gauges.indexLagBlocks()),
  )
  gauge('blyan_relay_budget_ratio', 'Spent share of the relay budget of the day.', (set) =>
    set(gauges.relayBudget?.() ?? 0),
  )
  const tasks = new Gauge({ name: 'blyan_tasks', help: 'Tasks by state.', labelNames: ['state'], registers })
  const nodes = new Gauge({ name: 'blyan_nodes', help: 'Nodes by state.', labelNames: ['state'], registers })
  // The chain's own counter, read from the index: it is set, not counted here.
  let rewards = 0
  new Counter({
    name: 'blyan_rewards_atto_total',
    help: 'Paid for work so far, 10^-18 BLY; exact to 53 bits.',
    registers,
    collect() {
      this.reset()
      this.inc(rewards)
    },
  })

  function gauge(name: string, help: string, read: (set: (value: number) => void) => void): void {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        read((value) => this.set(value))
      },
    })
  }

  async function readIndex(): Promise<void> {
    const found = await gauges.index?.().catch(() => null) // away: the old figures stay, lag and readiness tell
    if (found == null) return
    for (const [state, count] of Object.entries(found.tasks)) tasks.set({ state }, count)
    for (const [state, count] of Object.entries(found.nodes)) nodes.set({ state }, count)
    rewards = Number(found.rewardsAtto)
  }

  return {
    request: (method, route, status, seconds) => requests.observe({ method, route, status: String(status) }, seconds),
    query: (seconds) => queries.observe(seconds),
    error: (code) => errors.inc({ code }),
    observe: (next) => {
      gauges = next
    },
    async text() {
      await readIndex()
      return registry.metrics()
    },
    contentType: registry.contentType,
  }
}
