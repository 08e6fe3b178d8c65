/** All routes of the native API, with those that tell of the API itself. */
import { HAVIP_ROUTES } from './havip-routes.ts';
import { NETWORK_ROUTES } from './network-routes.ts';
import { openApiOf } from './openapi.ts';
import { type NativeRoute, ok, route } from './route.ts';
import { SERVICE_ROUTES } from './service-routes.ts';

const ABOUT_ROUTES: readonly NativeRoute[] = [
  route({
    method: 'GET',
    path: '/healthz',
    summary: 'Whether the API answers',
    tag: 'about',
    success: { status: 200, summary: 'It does', schema: 'Health' },
    isOpen: true,
    run: () => ok({ status: 'ok' }),
  }),
  route({
    method: 'GET',
    path: '/api/v1',
    summary: 'What there is',
    tag: 'about',
    success: { status: 200, summary: 'Provider, region and routes', schema: 'Index' },
    run: ({ context }) =>
      ok({
        provider: context.plane.rules.name,
        title: context.plane.rules.title,
        region: context.region,
        openapi: '/api/v1/openapi.json',
        routes: NATIVE_ROUTES.map(({ method, path }) => `${method} ${path}`),
      }),
  }),
  route({
    method: 'GET',
    path: '/api/v1/openapi.json',
    summary: 'This document',
    tag: 'about',
    success: { status: 200, summary: 'OpenAPI 3.1', schema: 'OpenApi' },
    run: () => ok((document ??= openApiOf(NATIVE_ROUTES))),
  }),
];

/** Made when it is first asked for. */
let document: Record<string, unknown> | undefined;

export const NATIVE_ROUTES: readonly NativeRoute[] = [
  ...ABOUT_ROUTES,
  ...HAVIP_ROUTES,
  ...NETWORK_ROUTES,
  ...SERVICE_ROUTES,
];
