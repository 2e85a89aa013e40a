/** Place of the Operate page. */
import { useTitle } from '../../shell/title.ts'

export default function Operate() {
  useTitle('Operate')
  return <h1>Operate</h1>
}
