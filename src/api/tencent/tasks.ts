/**
 * The tasks of calls that the vendor carries out later, each by its RequestId. Here such a call is
 * done when it is answered, so that a task is either done or unknown. The newest of a plane are
 * remembered, and none beyond the life of the process.
 */
import type { Plane } from '../../havip/inventory/plane.ts';
import { type Call, handler } from './call.ts';
import { fault, type Result } from './result.ts';

const TASKS_MAX = 1000;

const tasksOf = new WeakMap<Plane, Set<string>>();

export function rememberTask({ plane, requestId }: Call): void {
  let tasks = tasksOf.get(plane);
  if (tasks === undefined) tasksOf.set(plane, (tasks = new Set()));
  tasks.add(requestId);
  for (const oldest of tasks) {
    if (tasks.size <= TASKS_MAX) break;
    tasks.delete(oldest);
  }
}

export const describeVpcTaskResult = handler(
  (parameters) => parameters.requiredText('TaskId'),
  (task, { plane }): Result => {
    if (tasksOf.get(plane)?.has(task) === true) {
      return { fields: { Status: 'SUCCESS', Output: '', Result: [] } };
    }
    const message = `there is no task ${task}: it is the RequestId of an asynchronous call`;
    return fault('ResourceNotFound', `${message}, of the last ${TASKS_MAX}`);
  },
);
