/**
 * Whether an operation is accepted, by the rules of the cloud, and what it then changes: pure
 * functions of the inventory as it is.
 */
import type { DecisionContext } from './decision.ts';
import { associateEip, createEip, deleteEip, disassociateEip } from './eip-decisions.ts';
import { createHavip, deleteHavip, editHavip } from './havip-decisions.ts';
import {
  attachEni,
  deleteEni,
  deleteInstance,
  detachEni,
  setInstanceStatus,
  setSourceDestCheck,
} from './instance-decisions.ts';
import type { Inventory } from './inventory.ts';
import { setQuota } from './limits.ts';
import { associate, disassociate, setMembers } from './member-decisions.ts';
import type { Operation, Outcome } from './operation.ts';
import { createRoute, deleteRoute } from './route-decisions.ts';
import { decideAll } from './steps.ts';

export function decide(
  inventory: Inventory,
  operation: Operation,
  context: DecisionContext,
): Outcome {
  const { rules } = context;
  switch (operation.kind) {
    case 'create-havip':
      return createHavip(inventory, operation, context);
    case 'edit-havip':
      return editHavip(inventory, operation, rules);
    case 'delete-havip':
      return deleteHavip(inventory, operation, context);
    case 'associate':
      return associate(inventory, operation, rules);
    case 'disassociate':
      return disassociate(inventory, operation, rules);
    case 'set-members':
      return setMembers(inventory, operation, rules);
    case 'create-eip':
      return createEip(inventory, operation, context);
    case 'delete-eip':
      return deleteEip(inventory, operation);
    case 'associate-eip':
      return associateEip(inventory, operation, rules);
    case 'disassociate-eip':
      return disassociateEip(inventory, operation);
    case 'create-route':
      return createRoute(inventory, operation, context);
    case 'delete-route':
      return deleteRoute(inventory, operation);
    case 'delete-instance':
      return deleteInstance(inventory, operation);
    case 'set-instance-status':
      return setInstanceStatus(inventory, operation);
    case 'delete-eni':
      return deleteEni(inventory, operation);
    case 'detach-eni':
      return detachEni(inventory, operation);
    case 'attach-eni':
      return attachEni(inventory, operation, rules);
    case 'set-source-dest-check':
      return setSourceDestCheck(inventory, operation, rules);
    case 'set-quota':
      return setQuota(rules, operation);
    case 'all':
      return decideAll(inventory, operation.steps, (step) => decide(inventory, step, context));
  }
}
