/** The arguments of a command that has none. */
export const NO_ARGS = { type: 'object', properties: {} };

/** The arguments of a command that acts on a cluster. */
export const CLUSTER_ARGS = {
  type: 'object',
  properties: {
    cluster: {
      type: 'string',
      description:
        'The name of the cluster; where it is missing, the selected one.'
    }
  }
};
