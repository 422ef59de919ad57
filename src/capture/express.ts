// Errors of routes in Express (4 and 5, and whatever else calls middleware with four arguments).
import { inspect } from 'node:util';
import { reportError } from './current-capture.ts';
import { failureOfRoute, isClientFault, statusOf } from './route-failure.ts';

interface ExpressRequest {
  readonly method?: string | undefined;
  readonly baseUrl?: string | undefined;
  readonly route?: { readonly path?: unknown } | undefined;
  readonly headers?: Readonly<Record<string, string | string[] | undefined>> | undefined;
}

export interface CaptureExpressOptions {
  readonly service?: string;
}

/** `app.use(captureExpress())` after the routes and before the app's own error handler, which still gets every error. */
export function captureExpress(options: CaptureExpressOptions = {}) {
  // Express knows an error handler by its four parameters.
  // oxlint-disable-next-line max-params
  return (error: unknown, request: ExpressRequest, _response: unknown, next: (error: unknown) => void): void => {
    if (!isClientFault(error, 0)) {
      const path = request.route?.path;
      const requestId = request.headers?.['x-request-id'];
      const failure = failureOfRoute({
        method: request.method ?? '',
        route: path === undefined ? '(no route)' : `${request.baseUrl ?? ''}${patternText(path)}`,
        status: statusOf(error) ?? 500,
        requestId: typeof requestId === 'string' ? requestId : undefined,
        error,
      });
      reportError(options.service === undefined ? failure : { ...failure, service: options.service });
    }
    next(error);
  };
}

/** A route is a text, a RegExp, or a list of both. */
function patternText(path: unknown): string {
  return typeof path === 'string' ? path : inspect(path);
}
