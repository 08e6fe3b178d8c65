/**
 * Huawei Cloud: virtual IPs as ports, in v1 and in OpenStack's v2.0, with what belongs to them.
 * One table of the calls that are served; everything else is an API that does not exist.
 */
import type { ApiAnswer, ApiContext, ApiRequest, Dialect } from '../dialect.ts';
import { listSubnets, showQuotas, showSubnet } from './account.ts';
import { Call } from './call.ts';
import { Fault, faultBody, noSuchApi, refusedByServer } from './faults.ts';
import { attachVirtualIp } from './nics.ts';
import { createPort, deletePort, listPorts, showPort, updatePort } from './ports.ts';
import {
  createPublicip,
  deletePublicip,
  listPublicips,
  showPublicip,
  updatePublicip,
} from './publicips.ts';
import { listRouteTables, showRouteTable, updateRouteTable } from './route-tables.ts';
import { checkSignature } from './signature.ts';

type Handler = (call: Call) => Promise<ApiAnswer>;

/** Method and path -> the name that the vendor's SDK gives the call, and who answers it. */
const CALLS: Readonly<Record<string, readonly [name: string, handler: Handler]>> = {
  'POST /v2.0/ports': ['NeutronCreatePort', createPort],
  'GET /v2.0/ports': ['NeutronListPorts', listPorts],
  'GET /v2.0/ports/{id}': ['NeutronShowPort', showPort],
  'PUT /v2.0/ports/{id}': ['NeutronUpdatePort', updatePort],
  'DELETE /v2.0/ports/{id}': ['NeutronDeletePort', deletePort],
  'POST /v1/{project}/ports': ['CreatePort', createPort],
  'GET /v1/{project}/ports': ['ListPorts', listPorts],
  'GET /v1/{project}/ports/{id}': ['ShowPort', showPort],
  'PUT /v1/{project}/ports/{id}': ['UpdatePort', updatePort],
  'DELETE /v1/{project}/ports/{id}': ['DeletePort', deletePort],
  'POST /v1/{project}/publicips': ['CreatePublicip', createPublicip],
  'GET /v1/{project}/publicips': ['ListPublicips', listPublicips],
  'GET /v1/{project}/publicips/{id}': ['ShowPublicip', showPublicip],
  'PUT /v1/{project}/publicips/{id}': ['UpdatePublicip', updatePublicip],
  'DELETE /v1/{project}/publicips/{id}': ['DeletePublicip', deletePublicip],
  'GET /v1/{project}/routetables': ['ListRouteTables', listRouteTables],
  'GET /v1/{project}/routetables/{id}': ['ShowRouteTable', showRouteTable],
  'PUT /v1/{project}/routetables/{id}': ['UpdateRouteTable', updateRouteTable],
  'PUT /v1/{project}/cloudservers/nics/{id}': ['AttachServerVirtualIp', attachVirtualIp],
  'GET /v1/{project}/subnets': ['ListSubnets', listSubnets],
  'GET /v1/{project}/subnets/{id}': ['ShowSubnet', showSubnet],
  'GET /v1/{project}/quotas': ['ShowQuota', showQuotas],
};

/** Two slashes at the front are what the SDK makes of an endpoint that ends in one. */
const MINE = /^\/{1,2}(v1|v2\.0)\//;
const COLLECTIONS = /^(ports|publicips|routetables|subnets|quotas|cloudservers)$/;

export const huawei: Dialect = {
  name: 'huawei',
  isMine: ({ path }) => MINE.test(path),
  async answer(request, context) {
    const requestId = context.newRequestId();
    const isNeutron = isNeutronPath(request.path);
    try {
      const refused = checkSignature(request, context);
      if (refused !== null) throw refused;
      const [handler, call] = callOf(request, context, requestId, isNeutron);
      return withHeaders(await handler(call), requestId, call.advice);
    } catch (fault) {
      if (!(fault instanceof Fault)) throw fault;
      return faultAnswer(fault, isNeutron, requestId);
    }
  },
  refuse(request, context, refusal) {
    const fault = refusedByServer(refusal);
    return faultAnswer(fault, isNeutronPath(request.path), context.newRequestId());
  },
};

function isNeutronPath(path: string): boolean {
  return /^\/{1,2}v2\.0\//.test(path);
}

function faultAnswer(fault: Fault, isNeutron: boolean, requestId: string): ApiAnswer {
  const body = faultBody(fault, isNeutron, requestId);
  return withHeaders({ status: fault.status, body }, requestId, []);
}

function callOf(
  request: ApiRequest,
  context: ApiContext,
  requestId: string,
  isNeutron: boolean,
): [Handler, Call] {
  const parts = request.path
    .split('/')
    .filter((part) => part !== '')
    .map(plain);
  const rest = parts.slice(isNeutron ? 1 : 2);
  const inHeader = request.headers['x-project-id'] ?? '';
  const project = isNeutron ? inHeader : (parts[1] ?? '');
  const nested = rest[0] === 'cloudservers' ? 2 : 1;
  const id = rest[nested] ?? '';
  const shape = [...rest.slice(0, nested), ...rest.slice(nested, nested + 1).map(() => '{id}')];
  const prefix = isNeutron ? '/v2.0' : '/v1/{project}';
  const known = `${request.method} ${[prefix, ...shape].join('/')}`;
  const found = Object.hasOwn(CALLS, known) ? CALLS[known] : undefined;
  if (found === undefined || rest.length > nested + 1 || !COLLECTIONS.test(rest[0] ?? '')) {
    throw noSuchApi(request.method, request.path);
  }
  if (!isNeutron && inHeader !== '' && inHeader !== project) {
    const message = 'urlTenantId is not equal tokenTenantId: X-Project-Id names another project';
    throw new Fault(400, 'VPC.0007', 'BadRequest', message); // documented
  }
  const [name, handler] = found;
  return [handler, new Call({ request, context, name, requestId, project, id, isNeutron })];
}

/** The advice is ours: a header, so that no body has a field that the vendor's has not. */
function withHeaders(answer: ApiAnswer, requestId: string, advice: string[]): ApiAnswer {
  const advised = advice.length === 0 ? {} : { 'x-havip-advice': headerText(advice.join('; ')) };
  return { ...answer, headers: { ...answer.headers, 'x-request-id': requestId, ...advised } };
}

/** What a header can carry. */
function headerText(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?').slice(0, 1000);
}

function plain(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
