export default function Task() {
  return <h1>Task</h1>
}
