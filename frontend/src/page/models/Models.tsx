/** Models: for each task a chain from its base through its rounds, each with the receipts that made it. */
import { Link } from 'wouter'
import { modelLine } from '../../../../chain/client/gateway/index.ts'
import { useAskList } from '../../api/queries.ts'
import { Button, ButtonLink } from '../../component/Button.tsx'
import { Empty, Loaded } from '../../component/states.tsx'
import { useTitle } from '../../shell/title.ts'
import { toChains } from './chains.ts'
import { FinalModel } from './FinalModel.tsx'
import { ModelEntry } from './ModelEntry.tsx'
import './models.css'

export default function Models() {
  const task = new URLSearchParams(window.location.search).get('task') ?? undefined
  const asked = useAskList('/api/v1/models', modelLine, { query: { task, limit: 50 }, topics: ['task_update'] })
  const chains = toChains(asked.data ?? [])
  useTitle('Models')
  return (
    <div className="page">
      <header className="page-head">
        <h1>{headline(chains.length, task)}</h1>
        <p>
          Each round starts from the model that the round before made. Anybody can merge it anew from the updates on
          record; this page checks the hash of whatever it downloads.
        </p>
      </header>
      <Loaded asked={asked} what="models" lines={8}>
        {(lines) =>
          lines.length === 0 ? (
            <Empty action={<ButtonLink href="/new">Train a model</ButtonLink>}>
              {task === undefined
                ? 'No model yet: the first is named when a task’s first round begins.'
                : `Task ${task} has no model yet: it is named when its first round begins.`}
            </Empty>
          ) : (
            <div className="page">
              {chains.map(({ task: of, models, open }) => (
                <section key={of} className="stack-tight" aria-labelledby={`task-${of}`}>
                  <div className="section-head">
                    <h2 id={`task-${of}`}>
                      <Link href={`/task/${of}`}>Task {of}</Link>
                    </h2>
                    <span className="detail">
                      {models.length === 1 ? '1 checkpoint' : `${models.length} checkpoints`}
                      {open ? ', older ones not fetched yet' : ''}
                    </span>
                  </div>
                  <ol className="chain">
                    {models.map((model) => (
                      <ModelEntry key={`${model.task}/${model.round}`} model={model} />
                    ))}
                  </ol>
                  {models.some(({ final }) => final) ? null : <FinalModel task={of} />}
                </section>
              ))}
              {asked.more === null ? null : (
                <Button onClick={asked.more} busy={asked.loadingMore}>
                  {asked.loadingMore ? 'Fetching' : 'Older models'}
                </Button>
              )}
            </div>
          )
        }
      </Loaded>
    </div>
  )
}

function headline(tasks: number, task: string | undefined): string {
  if (task !== undefined) return `Models of task ${task}.`
  if (tasks === 0) return 'Models, from their base through each round.'
  return tasks === 1 ? 'One task has made models so far.' : `Models of ${tasks} tasks, newest first.`
}
