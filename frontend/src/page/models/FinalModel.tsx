/** The newest model of a task, which no round has started from yet: merged by the gateway when asked for, checked here. */
import { useState } from 'react'
import { modelReply } from '../../../../chain/client/gateway/index.ts'
import { useAsk } from '../../api/queries.ts'
import { Button } from '../../component/Button.tsx'
import { Loaded } from '../../component/states.tsx'
import { modelWords } from './chains.ts'
import { Files } from './Files.tsx'

export function FinalModel({ task }: { task: string }) {
  const [wanted, setWanted] = useState(false)
  if (!wanted) {
    return (
      <div>
        <Button onClick={() => setWanted(true)}>Newest model of task {task}</Button>
      </div>
    )
  }
  return <Asked task={task} />
}

function Asked({ task }: { task: string }) {
  const asked = useAsk(`/api/v1/tasks/${task}/model`, modelReply)
  return (
    <Loaded asked={asked} what="the model, which the gateway merges first" lines={2}>
      {(reply) => (
        <div className="stack-tight">
          <p>{modelWords({ ...reply, final: false })}: merged from the updates on record.</p>
          <Files reply={reply} />
        </div>
      )}
    </Loaded>
  )
}
