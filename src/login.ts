/**
 * Whether an answer leads to the login of a gateway in front of Jupyter, as in Kubeflow: the
 * sessions of gateways end while pages are open. We and Jupyter never redirect requests like
 * ours; those that are not followed have the type `opaqueredirect`.
 */
export function isLogin(type: ResponseType, status: number): boolean {
  return type === 'opaqueredirect' || status === 401;
}
