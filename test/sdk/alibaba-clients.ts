// Alibaba's SDKs of three generations, each in the ways of asking that it has, behind one call:
// parameters and answers in the wire's words. An answer went through the SDK's own models, which
// drop every key that they do not know.
import { sdk } from './sdk.ts';

export interface Credentials {
  accessKeyId: string;
  accessKeySecret: string;
}

/** As the wire has them: `{ Filter: [{ Key: 'VpcId', Value: ['vpc-1'] }] }`. */
export type Wire = Record<string, unknown>;

// biome-ignore lint/suspicious/noExplicitAny: the SDKs have no types here.
type Any = any;

export type Call = (action: string, parameters?: Wire) => Promise<Any>;

export type MakeCall = (port: number, credentials: Credentials) => Call;

const REGION = 'cn-hangzhou';

export const CLIENTS: Record<string, MakeCall> = {
  '7.3.2': (port, credentials) => modern(port, credentials, {}),
  '7.3.2 with signatureAlgorithm v2': (port, credentials) =>
    modern(port, credentials, { signatureAlgorithm: 'v2' }),
  '7.3.2 by callApi with a form body': formBody,
  '6.3.2': (port, credentials) => older(port, credentials, {}),
  '6.3.2 with signatureAlgorithm v2': (port, credentials) =>
    older(port, credentials, { signatureAlgorithm: 'v2' }),
  'pop-core by GET': (port, credentials) => popCore(port, credentials, 'GET'),
  'pop-core by POST': (port, credentials) => popCore(port, credentials, 'POST'),
};

/** Code and HTTP status of an error, wherever a generation keeps them. */
export function codeAndStatus(error: Any): string {
  const status = error.statusCode ?? error.data?.statusCode ?? error.entry?.response.statusCode;
  return `${status} ${error.code}`;
}

const config = (port: number, credentials: Credentials, more: Wire): Wire => ({
  ...credentials,
  endpoint: `127.0.0.1:${port}`,
  protocol: 'http',
  regionId: REGION,
  ...more,
});

function modern(port: number, credentials: Credentials, more: Wire): Call {
  const models = sdk('@alicloud/vpc20160428');
  const { Config } = sdk('@alicloud/openapi-core').$OpenApiUtil;
  const client = new models.default(new Config(config(port, credentials, more)));
  return async (action, parameters = {}) => {
    const { body } = await send(client, models, action, parameters);
    return body.toMap();
  };
}

function older(port: number, credentials: Credentials, more: Wire): Call {
  const models = sdk('@alicloud/vpc20160428-v6');
  const { Config } = sdk('@alicloud/openapi-client');
  const client = new models.default(new Config(config(port, credentials, more)));
  return async (action, parameters = {}) => {
    const { body } = await send(client, models, action, parameters);
    return sdk('@alicloud/tea-typescript').toMap(body);
  };
}

function formBody(port: number, credentials: Credentials): Call {
  const models = sdk('@alicloud/vpc20160428');
  const { $OpenApiUtil, OpenApiUtil } = sdk('@alicloud/openapi-core');
  const client = new models.default(new $OpenApiUtil.Config(config(port, credentials, {})));
  return async (action, parameters = {}) => {
    const params = new $OpenApiUtil.Params({
      action,
      version: '2016-04-28',
      protocol: 'HTTP',
      pathname: '/',
      method: 'POST',
      authType: 'AK',
      style: 'RPC',
      reqBodyType: 'formData',
      bodyType: 'json',
    });
    const body = OpenApiUtil.query({ RegionId: REGION, ...parameters });
    const request = new $OpenApiUtil.OpenApiRequest({ body });
    const { RuntimeOptions } = sdk('@darabonba/typescript');
    return (await client.callApi(params, request, new RuntimeOptions({}))).body;
  };
}

function popCore(port: number, credentials: Credentials, method: string): Call {
  const { RPCClient } = sdk('@alicloud/pop-core');
  const endpoint = `http://127.0.0.1:${port}`;
  const client = new RPCClient({ ...credentials, endpoint, apiVersion: '2016-04-28' });
  return (action, parameters = {}) =>
    client.request(action, { RegionId: REGION, ...parameters }, { method });
}

/** `createHaVip(new CreateHaVipRequest({ vSwitchId: .. }))`. */
function send(client: Any, models: Any, action: string, parameters: Wire): Promise<Any> {
  const request = typed(models[`${action}Request`], { RegionId: REGION, ...parameters });
  return client[action.charAt(0).toLowerCase() + action.slice(1)](request);
}

/** A model of the SDK, from the wire's words. */
function typed(Model: Any, wire: Wire): Any {
  const fields: Wire = {};
  for (const [field, name] of Object.entries<string>(Model.names())) {
    const value = wire[name];
    const item = Model.types()[field].itemType;
    const isModel = typeof item === 'function';
    if (Array.isArray(value) && isModel) fields[field] = value.map((one) => typed(item, one));
    else if (value !== undefined) fields[field] = value;
  }
  return new Model(fields);
}
